"""One slot of a PC/SC reader and the card in it, with calls that block.

This is the only module that turns the results of PC/SC into the errors of `drivers.errors`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self, TypeAlias, TypeVar

from drivers.errors import NoAnswer, ReaderError, ReaderLost, ReaderRefused, TagGone
from drivers.pcsc import winscard
from drivers.pcsc.winscard import Code, PcscError

T = TypeVar("T")

Transmit: TypeAlias = Callable[[bytes], bytes]
"""Puts one question to the card: its answer has at least a status word."""

_REACTIONS: Final[MappingProxyType[int, type[ReaderError]]] = MappingProxyType(
    dict.fromkeys(
        (
            Code.NO_SERVICE,
            Code.SERVICE_STOPPED,
            Code.COMM_ERROR,
            Code.INVALID_HANDLE,
            Code.SHUTDOWN,
            Code.UNKNOWN_READER,
            Code.READER_UNAVAILABLE,
            Code.NO_READERS,
        ),
        ReaderLost,
    )
    | dict.fromkeys((Code.NO_SMARTCARD, Code.REMOVED_CARD), TagGone)
    | dict.fromkeys(
        (
            Code.UNRESPONSIVE_CARD,
            Code.UNPOWERED_CARD,
            Code.RESET_CARD,
            Code.NOT_TRANSACTED,
            Code.PROTO_MISMATCH,
            Code.NOT_READY,
            Code.COMM_DATA_LOST,
            Code.TIMEOUT,
        ),
        NoAnswer,
    )
)
"""What the caller should do about a result. Any other: the reader itself refuses."""


_NOTICED_WITHIN: Final = 0.6
"""Seconds within which pcscd notices that a card has gone."""


@dataclass(frozen=True, slots=True)
class Lying:
    """The card in a slot. `number` is another one each time that a card is put there."""

    number: int
    atr: bytes


class BlockingSlot:
    """One slot in a context of its own; `open` it. To be used by one thread only."""

    def __init__(self, context: int, reader: str) -> None:
        self.reader = reader
        self.answered = 0
        """Questions that were answered; another thread may look at it."""
        self._context = context
        self._count = 0
        self._lying: Lying | None = None
        self._card = 0
        self._protocol = 0

    @classmethod
    def open(cls, wanted: str) -> Self:
        """Take the reader that `choose` finds."""
        with _errors("the PC/SC service"):
            context = winscard.open_context()
            try:
                return cls(context, choose(winscard.readers(context), wanted))
            except BaseException:
                winscard.close_context(context)
                raise

    def look(self) -> Lying | None:
        """The card that lies there now, if any."""
        with _errors(self.reader):
            if self._lying and self._still_there():
                return self._lying
            try:
                self._card, self._protocol = winscard.connect(self._context, self.reader)
                self._count += 1
                self._lying = Lying(self._count, winscard.atr(self._card))
            except PcscError as error:
                if error.code not in _NOTHING_USABLE:
                    raise
                self._drop()
            return self._lying

    def converse(self, card: Lying, talk: Callable[[Transmit], T]) -> T:
        """Let `talk` ask this card, and keep other programs from it meanwhile."""
        with _errors(self.reader):
            if self._lying != card:
                raise TagGone("another card lies there, or none")
            try:
                self._begin()
                try:
                    return talk(self._transmit)
                finally:
                    self._end()
            except TagGone:
                self._drop()
                raise

    def close(self) -> None:
        """Let go of the card and the context."""
        self._drop()
        with suppress(PcscError):  # the service may have gone
            winscard.close_context(self._context)

    def _still_there(self) -> bool:
        try:
            winscard.atr(self._card)
        except PcscError as error:
            if error.code == Code.RESET_CARD:  # by another program
                return self._taken_up_again()
            if error.code not in _NOTHING_USABLE:
                raise
            self._drop()
            return False
        return True

    def _begin(self) -> None:
        try:
            winscard.begin(self._card)
        except PcscError as error:
            if error.code in _NOTHING_USABLE:
                raise TagGone("the card was taken away") from error
            if error.code != Code.RESET_CARD:
                raise
            if not self._taken_up_again():
                raise TagGone("the card was taken away") from error
            winscard.begin(self._card)

    def _end(self) -> None:
        if self._card:
            with suppress(PcscError):  # the card or the service may have gone
                winscard.end(self._card)

    def _transmit(self, command: bytes) -> bytes:
        if not self._card:
            raise TagGone("the card was taken away")
        failure: PcscError | None = None
        try:
            answer = winscard.transmit(self._card, self._protocol, command)
        except PcscError as error:
            if _REACTIONS.get(error.code) is not NoAnswer:
                raise
            answer, failure = b"", error
        if len(answer) >= 2:
            self.answered += 1
            return answer
        self._wait_for_removal()
        if not self._still_there():
            raise TagGone("the card was taken away in the middle of an exchange") from failure
        raise NoAnswer("the card did not answer") from failure

    def _wait_for_removal(self) -> None:
        """Give pcscd the time to notice that a card has gone: it looks every 0.4 s.

        To reset the card would tell at once, but pcscd 1.9.9 then misses a card that is laid back
        before it looks again.
        """
        bits = winscard.UNAWARE
        with suppress(PcscError):  # what else it may be is told by the next call
            for seconds in (0.0, _NOTICED_WITHIN):
                (state,) = winscard.wait_for_change(self._context, [(self.reader, bits)], seconds)
                bits = state.bits & ~winscard.CHANGED
                if not bits & winscard.PRESENT:
                    return

    def _taken_up_again(self) -> bool:
        try:
            self._protocol = winscard.reconnect(self._card)
        except PcscError as error:
            if error.code not in _NOTHING_USABLE:
                raise
            self._drop()
            return False
        return True

    def _drop(self) -> None:
        if self._card:
            with suppress(PcscError):  # whatever is left of it
                winscard.disconnect(self._card)
        self._card, self._lying = 0, None


def plugged_in() -> Sequence[str]:
    """Names of the PC/SC readers of this machine; none is no error."""
    with _errors("the PC/SC service"):
        context = winscard.open_context()
        try:
            return winscard.readers(context)
        finally:
            winscard.close_context(context)


def choose(names: Sequence[str], wanted: str) -> str:
    """The reader that is wanted: by its whole name, or by a beginning that no other has.

    Without a wish the first, where slots for SIM-sized cards come last. Raise `ReaderLost`.
    """
    if not names:
        raise ReaderLost("no PC/SC reader is plugged in")
    if not wanted:
        return min(names, key=lambda name: "SAM" in name)
    found = [name for name in names if name == wanted]
    found = found or [name for name in names if name.startswith(wanted)]
    if len(found) != 1:
        how_many = "several PC/SC readers are" if found else "no PC/SC reader is"
        raise ReaderLost(f"{how_many} named {wanted!r}; there are: {', '.join(names)}")
    return found[0]


_NOTHING_USABLE: Final = frozenset(
    {
        Code.NO_SMARTCARD,
        Code.REMOVED_CARD,
        Code.UNRESPONSIVE_CARD,
        Code.UNPOWERED_CARD,
        Code.UNSUPPORTED_CARD,
        Code.PROTO_MISMATCH,
        Code.NOT_READY,
    }
)
"""No card, or one that says nothing."""


@contextmanager
def _errors(where: str) -> Iterator[None]:
    """Turn what PC/SC reports into what the caller should do."""
    try:
        yield
    except PcscError as error:
        kind = _REACTIONS.get(error.code, ReaderRefused)
        raise kind(f"{where}: {error}{_ADVICE.get(error.code, '')}") from error


_ADVICE: Final[MappingProxyType[int, str]] = MappingProxyType(
    {
        Code.NO_SERVICE: ": is pcscd running?",
        Code.SHARING_VIOLATION: ": another program keeps the card to itself",
        Code.NO_ACCESS: ": this user may not use pcscd: see its polkit rules",
        Code.SECURITY_VIOLATION: ": this user may not use pcscd: see its polkit rules",
    }
)
