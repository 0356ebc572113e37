"""What the wire faces of all families do alike: from bytes to requests, and to exchanges.

A damaged request gets no answer.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from drivers.errors import FramingError
from drivers.framing import FrameDecoder
from simulator.cable import Exchange
from simulator.field import Field

F = TypeVar("F")


class FramedFace(ABC, Generic[F]):
    """A `WireFace` that is told whole frames."""

    def __init__(self, field: Field, decoder: FrameDecoder[F]) -> None:
        self.field = field
        self._decoder = decoder

    @property
    def unfinished(self) -> bool:
        """Whether a request has begun and not ended."""
        return self._decoder.unfinished

    def receive(self, data: bytes) -> list[Exchange]:
        """Take bytes from the host and carry out every request that they complete."""
        self._decoder.receive(data)
        return list(self._exchanges())

    def silence(self) -> list[Exchange]:
        """Forget a request without its end; whole ones behind a damaged head are carried out."""
        self._decoder.silence()
        return list(self._exchanges())

    def _exchanges(self) -> Iterator[Exchange]:
        while True:
            try:
                frame = self._decoder.next_frame()
            except FramingError:
                continue
            if frame is None:
                return
            yield from self._answer(frame)

    @abstractmethod
    def _answer(self, frame: F) -> Iterable[Exchange]:
        """Carry out one request: usually one exchange, none if it is for another reader."""
