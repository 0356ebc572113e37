"""Feeds in Atom (RFC 4287), which every reader of news takes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from aiohttp import web

from catalogue_api.web.parts import Parts
from catalogue_api.web.portal.addresses import whole_address

ATOM = "application/atom+xml"
_SPACE = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Something new: its own address, its name, since when, who made it, and a text about it."""

    address: str
    title: str
    since: datetime
    author: str = ""
    text: str = ""


def feed(
    title: str, own: str, page: str, entries: Sequence[FeedEntry], now: datetime, library: str = ""
) -> bytes:
    """Return a feed of a library: `own` is its address, `page` that of the page with the same."""
    ET.register_namespace("", _SPACE)
    root = ET.Element(f"{{{_SPACE}}}feed")
    _add(root, "title", title)
    _add(root, "id", page)
    _add(root, "link", rel="self", href=own, type=ATOM)
    _add(root, "link", rel="alternate", href=page, type="text/html")
    _add(root, "updated", _at(max((one.since for one in entries), default=now)))
    _add(_add(root, "author"), "name", library or "Ritournelle")
    for one in entries:
        entry = _add(root, "entry")
        _add(entry, "title", one.title)
        _add(entry, "id", one.address)
        _add(entry, "link", rel="alternate", href=one.address, type="text/html")
        _add(entry, "updated", _at(one.since))
        if one.author:
            _add(_add(entry, "author"), "name", one.author)
        if one.text:
            _add(entry, "summary", one.text)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root)


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    written = {key: _NO_XML.sub("", value) for key, value in attributes.items()}
    child = ET.SubElement(parent, f"{{{_SPACE}}}{name}", written)
    child.text = _NO_XML.sub("", text) or None
    return child


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def given(
    request: web.Request, parts: Parts, title: str, page: str, entries: Sequence[FeedEntry]
) -> web.Response:
    """Return the answer that gives a feed; `page` is the path of the page that shows the same."""
    own = whole_address(request, parts, request.path_qs)
    body = feed(
        title, own, whole_address(request, parts, page), entries, parts.clock(), parts.library
    )
    return web.Response(body=body, content_type=ATOM, charset="utf-8")
