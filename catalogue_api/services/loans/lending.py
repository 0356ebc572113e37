"""Lend an item to a reader, and settle the reservation that this fulfils."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, or_
from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.loans import LendItem, Lent
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import WITH_ITEM, HoldEventKind, HoldStatus
from catalogue_api.domain.loans import (
    Copy,
    LoanRefusal,
    Reached,
    Reader,
    against_lending,
    copies_needed,
    left_after,
)
from catalogue_api.domain.rulebook import LoanTerms, Rulebook
from catalogue_api.services import audit
from catalogue_api.services.call import Call, name_of
from catalogue_api.services.refusals import refuse_loan
from catalogue_api.storage import circulation, holds
from catalogue_api.storage import loans as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.tables import Hold, Item, Loan, Site

LONGEST_LOAN = timedelta(days=3 * 366)
"""A due date given by hand may not be further away: it would be a slip of the keyboard."""


@dataclass(frozen=True, slots=True)
class _Loan:
    """A loan in the making: who, what, where, until when, on which terms."""

    copy: sql.CopyRow
    reader: sql.ReaderRow
    site: str
    terms: LoanTerms
    due_on: date


def lend_item(session: Session, call: Call, body: LendItem) -> Lent:
    """Lend; the due date is the policy's unless one is given. Refuses with all reasons at once."""
    connection = session.connection()
    copy, reader = _locked(connection, body)
    site = body.site or call.the_caller().site or copy.current_site
    if body.site and session.get(Site, body.site) is None:
        raise Refused(ProblemType.INVALID_REQUEST, f"site: there is no site {body.site!r}")
    terms = call.rules.terms(reader.category, copy.kind, site)
    blocks = sql.blocks_in_force(connection, reader.id, call.rules.day(call.now))
    found = against_lending(
        _copy(connection, call, copy, reader.id),
        reader_of(connection, call, reader, site),
        terms.lendable,
        reached(connection, call.rules, reader, copy.kind),
        call.rules.day(call.now),
    )
    if left := left_after(found, body.override):
        raise refuse_loan(copy.barcode, left, blocks)
    due_on = _due_on(call, body, reader, site, terms)
    loan = _Loan(copy, reader, site, terms, due_on)
    number = _store(session, call, loan)
    fulfilled = _fulfil(session, call, loan)
    title_changed(connection, copy.title_id)
    _record(session, call, body, number, loan, found)
    return Lent(
        loan=number,
        patron=reader.id,
        barcode=copy.barcode,
        title=copy.full_title,
        due_on=due_on,
        renewals_left=terms.renewals,
        fulfilled_hold=fulfilled,
        overridden=found,
    )


def _locked(connection: Connection, body: LendItem) -> tuple[sql.CopyRow, sql.ReaderRow]:
    """Return item and reader as they are while nobody else can change them."""
    found = _found(connection, body)
    locks.title(connection, found[0].title_id)
    locks.item(connection, found[0].id)
    locks.patron(connection, found[1].id)
    return _found(connection, body)


def _found(connection: Connection, body: LendItem) -> tuple[sql.CopyRow, sql.ReaderRow]:
    reader = sql.reader_of_card(connection, body.card)
    if reader is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no card {body.card!r}")
    copy = sql.copy_of(connection, body.barcode.strip())
    if copy is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no item {body.barcode!r}")
    return copy, reader


def _copy(connection: Connection, call: Call, copy: sql.CopyRow, reader: int) -> Copy:
    caught = circulation.hold_of_item(connection, copy.id)
    today = call.rules.day(call.now)
    wanted = False
    first = holds.first_waiting(connection, copy.title_id, copy.id, today)
    if first is not None and sql.patron_of_hold(connection, first.id) != reader:
        wanted = is_needed(connection, copy.title_id, copy.id, reader, today)
    caught_for = caught.patron_id if caught else None
    from_age = copy.pegi_age if call.rules.heed_pegi else None
    return Copy(ItemStatus(copy.status), copy.lent_to, caught_for, wanted, from_age)


def is_needed(connection: Connection, title: int, item: int, reader: int, today: date) -> bool:
    """Tell whether others than this reader wait whom only this copy can serve."""
    this, waiting, free = sql.wanted_by_others(connection, title, item, reader, today)
    return copies_needed(waiting, free, for_this_copy=this)


