"""The faces of Bibliotheca and RL866 readers, byte for byte, and the driver's own frames."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.bibliotheca import commands as bibliotheca
from drivers.bibliotheca.frames import START, Frame
from drivers.bibliotheca.frames import Decoder as BibliothecaDecoder
from drivers.interface import Uid
from drivers.rl866 import commands as rl866
from drivers.rl866.frames import Block, information, ready, resync
from drivers.rl866.frames import Decoder as Rl866Decoder
from simulator.bibliotheca import BibliothecaFace
from simulator.field import Field
from simulator.rl866 import Rl866Face
from simulator.tags import MODELS, SimTag

VECTORS = Path(__file__).parents[1] / "vectors"
TAG = Uid("E00401003123AA26")
LIBDANRFID = bytes.fromhex("11010131313232333334340000000000000000513e4445373035000000000000")
CONNECT = information(rl866.connect(TAG), 0).encode()


def exchanges(family):
    return tomllib.loads((VECTORS / f"{family}.toml").read_text())["exchange"]


def field_of(uids=(TAG,), dsfid=0x3E, model="sli"):
    tags = [
        SimTag(Uid(uid), MODELS[model], bytearray(LIBDANRFID), afi=0x07, dsfid=dsfid)
        for uid in uids
    ]
    return Field(tags, [tag.uid for tag in tags])


def face_for(family, vector):
    field = field_of(vector.get("tags", [TAG]), vector.get("dsfid", 0x3E))
    if family == "rl866":
        return Rl866Face(field)
    version = {"version": bytes.fromhex(vector["version"])} if "version" in vector else {}
    return BibliothecaFace(field, **version)


def question_of(vector):
    if "body" in vector:
        return Frame(bytes.fromhex(vector["body"])).encode()
    if "information" in vector:
        return information(bytes.fromhex(vector["information"]), 0).encode()
    return bytes.fromhex(vector["question"])


def answer_to(face, data):
    (exchange,) = face.receive(data)
    return exchange.answer


ALL = [(family, vector) for family in ("bibliotheca", "rl866") for vector in exchanges(family)]


@pytest.mark.parametrize(("family", "vector"), ALL, ids=[f"{f}: {v['what']}" for f, v in ALL])
def test_answers_as_published(family, vector):
    face = face_for(family, vector)
    if vector.get("connected"):
        face.receive(CONNECT)
    answer = answer_to(face, question_of(vector))
    if "answer" in vector:
        assert answer == bytes.fromhex(vector["answer"])
    else:
        start = bytes.fromhex(vector["answer_starts"])
        assert answer[: len(start)].hex(" ") == start.hex(" ")


@pytest.mark.parametrize("family", ["bibliotheca", "rl866"])
def test_any_cut_of_the_requests_gives_the_same_answers(family):
    data = b"".join(question_of(vector) for vector in exchanges(family))
    whole = face_for(family, {}).receive(data)
    face = face_for(family, {})
    single = [exchange for byte in data for exchange in face.receive(bytes([byte]))]
    assert single == whole
    assert len(whole) == len(exchanges(family))


@pytest.mark.parametrize("family", ["bibliotheca", "rl866"])
def test_a_damaged_request_gets_no_answer_and_the_next_one_does(family):
    sound = question_of(exchanges(family)[0])
    face = face_for(family, {})
    assert face.receive(sound[:-1] + bytes([sound[-1] ^ 1])) == []
    face.silence()
    assert len(face.receive(sound)) == 1


@given(st.sampled_from(["bibliotheca", "rl866"]), st.lists(st.binary(max_size=40), max_size=5))
def test_noise_is_never_answered_by_nonsense(family, pieces):
    face = face_for(family, {})
    answers = [exchange for piece in pieces for exchange in face.receive(piece)] + face.silence()
    for exchange in answers:
        decoder = BibliothecaDecoder() if family == "bibliotheca" else Rl866Decoder()
        decoder.receive(exchange.answer)
        assert decoder.next_frame() is not None
        assert not decoder.unfinished
    face.silence()
    assert len(face.receive(question_of(exchanges(family)[0]))) == 1


uid_first = st.sampled_from([b"", bytes.fromhex(TAG), bytes(8)])


@given(st.sampled_from(list(bibliotheca.Command)) | st.integers(0, 255), uid_first, st.binary())
def test_every_sound_request_to_a_bibliotheca_gets_one_answer(command, uid, data):
    face = BibliothecaFace(field_of())
    (exchange,) = face.receive(Frame(bytes([command]) + uid + data).encode())
    decoder = BibliothecaDecoder()
    decoder.receive(exchange.answer)
    frame = decoder.next_frame()
    assert (frame.start, frame.command) == (START, command)
    assert exchange.air >= 0


operations = st.builds(
    lambda what, data: rl866.access(1, what, data), st.sampled_from(rl866.Access), st.binary()
)


@given(operations | st.binary(max_size=60) | st.binary(max_size=8).map(lambda b: b"\x34\x01" + b))
def test_every_sound_request_to_an_rl866_gets_one_answer(question):
    face = Rl866Face(field_of())
    face.receive(CONNECT)
    (exchange,) = face.receive(information(question[:250], 1).encode())
    assert exchange.answer[0] == 0xFA
    assert exchange.answer[4:5] == question[:1] or not question


def test_an_inventory_may_name_a_tag_twice():
    face = BibliothecaFace(field_of(), repeats=True)
    answer = answer_to(face, bibliotheca.inventory(dsfid=False).encode())
    assert answer[7] == 2
    assert answer[8:16] == answer[16:24]


def test_locks_of_a_bibliotheca():
    face = BibliothecaFace(field_of())
    name = bytes.fromhex(TAG)

    def error(command, data=b""):
        return answer_to(face, Frame(bytes([command]) + name + data).encode())[4]

    assert error(0x08, b"\x02") == 0
    assert error(0x08, b"\x02") == 0x12
    assert error(0x05, b"\x02abcd") == 0x12
    assert error(0x07, b"\x03abcd") == 0
    assert face.field.tags[TAG].locked_blocks == {2, 3}
    assert error(0x06) == 0
    assert error(0x09, b"\xc2") == 0x12
    assert error(0x0B, b"\x06") == 0
    assert error(0x0E) == 0
    assert error(0x0B, b"\x3e") == 0x12
    assert error(0x0F) == 0
    assert error(0x04, b"\x00\x01\x01abcd") == 0x31
    assert error(0x14) == 0x02
    assert error(0x01) == 0
    read = answer_to(face, Frame(b"\x02" + name + b"\x02\x02").encode())
    assert (read[15], read[21]) == (1, 1)


def test_a_chain_of_blocks_both_ways():
    face = Rl866Face(field_of(model="slix2"))
    face.receive(CONNECT)
    question = rl866.access(1, rl866.Access.READ_BLOCKS, b"\0" + rl866.word(0) + rl866.word(80))
    assert (
        answer_to(face, information(question[:4], 1, chained=True).encode())
        == ready(0, address=1).encode()
    )
    parts, said = [], information(question[4:], 0).encode()
    while said:
        decoder = Rl866Decoder()
        decoder.receive(answer_to(face, said))
        block = decoder.next_frame()
        parts.append(block.information)
        said = ready(1 - block.sequence).encode() if block.chained else b""
    assert [len(part) for part in parts] == [250, 330 - 250]
    result = rl866.result_in(b"".join(parts)[3:], rl866.Access.READ_BLOCKS)
    assert result.data[:2] == rl866.word(80)
    assert result.data[2:] == face.field.tags[TAG].memory


def test_more_tags_than_one_answer_of_an_rl866_holds():
    uids = [f"E0040150{number:08X}" for number in range(40)]
    face = Rl866Face(field_of(uids))
    told, more = [], False
    for sequence in (0, 1, 0):
        answer = answer_to(face, information(rl866.inventory(more=more), sequence).encode())
        found = rl866.inventory_in(answer[7:-2])
        told += [tag.sighting.uid for tag in found.tags]
        more = found.more
    assert told == uids
    assert not more


def test_another_bus_address_is_not_answered():
    face = Rl866Face(field_of())
    assert face.receive(resync(address=2).encode()) == []
    assert len(face.receive(resync(address=1).encode())) == 1
    assert face.receive(Block(0x80).encode()) == []


def test_handles_run_out():
    face = Rl866Face(field_of())
    answers = [answer_to(face, CONNECT) for _ in range(17)]
    assert [answer[7] for answer in answers[:16]] == list(range(1, 17))
    assert answers[16][5:7] == rl866.word(rl866.Error.MEMORY)
