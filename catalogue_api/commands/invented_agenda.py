"""The agenda of the invented library: workshops with people in them, a talk, stories, help."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from catalogue_api.commands.invented_days import openings_ahead
from catalogue_api.domain.events import EventKind
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.workshops import RegistrationStatus
from catalogue_api.storage.tables import Event, EventSession, Registration, Seat

_HOUR = timedelta(hours=1)
_PLACES = 5
_WITHOUT_CARD = ("Odile M.", "06 00 00 00 01")


def furnish_agenda(session: Session, rules: Rulebook, now: datetime) -> None:
    """Plan the next weeks, with readers 1 to 8 in two workshops; the second is full."""
    days = openings_ahead(rules, "CENTRALE", now)
    mouse = _event(
        session, now, EventKind.WORKSHOP, "Premiers pas avec une souris", room="Espace multimédia",
        about="Rien à apporter. On peut venir plusieurs fois.", places=_PLACES,
    )  # fmt: skip
    photos = _event(
        session, now, EventKind.WORKSHOP, "Trier ses photos", room="Espace multimédia",
        about="Apportez votre téléphone et son câble.", places=_PLACES, must_confirm=True,
    )  # fmt: skip
    talk = _event(
        session, now, EventKind.TALK, "Rencontre avec Lise Arnaud", room="Auditorium",
        about="L’autrice du *Phare immobile* lit et répond.",
    )  # fmt: skip
    stories = _event(
        session, now, EventKind.STORY_HOUR, "Histoires de petits dragons", room="Jeunesse",
        about="À partir de trois ans, avec un adulte.",
    )  # fmt: skip
    help_here = _event(
        session, now, EventKind.DROP_IN, "Aide aux démarches en ligne", site="GARE", about="",
    )  # fmt: skip
    today = _sitting(session, now, mouse, days[0].starts + _HOUR)
    _sitting(session, now, mouse, days[7].starts + _HOUR)
    full = _sitting(session, now, photos, days[4].starts + 2 * _HOUR)
    _sitting(session, now, talk, days[5].starts + 2 * _HOUR)
    _sitting(session, now, stories, days[2].starts + _HOUR)
    for day in openings_ahead(rules, "GARE", now)[1:10:3]:
        _sitting(session, now, help_here, day.starts + _HOUR)
    _register(session, now, today, [1, 2, 5], seats=range(1, 4))
    _register(session, now, today, [None], seats=range(4, 5))
    _register(session, now, full, [3, 4, 6, 7, 8], seats=range(1, _PLACES + 1))
    _register(session, now, full, [1, None], seats=())


def _event(
    session: Session, now: datetime, kind: EventKind, title: str, *, site: str = "CENTRALE",
    room: str = "", about: str = "", places: int | None = None, must_confirm: bool = False,
) -> Event:  # fmt: skip
    row = Event(
        kind=kind.value, title=title, about=about, site=site, room=room, places=places,
        must_confirm=must_confirm, created_at=now, changed_at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _sitting(session: Session, now: datetime, event: Event, starts_at: datetime) -> EventSession:
    row = EventSession(
        event_id=event.id or 0, starts_at=starts_at, ends_at=starts_at + _HOUR, changed_at=now
    )
    session.add(row)
    session.flush()
    return row


def _register(
    session: Session,
    now: datetime,
    sitting: EventSession,
    people: Sequence[int | None],
    seats: Sequence[int],
) -> None:
    """Give people (None: somebody without a card) seats, or let them wait where there are none."""
    status = RegistrationStatus.REGISTERED if seats else RegistrationStatus.WAITING
    for place, patron in enumerate(people):
        name, phone = ("", "") if patron else _WITHOUT_CARD
        row = Registration(
            event_id=sitting.event_id, session_id=sitting.id, patron_id=patron, name=name,
            phone=phone, status=status.value, made_at=now - timedelta(days=2, minutes=-place),
        )  # fmt: skip
        session.add(row)
        session.flush()
        if seats:
            session.add(
                Seat(
                    session_id=sitting.id or 0, registration_id=row.id or 0, number=seats[place]
                )
            )  # fmt: skip
    session.flush()
