"""What a page says once about what was just done: in a cookie, from the form to the next page."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from catalogue_api.web.pages.faces import Face
from catalogue_api.web.texts import TextMissing, Words

_SECONDS = 60
_LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, and the form that takes back what it tells of: its address ("" for none).

    `well`: it tells of something that was done, not of something that could not be.
    """

    text: str
    well: bool = True
    undo: str = ""
    fields: Mapping[str, str] | None = None


def tell(
    face: Face,
    answer: web.StreamResponse,
    key: str,
    values: Mapping[str, object],
    undo: str = "",
    fields: Mapping[str, str] | None = None,
    *,
    well: bool = True,
    secure: bool,
) -> None:
    """Let the next page of this browser say the text of a key; with `n` alone, in its plural."""
    short = {name: str(value)[:_LONGEST_VALUE] for name, value in values.items()}
    said = json.dumps([key, short, well, undo, dict(fields or {})]).encode()
    kept = base64.urlsafe_b64encode(said).decode()
    face.give(answer, face.told_cookie, kept, secure=secure, seconds=_SECONDS)


def told_to(face: Face, request: web.Request, words: Words) -> Told | None:
    """Return what is to be said, None for nothing; what nobody of ours wrote is nothing."""
    try:
        said = json.loads(base64.urlsafe_b64decode(request.cookies.get(face.told_cookie, "")))
        key, values, well, undo, fields = said
        if face.own(str(undo)) == face.home:
            undo, fields = "", {}
        carried = {str(name): str(value) for name, value in fields.items()}
        if set(values) == {"n"}:
            text = words.count(str(key), int(values["n"]))
        else:
            text = words.text(str(key), **values)
        return Told(text, bool(well), undo, carried)
    except (ValueError, TypeError, AttributeError, KeyError, TextMissing):
        return None
