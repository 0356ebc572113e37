"""Browsers that listen: each takes what it can, none holds up the others.

The format is that of server-sent events (WHATWG HTML, section 9.2).
"""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Mapping

BEAT = b"event: beat\ndata:\n\n"
"""Sent when there is no news: a page that hears nothing for long knows that the kiosk is gone."""


def event(name: str, data: str | Mapping[str, str]) -> bytes:
    """Encode one event; a mapping travels as JSON, which has no line breaks."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"event: {name}\ndata: {text}\n\n".encode()


class Listener:
    """What one browser has not been sent yet: the latest state, and the last few sounds."""

    def __init__(self, state: bytes) -> None:
        self._state: bytes | None = state
        self._sounds: deque[bytes] = deque(maxlen=4)
        self._news = asyncio.Event()
        self._news.set()
        self._closed = False

    def show(self, state: bytes) -> None:
        """Put a state in the place of one that was not sent yet."""
        self._state = state
        self._news.set()

    def play(self, sound: bytes) -> None:
        """Add a sound; the oldest of too many is never heard."""
        self._sounds.append(sound)
        self._news.set()

    def close(self) -> None:
        """Let `chunks` end."""
        self._closed = True
        self._news.set()

    async def chunks(self, beat: float) -> AsyncIterator[bytes]:
        """Yield what is to be sent, and a beat after each `beat` seconds without news."""
        while not self._closed:
            try:
                async with asyncio.timeout(beat):
                    await self._news.wait()
            except TimeoutError:
                yield BEAT
                continue
            self._news.clear()
            news = (self._state, *self._sounds)
            self._state = None
            self._sounds.clear()
            yield b"".join(it for it in news if it)


class Listeners:
    """All browsers that listen now."""

    def __init__(self, state: bytes) -> None:
        self._state = state
        self._all: set[Listener] = set()

    def join(self) -> Listener:
        """Begin to listen, with the present state."""
        listener = Listener(self._state)
        self._all.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no longer."""
        self._all.discard(listener)

    def show(self, state: bytes) -> None:
        """Hand a new state to everybody, and keep it for those who come later."""
        self._state = state
        for listener in self._all:
            listener.show(state)

    def play(self, sound: bytes) -> None:
        """Hand a sound to everybody who is there."""
        for listener in self._all:
            listener.play(sound)

    def close(self) -> None:
        """Send everybody home."""
        for listener in self._all:
            listener.close()
