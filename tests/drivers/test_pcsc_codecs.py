"""PC/SC part 3 commands, transparent sessions and ATRs, against bytes from outside."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import FramingError, NoAnswer, ReaderRefused, TagRefused
from drivers.interface import ChipInfo, Uid
from drivers.iso15693 import TagError
from drivers.pcsc import air, apdu, transparent
from drivers.pcsc.air import Command
from drivers.pcsc.atr import CardKind, Standard, recognise, storage_atr
from drivers.pcsc.card import choose
from drivers.pcsc.reader import normalised
from drivers.pcsc.transparent import Result

ICODE = Uid("E00401008A5C982E")

# The storage card commands as liblogicalaccess f5f4d24 sends them (class ISO15693, PC/SC).
STORAGE = {
    "FFCA000000": apdu.GET_UID,
    "FFB0000004": apdu.read_blocks(0, 4),
    "FFB0010220": apdu.read_blocks(0x102, 32),
    "FFB0000000": apdu.read_blocks(0, 256),
    "FFD6000304DEADBEEF": apdu.write_block(3, bytes.fromhex("DEADBEEF")),
    "FF30020000": apdu.READ_AFI,
    "FF30030000": apdu.READ_DSFID,
    "FF30040000": apdu.READ_GEOMETRY,
    "FF3000010401020007": apdu.write_afi(0x07),
    "FF300001040103003E": apdu.write_dsfid(0x3E),
    "FF30000203010200": apdu.LOCK_AFI,
    "FF30000103010001": apdu.STAY_QUIET,
}

# Sent to and answered by an ACR1552U with an ICODE SLI, and (PATIENT_WRITE) an ICODE SLIX2: NXP
# community, "ACR1552 ... WRITE_SINGLE_BLOCK returns a 64 01 error".
START = "FFC2000002810000"
CHOOSE = "FFC20002048F020203"
SYSTEM_INFO = "FFC20001049502022B00"
READ_0 = "FFC2000105950342200000"
PATIENT_WRITE = "FFC20001105F460440420F00950702210000010203 00"
END = "FFC2000002820000"
WELL = "C003009000"
CHOSEN = "C0030090008F0100"
SYSTEM_INFO_ANSWER = "C003009000920100960200 00970F000F2E985C8A000104E000001B0301"
READ_0_ANSWER = "C003009000920100960200009706000000112233"
TOO_EARLY = "C003016401"

# pcsc-tools 3e819c6, smartcard_list.txt.
ATRS = {
    "3B8F8001804F0CA0000003060B00140000000077": CardKind(Standard.ISO15693, "NXP ICODE SLI"),
    "3B8F8001804F0CA0000003060B00120000000071": CardKind(Standard.ISO15693, "Texas Instruments"),
    "3B8F8001804F0CA0000003060B000E000000006D": CardKind(Standard.ISO15693, "Infineon"),
    "3B8F8001804F0CA0000003060B00130000000070": CardKind(Standard.ISO15693, "STMicroelectronics"),
    "3B8F8001804F0CA0000003060B00000000000063": CardKind(Standard.ISO15693),
    "3B8F8001804F0CA000000306030001000000006A": CardKind(Standard.ISO14443A, "MIFARE Classic 1K"),
    "3B8180018080": CardKind(Standard.ISO14443_4, "MIFARE DESFire"),
}


@pytest.mark.parametrize(("wire", "command"), STORAGE.items())
def test_storage_card_commands(wire, command):
    assert command.hex().upper() == wire


@pytest.mark.parametrize(
    "make",
    [
        lambda: apdu.read_blocks(0, 257),
        lambda: apdu.read_blocks(0, 0),
        lambda: apdu.read_blocks(0x10000, 4),
        lambda: apdu.write_block(-1, b"abcd"),
        lambda: apdu.write_block(0, b""),
        lambda: transparent.transceive(bytes(128)),
    ],
)
def test_what_no_command_can_say(make):
    with pytest.raises(ValueError):
        make()


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (0x6300, NoAnswer, "FAILED"),
        (0x6401, NoAnswer, "SILENT"),
        (0x6581, NoAnswer, "MEMORY_FAILURE"),
        (0x6982, TagRefused, "NOT_PERMITTED"),
        (0x6A82, TagRefused, "NOT_FOUND"),
        (0x6A81, ReaderRefused, "FUNCTION_NOT_SUPPORTED"),
        (0x6C08, ReaderRefused, "OTHER_LENGTH (6C08)"),
        (0x6F12, ReaderRefused, "6F12"),
    ],
)
def test_status_words_by_reaction(status, kind, says):
    error = apdu.complaint("the question", status)
    assert type(error) is kind
    assert says in str(error)


def test_an_answer_has_a_status_word():
    assert apdu.hear(bytes.fromhex("079000")) == apdu.Response(b"\x07", 0x9000)
    with pytest.raises(FramingError):
        apdu.hear(b"\x90")


def test_a_session_is_what_the_reader_takes():
    assert bytes.fromhex(START) == transparent.START
    assert bytes.fromhex(CHOOSE) == transparent.USE_ISO15693
    assert bytes.fromhex(END) == transparent.END
    assert transparent.transceive(bytes.fromhex("022B")) == bytes.fromhex(SYSTEM_INFO)
    assert transparent.transceive(bytes.fromhex("422000")) == bytes.fromhex(READ_0)
    write = bytes.fromhex("02210000010203")
    assert transparent.transceive(write, patient=True) == bytes.fromhex(PATIENT_WRITE)


def test_what_the_reader_answers_in_a_session():
    assert transparent.hear(bytes.fromhex(WELL)) == Result(0x9000)
    assert transparent.hear(bytes.fromhex(CHOSEN)) == Result(0x9000)
    assert transparent.hear(bytes.fromhex(TOO_EARLY)) == Result(0x6401)
    read = transparent.hear(bytes.fromhex(READ_0_ANSWER))
    assert read == Result(0x9000, 0, bytes.fromhex("000000112233"))


def test_system_information_of_a_real_tag():
    result = transparent.hear(bytes.fromhex(SYSTEM_INFO_ANSWER))
    data = air.hear(result.answer)
    assert isinstance(data, bytes)
    assert air.system_information(data) == ChipInfo(ICODE, 0x00, 0x00, 4, 28)


def test_a_long_answer_has_a_long_length():
    answer = bytes.fromhex(WELL) + b"\x97\x81\x90" + bytes(0x90)
    assert transparent.hear(answer) == Result(0x9000, 0, bytes(0x90))


@given(st.binary(max_size=40))
def test_no_bytes_break_the_decoders(data):
    for decode in (transparent.hear, air.hear, air.system_information, apdu.hear, recognise):
        with suppress(FramingError, TagRefused):
            decode(data)


def test_requests_name_the_tag_least_byte_first():
    assert air.request(Command.WRITE_AFI, ICODE, 0x07).hex() == "22272e985c8a000104e007"
    assert air.custom_request(Command.SET_EAS, ICODE).hex() == "22a2042e985c8a000104e0"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("00", b""),
        ("00C2", b"\xc2"),
        ("0112", TagError.LOCKED),
        ("01", TagError.UNKNOWN),
        ("0177", TagError.UNKNOWN),
    ],
)
def test_answers_of_a_tag(answer, says):
    assert air.hear(bytes.fromhex(answer)) == says


def test_a_locked_tag_is_refused_for_good_and_a_passing_failure_is_not():
    assert type(air.complaint("a write", TagError.LOCKED)) is TagRefused
    assert type(air.complaint("a write", TagError.NOT_PROGRAMMED)) is NoAnswer


@pytest.mark.parametrize(("wire", "kind"), ATRS.items())
def test_kinds_of_cards(wire, kind):
    assert recognise(bytes.fromhex(wire)) == kind


def test_an_atr_is_made_as_readers_make_it():
    assert storage_atr(0x0B, 0x0014).hex().upper() == next(iter(ATRS))
    assert recognise(storage_atr(0x06, 0x0009)) == CardKind(Standard.ISO14443B)
    assert recognise(storage_atr(0x77, 0x0001)).standard is Standard.OTHER


def test_other_cards():
    assert recognise(bytes.fromhex("3B848001804102C1") + b"\x87").standard is Standard.OTHER
    body = bytes.fromhex("3B8480018041 02C105")
    assert recognise(body + bytes([0x80 ^ 0x84 ^ 0x01 ^ 0x80 ^ 0x41 ^ 2 ^ 0xC1 ^ 5])) == CardKind(
        Standard.ISO14443_4
    )
    assert recognise(b"").standard is Standard.OTHER
    damaged = bytearray.fromhex(next(iter(ATRS)))
    damaged[13] ^= 1
    assert recognise(bytes(damaged)).standard is Standard.OTHER


@pytest.mark.parametrize(
    ("said", "uid"),
    [
        ("2E985C8A000104E0", ICODE),
        ("E00401008A5C982E", ICODE),
        ("E0985C8A000104E0", "E00401008A5C98E0"),
        ("E00401008A5C98E0", "E00401008A5C98E0"),
    ],
)
def test_uids_in_either_order(said, uid):
    assert normalised(bytes.fromhex(said)) == uid


@pytest.mark.parametrize("said", ["", "04A1B2C3", "0011223344556677", "E00401008A5C982E00"])
def test_what_is_no_uid(said):
    with pytest.raises(NoAnswer, match="no UID"):
        normalised(bytes.fromhex(said))


def test_the_reader_that_is_meant():
    names = ["ACS ACR1552 SAM 00 00", "ACS ACR1552 PICC 00 00", "OMNIKEY 5022 01 00"]
    assert choose(names, "") == names[1]
    assert choose(names, "OMNIKEY") == names[2]
    assert choose(names, names[0]) == names[0]
    for wanted, says in (("ACS", "several PC/SC readers"), ("Identiv", "no PC/SC reader is named")):
        with pytest.raises(Exception, match=says):
            choose(names, wanted)
    with pytest.raises(Exception, match="no PC/SC reader is plugged in"):
        choose([], "")
