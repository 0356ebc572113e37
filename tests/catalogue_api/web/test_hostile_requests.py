"""What no client of ours sends: over raw sockets, on the server as it is built for production."""

import asyncio
import gzip
import json

import pytest
from catalogue_world import fact
from yarl import URL

from catalogue_api.contract.endpoint import Problem, ProblemType
from catalogue_api.contract.returns import RETURN_ITEM
from catalogue_api.domain.roles import Role
from catalogue_api.web import binding

RETURNS = RETURN_ITEM.url(kiosk="pad")
PAD = {"Authorization": "Bearer token-of-pad"}


async def raw(client, request: bytes, *, then_close: bool = False) -> tuple[int, bytes]:
    """Send bytes; return the status and the rest of what comes until the server closes."""
    address = client._base_url
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(request)
    if then_close:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await writer.wait_closed()
    status = int(answer.split(b" ", 2)[1]) if answer else 0
    return status, answer


def head(line: str, **headers: str) -> bytes:
    lines = [line, "Host: x", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def type_of(response) -> ProblemType:
    assert response.content_type == "application/problem+json"
    problem = Problem.model_validate_json(await response.read())
    assert problem.status == response.status
    return ProblemType(problem.type.removeprefix("/problems/"))


@pytest.mark.server  # the server listens for seconds to what it has refused
async def test_ten_megabytes_are_refused_before_they_are_sent(client) -> None:
    big = head(f"POST {RETURNS} HTTP/1.1", Authorization="Bearer token-of-pad",
               Content_Length="10000000")  # fmt: skip
    status, answer = await raw(client, big)
    assert (status, b"too-large" in answer) == (413, True)
    chunked = head(f"POST {RETURNS} HTTP/1.1", Authorization="Bearer token-of-pad",
                   Transfer_Encoding="chunked")  # fmt: skip
    status, answer = await raw(client, chunked + b"20000\r\n" + b" " * 0x20000 + b"\r\n")
    assert (status, b"too-large" in answer) == (413, True)


@pytest.mark.server  # the same
async def test_a_body_that_does_not_come_ends_its_call(client, monkeypatch) -> None:
    monkeypatch.setattr(binding, "_BODY_WITHIN", 0.05)
    slow = head(f"POST {RETURNS} HTTP/1.1", Authorization="Bearer token-of-pad",
                Content_Length="100")  # fmt: skip
    status, answer = await raw(client, slow + b"{")
    assert (status, b"did not arrive" in answer) == (400, True)


async def test_a_compressed_body_is_refused_unopened(client) -> None:
    bomb = gzip.compress(b" " * 5_000_000)
    for encoding in ("gzip", "deflate", "br", "identity, gzip"):
        headers = PAD | {"Content-Encoding": encoding, "Content-Type": "application/json"}
        response = await client.post(RETURNS, data=bomb, headers=headers)
        assert await type_of(response) is ProblemType.WRONG_MEDIA_TYPE


@pytest.mark.parametrize(
    "kind",
    ["application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
     "application/json; charset=latin-1", "application/json; charset=klingon"],
)  # fmt: skip
async def test_a_body_that_is_no_json_in_utf8_is_refused(client, kind) -> None:
    body = fact(1).model_dump_json()
    response = await client.post(RETURNS, data=body.encode(), headers=PAD | {"Content-Type": kind})
    assert await type_of(response) is ProblemType.WRONG_MEDIA_TYPE


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8"])
async def test_json_is_taken_whatever_its_case_and_charset(client, kind) -> None:
    body = fact(1).model_dump_json().encode()
    headers = PAD | {"Content-Type": kind, "Accept": "text/html"}
    response = await client.post(RETURNS, data=body, headers=headers)
    assert (response.status, response.content_type) == (200, "application/json")


@pytest.mark.parametrize(
    "body",
    [b"NaN", b'{"barcode": NaN}', b"[" * 40_000, b'{"a":' * 10_000, b"1" * 5000, b"-1e400",
     b'{"barcode": "a", "barcode": "b"}', b"\xef\xbb\xbf{}", b'"\x00"', b"{}\x00"],
)  # fmt: skip
async def test_odd_json_is_an_invalid_request(client, body) -> None:
    response = await client.post(RETURNS, data=body, headers=PAD)
    assert await type_of(response) is ProblemType.INVALID_REQUEST


@pytest.mark.parametrize(
    ("asked", "status"),
    [("q=a%00b", 400), ("q=%5C%00", 400), ("q=%5Cu0000", 200), ("q=%5C%5Cu0000", 200)],
)
async def test_only_the_character_nul_is_refused(client, asked, status) -> None:
    url = URL(f"{str(client._base_url).rstrip('/')}/v1/search?{asked}", encoded=True)
    response = await client.get(url)
    assert response.status == status


@pytest.mark.parametrize(
    "path",
    ["/v1/staff/%00", "/v1/staff/a%00b", "/v1/staff/%0d%0aX:%20y", "/v1/staff/%ff%00",
     "/v1/staff/" + "x" * 70, "/v1/patrons/99999999999999999999/loans", "/v1/patrons/-1/loans",
     "/v1/patrons/1e3/loans", "/v1/patrons/%D9%A1/loans", "/v1/nothing", "/v2/staff", "/v1"],
)  # fmt: skip
async def test_odd_paths_lead_nowhere(world, client, path) -> None:
    headers = {"Authorization": f"Bearer {world.signed_in(Role.ADMINISTRATOR)}"}
    url = URL(f"{str(client._base_url).rstrip('/')}{path}", encoded=True)
    assert await type_of(await client.get(url, headers=headers)) is ProblemType.NOT_FOUND


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "limit=99999999999999999999999", "limit=NaN",
     "limit=5&limit=6", "cursor=!", "cursor=abc", "surprise=1", "actor=%00", "since=yesterday",
     "cursor=" + "a" * 300],
)  # fmt: skip
async def test_odd_queries_are_invalid_requests(world, client, query) -> None:
    headers = {"Authorization": f"Bearer {world.signed_in(Role.ADMINISTRATOR)}"}
    url = URL(f"{str(client._base_url).rstrip('/')}/v1/audit?{query}", encoded=True)
    response = await client.get(url, headers=headers)
    assert await type_of(response) is ProblemType.INVALID_REQUEST


