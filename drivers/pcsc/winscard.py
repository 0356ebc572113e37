"""The calls of PC/SC with types, and with exceptions instead of result codes.

The only module that loads pyscard, and only when it is first called: a machine without it runs all
other readers. Each call lets other threads run. `SCardCancel` is the only call that may be made for
a context from another thread than its own.
"""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import ModuleType
from typing import Final

from drivers.errors import ReaderRefused

PLUG_AND_PLAY: Final = "\\\\?PnP?\\Notification"
"""The name under which readers themselves come and go."""

UNAWARE: Final = 0x0000
CHANGED: Final = 0x0002
PRESENT: Final = 0x0020
MUTE: Final = 0x0200
"""Bits of a reader's state; the upper half counts what happened to it."""

_SCOPE_USER: Final = 0
_SHARED: Final = 2
_T0_OR_T1: Final = 3
_LEAVE: Final = 0


class Code(IntEnum):
    """Result codes that make a difference (pcsclite.h, winerror.h)."""

    DONE = 0
    CANCELLED = 0x80100002
    INVALID_HANDLE = 0x80100003
    UNKNOWN_READER = 0x80100009
    TIMEOUT = 0x8010000A
    SHARING_VIOLATION = 0x8010000B
    NO_SMARTCARD = 0x8010000C
    PROTO_MISMATCH = 0x8010000F
    NOT_READY = 0x80100010
    COMM_ERROR = 0x80100013
    NOT_TRANSACTED = 0x80100016
    READER_UNAVAILABLE = 0x80100017
    SHUTDOWN = 0x80100018
    NO_SERVICE = 0x8010001D
    SERVICE_STOPPED = 0x8010001E
    NO_ACCESS = 0x80100027
    NO_READERS = 0x8010002E
    COMM_DATA_LOST = 0x8010002F
    UNSUPPORTED_CARD = 0x80100065
    UNRESPONSIVE_CARD = 0x80100066
    UNPOWERED_CARD = 0x80100067
    RESET_CARD = 0x80100068
    REMOVED_CARD = 0x80100069
    SECURITY_VIOLATION = 0x8010006A


class PcscError(Exception):
    """A call failed. `code` is a `Code` where it is one of those."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{text.rstrip('.')} ({code:08X})")
        self.code = code


@dataclass(frozen=True, slots=True)
class State:
    """One reader as `wait_for_change` saw it."""

    reader: str
    bits: int
    atr: bytes


def open_context() -> int:
    """Begin to talk to the PC/SC service."""
    code, context = _scard().SCardEstablishContext(_SCOPE_USER)
    _check(code)
    return int(context)


def close_context(context: int) -> None:
    """End the talk."""
    _check(_scard().SCardReleaseContext(context))


def readers(context: int) -> Sequence[str]:
    """Names of the readers that are plugged in; none is no error."""
    code, names = _scard().SCardListReaders(context, [])
    if code & 0xFFFFFFFF == Code.NO_READERS:
        return ()
    _check(code)
    return tuple(names)


def wait_for_change(
    context: int, known: Sequence[tuple[str, int]], seconds: float
) -> Sequence[State]:
    """Wait until a reader is no longer in its known state.

    Raise `PcscError`: `TIMEOUT` after `seconds`, `CANCELLED` after `cancel`.
    """
    code, states = _scard().SCardGetStatusChange(context, int(seconds * 1000), list(known))
    _check(code)
    return tuple(State(name, bits, bytes(atr)) for name, bits, atr in states)


def cancel(context: int) -> None:
    """End the wait of another thread in this context, if it waits at this moment."""
    _check(_scard().SCardCancel(context))


def connect(context: int, reader: str) -> tuple[int, int]:
    """Take up the card in a reader, which others may use too: its handle and protocol."""
    code, card, protocol = _scard().SCardConnect(context, reader, _SHARED, _T0_OR_T1)
    _check(code)
    return int(card), int(protocol)


def reconnect(card: int) -> int:
    """Take up the same card again after another program has reset it: the protocol."""
    code, protocol = _scard().SCardReconnect(card, _SHARED, _T0_OR_T1, _LEAVE)
    _check(code)
    return int(protocol)


def disconnect(card: int) -> None:
    """Leave the card as it is."""
    _check(_scard().SCardDisconnect(card, _LEAVE))


def atr(card: int) -> bytes:
    """The ATR of a card that is still there."""
    code, _reader, _state, _protocol, found = _scard().SCardStatus(card)
    _check(code)
    return bytes(found)


def begin(card: int) -> None:
    """Keep other programs from the card until `end`; wait while one of them does so."""
    _check(_scard().SCardBeginTransaction(card))


def end(card: int) -> None:
    """Let other programs to the card again."""
    _check(_scard().SCardEndTransaction(card, _LEAVE))


def transmit(card: int, protocol: int, command: bytes) -> bytes:
    """Put one question and wait for its answer."""
    code, answer = _scard().SCardTransmit(card, protocol, list(command))
    _check(code)
    return bytes(answer)


def _check(code: int) -> None:
    code &= 0xFFFFFFFF  # some builds give the codes as negative numbers
    if code != Code.DONE:
        raise PcscError(code, _scard().SCardGetErrorMessage(code))


@cache
def _scard() -> ModuleType:
    try:
        return importlib.import_module("smartcard.scard")
    except ImportError as error:
        raise ReaderRefused(
            f"PC/SC readers need pyscard ({error}): install libpcsclite-dev and gcc, then "
            "pip install --require-hashes -r requirements-pcsc.txt"
        ) from error
