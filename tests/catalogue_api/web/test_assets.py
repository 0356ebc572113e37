import gzip
import re
from pathlib import Path

import pytest
from http_world import serving

from catalogue_api.web.assets import assets, read_assets, takes_gzip

PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture
def style():
    return assets()["desk.css"]


async def got(client, address: str, **headers: str):
    """Return an answer and its bytes as they travelled."""
    url = str(client._base_url).rstrip("/") + address
    async with client.get(url, headers=headers) as answer:
        return answer, await answer.read()


async def test_a_page_names_each_file_by_its_content(client) -> None:
    for address in ("/desk/sign-in", "/docs/"):
        page = await (await client.get(address)).text()
        named = re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', page)
        assert len(named) >= 2
        for one in named:
            answer, body = await got(client, one)
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert body == assets()[one.split("/", 3)[3]].plain


async def test_a_file_comes_packed_to_whoever_takes_that(world, style) -> None:
    async with serving(world) as client:
        client._auto_decompress = False
        packed, body = await got(client, style.address, **{"Accept-Encoding": "gzip, br"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.content_type == "text/css"
        assert gzip.decompress(body) == style.plain
        assert len(body) < len(style.plain) / 2
        plain, body = await got(client, style.address, **PLAIN)
        assert "Content-Encoding" not in plain.headers
        assert body == style.plain
        for answer in (packed, plain):
            assert answer.headers["Vary"] == "Accept-Encoding"
        assert packed.headers["ETag"] != plain.headers["ETag"]


@pytest.mark.parametrize("address", ["/static/desk.css", "/static/0123456789ab/desk.css"])
async def test_a_file_named_otherwise_comes_as_it_is_now_and_is_not_kept(
    client, style, address
) -> None:
    answer, body = await got(client, address)
    assert (answer.status, body) == (200, style.plain)
    assert answer.headers["Cache-Control"] == "no-cache"
    again, body = await got(client, address, **{"If-None-Match": answer.headers["ETag"]})
    assert (again.status, body) == (304, b"")
    other, _ = await got(client, address, **{"If-None-Match": '"another"'})
    assert other.status == 200


@pytest.mark.parametrize(
    "path",
    ["nothing.css", "0123456789ab/", "0123456789ab/nothing.css", "%2e%2e/app.py", "a%00b", "%0a"],
)
async def test_nothing_else_is_served(client, path) -> None:
    answer, _ = await got(client, f"/static/{path}")
    assert answer.status == 404


async def test_a_file_on_the_disk_that_changes_has_another_address(tmp_path: Path) -> None:
    (tmp_path / "portal").mkdir()
    file = tmp_path / "portal" / "search.css"
    file.write_text("p { color: black }")
    before = read_assets(tmp_path)["portal/search.css"]
    file.write_text("p { color: white }")
    after = read_assets(tmp_path)["portal/search.css"]
    assert before.address != after.address
    assert re.fullmatch(r"/static/[0-9a-f]{12}/portal/search\.css", after.address)
    assert (before.packed, after.kind) == (b"", "text/css")  # so short a file is not worth it


def test_gzip_is_taken_as_the_header_says() -> None:
    for said in ("gzip", "br, GZIP;q=0.5", " gzip ; q=1", "deflate,gzip"):
        assert takes_gzip(said), said
    for said in ("", "br", "identity", "gzip;q=0", "gzip; q = 0.000", "x-gzip"):
        assert not takes_gzip(said), said