def reader_of(connection: Connection, call: Call, reader: sql.ReaderRow, site: str) -> Reader:
    """Return a reader with everything that may keep them from borrowing."""
    today = call.rules.day(call.now)
    late = late_too_often(connection, call.rules, reader.id, site, today)
    blocks = sql.blocks_in_force(connection, reader.id, today)
    return Reader(reader.id, reader.expires_on, blocks, late, reader.birth_year)


def late_too_often(
    connection: Connection, rules: Rulebook, reader: int, site: str, today: date
) -> bool:
    """Tell whether so many of a reader's loans are late that nothing more is lent."""
    most = rules.most_late_items
    if most is None:
        return False
    day = rules.calendar(site).previous_open_day(today)
    return sql.count_late(connection, reader, day, most + 1) > most


def reached(
    connection: Connection, rules: Rulebook, reader: sql.ReaderRow, kind: str
) -> Iterator[Reached]:
    """Yield the limits of a reader on a kind, each beside what is on loan already."""
    for limit in rules.limits_on(reader.category, kind):
        count = sql.count_open(connection, reader.id, limit.kind, limit.most + 1)
        yield Reached(limit.kind, count, limit.most)


def _due_on(call: Call, body: LendItem, reader: sql.ReaderRow, site: str, terms: LoanTerms) -> date:
    if body.due_on is None:
        return call.rules.due_on(call.now, site, terms, reader.expires_on)
    today = call.rules.day(call.now)
    last = min(today + LONGEST_LOAN, reader.expires_on or date.max)
    if not today <= body.due_on <= last:
        raise Refused(
            ProblemType.INVALID_REQUEST, f"due_on: a day from {today} to {last}, not {body.due_on}"
        )
    return body.due_on


def _store(session: Session, call: Call, loan: _Loan) -> int:
    row = Loan(
        item_id=loan.copy.id,
        patron_id=loan.reader.id,
        started_at=call.now,
        due_on=loan.due_on,
        site=loan.site,
        category=loan.reader.category,
    )
    item = session.get_one(Item, loan.copy.id)
    # What was damaged or not for loan stays so, though a librarian has lent it this once.
    if ItemStatus(item.status) in {
        ItemStatus.LOST,
        ItemStatus.MISSING,
        ItemStatus.CLAIMED_RETURNED,
    }:
        item.status = ItemStatus.AVAILABLE.value
    item.destination = item.sent_at = item.to_shelve_since = None
    session.add_all((row, item))
    session.flush()
    return row.id or 0


def _fulfil(session: Session, call: Call, loan: _Loan) -> int | None:
    """End the reader's hold that this copy serves, or else the one that still waits for any copy.

    A hold for which another copy lies ready stays: a librarian has to put that copy back.
    """
    mine = select(Hold).where(col(Hold.patron_id) == loan.reader.id)
    serves = mine.where(
        col(Hold.item_id) == loan.copy.id,
        col(Hold.status).in_([status.value for status in WITH_ITEM]),
    )
    waits = mine.where(
        col(Hold.title_id) == loan.copy.title_id,
        col(Hold.status) == HoldStatus.WAITING.value,
        or_(col(Hold.wanted_item_id).is_(None), col(Hold.wanted_item_id) == loan.copy.id),
    ).order_by(col(Hold.wanted_item_id).is_(None), col(Hold.id))
    hold = session.exec(serves).first() or session.exec(waits).first()
    if hold is None or hold.id is None:
        return None
    hold.status, hold.ended_at, hold.item_id = HoldStatus.FULFILLED.value, call.now, loan.copy.id
    hold.end_reason, hold.version = "lent", hold.version + 1
    session.add(hold)
    session.flush()
    by = name_of(call.the_caller())
    event = holds.Event(hold.id, hold.title_id, HoldEventKind.FULFILLED, by, {"item": loan.copy.id})
    holds.write_down(session.connection(), event, call.now)
    return hold.id


def _record(
    session: Session,
    call: Call,
    body: LendItem,
    number: int,
    loan: _Loan,
    overridden: tuple[LoanRefusal, ...],
) -> None:
    detail: dict[str, object] = {"loan": number, "due_on": loan.due_on}
    if body.due_on is not None:
        detail["by_hand"] = True
    if overridden:
        detail |= {"overridden": overridden, "reason": body.override_reason}
    audit.record(session, call, "lend", f"item:{loan.copy.id}", detail)
