"""How the program of a computer speaks: to a person in a terminal, or in lines of JSON."""

import asyncio
import json
import sys
import termios
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO

from catalogue_api.agent.states import Deed, Extend, Face, Lock, SignIn, SignOut, Unlock, View
from catalogue_api.words import Words

_SITTING_DOWN = {Face.FREE, Face.EXPECTED}
_KEYS: Mapping[str, Callable[[], Deed]] = {"1": Extend, "2": Lock, "3": SignOut}


class JsonPanel:
    """Each line out is `{"show": …}` or `{"warn": minutes}`, each line in is `{"do": …}`.

    `sign_in` brings `card` (or none) and `secret`, `unlock` brings `secret`; `lock`, `extend` and
    `sign_out` bring nothing. A line that is none of these is answered with `{"error": …}`.
    """

    def __init__(self, lines: TextIO, out: TextIO, words: Mapping[str, Words]) -> None:
        self._lines, self._out, self._words = lines, out, words

    def show(self, shown: View) -> None:
        """Tell all that a screen needs, the words too."""
        words = self._words.get(shown.language) or self._words["fr"]
        self._tell(
            show={
                "face": shown.face.value,
                "name": shown.name,
                "minutes_left": shown.minutes_left,
                "until": shown.until.isoformat() if shown.until else None,
                "may_extend": shown.may_extend,
                "ended": shown.ended.value if shown.ended else None,
                "online": shown.online,
                "language": shown.language,
                "text": words_of(shown, words),
            }
        )

    def warn(self, minutes: int) -> None:
        """Tell how many minutes are left."""
        self._tell(warn=minutes)

    async def deeds(self) -> AsyncIterator[Deed]:
        """Read lines until there are no more."""
        async for line in lines_of(self._lines):
            try:
                yield _deed(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                self._tell(error='a line is {"do": "sign_in", "card": …, "secret": …} or the like')

    def _tell(self, **values: object) -> None:
        self._out.write(json.dumps(values, ensure_ascii=False) + "\n")
        self._out.flush()


def _deed(said: Mapping[str, str]) -> Deed:
    match said["do"]:
        case "sign_in":
            return SignIn(str(said.get("card", "")), str(said["secret"]))
        case "unlock":
            return Unlock(str(said["secret"]))
        case "lock":
            return Lock()
        case "extend":
            return Extend()
        case "sign_out":
            return SignOut()
        case other:
            raise ValueError(other)


class TerminalPanel:
    """A screen of text lines, for trying and for a first setting up."""

    def __init__(self, lines: TextIO, out: TextIO, words: Mapping[str, Words]) -> None:
        self._lines, self._out, self._words = lines, out, words
        self._shown = View(Face.STARTING)
        self._card: str | None = None
        self._said = ""

    def show(self, shown: View) -> None:
        """Say what is new; that a minute has passed is not."""
        if shown.face is not self._shown.face:
            self._card = None
        self._shown = shown
        said = words_of(shown, self._of(shown))
        if said != self._said:
            self._said = said
            self._say(f"\n{said}\n")
            self._ask()

    def warn(self, minutes: int) -> None:
        """Say how many minutes are left, with the bell."""
        self._say(f"\a\n{self._of(self._shown).count('agent.minutes', minutes)}\n")
        self._ask()

    async def deeds(self) -> AsyncIterator[Deed]:
        """Read lines until there are no more."""
        try:
            async for line in lines_of(self._lines):
                deed = self._deed(line.strip())
                if deed is not None:
                    yield deed
                self._ask()
        finally:
            self._echo(on=True)

    def _deed(self, typed: str) -> Deed | None:
        face = self._shown.face
        if face is Face.IN_USE:
            made = _KEYS.get(typed)
            return made() if made else None
        if face is Face.LOCKED:
            return Unlock(typed)
        if face not in _SITTING_DOWN:
            return None
        if self._card is None:
            self._card = typed
            return None
        card, self._card = self._card, None
        return SignIn(card, typed)

    def _wants_secret(self) -> bool:
        sitting_down = self._shown.face in _SITTING_DOWN and self._card is not None
        return sitting_down or self._shown.face is Face.LOCKED

    def _prompt(self) -> str:
        words, face = self._of(self._shown), self._shown.face
        if face is Face.IN_USE:
            return words.text("agent.keys") + " "
        if face is Face.LOCKED:
            return words.text("agent.secret") + " "
        if face not in _SITTING_DOWN:
            return ""
        key = "agent.card" if self._card is None else "agent.secret" if self._card else "agent.code"
        return words.text(key) + " "

    def _ask(self) -> None:
        self._echo(on=not self._wants_secret())
        self._say(self._prompt())

    def _echo(self, *, on: bool) -> None:
        """Show what is typed or not, where there is a terminal."""
        if not self._lines.isatty():
            return
        kept = termios.tcgetattr(self._lines.fileno())
        kept[3] = kept[3] | termios.ECHO if on else kept[3] & ~termios.ECHO
        termios.tcsetattr(self._lines.fileno(), termios.TCSADRAIN, kept)

    def _of(self, shown: View) -> Words:
        return self._words.get(shown.language) or self._words["fr"]

    def _say(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def words_of(shown: View, words: Words) -> str:
    """Return all that is to be read, a line for each thing."""
    lines = [words.text(f"agent.face.{shown.face.value}", name=shown.name)]
    if shown.ended is not None:
        lines.insert(0, words.text(f"agent.ended.{shown.ended.value}"))
    if shown.until is not None and shown.minutes_left is not None:
        lines.append(words.text("agent.until", time=words.clock(shown.until)))
        if not shown.online:
            lines.append(words.text("agent.offline"))
    lines += [words.text(key) for key in shown.said]
    return "\n".join(lines)


async def lines_of(file: TextIO) -> AsyncIterator[str]:
    """Yield lines as they come, until there are no more; nobody waits for the thread at the end."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[str]()
    if isinstance(file, TextIOWrapper):  # what is no text is wrong, and not the end of all lines
        file.reconfigure(errors="replace")

    def read() -> None:
        with suppress(RuntimeError, ValueError, OSError):  # the program has ended meanwhile
            line = "-"
            while line:
                line = file.readline()
                loop.call_soon_threadsafe(lines.put_nowait, line)

    threading.Thread(target=read, name="lines", daemon=True).start()
    while line := await lines.get():
        yield line


def terminal(words: Mapping[str, Words]) -> TerminalPanel:
    """Return the panel of this process’s terminal."""
    return TerminalPanel(sys.stdin, sys.stdout, words)


def json_lines(words: Mapping[str, Words]) -> JsonPanel:
    """Return the panel of this process’s standard streams."""
    return JsonPanel(sys.stdin, sys.stdout, words)
