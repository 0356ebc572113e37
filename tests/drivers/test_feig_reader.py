"""The FEIG reader against a counterpart that follows a script, byte for byte."""

import asyncio

import pytest

from drivers.errors import NoAnswer, ReaderLost, ReaderRefused, TagGone, TagRefused
from drivers.feig.commands import (
    Answer,
    BlocksRead,
    Done,
    EasAlarm,
    GetReaderInfo,
    GetSoftwareVersion,
    GetSystemInfo,
    Inventoried,
    Inventory,
    Raw,
    ReadConfiguration,
    ReadMultipleBlocks,
    Refusal,
    RfReset,
    Status,
    SystemInfo,
    Version,
    WriteAfi,
    WriteMultipleBlocks,
    answer,
    ask,
    understand,
)
from drivers.feig.frames import Decoder, Direction
from drivers.feig.reader import FeigReader
from drivers.interface import ByteLink, Capability, ChipInfo, Reader, ReaderInfo, Sighting, Uid
from drivers.iso15693 import TagError

TAG, OTHER = Uid("E00401003123AA26"), Uid("E0040100017C0C38")
VERSION = Version(0x0303, 0x00, 0x44, 0x53, 0x0D30)
PING = GetSoftwareVersion()
NONE = Refusal(Status.NO_TRANSPONDER)
SILENCE = b""
OPENING = [VERSION, Raw(VERSION.encode() + bytes.fromhex("01180118")), Raw(bytes(14)), NONE]
"""What a reader says when it is opened: its version, its buffers, its CFG5, no EAS alarm."""


class Script:
    """A cable whose far end has its answers ready: for each question one reaction.

    A reaction is an answer, or bytes, or a list of bytes (pieces of one answer). Questions heard
    are kept, with the time of each.
    """

    def __init__(self, *reactions):
        self.reactions = [*OPENING, *reactions]
        self.questions, self.frames, self.times = [], [], []
        self._line: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._pulled = False
        self.asked = asyncio.Semaphore(0)

    async def send(self, data):
        if self._pulled:
            raise ReaderLost("pulled")
        decoder = Decoder(Direction.QUESTION)
        decoder.receive(data)
        frame = decoder.next_frame()
        self.frames.append(data)
        self.questions.append(understand(frame))
        self.times.append(asyncio.get_running_loop().time())
        if self.questions[-1] != PING:
            self.asked.release()
        reaction = self.reactions.pop(0)
        if not isinstance(reaction, bytes | list):
            reaction = answer(frame, reaction).encode()
        self.say(*([reaction] if isinstance(reaction, bytes) else reaction))

    def forget(self):
        """Forget the questions of the opening."""
        for kept in (self.questions, self.frames, self.times):
            kept.clear()
        self.asked = asyncio.Semaphore(0)

    def say(self, *pieces):
        for piece in filter(None, pieces):
            self._line.put_nowait(piece)

    async def receive(self):
        data = None if self._pulled else await self._line.get()
        if data is None:
            raise ReaderLost("pulled")
        return data

    def pull(self):
        self._pulled = True
        self._line.put_nowait(None)

    async def close(self):
        self.pull()


async def opened(*reactions, **wishes):
    script = Script(*reactions)
    reader = await FeigReader.open(script, **{"patience": 0.05, **wishes})
    script.forget()
    return reader, script


def bytes_of(question, given):
    return answer(ask(question), given).encode()


def system_info(uid=TAG, afi=0x07):
    return SystemInfo(uid, 0x3E, afi, 4, 28, 1)


# --------------------------------------------------------------------------------------- answers


async def test_opening_asks_who_is_there():
    script = Script()
    reader = await FeigReader.open(script)
    check: Reader = reader
    link: ByteLink = script
    assert check.info == ReaderInfo("FEIG", "03.03.00 (reader type 53)", frozenset(Capability))
    assert link is script
    assert script.frames[0] == bytes.fromhex("05ff65e5cb")
    assert script.questions[1:] == [
        GetReaderInfo(),
        ReadConfiguration(5),
        EasAlarm(Uid("E004010000000000")),
    ]


