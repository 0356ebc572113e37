"""The description of the API as a page to read, at /docs/: made on the server, from OpenAPI."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from itertools import groupby
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from catalogue_api.contract.endpoint import ProblemType
from catalogue_api.web import problems
from catalogue_api.web.desk.page import DESK
from catalogue_api.web.openapi import describe
from catalogue_api.web.pages.guard import Guard
from catalogue_api.web.pages.rendering import WORDS
from catalogue_api.web.parts import Parts
from catalogue_api.web.templating import use_templates
from catalogue_api.web.texts import LANGUAGES, read_words

_NAMES = {"fr": "Français", "en": "English"}
_Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body: `form` is its type and its limits, for people."""

    name: str
    where: str
    form: str
    required: bool
    says: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what it means."""

    status: str
    says: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One call, as the page shows it."""

    anchor: str
    method: str
    path: str
    summary: str
    says: str
    roles: tuple[str, ...]
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    body_example: str
    answer: tuple[Field, ...]
    answer_example: str
    problems: tuple[Answer, ...]


def build_described(parts: Parts) -> web.Application:
    """Return the application of the page, in each language."""
    words = read_words(parts.zone)
    app = web.Application(middlewares=[Guard(DESK, parts, words, _problem).around_all])
    use_templates(app)

    async def show(request: web.Request) -> web.Response:
        chosen = words.get(request.query.get("language", ""), request[WORDS])
        context = {
            "words": chosen,
            "t": chosen.text,
            "others": [(code, _NAMES[code]) for code in LANGUAGES if code != chosen.language],
            "version": describe()["info"]["version"],
            "areas": areas(),
        }
        return aiohttp_jinja2.render_template("described.html", request, context)

    app.router.add_get("/", show)
    return app


def _problem(_request: web.Request, status: int, _kind: str) -> web.Response:
    unknown = status == HTTPStatus.NOT_FOUND
    return problems.response(ProblemType.NOT_FOUND if unknown else ProblemType.INTERNAL)


@cache
def areas() -> list[tuple[str, list[Operation]]]:
    """Return the operations by area, in the order of their names."""
    description = describe()
    schemas = description["components"]["schemas"]
    found = [
        (said["tags"][0], _operation(method, path, said, schemas))
        for path, methods in description["paths"].items()
        for method, said in methods.items()
    ]
    ordered = sorted(found, key=lambda pair: (pair[0], pair[1].path, pair[1].method))
    return [
        (area, [operation for _, operation in group])
        for area, group in groupby(ordered, key=lambda pair: pair[0])
    ]


def _operation(method: str, path: str, said: _Json, schemas: _Json) -> Operation:
    body = said.get("requestBody", {}).get("content", {}).get("application/json", {})
    answer = said["responses"]["200"]["content"]["application/json"]
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        says=said.get("description", ""),
        roles=tuple(said["x-roles"]),
        parameters=tuple(
            Field(
                one["name"],
                one["in"],
                _form(one["schema"]),
                one["required"],
                one.get("description", ""),
            )
            for one in said["parameters"]
        ),
        body=tuple(_fields(body["schema"], schemas)) if body else (),
        body_example=_shown(body["example"]) if body else "",
        answer=tuple(_fields(answer["schema"], schemas)),
        answer_example=_shown(answer["example"]),
        problems=tuple(
            Answer(status, one["description"])
            for status, one in sorted(said["responses"].items())
            if status != "200"
        ),
    )


def _fields(schema: _Json, schemas: _Json) -> Iterator[Field]:
    named = schemas[schema["$ref"].rsplit("/", 1)[-1]]
    required = named.get("required", ())
    for name, field in named.get("properties", {}).items():
        yield Field(name, "body", _form(field), name in required, field.get("description", ""))


def _form(schema: _Json) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " | ".join(_form(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_form(schema.get('items', {}))}]"
    limits = [
        f"{key} {schema[key]}"
        for key in ("format", "pattern", "minLength", "maxLength", "minimum", "maximum")
        if key in schema
    ]
    return ", ".join([str(schema.get("type", "any")), *limits])


def _shown(example: object) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)
