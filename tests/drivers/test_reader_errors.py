"""What Bibliotheca and RL866 readers refuse, as errors by what the caller should do next."""

import pytest
from reader_families import FAMILIES, joined, make_line
from reader_stories import make_tag

from drivers.bibliotheca.commands import answer as bibliotheca_answer
from drivers.errors import NoAnswer, ReaderRefused, TagGone, TagRefused
from drivers.interface import Capability
from drivers.rl866.commands import Access, Command, ebv, word
from drivers.rl866.frames import information
from simulator.cable import Exchange


class Answering:
    """A face that answers as the one behind it, until it is told what to say instead."""

    def __init__(self, face):
        self._face = face
        self.field = face.field
        self.instead = None

    @property
    def unfinished(self):
        return self._face.unfinished

    def receive(self, data):
        exchanges = self._face.receive(data)
        if self.instead is None:
            return exchanges
        return [Exchange(self.instead(exchange.answer)) for exchange in exchanges]

    def silence(self):
        return self._face.silence()


def line_of(name):
    line = make_line(FAMILIES[name], [make_tag(1)])
    line.face = Answering(line.face)
    return line


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (0x02, ReaderRefused, "NOT_IMPLEMENTED"),
        (0x06, TagGone, "NO_TRANSPONDER"),
        (0x0F, NoAnswer, "UNKNOWN"),
        (0x11, TagRefused, "NOT_AVAILABLE"),
        (0x12, TagRefused, "LOCKED"),
        (0x16, NoAnswer, "NOT_WRITTEN"),
        (0x21, TagRefused, "21"),
        (0x30, TagRefused, "NOT_SUPPORTED"),
        (0x32, ReaderRefused, "PARAMETER"),
        (0x77, ReaderRefused, "error 77"),
    ],
)
async def test_refusals_of_a_bibliotheca(code, error, says):
    line = line_of("bibliotheca")
    async with joined(FAMILIES["bibliotheca"], line) as (reader, field, _):
        (uid,) = field.laid
        name = bytes.fromhex(uid)
        line.face.instead = lambda _: bibliotheca_answer(0x09, code, name).encode()
        with pytest.raises(error, match=f"WRITE_AFI.*{says}"):
            await reader.write_afi(uid, 0x07)
        line.face.instead = None
        await reader.write_afi(uid, 0x07)


@pytest.mark.parametrize(
    ("code", "error", "says"),
    [
        (0x103, ReaderRefused, "MESSAGE_COMMAND"),
        (0x402, NoAnswer, "TRANSMISSION_TIMEOUT"),
        (0x404, NoAnswer, "COLLISION"),
        (0x415, NoAnswer, "WRONG_HANDLE"),
        (0x417, ReaderRefused, "CHIP_DEAD"),
        (0x41B, TagRefused, "LOCKED"),
        (0x41E, TagRefused, "NOT_AUTHORISED"),
        (0x420, TagGone, "TAG_NOT_FOUND"),
        (0x499, ReaderRefused, "error 499"),
    ],
)
@pytest.mark.parametrize("within", [False, True])
async def test_refusals_of_an_rl866(code, error, says, within):
    line = line_of("rl866")
    async with joined(FAMILIES["rl866"], line) as (reader, field, _):
        (uid,) = field.laid
        await reader.chip_info(uid)
        result = word(Access.WRITE_AFI) + b"\0" + word(code)
        told = word(0) + ebv(len(result)) + result if within else word(code)
        line.face.instead = lambda _: information(bytes([Command.ACCESS]) + told, 0).encode()
        with pytest.raises(error, match=says):
            await reader.write_afi(uid, 0x07)
        line.face.instead = None
        await reader.write_afi(uid, 0x07)
        assert field.tags[uid].afi == 0x07


@pytest.mark.parametrize("custom", [False, True])
async def test_a_feig_without_eas_says_so_when_it_is_opened(custom):
    line = make_line(FAMILIES["feig"], [make_tag(1)], settings={"custom": custom})
    async with joined(FAMILIES["feig"], line) as (reader, field, _):
        (uid,) = field.laid
        assert (Capability.EAS in reader.info.can) == custom
        if not custom:
            with pytest.raises(ReaderRefused):
                await reader.set_eas(uid, on=True)


async def test_another_tag_than_the_one_asked_is_no_answer():
    line = line_of("bibliotheca")
    async with joined(FAMILIES["bibliotheca"], line) as (reader, field, _):
        (uid,) = field.laid
        line.face.instead = lambda _: bibliotheca_answer(0x09, 0, bytes(8)).encode()
        with pytest.raises(NoAnswer, match="another tag"):
            await reader.write_afi(uid, 0x07)
        line.face.instead = None
        await reader.write_afi(uid, 0x07)


async def test_handles_that_a_reader_has_forgotten_are_asked_for_anew():
    line = line_of("rl866")
    async with joined(FAMILIES["rl866"], line) as (reader, field, _):
        (uid,) = field.laid
        await reader.chip_info(uid)
        line.face.receive(information(bytes([Command.DISCONNECT, 0]), 0).encode())
        with pytest.raises(NoAnswer, match="WRONG_HANDLE"):
            await reader.chip_info(uid)
        assert (await reader.chip_info(uid)).uid == uid
