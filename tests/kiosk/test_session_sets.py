"""Sets of several tags: one item, one return, and none before all of it is there."""

from dataclasses import replace

import pytest
from visits import BOOK, NOW, OTHER, OURS, R1, R2, R3, THIRD, answer, items, of, only, play, read

from catalogue_api.contract.returns import SECOND_TAG, Outcome, PartsCheck, Security
from drivers.interface import Uid
from kiosk.outcomes import KioskOutcome
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.states import Fault, Past, Rules, Session, Sets, Stage, Visit

FOURTH = Uid("E004015000000004")
PARTS = [replace(OURS, part=n, parts=3) for n in (1, 2, 3)]
UIDS, KEYS = (BOOK, OTHER, THIRD), (R1, R2, R3)


def lay(*numbers: int) -> list[ev.Event]:
    """Lay parts (from 1) down and read them."""
    return [
        event
        for n in numbers
        for event in (
            ev.TagArrived(UIDS[n - 1]),
            read(UIDS[n - 1], PARTS[n - 1], return_id=KEYS[n - 1]),
        )
    ]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_a_set_is_one_return_once_every_part_is_there(order):
    session, effects = play(Session(), *lay(*order[:2]))
    assert not of(fx.Record, effects)
    assert only(session).stage is Stage.GATHERING
    session, effects = play(session, *lay(order[2]))
    first = order[0] - 1
    assert of(fx.Record, effects) == [
        fx.Record(KEYS[first], UIDS[first], PARTS[first], NOW, PartsCheck.TAGS)
    ]
    assert only(session).stage is Stage.RECORDING


def test_every_tag_of_a_set_is_secured_before_it_is_called_returned():
    session, effects = play(
        Session(), *lay(1, 2, 3), ev.Recorded(R1), ev.Answered(R1, answer()), ev.Secured(BOOK)
    )
    assert [effect.uid for effect in of(fx.Secure, effects)] == [BOOK, OTHER, THIRD]
    session, effects = play(session, ev.Secured(THIRD))
    assert only(session).verdict is None
    session, effects = play(session, ev.Secured(OTHER))
    assert effects == [fx.Settle(R1, "1", Security.SECURED), fx.Play(fx.Sound.DONE)]
    assert only(session).verdict is Outcome.RETURNED


def test_one_locked_tag_of_a_set_makes_it_not_secured_and_still_returned():
    session, effects = play(
        Session(),
        *lay(1, 2, 3),
        ev.Recorded(R1),
        ev.Answered(R1, answer()),
        ev.NotSecured(OTHER, for_good=True),
        ev.Secured(BOOK),
        ev.Secured(THIRD),
    )
    assert only(session).verdict is Outcome.RETURNED
    assert of(fx.Settle, effects)[-1].security is Security.FAILED


def test_a_part_lifted_before_it_is_secured_is_put_right_when_laid_again():
    session, _ = play(
        Session(),
        *lay(1, 2, 3),
        ev.Recorded(R1),
        ev.Answered(R1, answer()),
        ev.Secured(BOOK),
        ev.Secured(OTHER),
        ev.NotSecured(THIRD, for_good=False),
        ev.TagLeft(THIRD),
    )
    assert only(session).verdict is KioskOutcome.LAY_AGAIN
    session, effects = play(session, ev.TagArrived(THIRD))
    assert effects == [fx.Secure(THIRD)]
    session, _ = play(session, ev.Secured(THIRD))
    assert only(session).verdict is Outcome.RETURNED
    assert only(session).security is Security.SECURED


def test_missing_parts_are_waited_for_then_named_and_nothing_is_recorded():
    session, effects = play(Session(), *lay(1, 3))
    assert of(fx.Later, effects) == [fx.Later(ev.PartsOverdue(R1), 20.0)]
    session, effects = play(session, ev.PartsOverdue(R1))
    assert only(session).verdict is Outcome.PARTS_MISSING
    assert effects == [fx.Play(fx.Sound.BACK)]


def test_a_part_that_comes_after_all_completes_the_set():
    session, _ = play(Session(), *lay(1, 3), ev.PartsOverdue(R1))
    session, effects = play(session, *lay(2))
    assert len(of(fx.Record, effects)) == 1
    assert only(session).verdict is None


def test_the_time_of_waiting_is_over_once_the_set_is_complete():
    session, _ = play(Session(), *lay(1, 2, 3))
    after, effects = play(session, ev.PartsOverdue(R1))
    assert (after, effects) == (session, [])


