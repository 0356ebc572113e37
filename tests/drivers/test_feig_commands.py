"""What FEIG frames mean, in both directions."""

import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.feig.commands import (
    BaudRateDetection,
    BlocksRead,
    CpuReset,
    Done,
    EasAlarm,
    GetReaderInfo,
    GetSoftwareVersion,
    GetSystemInfo,
    Implied,
    Inventoried,
    Inventory,
    LockAfi,
    NotUnderstood,
    Raw,
    ReadConfiguration,
    ReadMultipleBlocks,
    Refusal,
    ResetEas,
    ResetToReady,
    RfOutput,
    RfReset,
    Select,
    SetEas,
    Status,
    StayQuiet,
    SystemInfo,
    Version,
    WriteAfi,
    WriteConfiguration,
    WriteMultipleBlocks,
    answer,
    ask,
    hear,
    understand,
)
from drivers.feig.frames import Decoder, Direction, Frame
from drivers.interface import Sighting, Uid
from drivers.iso15693 import TagError

VECTORS = tomllib.loads((Path(__file__).parents[1] / "vectors/feig.toml").read_text())

TAG, OTHER, SLIX2 = Uid("E00401003123AA26"), Uid("E0040100017C0C38"), Uid("E004010809B9CB12")
VERSION = Version(0x0303, 0x00, 0x44, 0x53, 0x0D30)
LIBDANRFID = bytes.fromhex("11010131313232333334340000000000000000513e4445373035000000000000")

QUESTIONS = {
    "version": GetSoftwareVersion(),
    "read configuration page 7 at address 12": ReadConfiguration(7),
    "field on": RfOutput(on=True),
    "field off": RfOutput(on=False),
    "reader info": GetReaderInfo(),
    "field reset": RfReset(),
    "baud rate detection": BaudRateDetection(),
    "inventory": Inventory(),
    "read blocks 0 to 7": ReadMultipleBlocks(TAG, 0, 8),
    "system info": GetSystemInfo(TAG),
    "system info of an SLIX2": GetSystemInfo(SLIX2),
    "write block 1": WriteMultipleBlocks(SLIX2, 1, 4, b"8765"),
    "AFI 07": WriteAfi(TAG, 0x07),
    "AFI C2": WriteAfi(TAG, 0xC2),
    "stay quiet": StayQuiet(TAG),
    "EAS on": SetEas(TAG),
}
ANSWERS = {
    "version": (GetSoftwareVersion(), VERSION),
    "one tag": (Inventory(), Inventoried((Sighting(Uid("E0040150A05F02B7"), 0x00),))),
    "two tags": (Inventory(), Inventoried((Sighting(TAG, 0x3E), Sighting(OTHER, 0x3E)))),
    "done": (WriteAfi(TAG, 0x07), Done()),
    "no tag": (Inventory(), Refusal(Status.NO_TRANSPONDER)),
    "ISO error 0F": (WriteAfi(TAG, 0x07), Refusal(Status.ISO15693_ERROR, TagError.UNKNOWN)),
    "write error at block 2": (
        WriteMultipleBlocks(TAG, 1, 4, bytes(8)),
        Refusal(Status.WRITE_ERROR, 2),
    ),
    "communication error": (Inventory(), Refusal(Status.RF_COMMUNICATION)),
    "system info": (GetSystemInfo(TAG), SystemInfo(TAG, 0x3E, 0x07, 4, 28, 0x01)),
    "8 blocks": (ReadMultipleBlocks(TAG, 0, 8), BlocksRead(LIBDANRFID, 4, bytes(8))),
}

