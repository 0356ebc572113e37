"""What librarians are to tell, in words: read aloud on the telephone, or printed as letters."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session

from catalogue_api.domain.mailing import line
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.notices.letters import values_of
from catalogue_api.services.notices.outbox import Letter
from catalogue_api.storage.tables import Notice, Patron


def letters_to_tell(
    session: Session, notices: Sequence[int], now: datetime, rules: Rulebook
) -> Mapping[int, Letter]:
    """Return the letters of some notices, by their numbers.

    What holds no more, or has no words, is not among them.
    """
    found = {}
    for number in notices:
        notice = session.get(Notice, number)
        letter = _letter(session, notice, now, rules) if notice is not None else None
        if letter is not None:
            found[number] = letter
    return found


def _letter(session: Session, notice: Notice, now: datetime, rules: Rulebook) -> Letter | None:
    try:
        values = values_of(session, notice, rules, now)
    except (LookupError, ValueError):
        return None
    if values is None:
        return None
    patron = session.get(Patron, notice.patron_id) if notice.patron_id is not None else None
    name = line(f"{patron.given_name} {patron.family_name}", 100) if patron else ""
    language = patron.language if patron else notice.language
    kind = NoticeKind(notice.kind)
    return Letter(notice.id or 0, notice.key, kind, "", name, language, values, "")
