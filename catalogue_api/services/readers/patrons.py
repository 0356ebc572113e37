"""Readers: registered, found, changed and deleted at the desk."""

from datetime import date, timedelta

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_account import OwnAccount
from catalogue_api.contract.patrons import (
    CardRenewal,
    CardReplacement,
    Deleted,
    FindPatrons,
    NewPatron,
    PatronData,
    PatronInfo,
    PatronLine,
    PatronsPage,
)
from catalogue_api.domain.patrons import (
    BlockKind,
    HistoryKept,
    Named,
    PatronRefusal,
    dialled,
    may_be_same,
)
from catalogue_api.domain.patrons import sought as sought_text
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.readers.address_changes import tell_old_address
from catalogue_api.services.readers.blocks import told as block_told
from catalogue_api.storage import patrons as sql
from catalogue_api.storage.blocks import lift_of_lost_card
from catalogue_api.storage.deletions import open_of
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Patron, Site

_WHY = {
    PatronRefusal.CARD_TAKEN: "another reader has this card",
    PatronRefusal.PERHAPS_KNOWN: "somebody of that name is registered already",
    PatronRefusal.HAS_LOANS: "something is still on loan to this reader",
    PatronRefusal.HAS_REGISTRATIONS: "the reader is registered for an event: cancel that first",
    PatronRefusal.HAS_HOLDS: "this reader still waits for something: cancel it first",
    PatronRefusal.HAS_SLOTS: "a computer is kept for this reader: cancel that first",
    PatronRefusal.IS_BLOCKED: "something lasts that has to be settled first",
    PatronRefusal.PIN_TOO_SIMPLE: "choose digits that are not all alike or counted",
}
CARD_LASTS = timedelta(days=365)
_MOST_ALIKE = 200
"""Readers who are looked at, whether they may be the one who is to be registered."""


def refused(reason: PatronRefusal) -> Refused:
    """Return the problem of a refusal."""
    return Refused(ProblemType.REFUSED_BY_RULE, _WHY[reason], (reason.value,))


def register(session: Session, call: Call, body: NewPatron) -> PatronInfo:
    """Register a reader under a card that nobody has."""
    if body.unless_known and alike(session, body):
        raise refused(PatronRefusal.PERHAPS_KNOWN)
    patron = Patron(card=body.card, family_name=body.family_name, created_at=call.now)
    _write(session, patron, body)
    audit.record(session, call, "patron_registered", f"patron:{patron.id}")
    return told(session, call, patron)


def show(session: Session, call: Call, _body: Nothing) -> PatronInfo:
    """Show a reader."""
    return told(session, call, found(session, call))


def edit(session: Session, call: Call, body: PatronData) -> PatronInfo:
    """Change what is written of a reader; the audit log gets the names of what changed only."""
    patron = locked(session, call)
    call.require_version(patron.version)
    names = PatronData.model_fields
    changed = [name for name in names if getattr(patron, name) != getattr(body, name)]
    old_address, patron.version = patron.email, patron.version + 1
    _write(session, patron, body)
    tell_old_address(session, patron, old_address, call.now)
    audit.record(session, call, "patron_changed", f"patron:{patron.id}", {"changed": changed})
    return told(session, call, patron)


def find(session: Session, _call: Call, body: FindPatrons) -> PatronsPage:
    """Find readers by any part of their name, card, e-mail or phone number."""
    key = key_of(body.cursor, (0,))
    words = sought_text(body.words).split()
    after = int(key[0]) if key else None
    rows = sql.find(session, words, after, body.limit + 1, dialled(body.words))
    shown, following = page(rows, body.limit, lambda patron: (patron.id or 0,))
    return PatronsPage(patrons=tuple(map(_line, shown)), next=following)


def alike(session: Session, body: PatronData) -> tuple[PatronLine, ...]:
    """Return the readers who may be the person of whom this is written, by name."""
    wanted = _named(body)
    words = sought_text(body.family_name, body.given_name).replace("-", " ").split()
    rows = sql.find(session, words, None, _MOST_ALIKE)
    return tuple(_line(row) for row in rows if may_be_same(wanted, _named(row)))


def _named(person: PatronData | Patron) -> Named:
    return Named(person.family_name, person.given_name, person.birth_year)


def renew_card(session: Session, call: Call, body: CardRenewal) -> PatronInfo:
    """Give a card another last day: never one that is past, nor further than three years."""
    patron, today = locked(session, call), call.rules.day(call.now)
    until = body.expires_on or renewed_until(patron.expires_on, today)
    if not today <= until <= today + 3 * CARD_LASTS:
        raise Refused(ProblemType.INVALID_REQUEST, "expires_on: a day within three years from now")
    patron.expires_on, patron.version = until, patron.version + 1
    session.add(patron)
    session.flush()
    audit.record(session, call, "card_renewed", f"patron:{patron.id}", {"until": until})
    return told(session, call, patron)


def renewed_until(expires_on: date | None, today: date) -> date:
    """Return the last day of a card that is renewed: a year from its end, or from today."""
    return max(expires_on or today, today) + CARD_LASTS


