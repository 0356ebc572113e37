"""The documents of the project, read as a newcomer does: links, commands, places, settings."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import typer
from pydantic import BaseModel

import catalogue_api.__main__
import drivers.__main__
import kiosk.__main__
import simulator.__main__

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PROGRAMS = {
    "ritournelle-api": typer.main.get_command(catalogue_api.__main__.app),
    "ritournelle-kiosk": typer.main.get_command(kiosk.__main__.app),
    "ritournelle-readers": typer.main.get_command(drivers.__main__.app),
    "ritournelle-sim": typer.main.get_command(simulator.__main__.app),
}

_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_QUOTED = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_COMMAND = re.compile(rf"(?:^|[\s/(])((?:{'|'.join(PROGRAMS)})\b[^`]*)")
_FOLDERS = "kiosk|catalogue_api|drivers|simulator|tests|bench|docs|systemd|script"
_PLACE = re.compile(rf"(?<![\w/.:])(?:{_FOLDERS})/[\w./*-]*")


def links(text: str) -> Iterator[str]:
    """Yield what is linked to or shown, but for addresses elsewhere."""
    for found in _LINK.finditer(_QUOTED.sub("", _FENCED.sub("", text))):
        target = found[1] or found[2]
        if "://" not in target and not target.startswith("mailto:"):
            yield target


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as forges make them."""
    heads = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def quoted(text: str) -> Iterator[str]:
    """Yield what stands between backticks, and the lines of blocks of code."""
    for block in _FENCED.findall(text):
        yield from block.replace("\\\n", " ").splitlines()[1:-1]
    for found in _QUOTED.finditer(_FENCED.sub("", text)):
        yield " ".join(found[1].split())


def commands(text: str) -> Iterator[list[str]]:
    """Yield the calls of our programs, split as a shell does, up to a pipe or a remark."""
    for line in quoted(text):
        for found in _COMMAND.finditer(line.split(" #")[0]):
            call = re.split(r"[|;>…]|&&|[,)](?:\s|$)", found[1])[0]
            yield shlex.split(call.replace("'", "’"))


def wrong_with(call: list[str]) -> str:
    """Say which command or option of a call is not there; "" if all are."""
    command, path, words = PROGRAMS[call[0]], call[0], iter(call[1:])
    for word in words:
        name, _, value = word.partition("=")
        if word.startswith("-"):
            known = {said: one for one in command.params for said in one.opts + one.secondary_opts}
            if name not in known and name != "--help":
                return f"{path}: no option {name}"
            if name in known and not known[name].is_flag and not value:
                next(words, None)
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return f"{path}: no command {word}"
            command, path = command.commands[word], f"{path} {word}"
    return ""


def places(text: str) -> Iterator[str]:
    """Yield the files and folders that are named, a star standing for some of them."""
    for line in quoted(text):
        for found in _PLACE.finditer(line):
            yield found[0].rstrip("/.")


def keys_told(text: str) -> set[str]:
    """Return the words that stand in code: the keys of settings are among them."""
    return {word for line in quoted(text) for word in re.findall(r"\w+", line)}


def keys_in_tables(text: str) -> set[str]:
    """Return the keys that the tables of settings explain."""
    tables = re.findall(r"^\| key \|.*?(?=\n\n)", text, re.MULTILINE | re.DOTALL)
    firsts = (row.split("|")[1] for table in tables for row in table.splitlines()[2:])
    return {key for first in firsts for quote in _QUOTED.findall(first)
            for key in re.findall(r"[a-z]\w+", quote)}  # fmt: skip


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the keys of settings, and of those within them."""
    for name, field in model.model_fields.items():
        yield name
        for kind in _kinds_in(field.annotation):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from keys_of(kind)


def _kinds_in(annotation: object) -> Iterator[object]:
    yield annotation
    for one in get_args(annotation):
        yield from _kinds_in(one)
