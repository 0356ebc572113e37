"""How a reader such as the ACR1552U plays a transparent session: `FF C2` and its data objects."""

from typing import Final

from drivers.errors import FramingError
from drivers.pcsc.apdu import Status
from drivers.pcsc.transparent import Object, Step, data_objects
from simulator.field import Field
from simulator.vpcd.air import CHANGES, respond

_ISO15693: Final = b"\x02\x03"
_WELL: Final = b"\x00" + Status.DONE.to_bytes(2, "big")


class Session:
    """One reader's session; `hasty` is its way to give up too early on a write."""

    def __init__(self, field: Field, *, hasty: bool) -> None:
        self._field = field
        self._hasty = hasty
        self._started = False
        self._iso15693 = False

    def takes(self, command: bytes) -> bool:
        """Whether this is for a session."""
        return command[:3] == b"\xff\xc2\x00" and len(command) > 5

    def end(self) -> None:
        """End the session."""
        self._started = self._iso15693 = False

    def answer(self, command: bytes) -> bytes:
        """Carry out one command: data objects and status word."""
        try:
            objects = data_objects(command[5 : 5 + command[4]])
        except FramingError:
            return Status.WRONG_LENGTH.to_bytes(2, "big")
        match command[3], objects:
            case Step.MANAGE, [(Object.START, b"")]:
                self._started = True
                answer = _result(_WELL)
            case Step.MANAGE, [(Object.END, b"")]:
                self.end()
                answer = _result(_WELL)
            case Step.SWITCH, [(Object.PROTOCOL, protocol)] if (
                self._started and protocol == _ISO15693
            ):
                self._iso15693 = True
                answer = _result(_WELL) + _object(Object.PROTOCOL, b"\0")
            case Step.EXCHANGE, [*before, (Object.SEND, sent)] if self._iso15693:
                timed = any(tag == Object.TIMER for tag, _ in before)
                answer = self._exchange(sent, position=len(objects), timed=timed)
            case _:
                answer = _failed(1, Status.FUNCTION_NOT_SUPPORTED)
        return answer + Status.DONE.to_bytes(2, "big")

    def _exchange(self, sent: bytes, *, position: int, timed: bool) -> bytes:
        answer = respond(self._field, sent)
        too_early = self._hasty and not timed and sent[1:2] and sent[1] in CHANGES
        if answer is None or too_early:
            return _failed(position, Status.SILENT)
        return b"".join(
            (
                _result(_WELL),
                _object(Object.BITS_IN_LAST_BYTE, b"\0"),
                _object(Object.AIR_STATUS, b"\0\0"),
                _object(Object.ANSWER, answer),
            )
        )


def _object(tag: Object, value: bytes) -> bytes:
    length = bytes([len(value)]) if len(value) < 0x80 else bytes([0x81, len(value)])
    return bytes([tag]) + length + value


def _result(value: bytes) -> bytes:
    return _object(Object.RESULT, value)


def _failed(position: int, status: Status) -> bytes:
    return _result(bytes([position]) + status.to_bytes(2, "big"))
