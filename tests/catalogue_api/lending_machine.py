"""A small library in which anything may be done at any time, as hypothesis likes.

Everything goes through the endpoints, as it would over HTTP. What the rules refuse is fine; any
other error is not, and in the end every invariant of the database must hold.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from invariants import broken
from sqlalchemy import text

from catalogue_api.contract import (
    deeds,
    hold_notices,
    hold_queue,
    hold_shelf,
    holds,
    loans,
    own_account,
    own_data,
    past_returns,
    returns,
    transfers,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_notices import ReaderTold, ToldHow
from catalogue_api.contract.hold_queue import GiveCopy, MoveHold
from catalogue_api.contract.holds import MoveReason, PauseHold, Pickup, PlaceHold
from catalogue_api.contract.loans import LendItem, Renewal
from catalogue_api.contract.own_data import HistoryKept, OwnData
from catalogue_api.contract.returns import DeskReturn, ReturnBatch, ReturnItem
from catalogue_api.contract.transfers import Move, Sent, Shelved
from catalogue_api.domain.mailing import Verdict
from catalogue_api.domain.retention import FOUR_MONTHS
from catalogue_api.domain.roles import Role
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.jobs.forgetting import forget_people
from catalogue_api.services.holds.expiring import expire_holds
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.services.notices import outbox
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.services.staff import staff
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import (
    Item,
    LoanLimit,
    Patron,
    PatronSession,
    Site,
    StaffSession,
    Title,
)
from catalogue_api.storage.tables import Rulebook as RulebookRow

SITES = ("c", "p")
ITEMS, TITLES, PATRONS = 8, 2, 5
MOST_LOANS, MOST_HOLDS = 3, 2
BUSY = 25
PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 10, 20, 9, tzinfo=UTC)  # the clocks go back within the week
FINE = {
    ProblemType.REFUSED_BY_RULE,
    ProblemType.NOT_FOUND,
    ProblemType.CHANGED_MEANWHILE,
    ProblemType.INVALID_REQUEST,
    ProblemType.NOT_AUTHENTICATED,  # the reader who does things for themselves is gone
}
_ON_LOAN = (
    "SELECT barcode FROM items JOIN loans ON loans.item_id = items.id"
    " WHERE ended_at IS NULL ORDER BY barcode"
)
_CAUGHT = (
    "SELECT barcode FROM items JOIN holds ON holds.item_id = items.id"
    " WHERE holds.status = 'captured' ORDER BY barcode"
)
_READY = (
    "SELECT barcode || '/' || card FROM items JOIN holds ON holds.item_id = items.id"
    " JOIN patrons ON patrons.id = patron_id WHERE holds.status = 'ready' ORDER BY barcode"
)
Act = Callable[["LendingMachine", int, int, int], None]
ACTS: list[Act] = []
"""What may be done, each as often as its weight; three numbers choose with whom and with what."""


def act(weight: int = 1) -> Callable[[Act], Act]:
    def add(one: Act) -> Act:
        ACTS.extend([one] * weight)
        return one

    return add


def item(number: int) -> str:
    return str(number % ITEMS + 1)


def card(number: int) -> str:
    return f"P{number % PATRONS + 1}"


def site(number: int) -> str:
    return SITES[number % len(SITES)]


class LendingMachine(RuleBasedStateMachine):
    """The library; `address` is that of an empty, migrated database, made anew for each run."""

    address: str

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.ids = count(1)
        self.past: list[UUID] = []
        self.done: Counter[str] = Counter()
        self.runner = asyncio.Runner()
        self.database = Database(self.address, threads=0)

    @initialize()
    def furnish(self) -> None:
        self.database.write_now(_furnish)
        rules = RulesInForce(Rulebook(PARIS))
        self.desk = EmbeddedCatalogue(self.database, "desk", rules, lambda: self.now)
        self.kiosk = EmbeddedCatalogue(self.database, "kiosk", rules, lambda: self.now)
        self.reader = EmbeddedCatalogue(self.database, "reader", rules, lambda: self.now)
        self.rules = rules

    def teardown(self) -> None:
        self.runner.close()
        kept_since = FOUR_MONTHS.kept_since(self.now.astimezone(PARIS).date(), PARIS)
        found = broken(self.database, MOST_LOANS, MOST_HOLDS, kept_since)
        self.database.close()
        self.over(self.done)
        assert not found, found

    def over(self, done: Counter[str]) -> None:
        """Hear what was done in a run."""

    def ask(self, endpoint, body=None, *, way=None, version=None, **path):
        self.now += timedelta(seconds=1)
        call = (way or self.desk).call(
            endpoint, body or Nothing(), key=f"k{next(self.ids)}", version=version, **path
        )
        try:
            answer = self.runner.run(call)
        except Refused as refused:
            if refused.type in FINE:
                return None
            raise
        self.done[endpoint.name] += 1
        if isinstance(answer, returns.Returned):
            self.done[answer.outcome.value] += 1
        return answer

    def _which(self, query: str, index: int) -> str | None:
        """Return the first column of one of the rows."""
        found = self.database.read_now(
            lambda session: session.connection().execute(text(query)).scalars().all()
        )
        return str(found[index % len(found)]) if found else None

    @rule(data=st.data())
    def work_for_a_while(self, data) -> None:
        chosen = st.tuples(st.sampled_from(ACTS), *[st.integers(0, 10_000)] * 3)
        for one, a, b, c in data.draw(st.lists(chosen, min_size=BUSY, max_size=BUSY)):
            one(self, a, b, c)

    def fact(self, barcode: str, minutes: int, **values) -> ReturnItem:
        self.past.append(UUID(int=next(self.ids)))
        at = self.now - timedelta(minutes=minutes)
        return ReturnItem(return_id=self.past[-1], barcode=barcode, occurred_at=at, **values)

    def edit(self, endpoint, index: int, body=None) -> None:
        hold = self._which("SELECT id FROM holds ORDER BY id DESC LIMIT 6", index)
        found = self.ask(holds.SHOW_HOLD, hold=hold) if hold is not None else None
        if found is not None:
            self.ask(endpoint, body, version=found.version, hold=hold)


# -- lending and returning


@act(10)
def lend(machine, a, b, c) -> None:
    body = LendItem(barcode=item(a), card=card(b), site=site(c), dry_run=c % 11 == 0)
    machine.ask(loans.LEND_ITEM, body)


@act(2)
def renew(machine, a, _b, _c) -> None:
    loan = machine._which("SELECT id FROM loans WHERE ended_at IS NULL ORDER BY id", a)
    if loan is not None:
        machine.ask(loans.RENEW_LOAN, Renewal(), loan=loan)


@act()
def renew_all(machine, a, _b, _c) -> None:
    machine.ask(loans.RENEW_ALL, Renewal(), patron=card(a)[1:])


@act(8)
def bring_back(machine, a, b, _c) -> None:
    """What is on loan, mostly at once; the kiosk asks twice, as after an answer that was lost."""
    barcode = machine._which(_ON_LOAN, a)
    if barcode is not None:
        fact = machine.fact(barcode, (0, 0, 0, 1, 60, 3000)[b % 6])
        answer = machine.ask(returns.RETURN_ITEM, fact, way=machine.kiosk, kiosk="k")
        assert machine.ask(returns.RETURN_ITEM, fact, way=machine.kiosk, kiosk="k") == answer


@act(2)
def return_anything(machine, a, b, c) -> None:
    missing = ("CD",) if c % 9 == 0 else ()
    fact = machine.fact(item(a), b % 3000 - 5, missing=missing)
    machine.ask(returns.RETURN_ITEM, fact, way=machine.kiosk, kiosk="k")


@act(2)
def return_a_pile(machine, a, b, c) -> None:
    batch = ReturnBatch(returns=tuple(machine.fact(item(one), 0) for one in (a, b, c)))
    machine.ask(returns.RETURN_BATCH, batch, way=machine.kiosk, kiosk="k")


@act(3)
def return_at_desk(machine, a, b, _c) -> None:
    machine.past.append(UUID(int=next(machine.ids)))
    body = DeskReturn(return_id=machine.past[-1], barcode=item(a), site=site(b))
    machine.ask(returns.DESK_RETURN, body)


@act(3)
def undo(machine, a, _b, _c) -> None:
    if machine.past:
        machine.ask(
            past_returns.UNDO_RETURN,
            return_id=str(machine.past[-1 - a % min(3, len(machine.past))]),
        )


# -- reserving


@act(8)
def reserve_any_copy(machine, a, b, c) -> None:
    body = PlaceHold(title=a % TITLES + 1, card=card(b), pickup_site=site(c))
    machine.ask(holds.PLACE_HOLD, body)


@act(2)
def reserve_one_copy(machine, a, b, c) -> None:
    title = (a % ITEMS + 1) % TITLES + 1
    body = PlaceHold(title=title, card=card(b), pickup_site=site(c), barcode=item(a))
    machine.ask(holds.PLACE_HOLD, body)


@act(2)
def cancel(machine, a, _b, _c) -> None:
    machine.edit(holds.CANCEL_HOLD, a)


@act(2)
def restore(machine, a, _b, _c) -> None:
    machine.edit(holds.RESTORE_HOLD, a)


@act(2)
def pause(machine, a, b, _c) -> None:
    until = None if b % 4 == 0 else machine.now.date() + timedelta(days=b % 20)
    machine.edit(holds.PAUSE_HOLD, a, PauseHold(until=until))


@act(2)
def resume(machine, a, _b, _c) -> None:
    machine.edit(holds.RESUME_HOLD, a)


@act(2)
def change_pickup(machine, a, b, _c) -> None:
    machine.edit(holds.CHANGE_PICKUP, a, Pickup(pickup_site=site(b)))


@act(2)
def move_in_the_queue(machine, a, b, _c) -> None:
    body = MoveHold(priority=b % 4, reason=next(iter(MoveReason)), note="n")
    machine.edit(hold_queue.MOVE_HOLD, a, body)


@act(2)
def give_by_hand(machine, a, b, _c) -> None:
    body = GiveCopy(barcode=item(b), reason=next(iter(MoveReason)), note="n")
    machine.edit(hold_queue.GIVE_COPY, a, body)


@act(2)
def tell_the_reader(machine, a, b, _c) -> None:
    if b % 3:
        machine.edit(hold_notices.NOTE_TOLD, a, ReaderTold(how=ToldHow.LETTER))
    else:
        machine.edit(hold_notices.NOTE_NOT_TOLD, a)


@act(3)
def empty_the_outbox(machine, a, b, _c) -> None:
    """Send what waits, by a server that refuses some of it; another sender may have died."""
    rules = machine.rules

    def take(session):
        return outbox.take(session, f"sender {b}", machine.now, rules.current(session.connection()))

    for turn in range(a % 6):
        letter = machine.database.write_now(take)
        if not isinstance(letter, outbox.Letter):
            continue
        if (a + turn) % 4 == 0:
            return  # it dies with the letter in its hand
        verdict = list(Verdict)[(b + turn) % 4] if (a + turn) % 3 == 0 else None

        def note(session, letter=letter, verdict=verdict) -> None:
            if verdict is None:
                now = rules.current(session.connection())
                outbox.note_sent(session, letter, machine.now, now)
            else:
                outbox.note_failed(session, letter, verdict, "", machine.now, 0.5)

        machine.database.write_now(note)


@act(6)
def shelve_what_was_caught(machine, a, b, _c) -> None:
    barcode = machine._which(_CAUGHT, a)
    if barcode is not None:
        for where in (site(b), site(b + 1)):
            machine.ask(hold_shelf.SCAN_ONTO_SHELF, site=where, barcode=barcode)


@act(2)
def scan_anything_onto_the_shelf(machine, a, b, _c) -> None:
    machine.ask(hold_shelf.SCAN_ONTO_SHELF, site=site(a), barcode=item(b))


@act(4)
def fetch(machine, a, b, _c) -> None:
    """A reader comes for what is ready."""
    pair = machine._which(_READY, a)
    if pair is not None:
        barcode, whose = pair.split("/")
        machine.ask(loans.LEND_ITEM, LendItem(barcode=barcode, card=whose, site=site(b)))


@act()
def not_on_its_shelf(machine, a, b, _c) -> None:
    machine.ask(hold_shelf.NOT_FOUND_ON_SHELF, site=site(a), barcode=item(b))


@act(2)
def clear(machine, a, b, _c) -> None:
    machine.ask(hold_shelf.CLEAR_COPY, site=site(a), barcode=item(b))


# -- copies on their way


@act(2)
def send_elsewhere(machine, a, b, _c) -> None:
    machine.ask(transfers.MOVE_ITEM, Move(to=("", *SITES)[b % 3]), barcode=item(a))


@act(2)
def load_the_van(machine, a, b, _c) -> None:
    machine.ask(transfers.SEND_ITEMS, Sent(barcodes=(item(a), item(b))))


@act(2)
def shelve(machine, a, b, c) -> None:
    machine.ask(transfers.SHELVE_ITEMS, Shelved(site=site(c), barcodes=(item(a), item(b))))


@act(3)
def take_a_deed_back(machine, a, b, _c) -> None:
    """One of the last three things that were done with copies, or one long past."""
    last = machine.database.read_now(
        lambda session: session.connection().execute(text("SELECT max(id) FROM deeds")).scalar()
    )
    if last:
        machine.ask(deeds.TAKE_BACK, deed=str(max(last - (a % 3 if b % 4 else a % last), 1)))


# -- readers for themselves


@act(2)
def choose_what_is_kept(machine, a, b, _c) -> None:
    own = machine.ask(own_account.SHOW_OWN_ACCOUNT, way=machine.reader)
    if own is not None:
        history = list(HistoryKept)[a % len(HistoryKept)]
        body = OwnData(phone=str(b), history=history)
        machine.ask(own_data.EDIT_OWN_ACCOUNT, body, way=machine.reader, version=own.version)


@act()
def forget_ones_own_past(machine, _a, _b, _c) -> None:
    machine.ask(own_data.FORGET_OWN_HISTORY, way=machine.reader)


@act()
def ask_to_be_deleted_or_stay(machine, a, _b, _c) -> None:
    asked = own_data.ASK_DELETION if a % 2 else own_data.TAKE_DELETION_BACK
    machine.ask(asked, way=machine.reader)


@act()
def take_all_ones_data_away(machine, _a, _b, _c) -> None:
    machine.ask(own_data.EXPORT_OWN_DATA, way=machine.reader)


# -- time


@act(3)
def wait(machine, a, _b, _c) -> None:
    machine.now += timedelta(hours=a % 30 + 1)


@act()
def wait_long_and_let_the_night_work(machine, a, b, _c) -> None:
    """Weeks in which reservations expire, or so many months that who had what is forgotten."""
    machine.now += timedelta(days=a % 40 + (5 if b % 4 else 120))
    machine.database.write_now(
        lambda db: expire_holds(db, machine.now, machine.rules.current(db.connection()))
    )
    machine.database.write_now(
        lambda db: forget_people(db, machine.now, machine.rules.current(db.connection()))
    )


def _furnish(session) -> None:
    session.add_all([Site(code=code, name=code.upper()) for code in SITES])
    session.add_all(
        [RulebookRow(version=1, penalties=True, most_holds=MOST_HOLDS), LoanLimit(most=MOST_LOANS)]
    )
    session.add_all(
        Title(source="t", control_number=str(n), title=f"Titre {n}") for n in range(1, TITLES + 1)
    )
    session.add_all(
        Patron(card=f"P{n}", family_name="Inconnue", email=f"p{n}@example.org" if n > 2 else "")
        for n in range(1, PATRONS + 1)
    )
    session.flush()
    for n in range(1, ITEMS + 1):
        home = SITES[n % 2]
        status = {7: "damaged", 8: "not_for_loan"}.get(n, "available")
        session.add(
            Item(
                barcode=str(n),
                title_id=n % TITLES + 1,
                home_site=home,
                current_site=home,
                status=status,
            )
        )
        session.flush()
    with contextlib.suppress(Refused):
        add_kiosk(session, "k", SITES[0], "kiosk", START)
    staff.add_staff(session, "ana", "x", SITES[0], START, Role.LIBRARIAN)
    for_ever = START + timedelta(days=10_000)
    lasts = {"csrf": "", "created_at": START, "last_seen_at": for_ever, "expires_at": for_ever}
    session.add(StaffSession(token_hash=hashed("desk"), staff="ana", **lasts))
    session.add(PatronSession(token_hash=hashed("reader"), patron_id=PATRONS, **lasts))
