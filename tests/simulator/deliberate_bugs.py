"""Mistakes that somebody might make one day, planted to see whether the worlds find them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from catalogue_api.contract.returns import RETURN_ITEM, PartsCheck, Placement
from catalogue_api.services.returns import placing, returning
from catalogue_api.storage import holds
from kiosk.antenna import Antenna
from kiosk.bins import Bins
from kiosk.bookkeeping import Bookkeeping
from kiosk.comparing import Comparing
from kiosk.daemon import Daemon
from kiosk.journal import Journal
from kiosk.journal_file import JournalFile
from kiosk.mouth import Mouth
from kiosk.outcomes import KioskOutcome
from kiosk.session import accepting, items, questions, sets
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.states import Shape
from kiosk.sorter import RelaySorter
from simulator.world.network import Network
from simulator.world.story import Invariant

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class Bug:
    """A mistake, how to make it, and one of the invariants that it must break.

    `seen_in`: the world that noticed it when the worlds were last searched, each from the first.
    """

    name: str
    make: Patch
    breaks: frozenset[Invariant]
    seen_in: int = 0


def skip_the_fsync(patch: pytest.MonkeyPatch) -> None:
    def settle(self, db):
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")
        return db

    patch.setattr(JournalFile, "_settle", settle)


def secure_before_recording(patch: pytest.MonkeyPatch) -> None:
    perform = Daemon._perform

    async def secure_and_record(daemon, effect):
        await daemon._tags._secure(effect.uid)
        perform(daemon, effect)

    def hasty(self, effect):
        if isinstance(effect, fx.Record):
            self._spawn(secure_and_record(self, effect))
        else:
            perform(self, effect)

    patch.setattr(Daemon, "_perform", hasty)


def show_before_recording(patch: pytest.MonkeyPatch) -> None:
    record = Bookkeeping._record

    async def late(self, effect):
        self._emit(ev.Recorded(effect.return_id))
        await asyncio.sleep(0.5)
        await record(self, effect)

    patch.setattr(Bookkeeping, "_record", late)


def forget_the_journal_on_restart(patch: pytest.MonkeyPatch) -> None:
    open_file = Journal.open

    def forgetful(self):
        open_file(self)
        self.write("DELETE FROM returns")

    patch.setattr(Journal, "open", forgetful)


def forget_the_bin(patch: pytest.MonkeyPatch) -> None:
    settle = Journal.settle

    def careless(self, return_id, placement):
        settle(self, return_id, Placement(bin="", security=placement.security))

    patch.setattr(Journal, "settle", careless)


def drop_refused_returns(patch: pytest.MonkeyPatch) -> None:
    def drop(self, return_id, reason):
        self.write("DELETE FROM returns WHERE return_id = ?", str(return_id))

    patch.setattr(Journal, "refused", drop)


def _other(return_id: UUID, number: int) -> UUID:
    return UUID(int=return_id.int ^ number)


def new_key_on_retry(patch: pytest.MonkeyPatch) -> None:
    call, tries = Network.call, {}

    async def rekeyed(self, endpoint, body, **path):
        if endpoint is not RETURN_ITEM:
            return await call(self, endpoint, body, **path)
        number = tries[body.return_id] = tries.get(body.return_id, -1) + 1
        fresh = body.model_copy(update={"return_id": _other(body.return_id, number)})
        answer = await call(self, endpoint, fresh, **path)
        return answer.model_copy(update={"return_id": body.return_id})

    patch.setattr(Network, "call", rekeyed)


def deliver_twice(patch: pytest.MonkeyPatch) -> None:
    call = Network.call

    async def doubled(self, endpoint, body, **path):
        answer = await call(self, endpoint, body, **path)
        if endpoint is RETURN_ITEM:
            again = body.model_copy(update={"return_id": _other(body.return_id, 1)})
            await call(self, endpoint, again, **path)
        return answer

    patch.setattr(Network, "call", doubled)


def close_a_newer_loan(patch: pytest.MonkeyPatch) -> None:
    decide = returning.decide

    def timeless(laid, *rest):
        return decide(replace(laid, at=datetime(2199, 1, 1, tzinfo=UTC)), *rest)

    patch.setattr(returning, "decide", timeless)


def give_a_hold_twice(patch: pytest.MonkeyPatch) -> None:
    first = holds.first_waiting

    def again(connection, title, *rest):
        connection.execute(
            text("UPDATE holds SET status = 'waiting', item_id = NULL WHERE status = 'captured'")
        )
        return first(connection, title, *rest)

    patch.setattr(holds, "first_waiting", again)


def believe_without_securing(patch: pytest.MonkeyPatch) -> None:
    async def nothing(self, uid):
        await asyncio.sleep(0.01)

    patch.setattr(Antenna, "secure", nothing)


def never_compare_notes(patch: pytest.MonkeyPatch) -> None:
    async def nothing(self):
        pass

    patch.setattr(Comparing, "_tally", nothing)


def take_the_last_placement_for_the_newest(patch: pytest.MonkeyPatch) -> None:
    place = placing.sql.place_return

    def place_any(connection, kiosk, return_id, placed_bin, security, receipt, revision):
        connection.execute(
            text("UPDATE returns SET bin = :bin, security = :as WHERE return_id = :id"),
            {"bin": placed_bin, "as": security, "id": return_id},
        )
        return place(connection, kiosk, return_id, placed_bin, security, receipt, revision)

    patch.setattr(placing.sql, "place_return", place_any)


def forget_what_lies_in_other_bins(patch: pytest.MonkeyPatch) -> None:
    empty = Bins.empty

    def careless(self, bin_name, at):
        content = empty(self, bin_name, at)
        self._journal.write("UPDATE returns SET emptying = 0 WHERE emptying IS NULL")
        return content

    patch.setattr(Bins, "empty", careless)


def print_a_number_that_nobody_keeps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Journal, "give_receipt", lambda *_: None)


def save_nothing_of_a_damaged_journal(patch: pytest.MonkeyPatch) -> None:
    def begin_anew(self, saving):
        self._make(saving).close()
        return 0

    patch.setattr(JournalFile, "_save", begin_anew)


def record_twice_what_is_caught_in_the_flap(patch: pytest.MonkeyPatch) -> None:
    not_sorted = accepting.not_sorted

    def again(laid, event):
        after, effects = not_sorted(laid, event)
        if event.inside and laid.item is not None and laid.occurred_at is not None:
            second = _other(event.return_id, 1)
            effects = (*effects, fx.Record(second, laid.uid, laid.item, laid.occurred_at))
        return after, effects

    patch.setattr(accepting, "not_sorted", again)


def take_what_lies_behind_the_flap_for_the_next(patch: pytest.MonkeyPatch) -> None:
    async def is_stuck(self):
        return not await self._board.is_on(self._wiring.closed)

    patch.setattr(RelaySorter, "is_stuck", is_stuck)


def let_in_before_recording(patch: pytest.MonkeyPatch) -> None:
    perform = Daemon._perform

    async def let_in_and_record(daemon, effect):
        await daemon._mouth.perform(fx.Sort(effect.return_id, "1"))
        perform(daemon, effect)

    def hasty(self, effect):
        if isinstance(effect, fx.Record) and self._session.rules.shape is Shape.SLOT:
            self._spawn(let_in_and_record(self, effect))
        else:
            perform(self, effect)

    patch.setattr(Daemon, "_perform", hasty)


def call_a_set_complete_with_a_part_missing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sets, "lacking", lambda _: ())


def name_no_part_that_staff_let_go(patch: pytest.MonkeyPatch) -> None:
    accept = items.accept_incomplete

    def silently(laid, session):
        after, effects = accept(laid, session)
        unnamed = tuple(
            replace(effect, item=laid.item) if isinstance(effect, fx.Record) else effect
            for effect in effects
        )
        return after, unnamed

    patch.setattr(items, "accept_incomplete", silently)


def secure_one_tag_of_a_set(patch: pytest.MonkeyPatch) -> None:
    to_secure = sets.to_secure
    patch.setattr(
        sets,
        "to_secure",
        lambda laid: to_secure(laid)[: not any(part.secured for part in laid.parts)],
    )
    patch.setattr(sets, "is_dealt_with", lambda _: True)


def believe_that_a_silent_belt_moved_nothing(patch: pytest.MonkeyPatch) -> None:
    not_let_in = Mouth._not_let_in

    def sure(self, effect, error):
        error.moved = False
        not_let_in(self, effect, error)

    patch.setattr(Mouth, "_not_let_in", sure)


def forget_what_was_said_of_the_parts(patch: pytest.MonkeyPatch) -> None:
    record = Bookkeeping._record

    async def silently(self, effect):
        await record(self, replace(effect, check=PartsCheck.NONE))

    patch.setattr(Bookkeeping, "_record", silently)


def take_silence_for_yes(patch: pytest.MonkeyPatch) -> None:
    over = questions.over

    def hopeful(session, event):
        step = over(session, event)
        is_answer = isinstance(step, ev.PartsChecked)
        return replace(step, check=PartsCheck.COMPLETE) if is_answer else step

    patch.setattr(questions, "over", hopeful)


def close_the_loan_of_what_is_incomplete(patch: pytest.MonkeyPatch) -> None:
    decide = returning.decide

    def generous(laid, *rest):
        return decide(replace(laid, parts=PartsCheck.STAFF), *rest)

    patch.setattr(returning, "decide", generous)


def call_the_incomplete_received_while_the_catalogue_is_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        accepting,
        "_incomplete",
        lambda laid, session: accepting._accept(laid, KioskOutcome.KEPT_FOR_LATER, session),
    )


def ask_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sets, "has_untagged_parts", lambda _: False)


BUGS = (
    Bug("skip the fsync", skip_the_fsync, frozenset({Invariant.PROMISE})),
    Bug("secure before recording", secure_before_recording, frozenset({Invariant.RECORDED_FIRST})),
    Bug("show before recording", show_before_recording, frozenset({Invariant.PROMISE}), 13),
    Bug("forget on restart", forget_the_journal_on_restart, frozenset({Invariant.PROMISE})),
    Bug("forget the bin", forget_the_bin, frozenset({Invariant.BINS})),
    Bug("drop what is refused", drop_refused_returns, frozenset({Invariant.PROMISE})),
    Bug("new key on retry", new_key_on_retry, frozenset({Invariant.ONCE})),
    Bug("deliver twice", deliver_twice, frozenset({Invariant.ONCE})),
    Bug("close a newer loan", close_a_newer_loan, frozenset({Invariant.NEWER_LOAN}), 77),
    Bug("give a hold twice", give_a_hold_twice, frozenset({Invariant.HOLD_ONCE}), 89),
    Bug("believe without securing", believe_without_securing, frozenset({Invariant.SECURED})),
    Bug(
        "never compare notes", never_compare_notes, frozenset({Invariant.ONCE, Invariant.BINS}), 64
    ),
    Bug("forget other bins", forget_what_lies_in_other_bins, frozenset({Invariant.BINS})),
    Bug("no receipt kept", print_a_number_that_nobody_keeps, frozenset({Invariant.RECEIPT})),
    Bug("save nothing", save_nothing_of_a_damaged_journal, frozenset({Invariant.PROMISE})),
    Bug(
        "last placement wins",
        take_the_last_placement_for_the_newest,
        frozenset({Invariant.BINS}),
        131,
    ),
    Bug("recorded twice", record_twice_what_is_caught_in_the_flap, frozenset({Invariant.ONCE}), 33),
    Bug(
        "old for new", take_what_lies_behind_the_flap_for_the_next, frozenset({Invariant.BINS}), 41
    ),
    Bug("part forgotten", call_a_set_complete_with_a_part_missing, frozenset({Invariant.WHOLE})),
    Bug("part unnamed", name_no_part_that_staff_let_go, frozenset({Invariant.WHOLE}), 16),
    Bug("one tag of a set", secure_one_tag_of_a_set, frozenset({Invariant.SECURED})),
    Bug("silent belt", believe_that_a_silent_belt_moved_nothing, frozenset({Invariant.BINS})),
    Bug("said and forgotten", forget_what_was_said_of_the_parts, frozenset({Invariant.CHECKED})),
    Bug("silence is yes", take_silence_for_yes, frozenset({Invariant.CHECKED})),
    Bug("incomplete closed", close_the_loan_of_what_is_incomplete, frozenset({Invariant.CHECKED})),
    Bug(
        "incomplete received",
        call_the_incomplete_received_while_the_catalogue_is_away,
        frozenset({Invariant.CHECKED}),
    ),
    Bug("nobody asked", ask_nobody, frozenset({Invariant.CHECKED})),
    Bug("let in unrecorded", let_in_before_recording, frozenset({Invariant.SWALLOWED}), 15),
)