def test_a_set_holds_up_nothing_else():
    session, effects = play(
        Session(),
        *lay(1, 2),
        ev.TagArrived(FOURTH),
        read(FOURTH, replace(OURS, barcode="30002"), return_id=R3),
    )
    assert [effect.uid for effect in of(fx.Record, effects)] == [FOURTH]
    assert [laid.stage for laid in items(session)] == [Stage.GATHERING, Stage.RECORDING]


def test_a_part_taken_away_again_is_missing():
    session, effects = play(Session(), *lay(1, 2), ev.TagLeft(BOOK), *lay(3))
    assert not of(fx.Record, effects)
    session, effects = play(session, ev.TagArrived(BOOK))
    assert len(of(fx.Record, effects)) == 1


def test_a_set_lifted_before_it_was_complete_waits_again_when_laid_again():
    session, _ = play(Session(), *lay(1, 2), ev.TagLeft(BOOK), ev.TagLeft(OTHER))
    assert only(session).verdict is KioskOutcome.LIFTED_EARLY
    session, effects = play(session, ev.TagArrived(BOOK), ev.TagArrived(OTHER))
    assert only(session).stage is Stage.GATHERING
    assert of(fx.Later, effects)
    _, effects = play(session, *lay(3))
    assert len(of(fx.Record, effects)) == 1


def test_two_tags_with_one_ordinal_are_not_two_parts():
    twin = read(FOURTH, PARTS[0], return_id=R2)
    session, effects = play(Session(), *lay(1, 2), ev.TagArrived(FOURTH), twin)
    assert items(session)[1].verdict is KioskOutcome.SEEN_ALREADY
    (report,) = of(fx.Record, effects)
    assert (report.return_id, report.uid) == (R2, FOURTH)
    assert SECOND_TAG in report.item.warnings
    _, effects = play(session, ev.Recorded(R2))
    assert [ask.return_id for ask in of(fx.Ask, effects)] == [R2]


def test_where_only_the_main_part_is_tagged_nothing_is_waited_for():
    session, effects = play(Session(Rules(sets=Sets.MAIN_PART)), *lay(1))
    assert only(session).stage is Stage.CHECKING, "but whether all of it is there is asked"
    assert not any(isinstance(effect.event, ev.PartsOverdue) for effect in of(fx.Later, effects))


def test_a_tag_that_stands_for_the_whole_set_is_not_waited_on():
    whole = replace(OURS, part=0, parts=3)
    session, _ = play(Session(), ev.TagArrived(BOOK), read(reading=whole))
    assert only(session).stage is Stage.CHECKING


def test_a_fault_gives_an_incomplete_set_back():
    session, _ = play(Session(), *lay(1, 2), ev.FaultAppeared(Fault.JOURNAL))
    assert only(session).verdict is Outcome.NEEDS_STAFF


PAST = Past(R1, NOW, answer(), "1", Security.PENDING)


def lay_again(past: Past, *numbers: int) -> list[ev.Event]:
    """Lay parts down of which the journal knows a return, and read them."""
    return [
        replace(event, past=past) if isinstance(event, ev.TagRead) else event
        for event in lay(*numbers)
    ]


def test_after_a_power_cut_a_set_is_secured_only_with_all_its_parts():
    session, effects = play(Session(), *lay_again(PAST, 1, 2))
    assert not of(fx.Record, effects)
    assert [effect.uid for effect in of(fx.Secure, effects)] == [BOOK, OTHER]
    session, effects = play(session, ev.Secured(BOOK), ev.Secured(OTHER))
    assert only(session).verdict is KioskOutcome.LAY_AGAIN
    assert not of(fx.Settle, effects)
    session, _ = play(session, *lay_again(PAST, 3))
    session, effects = play(session, ev.Secured(THIRD))
    assert of(fx.Settle, effects) == [fx.Settle(R1, "1", Security.SECURED)]


def test_what_staff_accepted_without_a_part_is_secured_without_it():
    past = replace(PAST, missing=(3,))
    session, _ = play(Session(), *lay_again(past, 1, 2), ev.Secured(BOOK), ev.Secured(OTHER))
    assert only(session).security is Security.SECURED


def test_a_set_returned_and_secured_before_is_seen_already_once():
    past = replace(PAST, security=Security.SECURED)
    session, effects = play(Session(), *lay_again(past, 1, 2, 3))
    assert only(session).verdict is KioskOutcome.SEEN_ALREADY
    assert not of(fx.Record | fx.Secure, effects)
    assert isinstance(session.phase, Visit)
