"""Parts without tags: whoever brings the item is asked, and each answer means something else."""

from dataclasses import replace

import pytest
from visits import BOOK, NOW, OTHER, OURS, R1, R2, answer, items, of, only, play, read

from catalogue_api.contract.returns import Outcome, PartsCheck, Security, SortHint
from kiosk.decisions import Expected
from kiosk.outcomes import KioskOutcome
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session import questions
from kiosk.session.sorting import UNKNOWN_BIN
from kiosk.session.staff import Act, Entry
from kiosk.session.states import (
    Fault,
    Incomplete,
    Laid,
    Rules,
    Session,
    Shape,
    Stage,
    Summary,
    TypedBarcodes,
    Visit,
)
from kiosk.tagging import StaffCard, typed_item

CONTENTS = Expected(True, SortHint.SHELVE, contents="1 livre, 1 disque")
SECOND = replace(OURS, barcode="30002")
CASE = (ev.TagArrived(BOOK), replace(read(), expected=CONTENTS))
FIRST, OTHERS = Laid(BOOK, return_id=R1), Laid(OTHER, return_id=R2)
YES, NO = (ev.Pressed(questions.key(it, FIRST)) for it in (questions.YES, questions.NO))
YES_AGAIN = ev.Pressed(questions.key(questions.YES, OTHERS))
NO_AGAIN = ev.Pressed(questions.key(questions.NO, OTHERS))
KEEP = Session(Rules(incomplete=Incomplete.KEEP))
SLOT = Rules(shape=Shape.SLOT)
SILENCE = (ev.QuestionOver(1), ev.QuestionOver(2))
MISSING = answer(Outcome.PARTS_MISSING)


def recorded(effects: list[fx.Effect]) -> list[PartsCheck]:
    return [effect.check for effect in of(fx.Record, effects)]


def test_whether_all_is_there_is_asked_before_anything_is_recorded():
    session, effects = play(Session(), *CASE)
    assert only(session).stage is Stage.CHECKING
    assert effects[2:] == [fx.Play(fx.Sound.ASK), fx.Later(ev.QuestionOver(1), 20.0)]
    assert not recorded(effects)


def test_what_the_tag_says_of_parts_is_enough_to_ask():
    session, _ = play(Session(), ev.TagArrived(BOOK), read(reading=replace(OURS, part=0, parts=3)))
    assert only(session).stage is Stage.CHECKING


def test_what_has_no_parts_is_not_asked_about():
    plain = replace(read(), expected=replace(CONTENTS, contents=""))
    _, effects = play(Session(), CASE[0], plain)
    assert recorded(effects) == [PartsCheck.NONE]


def test_yes_is_recorded_with_the_return():
    session, effects = play(Session(), *CASE, YES)
    assert recorded(effects) == [PartsCheck.COMPLETE]
    assert session.question is None
    session, _ = play(session, ev.Recorded(R1), ev.Answered(R1, answer()), ev.Secured(BOOK))
    assert only(session).verdict is Outcome.RETURNED


@pytest.mark.parametrize("away", [False, True])
def test_no_is_recorded_and_given_back(away):
    last = ev.AnswerLate(R1) if away else ev.Answered(R1, MISSING)
    session, effects = play(Session(), *CASE, NO, ev.Recorded(R1), last)
    assert recorded(effects) == [PartsCheck.INCOMPLETE]
    assert only(session).verdict is Outcome.PARTS_MISSING
    assert of(fx.Settle, effects) == [fx.Settle(R1, "", Security.NOT_WANTED)]
    assert not of(fx.Secure, effects)


@pytest.mark.parametrize("away", [False, True])
def test_no_is_kept_for_staff_where_the_site_wants_that(away):
    last = ev.AnswerLate(R1) if away else ev.Answered(R1, MISSING)
    session, effects = play(KEEP, *CASE, NO, ev.Recorded(R1), last)
    assert only(session).verdict is Outcome.PARTS_MISSING
    assert of(fx.Settle, effects) == [fx.Settle(R1, "4", Security.NOT_WANTED)]
    assert not of(fx.Secure, effects)


