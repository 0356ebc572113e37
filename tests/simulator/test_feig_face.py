"""The face of a FEIG reader, byte for byte.

Frames marked "published" are literal frames of public sources: the test data of InlayTester.Drivers
.FeigReader (MIT) and of feig-driver (ISC); the others were computed with the published CRC.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.feig.commands import ask
from drivers.feig.commands.tag_questions import Inventory
from drivers.feig.frames import Decoder, Direction, Frame
from drivers.interface import Uid
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.tags import MODELS, SimTag

FIRST, SECOND = Uid("E00401003123AA26"), Uid("E0040100017C0C38")
LIBDANRFID = bytes.fromhex("11010131313232333334340000000000000000513e4445373035000000000000")


def tag(uid=FIRST, dsfid=0x3E, afi=0x07, memory=LIBDANRFID, model="sli"):
    return SimTag(uid, MODELS[model], bytearray(memory), afi=afi, dsfid=dsfid)


def face_with(*tags, **settings):
    return FeigFace(Field(tags, laid=[t.uid for t in tags]), **settings)


def answers(face, request):
    return [exchange.answer.hex(" ") for exchange in face.receive(bytes.fromhex(request))]


VECTORS = [
    # published: software version, standard and advanced
    ("05 ff 65 e5 cb", "0d 00 65 00 03 03 00 44 53 0d 30 33 09"),
    ("02 00 07 ff 65 6e 61", "02 00 0f 00 65 00 03 03 00 44 53 0d 30 74 69"),
    # inventory of two tags
    (
        "07 ff b0 01 00 1c 56",
        "1b 00 b0 00 02 03 3e e0 04 01 00 31 23 aa 26 03 3e e0 04 01 00 01 7c 0c 38 92 ad",
    ),
    # read blocks 0..7: each block with its last byte first
    (
        "11 ff b0 23 01 e0 04 01 00 31 23 aa 26 00 08 61 a8",
        "30 00 b0 00 08 04 00 31 01 01 11 00 33 32 32 31 00 00 34 34 33 00 00 00 00 00 00 51 "
        "00 00 00 00 37 45 44 3e 00 00 00 35 30 00 00 00 00 00 0d eb",
    ),
    # system information of a chip of 28 blocks of 4 bytes
    (
        "0f ff b0 2b 01 e0 04 01 00 31 23 aa 26 4c 6e",
        "13 00 b0 00 3e e0 04 01 00 31 23 aa 26 07 03 1b 01 25 2d",
    ),
    # write the AFI
    ("10 ff b0 27 01 e0 04 01 00 31 23 aa 26 07 75 57", "06 00 b0 00 d5 72"),
    ("10 ff b0 27 01 e0 04 01 00 31 23 aa 26 c2 d4 c6", "06 00 b0 00 d5 72"),
    # set EAS, stay quiet
    ("10 ff b1 04 a2 01 e0 04 01 00 31 23 aa 26 a1 76", None),
    ("0f ff b0 02 01 e0 04 01 00 31 23 aa 26 f7 87", "06 00 b0 00 d5 72"),
    # reader information, RF reset, RF on, baud rate detection: done
    ("06 ff 66 00 cd bf", None),
    ("05 ff 69 89 01", None),
    ("06 ff 6a 01 e4 07", None),
    ("06 ff 52 00 0f 6e", None),
    # published: RF on and off, advanced
    ("02 00 08 ff 6a 01 a1 aa", None),
    ("02 00 08 ff 6a 00 28 bb", None),
]


@pytest.mark.parametrize(("request_", "expected"), VECTORS)
def test_answers_as_published(request_, expected):
    face = face_with(tag(), tag(SECOND))
    (answer,) = answers(face, request_)
    raw = bytes.fromhex(answer)
    if expected:
        assert answer == expected
    status = raw[5] if raw[0] == 2 else raw[3]
    assert status == 0
    assert (raw[0] == 2) == request_.startswith("02")


def test_no_tag():
    assert answers(face_with(), "07 ff b0 01 00 1c 56") == ["06 00 b0 01 5c 63"]


def test_two_tags_addressed_as_one_collide():
    face = face_with(tag(), tag(SECOND))
    request = Frame(0xB0, bytes.fromhex("2b00")).encode().hex()
    assert answers(face, request) == ["06 00 b0 83 46 c4"]


def test_published_system_info_of_a_slix2():
    face = face_with(tag(Uid("E004010809B9CB12"), afi=0x01, model="slix2"))
    (answer,) = answers(face, "02 00 11 ff b0 2b 01 e0 04 01 08 09 b9 cb 12 0b 65")
    assert bytes.fromhex(answer)[6:-2].hex() == "3ee004010809b9cb1201034f01"


def test_published_write_of_one_block_is_stored_in_natural_order():
    face = face_with(tag(Uid("E004010809B9CB12"), model="slix2"))
    request = "02 00 18 ff b0 24 01 e0 04 01 08 09 b9 cb 12 01 01 04 35 36 37 38 3c 82"
    assert bytes.fromhex(answers(face, request)[0])[5] == 0
    assert face.field.tags[Uid("E004010809B9CB12")].memory[4:8] == b"8765"


def test_published_configuration_request_to_one_bus_address():
    request = "06 12 80 07 e5 80"
    assert answers(face_with(), request) == []
    (answer,) = answers(face_with(address=0x12), request)
    assert bytes.fromhex(answer)[:4].hex() == "14128000"


@pytest.mark.parametrize("request_", ["07 ff b0 01 00 1c 57", "02 00 09 ff b0 01 00 18 44"])
def test_a_damaged_request_gets_no_answer_and_the_next_one_does(request_):
    face = face_with(tag())
    assert answers(face, request_) == []
    face.silence()
    assert len(answers(face, "07 ff b0 01 00 1c 56")) == 1


def test_any_cut_of_the_requests_gives_the_same_answers():
    requests = bytes.fromhex("".join(request for request, _ in VECTORS))
    whole = face_with(tag(), tag(SECOND)).receive(requests)
    face = face_with(tag(), tag(SECOND))
    single = [exchange for byte in requests for exchange in face.receive(bytes([byte]))]
    assert single == whole
    assert len(whole) == len(VECTORS)


@pytest.mark.parametrize(
    ("request_", "status", "rest"),
    [
        ("99", 0x80, ""),  # no such command
        ("b0 77", 0x80, ""),
        ("b0", 0x81, ""),
        ("b0 01", 0x81, ""),  # MODE is missing
        ("b0 27 01 e00401003123aa26", 0x81, ""),  # the AFI is missing
        ("65 00", 0x81, ""),
        ("b0 23 01 e00401003123aa26 1c 01", 0x95, "10"),  # no such block
        ("b0 23 01 e00401003123aa26 00 21", 0x11, ""),  # 132 bytes
        ("b0 23 01 e00401003123aaff 00 08", 0x01, ""),  # not there
        ("b0 24 01 e00401003123aa26 1b 02 04 0102030405060708", 0x95, "101c"),
        ("b0 25 00", 0x11, ""),
        ("80 3f", 0x11, ""),
        ("80 bf", 0x15, ""),
        ("81 bf" + "00" * 14, 0x16, ""),
        ("81 05 00", 0x81, ""),
        ("22 00 01", 0x80, ""),
    ],
)
def test_refusals(request_, status, rest):
    raw = bytes.fromhex(request_)
    (answer,) = answers(face_with(tag()), Frame(raw[0], raw[1:]).encode().hex())
    assert bytes.fromhex(answer)[3] == status
    assert bytes.fromhex(answer)[4:-2].hex() == rest


def test_a_request_beyond_the_receive_buffer_is_too_long():
    face = face_with(receive_buffer=64)
    (exchange,) = face.receive(Frame(0xB0, bytes(80)).encode())
    assert exchange.answer[3] == 0x81


def command(face, data):
    raw = bytes.fromhex(data)
    (exchange,) = face.receive(Frame(raw[0], raw[1:]).encode())
    return exchange.answer[3], exchange.answer[4:-2].hex()


def test_locks():
    face = face_with(tag())
    uid = "01 e00401003123aa26"
    assert command(face, f"b0 22 {uid} 02 02") == (0, "")
    assert command(face, f"b0 22 {uid} 01 02") == (0x95, "1102")
    assert command(face, f"b0 2c {uid} 01 04") == (0, "0401010100")
    assert command(face, f"b0 24 {uid} 00 02 04 0102030405060708") == (0x95, "1201")
    assert command(face, "b0 23 09 e00401003123aa26 02 01") == (0, "010401" + "00343433")
    assert command(face, f"b0 28 {uid}") == (0, "")
    assert command(face, f"b0 27 {uid} c2") == (0x95, "12")
    assert command(face, f"b0 28 {uid}") == (0x95, "11")
    assert command(face, f"b0 29 {uid} 06") == (0, "")
    assert command(face, f"b0 2a {uid}") == (0, "")
    assert command(face, f"b0 29 {uid} 3e") == (0x95, "12")
    assert face.field.tags[FIRST].afi == 0x07


def test_eas():
    face = face_with(tag())
    uid = "01 e00401003123aa26"
    assert command(face, f"b1 04 a5 {uid}") == (1, "")
    assert command(face, f"b1 04 a2 {uid}") == (0, "")
    assert command(face, f"b1 04 a5 {uid}") == (0, "")
    assert command(face, f"b1 04 a4 {uid}") == (0, "")
    assert command(face, f"b1 04 a3 {uid}") == (0x95, "12")


def test_select_quiet_and_ready():
    face = face_with(tag(), tag(SECOND))
    assert command(face, "b0 2b 02") == (1, "")
    assert command(face, "b0 25 01 e00401003123aa26") == (0, "")
    assert command(face, "b0 27 02 55") == (0, "")
    assert face.field.tags[FIRST].afi == 0x55
    assert command(face, "b0 25 01 e0040100017c0c38") == (0, "")
    assert not face.field.tags[FIRST].selected
    assert command(face, "b0 26 02") == (0, "")
    assert command(face, "b0 2b 02") == (1, "")
    assert command(face, "b0 02 01 e00401003123aa26") == (0, "")
    assert command(face, "b0 2b 00")[0] == 0  # only the second is not quiet
    assert command(face, "69") == (0, "")
    assert command(face, "b0 2b 00") == (0x83, "")


def test_more_tags_than_one_answer_holds():
    uids = [Uid(f"E0040150{n:08X}") for n in range(30)]
    face = face_with(*(tag(uid) for uid in uids))
    told, status, more = [], 0x94, False
    while status == 0x94:
        (exchange,) = face.receive(ask(Inventory(more=more)).encode())
        assert len(exchange.answer) <= 255
        status, more = exchange.answer[3], True
        told += [
            exchange.answer[7 + 10 * n : 15 + 10 * n].hex().upper()
            for n in range(exchange.answer[4])
        ]
    assert status == 0
    assert sorted(told) == sorted(uids)
    (exchange,) = face.receive(ask(Inventory(more=True)).encode())
    assert exchange.answer[3] == 1


def test_a_small_answer_buffer_gives_one_tag_at_a_time():
    face = face_with(tag(), tag(SECOND), answer_buffer=20)
    assert command(face, "b0 01 00") == (0x94, "01033ee00401003123aa26")
    assert command(face, "b0 01 80") == (0, "01033ee0040100017c0c38")


def test_only_new_tags_are_told_once_until_they_leave_or_the_field_does():
    face = face_with(tag(), only_new=True)
    assert command(face, "80 05")[1][22:24] == "05"
    assert command(face, "b0 01 00")[0] == 0
    assert command(face, "b0 01 00")[0] == 1
    assert command(face, "b0 01 20")[0] == 0  # presence check
    face.field.lift(FIRST)
    face.field.lay(FIRST)
    assert command(face, "b0 01 00")[0] == 0
    assert command(face, "b0 01 00")[0] == 1
    assert command(face, "69")[0] == 0
    assert command(face, "b0 01 00")[0] == 0
    assert command(face, "81 05" + "00" * 11 + "040000")[0] == 0
    assert command(face, "b0 01 00")[0] == 0
    assert command(face, "b0 01 00")[0] == 0


def test_configuration_is_saved_or_lost_with_a_cpu_reset():
    face = face_with(tag(), tag(SECOND))
    without_anticollision = "81 05" + "00" * 14
    assert command(face, without_anticollision)[0] == 0
    assert command(face, "b0 01 00")[0] == 0x83
    assert command(face, "63")[0] == 0
    assert command(face, "b0 01 00")[0] == 0
    assert command(face, without_anticollision)[0] == 0
    assert command(face, "82 05")[0] == 0
    assert command(face, "63")[0] == 0
    assert command(face, "b0 01 00")[0] == 0x83
    assert command(face, "83 c0")[0] == 0
    assert command(face, "63")[0] == 0
    assert command(face, "b0 01 00")[0] == 0


def test_without_a_field_no_tag_answers():
    face = face_with(tag())
    assert command(face, "6a 00")[0] == 0
    assert command(face, "b0 01 00")[0] == 1
    assert command(face, "b0 2b 01 e00401003123aa26")[0] == 1
    assert command(face, "6a 01")[0] == 0
    assert command(face, "b0 2b 01 e00401003123aa26")[0] == 0


def test_notification_and_orders_without_effect_are_tolerated():
    face = face_with(tag())
    assert command(face, "b0 01 40 0a")[0] == 0
    assert command(face, "71 0001000000000000")[0] == 0
    assert command(face, "72 00")[0] == 0
    assert command(face, "a0 00000000")[0] == 0
    assert command(face, "64 00")[0] == 0
    face.field.lift_all()
    (exchange,) = face.receive(Frame(0xB0, bytes.fromhex("01400a")).encode())
    assert exchange.answer[3] == 1
    assert exchange.air == 1.0


def test_a_tag_torn_away_while_it_is_written():
    face = face_with(tag())
    face.field.tear(FIRST)
    assert command(face, "b0 27 01 e00401003123aa26 c2") == (1, "")
    assert face.field.tags[FIRST].afi == 0xC2
    assert face.field.laid == ()


def test_a_tag_torn_away_among_several_blocks():
    face = face_with(tag())
    other = face.field.command(FIRST, lambda t: t.write(0, b"\0\0\0\0"))
    assert other is None
    face.field.tear(FIRST)
    assert command(face, "b0 24 01 e00401003123aa26 00 02 04 0102030405060708") == (1, "")
    assert face.field.tags[FIRST].memory[:8] == bytes.fromhex("04030201") + LIBDANRFID[4:8]


def is_one_answer(raw):
    decoder = Decoder(Direction.ANSWER)
    decoder.receive(raw)
    return decoder.next_frame() is not None and not decoder.unfinished


@given(st.lists(st.binary(max_size=40), max_size=5))
def test_noise_is_never_answered_by_nonsense(pieces):
    face = face_with(tag(), tag(SECOND))
    exchanges = [exchange for piece in pieces for exchange in face.receive(piece)]
    exchanges += face.silence()
    assert all(is_one_answer(exchange.answer) for exchange in exchanges)
    assert len(face.receive(bytes.fromhex("07ffb001001c56"))) == 1


COMMANDS = [0x52, 0x63, 0x65, 0x66, 0x69, 0x6A, 0x71, 0x80, 0x81, 0x82, 0x83, 0xA0]
SUB_COMMANDS = [0x01, 0x02, *range(0x22, 0x2D)]


@given(
    st.sampled_from([bytes([c]) for c in COMMANDS] + [bytes([0xB0, s]) for s in SUB_COMMANDS])
    | st.binary(min_size=1, max_size=3),
    st.sampled_from([b"", b"\0", b"\2", b"\1" + bytes.fromhex(FIRST)]),
    st.binary(max_size=20),
    st.booleans(),
)
def test_every_sound_request_gets_one_answer(code, who, data, advanced):
    face = face_with(tag(), tag(SECOND))
    request = Frame(code[0], code[1:] + who + data, advanced=advanced)
    (exchange,) = face.receive(request.encode())
    assert is_one_answer(exchange.answer)
    assert (exchange.answer[0] == 2) == advanced
    assert exchange.answer[4 if advanced else 2] == code[0]
    assert exchange.air >= 0