async def test_a_reader_that_knows_little_of_itself_is_opened_all_the_same():
    script = Script()
    script.reactions = [VERSION, *[Refusal(Status.UNKNOWN_COMMAND)] * 3]
    reader = await FeigReader.open(script)
    assert Capability.EAS not in reader.info.can
    assert Capability.PILE in reader.info.can


async def test_a_reader_that_reports_only_new_tags_gets_a_field_reset_before_each_inventory():
    script = Script(Done(), NONE)
    script.reactions[2] = Raw(bytes(11) + b"\x05" + bytes(2))
    reader = await FeigReader.open(script)
    script.forget()
    assert await reader.inventory() == ()
    assert script.questions == [RfReset(), Inventory()]


async def test_a_small_buffer_makes_small_questions():
    memory = bytes(range(64))
    script = Script(
        BlocksRead(memory[:24], 4, bytes(6)),
        BlocksRead(memory[24:48], 4, bytes(6)),
        BlocksRead(memory[48:], 4, bytes(4)),
        system_info(),
        *[Done()] * 3,
    )
    script.reactions[1] = Raw(VERSION.encode() + bytes.fromhex("00300040"))
    reader = await FeigReader.open(script)
    script.forget()
    assert await reader.read_blocks(TAG, 0, 16) == memory
    await reader.write_blocks(TAG, 0, memory)
    assert [q.count for q in script.questions[:3]] == [6, 6, 4]
    assert [(q.first, len(q.memory)) for q in script.questions[4:]] == [(0, 28), (7, 28), (14, 8)]
    assert max(len(frame) for frame in script.frames) <= 0x30


async def test_blocks_that_a_system_stored_reversed_are_turned_round():
    reader, script = await opened(
        BlocksRead(b"abcdefgh", 4, bytes(2)), system_info(), Done(), reversed_blocks=True
    )
    assert await reader.read_blocks(TAG, 0, 2) == b"dcbahgfe"
    await reader.write_blocks(TAG, 0, b"dcbahgfe")
    assert script.questions[-1] == WriteMultipleBlocks(TAG, 0, 4, b"abcdefgh")


async def test_opening_in_vain_closes_the_link():
    script = Script()
    script.reactions = [SILENCE]
    with pytest.raises(NoAnswer, match=r"within 0\.01 s"):
        await FeigReader.open(script, patience=0.01)
    with pytest.raises(ReaderLost):
        await script.receive()


async def test_an_empty_field_is_an_empty_inventory():
    reader, _ = await opened(NONE, Inventoried(()))
    assert await reader.inventory() == ()
    assert await reader.inventory() == ()


async def test_an_inventory_asks_for_more_until_that_was_all_and_names_each_tag_once():
    a, b = Sighting(TAG, 0x3E), Sighting(OTHER, 0x06)
    reader, script = await opened(Inventoried((a, a), more=True), Inventoried((b, a)))
    assert await reader.inventory() == (a, b)
    assert script.questions == [Inventory(), Inventory(more=True)]


async def test_more_may_turn_out_to_be_nothing():
    a = Sighting(TAG, 0x3E)
    reader, _ = await opened(Inventoried((a,), more=True), NONE)
    assert await reader.inventory() == (a,)


async def test_a_reader_that_always_promises_more_is_not_asked_for_ever():
    a = Sighting(TAG, 0x3E)
    reader, script = await opened(*[Inventoried((a,), more=True)] * 9)
    assert await reader.inventory() == (a,)
    assert len(script.questions) == 2


async def test_the_field_is_reset_before_each_inventory_on_request():
    reader, script = await opened(Done(), NONE, reset_field=True)
    await reader.inventory()
    assert script.questions == [RfReset(), Inventory()]


async def test_reading_blocks_takes_no_more_at_once_than_readers_give():
    memory = bytes(range(80))
    reader, script = await opened(
        BlocksRead(memory[:64], 4, bytes(16)), BlocksRead(memory[64:], 4, bytes(4))
    )
    assert await reader.read_blocks(TAG, 8, 20) == memory
    assert script.questions == [ReadMultipleBlocks(TAG, 8, 16), ReadMultipleBlocks(TAG, 24, 4)]