def test_what_is_incomplete_is_never_called_received_for_later():
    session, _ = play(Session(), ev.CatalogueAway(), *CASE, NO, ev.Recorded(R1))
    assert only(session).verdict is Outcome.PARTS_MISSING
    session, _ = play(session, ev.Answered(R1, MISSING))
    assert only(session).verdict is Outcome.PARTS_MISSING


def test_a_missing_part_laid_after_all_is_asked_about_anew():
    session, _ = play(Session(), *CASE, NO, ev.Recorded(R1), ev.Answered(R1, MISSING))
    session, effects = play(session, ev.TagLeft(BOOK), ev.TagArrived(BOOK))
    assert of(fx.ReadTag, effects) == [fx.ReadTag(BOOK)]
    again = replace(read(return_id=R2), expected=CONTENTS)
    session, effects = play(session, again, YES_AGAIN)
    assert [(one.return_id, one.check) for one in of(fx.Record, effects)] == [
        (R2, PartsCheck.COMPLETE)
    ]


def test_silence_is_warned_of_and_then_taken_for_no_answer():
    session, effects = play(Session(), *CASE, SILENCE[0])
    assert session.question is not None
    assert session.question.warned
    assert of(fx.Later, effects)[-1] == fx.Later(ev.QuestionOver(2), 20.0)
    _, effects = play(session, SILENCE[1])
    assert recorded(effects) == [PartsCheck.NO_ANSWER]


def test_a_touch_prolongs_the_question_and_its_button_stays_the_same():
    session, effects = play(Session(), *CASE, SILENCE[0], ev.Touched())
    assert session.question is not None
    assert not session.question.warned
    assert of(fx.Later, effects)[-1] == fx.Later(ev.QuestionOver(3), 20.0)
    assert not recorded(play(session, ev.QuestionOver(2))[1]), "the old time is over for nobody"
    assert recorded(play(session, YES)[1]) == [PartsCheck.COMPLETE]


def test_a_question_holds_up_nothing_else():
    session, effects = play(
        Session(), *CASE, ev.TagArrived(OTHER), read(OTHER, SECOND, return_id=R2), ev.Recorded(R2)
    )
    assert [one.uid for one in of(fx.Record, effects)] == [OTHER]
    assert [laid.stage for laid in items(session)] == [Stage.CHECKING, Stage.ASKING]


def test_of_two_cases_one_is_asked_about_after_the_other():
    other = replace(read(OTHER, SECOND, return_id=R2), expected=CONTENTS)
    session, _ = play(Session(), *CASE, ev.TagArrived(OTHER), other)
    assert [laid.stage for laid in items(session)] == [Stage.CHECKING, Stage.UNCHECKED]
    session, effects = play(session, YES, YES)
    assert [one.uid for one in of(fx.Record, effects)] == [BOOK], "pressed twice is said once"
    assert [laid.stage for laid in items(session)] == [Stage.RECORDING, Stage.CHECKING]
    _, effects = play(session, NO_AGAIN)
    assert [(one.uid, one.check) for one in of(fx.Record, effects)] == [
        (OTHER, PartsCheck.INCOMPLETE)
    ]


def test_whoever_looks_inside_has_the_case_in_their_hands():
    session, _ = play(Session(), *CASE, ev.TagLeft(BOOK))
    assert only(session).stage is Stage.CHECKING
    assert play(session, ev.QuietOver()) == (session, []), "and the visit goes on"
    _, effects = play(session, ev.TagArrived(BOOK), YES)
    assert recorded(effects) == [PartsCheck.COMPLETE]


@pytest.mark.parametrize(
    ("rules", "pressed", "check"),
    [(Rules(), YES, PartsCheck.COMPLETE), (KEEP.rules, NO, PartsCheck.INCOMPLETE)],
)
def test_an_answer_with_the_case_in_the_hand_counts_once_it_lies_there_again(rules, pressed, check):
    session, effects = play(Session(rules), *CASE, ev.TagLeft(BOOK), pressed)
    assert not recorded(effects)
    assert only(session).verdict is KioskOutcome.LIFTED_EARLY
    _, effects = play(session, ev.TagArrived(BOOK))
    assert recorded(effects) == [check]


