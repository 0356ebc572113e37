"""A small agenda for tests and measurements: two workshops, a talk, a drop-in session."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from catalogue_api.storage.tables import Event, EventSession, Registration, Seat

_PEOPLE = ("Ahmed B.", "Odile Martin", "Zoé", "Yann Le Goff")
_PLACES = 5
_HOUR = timedelta(hours=1)


def lay_agenda(session: Session, now: datetime, site: str) -> None:
    """Lay events 1 to 4, with three people registered today, and a full house in a fortnight."""
    rooms: dict[str, Any] = {"site": site, "created_at": now, "changed_at": now}
    workshop = rooms | {"kind": "workshop", "places": _PLACES, "room": "Salle bleue"}
    about = "Apportez votre téléphone."
    events = (
        Event(title="Premiers pas avec une souris", **workshop),
        Event(title="Trier ses photos", about=about, least_age=16, **workshop),
        Event(title="Albert Camus, la Méditerranée", kind="talk", **rooms),
        Event(title="Aide aux démarches", kind="drop_in", **rooms),
    )
    session.add_all(events)
    session.flush()
    start = now.replace(minute=0, second=0, microsecond=0) + 2 * _HOUR
    days = (0, 14, 15, 16)
    sittings = [
        EventSession(
            event_id=event.id or 0,
            starts_at=start + timedelta(days=day),
            ends_at=start + timedelta(days=day) + _HOUR,
            changed_at=now,
        )
        for event, day in zip(events, days, strict=True)
    ]
    session.add_all(sittings)
    session.flush()
    _seat(session, sittings[0], 3, now)
    _seat(session, sittings[1], _PLACES, now)
    session.add(
        Registration(
            event_id=sittings[1].event_id, session_id=sittings[1].id, name="Nina",
            status="waiting", made_at=now,
        )
    )  # fmt: skip
    session.flush()


def _seat(session: Session, sitting: EventSession, people: int, now: datetime) -> None:
    for number in range(1, people + 1):
        one = Registration(
            event_id=sitting.event_id,
            session_id=sitting.id,
            name=_PEOPLE[number % len(_PEOPLE)],
            phone="06 12 34 56 78",
            status="registered",
            made_at=now,
        )
        session.add(one)
        session.flush()
        session.add(Seat(session_id=sitting.id or 0, registration_id=one.id or 0, number=number))
