import json
import re

import pytest
import structlog

from bench.fuzz_api import explore
from bench.small_library import SmallLibrary
from catalogue_api.contract.all import ENDPOINTS
from catalogue_api.contract.endpoint import Keyed, Nothing, Scope
from catalogue_api.services.answers.handlers import HANDLERS
from catalogue_api.web.openapi import describe

DESCRIBED = describe()
OPERATIONS = [
    (endpoint, DESCRIBED["paths"][endpoint.path][endpoint.method.lower()]) for endpoint in ENDPOINTS
]


def test_every_endpoint_is_described_and_answered_and_nothing_else() -> None:
    described = {
        f"{method.upper()} {path}"
        for path, methods in DESCRIBED["paths"].items()
        for method in methods
    }
    assert described == {endpoint.name for endpoint in ENDPOINTS}
    assert {handler.endpoint.name for handler in HANDLERS} == described
    assert len(ENDPOINTS) == len(described)
    identifiers = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize(
    ("endpoint", "operation"), OPERATIONS, ids=lambda one: getattr(one, "name", "")
)
def test_an_operation_says_all_that_it_takes_and_gives(endpoint, operation) -> None:
    said = {(one["in"], one["name"]): one for one in operation["parameters"]}
    assert {name for place, name in said if place == "path"} == set(
        re.findall(r"{(\w+)}", endpoint.path)
    )
    for (place, name), parameter in said.items():
        if place == "path":
            assert re.fullmatch(parameter["schema"]["pattern"], parameter["example"]), name
    assert (("header", "Idempotency-Key") in said) is (endpoint.keyed is Keyed.HEADER)
    assert (("header", "If-Match") in said) is endpoint.match
    if endpoint.method == "GET":
        queried = {name for place, name in said if place == "query"}
        assert queried == set(endpoint.request.model_fields)
    elif endpoint.request is not Nothing:
        body = operation["requestBody"]["content"]["application/json"]
        endpoint.request.model_validate_json(json.dumps(body["example"]))
    answer = operation["responses"]["200"]
    shown = answer["content"]["application/json"]["example"]
    endpoint.answer.model_validate_json(json.dumps(shown))
    assert ("ETag" in answer.get("headers", ())) is ("version" in endpoint.answer.model_fields)
    assert ("403" in operation["responses"]) is (endpoint.scope is not Scope.ANYONE)
    assert ("412" in operation["responses"]) is ("428" in operation["responses"]) is endpoint.match
    assert len(endpoint.name) <= 64  # the audit keeps it


def test_every_reference_leads_somewhere() -> None:
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DESCRIBED)):
        target = DESCRIBED
        for part in reference.split("/"):
            target = target[part]
        assert target


@pytest.mark.server
def test_the_api_answers_as_it_is_described(tmp_path) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    library = SmallLibrary(tmp_path)
    try:
        with library.served():
            found = explore(library, examples=3, number=1)
    finally:
        structlog.reset_defaults()
    assert found.failures == []
    assert found.statuses[200] > len(ENDPOINTS)
    assert not any(status >= 500 for status in found.statuses)
