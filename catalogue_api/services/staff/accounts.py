"""Accounts of staff: added, changed, disabled; there is always an administrator."""

from datetime import datetime

from sqlmodel import Session, col, select

from catalogue_api.contract.accounts import (
    FindStaff,
    NewStaff,
    PasswordChange,
    PasswordGiven,
    StaffAccount,
    StaffChange,
    StaffChanged,
    StaffPage,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.domain.throttling import FREE_TRIES
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.secrets import throttle
from catalogue_api.services.secrets.passwords import Question
from catalogue_api.services.staff import sessions
from catalogue_api.services.staff.staff import add_staff
from catalogue_api.storage.tables import Site, Staff


def before_adding(session: Session, _call: Call, body: NewStaff) -> Question:
    """Refuse a name that is taken before its password is hashed."""
    _require_free(session, body.name)
    return Question(new=body.password)


def add(session: Session, call: Call, body: NewStaff) -> StaffAccount:
    """Add a member of staff."""
    _require_free(session, body.name)
    add_staff(session, body.name, call.proof.hashed, body.site or None, call.now, body.role)
    session.get_one(Staff, body.name).password_given = True
    session.flush()
    audit.record(session, call, "staff_added", f"staff:{body.name}", {"role": body.role.value})
    return _account(session.get_one(Staff, body.name))


def find(session: Session, _call: Call, body: FindStaff) -> StaffPage:
    """List accounts by name."""
    query = select(Staff).order_by(col(Staff.name)).limit(body.limit + 1)
    key = key_of(body.cursor, ("",))
    if key is not None:
        query = query.where(col(Staff.name) > key[0])
    rows, following = page(session.exec(query).all(), body.limit, lambda row: (row.name,))
    return StaffPage(staff=tuple(_account(row) for row in rows), next=following)


def see(session: Session, call: Call, _body: Nothing) -> StaffAccount:
    """Show one account."""
    return _account(_found(session, call.path["staff"], lock=False))


def change(session: Session, call: Call, body: StaffChange) -> StaffChanged:
    """Give an account another role or site, disable it or enable it."""
    staff = _named(session, call)
    call.require_version(staff.version)
    ended = change_account(session, staff, body, call.now)
    said = {"role": staff.role, "site": staff.site or "", "disabled": body.disabled}
    audit.record(session, call, "staff_changed", f"staff:{staff.name}", said)
    return StaffChanged(**_account(staff).model_dump(), sessions_ended=ended)


def change_account(session: Session, staff: Staff, body: StaffChange, now: datetime) -> int:
    """Do what `change` does, for the command line too; the last administrator stays one.

    Return how many browsers were signed out.
    """
    # All administrators are locked, in one order: two who disable each other wait in line.
    administrators = session.exec(
        select(Staff)
        .where(Staff.role == Role.ADMINISTRATOR.value, col(Staff.disabled_at).is_(None))
        .order_by(col(Staff.name))
        .with_for_update()
    ).all()
    if body.site and session.get(Site, body.site) is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no site {body.site!r}")
    stays = body.role is Role.ADMINISTRATOR and not body.disabled
    if not stays and [one.name for one in administrators] == [staff.name]:
        raise Refused(
            ProblemType.REFUSED_BY_RULE,
            "this is the last administrator: make another one first",
            ("last_administrator",),
        )
    staff.role, staff.site = body.role.value, body.site or None
    staff.disabled_at = (staff.disabled_at or now) if body.disabled else None
    staff.version += 1
    if not body.disabled:
        return 0
    return sessions.end_all_of_staff(session, staff.name).ended


def disable(session: Session, name: str, now: datetime) -> None:
    """Disable an account from the command line."""
    staff = _found(session, name)
    role = StaffChange.model_validate({"role": staff.role}).role
    change_account(
        session, staff, StaffChange(role=role, site=staff.site or "", disabled=True), now
    )


def before_setting(session: Session, call: Call, body: PasswordGiven) -> Question:
    """Refuse an account that is not there before the password is hashed."""
    _named(session, call)
    return Question(new=body.password)


def set_password(session: Session, call: Call, _body: PasswordGiven) -> StaffAccount:
    """Give somebody a new password; that signs them out everywhere."""
    staff = _named(session, call)
    staff.password_hash = call.proof.hashed
    staff.password_given = staff.name != call.the_caller().name
    sessions.end_all_of_staff(session, staff.name)
    audit.record(session, call, "staff_password_set", f"staff:{staff.name}")
    return _account(staff)


def before_own(session: Session, call: Call, body: PasswordChange) -> Question:
    """Count the try, as signing in does: whoever found an open browser must not guess here."""
    name = call.the_caller().name
    throttle.count_try(session, {f"account:{name}": FREE_TRIES}, call.now)
    return Question(session.get_one(Staff, name).password_hash, body.password, body.new_password)


def change_own(session: Session, call: Call, body: PasswordChange) -> Nothing:
    """Change the caller's password; every other session of theirs ends."""
    caller = call.the_caller()
    if body.new_password == body.password:
        raise Refused(ProblemType.REFUSED_BY_RULE, "this is the same password", ("not_new",))
    staff = session.get_one(Staff, caller.name)
    if not call.proof.fits or staff.password_hash != call.proof.stored:
        raise Refused(ProblemType.REFUSED_BY_RULE, "this is not your password", ("wrong_password",))
    throttle.forget(session, f"account:{caller.name}", "")
    staff.password_hash, staff.password_given = call.proof.hashed, False
    sessions.end_others(session, caller)
    audit.record(session, call, "own_password_changed", f"staff:{caller.name}")
    return Nothing()


def stored_password(session: Session, name: str) -> str | None:
    """Return what is stored of somebody's password; None for a name that nobody has."""
    staff = session.get(Staff, name)
    return staff.password_hash if staff else None


def _named(session: Session, call: Call) -> Staff:
    return _found(session, call.path["staff"])


def _found(session: Session, name: str, *, lock: bool = True) -> Staff:
    staff = session.get(Staff, name, with_for_update=lock or None)
    if staff is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no account {name!r}")
    return staff


def _require_free(session: Session, name: str) -> None:
    if session.get(Staff, name) is not None:
        raise Refused(ProblemType.CONFLICT, f"there is an account {name!r} already")


def _account(staff: Staff) -> StaffAccount:
    return StaffAccount(
        name=staff.name,
        role=Role(staff.role),
        site=staff.site or "",
        created_at=staff.created_at,
        disabled_at=staff.disabled_at,
        version=staff.version,
        password_given=staff.password_given,
    )
