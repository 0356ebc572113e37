"""Hands for a session: play events, look at what lies there."""

from datetime import UTC, datetime
from uuid import UUID

from catalogue_api.contract.returns import Outcome, Returned
from drivers.interface import Uid
from kiosk.outcomes import facts
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.machine import advance
from kiosk.session.states import Laid, Session, Stopped, Summary, Visit
from kiosk.tagging import OurItem

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
BOOK, OTHER, THIRD = (Uid(f"E00401500000000{n}") for n in (1, 2, 3))
R1, R2, R3 = (UUID(int=n) for n in (1, 2, 3))
OURS = OurItem("30001", "FR-940165801", sure=True)


def answer(outcome: Outcome = Outcome.RETURNED, return_id: UUID = R1, **fields) -> Returned:
    return Returned(
        return_id=return_id,
        outcome=outcome,
        sort_hint=facts(outcome).hint,
        received_at=NOW,
        **fields,
    )


def play(session: Session, *events: ev.Event) -> tuple[Session, list[fx.Effect]]:
    done: list[fx.Effect] = []
    for event in events:
        session, effects = advance(session, event)
        done += effects
    return session, done


def read(uid=BOOK, reading=OURS, past=None, return_id=R1) -> ev.TagRead:
    return ev.TagRead(uid, reading, past, return_id, NOW)


def items(session: Session) -> tuple[Laid, ...]:
    assert isinstance(session.phase, Visit | Summary | Stopped)
    return session.phase.items


def only(session: Session) -> Laid:
    (laid,) = items(session)
    return laid


def of(kind, effects: list[fx.Effect]) -> list:
    return [effect for effect in effects if isinstance(effect, kind)]
