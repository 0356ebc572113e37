"""A browser of the measurements: it takes gzip, keeps what it may, and counts what travels."""

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from urllib.parse import urlencode

_LOADED = re.compile(rb'<(?:link|script)[^>]* (?:src|href)="(/static/[^"]+)"')
_TAKES = {"Accept": "text/html,*/*;q=0.8", "Accept-Encoding": "gzip"}
_STATUS_LINE = 17  # bytes: "HTTP/1.1 200 OK" and its end


@dataclass(slots=True)
class Browser:
    """Asks for pages and what belongs to them; `kept` is what it has, by address."""

    connection: HTTPConnection
    cookies: str
    kept: dict[str, HTTPMessage] = field(default_factory=dict)

    def visit(self, path: str, form: Mapping[str, str] | None = None) -> int:
        """Return how many bytes travel here, heads included, for a page and all that it loads."""
        travelled, body = self.get(path, form)
        for address in dict.fromkeys(_LOADED.findall(body)):
            travelled += self._load(address.decode())
        return travelled

    def get(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        asked: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Return how many bytes travel here for one address, and what they say.

        With a `form` it is sent, and not asked for; `asked` are further headers.
        """
        headers = {"Cookie": self.cookies, **_TAKES, **(asked or {})}
        body = None if form is None else urlencode(form)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status >= 500 or 300 <= answer.status < 304:
            raise SystemExit(f"{path}: {answer.status}")
        if answer.status == 200:
            self.kept[path] = answer.headers
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        packed = answer.getheader("Content-Encoding") == "gzip"
        return len(raw) + head + _STATUS_LINE, gzip.decompress(raw) if packed else raw

    def _load(self, address: str) -> int:
        kept = self.kept.get(address)
        if kept is None:
            return self.get(address)[0]
        if "immutable" in kept.get("Cache-Control", ""):
            return 0
        return self.get(address, asked={"If-None-Match": kept.get("ETag", "")})[0]
