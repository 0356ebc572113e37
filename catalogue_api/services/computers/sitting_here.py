"""A library computer and whoever sits there, as its own program asks about it."""

from dataclasses import dataclass

from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from catalogue_api.contract.computer_agents import (
    Extend,
    OfSession,
    Pulse,
    SeatNow,
    SeatSession,
    SignInHere,
    UnlockHere,
)
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.seat_access import ASK_EVERY, SeatRefusal, pass_typed
from catalogue_api.domain.seat_states import state_of
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.domain.slots import (
    BookingEnd,
    BookingKind,
    BookingStatus,
    SlotRefusal,
    lasting,
)
from catalogue_api.domain.throttling import FREE_TRIES, FREE_TRIES_OF_AN_ADDRESS
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_use, walk_ins
from catalogue_api.services.computers.booking import hold
from catalogue_api.services.computers.seating import standing_on, the_seat
from catalogue_api.services.computers.sitting_down import Comer, sit_down
from catalogue_api.services.computers.slot_views import plain
from catalogue_api.services.paths import number
from catalogue_api.services.secrets import throttle
from catalogue_api.services.secrets.passwords import Question
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage import bookings
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.tables import ComputerAgent, GuestPass, Patron

_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Here:
    """The computer that asks, and its program as it is stored."""

    by: Acting
    place: SeatRow
    agent: ComputerAgent

    def require_session(self, session: int) -> BookingRow:
        """Return the session that is spoken of, held; refuse where it is not the one here."""
        row = bookings.booking(self.by.connection, session)
        held = hold(self.by.session, row) if row and row.computer == self.place.id else None
        if held is None or held.status is not BookingStatus.IN_USE:
            raise _refused(SeatRefusal.NO_SESSION)
        return held


def pulse(session: Session, call: Call, body: Pulse) -> SeatNow:
    """Note that a program lives, and tell it how its computer stands."""
    here = _here(session, call)
    agent = here.agent
    if agent.boot != body.boot:
        # Whoever started it may be anybody: who sat there proves again who they are.
        agent.boot, agent.locked = body.boot, True
    agent.program = body.program
    return _told(call, here, body.session)


def before_sign_in(session: Session, call: Call, body: SignInHere) -> Question:
    """Count the try, and find what a PIN is compared with; a guest's code is no password."""
    computer = f"computer:{number(call, 'computer')}"
    subjects = {computer: FREE_TRIES_OF_AN_ADDRESS}
    if body.card:
        subjects[_account(body.card)] = FREE_TRIES
    throttle.count_try(session, subjects, call.now)
    if not body.card:
        return Question()
    patron = _patron(session, body.card)
    return Question(patron.pin_hash if patron and patron.pin_hash else None, body.secret)


def sign_in(session: Session, call: Call, body: SignInHere) -> SeatNow:
    """Let somebody sit down: at the slot they have here, or at this computer if it is free."""
    here = _here(session, call)
    if body.card:
        _seat_reader(here, _proved(session, call, body.card))
        throttle.forget(session, _account(body.card), f"computer:{here.place.id}")
    else:
        _seat_guest(here, body.secret)
        throttle.forget(session, "", f"computer:{here.place.id}")
    here.agent.locked = False
    return _told(call, here)


def lock(session: Session, call: Call, body: OfSession) -> SeatNow:
    """Note that whoever sits there has gone for a moment."""
    here = _here(session, call)
    here.require_session(body.session)
    here.agent.locked = True
    return _told(call, here)


def before_unlock(session: Session, call: Call, body: UnlockHere) -> Question:
    """Count the try, and find the PIN of whoever sits there; a guest has none."""
    here = _here(session, call)
    patron = _reader_of(session, here.require_session(body.session))
    subjects = {f"computer:{here.place.id}": FREE_TRIES_OF_AN_ADDRESS}
    if patron is None:
        throttle.count_try(session, subjects, call.now)
        return Question()
    throttle.count_try(session, {**subjects, _account(patron.card): FREE_TRIES}, call.now)
    return Question(patron.pin_hash or None, body.secret)


def unlock(session: Session, call: Call, body: UnlockHere) -> SeatNow:
    """Let whoever sits there come back."""
    here = _here(session, call)
    row = here.require_session(body.session)
    patron = _reader_of(session, row)
    if patron is not None:
        if not call.proof.fits or call.proof.stored != patron.pin_hash:
            raise _refused(SeatRefusal.WRONG_CARD_OR_PIN)
        throttle.forget(session, _account(patron.card), f"computer:{here.place.id}")
    elif _pass_of(session, row) != hashed(pass_typed(body.secret)):
        raise _refused(SeatRefusal.WRONG_PASS)
    else:
        throttle.forget(session, "", f"computer:{here.place.id}")
    here.agent.locked = False
    return _told(call, here)


def extend(session: Session, call: Call, body: Extend) -> SeatNow:
    """Let the session go on for longer; said twice, it is so once."""
    here = _here(session, call)
    row = here.require_session(body.session)
    if row.slot.ends <= body.until:
        slot_use.extend(here.by, row)
    return _told(call, here)


def end(session: Session, call: Call, body: OfSession) -> SeatNow:
    """End the session; one that is over already stays so."""
    here = _here(session, call)
    row = bookings.booking(here.by.connection, body.session)
    if row is None or row.computer != here.place.id:
        raise _refused(SeatRefusal.NO_SESSION)
    held = hold(session, row)
    if held is not None and held.status is BookingStatus.IN_USE:
        slot_use.end(here.by, held)
    here.agent.locked = False
    return _told(call, here, body.session)


