"""What readers of the invented library have asked, suggested and been told."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from catalogue_api.commands.invented_days import openings_ahead
from catalogue_api.domain.notices import NOTICES, NoticeKind, NoticeReason, NoticeStatus
from catalogue_api.domain.questions import Decision, QuestionStatus
from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage.tables import Notice, Patron, Question, Suggestion

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def furnish_letters(session: Session, rules: Rulebook, now: datetime) -> None:
    """Lay questions and suggestions, open and answered; notices sent, and some to be told."""
    _lay_questions(session, now)
    _lay_suggestions(session, now)
    _lay_notices(session, rules, now)
    leaving = session.get_one(Patron, 11)
    leaving.deletion_asked_on = rules.day(now - 2 * _DAY)
    session.add(leaving)
    session.flush()


def _lay_questions(session: Session, now: datetime) -> None:
    opened, answered = QuestionStatus.OPEN.value, QuestionStatus.ANSWERED.value
    session.add_all(
        [
            Question(
                asked_as="formation-1", patron_id=2, title_id=1, status=opened,
                asked_at=now - 5 * _HOUR, text="Ce roman existe-t-il en gros caractères ?",
            ),
            Question(
                asked_as="formation-2", address="voisine@exemple.invalid", status=opened,
                asked_at=now - _DAY,
                text="Peut-on venir avec une classe le mardi ? Nous serions vingt-quatre.",
            ),
            Question(
                asked_as="formation-3", patron_id=4, title_id=8, status=answered,
                asked_at=now - 3 * _DAY, text="Y a-t-il un atlas plus récent ?",
                answer="Celui-ci est le dernier ; le suivant est annoncé pour le printemps.",
                answered_by=Role.LIBRARIAN.value, ended_at=now - 2 * _DAY,
            ),
        ]
    )  # fmt: skip


def _lay_suggestions(session: Session, now: datetime) -> None:
    session.add_all(
        [
            Suggestion(
                patron_id=6, title="Le Dragon de poche, 3", author="Ferrand, Zoé",
                why="Les deux premiers sont toujours sortis.", suggested_at=now - 6 * _HOUR,
            ),
            Suggestion(
                patron_id=1, title="Tricoter la brume", why="Pour le club du jeudi.",
                suggested_at=now - 4 * _DAY,
            ),
            Suggestion(
                patron_id=8, title="Atlas des îles douces", author="Garance, Luc",
                suggested_at=now - 9 * _DAY, decision=Decision.ALREADY_THERE.value,
                remark="Il est en rayon, à la cote 910 GAR.", decided_at=now - 8 * _DAY,
                decided_by=Role.MANAGER.value,
            ),
        ]
    )  # fmt: skip


def _lay_notices(session: Session, rules: Rulebook, now: datetime) -> None:
    day = openings_ahead(rules, "CENTRALE", now)[1]
    slot = {"site": "CENTRALE", "starts_at": (day.starts + 3 * _HOUR).isoformat()}
    session.add_all(
        [
            _notice(1, NoticeKind.DUE_SOON, 1, {"on": f"{rules.day(now)}"}, now - 3 * _HOUR),
            _notice(2, NoticeKind.SLOT_CANCELLED, 2, slot, now - 2 * _HOUR, tell=True),
            _notice(
                3, NoticeKind.WORKSHOP_CANCELLED, 3, slot | {"title": "Atelier photo"},
                now - _HOUR, tell=True,
            ),
        ]
    )  # fmt: skip


def _notice(
    number: int,
    kind: NoticeKind,
    patron: int,
    about: Mapping[str, str],
    at: datetime,
    *,
    tell: bool = False,
) -> Notice:
    """Return a notice that was sent; or one that a librarian is to `tell`."""
    facts, status = NOTICES[kind], NoticeStatus.TO_TELL if tell else NoticeStatus.SENT
    return Notice(
        key=f"formation:{number}",
        kind=kind.value,
        urgency=facts.urgency.value,
        patron_id=patron,
        site=about.get("site"),
        about=json.dumps(dict(about), ensure_ascii=False),
        at=at,
        next_try_at=at,
        stale_at=facts.stale_at(about, at),
        status=status.value,
        reason=NoticeReason.NO_ADDRESS.value if tell else "",
        ended_at=None if tell else at,
    )
