"""Simulated PC/SC cards by their bytes, without any PC/SC service."""

import asyncio
import socket

import pytest

from drivers.interface import Uid
from simulator.cable import Line
from simulator.field import Field
from simulator.program.station import Station
from simulator.tags import MODELS as CHIPS
from simulator.tags import SimTag
from simulator.vpcd import MODELS, PatronCard, PatronPad, TagPad, VpcdFace, VpcdPort
from simulator.vpcd.air import respond

ICODE = Uid("E00401008A5C982E")


def tag(**more) -> SimTag:
    memory = bytearray.fromhex("00112233")
    return SimTag(uid=ICODE, model=CHIPS["sli"], memory=memory, **more)


def pad(model: str = "part3", **more) -> TagPad:
    return TagPad(Field([tag(**more)], [ICODE]), MODELS[model])


def says(where: TagPad, command: str) -> str:
    return where.answer(bytes.fromhex(command)).hex().upper()


# NXP community, "ACR1552 ... WRITE_SINGLE_BLOCK returns a 64 01 error": an ICODE SLI, and how the
# reader's users got rid of the error.
SESSION = [
    ("FFC2000002810000", "C0030090009000"),
    ("FFC20002048F020203", "C0030090008F01009000"),
    (
        "FFC20001049502022B00",
        "C00300900092010096020000970F000F2E985C8A000104E000001B03019000",
    ),
    ("FFC2000105950342200000", "C00300900092010096020000970600000011 22339000"),
    ("FFC20001099507022100123456 7800", "C0030164019000"),
    ("FFC2000105950342200000", "C003009000920100960200009706000012345678 9000"),
    ("FFC20001105F460440420F0095070221000001020300", "C003009000920100960200009701009000"),
    ("FFC2000105950342200000", "C00300900092010096020000970600000001 02039000"),
    ("FFC2000002820000", "C0030090009000"),
]


def test_a_session_answers_as_the_real_reader_did():
    where = pad("acr1552u")
    for command, answer in SESSION:
        assert says(where, command) == answer.replace(" ", "")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("FFCA000000", "2E985C8A000104E09000"),
        ("FFCA010000", "6A81"),
        ("FFB0000004", "001122339000"),
        ("FFB0000008", "00112233000000009000"),
        ("FFB0000005", "6700"),
        ("FFB0001C04", "6A82"),
        ("FFD6000104AABBCCDD", "9000"),
        ("FFD6000104AABB", "6700"),
        ("FFD6000504AABBCCDD", "6982"),
        ("FF30020000", "C29000"),
        ("FF30030000", "3E9000"),
        ("FF30040000", "1B039000"),
        ("FF30050000", "019000"),
        ("FF3000010401020007", "9000"),
        ("FF3000010401030006", "9000"),
        ("FF30000203010200", "9000"),
        ("FF30000203010300", "9000"),
        ("FF300002050100000002", "9000"),
        ("FF30000103010001", "9000"),
        ("FF30090000", "6B00"),
        ("FF300007020100", "6B00"),
        ("FF88000000", "6A81"),
        ("00A4040000", "6E00"),
        ("FFC2000002810000", "6A81"),
    ],
)
def test_storage_card_commands(command, answer):
    assert says(pad(afi=0xC2, dsfid=0x3E, locked_blocks={5}), command) == answer


def test_a_plain_reader_knows_no_afi_and_turns_no_uid():
    where = pad("plain")
    assert says(where, "FFCA000000") == "E00401008A5C982E9000"
    assert says(where, "FF30020000") == "6A81"
    assert says(where, "FFB0000008") == "6700"


def test_locks_hold_and_a_quiet_tag_is_silent():
    where = pad()
    says(where, "FF30000203010200")
    assert says(where, "FF3000010401020007") == "6982"
    assert says(where, "FF30000203010200") == "6986"
    says(where, "FF30000103010001")
    assert says(where, "FFCA000000") == "6400"
    where.reset()
    assert says(where, "FFCA000000").endswith("9000")


