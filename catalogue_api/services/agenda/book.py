"""The book of an event under one lock: its sessions, who has a seat in each, and who waits.

A date of an event is called a sitting here, for a session is what a unit of work runs in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from catalogue_api.domain.events import Ages
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.workshops import (
    LATE,
    Attendance,
    Occasion,
    RegistrationEnd,
    RegistrationStatus,
    free_seat,
)
from catalogue_api.services.paths import no_such
from catalogue_api.storage import agenda as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Event, EventSession, Registration, Seat


@dataclass(slots=True)
class Book:
    """An event with everything that its seats depend on, as it is now.

    `open` are the open registrations in the order of coming. Nobody else changes any of it until
    the end of the unit of work.
    """

    db: Session
    now: datetime
    rules: Rulebook
    event: Event
    sittings: list[EventSession]
    open: list[Registration]
    seats: list[Seat]
    writable: frozenset[int]
    """The readers among them who can be told something in writing."""

    @property
    def number(self) -> int:
        """The number of the event."""
        return self.event.id or 0

    def sitting(self, number: int) -> EventSession:
        """Return a session by its number."""
        for one in self.sittings:
            if one.id == number:
                return one
        raise no_such("session of this event")

    def of(self, session_id: int | None) -> list[EventSession]:
        """Return the sessions of a registration, without those called off."""
        return [
            one
            for one in self.sittings
            if one.cancelled_at is None and session_id in {None, one.id}
        ]

    def ahead(self, session_id: int | None) -> list[EventSession]:
        """Return those sessions of a registration that are not over."""
        return [one for one in self.of(session_id) if one.ends_at > self.now]

    def occasion(self, session_id: int | None) -> Occasion:
        """Return what one registers for, as the rules see it."""
        found = self.of(session_id)
        called_off = not found
        times = found or [one for one in self.sittings if session_id in {None, one.id}]
        return Occasion(
            starts_at=min(one.starts_at for one in times),
            ends_at=max(one.ends_at for one in times),
            free=self._free(self.ahead(session_id)),
            waiting=sum(
                one.status == RegistrationStatus.WAITING.value and one.session_id == session_id
                for one in self.open
            ),
            ages=Ages(self.event.least_age, self.event.most_age),
            opens_on=self.event.opens_on,
            called_off=called_off,
            published=self.event.published,
            must_confirm=self.event.must_confirm,
        )

    def standing(self, session_id: int | None) -> list[Registration]:
        """Return the open registrations for a session, or for the series."""
        return [one for one in self.open if one.session_id == session_id]

    def occasions(self) -> list[int | None]:
        """Return what can be registered for: each session, or the series as a whole."""
        if self.event.series:
            return [None] if self.sittings else []
        return [one.id for one in self.sittings]

    def held(self, sitting: EventSession) -> list[int]:
        """Return the numbers of the seats of a session that are somebody's."""
        return [
            one.number
            for one in self.seats
            if one.session_id == sitting.id and one.number is not None
        ]

    def seat_of(self, sitting: int, registration: int) -> Seat | None:
        """Return somebody's seat in a session."""
        return next(
            (
                one
                for one in self.seats
                if one.session_id == sitting and one.registration_id == registration
            ),
            None,
        )

    def seat(self, registration: Registration, sittings: Iterable[EventSession]) -> bool:
        """Give somebody the lowest free number in each session; False if one has none left.

        Then nothing is changed.
        """
        places, found = self.event.places or 0, []
        for sitting in sittings:
            number = free_seat(self.held(sitting), places)
            if number is None:
                return False
            found.append((sitting, number))
        for sitting, number in found:
            seat = self.seat_of(sitting.id or 0, registration.id or 0)
            if seat is None:
                seat = Seat(session_id=sitting.id or 0, registration_id=registration.id or 0)
                self.seats.append(seat)
            seat.number = number if seat.number is None else seat.number
            self.db.add(seat)
        self.db.flush()
        return True

    def unseat(self, registration: Registration) -> None:
        """Free the seats of somebody in what has not begun; their vouchers are given back."""
        ahead = {one.id for one in self.sittings if one.starts_at > self.now}
        self.remove(
            one
            for one in self.seats
            if one.registration_id == registration.id and one.session_id in ahead
        )

    def remove(self, seats: Iterable[Seat]) -> None:
        """Delete some seats, with the vouchers that were taken for them and are not spent."""
        gone = list(seats)
        numbers = [seat.id or 0 for seat in gone]
        sql.give_back_vouchers(self.db.connection(), numbers)
        for seat in gone:
            self.db.delete(seat)
        # Numbers are given out again in this unit: the rows must be gone before.
        self.db.flush()
        self.seats = [one for one in self.seats if one not in gone]

    def renumber(self) -> None:
        """Give the seats of each session the lowest numbers, after there have become fewer."""
        for sitting in self.sittings:
            held = [
                one for one in self.seats if one.session_id == sitting.id and one.number is not None
            ]
            for seat in held:
                seat.number = None
            self.db.flush()
            for number, seat in enumerate(held, 1):
                seat.number = number
            self.db.flush()

    def end(self, registration: Registration, why: RegistrationEnd) -> None:
        """End a registration; its seats in what is to come are free."""
        self.unseat(registration)
        registration.status = RegistrationStatus.ENDED.value
        registration.offer_until = None
        registration.ended_at = self.now
        registration.ended_for = why.value
        registration.version += 1
        self.db.add(registration)
        self.open = [one for one in self.open if one.id != registration.id]

    def free_late_seats(self) -> int:
        """Free the seats of whoever is late; return how many."""
        begun = {one.id for one in self.sittings if one.starts_at + LATE <= self.now}
        late = [
            one
            for one in self.seats
            if one.session_id in begun
            and one.number is not None
            and one.attendance != Attendance.CAME.value
        ]
        for seat in late:
            seat.number = None
            self.db.add(seat)
        self.db.flush()
        return len(late)

    def _free(self, sittings: Sequence[EventSession]) -> int | None:
        places = self.event.places
        if places is None:
            return None
        return min((places - len(self.held(one)) for one in sittings), default=0)


def opened(db: Session, now: datetime, rules: Rulebook, number: int) -> Book:
    """Open the book of an event to write in it."""
    locks.event(db.connection(), number)
    return seen(db, now, rules, number)


def seen(db: Session, now: datetime, rules: Rulebook, number: int) -> Book:
    """Open the book of an event only to look."""
    event = db.get(Event, number, populate_existing=True)
    if event is None:
        raise no_such("event")
    return Book(
        db,
        now,
        rules,
        event,
        sql.sessions_of(db, number),
        sql.open_registrations(db, number),
        sql.seats_of(db, number),
        sql.with_email(db, number),
    )


def event_of_session(db: Session, number: int) -> int:
    """Return the number of the event that a session belongs to."""
    found = db.get(EventSession, number)
    if found is None:
        raise no_such("session")
    return found.event_id
