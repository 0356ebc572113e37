"""Suggestions to buy: made by readers, decided at the desk; their readers are told."""

from typing import Any

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.purchase_suggestions import (
    Decide,
    Decision,
    FindSuggestions,
    MySuggestion,
    MySuggestions,
    QuestionRefusal,
    SuggestionsPage,
    SuggestPurchase,
)
from catalogue_api.contract.purchase_suggestions import Suggestion as SuggestionTold
from catalogue_api.domain.isbn import isbn13
from catalogue_api.domain.mailing import lines
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.questions import MOST_OPEN_SUGGESTIONS
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.noticing import notify, take_back
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.portal.asking import refused
from catalogue_api.storage import questions as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Patron, Suggestion


def suggest(session: Session, call: Call, body: SuggestPurchase) -> MySuggestion:
    """Take a suggestion of the reader who makes it, unless too many of theirs wait."""
    isbn = isbn13(body.isbn) if body.isbn.strip() else ""
    if body.isbn.strip() and not isbn:
        raise Refused(ProblemType.INVALID_REQUEST, "isbn: this is not an ISBN")
    patron = call.the_caller().patron_id
    locks.patron(session.connection(), patron)
    if sql.count_undecided(session, patron) >= MOST_OPEN_SUGGESTIONS:
        raise refused(QuestionRefusal.TOO_MANY_OPEN)
    if isbn and any(one.isbn == isbn for one in sql.suggestions_of(session, patron)):
        raise refused(QuestionRefusal.SUGGESTED_ALREADY)
    suggestion = Suggestion(
        patron_id=patron,
        title=body.title,
        author=body.author,
        isbn=isbn,
        why=lines(body.why),
        suggested_at=call.now,
    )
    session.add(suggestion)
    session.flush()
    return MySuggestion(**_told(session, suggestion))


def list_own(session: Session, call: Call, _body: Nothing) -> MySuggestions:
    """List the suggestions of the reader who asks."""
    return MySuggestions(suggestions=of_patron(session, call.the_caller().patron_id))


def of_patron(session: Session, patron: int) -> tuple[MySuggestion, ...]:
    """Return the suggestions of a reader, newest first."""
    rows = sql.suggestions_of(session, patron)
    return tuple(MySuggestion(**_told(session, row)) for row in rows)


def find(session: Session, _call: Call, body: FindSuggestions) -> SuggestionsPage:
    """List suggestions to be decided, or decided ones."""
    key = key_of(body.cursor, (0,))
    after = int(key[0]) if key else None
    rows = sql.suggestions(session, decided=body.decided, after=after, limit=body.limit + 1)
    shown, following = page(rows, body.limit, lambda row: (row[0].id or 0,))
    return SuggestionsPage(
        suggestions=tuple(_at_desk(session, row, patron) for row, patron in shown),
        open=sql.count_undecided(session),
        next=following,
    )


def decide(session: Session, call: Call, body: Decide) -> SuggestionTold:
    """Decide, or decide anew (what was accepted is ordered); the reader is told each time."""
    wanted = number(call, "suggestion")
    row = session.get(Suggestion, wanted, populate_existing=True, with_for_update=True)
    if row is None:
        raise no_such("suggestion")
    call.require_version(row.version)
    row.decision, row.remark = body.decision.value, lines(body.remark)
    row.decided_at, row.decided_by = call.now, call.the_caller().name
    row.version += 1
    session.add(row)
    session.flush()
    detail = {"decision": body.decision.value}
    audit.record(session, call, "suggestion_decided", f"suggestion:{row.id}", detail)
    if row.patron_id is not None:
        about = {"suggestion": str(row.id)}
        take_back(session, f"suggestion:{row.id}:{row.version - 1}")
        key = f"suggestion:{row.id}:{row.version}"
        notify(session, NoticeKind.SUGGESTION_DECIDED, row.patron_id, about, call.now, key=key)
    patron = session.get(Patron, row.patron_id) if row.patron_id is not None else None
    return _at_desk(session, row, patron)


def _at_desk(session: Session, row: Suggestion, patron: Patron | None) -> SuggestionTold:
    return SuggestionTold(
        **_told(session, row),
        patron=row.patron_id,
        reader=f"{patron.given_name} {patron.family_name}".strip() if patron else "",
        decided_by=row.decided_by,
        others=sql.count_alike(session, row.isbn, row.id or 0),
        version=row.version,
    )


def _told(session: Session, row: Suggestion) -> dict[str, Any]:
    return {
        "suggestion": row.id or 0,
        "title": row.title,
        "author": row.author,
        "isbn": row.isbn,
        "why": row.why,
        "suggested_at": row.suggested_at,
        "decision": Decision(row.decision) if row.decision else None,
        "remark": row.remark,
        "decided_at": row.decided_at,
        "known_title": sql.title_of_isbn(session, row.isbn),
    }
