"""A change is shown in words before it is made: sent once to look, and once more to do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from catalogue_api.domain.roles import Scope, may
from catalogue_api.web.desk.page import librarian_of, rendered
from catalogue_api.web.pages.forms import BUTTON, Draft, Form, Unfit

HERE = "settings"
"""The name of the line in the navigation."""


def wants_to_save(form: Form) -> bool:
    """Tell whether somebody has seen what a change does, and wants it done.

    Every other button but `edit` looks first.
    """
    return form.text(BUTTON) == "save"


def goes_back(form: Form) -> bool:
    """Tell whether somebody has seen what a change does, and wants to correct it."""
    return form.text(BUTTON) == "edit"


def as_typed(form: Form) -> Draft:
    """Return the fields as they were sent."""
    return form.kept(Unfit({}))


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change does: `changes` are what is new, `effects` what follows for readers.

    `back`: where somebody goes who gives it up. `risky`: it takes something away.
    """

    title: str
    changes: Sequence[str]
    effects: Sequence[str]
    back: str
    risky: bool = False


def shown_first(request: web.Request, form: Form, preview: Preview) -> web.Response:
    """Show what a change does, with the same form to be sent once more."""
    return rendered(
        "settings/preview.html", request, here=HERE, preview=preview, draft=as_typed(form)
    )


def status_of(draft: Draft) -> HTTPStatus:
    """Return the status of a page with a form: whether something speaks against it."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK


def renamed(unfit: Unfit, places: Mapping[str, tuple[str, str]]) -> Unfit:
    """Say in a page's own words, beside its own field, what a body of the contract does not take.

    `places`: for a field of the body the field of the form, and the key of the text.
    """
    errors: dict[str, tuple[str, ...]] = {}
    for name, said in unfit.errors.items():
        place, key = places.get(name, (name, ""))
        errors[place] = (key,) if key else said
    return Unfit(errors)


def may_change(request: web.Request, scope: Scope) -> bool:
    """Tell whether whoever is signed in may change what a page shows."""
    return may(librarian_of(request).role, scope)
