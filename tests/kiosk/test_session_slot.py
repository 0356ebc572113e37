"""A drop slot: one at a time, nothing falls in unread, and where each item lies is known."""

from dataclasses import replace

import pytest
from visits import BOOK, NOW, OTHER, OURS, R1, R2, answer, items, of, only, play, read

from catalogue_api.contract.returns import Outcome, Security
from kiosk.outcomes import KioskOutcome
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.slot import is_crowded
from kiosk.session.sorting import IN_THE_FLAP, UNKNOWN_BIN
from kiosk.session.staff import Act, Entry
from kiosk.session.states import Fault, Past, Rules, Session, Shape, Stage, Stopped
from kiosk.tagging import NotTaken, StaffCard

SLOT = Session(Rules(shape=Shape.SLOT))
SECOND = replace(OURS, barcode="30002")
TO_THE_FLAP = (
    ev.TagArrived(BOOK),
    read(),
    ev.Recorded(R1),
    ev.Answered(R1, answer()),
    ev.Secured(BOOK),
)


def test_the_flap_opens_only_for_what_is_recorded_accepted_and_secured():
    session, effects = SLOT, []
    for event in TO_THE_FLAP[:-1]:
        session, effects = play(session, event)
        assert not of(fx.Sort, effects)
    session, effects = play(session, TO_THE_FLAP[-1])
    assert effects == [fx.Settle(R1, UNKNOWN_BIN, Security.SECURED), fx.Sort(R1, "1")]
    assert only(session).verdict is None, "nothing is told before it is in"


def test_what_has_fallen_into_its_bin_is_told_and_written_down():
    session, _ = play(SLOT, *TO_THE_FLAP)
    session, effects = play(session, ev.TagLeft(BOOK), ev.Sorted(R1, "1"))
    assert of(fx.Settle, effects) == [fx.Settle(R1, "1", Security.SECURED)]
    assert of(fx.Play, effects) == [fx.Play(fx.Sound.DONE)]
    assert only(session).verdict is Outcome.RETURNED


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN_ITEM, Outcome.NEEDS_STAFF])
def test_what_the_catalogue_refuses_is_not_let_in(outcome):
    session, effects = play(SLOT, *TO_THE_FLAP[:3], ev.Answered(R1, answer(outcome)))
    assert only(session).verdict is outcome
    assert not of(fx.Sort, effects)


def test_two_things_at_once_are_asked_to_come_one_by_one():
    session, effects = play(
        SLOT, ev.TagArrived(BOOK), ev.TagArrived(OTHER), read(), read(OTHER, SECOND, return_id=R2)
    )
    assert not of(fx.Record, effects)
    assert is_crowded(session, items(session))
    session, effects = play(session, ev.TagLeft(OTHER))
    assert [effect.uid for effect in of(fx.Record, effects)] == [BOOK]
    assert not is_crowded(session, items(session))


def test_something_refused_that_still_lies_there_is_in_the_way_too():
    _, effects = play(
        SLOT,
        ev.TagArrived(OTHER),
        read(OTHER, NotTaken(KioskOutcome.NOT_OURS, "FR-X")),
        ev.TagArrived(BOOK),
        read(),
    )
    assert not of(fx.Record, effects)


def test_what_comes_while_the_first_is_on_its_way_keeps_the_flap_closed():
    session, effects = play(SLOT, *TO_THE_FLAP[:3], ev.TagArrived(OTHER), *TO_THE_FLAP[3:])
    assert not of(fx.Sort, effects)
    assert items(session)[0].stage is Stage.AT_FLAP
    session, effects = play(session, ev.TagLeft(OTHER))
    assert of(fx.Sort, effects) == [fx.Sort(R1, "1")]


def test_a_second_tag_before_the_open_flap_closes_it():
    session, effects = play(SLOT, *TO_THE_FLAP, ev.TagArrived(OTHER))
    assert fx.CloseFlap() in effects
    session, _ = play(session, read(OTHER, SECOND, return_id=R2))
    session, effects = play(session, ev.Sorted(R1, "1"), ev.TagLeft(BOOK))
    assert [effect.uid for effect in of(fx.Record, effects)] == [OTHER]


def test_the_items_own_tag_may_flicker_while_it_falls():
    _, effects = play(SLOT, *TO_THE_FLAP, ev.TagLeft(BOOK), ev.TagArrived(BOOK))
    assert not of(fx.CloseFlap, effects)


