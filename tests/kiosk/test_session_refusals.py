"""What is refused again and again, typed barcodes, full bins."""

from dataclasses import replace

import pytest
from visits import BOOK, NOW, OTHER, R1, R2, answer, items, of, only, play, read

from catalogue_api.contract.returns import Outcome, Security
from kiosk.outcomes import KioskOutcome
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.sorting import Bin, Sorting, SortLine
from kiosk.session.states import (
    NO_TAG,
    Idle,
    Rules,
    Session,
    Shape,
    Stage,
    Summary,
    TypedBarcodes,
)
from kiosk.tagging import NotTaken, typed_item

STUBBORN = Session(Rules(take_after=2))


def again(uid=BOOK) -> tuple[ev.Event, ...]:
    return ev.TagLeft(uid), ev.TagArrived(uid)


def unread(return_id=R1) -> ev.TagRead:
    return read(reading=NotTaken(KioskOutcome.UNREADABLE, "blank"), return_id=return_id)


def test_what_cannot_be_read_is_taken_for_staff_after_so_many_refusals():
    session, effects = play(STUBBORN, ev.TagArrived(BOOK), unread(), *again(), unread(R2))
    assert only(session).verdict is KioskOutcome.UNREADABLE
    assert not of(fx.KeepUnread, effects)
    session, effects = play(session, *again())
    assert of(fx.KeepUnread, effects) == [fx.KeepUnread(R2, BOOK, "unreadable", NOW, "4")]
    session, effects = play(session, ev.Recorded(R2))
    assert (only(session).verdict, only(session).bin) == (Outcome.NEEDS_STAFF, "4")
    assert not of(fx.Secure | fx.Ask, effects)


def test_another_librarys_item_is_taken_too():
    foreign = read(reading=NotTaken(KioskOutcome.NOT_OURS, "FR-X"))
    session, effects = play(STUBBORN, ev.TagArrived(BOOK), foreign, *again(), *again())
    assert len(of(fx.KeepUnread, effects)) == 1
    assert only(session).stage is Stage.RECORDING


def test_what_the_catalogue_refused_is_placed_under_the_return_it_has():
    refused = (ev.TagArrived(BOOK), read(), ev.Recorded(R1))
    session, _ = play(STUBBORN, *refused, ev.Answered(R1, answer(Outcome.UNKNOWN_ITEM)))
    session, effects = play(session, *again(), *again())
    assert of(fx.Settle, effects) == [fx.Settle(R1, "4", Security.NOT_WANTED)]
    assert only(session).verdict is Outcome.NEEDS_STAFF


def test_a_card_is_never_taken():
    card = read(reading=NotTaken(KioskOutcome.PATRON_CARD, "card"))
    session, effects = play(STUBBORN, ev.TagArrived(BOOK), card, *(again() * 9))
    assert only(session).verdict is KioskOutcome.PATRON_CARD
    assert not of(fx.KeepUnread, effects)


def test_without_that_setting_a_refusal_stands():
    foreign = read(reading=NotTaken(KioskOutcome.NOT_OURS, "FR-X"))
    session, effects = play(Session(), ev.TagArrived(BOOK), foreign, *(again() * 9))
    assert only(session).verdict is KioskOutcome.NOT_OURS
    assert not of(fx.KeepUnread, effects)


# -- barcodes by hand

EVERYBODY = Session(Rules(typed_barcodes=TypedBarcodes.EVERYBODY))
TYPED = typed_item("30001")
GIVEN = ev.BarcodeGiven(TYPED, None, R1, NOW)


def test_a_typed_barcode_is_a_return_whose_tag_staff_must_replace():
    session, effects = play(EVERYBODY, GIVEN)
    assert fx.Record(R1, NO_TAG, TYPED, NOW) in effects
    assert fx.StartTimer(ev.QuietOver(), 8.0) in effects, "nothing lies there: the visit ends"
    session, effects = play(session, ev.Recorded(R1), ev.Answered(R1, answer()))
    assert only(session).verdict is Outcome.RETURNED
    assert of(fx.Settle, effects) == [fx.Settle(R1, "1", Security.FAILED)]
    assert not of(fx.Secure, effects)
    session, _ = play(session, ev.QuietOver(), ev.SummaryOver())
    assert session.phase == Idle()


