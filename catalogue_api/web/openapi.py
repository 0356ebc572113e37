"""The OpenAPI 3.1 description, made from the endpoints: it cannot say what they do not."""

import re
from importlib.metadata import version
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from catalogue_api.contract.all import ENDPOINTS
from catalogue_api.contract.endpoint import (
    PROBLEM_STATUS,
    Endpoint,
    Message,
    Nothing,
    Problem,
    ProblemType,
    Scope,
)
from catalogue_api.web.problems import CONTENT_TYPE, TITLES

_SCHEMAS = "#/components/schemas/"
_AnyEndpoint = Endpoint[Any, Any]


def describe() -> dict[str, Any]:
    """Return the whole description as JSON values."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ritournelle", "version": version("ritournelle")},
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                Scope.KIOSK.value: {"type": "http", "scheme": "bearer"},
                Scope.STAFF.value: {"type": "http", "scheme": "bearer"},
            },
        },
    }


def _operation(endpoint: _AnyEndpoint) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", endpoint.path)
    words = re.findall(r"\w+", endpoint.summary.lower())
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": "_".join(words),
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ],
        "responses": {"200": _content("The answer", endpoint.answer)} | _problems(endpoint),
    }
    if endpoint.request is not Nothing:
        body = _content("The body", endpoint.request)
        operation["requestBody"] = body | {"required": True}
    if endpoint.scope is not Scope.ANYONE:
        operation["security"] = [{endpoint.scope.value: []}]
    return operation


def _content(description: str, model: type[Message]) -> dict[str, Any]:
    schema = {"$ref": _SCHEMAS + model.__name__}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _problems(endpoint: _AnyEndpoint) -> dict[str, Any]:
    """Return the problems of an endpoint by status; two types may share one."""
    answers: dict[str, Any] = {}
    for type_, status in PROBLEM_STATUS.items():
        if endpoint.scope is Scope.ANYONE and type_ is ProblemType.NOT_ALLOWED:
            continue
        said = answers.setdefault(str(status), {"description": "", "content": _PROBLEM_CONTENT})
        line = f"`/problems/{type_.value}`: {TITLES[type_]}"
        said["description"] = "; ".join(filter(None, (said["description"], line)))
    return answers


_PROBLEM_CONTENT = {CONTENT_TYPE: {"schema": {"$ref": _SCHEMAS + "Problem"}}}


def _schemas() -> dict[str, Any]:
    modes: list[tuple[type[Message], JsonSchemaMode]] = [(Problem, "serialization")]
    for endpoint in ENDPOINTS:
        if endpoint.request is not Nothing:
            modes.append((endpoint.request, "validation"))
        modes.append((endpoint.answer, "serialization"))
    _, found = models_json_schema(modes, ref_template=_SCHEMAS + "{model}")
    schemas: dict[str, Any] = found["$defs"]
    return schemas
