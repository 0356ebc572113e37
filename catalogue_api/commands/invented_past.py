"""What happened in the invented library in the last four weeks, for the pages that look back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from catalogue_api.contract.returns import Outcome, Returned, Security, SortHint
from catalogue_api.domain.holds import HoldEventKind, HoldStatus
from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage.tables import Hold, HoldEvent, Item, Loan, Patron, Return, Title

_FOUR_WEEKS, _DAY = timedelta(days=28), timedelta(days=1)
_IN_A_DAY = 9
"""Returns, of all sites."""
_AT_EACH_SITE = (4, 1)
"""Of five returns so many: most where the kiosk stands, and there most at the kiosk."""
_AT_KIOSK = 0.7
_BUSIEST = 0.75
"""Of an opening: the hours after school."""
_LONGEST = 12 * _DAY
_WAITS = (0, 1, 1, 2, 2, 2, 3, 4, 6, 9, 15)
"""Days after which reservations were ready that are over."""


def furnish_past(
    session: Session, rules: Rulebook, kiosk: str, sites: tuple[str, str], now: datetime
) -> None:
    """Lay loans that were brought back, and reservations that were fetched, until yesterday.

    The kiosk stands at the first site. What is on loan now had no part in it.
    """
    chance = Random(1)  # noqa: S311 - invented, and the same at each start
    readers = session.connection().execute(select(func.count(col(Patron.id)))).scalar_one()
    # In turn: none is lent again before it was brought back.
    copies, free_since = cycle(_copies(session)), dict[int, datetime]()
    for number, at in enumerate(_moments(rules, sites[0], chance, now)):
        item, title = next(copies)
        site, copy = chance.choices(sites, _AT_EACH_SITE)[0], item.id or 0
        earliest = max(free_since.get(copy, at - _LONGEST), at - _LONGEST)
        began = earliest + (at - earliest) * chance.uniform(0.1, 0.6)
        free_since[copy] = at
        loan = Loan(
            item_id=copy, patron_id=number % readers + 1, started_at=began, ended_at=at,
            due_on=rules.due_on(began, site), site=site, category="adult",
        )  # fmt: skip
        session.add(loan)
        session.flush()
        at_kiosk = site == sites[0] and chance.random() < _AT_KIOSK
        session.add(_return(number, loan, item, title, kiosk if at_kiosk else None, at))
    _lay_fetched(session, sites[0], now)
    session.flush()


def _copies(session: Session) -> list[tuple[Item, Title]]:
    lent = select(col(Loan.item_id)).where(col(Loan.ended_at).is_(None))
    query = (
        select(Item, Title)
        .join(Title, col(Title.id) == col(Item.title_id))
        .where(col(Item.id).not_in(lent))
        .order_by(col(Item.id))
    )
    return [(item, title) for item, title in session.execute(query)]


def _moments(rules: Rulebook, site: str, chance: Random, now: datetime) -> Iterator[datetime]:
    """Yield when something was brought back, in order."""
    today = rules.day(now)
    for opening in rules.calendar(site).openings(today - _FOUR_WEEKS, today - _DAY):
        span = opening.ends - opening.starts
        parts = sorted(chance.triangular(0, 1, _BUSIEST) for _ in range(_IN_A_DAY))
        yield from (opening.starts + part * span for part in parts)


def _return(
    number: int, loan: Loan, item: Item, title: Title, kiosk: str | None, at: datetime
) -> Return:
    answer = Returned(
        return_id=UUID(int=1000 + number), outcome=Outcome.RETURNED, sort_hint=SortHint.SHELVE,
        title=title.title, author=title.author, shelf_mark=item.shelf_mark, kind=title.kind,
        received_at=at,
    )  # fmt: skip
    return Return(
        return_id=str(answer.return_id), kiosk=kiosk, site=loan.site,
        staff="" if kiosk else Role.LIBRARIAN.value, barcode=item.barcode, item_id=item.id,
        loan_id=loan.id, occurred_at=at, received_at=at, body_hash="", outcome=answer.outcome.value,
        answer=answer.model_dump_json(), bin="1" if kiosk else None,
        security=Security.SECURED.value,
    )  # fmt: skip


def _lay_fetched(session: Session, site: str, now: datetime) -> None:
    """Lay reservations that were ready after a while and fetched on the day after that."""
    for number, days in enumerate(_WAITS):
        ready = now - _DAY * (2 + number)
        placed, ended = ready - days * _DAY, ready + _DAY
        hold = Hold(
            title_id=number + 1, patron_id=number + 1, pickup_site=site, placed_at=placed,
            status=HoldStatus.FULFILLED.value, ready_at=ready, captured_at=ready, ended_at=ended,
        )  # fmt: skip
        session.add(hold)
        session.flush()
        happened = (
            (HoldEventKind.PLACED, placed, Role.PATRON),
            (HoldEventKind.READY, ready, Role.LIBRARIAN),
            (HoldEventKind.FULFILLED, ended, Role.LIBRARIAN),
        )
        session.add_all(
            HoldEvent(
                hold_id=hold.id or 0, title_id=hold.title_id, at=at, kind=kind.value, by=by.value
            )
            for kind, at, by in happened
        )
