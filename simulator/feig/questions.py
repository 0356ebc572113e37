"""Questions that hosts of other makers ask and our driver does not.

Source: FEIG manual H20800 (CPR family), chapters 5 to 7; the NXP custom commands (0xB1) are those
of the older ISC series.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from drivers.feig.commands import Answer, NotUnderstood, Question, Status, Target, understand
from drivers.feig.commands.dialogue import SUB_COMMAND_LENGTH
from drivers.feig.commands.question import Order
from drivers.feig.commands.status import expect
from drivers.feig.commands.tag_questions import TagOrder
from drivers.feig.commands.tags import split_target
from drivers.feig.frames import Frame

_MORE, _NOTIFY, _PRESENCE = 0x80, 0x40, 0x20


@dataclass(frozen=True, slots=True)
class AnyInventory(Order):
    """An inventory with all its MODE bits; `notify` is seconds to wait for a first tag."""

    code = b"\xb0\x01"
    more: bool = False
    presence: bool = False
    notify: float = 0.0

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read MODE and, with its NTFC bit, NTFC_TIME in tenths of a second."""
        expect(bool(data), "Inventory takes a MODE byte")
        mode = data[0]
        expect(len(data) == (2 if mode & _NOTIFY else 1), "Inventory takes MODE and NTFC_TIME")
        notify = data[1] / 10 if mode & _NOTIFY else 0.0
        return cls(bool(mode & _MORE), bool(mode & _PRESENCE), notify)


@dataclass(frozen=True, slots=True)
class _BlockRange(Order):
    target: Target
    first: int
    count: int

    @classmethod
    def decode(cls, data: bytes) -> Self:
        target, _, rest = split_target(data)
        expect(len(rest) == 2, f"{cls.__name__} takes a tag and two bytes")
        return cls(target, rest[0], rest[1])


class LockBlocks(_BlockRange):
    """Never change these blocks again."""

    __slots__ = ()
    code = b"\xb0\x22"


class GetBlockSecurity(_BlockRange):
    """Which of these blocks are locked."""

    __slots__ = ()
    code = b"\xb0\x2c"


class LockDsfid(TagOrder):
    """Never change the DSFID again."""

    __slots__ = ()
    code = b"\xb0\x2a"


class LockEas(TagOrder):
    """Never change the EAS bit again."""

    __slots__ = ()
    code = b"\xb1\x04\xa4"


@dataclass(frozen=True, slots=True)
class _Page(Order):
    page: int

    @classmethod
    def decode(cls, data: bytes) -> Self:
        expect(len(data) == 1, f"{cls.__name__} takes one byte")
        return cls(data[0])


class SaveConfiguration(_Page):
    """Copy a page, or with bit 6 all pages, from RAM to EEPROM."""

    __slots__ = ()
    code = b"\x82"


class SetDefaultConfiguration(_Page):
    """Put a page, or with bit 6 all pages, back to what the maker set."""

    __slots__ = ()
    code = b"\x83"


@dataclass(frozen=True, slots=True)
class _Tolerated(Order):
    """An order whose effect nobody can see here; any data goes."""

    data: bytes

    @classmethod
    def decode(cls, data: bytes) -> Self:
        return cls(data)


class SystemReset(_Tolerated):
    """Start the reader anew, with its interfaces."""

    __slots__ = ()
    code = b"\x64"


class SetOutput(_Tolerated):
    """Lamps and buzzer."""

    __slots__ = ()
    code: ClassVar[bytes] = b"\x71"


class SetOutputs(_Tolerated):
    """Lamps, buzzer and relays, of newer readers."""

    __slots__ = ()
    code = b"\x72"


class Login(_Tolerated):
    """Give the password of a reader in a network; every password is right."""

    __slots__ = ()
    code = b"\xa0"


_KINDS: Final[tuple[type[Question[Answer]], ...]] = (
    AnyInventory,
    LockBlocks,
    GetBlockSecurity,
    LockDsfid,
    LockEas,
    SaveConfiguration,
    SetDefaultConfiguration,
    SystemReset,
    SetOutput,
    SetOutputs,
    Login,
)
_KIND_OF: Final = {kind.code: kind for kind in _KINDS}


def question_in(frame: Frame) -> Question[Answer]:
    """Read the question in a frame, or raise `NotUnderstood` with the status to answer."""
    length = SUB_COMMAND_LENGTH.get(frame.command, 0)
    if length > len(frame.data):
        raise NotUnderstood(Status.LENGTH_ERROR, "the sub-command is missing")
    kind = _KIND_OF.get(bytes([frame.command]) + frame.data[:length])
    return kind.decode(frame.data[length:]) if kind else understand(frame)