def test_what_is_given_back_need_not_lie_there():
    _, effects = play(Session(), *CASE, ev.TagLeft(BOOK), NO)
    assert recorded(effects) == [PartsCheck.INCOMPLETE]


def test_who_walks_off_with_the_case_has_returned_nothing():
    session, effects = play(Session(), *CASE, ev.TagLeft(BOOK), *SILENCE)
    assert only(session).verdict is KioskOutcome.LIFTED_EARLY
    assert not recorded(effects)
    assert effects[-1] == fx.StartTimer(ev.QuietOver(), 8.0)
    session, _ = play(session, ev.QuietOver())
    assert isinstance(session.phase, Summary)


def test_lifted_before_it_was_asked_about_it_is_asked_about_when_it_comes_again():
    other = replace(read(OTHER, SECOND, return_id=R2), expected=CONTENTS)
    session, _ = play(Session(), *CASE, ev.TagArrived(OTHER), other, ev.TagLeft(OTHER))
    assert items(session)[1].verdict is KioskOutcome.LIFTED_EARLY
    _, effects = play(session, ev.TagArrived(OTHER))
    assert fx.ReadTag(OTHER) in effects


def test_staff_may_let_it_go_unasked():
    card = replace(read(OTHER), reading=StaffCard())
    session, effects = play(
        Session(), *CASE, ev.TagArrived(OTHER), card, ev.Pressed(Entry(Act.ACCEPT).key)
    )
    assert recorded(effects) == [PartsCheck.STAFF]
    assert session.question is None


def test_a_barcode_that_staff_type_is_not_asked_about_and_that_of_a_patron_is():
    given = ev.BarcodeGiven(typed_item("30009"), None, R1, NOW, CONTENTS)
    card = replace(read(OTHER), reading=StaffCard())
    _, effects = play(Session(), ev.TagArrived(OTHER), card, given)
    assert recorded(effects) == [PartsCheck.STAFF]
    everybody = Session(Rules(typed_barcodes=TypedBarcodes.EVERYBODY))
    session, effects = play(everybody, given)
    assert not recorded(effects)
    session, effects = play(session, ev.QuietOver(), YES)
    assert recorded(effects) == [PartsCheck.COMPLETE]
    assert isinstance(session.phase, Visit)


def test_a_fault_gives_it_back_and_forgets_the_question():
    session, effects = play(Session(), *CASE, ev.FaultAppeared(Fault.JOURNAL), YES)
    assert only(session).verdict is Outcome.NEEDS_STAFF
    assert session.question is None
    assert not recorded(effects)


def test_where_there_is_no_room_nothing_is_asked():
    full = ev.BinsFull(frozenset({"1"}))
    session, _ = play(Session(), full, *CASE)
    assert only(session).verdict is KioskOutcome.BIN_FULL


def test_at_a_slot_the_flap_opens_after_the_answer():
    session, effects = play(Session(SLOT), *CASE)
    assert not of(fx.Sort, effects)
    _, effects = play(session, YES, ev.Recorded(R1), ev.Answered(R1, answer()), ev.Secured(BOOK))
    assert recorded(effects) == [PartsCheck.COMPLETE]
    assert of(fx.Sort, effects) == [fx.Sort(R1, "1")]


def test_a_slot_keeps_what_is_incomplete_and_calls_it_no_return():
    keep = Session(replace(SLOT, incomplete=Incomplete.KEEP))
    session, effects = play(keep, *CASE, NO, ev.Recorded(R1), ev.Answered(R1, MISSING))
    assert of(fx.Settle, effects) == [fx.Settle(R1, UNKNOWN_BIN, Security.NOT_WANTED)]
    assert of(fx.Sort, effects) == [fx.Sort(R1, "4")]
    put_in, effects = play(session, ev.Sorted(R1, "4"))
    assert of(fx.Settle, effects) == [fx.Settle(R1, "4", Security.NOT_WANTED)]
    assert only(put_in).verdict is Outcome.PARTS_MISSING
    held_back, effects = play(session, ev.NotSorted(R1, inside=False))
    assert only(held_back).verdict is Outcome.PARTS_MISSING, "and not: returned, lay it again"
    assert of(fx.Settle, effects) == [fx.Settle(R1, "", Security.NOT_WANTED)]