byte = st.integers(0, 0xFF)
uids = st.binary(min_size=8, max_size=8).map(lambda raw: Uid(raw.hex().upper()))
targets = st.one_of(uids, st.sampled_from(Implied))
four_byte_blocks = st.integers(1, 32).flatmap(lambda n: st.binary(min_size=4 * n, max_size=4 * n))
tag_orders = (LockAfi, StayQuiet, Select, ResetToReady, SetEas, ResetEas, EasAlarm)
any_question = st.one_of(
    st.builds(Inventory, st.booleans()),
    st.builds(ReadMultipleBlocks, targets, byte, byte, st.booleans()),
    st.builds(WriteMultipleBlocks, targets, byte, st.just(4), four_byte_blocks),
    st.builds(GetSystemInfo, targets),
    st.builds(WriteAfi, targets, byte),
    st.builds(WriteConfiguration, byte, st.binary(min_size=1, max_size=30)),
    *(st.builds(kind, targets) for kind in tag_orders),
    st.sampled_from([CpuReset(), RfReset(), GetSoftwareVersion(), BaudRateDetection()]),
    st.builds(RfOutput, st.booleans()),
    *(st.builds(kind, byte) for kind in (ReadConfiguration, GetReaderInfo)),
)
any_answer = st.one_of(
    st.tuples(
        st.just(Inventory()),
        st.builds(
            Inventoried,
            st.lists(st.builds(Sighting, uids, byte), max_size=30).map(tuple),
            st.booleans(),
        ),
    ),
    st.tuples(
        st.just(ReadMultipleBlocks(TAG, 0, 8, security=True)),
        four_byte_blocks.map(lambda memory: BlocksRead(memory, 4, bytes(len(memory) // 4))),
    ),
    st.tuples(
        st.just(GetSystemInfo(TAG)),
        st.builds(SystemInfo, uids, byte, byte, st.integers(1, 32), st.integers(1, 256), byte),
    ),
    st.tuples(st.just(ReadConfiguration(1)), st.builds(Raw, st.binary(max_size=30))),
    st.tuples(
        st.just(WriteAfi(TAG, 7)),
        st.builds(
            Refusal,
            byte.filter(lambda status: status not in {Status.OK, Status.MORE_DATA}),
            st.none() | byte,
        ),
    ),
)


def frame_of(vector, direction):
    decoder = Decoder(direction)
    decoder.receive(bytes.fromhex(vector["hex"]))
    return decoder.next_frame()


@pytest.mark.parametrize("vector", VECTORS["question"], ids=lambda vector: vector["what"])
def test_questions_of_others(vector):
    frame = frame_of(vector, Direction.QUESTION)
    question = QUESTIONS[vector["what"].removesuffix(", advanced")]
    assert understand(frame) == question
    advanced = vector["what"].endswith(", advanced")
    asked = ask(question, address=frame.address, advanced=advanced)
    assert asked.encode() == bytes.fromhex(vector["hex"])


@pytest.mark.parametrize("vector", VECTORS["answer"], ids=lambda vector: vector["what"])
def test_answers_of_others(vector):
    frame = frame_of(vector, Direction.ANSWER)
    question, meant = ANSWERS[vector["what"].removesuffix(", advanced")]
    assert hear(question, frame) == meant
    asked = ask(question, advanced=frame.advanced)
    answered = answer(asked, meant)
    assert answered.encode() == bytes.fromhex(vector["hex"])


@pytest.mark.parametrize("vector", VECTORS["unknown"], ids=lambda vector: vector["what"])
def test_a_command_that_is_not_spoken_is_answered_with_80(vector):
    with pytest.raises(NotUnderstood) as caught:
        understand(frame_of(vector, Direction.QUESTION))
    assert caught.value.status is Status.UNKNOWN_COMMAND


@given(any_question)
def test_questions_are_understood_as_asked(question):
    assert understand(ask(question)) == question


@given(any_answer)
def test_answers_are_heard_as_given(pair):
    question, given_answer = pair
    assert hear(question, answer(ask(question), given_answer)) == given_answer


@given(byte, st.binary(max_size=60), byte, any_question)
def test_nonsense_is_not_understood_and_nothing_worse(command, data, status, question):
    with suppress(NotUnderstood):
        understand(Frame(command, data))
    with suppress(NotUnderstood):
        hear(question, Frame(command, data, status))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ("", Status.UNKNOWN_COMMAND),  # a host command without its sub-command
        ("01", Status.LENGTH_ERROR),
        ("014005", Status.PARAMETER_RANGE),  # notification
        ("2701e004", Status.LENGTH_ERROR),
        ("2703e00401003123aa2607", Status.PARAMETER_RANGE),  # addressing that does not exist
        ("2701e00401003123aa26", Status.LENGTH_ERROR),
        ("2401e00401003123aa2600020400000000", Status.LENGTH_ERROR),
    ],
)
def test_what_a_reader_answers_to_nonsense(data, status):
    with pytest.raises(NotUnderstood) as caught:
        understand(Frame(0xB0, bytes.fromhex(data)))
    assert caught.value.status is status


def test_transponders_of_other_standards_are_left_out():
    data = bytes.fromhex("02 04 00 0102030405060708 03 3e e00401003123aa26")
    heard = hear(Inventory(), Frame(0xB0, data, Status.OK))
    assert heard == Inventoried((Sighting(TAG, 0x3E),))


def test_the_security_status_is_asked_for_and_read():
    question = ReadMultipleBlocks(TAG, 2, 1, security=True)
    assert ask(question).data.hex() == "2309e00401003123aa260201"
    heard = hear(question, Frame(0xB0, bytes.fromhex("01 04 01 44332211"), Status.OK))
    assert heard == BlocksRead(bytes.fromhex("11223344"), 4, b"\x01")
