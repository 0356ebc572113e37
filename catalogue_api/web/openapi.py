"""The OpenAPI 3.1 description, made from the endpoints: it cannot say what they do not."""

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from catalogue_api.contract.all import ENDPOINTS
from catalogue_api.contract.endpoint import (
    PROBLEM_STATUS,
    Endpoint,
    Keyed,
    Message,
    Nothing,
    Problem,
    ProblemType,
    Scope,
)
from catalogue_api.contract.places import place_of
from catalogue_api.domain.roles import ALLOWED
from catalogue_api.web.problems import CONTENT_TYPE, TITLES
from catalogue_api.web.samples import sample

_SCHEMAS = "#/components/schemas/"
_AnyEndpoint = Endpoint[Any, Any]
_Json = dict[str, Any]

KEY_PATTERN = r"^[\x21-\x7e]{1,64}$"
VERSION_PATTERN = r'^(W/)?"[0-9]{1,18}"$'


@cache
def describe() -> _Json:
    """Return the whole description as JSON values, which nobody changes."""
    schemas, named = _schemas()
    paths: dict[str, _Json] = {}
    for endpoint in ENDPOINTS:
        operation = _Operation(endpoint, schemas, named)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation.described()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ritournelle",
            "version": version("ritournelle"),
            "description": _ABOUT,
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


_ABOUT = (
    "The catalogue of a library. Errors are problem+json (RFC 9457) with a closed list of types. "
    "Every call but those of the public catalogue carries `Authorization: Bearer TOKEN`: that of "
    "a session (`POST /v1/staff-sessions`, `POST /v1/patron-sessions`), of a kiosk or of a "
    "program. `x-roles` says who may ask. No text anywhere may hold the character U+0000."
)

_Names = Mapping[tuple[type[Message], JsonSchemaMode], str]


class _Operation:
    """One endpoint on its way into the description."""

    def __init__(self, endpoint: _AnyEndpoint, schemas: _Json, names: _Names) -> None:
        self._endpoint = endpoint
        self._schemas = schemas
        self._names = names

    def described(self) -> _Json:
        endpoint = self._endpoint
        said: _Json = {
            "summary": endpoint.summary,
            "operationId": "_".join(re.findall(r"\w+", endpoint.summary.lower())),
            "tags": [endpoint.path.split("/")[2]],
            "parameters": [*self._of_the_path(), *self._of_the_query(), *self._headers()],
            "responses": {"200": self._answer()} | problems_of(endpoint),
            "x-roles": sorted(role.value for role in ALLOWED[endpoint.scope]),
            "security": [{}, {"token": []}] if endpoint.scope is Scope.ANYONE else [{"token": []}],
        }
        if endpoint.method != "GET" and endpoint.request is not Nothing:
            body = self._content("The body", endpoint.request, "validation", endpoint.example)
            said["requestBody"] = body | {"required": True}
        if endpoint.request.__doc__ and endpoint.request is not Nothing:
            said["description"] = re.sub(r"\s+", " ", endpoint.request.__doc__).strip()
        return said

    def _of_the_path(self) -> list[_Json]:
        places = [(name, place_of(name)) for name in re.findall(r"{(\w+)}", self._endpoint.path)]
        return [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": place.description,
                "schema": {"type": "string", "pattern": place.pattern},
                "example": place.example,
            }
            for name, place in places
        ]

    def _of_the_query(self) -> list[_Json]:
        if self._endpoint.method != "GET" or self._endpoint.request is Nothing:
            return []
        schema = self._schemas[self._names[self._endpoint.request, "validation"]]
        return [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": _without_null(field),
            }
            for name, field in schema["properties"].items()
        ]

    def _headers(self) -> list[_Json]:
        found = []
        if self._endpoint.keyed is Keyed.HEADER:
            text = "Made by the caller and used once: the same key gets the same answer again"
            found.append(_header("Idempotency-Key", KEY_PATTERN, text, "7c9e6679-loan-1"))
        if self._endpoint.match:
            text = "The `ETag` of what the caller saw"
            found.append(_header("If-Match", VERSION_PATTERN, text, '"1"'))
        return found

    def _answer(self) -> _Json:
        answer = self._content("The answer", self._endpoint.answer, "serialization", None)
        if "version" in self._endpoint.answer.model_fields:
            answer["headers"] = {
                "ETag": {
                    "description": "The version, as `If-Match` wants it",
                    "schema": {"type": "string", "pattern": VERSION_PATTERN},
                }
            }
        return answer

    def _content(
        self, text: str, model: type[Message], mode: JsonSchemaMode, example: Message | None
    ) -> _Json:
        name = self._names[model, mode]
        shown = (
            sample(self._schemas[name], self._schemas)
            if example is None
            else example.model_dump(mode="json")
        )
        media = {"schema": {"$ref": _SCHEMAS + name}, "example": shown}
        return {"description": text, "content": {"application/json": media}}