async def test_a_block_that_no_tag_has_is_refused():
    reader, _ = await opened()
    with pytest.raises(TagRefused, match="block 256"):
        await reader.read_blocks(TAG, 255, 2)


async def test_a_wrong_number_of_blocks_is_no_answer():
    reader, _ = await opened(BlocksRead(bytes(4), 4, bytes(1)))
    with pytest.raises(NoAnswer):
        await reader.read_blocks(TAG, 0, 8)


async def test_chip_info_write_afi_and_rf_reset():
    reader, script = await opened(system_info(afi=0xC2), Done(), Done())
    assert await reader.chip_info(TAG) == ChipInfo(TAG, 0x3E, 0xC2, 4, 28)
    await reader.write_afi(TAG, 0x07)
    await reader.rf_reset()
    assert script.questions == [GetSystemInfo(TAG), WriteAfi(TAG, 0x07), RfReset()]


async def test_another_tag_than_the_one_asked_is_no_answer():
    reader, _ = await opened(system_info(OTHER))
    with pytest.raises(NoAnswer, match=OTHER):
        await reader.chip_info(TAG)


async def test_advanced_frames_on_request():
    reader, script = await opened(NONE, advanced=True)
    await reader.inventory()
    assert [frame.hex() for frame in script.frames] == ["020009ffb001001843"]


# ---------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("refusal", "error", "says"),
    [
        (Refusal(Status.NO_TRANSPONDER), TagGone, "NO_TRANSPONDER"),
        (Refusal(Status.WRITE_ERROR, 2), NoAnswer, "WRITE_ERROR"),
        (Refusal(Status.ADDRESS_ERROR), TagRefused, "ADDRESS_ERROR"),
        (Refusal(Status.RF_COMMUNICATION), NoAnswer, "83"),
        (Refusal(Status.UNKNOWN_COMMAND), ReaderRefused, "80"),
        (Refusal(Status.LENGTH_ERROR), ReaderRefused, "81"),
        (Refusal(Status.NOT_AVAILABLE), ReaderRefused, "82"),
        (Refusal(Status.HARDWARE_WARNING), ReaderRefused, "F1"),
        (Refusal(0x77), ReaderRefused, "status 77"),
        (Refusal(Status.ISO15693_ERROR, TagError.UNKNOWN), NoAnswer, "UNKNOWN"),
        (Refusal(Status.ISO15693_ERROR, TagError.LOCKED), TagRefused, "LOCKED"),
        (Refusal(Status.ISO15693_ERROR, 0xA1), TagRefused, "A1"),
        (Refusal(Status.ISO15693_ERROR), TagRefused, "does not name"),
    ],
)
async def test_a_refusal_is_an_error_by_what_to_do_next(refusal, error, says):
    reader, script = await opened(refusal, Done())
    with pytest.raises(error, match=f"WriteAfi.*{says}"):
        await reader.write_afi(TAG, 0x07)
    await reader.write_afi(TAG, 0x07)
    assert PING not in script.questions  # a refusal is an answer: the line is in step


async def test_an_answer_that_makes_no_sense_is_no_answer_and_the_line_is_put_in_step():
    reader, script = await opened(Done(), VERSION, system_info())
    with pytest.raises(NoAnswer, match="senseless"):
        await reader.chip_info(TAG)
    assert (await reader.chip_info(TAG)).uid == TAG
    assert script.questions[1] == PING


# -------------------------------------------------------------------------------------- the line


async def test_an_answer_in_pieces():
    whole = bytes_of(GetSystemInfo(TAG), system_info())
    reader, _ = await opened([bytes([byte]) for byte in whole])
    assert (await reader.chip_info(TAG)).afi == 0x07


async def test_a_late_answer_is_never_taken_for_the_answer_to_the_next_question():
    late = bytes_of(GetSystemInfo(TAG), system_info(afi=0xC2))
    reader, script = await opened(SILENCE, [late, bytes_of(PING, VERSION)], system_info(afi=0x07))
    with pytest.raises(NoAnswer, match="GetSystemInfo within"):
        await reader.chip_info(TAG)
    assert (await reader.chip_info(TAG)).afi == 0x07
    assert script.questions == [GetSystemInfo(TAG), PING, GetSystemInfo(TAG)]