def test_what_is_not_put_in_is_returned_and_is_let_in_when_it_comes_again():
    session, _ = play(SLOT, *TO_THE_FLAP)
    session, effects = play(session, ev.NotSorted(R1, inside=False))
    assert only(session).verdict is KioskOutcome.LAY_AGAIN
    assert not of(fx.Settle, effects), "the journal says already that it is not known where"
    session, effects = play(session, ev.TagLeft(BOOK), ev.TagArrived(BOOK))
    assert of(fx.Sort, effects) == [fx.Sort(R1, "1")]


def test_what_comes_out_of_a_bin_and_is_handed_in_again_is_not_in_that_bin():
    past = Past(R1, NOW, answer(), "1", Security.SECURED)
    session, effects = play(SLOT, ev.TagArrived(BOOK), read(past=past, return_id=R2))
    assert effects[2:] == [fx.Settle(R1, UNKNOWN_BIN, Security.SECURED), fx.Sort(R1, "1")]
    session, effects = play(session, ev.Sorted(R1, "1"))
    assert of(fx.Settle, effects) == [fx.Settle(R1, "1", Security.SECURED)]


def test_what_is_caught_in_the_flap_is_known_to_be_there():
    session, _ = play(SLOT, *TO_THE_FLAP)
    session, effects = play(session, ev.NotSorted(R1, inside=True), ev.FaultAppeared(Fault.SORTER))
    assert of(fx.Settle, effects) == [fx.Settle(R1, IN_THE_FLAP, Security.SECURED)]
    assert isinstance(session.phase, Stopped)
    assert only(session).verdict is Outcome.RETURNED


def test_out_of_service_nothing_more_is_let_in():
    session, effects = play(
        SLOT, *TO_THE_FLAP[:-1], ev.FaultAppeared(Fault.SORTER), ev.Secured(BOOK)
    )
    assert not of(fx.Sort, effects)
    assert only(session).verdict is KioskOutcome.LAY_AGAIN


def test_what_was_swallowed_and_is_refused_later_is_for_staff():
    session, _ = play(
        SLOT, *TO_THE_FLAP[:3], ev.AnswerLate(R1), ev.Secured(BOOK), ev.Sorted(R1, "1")
    )
    assert only(session).verdict is KioskOutcome.KEPT_FOR_LATER
    session, _ = play(session, ev.Answered(R1, answer(Outcome.UNKNOWN_ITEM)))
    assert only(session).verdict is Outcome.NEEDS_STAFF
    assert only(session).bin == "1"


def test_lifted_before_the_flap_it_must_come_again():
    session, _ = play(
        SLOT, *TO_THE_FLAP[:3], ev.TagArrived(OTHER), *TO_THE_FLAP[3:], ev.TagLeft(BOOK)
    )
    assert items(session)[0].verdict is KioskOutcome.LAY_AGAIN


@pytest.mark.parametrize("card_is_away", [False, True])
def test_staff_let_an_incomplete_set_in_whenever_they_take_their_card_away(card_is_away):
    part = replace(OURS, part=1, parts=2)
    card = (ev.TagArrived(OTHER), replace(read(OTHER), reading=StaffCard()))
    accept, gone = ev.Pressed(Entry(Act.ACCEPT).key), ev.TagLeft(OTHER)
    last = (gone, accept) if card_is_away else (accept, gone)
    session, effects = play(SLOT, ev.TagArrived(BOOK), read(BOOK, part), *card, *last)
    assert [effect.uid for effect in of(fx.Record, effects)] == [BOOK]
    session, effects = play(session, ev.Recorded(R1), ev.Answered(R1, answer()), ev.Secured(BOOK))
    assert of(fx.Sort, effects) == [fx.Sort(R1, "1")]


def test_a_set_in_its_case_is_one_thing():
    parts = [replace(OURS, part=n, parts=2) for n in (1, 2)]
    session, effects = play(
        SLOT,
        ev.TagArrived(BOOK),
        ev.TagArrived(OTHER),
        read(BOOK, parts[0]),
        read(OTHER, parts[1], return_id=R2),
    )
    assert len(of(fx.Record, effects)) == 1
    session, effects = play(
        session, ev.Recorded(R1), ev.Answered(R1, answer()), ev.Secured(BOOK), ev.Secured(OTHER)
    )
    assert of(fx.Sort, effects) == [fx.Sort(R1, "1")]
    assert fx.Record(R2, OTHER, parts[1], NOW) not in effects
