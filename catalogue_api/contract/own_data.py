"""A reader's own data: seen, handed out, put right, forgotten; and the wish to be deleted."""

from datetime import date

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.contract.lines import Line
from catalogue_api.contract.own_account import OwnAccount
from catalogue_api.contract.patrons import PatronRefusal
from catalogue_api.contract.personal_data import Forgotten, PersonalData
from catalogue_api.domain.patrons import HistoryKept

__all__ = [
    "ASK_DELETION",
    "EDIT_OWN_ACCOUNT",
    "ENDPOINTS",
    "EXPORT_OWN_DATA",
    "FORGET_OWN_HISTORY",
    "SEE_OWN_DATA",
    "SHOW_DELETION",
    "TAKE_DELETION_BACK",
    "Deletion",
    "HistoryKept",
    "OwnData",
]


class OwnData(Message):
    """What readers may put right themselves; their name is changed at the desk.

    To change the e-mail the PIN is needed again: codes for a new PIN are sent there.
    """

    email: Line = ""
    phone: Line = ""
    language: str = Field(default="fr", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    home_site: str | None = Field(default=None, max_length=32)
    history: HistoryKept = HistoryKept.MONTHS
    pin: str = Field(
        default="", max_length=128, repr=False, json_schema_extra={"format": "password"}
    )


class Deletion(Message):
    """Whether one has asked to be deleted, and what stands against it.

    `asked_on`: the day of the question. `not_before`: the first day on which it is done, in the
    night, if nothing stands `against` it then. Until then it can be taken back.
    """

    asked_on: date | None = None
    not_before: date | None = None
    against: tuple[PatronRefusal, ...] = ()


EDIT_OWN_ACCOUNT = Endpoint(
    "PUT",
    "/v1/me",
    OwnData,
    OwnAccount,
    Scope.OWN,
    "Put one’s own data right",
    match=True,
    example=OwnData(email="camille@example.org", phone="06 12 34 56 78", home_site="CENTRALE"),
)
SEE_OWN_DATA = Endpoint(
    "GET", "/v1/me/data", Nothing, PersonalData, Scope.OWN, "See all that is held of oneself"
)
EXPORT_OWN_DATA = Endpoint(
    "POST",
    "/v1/me/data-exports",
    Nothing,
    PersonalData,
    Scope.OWN,
    "Take away all that is held of oneself (a POST: it is written into the audit log)",
)
FORGET_OWN_HISTORY = Endpoint(
    "DELETE",
    "/v1/me/history",
    Nothing,
    Forgotten,
    Scope.OWN,
    "Forget at once what one had on loan and reserved, up to yesterday",
)
SHOW_DELETION = Endpoint(
    "GET",
    "/v1/me/deletion",
    Nothing,
    Deletion,
    Scope.OWN,
    "See what stands against being deleted",
)
ASK_DELETION = Endpoint("PUT", "/v1/me/deletion", Nothing, Deletion, Scope.OWN, "Ask to be deleted")
TAKE_DELETION_BACK = Endpoint(
    "DELETE", "/v1/me/deletion", Nothing, Deletion, Scope.OWN, "Stay after all"
)

ENDPOINTS = (
    EDIT_OWN_ACCOUNT,
    SEE_OWN_DATA,
    EXPORT_OWN_DATA,
    FORGET_OWN_HISTORY,
    SHOW_DELETION,
    ASK_DELETION,
    TAKE_DELETION_BACK,
)
