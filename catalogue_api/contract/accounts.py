"""Accounts of staff: who may sign in, and as what."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, Nothing, PageSize, Scope
from catalogue_api.domain.roles import Role

AccountName = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s/:][^\x00-\x1f\x7f/:]*$")
]
"""What somebody signs in with: printable, without `/` and `:`."""

NewPassword = Annotated[
    str, Field(min_length=12, max_length=128, repr=False, json_schema_extra={"format": "password"})
]

PASSWORD_GIVEN = "password_given"  # noqa: S105
"""The reason of `not-allowed` where somebody has not yet chosen a password of their own."""

StaffRole = Literal[Role.LIBRARIAN, Role.MANAGER, Role.TECHNICIAN, Role.ADMINISTRATOR]
SiteCode = Annotated[str, Field(max_length=32)]


class NewStaff(Message):
    """A member of staff; `site` is where they usually work, empty for nowhere in particular."""

    name: AccountName
    password: NewPassword
    role: StaffRole
    site: SiteCode = ""


class StaffAccount(Message):
    """An account; one that is disabled signs nobody in, and what it did stays written down.

    `password_given`: whoever has it still has the password that somebody else made for them.
    """

    name: str
    role: Role
    site: str
    created_at: AwareDatetime
    disabled_at: AwareDatetime | None = None
    version: int
    password_given: bool = False


class FindStaff(Message):
    """A page of accounts by name."""

    cursor: Cursor
    limit: PageSize


class StaffPage(Message):
    """Accounts by name; `next` is empty on the last page."""

    staff: tuple[StaffAccount, ...]
    next: str


class StaffChange(Message):
    """What an account is to be from now on; a dry run tells whom it signs out."""

    role: StaffRole
    site: SiteCode = ""
    disabled: bool = False
    dry_run: bool = False


class StaffChanged(StaffAccount):
    """An account after a change; `sessions_ended` browsers were signed out by it."""

    sessions_ended: int = 0


class PasswordGiven(Message):
    """A password that somebody else set: it signs the account out everywhere.

    It opens nothing but a password of one's own, which is chosen first.
    """

    password: NewPassword


class PasswordChange(Message):
    """One's own password, and the one to have from now on."""

    password: str = Field(
        min_length=1, max_length=128, repr=False, json_schema_extra={"format": "password"}
    )
    new_password: NewPassword


ADD_STAFF = Endpoint(
    "POST",
    "/v1/staff",
    NewStaff,
    StaffAccount,
    Scope.ACCOUNTS,
    "Add a member of staff",
    example=NewStaff.model_validate(
        {
            "name": "camille",
            "password": "correct horse battery",
            "role": "librarian",
            "site": "CENTRALE",
        }
    ),
)
LIST_STAFF = Endpoint(
    "GET", "/v1/staff", FindStaff, StaffPage, Scope.ACCOUNTS, "List the accounts of staff"
)
SEE_STAFF = Endpoint(
    "GET", "/v1/staff/{staff}", Nothing, StaffAccount, Scope.ACCOUNTS, "See a staff account"
)
CHANGE_STAFF = Endpoint(
    "PUT",
    "/v1/staff/{staff}",
    StaffChange,
    StaffChanged,
    Scope.ACCOUNTS,
    "Change a staff account, disable it or enable it",
    match=True,
    example=StaffChange(role=Role.MANAGER, site="CENTRALE"),
)
SET_STAFF_PASSWORD = Endpoint(
    "PUT",
    "/v1/staff/{staff}/password",
    PasswordGiven,
    StaffAccount,
    Scope.ACCOUNTS,
    "Give a member of staff a new password",
    example=PasswordGiven.model_validate({"password": "correct horse battery"}),
)
CHANGE_PASSWORD = Endpoint(
    "PUT",
    "/v1/password",
    PasswordChange,
    Nothing,
    Scope.STAFF,
    "Change one’s own password",
    example=PasswordChange.model_validate(
        {"password": "correct horse battery", "new_password": "staple battery horse"}
    ),
)

ENDPOINTS = (
    ADD_STAFF,
    LIST_STAFF,
    SEE_STAFF,
    CHANGE_STAFF,
    SET_STAFF_PASSWORD,
    CHANGE_PASSWORD,
)