def replace_card(session: Session, call: Call, body: CardReplacement) -> PatronInfo:
    """Give a reader another card: what was lost is nobody's, and opens nothing any more."""
    patron = locked(session, call)
    if sql.card_is_taken(session.connection(), body.card, patron.id or 0):
        raise refused(PatronRefusal.CARD_TAKEN)
    patron.card, patron.version = body.card, patron.version + 1
    session.add(patron)
    session.flush()
    by = call.the_caller().actor
    lift_of_lost_card(session.connection(), patron.id or 0, by, call.now)
    sql.end_other_sessions(session.connection(), patron.id or 0)
    audit.record(session, call, "card_replaced", f"patron:{patron.id}")
    return told(session, call, patron)


def delete(session: Session, call: Call, _body: Nothing) -> Deleted:
    """Delete a reader who has nothing open; their history stays, without them."""
    patron = locked(session, call)
    call.require_version(patron.version)
    patron_id = patron.id or 0
    connection, today = session.connection(), call.rules.day(call.now)
    against = open_of(connection, [patron_id], today).get(patron_id, {})
    for reason in against:
        if reason is not PatronRefusal.IS_BLOCKED:  # the night minds a block, a librarian need not
            raise refused(reason)
    session.expunge(patron)
    loans, holds = sql.forget(connection, patron_id)
    audit.record(session, call, "patron_deleted", f"patron:{patron_id}")
    return Deleted(patron=patron_id, loans=loans, holds=holds)


def show_own(session: Session, call: Call, _body: Nothing) -> OwnAccount:
    """Show the account of the reader who asks."""
    return own_account(session, call, session.get_one(Patron, call.the_caller().patron_id))


def own_account(session: Session, call: Call, patron: Patron) -> OwnAccount:
    """Return a reader's account as they see it themselves."""
    connection, today, patron_id = session.connection(), call.rules.day(call.now), patron.id or 0
    blocks = sql.blocks(session, patron_id, today)
    return OwnAccount(
        patron=patron_id,
        family_name=patron.family_name,
        given_name=patron.given_name,
        email=patron.email,
        phone=patron.phone,
        language=patron.language,
        home_site=patron.home_site,
        expires_on=patron.expires_on,
        history=_history(patron),
        has_pin=_has_pin(patron),
        open_loans=sql.open_loans(connection, patron_id),
        open_holds=sql.open_holds(connection, patron_id),
        may_borrow_from=_free_from([block.until_on for block in blocks]),
        blocked=tuple(dict.fromkeys(BlockKind(block.kind) for block in blocks)),
        version=patron.version,
    )


def found(session: Session, call: Call) -> Patron:
    """Return the reader of the path."""
    patron = session.get(Patron, number(call, "patron"))
    if patron is None:
        raise no_such("reader")
    return patron


def locked(session: Session, call: Call) -> Patron:
    """Return the reader of the path, whom nobody else can change until the end."""
    locks.patron(session.connection(), number(call, "patron"))
    return found(session, call)


def _write(session: Session, patron: Patron, body: PatronData) -> None:
    if sql.card_is_taken(session.connection(), body.card, patron.id or 0):
        raise refused(PatronRefusal.CARD_TAKEN)
    if body.home_site is not None and session.get(Site, body.home_site) is None:
        raise Refused(ProblemType.INVALID_REQUEST, f"home_site: no site {body.home_site!r}")
    for name in PatronData.model_fields:
        setattr(patron, name, getattr(body, name))
    patron.forgets_history = patron.forgets_history and not body.keeps_history
    session.add(patron)
    session.flush()


def _has_pin(patron: Patron) -> bool:
    return bool(patron.pin_hash) and patron.code_until is None


def _history(patron: Patron) -> HistoryKept:
    if patron.keeps_history:
        return HistoryKept.KEPT
    return HistoryKept.NONE if patron.forgets_history else HistoryKept.MONTHS


def _free_from(ends: list[date | None]) -> date | None:
    """Return the day after the last block, None if there is none or one without an end."""
    last = [day for day in ends if day is not None]
    return max(last) + timedelta(days=1) if last and len(last) == len(ends) else None


def _line(patron: Patron) -> PatronLine:
    return PatronLine(
        patron=patron.id or 0,
        card=patron.card,
        family_name=patron.family_name,
        given_name=patron.given_name,
        birth_year=patron.birth_year,
        category=patron.category,
        expires_on=patron.expires_on,
    )


def told(session: Session, call: Call, patron: Patron) -> PatronInfo:
    """Return a reader as the desk sees them."""
    patron_id, today = patron.id or 0, call.rules.day(call.now)
    connection = session.connection()
    return PatronInfo(
        **{name: getattr(patron, name) for name in PatronData.model_fields},
        patron=patron_id,
        created_at=patron.created_at,
        open_loans=sql.open_loans(connection, patron_id),
        open_holds=sql.open_holds(connection, patron_id),
        email_fails=bool(patron.email) and patron.failing_email == patron.email,
        has_pin=_has_pin(patron),
        forgets_history=patron.forgets_history,
        deletion_asked_on=patron.deletion_asked_on,
        blocks=tuple(block_told(row, today) for row in sql.blocks(session, patron_id, today)),
        version=patron.version,
    )