def problem_types(endpoint: _AnyEndpoint) -> list[ProblemType]:
    """Return every problem that an endpoint may answer with."""
    kinds = ProblemType
    writes = endpoint.method != "GET"
    holds_secret = "'format': 'password'" in str(endpoint.request.model_json_schema())
    possible = {
        kinds.INVALID_REQUEST: True,
        kinds.NOT_AUTHENTICATED: True,
        kinds.NOT_ALLOWED: endpoint.scope is not Scope.ANYONE,
        kinds.NOT_FOUND: True,
        kinds.IDEMPOTENCY_CONFLICT: endpoint.keyed in {Keyed.HEADER, Keyed.BODY},
        kinds.CONFLICT: writes,
        kinds.REFUSED_BY_RULE: writes,
        kinds.CHANGED_MEANWHILE: endpoint.match,
        kinds.PRECONDITION_REQUIRED: endpoint.match,
        kinds.TOO_LARGE: writes,
        kinds.WRONG_MEDIA_TYPE: writes,
        kinds.TOO_MANY_REQUESTS: holds_secret,
        kinds.UNAVAILABLE: True,
        kinds.INTERNAL: True,
    }
    return [kind for kind, may_be in possible.items() if may_be]


def problems_of(endpoint: _AnyEndpoint) -> _Json:
    """Return the problems of an endpoint by status; two types may share one."""
    answers: _Json = {}
    for type_ in problem_types(endpoint):
        status = PROBLEM_STATUS[type_]
        said = answers.setdefault(str(status), {"description": "", "content": _PROBLEM_CONTENT})
        line = f"`/problems/{type_.value}`: {TITLES[type_]}"
        said["description"] = "; ".join(filter(None, (said["description"], line)))
        if type_ in _HEADER_OF_PROBLEM:
            said["headers"] = _HEADER_OF_PROBLEM[type_]
    return answers


_PROBLEM_CONTENT = {CONTENT_TYPE: {"schema": {"$ref": _SCHEMAS + "Problem"}}}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
_HEADER_OF_PROBLEM: Mapping[ProblemType, _Json] = {
    ProblemType.NOT_AUTHENTICATED: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    ProblemType.TOO_MANY_REQUESTS: _RETRY_AFTER,
}


def _header(name: str, pattern: str, description: str, example: str) -> _Json:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
        "example": example,
    }


def _without_null(field: _Json) -> _Json:
    """Return the schema of a query's value: there it is left out, and never null."""
    choices = [choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"]
    if len(choices) != 1:
        return field
    only: _Json = choices[0]
    return only


def _schemas() -> tuple[_Json, _Names]:
    modes: list[tuple[type[Message], JsonSchemaMode]] = [(Problem, "serialization")]
    for endpoint in ENDPOINTS:
        modes.append((endpoint.request, "validation"))
        modes.append((endpoint.answer, "serialization"))
    modes = list(dict.fromkeys(modes))
    names, found = models_json_schema(modes, ref_template=_SCHEMAS + "{model}")
    schemas: _Json = found["$defs"]
    named = {
        (model, mode): reference["$ref"].removeprefix(_SCHEMAS)
        for (model, mode), reference in names.items()
        if issubclass(model, Message)
    }
    return schemas, named
