"""What is said aloud, made into sound by espeak-ng on this machine: no network, no stored voices.

A browser asks for an utterance by its name, so only what the kiosk itself has said can be heard.
"""

import asyncio
from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256

from kiosk.session.states import Language

_VOICES = {
    Language.FRENCH: "fr",
    Language.ENGLISH: "en-gb",
    Language.SPANISH: "es",
    Language.PORTUGUESE: "pt",
    Language.ARABIC: "ar",
}
_WORDS_A_MINUTE = 150
_LONGEST = 800  # characters: more than that nobody listens to
_PATIENCE = 5.0  # seconds
_REMEMBERED = 32


class SpeechFailed(Exception):
    """No sound from espeak-ng: the browser's own voice must do."""


class Speech:
    """The last utterances, by name, and their sound as soon as somebody asks for it."""

    def __init__(self, program: str = "espeak-ng") -> None:
        self._program = program
        self._texts: OrderedDict[str, tuple[Language, str]] = OrderedDict()
        self._sounds: dict[str, bytes] = {}
        self._speaking = asyncio.Lock()

    def name(self, language: Language, text: str) -> str:
        """Remember an utterance; return the name it can be asked for by."""
        text = text[:_LONGEST]
        name = sha256(f"{language.value} {text}".encode()).hexdigest()[:16]
        self._texts[name] = language, text
        self._texts.move_to_end(name)
        while len(self._texts) > _REMEMBERED:
            forgotten, _ = self._texts.popitem(last=False)
            self._sounds.pop(forgotten, None)
        return name

    async def sound(self, name: str) -> bytes:
        """Return an utterance as WAV. Raises `KeyError` for an unknown name, or `SpeechFailed`."""
        language, text = self._texts[name]
        async with self._speaking:
            if name not in self._sounds:
                self._sounds[name] = await self._say(language, text)
            return self._sounds[name]

    async def _say(self, language: Language, text: str) -> bytes:
        voice = ("-v", _VOICES[language], "-s", str(_WORDS_A_MINUTE))
        try:
            speaking = await asyncio.create_subprocess_exec(
                self._program,
                *voice,
                "--stdin",
                "--stdout",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise SpeechFailed(f"{self._program}: {error.strerror}") from error
        try:
            async with asyncio.timeout(_PATIENCE):
                sound, _ = await speaking.communicate(text.encode())
        except TimeoutError as error:
            raise SpeechFailed(f"{self._program}: no sound within {_PATIENCE} s") from error
        finally:
            with suppress(ProcessLookupError):
                speaking.kill()
            await speaking.wait()
        if not sound.startswith(b"RIFF"):
            raise SpeechFailed(f"{self._program}: no sound (status {speaking.returncode})")
        return sound
