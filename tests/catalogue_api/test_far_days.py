"""Days that stand for « never » have no day after them: none gets in by which a page would fail."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, get_args

import pytest
from desk_world import Visitor, hire
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from catalogue_api.contract.all import ENDPOINTS
from catalogue_api.domain.roles import Role
from catalogue_api.importing.csv_values import day, moment, optional_day
from catalogue_api.importing.records import Unreadable

FAR = {
    date: ("0001-01-01", "9999-12-31"),
    datetime: ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
}
BOUNDED_LATER = {"CalendarAsked"}
"""What refuses them where it is answered."""


def within(annotation: Any) -> Iterator[Any]:
    yield annotation
    for one in get_args(annotation):
        yield from within(one)


def fields_of(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        yield f"{model.__name__}.{name}", field
        for one in within(field.annotation):
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield from fields_of(one)


REQUESTED = {
    (name, kind): field
    for endpoint in ENDPOINTS
    if endpoint.request.__name__ not in BOUNDED_LATER
    for name, field in fields_of(endpoint.request)
    for kind in FAR
    if kind in within(field.annotation)
}


@pytest.mark.parametrize(("name", "kind"), sorted(REQUESTED, key=str))
def test_no_request_brings_a_day_that_cannot_be_reckoned_with(name, kind) -> None:
    field = REQUESTED[name, kind]
    taken = TypeAdapter(Annotated[field.annotation, None, *field.metadata])
    for far in FAR[kind]:
        with pytest.raises(ValidationError):
            taken.validate_python(far)


def test_never_is_the_last_day_of_an_import() -> None:
    for never in ("9999-12-31", "31/12/9999", "2200-01-01"):
        assert optional_day({"expires_on": never}, "expires_on") == date(2199, 12, 31)
    for read in (day, lambda values, name: moment(values, name, UTC)):
        with pytest.raises(Unreadable):
            read({"on": "0001-01-01"}, "on")
    with pytest.raises(Unreadable):
        moment({"at": "9999-12-31T23:59-14:00"}, "at", UTC)


async def test_forms_ask_again_where_never_was_typed(world, client) -> None:
    hire(world, role=Role.MANAGER)
    desk = Visitor(client)
    await desk.sign_in()
    never = {"first_on": "9999-12-31", "last_on": "9999-12-31", "until_on": "9999-12-31"}
    closures, reader = "/desk/settings/closures/new", "/desk/readers/1"
    assert (await desk.send(await desk.open(closures), closures, **never)).status == 422
    page = await desk.open(reader)
    blocked = await desk.send(page, reader, act="block", kind="suspension", **never)
    assert blocked.status == 422
    assert (await desk.open(reader)).status == 200


async def test_numbers_that_are_none_are_no_failure_of_ours(world, client) -> None:
    hire(world, role=Role.MANAGER)
    desk = Visitor(client)
    await desk.sign_in()
    rules = await desk.open("/desk/computers/rules")
    assert (await desk.send(rules, grid="²")).status == 422
    holidays = await desk.open("/desk/settings/holidays")
    fields = holidays.form("/desk/settings/holidays").fields
    odd = await desk.post("/desk/settings/holidays", fields | {"first.²": "x", "first.0": "x"})
    assert odd.status == 422
    assert (await desk.open("/desk/agenda/vouchers?cursor='")).status == 404