def _here(session: Session, call: Call) -> Here:
    by = acting(session, call)
    place = the_seat(by, number(call, "computer"))
    agent = session.get(ComputerAgent, place.id, with_for_update=True)
    if agent is None or agent.revoked_at is not None:
        raise Refused(ProblemType.NOT_AUTHENTICATED, "nobody has this token, or no longer")
    agent.seen_at = call.now
    session.add(agent)
    return Here(by, place, agent)


def _proved(session: Session, call: Call, card: str) -> int:
    """Return the reader whose PIN was right; one whose PIN is a one-time code has none yet."""
    patron = _patron(session, card)
    fits = call.proof.fits and patron is not None and patron.pin_hash == call.proof.stored
    if patron is None or not fits:
        raise _refused(SeatRefusal.WRONG_CARD_OR_PIN)
    if patron.code_until is not None:
        raise _refused(SeatRefusal.CHOOSE_PIN_FIRST)
    return patron.id or 0


def _seat_reader(here: Here, patron: int) -> None:
    by, computer = here.by, here.place.id
    sitting = slot_use.session_at(by, computer)
    if sitting is not None and sitting.status is BookingStatus.IN_USE:
        if sitting.patron != patron:
            raise _refused(SeatRefusal.IN_USE)
        return
    if sitting is not None and walk_ins.sit(by, sitting, patron):
        return
    booked = slot_use.claimable_by(by, patron, computer)
    if booked is None:
        sit_down(by, [here.place], Comer(patron))
        return
    held = hold(by.session, booked)
    slot_use.claim(by, held or booked)


def _seat_guest(here: Here, typed: str) -> None:
    by = here.by
    code = hashed(pass_typed(typed))
    found = by.session.exec(
        select(GuestPass).where(GuestPass.code_hash == code).with_for_update()
    ).first()
    if found is None or found.room_id != here.place.room or found.expires_at <= by.now:
        raise _refused(SeatRefusal.WRONG_PASS)
    if found.revoked_at is not None:
        raise _refused(SeatRefusal.WRONG_PASS)
    sitting = slot_use.session_at(by, here.place.id)
    if found.booking_id is not None:
        if sitting is None or sitting.id != found.booking_id:
            raise _refused(SeatRefusal.WRONG_PASS)
        return
    if sitting is not None and sitting.status is BookingStatus.IN_USE:
        raise _refused(SeatRefusal.IN_USE)
    row, _ = sit_down(by, [here.place], Comer())
    found.booking_id = row.id
    by.session.add(found)


def _told(call: Call, here: Here, spoken_of: int | None = None) -> SeatNow:
    """Return how a computer stands, beside what became of the session that was spoken of."""
    by, place, rules = here.by, here.place, call.rules.slots
    there = standing_on(by, place.id, lasting(by.now, _DAY_MINUTES))
    uses = [row.use for row in there]
    state, until = state_of(uses, rules, by.now, out_of_order=place.seat.out_of_order)
    opening = opening_at(call.rules.calendar(place.site), by.now)
    sitting = next((row for row in there if row.status is BookingStatus.IN_USE), None)
    if sitting is None:
        here.agent.locked = False
    return SeatNow(
        computer=place.id,
        name=place.name,
        room_name=place.room_name,
        site_name=place.site_name,
        now=by.now,
        open_until=opening.ends if opening else None,
        state=state,
        until=until,
        session=_session(call, here, sitting) if sitting else None,
        ended=_ended(by, spoken_of, sitting),
        ask_again_in=int(ASK_EVERY.total_seconds()),
    )


def _session(call: Call, here: Here, row: BookingRow) -> SeatSession:
    info = plain(here.by.session, call, row, here.place)
    against = slot_use.against_extending(here.by, row)
    patron = _reader_of(here.by.session, row)
    return SeatSession(
        session=row.id,
        guest=row.kind is BookingKind.GUEST,
        language=patron.language if patron else "fr",
        started_at=row.claimed_at or row.slot.starts,
        ends_at=row.slot.ends,
        usable_until=info.usable_until or row.slot.ends,
        may_extend=not against,
        against=tuple(one for one in against if one is not SlotRefusal.TOO_EARLY_TO_EXTEND),
        locked=here.agent.locked,
    )


def _ended(by: Acting, spoken_of: int | None, sitting: BookingRow | None) -> BookingEnd | None:
    if spoken_of is None or (sitting is not None and sitting.id == spoken_of):
        return None
    row = bookings.booking(by.connection, spoken_of)
    return BookingEnd(row.end_reason) if row and row.end_reason else BookingEnd.TIME_OVER


def _patron(session: Session, card: str) -> Patron | None:
    return session.exec(select(Patron).where(Patron.card == card.strip())).first()


def _reader_of(session: Session, row: BookingRow) -> Patron | None:
    return session.get(Patron, row.patron) if row.patron is not None else None


def _pass_of(session: Session, row: BookingRow) -> str | None:
    query = sa_select(col(GuestPass.code_hash)).where(col(GuestPass.booking_id) == row.id)
    return session.scalars(query).first()


def _account(card: str) -> str:
    return f"card:{card.strip()}"


def _refused(reason: SeatRefusal) -> Refused:
    return Refused(ProblemType.REFUSED_BY_RULE, reason.value, (reason.value,))
