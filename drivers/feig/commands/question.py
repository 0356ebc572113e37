"""What every question has: a code, data, and a type of answer."""

from dataclasses import dataclass
from typing import ClassVar, Generic, Self, TypeVar

from drivers.feig.commands.answers import Answer, Done
from drivers.feig.commands.status import expect

A_co = TypeVar("A_co", bound=Answer, covariant=True)


@dataclass(frozen=True, slots=True)
class Question(Generic[A_co]):
    """A question to the reader. As it stands here: a bare command without data."""

    code: ClassVar[bytes]
    """The command byte, and the sub-command byte of a host command."""

    def encode(self) -> bytes:
        """Give the data behind the code."""
        return b""

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read the data behind the code, or raise `NotUnderstood`."""
        expect(not data, f"{cls.__name__} takes no data")
        return cls()

    def decode_answer(self, data: bytes, status: int) -> A_co:
        """Read the data behind a status that is no refusal, or raise `NotUnderstood`."""
        raise NotImplementedError


class Order(Question[Done]):
    """A question that is answered by its being done."""

    __slots__ = ()

    def decode_answer(self, data: bytes, status: int) -> Done:  # noqa: ARG002
        """Take any data for done."""
        return Done()
