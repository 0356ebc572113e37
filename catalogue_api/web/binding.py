"""Endpoints as routes: JSON in and out, validated by the contract, errors as problems."""

import asyncio
import json
import re
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler as WebHandler
from pydantic import ValidationError

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, ProblemType, Refused
from catalogue_api.contract.places import place_of
from catalogue_api.services.answers.answering import Asked, Handler, answer, require_admission
from catalogue_api.services.answers.handlers import HANDLERS
from catalogue_api.web import problems
from catalogue_api.web.auth import bearer_token
from catalogue_api.web.parts import Parts
from catalogue_api.web.proxies import origin_of

_KEY = re.compile(r"[\x21-\x7e]{1,64}")
_BODY_WITHIN = 30.0  # seconds
_TAKEN = {"application/json", "text/plain", "application/octet-stream"}
"""The last two are what programs send that say nothing of it."""
_VERSION = re.compile(r'(?:W/)?"(\d{1,18})"')
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The character NUL as JSON writes it. PostgreSQL stores it in no text, so no text has it here."""


def routes(parts: Parts) -> list[web.RouteDef]:
    """Return one route for each handler of the contract; aiohttp adds HEAD beside GET."""
    return [
        web.route(handler.endpoint.method, handler.endpoint.path, _bound(handler, parts))
        for handler in HANDLERS
    ]


def _bound(handler: Handler[Any, Any], parts: Parts) -> WebHandler:
    endpoint, means = handler.endpoint, parts.means

    async def answer_request(request: web.Request) -> web.StreamResponse:
        now = parts.clock()
        try:
            try:
                asked = await _asked(endpoint, request)
            except Refused:
                await require_admission(means, endpoint, bearer_token(request), now)
                raise
            found = await answer(means, handler, asked, now)
        except Refused as refused:
            return problems.of_refusal(refused)
        return _response(found)

    return answer_request


async def _asked(endpoint: Endpoint[Any, Any], request: web.Request) -> Asked[Message]:
    # aiohttp has decoded the values of the path: `a%2Fb%20c` is `a/b c` here.
    for name, value in request.match_info.items():
        if not place_of(name).fits(value):
            raise Refused(ProblemType.NOT_FOUND, f"{name}: there is none of this form")
    return Asked(
        bearer_token(request),
        dict(request.match_info),
        await _body(endpoint, request),
        _key(endpoint, request),
        _version(endpoint, request),
        origin_of(request),
    )


def _response(found: Message) -> web.Response:
    version = getattr(found, "version", None)
    return web.Response(
        body=found.model_dump_json().encode(),
        content_type="application/json",
        headers=None if version is None else {"ETag": f'"{version}"'},
    )


async def _body(endpoint: Endpoint[Any, Any], request: web.Request) -> Message:
    if endpoint.method == "GET":
        return _parsed(endpoint.request, _query(endpoint.request, request))
    _require_plain_json(request)
    raw = await _read(request, endpoint.largest)
    if issubclass(endpoint.request, Nothing) and not raw:
        return endpoint.request()
    return _parsed(endpoint.request, raw)


def _require_plain_json(request: web.Request) -> None:
    """Refuse a body that says it is something else, or compressed (which may be a bomb)."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refused(ProblemType.WRONG_MEDIA_TYPE, "send the body as it is, without encoding")
    if request.content_type not in _TAKEN:
        raise Refused(ProblemType.WRONG_MEDIA_TYPE, "send the body as application/json")
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8"}:
        raise Refused(ProblemType.WRONG_MEDIA_TYPE, "send the body in UTF-8")


async def _read(request: web.Request, largest: int) -> bytes:
    """Return the body; what is too large is refused before it is all here."""
    if (request.content_length or 0) > largest:
        raise Refused(ProblemType.TOO_LARGE, f"a body here has at most {largest} bytes")
    parts = bytearray()
    try:
        async with asyncio.timeout(_BODY_WITHIN):
            async for chunk in request.content.iter_any():
                parts += chunk
                if len(parts) > largest:
                    raise Refused(ProblemType.TOO_LARGE, f"a body here has at most {largest} bytes")
    except TimeoutError as error:
        detail = f"the body did not arrive within {_BODY_WITHIN:.0f} s"
        raise Refused(ProblemType.INVALID_REQUEST, detail) from error
    except ValueError as error:  # its chunks are no chunks
        raise Refused(ProblemType.INVALID_REQUEST, "the body is broken off or garbled") from error
    return bytes(parts)


def _query(model: type[Message], request: web.Request) -> bytes:
    """Return the query as the JSON that the model reads: several values of a name are a list."""
    lists = {name for name, field in model.model_fields.items() if "tuple" in str(field.annotation)}
    said: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        if name not in lists and len(values) > 1:
            raise Refused(ProblemType.INVALID_REQUEST, f"{name}: said more than once")
        said[name] = values if name in lists else values[0]
    return json.dumps(said).encode()


def _parsed(model: type[Message], raw: bytes) -> Message:
    if _NUL.search(raw) is not None:
        raise Refused(ProblemType.INVALID_REQUEST, "a text holds the character U+0000")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise Refused(ProblemType.INVALID_REQUEST, _detail(error)) from error


def _key(endpoint: Endpoint[Any, Any], request: web.Request) -> str:
    key = _header(request, "Idempotency-Key") or ""
    if endpoint.keyed is Keyed.HEADER and not _KEY.fullmatch(key):
        raise Refused(
            ProblemType.INVALID_REQUEST,
            "send a header `Idempotency-Key`: 1 to 64 visible characters that you use once",
        )
    return key


def _header(request: web.Request, name: str) -> str | None:
    said = request.headers.getall(name, [])
    if len(said) > 1:
        raise Refused(ProblemType.INVALID_REQUEST, f"{name}: said more than once")
    return said[0] if said else None


def _version(endpoint: Endpoint[Any, Any], request: web.Request) -> int | None:
    if not endpoint.match:
        return None
    said = _header(request, "If-Match")
    if said is None:
        raise Refused(ProblemType.PRECONDITION_REQUIRED, "send `If-Match` with the ETag you saw")
    found = _VERSION.fullmatch(said.strip())
    if found is None:
        raise Refused(ProblemType.CHANGED_MEANWHILE, "If-Match is no ETag that was given out")
    return int(found[1])


def _detail(error: ValidationError) -> str:
    """Say what is wrong and where, without repeating what was sent."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    places = (".".join(str(part) for part in one["loc"]) or "body" for one in found[:5])
    return "; ".join(f"{place}: {one['msg']}" for place, one in zip(places, found[:5], strict=True))
