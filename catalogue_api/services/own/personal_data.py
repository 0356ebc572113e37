"""What is kept of a reader: shown, handed out as one document, and forgotten on request."""

import json
from datetime import UTC, datetime, time

from sqlmodel import Session

from catalogue_api.contract.blocks import BlockInfo
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holds import HoldStatus, ToldHow
from catalogue_api.contract.personal_data import (
    Act,
    EndedLoan,
    EndedLoans,
    EndedLoansAsked,
    Forgotten,
    PastHold,
    PastRegistration,
    PersonalData,
    SeatKept,
    SessionTold,
)
from catalogue_api.contract.registrations import Attendance, RegistrationEnd, RegistrationStatus
from catalogue_api.domain.retention import RULES
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.loans import renewing
from catalogue_api.services.own import kept_elsewhere
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.portal import asking, purchase_suggestions
from catalogue_api.services.readers import blocks, patrons
from catalogue_api.storage import histories as sql
from catalogue_api.storage import loans
from catalogue_api.storage import patrons as readers
from catalogue_api.storage.notices import choices
from catalogue_api.storage.retention import remember_last_loan
from catalogue_api.storage.tables import AuditEntry, Event, Hold, Patron, Registration, Title


def list_ended(session: Session, call: Call, body: EndedLoansAsked) -> EndedLoans:
    """List ended loans as far back as everybody's are kept, whatever the reader keeps."""
    patron = patrons.found(session, call)
    since = RULES["loans"].period.kept_since(call.rules.day(call.now), call.rules.zone)
    return _ended(session, patron.id or 0, body, since)


def list_own_ended(session: Session, call: Call, body: EndedLoansAsked) -> EndedLoans:
    """List one's own ended loans, all that are still one's own."""
    return _ended(session, call.the_caller().patron_id, body, None)


def forget_history(session: Session, call: Call, _body: Nothing) -> Forgotten:
    """Take the reader from what ended before today: what ended today may still be taken back.

    When their last loan ended is noted, because it says for how long they are kept themselves.
    """
    done = forgotten_of(session, call, patrons.locked(session, call))
    audit.record(session, call, "history_forgotten", f"patron:{done.patron}", counts_of(done))
    return done


def forgotten_of(session: Session, call: Call, patron: Patron) -> Forgotten:
    """Forget what a locked reader had, up to yesterday."""
    number, connection = patron.id or 0, session.connection()
    today = call.rules.day(call.now)
    before = datetime.combine(today, time.min, call.rules.zone).astimezone(UTC)
    last = sql.last_end(connection, number, before)
    if last is not None:
        remember_last_loan(connection, number, call.rules.day(last))
    ended, holds, registered = sql.forget_ended(connection, number, before)
    return Forgotten(patron=number, loans=ended, holds=holds, registrations=registered)


def counts_of(forgotten: Forgotten) -> dict[str, object]:
    """Return what the audit says of what was forgotten."""
    return forgotten.model_dump(exclude={"patron"})


def export(session: Session, call: Call, _body: Nothing) -> PersonalData:
    """Hand out all that is held of a reader; that it was handed out is written down."""
    patron = patrons.locked(session, call)
    audit.record(session, call, "data_exported", f"patron:{patron.id}")
    session.flush()
    return held_of(session, call, patron)


