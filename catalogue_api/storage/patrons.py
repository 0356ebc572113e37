"""What readers' accounts ask of the database."""

from datetime import date
from functools import reduce

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from catalogue_api.domain.holds import OPEN
from catalogue_api.storage.readers_gone import forget_readers
from catalogue_api.storage.tables import (
    Block,
    Hold,
    Loan,
    Patron,
    PatronSession,
)

_ESCAPES = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
_BARE_PHONE: ColumnElement[str] = reduce(
    lambda phone, sign: func.replace(phone, sign, ""),
    " .-()/",
    func.coalesce(col(Patron.phone), ""),
)


def find(
    session: Session, words: list[str], after: int | None, limit: int, dialled: str = ""
) -> list[Patron]:
    """Return readers in whose text every word stands, by name, behind the one numbered `after`.

    Or whose telephone has the digits `dialled`, whatever is written between them.
    """
    order = (col(Patron.sought), col(Patron.id))
    fits = and_(true(), *has_words(words))
    if dialled:
        fits = or_(fits, _BARE_PHONE.like(f"%{dialled}%"))
    query = select_rows(Patron).where(fits).order_by(*order).limit(limit)
    if after is not None:
        last = select(*order).where(col(Patron.id) == after).subquery()
        here = select(last.c.sought).scalar_subquery()
        query = query.where(tuple_(*order) > tuple_(here, after))
    return list(session.exec(query))


def has_words(words: list[str]) -> list[ColumnElement[bool]]:
    """Return the conditions that every word stands in a reader's text."""
    return [col(Patron.sought).like(f"%{word.translate(_ESCAPES)}%", escape="\\") for word in words]


def card_is_taken(connection: Connection, card: str, but: int = 0) -> bool:
    """Tell whether somebody (but one) has this card."""
    query = select(exists().where(col(Patron.card) == card, col(Patron.id) != but))
    return bool(connection.execute(query).scalar())


def open_loans(connection: Connection, patron: int) -> int:
    """Count a reader's open loans."""
    query = select(func.count()).where(col(Loan.patron_id) == patron, col(Loan.ended_at).is_(None))
    return connection.execute(query).scalar_one()


def open_holds(connection: Connection, patron: int) -> int:
    """Count a reader's open reservations."""
    statuses = [status.value for status in OPEN]
    query = select(func.count()).where(
        col(Hold.patron_id) == patron, col(Hold.status).in_(statuses)
    )
    return connection.execute(query).scalar_one()


def blocks(session: Session, patron: int, today: date | None) -> list[Block]:
    """Return the blocks of a reader, newest first: all, or those in force on a day."""
    query = select_rows(Block).where(Block.patron_id == patron).order_by(col(Block.id).desc())
    if today is not None:
        ends = col(Block.until_on)
        query = query.where(col(Block.lifted_at).is_(None), or_(ends.is_(None), ends >= today))
    return list(session.exec(query))


def forget(connection: Connection, patron: int) -> tuple[int, int]:
    """Delete a reader who has nothing open; return how many loans and holds lost their name.

    What was lent, and that somebody waited for it, stays for the statistics.
    """
    loans = update(Loan).where(col(Loan.patron_id) == patron).values(patron_id=None)
    holds = update(Hold).where(col(Hold.patron_id) == patron).values(patron_id=None)
    counts = connection.execute(loans).rowcount, connection.execute(holds).rowcount
    forget_readers(connection, [patron])
    return counts


def end_other_sessions(connection: Connection, patron: int, but: str = "") -> None:
    """Sign a reader out everywhere but in one session."""
    connection.execute(
        delete(PatronSession).where(
            col(PatronSession.patron_id) == patron, col(PatronSession.token_hash) != but
        )
    )
