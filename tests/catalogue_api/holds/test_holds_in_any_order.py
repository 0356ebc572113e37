"""Any sequence of what people do: the queue in order, no copy given twice, every rank explained."""

import json
import shutil
from collections.abc import Coroutine
from datetime import datetime, timedelta
from itertools import combinations, count
from uuid import UUID

import pytest
from catalogue_world import World
from hold_people import Desk, add_readers, open_desk
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.loans import LEND_ITEM, LendItem
from catalogue_api.contract.returns import RETURN_ITEM, ReturnItem
from catalogue_api.domain.holds import Wish, queue
from catalogue_api.storage.engine.database import Database

EXPECTED = {ProblemType.REFUSED_BY_RULE, ProblemType.CONFLICT}
KIOSKS = {"cachan": ("pad", "token-of-pad"), "arcueil": ("a/b c", "token-of-other")}
_files = count(1)

readers = st.integers(1, 5)
barcodes = st.sampled_from("123")
sites = st.sampled_from(sorted(KIOSKS))
places = st.integers(0, 7)


def done(asking: Coroutine) -> bool:
    """Run what never waits: everything happens in this thread."""
    try:
        asking.send(None)
    except StopIteration:
        return True
    except Refused as refused:
        if refused.type not in EXPECTED:
            raise
        return False
    raise AssertionError("it waited for something")


class Library(RuleBasedStateMachine):
    """One title with three copies at two sites, and five readers."""

    def __init__(self, template, folder) -> None:
        super().__init__()
        path = folder / f"{next(_files)}.db"
        shutil.copy(template, path)
        self.world = World(f"sqlite:///{path}")
        self.world.database.close()
        self.world.database = Database(f"sqlite:///{path}", threads=0)
        add_readers(self.world, 3, 5)
        self.desk: Desk = open_desk(self.world)
        self.returns = count(1)
        self.seen_events = 0
        self.told = Told()

    def teardown(self) -> None:
        self.world.database.close()

    @initialize(order=st.permutations([1, 2, 3, 4]), lent=st.sets(barcodes))
    def furnish(self, order, lent) -> None:
        for barcode in sorted(lent):
            self.world.lend(barcode, patron=5)
        for patron in order:
            done(self.desk.place(patron))
            self.world.now += timedelta(minutes=1)

    def hold(self, place: int) -> int:
        """Return one of the reservations there are, 0 before the first."""
        numbers = [number for (number,) in self.world.rows("SELECT id FROM holds ORDER BY id")]
        return numbers[place % len(numbers)] if numbers else 0

    def at(self, place: int, act) -> None:
        number = self.hold(place)
        if number:
            done(act(number))

    @rule(patron=readers, site=sites, barcode=st.none() | barcodes)
    def place(self, patron, site, barcode) -> None:
        done(self.desk.place(patron, site=site, barcode=barcode))

    @rule(place=places, days=st.none() | st.integers(0, 3))
    def pause(self, place, days) -> None:
        until = None if days is None else self.world.now.date() + timedelta(days=days)
        self.at(place, lambda number: self.desk.pause(number, until))

    @rule(place=places)
    def resume(self, place) -> None:
        self.at(place, self.desk.resume)

    @rule(place=places, site=sites)
    def pickup(self, place, site) -> None:
        self.at(place, lambda number: self.desk.pickup(number, site))

    @rule(place=places)
    def cancel(self, place) -> None:
        self.at(place, self.desk.cancel)

    @rule(place=places)
    def restore(self, place) -> None:
        self.at(place, self.desk.restore)

    @rule(place=places, priority=st.integers(-1, 1))
    def move(self, place, priority) -> None:
        self.at(place, lambda number: self.desk.move(number, priority))

    @rule(place=places, barcode=barcodes)
    def give(self, place, barcode) -> None:
        self.at(place, lambda number: self.desk.give(number, barcode))

    @rule(barcode=barcodes, site=sites)
    def give_back(self, barcode, site) -> None:
        kiosk, token = KIOSKS[site]
        body = ReturnItem(
            return_id=UUID(int=next(self.returns)), barcode=barcode, occurred_at=self.world.now
        )
        done(self.world.embedded(token).call(RETURN_ITEM, body, kiosk=kiosk))

    @rule(barcode=barcodes, patron=readers)
    def lend(self, barcode, patron) -> None:
        done(self.desk.call(LEND_ITEM, LendItem(barcode=barcode, card=f"P{patron}")))

    @rule(barcode=barcodes, site=sites)
    def scan(self, barcode, site) -> None:
        done(self.desk.scan(barcode, site))

    @rule(barcode=barcodes, site=sites)
    def not_found(self, barcode, site) -> None:
        done(self.desk.not_found(barcode, site))

    @rule()
    def two_weeks_pass_and_a_night(self) -> None:
        self.world.now += timedelta(days=14)
        self.desk.expire()

    @rule(minutes=st.sampled_from([1, 60, 24 * 60]))
    def time_passes(self, minutes) -> None:
        self.world.now += timedelta(minutes=minutes)

    @invariant()
    def a_copy_is_where_its_reader_can_have_it(self) -> None:
        for row in self.world.rows(
            "SELECT h.status, h.pickup_site, h.wanted_item_id, h.item_id, h.shelf_number,"
            " h.expires_on, i.title_id, h.title_id, i.current_site, i.destination, i.status,"
            " (SELECT count(*) FROM loans l WHERE l.item_id = i.id AND l.ended_at IS NULL)"
            " FROM holds h JOIN items i ON i.id = h.item_id"
            " WHERE h.status IN ('captured', 'ready')"
        ):
            status, pickup, wanted, item, number, expires, *of_item = row
            title, of_title, site, destination, item_status, on_loan = of_item
            assert title == of_title
            assert wanted in {None, item}
            assert (item_status, on_loan) == ("available", 0)
            assert (destination or site) == pickup
            if status == "ready":
                assert site == pickup
                assert number
                assert expires

    @invariant()
    def nobody_has_two_and_no_copy_goes_to_two(self) -> None:
        for group in ("item_id", "pickup_site || shelf_number"):
            states = "'captured', 'ready'" if group == "item_id" else "'ready'"
            assert not self.world.rows(
                f"SELECT {group} FROM holds WHERE status IN ({states})"
                f" GROUP BY {group} HAVING count(*) > 1"
            )
        assert not self.world.rows(
            "SELECT patron_id FROM holds WHERE status IN ('waiting', 'captured', 'ready')"
            " GROUP BY patron_id, title_id HAVING count(*) > 1"
        )

    @invariant()
    def the_history_tells_the_queue(self) -> None:
        events = self.world.rows(
            "SELECT e.hold_id, e.at, e.kind, e.detail, h.wanted_item_id FROM hold_events e"
            " JOIN holds h ON h.id = e.hold_id ORDER BY e.id"
        )
        before = self.told.order()
        new = events[self.seen_events :]
        for hold, at, kind, detail, wanted in new:
            self.told.hear(hold, datetime.fromisoformat(f"{at}+00:00"), kind, detail, wanted)
        self.seen_events = len(events)
        stored = self.world.rows(
            "SELECT id FROM holds WHERE status = 'waiting'"
            " ORDER BY staff_priority DESC, placed_at, id"
        )
        after = self.told.order()
        assert after == [number for (number,) in stored]
        heard = {(hold, kind) for hold, _, kind, _, _ in new}
        stayed = [hold for hold in before if hold in after]
        for first, second in combinations(stayed, 2):
            if after.index(second) < after.index(first):
                overtaken = {(second, "moved"), (first, "passed")}
                assert overtaken <= heard or (first, "moved") in heard


