"""Endpoints as routes: JSON in and out, validated by the contract, errors as problems."""

from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler as WebHandler
from pydantic import ValidationError

from catalogue_api.contract.endpoint import Message, Nothing, ProblemType, Refused
from catalogue_api.services.handlers import HANDLERS, Asked, Handler, answer
from catalogue_api.web import problems
from catalogue_api.web.auth import bearer_token
from catalogue_api.web.parts import Parts


def routes(parts: Parts) -> list[web.RouteDef]:
    """Return one route for each handler of the contract."""
    return [
        web.route(handler.endpoint.method, handler.endpoint.path, _bound(handler, parts))
        for handler in HANDLERS
    ]


def _bound(handler: Handler[Any, Any], parts: Parts) -> WebHandler:
    async def answer_request(request: web.Request) -> web.StreamResponse:
        try:
            body = _parsed(handler.endpoint.request, await request.read())
            # aiohttp has decoded the values of the path: `a%2Fb%20c` is `a/b c` here.
            asked = Asked(bearer_token(request), dict(request.match_info), body)
            found = await answer(parts.database, handler, asked, parts.clock(), parts.policy)
        except Refused as refused:
            return problems.of_refusal(refused)
        return web.Response(body=found.model_dump_json().encode(), content_type="application/json")

    return answer_request


def _parsed(model: type[Message], raw: bytes) -> Message:
    if issubclass(model, Nothing) and not raw:
        return model()
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise Refused(ProblemType.INVALID_REQUEST, _detail(error)) from error


def _detail(error: ValidationError) -> str:
    """Say what is wrong and where, without repeating what was sent."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    places = (".".join(str(part) for part in one["loc"]) or "body" for one in found[:5])
    return "; ".join(f"{place}: {one['msg']}" for place, one in zip(places, found[:5], strict=True))
