"""What can be done with a reservation: which endpoint does it, and what takes it back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from catalogue_api.contract import holds as contract
from catalogue_api.contract.endpoint import Endpoint, Message, Nothing
from catalogue_api.contract.hold_notices import NOTE_NOT_TOLD, NOTE_TOLD, ReaderTold
from catalogue_api.contract.hold_queue import GIVE_COPY, MOVE_HOLD, GiveCopy, MoveHold
from catalogue_api.contract.holds import HoldInfo, HoldStatus, MoveReason, PauseHold, Pickup
from catalogue_api.web.pages.forms import Form, Unfit, body_of

_OF_MOVE = {"priority": "place", "position": "place", "ahead_of": "place", "reason": "why"}
Body = TypeVar("Body", bound=Message)
Undo = tuple[str, dict[str, str]]
"""The deed that takes another back, and the fields of its form."""

_OPEN = {HoldStatus.WAITING, HoldStatus.CAPTURED, HoldStatus.READY}


@dataclass(frozen=True, slots=True)
class Deed:
    """A form of the page of a reservation.

    `is_so` tells whether what it asks for is so already. `undo` knows from the fields `had_…` of
    the form what there was before; a form without them, such as one that takes back, gives None.
    `at`: beside which field a reason of the rules stands.
    """

    name: str
    endpoint: Endpoint[Any, HoldInfo]
    body: Callable[[Form], Message]
    is_so: Callable[[HoldInfo, Form], bool]
    undo: Callable[[Form], Undo | None]
    at: Mapping[str, str] = field(default_factory=dict)


def _fit(model: type[Body], values: Mapping[str, object], fields: Mapping[str, str]) -> Body:
    """Return a body; what is unfit stands beside the field of the form that it came from."""
    try:
        return body_of(model, values)
    except Unfit as unfit:
        named = {fields.get(name, name): keys for name, keys in unfit.errors.items()}
        raise Unfit(named) from unfit


def _nothing(_form: Form) -> Nothing:
    return Nothing()


def _move(form: Form) -> MoveHold:
    priority, position, ahead_of = (*form.text("place").split("/", 2), "", "")[:3]
    values = {
        "priority": priority,
        "position": position or None,
        "ahead_of": ahead_of or None,
        "reason": form.text("why"),
        "note": form.text("note"),
    }
    return _fit(MoveHold, values, _OF_MOVE)


def _give(form: Form) -> GiveCopy:
    values = {
        "barcode": form.text("barcode"),
        "reason": form.text("given_why"),
        "note": form.text("given_note"),
    }
    return _fit(GiveCopy, values, {"reason": "given_why", "note": "given_note"})


def _pause(form: Form) -> PauseHold:
    return body_of(PauseHold, {"until": form.text("until") or None})


def _pickup(form: Form) -> Pickup:
    return _fit(Pickup, {"pickup_site": form.text("pickup")}, {"pickup_site": "pickup"})


def _told(form: Form) -> ReaderTold:
    return body_of(ReaderTold, {"how": form.text("how")})


def _back_in_place(form: Form) -> Undo | None:
    before = form.text("had_priority")
    why = MoveReason.OUR_MISTAKE.value
    return ("move", {"place": before, "why": why}) if before else None


def _as_it_rested(form: Form) -> Undo | None:
    rested = form.text("had_rest")
    if not rested:
        return None
    return ("pause", {"until": form.text("had_until")}) if rested == "yes" else ("resume", {})


def _fetched_where_it_was(form: Form) -> Undo | None:
    before = form.text("had_pickup")
    return ("pickup", {"pickup": before}) if before else None


def _moved_already(hold: HoldInfo, form: Form) -> bool:
    return str(hold.staff_priority) == form.text("place").partition("/")[0]


def _paused_already(hold: HoldInfo, form: Form) -> bool:
    until = hold.paused_until.isoformat() if hold.paused_until else ""
    return hold.paused and until == form.text("until")


DEEDS: Mapping[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed("move", MOVE_HOLD, _move, _moved_already, _back_in_place),
        Deed(
            "pause",
            contract.PAUSE_HOLD,
            _pause,
            _paused_already,
            _as_it_rested,
            {"pause_in_the_past": "until"},
        ),
        Deed(
            "resume",
            contract.RESUME_HOLD,
            _nothing,
            lambda hold, _form: not hold.paused,
            _as_it_rested,
        ),
        Deed(
            "pickup",
            contract.CHANGE_PICKUP,
            _pickup,
            lambda hold, form: hold.pickup_site == form.text("pickup"),
            _fetched_where_it_was,
            {"unknown_site": "pickup"},
        ),
        Deed(
            "cancel",
            contract.CANCEL_HOLD,
            _nothing,
            lambda hold, _form: hold.status is HoldStatus.CANCELLED,
            lambda _form: ("restore", {}),
        ),
        Deed(
            "restore",
            contract.RESTORE_HOLD,
            _nothing,
            lambda hold, _form: hold.status in _OPEN,
            lambda _form: None,
        ),
        Deed(
            "copy",
            GIVE_COPY,
            _give,
            lambda hold, form: hold.barcode == form.text("barcode"),
            lambda _form: None,
            {
                "another_title": "barcode",
                "another_copy_wanted": "barcode",
                "copy_not_free": "barcode",
            },
        ),
        Deed(
            "told",
            NOTE_TOLD,
            _told,
            lambda hold, form: hold.told_how == form.text("how"),
            lambda _form: ("untold", {}),
        ),
        Deed(
            "untold",
            NOTE_NOT_TOLD,
            _nothing,
            lambda hold, _form: hold.told_at is None,
            lambda _form: None,
        ),
    )
}