class Told:
    """The queue as it follows from the events alone, and the rule that each capture must keep."""

    def __init__(self) -> None:
        self.waiting: dict[int, Wish] = {}
        self.away: dict[int, Wish] = {}
        self.by_hand: set[int] = set()

    def order(self) -> list[int]:
        return [wish.id for wish in queue(self.waiting.values())]

    def hear(self, hold: int, at: datetime, kind: str, detail: str, wanted: int | None) -> None:
        said = json.loads(detail)
        match kind:
            case "placed":
                self.waiting[hold] = Wish(hold, said["site"], at, 0, wanted)
            case "moved" if "given" in said:
                self.by_hand.add(hold)
            case "moved":
                self.change(hold, staff_priority=said["priority"])
            case "paused":
                until = said["until"] and datetime.fromisoformat(said["until"]).date()
                self.change(hold, paused=True, paused_until=until)
            case "resumed":
                self.change(hold, paused=False, paused_until=None)
            case "captured":
                self.captured(hold, at, said)
            case "fulfilled" | "cancelled" | "expired":
                self.leave(hold)
            case "released" | "restored":
                self.waiting[hold] = self.away.pop(hold)

    def captured(self, hold: int, at: datetime, said: dict) -> None:
        if hold not in self.waiting:
            return
        item, day = said["item"], at.date()
        if hold not in self.by_hand:
            first = next(wish for wish in queue(self.waiting.values()) if wish.takes(item, day))
            assert first.id == hold
        self.by_hand.discard(hold)
        self.leave(hold)

    def leave(self, hold: int) -> None:
        if hold in self.waiting:
            self.away[hold] = self.waiting.pop(hold)

    def change(self, hold: int, **values) -> None:
        wish = self.waiting[hold]
        fields = {name: getattr(wish, name) for name in Wish.__slots__}
        self.waiting[hold] = Wish(**(fields | values))


@pytest.mark.parametrize("examples", [2, pytest.param(60, marks=pytest.mark.server)])
def test_whatever_people_do_the_queue_holds(template, tmp_path, examples) -> None:
    run_state_machine_as_test(
        lambda: Library(template, tmp_path),
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
