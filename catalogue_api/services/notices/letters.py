"""What a notice says: read from what holds when it is sent. What holds no more is not said."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.domain.mailing import line, lines
from catalogue_api.domain.notices import NoticeKind, instant
from catalogue_api.domain.questions import QuestionStatus
from catalogue_api.domain.reminders import DUE_SOON_SHOWS
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage import loans
from catalogue_api.storage.tables import Hold, Notice, Question, Site, Suggestion, Title

Values = Mapping[str, object]
"""What the words of a letter are filled with: texts of one line, days, instants, lists of them."""


def values_of(session: Session, notice: Notice, rules: Rulebook, now: datetime) -> Values | None:
    """Return what a notice has to say now; None if that holds no more."""
    about: dict[str, str] = json.loads(notice.about)
    kind = NoticeKind(notice.kind)
    reading = _READ.get(kind)
    if reading is not None:
        return reading(session, notice, about, rules, now)
    return _plain(session, about)


def _plain(session: Session, about: Mapping[str, str]) -> Values:
    """Return values as they were laid: instants by their name, sites with their name."""
    values: dict[str, object] = {"remark": ""}
    for name, said in about.items():
        if name.endswith(("_at", "_by", "until")):
            values[name] = instant(said)
        elif name == "site":
            site = session.get(Site, said)
            values["site"] = line(site.name if site else said)
        else:
            values[name] = line(said)
    return values


def _ready(
    session: Session, notice: Notice, about: Mapping[str, str], _rules: Rulebook, _now: datetime
) -> Values | None:
    hold = _own_hold(session, notice, about)
    if hold is None or hold.ready_at != instant(about["ready_at"]):
        return None
    return _on_shelf(session, hold)


def _expiring(
    session: Session, notice: Notice, about: Mapping[str, str], _rules: Rulebook, _now: datetime
) -> Values | None:
    hold = _own_hold(session, notice, about)
    if hold is None or hold.expires_on != date.fromisoformat(about["expires_on"]):
        return None
    return _on_shelf(session, hold)


def _own_hold(session: Session, notice: Notice, about: Mapping[str, str]) -> Hold | None:
    hold = session.get(Hold, int(about["hold"]))
    ready = HoldStatus.READY.value
    if hold is None or hold.status != ready or hold.patron_id != notice.patron_id:
        return None
    return hold


def _on_shelf(session: Session, hold: Hold) -> Values:
    title = session.get_one(Title, hold.title_id)
    return {
        "hold": hold.id,
        "ready_at": hold.ready_at,
        "title": line(f"{title.title}, {title.volume}" if title.volume else title.title),
        "site": line(session.get_one(Site, hold.pickup_site).name),
        "number": hold.shelf_number or 0,
        "until": hold.expires_on or date.max,
    }


def _due_soon(
    session: Session, notice: Notice, _about: Mapping[str, str], rules: Rulebook, now: datetime
) -> Values | None:
    today = rules.day(now)
    found = _loans(session, notice, today, today + timedelta(days=DUE_SOON_SHOWS))
    return {"loans": found} if found else None


def _late(
    session: Session, notice: Notice, about: Mapping[str, str], rules: Rulebook, now: datetime
) -> Values | None:
    if not rules.late_notices:
        return None
    found = _loans(session, notice, date.min, rules.day(now) - timedelta(days=1))
    return {"loans": found, "number": int(about["number"])} if found else None


def _loans(session: Session, notice: Notice, first: date, last: date) -> list[dict[str, object]]:
    """Return the reader's open loans due between two days, but those they say they returned."""
    return [
        {"title": line(loan.full_title), "due_on": loan.due_on}
        for loan in loans.open_loans_of(session.connection(), notice.patron_id or 0)
        if first <= loan.due_on <= last and loan.claimed_returned_on is None
    ]


def _answered(
    session: Session, notice: Notice, about: Mapping[str, str], _rules: Rulebook, _now: datetime
) -> Values | None:
    question = session.get(Question, int(about["question"]))
    if question is None or question.status != QuestionStatus.ANSWERED.value:
        return None
    if (question.patron_id, question.address) != (notice.patron_id, notice.address):
        return None
    return {"answer": lines(question.answer), "question_lines": lines(question.text).split("\n")}


def _decided(
    session: Session, notice: Notice, about: Mapping[str, str], _rules: Rulebook, _now: datetime
) -> Values | None:
    row = session.get(Suggestion, int(about["suggestion"]))
    if row is None or not row.decision or row.patron_id != notice.patron_id:
        return None
    return {"title": line(row.title), "decision": row.decision, "remark": lines(row.remark)}


_Read = Callable[[Session, Notice, Mapping[str, str], Rulebook, datetime], Values | None]
_READ: Mapping[NoticeKind, _Read] = {
    NoticeKind.HOLD_READY: _ready,
    NoticeKind.HOLD_EXPIRES: _expiring,
    NoticeKind.DUE_SOON: _due_soon,
    NoticeKind.LATE: _late,
    NoticeKind.QUESTION_ANSWERED: _answered,
    NoticeKind.SUGGESTION_DECIDED: _decided,
}
