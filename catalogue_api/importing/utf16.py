"""XML in UTF-16, as some Windows programs write it, is turned into UTF-8 while it is read."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from typing import Protocol


class Pieces(Protocol):
    """What is read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end; they may be more or fewer than `size`."""


_BEGINNINGS = {
    BOM_UTF16_LE: "utf-16",
    BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}


def utf16_of(head: bytes) -> str:
    """Return in which UTF-16 a file of XML is written, by its beginning; "" for another set."""
    return _BEGINNINGS.get(head[:2], "")


class AsUtf8:
    """A stream of UTF-16 as UTF-8; what has no meaning becomes U+FFFD."""

    def __init__(self, stream: Pieces, encoding: str) -> None:
        self._stream, self._decoder = stream, getincrementaldecoder(encoding)("replace")

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""
        while data := self._stream.read(size):
            if text := self._decoder.decode(data):
                return text.encode()
        return self._decoder.decode(b"", final=True).encode()