def test_a_typed_barcode_is_that_of_the_tag_that_cannot_be_read():
    session, _ = play(EVERYBODY, ev.TagArrived(BOOK), unread(R2), GIVEN)
    assert only(session).stage is Stage.RECORDING
    session, effects = play(session, ev.Recorded(R1), ev.Answered(R1, answer()))
    assert not of(fx.Secure, effects), "a tag that cannot be read is never written to"
    assert only(session).security is Security.FAILED


def test_a_barcode_that_was_read_already_is_not_counted_twice():
    session, effects = play(EVERYBODY, ev.TagArrived(BOOK), read(), GIVEN)
    assert len(of(fx.Record, effects)) == 1
    assert len(items(session)) == 1


def test_a_barcode_typed_again_goes_on_with_its_return():
    session, _ = play(EVERYBODY, GIVEN, ev.Recorded(R1), ev.Answered(R1, answer()))
    session, effects = play(session, replace(GIVEN, return_id=R2))
    assert not of(fx.Record, effects)


@pytest.mark.parametrize("who", [TypedBarcodes.NEVER, TypedBarcodes.STAFF])
def test_who_may_not_type_is_not_heard(who):
    session = Session(Rules(typed_barcodes=who))
    session, effects = play(session, ev.TagArrived(OTHER), GIVEN)
    assert not of(fx.Record, effects)


def test_a_slot_opens_for_a_typed_barcode_once_it_is_accepted():
    session = Session(Rules(typed_barcodes=TypedBarcodes.EVERYBODY, shape=Shape.SLOT))
    session, effects = play(session, GIVEN, ev.Recorded(R1))
    assert not of(fx.Sort, effects)
    session, effects = play(session, ev.Answered(R1, answer()))
    assert of(fx.Sort, effects) == [fx.Sort(R1, "1")]
    session, effects = play(session, ev.Sorted(R1, "1"))
    assert fx.StartTimer(ev.QuietOver(), 8.0) in effects
    session, _ = play(session, ev.QuietOver())
    assert isinstance(session.phase, Summary)


@pytest.mark.parametrize("text", ["", "   ", "x" * 65, "300\x0001", "a\nb"])
def test_what_cannot_be_a_barcode_is_none(text):
    assert typed_item(text) is None


# -- bins

SMALL = Sorting(
    bins=(Bin("A", 2), Bin("B")),
    table=(SortLine("B", outcome=Outcome.HOLD_CAPTURED), SortLine("A")),
)


def test_where_the_bin_is_full_nothing_is_promised():
    session, effects = play(
        Session(Rules(sorting=SMALL)), ev.BinsFull(frozenset({"A"})), ev.TagArrived(BOOK), read()
    )
    assert only(session).verdict is KioskOutcome.BIN_FULL
    assert not of(fx.Record, effects)


def test_with_an_overflow_bin_a_full_one_stops_nobody():
    rules = Rules(sorting=replace(SMALL, overflow="B"))
    session, _ = play(
        Session(rules),
        ev.BinsFull(frozenset({"A"})),
        ev.TagArrived(BOOK),
        read(),
        ev.Recorded(R1),
        ev.Answered(R1, answer()),
        ev.Secured(BOOK),
    )
    assert (only(session).verdict, only(session).bin) == (Outcome.RETURNED, "B")


def test_what_is_accepted_when_the_bin_fills_up_still_finds_a_place():
    session, _ = play(Session(Rules(sorting=SMALL)), ev.TagArrived(BOOK), read(), ev.Recorded(R1))
    session, effects = play(session, ev.BinsFull(frozenset({"A", "B"})), ev.Answered(R1, answer()))
    assert of(fx.Settle, effects) == [fx.Settle(R1, "A", Security.PENDING)]


def test_an_emptied_bin_takes_again():
    session, _ = play(
        Session(Rules(sorting=SMALL)), ev.BinsFull(frozenset({"A"})), ev.TagArrived(BOOK), read()
    )
    session, _ = play(session, ev.BinsFull(frozenset()), *again(), read())
    assert only(session).stage is Stage.RECORDING
