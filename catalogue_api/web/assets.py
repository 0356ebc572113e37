"""Styles, scripts and icons of all pages: read, packed and named by their content at the start.

`asset("desk.css")` in a template is an address that holds a digest of the file, so that a browser
may keep it for good and never asks again; a file that changes has another address.
"""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from mimetypes import guess_type
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from jinja2 import Environment

_FOLDER = Path(__file__).parent / "static"
_ROOT = "/static"
_DIGITS = 12  # of the digest
_NAMED = re.compile(rf"(?:([0-9a-f]{{{_DIGITS}}})/)?(.+)")
_KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
_ASKED_AGAIN = "no-cache"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is served: `packed` is it by gzip, `b""` where that is no shorter."""

    name: str
    kind: str
    plain: bytes
    packed: bytes
    digest: str

    @property
    def address(self) -> str:
        """Return the address under which it never changes."""
        return f"{_ROOT}/{self.digest}/{self.name}"


def add_assets(app: web.Application) -> None:
    """Serve the files; `app` is the outermost application."""
    app.router.add_get(f"{_ROOT}/{{named:.+}}", _serving(assets()))


def name_assets(environment: Environment) -> None:
    """Give templates the function `asset`; it raises `KeyError` for a file that is not there."""
    environment.globals["asset"] = lambda name: assets()[name].address


@cache
def assets() -> Mapping[str, Asset]:
    """Return the files of this process by name: what stands on the disk later changes nothing."""
    return read_assets(_FOLDER)


def read_assets(folder: Path) -> dict[str, Asset]:
    """Return the files of a folder and its folders by name, as in `portal/search.css`."""
    found = (_read(path, folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return {one.name: one for one in found}


def _read(path: Path, folder: Path) -> Asset:
    plain = path.read_bytes()
    packed = gzip.compress(plain, mtime=0)
    return Asset(
        path.relative_to(folder).as_posix(),
        guess_type(path.name)[0] or "application/octet-stream",
        plain,
        packed if len(packed) < len(plain) else b"",
        sha256(plain).hexdigest()[:_DIGITS],
    )


def _serving(known: Mapping[str, Asset]) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        """Answer the file as it is now, whatever digest the page names.

        A page made before an upgrade, or by another process during it, is then not left without
        its style; but only what was named by its own digest may be kept.
        """
        named = _NAMED.fullmatch(request.match_info["named"])
        found = known.get(named[2]) if named else None
        if named is None or found is None:
            raise web.HTTPNotFound
        return _answer(request, found, for_good=named[1] == found.digest)

    return serve


def _answer(request: web.Request, found: Asset, *, for_good: bool) -> web.Response:
    packed = found.packed and takes_gzip(request.headers.get("Accept-Encoding", ""))
    tag = f"{found.digest}-gz" if packed else found.digest
    answer = web.Response(headers=_HEADERS)
    answer.headers["Cache-Control"] = _KEPT_FOR_GOOD if for_good else _ASKED_AGAIN
    answer.headers["Vary"] = "Accept-Encoding"
    answer.etag = tag
    if any(one.value == tag for one in request.if_none_match or ()):
        answer.set_status(HTTPStatus.NOT_MODIFIED)
        return answer
    answer.content_type = found.kind
    answer.body = found.packed if packed else found.plain
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def takes_gzip(said: str) -> bool:
    """Tell whether an Accept-Encoding allows gzip; "gzip;q=0" does not (RFC 9110, 12.5.3)."""
    for part in said.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() == "gzip":
            return not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight)
    return False
