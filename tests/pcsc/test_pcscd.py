"""What is PC/SC's own, on the real pcscd, whose cards are simulated."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from pcsc_world import FIRST_PORT, Watched, in_slot, name_of
from smartcard import scard

from drivers.errors import NoAnswer, ReaderLost, ReaderRefused, TagGone, TagRefused
from drivers.interface import Capability, Sighting, Uid
from drivers.opening import open_reader
from drivers.pcsc import winscard
from drivers.pcsc.atr import Standard
from drivers.pcsc.monitor import (
    CardArrived,
    CardLeft,
    ReaderArrived,
    ReaderLeft,
    ServiceFound,
    ServiceLost,
    watch,
)
from drivers.pcsc.reader import CardUid, PcscReader
from drivers.pcsc.slot import plugged_in
from simulator.field import Field
from simulator.program.control import connect
from simulator.tags import MODELS as CHIPS
from simulator.tags import SimTag
from simulator.vpcd import MODELS, PatronCard, PatronPad, TagPad

pytestmark = pytest.mark.server

SLOT, OTHER_SLOT = name_of(0), name_of(1)
SIM = str(Path(sys.executable).with_name("ritournelle-sim"))
BOOK = Uid("E0040150A05F02B7")
DISC = Uid("E0040108090AB9CB")
MEMORY = bytes(range(112))


def book(**more) -> SimTag:
    return SimTag(
        uid=BOOK, model=CHIPS["slix"], memory=bytearray(MEMORY), afi=0xC2, dsfid=0x3E, **more
    )


def pad(model: str = "part3", **more) -> TagPad:
    disc = SimTag(uid=DISC, model=CHIPS["slix2"], memory=bytearray(b"disc"))
    return TagPad(Field([book(**more), disc]), MODELS[model])


@pytest.fixture
async def reader(slot):
    reader = await PcscReader.open(name_of(slot))
    yield reader
    await reader.close()


async def laid(where: TagPad, watched: Watched, uid: Uid = BOOK) -> SimTag:
    where.field.lay(uid)
    await watched.arrived()
    return where.field.tags[uid]


CAN = {
    "part3": {Capability.AFI, Capability.WRITE},
    "acr1552u": {Capability.AFI, Capability.WRITE, Capability.EAS},
    "both": {Capability.AFI, Capability.WRITE, Capability.EAS},
    "plain": {Capability.WRITE},
}


@pytest.mark.parametrize("model", CAN)
async def test_a_tag_is_read_and_written_through_every_kind_of_reader(model, slot, reader, watched):
    where = pad(model)
    async with in_slot(where, slot):
        assert (reader.info.family, reader.info.firmware) == ("PC/SC", name_of(slot))
        assert await reader.inventory() == ()
        tag = await laid(where, watched)
        known_dsfid = 0x3E if model != "plain" else 0
        assert await reader.inventory() == (Sighting(BOOK, known_dsfid),)
        assert reader.info.can == CAN[model]
        card = await reader.card()
        assert card.kind.standard is Standard.ISO15693
        assert card.uid == CardUid(BOOK, may_be_random=False)
        assert await reader.read_blocks(BOOK, 0, 28) == MEMORY
        assert await reader.read_blocks(BOOK, 27, 1) == MEMORY[-4:]
        with pytest.raises(TagRefused):
            await reader.read_blocks(BOOK, 27, 2)
        await reader.write_blocks(BOOK, 3, b"PQRSTUVW")
        assert tag.memory[12:20] == b"PQRSTUVW"


async def test_what_a_reader_lacks_is_said(slot, reader, watched):
    where = pad("plain")
    async with in_slot(where, slot):
        tag = await laid(where, watched)
        for asked in (
            reader.chip_info(BOOK),
            reader.write_afi(BOOK, 7),
            reader.write_dsfid(BOOK, 6),
        ):
            with pytest.raises(ReaderRefused, match=f"{name_of(slot)} cannot read or write AFI"):
                await asked
        for asked in (reader.eas(BOOK), reader.set_eas(BOOK, on=True)):
            with pytest.raises(
                ReaderRefused, match=f"{name_of(slot)} cannot switch or check the EAS"
            ):
                await asked
        assert tag.afi == 0xC2


async def test_readers_are_opened_by_their_address(slot, watched):
    where = pad("acr1552u")
    async with in_slot(where, slot):
        tag = await laid(where, watched)
        reader = await open_reader(f"pcsc:///{quote(name_of(slot))}?reversed_blocks=yes")
        assert (await reader.read_blocks(BOOK, 1, 2)).hex() == "0706050" + "40b0a0908"
        await reader.write_blocks(BOOK, 0, b"abcd")
        assert tag.memory[:4] == b"dcba"
        await reader.close()
        assert await plugged_in() == (SLOT, OTHER_SLOT)


async def test_what_a_reader_can_is_known_from_a_tag_that_lies_there_at_opening(slot, watched):
    where = pad("acr1552u")
    async with in_slot(where, slot):
        await laid(where, watched)
        reader = await PcscReader.open(name_of(slot))
        assert reader.info.can == CAN["acr1552u"]
        await reader.close()
        await reader.close()
        with pytest.raises(ReaderLost, match="closed"):
            await reader.inventory()


async def test_another_tag_in_its_place_is_not_taken_for_it(slot, reader, watched):
    where = pad()
    async with in_slot(where, slot):
        await laid(where, watched)
        await reader.inventory()
        where.field.lift(BOOK)
        where.field.lay(DISC)
        await watched.left()
        await watched.arrived()
        with pytest.raises(TagGone):
            await reader.write_afi(BOOK, 0x07)
        assert [sighting.uid for sighting in await reader.inventory()] == [DISC]
        assert (await reader.chip_info(DISC)).block_count == 80
        assert [where.field.tags[uid].afi for uid in (BOOK, DISC)] == [0xC2, 0x00]


async def test_a_write_goes_on_to_its_end_when_its_caller_is_cancelled(slot, reader, watched):
    where = pad("acr1552u")
    async with in_slot(where, slot):
        tag = await laid(where, watched)
        await reader.inventory()
        before = where.field.counters.commands[BOOK]
        writing = asyncio.create_task(reader.write_blocks(BOOK, 0, MEMORY[::-1]))
        await where.field.until(lambda field: field.counters.commands[BOOK] > before + 2)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        assert await reader.read_blocks(BOOK, 0, 28) == MEMORY[::-1] == bytes(tag.memory)


PATRON_CARDS = [
    (PatronCard(bytes.fromhex("08B2C3D4")), "MIFARE Classic 1K", True),
    (PatronCard(bytes.fromhex("08A1B2C3D4E5F6"), "ultralight"), "MIFARE Ultralight", False),
    (PatronCard(bytes(range(10)), "desfire"), "MIFARE DESFire", False),
]


async def test_patron_cards_are_known_by_their_uid(slot, reader, watched):
    where = PatronPad()
    async with in_slot(where, slot):
        assert await reader.card() is None
        for card, chip, random in PATRON_CARDS:
            await where.lay(card)
            await watched.arrived()
            seen = await reader.card()
            assert seen.kind.chip == chip
            assert seen.uid == CardUid(card.uid.hex().upper(), random)
            assert await reader.inventory() == ()


async def test_the_monitor_tells_what_comes_and_goes_in_both_slots(both_slots):
    where, other = pad(), PatronPad()
    async with in_slot(where, 0), in_slot(other, 1), watch() as events:
        watched = Watched(events)
        assert [await watched.next() for _ in range(3)] == [
            ServiceFound(),
            ReaderArrived(SLOT),
            ReaderArrived(OTHER_SLOT),
        ]
        where.field.lay(BOOK)
        assert await watched.next() == CardArrived(SLOT, where.atr)
        await other.lay(PATRON_CARDS[0][0])
        assert await watched.next() == CardArrived(OTHER_SLOT, other.atr)
        where.field.lift(BOOK)
        assert await watched.next() == CardLeft(SLOT)
        await other.lift()
        assert await watched.next() == CardLeft(OTHER_SLOT)


async def test_pcscd_dies_and_comes_back(pcscd, both_slots):
    where = pad()
    async with in_slot(where, 0), watch(first_pause=0.02, longest_pause=0.05) as events:
        watched = Watched(events)
        await laid(where, watched)
        reader = await PcscReader.open(SLOT)
        assert await reader.inventory()
        await asyncio.to_thread(pcscd.kill)
        with pytest.raises(ReaderLost):
            await reader.read_blocks(BOOK, 0, 4)
        with pytest.raises(ReaderLost):
            await reader.inventory()
        await reader.close()
        assert await watched.next() == CardLeft(SLOT)
        assert await watched.next() == ReaderLeft(SLOT)
        assert await watched.next() == ReaderLeft(OTHER_SLOT)
        assert isinstance(await watched.next(), ServiceLost)
        with pytest.raises(ReaderLost, match="is pcscd running"):
            await PcscReader.open(SLOT)
        await asyncio.to_thread(pcscd.start)
        await watched.until(ServiceFound())
        await watched.arrived()
        reader = await PcscReader.open(SLOT)
        assert await reader.read_blocks(BOOK, 0, 4) == MEMORY[:16]
        await reader.close()


async def test_a_reader_that_is_not_there(pcscd):
    with pytest.raises(ReaderLost, match=f"named 'ACS'; there are: {SLOT}, {OTHER_SLOT}"):
        await PcscReader.open("ACS")
    with pytest.raises(ReaderLost, match="several"):
        await PcscReader.open("Virtual")


async def test_another_program_resets_the_card_or_keeps_it(slot, reader, watched):
    where = pad()
    async with in_slot(
        where, slot
    ):  # whose side of the wire needs this loop: the calls block a thread
        await laid(where, watched)
        context = winscard.open_context()
        card, _ = await asyncio.to_thread(winscard.connect, context, name_of(slot))
        assert await reader.inventory()
        reset = scard.SCARD_RESET_CARD
        assert await asyncio.to_thread(scard.SCardDisconnect, card, reset) == 0
        assert await reader.read_blocks(BOOK, 0, 28) == MEMORY
        await reader.close()
        exclusive = scard.SCARD_SHARE_EXCLUSIVE
        code, card, _ = await asyncio.to_thread(
            scard.SCardConnect, context, name_of(slot), exclusive, 3
        )
        assert code == 0
        with pytest.raises(ReaderRefused, match="another program keeps the card"):
            await PcscReader.open(name_of(slot))
        await asyncio.to_thread(winscard.disconnect, card)
        winscard.close_context(context)


class MutePad(TagPad):
    """A tag whose reader is stuck: it never answers."""

    mute = False

    def answer(self, command: bytes) -> bytes:
        return b"" if self.mute else super().answer(command)


async def test_a_stuck_reader_is_given_up(slot, watched):
    where = MutePad(pad().field, MODELS["part3"])
    async with in_slot(where, slot):
        await laid(where, watched)
        reader = await PcscReader.open(name_of(slot), patience=0.5)
        assert await reader.inventory()
        where.mute = True
        with pytest.raises(NoAnswer, match=r"no answer in 0\.5 s"):
            await reader.read_blocks(BOOK, 0, 28)
        with pytest.raises(ReaderLost, match="still busy"):
            await reader.inventory()
        where.field.lift(BOOK)
        await reader.close()


def test_without_pyscard_one_line_says_what_to_install():
    program = (
        "import sys, asyncio; sys.modules['smartcard'] = None\n"
        "from drivers.errors import ReaderRefused\n"
        "from drivers.pcsc.reader import PcscReader\n"
        "try: asyncio.run(PcscReader.open())\n"
        "except ReaderRefused as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert said.count("\n") == 1
    assert "pip install --require-hashes -r requirements-pcsc.txt" in said


async def printed(program: asyncio.subprocess.Process) -> dict:
    assert program.stdout
    return json.loads(await program.stdout.readline())


@pytest.mark.parametrize("kind", ["tags", "uid"])
async def test_a_card_as_a_program(kind, slot, watched, tmp_path):
    file = tmp_path / "tags.toml"
    file.write_text('[[tag]]\nuid = "E0040150A05F02B7"\nname = "book"\n')
    what = ["--tags", str(file)] if kind == "tags" else ["--uid", "04A1B2C3D4E5F6"]
    control = str(tmp_path / "card")
    vpcd = f"127.0.0.1:{FIRST_PORT + slot}"
    program = await asyncio.create_subprocess_exec(
        *(SIM, "card", "--control", control, "--vpcd", vpcd, *what), stdout=subprocess.PIPE
    )
    ready = await printed(program)
    assert (ready["family"], ready["address"], ready["url"]) == ("pcsc", control, "pcsc://")
    async with connect(control) as simulator:
        if kind == "tags":
            await simulator.lay("book")
        await watched.arrived()
        reader = await PcscReader.open(name_of(slot))
        assert len(await reader.inventory()) == ready["tags"] == (kind == "tags")
        card = await reader.card()
        assert card.uid.digits == (BOOK if kind == "tags" else "04A1B2C3D4E5F6")
        await reader.close()
    program.terminate()
    assert await program.wait() == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tags.toml"]