async def test_the_head_and_the_options_of_an_address(world, client) -> None:
    headers = {"Authorization": f"Bearer {world.signed_in(Role.ADMINISTRATOR)}"}
    got = await client.get("/v1/staff", headers=headers)
    asked = await client.head("/v1/staff", headers=headers)
    assert (asked.status, await asked.read()) == (200, b"")
    assert asked.headers["Content-Length"] == got.headers["Content-Length"]
    assert (await client.head("/v1/staff")).status == 401
    options = await client.options("/v1/staff")
    assert (options.status, options.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert "Access-Control-Allow-Origin" not in options.headers
    refused = await client.request("TRACE", "/v1/staff")
    assert await type_of(refused) is ProblemType.METHOD_NOT_ALLOWED


async def test_heads_that_are_too_large_or_said_twice_do_no_harm(client) -> None:
    status, answer = await raw(client, head("GET /v1/session HTTP/1.1", X="y" * 20_000))
    assert status == 400
    assert b"Traceback" not in answer
    long = await raw(client, head(f"GET /v1/{'x' * 20_000} HTTP/1.1"))
    assert long[0] == 404
    assert (await raw(client, head(f"GET /v1/{'x' * 70_000} HTTP/1.1")))[0] == 400
    twice = head("GET /v1/kiosks/pad HTTP/1.1", Authorization="Bearer token-of-pad\r\n"
                 "Authorization: Bearer other")  # fmt: skip
    status, _ = await raw(client, twice)
    assert status == 401
    lengths = head(f"POST {RETURNS} HTTP/1.1", Content_Length="2\r\nContent-Length: 3")
    assert (await raw(client, lengths + b"{}}"))[0] == 400
    both = head(f"POST {RETURNS} HTTP/1.1", Content_Length="2", Transfer_Encoding="chunked")
    assert (await raw(client, both + b"0\r\n\r\n"))[0] == 400


@pytest.mark.parametrize(
    "start", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET / SPDY/9\r\n\r\n", b"\r\n" * 50]
)
async def test_what_is_no_http_ends_the_connection(client, start) -> None:
    status, answer = await raw(client, start, then_close=True)
    assert status in {0, 400}
    assert b"Traceback" not in answer


async def test_a_caller_who_may_not_ask_learns_nothing_of_the_request(world, client) -> None:
    headers = {"Authorization": f"Bearer {world.signed_in(Role.TECHNICIAN)}"}
    for body in (b"{", json.dumps({"name": 1}).encode()):
        assert await type_of(await client.post("/v1/staff", data=body)) is (
            ProblemType.NOT_AUTHENTICATED
        )
        refused = await client.post("/v1/staff", data=body, headers=headers)
        assert await type_of(refused) is ProblemType.NOT_ALLOWED
