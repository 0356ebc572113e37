"""A sorter and a printer that run: their ports, and the hands that meddle with them."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.cable import Line, WireFace
from simulator.devices.board import BoardFace
from simulator.devices.mechanics import Hand, Slot
from simulator.devices.printer import Mood, PrinterFace, Roll
from simulator.program.control import NotReachable, Refused, ask_line
from simulator.program.station import Port, Stand
from simulator.tcp import Conversation


class Meddle(BaseModel):
    """Do to a device what a hand does; `what` is a `Hand` or a `Mood`, or `look`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["meddle"] = "meddle"
    what: str
    bin: str = ""


class DeviceReply(BaseModel):
    """How the device stands after an order, unless `error` says what to do instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    error: str | None = None
    state: dict[str, Any] = {}


class Device(Stand):
    """A sorter or a printer at its port."""

    def __init__(
        self,
        family: str,
        face: WireFace,
        make_port: Callable[[Conversation], Port],
        meddle: Callable[[Meddle], None],
        state: Callable[[], dict[str, Any]],
    ) -> None:
        """`meddle` raises ValueError for what cannot be done to it."""
        super().__init__(family, Line(face), make_port)
        self._meddle = meddle
        self._state = state

    async def answer(self, line: bytes) -> BaseModel:
        """Carry out one order, as it stands on its line."""
        try:
            order = Meddle.model_validate_json(line)
            if order.what != LOOK:
                self._meddle(order)
        except ValidationError as error:
            return DeviceReply(error=f"not understood: {error.errors()[0]['msg']}")
        except ValueError as error:
            return DeviceReply(error=str(error))
        return DeviceReply(state=self._state())


LOOK = "look"


def sorter(slot: Slot, make_port: Callable[[Conversation], Port]) -> Device:
    """A slot on its relay board."""

    def meddle(order: Meddle) -> None:
        slot.meddle(_member(Hand, order.what), order.bin)

    def state() -> dict[str, Any]:
        return {
            "flap_open": slot.stands_open,
            "inside": slot.inside,
            "bins": slot.bins,
            "full": sorted(slot.full),
        }

    return Device("numato", BoardFace(slot), make_port, meddle, state)


def printer(roll: Roll, make_port: Callable[[Conversation], Port]) -> Device:
    """A printer with a roll in it."""

    def meddle(order: Meddle) -> None:
        roll.meddle(_member(Mood, order.what))

    def state() -> dict[str, Any]:
        return {"prints": roll.prints, "paper": roll.paper.value, "receipts": roll.receipts}

    return Device("escpos", PrinterFace(roll), make_port, meddle, state)


async def meddle_with(address: str, what: str, bin_name: str = "") -> dict[str, Any]:
    """Do something to a running device and return how it stands. Raise as `Simulator` does."""
    answer = await ask_line(address, Meddle(what=what, bin=bin_name).model_dump_json())
    try:
        reply = DeviceReply.model_validate_json(answer)
    except ValidationError as error:
        raise NotReachable(f"what answers at {address} is no sorter and no printer") from error
    if reply.error:
        raise Refused(reply.error)
    return reply.state


Kind = TypeVar("Kind", bound=StrEnum)


def _member(kind: type[Kind], what: str) -> Kind:
    try:
        return kind(what)
    except ValueError:
        known = ", ".join([LOOK, *(one.value for one in kind)])
        raise ValueError(f"{what!r} cannot be done to it; known: {known}") from None
