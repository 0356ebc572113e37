"""What a form said, and what it shows again when it could not be taken. Pure.

Every form of the desk carries `csrf`, `key` (used once: it becomes the `Idempotency-Key`) and
`site`; one that edits something carries its `version` too, and beside each field `NAME` what stood
there when the page was made, as `was.NAME`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import ValidationError

from catalogue_api.contract.endpoint import Message, ProblemType, Refused

Body = TypeVar("Body", bound=Message)
Errors = Mapping[str, tuple[str, ...]]
"""Keys of texts by field; those under "" are about the whole form."""

WHOLE = ""
BUTTON = "do"
"""The field that says which button of a form was pressed: nobody typed it."""

_WAS = "was."
_SECRET = re.compile(r"(?:.*_)?(?:password|pin)")
_OURS = {"csrf", "again_name", "again_csrf"}
_KINDS = {
    "missing": "field.required",
    "string_too_short": "field.required",
    "too_short": "field.required",
    "string_too_long": "field.too_long",
    "too_long": "field.too_long",
}


class Unfit(Exception):
    """What was typed makes no body of the contract; `errors` says where and why."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Change:
    """A field that somebody else changed: what stood there when the page was made, and now."""

    field: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form shows: what is typed, what speaks against it, what changed meanwhile."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None
    was: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    changes: tuple[Change, ...] = ()

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    def against(self, name: str) -> tuple[str, ...]:
        """Return the keys of the texts that speak against a field."""
        return self.errors.get(name, ())


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form that was sent."""

    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """Return a field without the blanks around it, "" if the form has none."""
        return self.fields.get(name, "").strip()

    def chosen(self, prefix: str) -> list[str]:
        """Return what follows the prefix in the names of the boxes that were ticked."""
        return [name.removeprefix(prefix) for name in self.fields if name.startswith(prefix)]

    @property
    def key(self) -> str:
        """What this form, and no other, carries: sent twice it is one form."""
        return self.text("key")

    @property
    def identifier(self) -> UUID:
        """The key where the contract wants a UUID."""
        return uuid5(NAMESPACE_URL, f"ritournelle:form:{self.key}")

    @property
    def version(self) -> int | None:
        """The version of what the form edits, as it was when the page was made."""
        said = self.text("version")
        return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else None

    @property
    def typed(self) -> dict[str, str]:
        """What a person typed or chose."""
        own = {"key", "version", "site", BUTTON}
        return {
            name: value
            for name, value in carried(self.fields).items()
            if name not in own and not name.startswith(_WAS)
        }

    @property
    def was(self) -> dict[str, str]:
        """What stood there when the page was made."""
        return {
            name.removeprefix(_WAS): value
            for name, value in self.fields.items()
            if name.startswith(_WAS)
        }

    def kept(
        self, refusal: Refused | Unfit, reasons: str = "", at: Mapping[str, str] | None = None
    ) -> Draft:
        """Return the form as it was typed, with what speaks against it.

        `reasons` is the name before the dot in the texts of the refusal's reasons; `at` says beside
        which field a reason stands.
        """
        draft = Draft(self.key, self.typed, self.version, self.was)
        if isinstance(refusal, Unfit):
            return replace(draft, errors=refusal.errors)
        errors: dict[str, tuple[str, ...]] = {}
        for reason in refusal.reasons:
            place = (at or {}).get(reason, WHOLE)
            errors[place] = (*errors.get(place, ()), f"{reasons}.{reason}" if reasons else reason)
        if not errors:
            errors[WHOLE] = (f"problem.{refusal.type.value}",)
        return replace(draft, errors=errors)

    def upon(self, now: Mapping[str, str], version: int, said: Mapping[str, str]) -> Draft | None:
        """Return the form upon what was stored meanwhile; None where that is what the form says.

        Then it came twice, or a colleague was of the same mind: it is as good as done. `said` is
        the form as it would read once it is stored, in the words of `now`.
        """
        return None if said == now else self.overtaken(now, version)

    def overtaken(self, now: Mapping[str, str], version: int) -> Draft:
        """Return the form as it was typed, upon what somebody else stored meanwhile.

        Sent again it replaces that, knowingly; where nothing was typed, what is stored stays.
        """
        was = self.was
        typed = self.typed
        kept = {name: now[name] for name in was if name in now and typed.get(name) == was[name]}
        changes = tuple(
            Change(name, was.get(name, ""), now.get(name, ""))
            for name in dict.fromkeys((*now, *was))
            if was and was.get(name) != now.get(name)
        )
        errors = {WHOLE: (f"problem.{ProblemType.CHANGED_MEANWHILE.value}",)}
        return Draft(self.key, typed | kept, version, dict(now), errors, changes)


def editing(key: str, values: Mapping[str, str], version: int) -> Draft:
    """Return a form that edits what is stored."""
    return Draft(key, values, version, dict(values))


def carried(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what may be kept of a form while somebody signs in again: no secret, no token."""
    return {
        name: value
        for name, value in fields.items()
        if name not in _OURS and not _SECRET.fullmatch(name)
    }


def body_of(model: type[Body], values: Mapping[str, object]) -> Body:
    """Return a body of the contract; raise `Unfit` for what it does not take."""
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        found: dict[str, tuple[str, ...]] = {}
        for one in error.errors(include_input=False, include_url=False, include_context=False):
            place = str(one["loc"][0]) if one["loc"] else WHOLE
            found[place] = (_KINDS.get(one["type"], "field.malformed"),)
        raise Unfit(found) from error
