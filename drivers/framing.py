"""From bytes to frames: what the decoders of all reader families have in common."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from drivers.errors import FramingError

F = TypeVar("F")


class FrameDecoder(ABC, Generic[F]):
    """Bytes of one direction of a line, cut anywhere -> frames.

    Resynchronisation: a frame is *damaged* when its length is impossible or its checksum is wrong.
    Then one byte is skipped, and the next one is taken for the first byte of a frame, until a
    frame fits or has yet to arrive. The decision depends on bytes alone, never on how they were
    cut. Each stretch of skipped bytes raises one `FramingError`, after the good frames before it
    and before the good frames behind it. A frame that never gets its end would wait for ever:
    whoever owns the clock calls `silence()`.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._skipped = 0
        self._silent = False

    @property
    def unfinished(self) -> bool:
        """Whether bytes are waiting for the rest of their frame."""
        return bool(self._buffer)

    def receive(self, data: bytes) -> None:
        """Add bytes from the line."""
        self._buffer += data
        self._silent = False

    def silence(self) -> None:
        """Tell that the line has gone quiet: a frame without its end is damaged."""
        self._silent = True

    def next_frame(self) -> F | None:
        """Give the next whole frame, or None until more bytes arrive.

        Raise `FramingError` once for each stretch of damaged bytes; they have been skipped.
        """
        while self._buffer:
            length = self._announced_length(self._buffer)
            if length is None or length > len(self._buffer):
                if not self._silent:
                    break
            elif length and (frame := self._read(bytes(self._buffer[:length]))) is not None:
                self._report_skipped()
                del self._buffer[:length]
                return frame
            del self._buffer[0]
            self._skipped += 1
        self._report_skipped()
        return None

    @abstractmethod
    def _announced_length(self, buffer: bytearray) -> int | None:
        """Length of the frame at the head of `buffer`; None: not yet known; 0: impossible."""

    @abstractmethod
    def _read(self, raw: bytes) -> F | None:
        """Read the frame in `raw`, which is as long as announced; None: the checksum is wrong."""

    def _report_skipped(self) -> None:
        if self._skipped:
            skipped, self._skipped = self._skipped, 0
            raise FramingError(f"{skipped} bytes on the line belong to no frame")