async def test_a_late_answer_that_waits_in_the_line_already():
    late = bytes_of(WriteAfi(TAG, 0x07), Done())
    reader, script = await opened(SILENCE, VERSION, Refusal(Status.ISO15693_ERROR, TagError.LOCKED))
    with pytest.raises(NoAnswer):
        await reader.write_afi(TAG, 0x07)
    script.say(late[:3], late[3:])
    with pytest.raises(TagRefused):
        await reader.write_afi(TAG, 0x07)


async def test_a_ping_whose_answer_is_late_too():
    pong, late = bytes_of(PING, VERSION), bytes_of(Inventory(), Inventoried((Sighting(TAG, 1),)))
    reader, _ = await opened(SILENCE, SILENCE, [late, pong], [pong, bytes_of(Inventory(), NONE)])
    for _ in range(2):
        with pytest.raises(NoAnswer):
            await reader.inventory()
    assert await reader.inventory() == ()


async def test_a_cancelled_question_leaves_the_line_out_of_step_and_the_next_one_mends_it():
    late = bytes_of(GetSystemInfo(TAG), system_info(afi=0xC2))
    reader, script = await opened(
        SILENCE, [late, bytes_of(PING, VERSION)], system_info(afi=0x07), patience=5
    )
    question = asyncio.create_task(reader.chip_info(TAG))
    await script.asked.acquire()
    question.cancel()
    with pytest.raises(asyncio.CancelledError):
        await question
    assert (await reader.chip_info(TAG)).afi == 0x07


async def test_noise_before_an_answer_is_skipped():
    whole = bytes_of(GetSystemInfo(TAG), system_info())
    reader, _ = await opened([b"\x00\x01\x00", whole])
    assert (await reader.chip_info(TAG)).uid == TAG


async def test_noise_that_announces_a_long_frame_costs_a_moment_only():
    whole = bytes_of(GetSystemInfo(TAG), system_info())
    reader, _ = await opened([b"\xf0", whole], patience=5)
    async with asyncio.timeout(1):
        assert (await reader.chip_info(TAG)).uid == TAG


@pytest.mark.parametrize("cut", [slice(0, 10), slice(3, None)])
async def test_a_damaged_answer_is_given_up_long_before_patience_ends(cut):
    damaged = bytes_of(GetSystemInfo(TAG), system_info())[cut]
    reader, script = await opened(damaged, VERSION, system_info(), patience=5)
    async with asyncio.timeout(2):
        with pytest.raises(NoAnswer):
            await reader.chip_info(TAG)
        assert (await reader.chip_info(TAG)).uid == TAG
    assert script.questions[1] == PING


async def test_a_pulled_cable_ends_the_question_at_once():
    reader, script = await opened(SILENCE, patience=5)
    question = asyncio.create_task(reader.inventory())
    await script.asked.acquire()
    script.pull()
    async with asyncio.timeout(1):
        with pytest.raises(ReaderLost):
            await question
    with pytest.raises(ReaderLost):
        await reader.inventory()


async def test_questions_of_several_tasks_take_turns():
    first = Sighting(TAG, 0x3E)
    reader, script = await opened(
        Inventoried((first,), more=True), Inventoried(()), system_info(), Done()
    )
    await asyncio.gather(reader.inventory(), reader.chip_info(TAG), reader.write_afi(TAG, 0x07))
    assert script.questions == [
        Inventory(),
        Inventory(more=True),
        GetSystemInfo(TAG),
        WriteAfi(TAG, 0x07),
    ]


async def test_a_reader_gets_its_rest_after_an_answer():
    reader, script = await opened(NONE, NONE, turnaround=0.02)
    await reader.inventory()
    await reader.inventory()
    first, second = script.times
    assert second - first >= 0.02


async def test_closing_twice_is_harmless():
    reader, _ = await opened()
    await reader.close()
    await reader.close()
    with pytest.raises(ReaderLost):
        await reader.inventory()


def test_every_answer_of_the_script_is_one():
    check: list[Answer] = [VERSION, Done(), Inventoried(()), system_info()]
    assert all(given.status is Status.OK for given in check)