def held_of(session: Session, call: Call, patron: Patron) -> PersonalData:
    """Return all that is held of a reader."""
    number, connection, today = patron.id or 0, session.connection(), call.rules.day(call.now)
    reader = patrons.told(session, call, patron)
    found = readers.blocks(session, number, None)
    return PersonalData(
        at=call.now,
        reader=reader.model_copy(update={"blocks": tuple(map(_nameless, reader.blocks))}),
        loans=tuple(renewing.told(call, one) for one in loans.open_loans_of(connection, number)),
        ended_loans=tuple(map(_ended_loan, sql.ended_loans(connection, number))),
        holds=tuple(_hold(hold, title) for hold, title in sql.holds(session, number)),
        registrations=_registrations(session, number),
        slots=kept_elsewhere.slots(session, number),
        slots_waited_for=kept_elsewhere.wishes(session, number),
        queue_numbers=kept_elsewhere.numbers(session, number),
        notices=kept_elsewhere.notices(session, number),
        notice_choices=choices(connection, number),
        questions=asking.of_patron(session, number),
        suggestions=purchase_suggestions.of_patron(session, number),
        calendar_since=kept_elsewhere.calendar_since(session, number),
        blocks=tuple(_nameless(blocks.told(row, today)) for row in found),
        sessions=tuple(
            SessionTold(signed_in_at=row.created_at, seen_at=row.last_seen_at)
            for row in sql.sessions(session, number)
        ),
        acts=tuple(map(_act, sql.acts(session, number))),
    )


def _ended(
    session: Session, patron: int, body: EndedLoansAsked, since: datetime | None
) -> EndedLoans:
    after = _behind(key_of(body.cursor, ("", 0)))
    rows = sql.ended_loans(session.connection(), patron, since, after, body.limit + 1)
    shown, following = page(rows, body.limit, lambda row: (row.ended_at.isoformat(), row.id))
    return EndedLoans(loans=tuple(map(_ended_loan, shown)), next=following)


def _behind(key: tuple[int | str, ...] | None) -> tuple[datetime, int] | None:
    if key is None:
        return None
    try:
        return datetime.fromisoformat(str(key[0])).astimezone(UTC), int(key[1])
    except (ValueError, OverflowError) as error:
        raise Refused(
            ProblemType.INVALID_REQUEST, "cursor: use the `next` of the page before"
        ) from error


def _ended_loan(row: sql.EndedRow) -> EndedLoan:
    return EndedLoan(
        loan=row.id,
        barcode=row.barcode,
        title=row.full_title,
        author=row.author,
        kind=row.kind,
        started_at=row.started_at,
        due_on=row.due_on,
        ended_at=row.ended_at,
    )


def _hold(hold: Hold, title: Title) -> PastHold:
    return PastHold(
        hold=hold.id or 0,
        title=f"{title.title}, {title.volume}" if title.volume else title.title,
        author=title.author,
        pickup_site=hold.pickup_site,
        placed_at=hold.placed_at,
        status=HoldStatus(hold.status),
        ended_at=hold.ended_at,
        told_at=hold.told_at,
        told_how=ToldHow(hold.told_how) if hold.told_how else None,
    )


def _registrations(session: Session, patron: int) -> tuple[PastRegistration, ...]:
    seats: dict[int, tuple[SeatKept, ...]] = {}
    for seat, starts_at, cents in sql.seats(session, patron):
        kept = SeatKept(
            starts_at=starts_at,
            number=seat.number,
            attendance=Attendance(seat.attendance),
            voucher_cents=cents,
        )
        seats[seat.registration_id] = (*seats.get(seat.registration_id, ()), kept)
    return tuple(
        _registration(one, event, starts_at, seats.get(one.id or 0, ()))
        for one, event, starts_at in sql.registrations(session, patron)
    )


def _registration(
    one: Registration, event: Event, starts_at: datetime | None, seats: tuple[SeatKept, ...]
) -> PastRegistration:
    return PastRegistration(
        registration=one.id or 0,
        title=event.title,
        site=event.site,
        starts_at=starts_at,
        status=RegistrationStatus(one.status),
        made_at=one.made_at,
        confirmed_at=one.confirmed_at,
        ended_at=one.ended_at,
        ended_for=RegistrationEnd(one.ended_for) if one.ended_for else None,
        seats=seats,
    )


def _nameless(block: BlockInfo) -> BlockInfo:
    by = {"created_by": _role(block.created_by), "lifted_by": _role(block.lifted_by)}
    return block.model_copy(update=by)


def _act(entry: AuditEntry) -> Act:
    return Act(
        at=entry.at,
        by=_role(entry.actor),
        action=entry.action,
        detail=json.loads(entry.detail),
    )


def _role(actor: str) -> str:
    return actor.partition(":")[0]