@pytest.mark.parametrize(
    ("air", "answer"),
    [
        ("2220" + "2E985C8A000104E0" + "00", "0000112233"),
        ("2223" + "2E985C8A000104E0" + "0001", "000011223300000000"),
        ("2220" + "2E985C8A000104E1" + "00", None),
        ("022001", "0000000000"),
        ("02201C", "0110"),
        ("022201", "00"),
        ("0227C2", "00"),
        ("0228", "00"),
        ("02293E", "00"),
        ("022A", "00"),
        ("02A204", "00"),
        ("02A304", "00"),
        ("02A207", None),
        ("02A504", None),
        ("122000", None),
        ("260100", None),
        ("02FF04", "0101"),
    ],
)
def test_commands_on_the_air(air, answer):
    heard = respond(pad().field, bytes.fromhex(air))
    assert (heard.hex().upper() if heard is not None else None) == answer


def test_eas_is_heard_only_when_it_is_on():
    field = pad(eas=True).field
    alarm = respond(field, bytes.fromhex("02A504"))
    assert alarm is not None
    assert len(alarm) == 33
    respond(field, bytes.fromhex("02A304"))
    assert respond(field, bytes.fromhex("02A504")) is None


def test_a_torn_write_is_done_and_not_answered():
    where = pad()
    where.field.tear(ICODE)
    assert says(where, "FF3000010401020007") == ""
    assert where.field.tags[ICODE].afi == 0x07
    assert where.atr == b""


def test_patron_cards_tell_their_uid_only():
    card = PatronCard(bytes.fromhex("04A1B2C3D4E5F6"), "desfire")
    assert card.atr.hex() == "3b8180018080"
    assert card.answer(bytes.fromhex("FFCA000000")).hex() == "04a1b2c3d4e5f69000"
    assert card.answer(bytes.fromhex("FFB0000004")).hex() == "6a81"
    assert card.answer(bytes.fromhex("905A000003000000" + "00")).hex() == "6d00"
    with pytest.raises(ValueError, match="4, 7 or 10 bytes"):
        PatronCard(bytes(5))
    with pytest.raises(ValueError, match="not known"):
        PatronCard(bytes(4), "felica")


def test_messages_may_come_in_any_pieces():
    stream = bytes.fromhex("000101" + "000104" + "0005FFCA000000" + "000100")
    whole = [exchange.answer for exchange in VpcdFace(pad()).receive(stream)]
    face = VpcdFace(pad())
    pieces = [e.answer for byte in stream for e in face.receive(bytes([byte]))]
    assert whole == pieces
    atr = "3B8F8001804F0CA0000003060B00140000000077"
    assert [answer.hex().upper() for answer in whole] == [f"0014{atr}", "000A2E985C8A000104E09000"]


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: str) -> bytes:
    data = bytes.fromhex(message)
    writer.write(len(data).to_bytes(2, "big") + data)
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


async def vpcd(port: int = 0) -> tuple[asyncio.Server, asyncio.Queue]:
    """The side of vpcd: it listens, and a card is a connection."""
    cards: asyncio.Queue = asyncio.Queue()
    server = await asyncio.start_server(lambda r, w: cards.put_nowait((r, w)), "127.0.0.1", port)
    return server, cards


async def test_laying_connects_and_lifting_hangs_up():
    server, cards = await vpcd()
    where = pad()
    where.field.lift(ICODE)
    port = VpcdPort(where, port=server.sockets[0].getsockname()[1])
    async with asyncio.timeout(5), Station("pcsc", Line(VpcdFace(where)), lambda _: port).run():
        where.field.lay(ICODE)
        reader, writer = await cards.get()
        assert await asked(reader, writer, "FFCA000000") == bytes.fromhex("2E985C8A000104E09000")
        where.field.lift(ICODE)
        where.field.lay(ICODE)
        assert await reader.read() == b""
        writer.close()
        reader, writer = await cards.get()
        await port.pull()
        assert await reader.read() == b""
        writer.close()
        await port.plug()
        reader, writer = await cards.get()
        writer.close()
    server.close()


async def test_a_card_waits_for_a_vpcd_that_comes_later():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    where = PatronPad(PatronCard(bytes.fromhex("08112233")))
    port = VpcdPort(where, port=number)
    async with asyncio.timeout(5), Station("pcsc", Line(VpcdFace(where)), lambda _: port).run():
        server, cards = await vpcd(number)
        reader, writer = await cards.get()
        assert await asked(reader, writer, "FFCA000000") == bytes.fromhex("081122339000")
        await where.lay(PatronCard(bytes(7)))
        assert await reader.read() == b""
        writer.close()
        reader, writer = await cards.get()
        assert await asked(reader, writer, "FFCA000000") == bytes(7) + b"\x90\x00"
        await where.lift()
        assert await reader.read() == b""
        writer.close()
        server.close()
