"""Asks the API what its own description allows and forbids, and looks at every answer.

`python -m bench.fuzz_api --examples 100` serves a small library and lets schemathesis make calls
from `/openapi.json`: as every role, and as nobody. An answer of status 500, or of a status, a
content type or a shape that the description does not promise, is a failure.
"""

import json
import logging
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import requests
import schemathesis
import structlog
import typer
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from bench.small_library import SmallLibrary
from catalogue_api.domain.roles import Role

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    missing_required_header,
    unsupported_method,
]
PLACES = {
    "kiosk": "hall",
    "machine": "portal",
    "staff": "librarian",
    "patron": "2",
    "title": "2",
    "hold": "1",
    "loan": "1",
    "barcode": "39416000000001",
    "site": "CENTRALE",
    "room": "1",
    "computer": "2",
    "slot": "2",
    "slot_block": "1",
    "walk_in": "1",
    "event": "2",
    "event_session": "2",
    "registration": "4",
    "scheme": "1",
}
"""What is there in the small library: half of the calls are about it."""
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@dataclass(slots=True)
class Explored:
    """How many calls were answered with which status, and what was wrong."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many calls were made."""
        return self.statuses.total()


def explore(library: SmallLibrary, examples: int, number: int) -> Explored:
    """Call every operation as everybody: `examples` times who may ask, less often the others."""
    explorer = _Explorer(library, number)
    schema = schemathesis.openapi.from_url(f"{library.address}/openapi.json")
    with explorer.session:
        for operation in schema.get_all_operations():
            described: Any = operation.ok()  # type: ignore[union-attr]
            allowed = [Role(role) for role in described.definition.raw["x-roles"]]
            others = [role for role in (*Role, None) if role not in allowed]
            for mode in GenerationMode:
                explorer.ask(described, mode, allowed, examples)
                explorer.ask(described, mode, others, max(examples // 10, 1))
    return explorer.found


class _Explorer:
    """Makes calls of one description, and keeps what came of them."""

    def __init__(self, library: SmallLibrary, number: int) -> None:
        self.session = requests.Session()
        self.found = Explored()
        self._library = library
        self._number = number

    def ask(
        self,
        operation: Any,  # noqa: ANN401 - schemathesis gives its operations no public type
        mode: GenerationMode,
        roles: Sequence[Role | None],
        times: int,
    ) -> None:
        """Make calls of an operation, each as every one of some roles."""
        tokens = self._library.tokens()
        names = re.findall(r"{(\w+)}", operation.path)
        known = mode is GenerationMode.POSITIVE and set(names) <= set(PLACES)
        places = {name: PLACES[name] for name in names} if known else None

        @seed(self._number)
        @settings(
            max_examples=times,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode, path_parameters=places))
        def one(case: Case[Any]) -> None:
            for role in roles:
                self._ask_once(case, tokens[role] if role else "")

        try:
            one()
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever went wrong
            if mode is GenerationMode.NEGATIVE and isinstance(error, Unsatisfiable):
                return  # what takes nothing cannot be asked wrongly
            self.found.failures.append(f"{operation.label} ({mode.value}): {error}")

    def _ask_once(self, case: Case[Any], token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = case.call(base_url=self._library.address, session=self.session, headers=headers)
        self.found.statuses[response.status_code] += 1
        case.validate_response(response, checks=CHECKS, headers=headers)


@app.command(epilog="Example: .venv/bin/python -m bench.fuzz_api --examples 100 --json")
def fuzz_api(
    examples: Annotated[int, typer.Option(min=1, help="Calls of each operation.")] = 50,
    number: Annotated[int, typer.Option("--seed", help="Where chance begins.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Let schemathesis ask the API whatever its description allows and forbids."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with tempfile.TemporaryDirectory() as folder:
        library = SmallLibrary(Path(folder))
        with library.served():
            found = explore(library, examples, number)
    if as_json:
        typer.echo(json.dumps({"cases": found.cases, "statuses": found.statuses,
                               "failures": found.failures}))  # fmt: skip
    else:
        typer.echo(f"{found.cases} calls: {dict(sorted(found.statuses.items()))}")
        for failure in found.failures:
            typer.echo(failure)
    sys.exit(1 if found.failures else 0)


if __name__ == "__main__":
    app()
