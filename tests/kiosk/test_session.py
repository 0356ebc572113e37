"""The visit as a pure state machine."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visits import BOOK, NOW, OTHER, OURS, R1, R2, answer, items, only, play, read

from catalogue_api.contract.returns import Outcome, PartsCheck, Security, SortHint
from kiosk.decisions import Expected
from kiosk.outcomes import KioskOutcome, facts
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session import questions
from kiosk.session.machine import advance
from kiosk.session.sorting import UNKNOWN_BIN
from kiosk.session.states import (
    NO_TAG,
    Aid,
    Fault,
    Idle,
    Incomplete,
    Laid,
    Language,
    Past,
    Rules,
    Session,
    Sets,
    Shape,
    Stage,
    Stopped,
    Summary,
    TypedBarcodes,
    Visit,
)
from kiosk.tagging import NotTaken, OurItem, typed_item

UNSURE = OurItem("30001", "", sure=False, warnings=("no_owner",))

ASKING = (ev.TagArrived(BOOK), read(), ev.Recorded(R1))
RETURNED = (*ASKING, ev.Answered(R1, answer()), ev.Secured(BOOK))


def test_a_return_is_recorded_then_asked_then_secured_then_told():
    session, effects = play(Session(), ev.TagArrived(BOOK))
    assert effects == [fx.ReadTag(BOOK), fx.StopTimer()]
    session, effects = play(session, read())
    assert effects == [fx.Record(R1, BOOK, OURS, NOW)]
    assert only(session).verdict is None
    session, effects = play(session, ev.Recorded(R1))
    assert effects == [fx.Ask(R1, 2.0)]
    session, effects = play(session, ev.Answered(R1, answer()))
    assert effects == [fx.Settle(R1, "1", Security.PENDING), fx.Secure(BOOK)]
    assert only(session).verdict is None, "nothing is told before the tag is secured"
    session, effects = play(session, ev.Secured(BOOK))
    assert effects == [fx.Settle(R1, "1", Security.SECURED), fx.Play(fx.Sound.DONE)]
    assert only(session).verdict is Outcome.RETURNED


def test_nothing_is_asked_before_the_journal_has_it():
    _, effects = play(Session(), ev.TagArrived(BOOK), read())
    assert not any(isinstance(effect, fx.Ask | fx.Secure) for effect in effects)


@pytest.mark.parametrize("outcome", [one for one in Outcome if facts(one).accepted])
def test_an_accepted_outcome_chooses_a_bin_and_secures(outcome: Outcome):
    session, effects = play(Session(), *ASKING, ev.Answered(R1, answer(outcome)))
    laid = only(session)
    assert laid.bin == session.rules.sorting.bin(outcome)
    assert fx.Secure(BOOK) in effects
    session, _ = play(session, ev.Secured(BOOK))
    assert only(session).verdict is outcome


@pytest.mark.parametrize("outcome", [one for one in Outcome if not facts(one).accepted])
def test_a_refused_outcome_gives_the_item_back_and_never_writes(outcome: Outcome):
    session, effects = play(Session(), *ASKING, ev.Answered(R1, answer(outcome)))
    assert only(session).verdict is outcome
    assert fx.Play(fx.Sound.BACK) in effects
    assert fx.Settle(R1, "", Security.NOT_WANTED) in effects
    assert not any(isinstance(effect, fx.Secure) for effect in effects)


@pytest.mark.parametrize(
    "verdict", [KioskOutcome.NOT_OURS, KioskOutcome.PATRON_CARD, KioskOutcome.UNREADABLE]
)
def test_a_thing_that_is_not_taken_is_neither_recorded_nor_written_to(verdict: KioskOutcome):
    reading = NotTaken(verdict, "why")
    session, effects = play(Session(), ev.TagArrived(BOOK), read(reading=reading))
    assert only(session).verdict is verdict
    assert not any(isinstance(e, fx.Record | fx.Ask | fx.Secure | fx.Settle) for e in effects)


def test_a_book_lifted_before_it_was_read_is_not_returned():
    session, effects = play(Session(), ev.TagArrived(BOOK), ev.TagLeft(BOOK))
    assert only(session).verdict is KioskOutcome.LIFTED_EARLY
    assert fx.Play(fx.Sound.BACK) in effects
    session, effects = play(session, ev.TagArrived(BOOK))
    assert fx.ReadTag(BOOK) in effects
    assert only(session).verdict is None


def test_a_book_lifted_while_it_is_secured_is_returned_and_put_right_when_laid_again():
    session, effects = play(
        Session(),
        *ASKING,
        ev.Answered(R1, answer()),
        ev.NotSecured(BOOK, for_good=False),
        ev.TagLeft(BOOK),
    )
    assert only(session).verdict is KioskOutcome.LAY_AGAIN
    assert fx.Play(fx.Sound.AGAIN) in effects
    session, effects = play(session, ev.TagArrived(BOOK))
    assert fx.Secure(BOOK) in effects
    assert not any(isinstance(effect, fx.Record) for effect in effects), "never a second return"
    session, _ = play(session, ev.Secured(BOOK))
    assert only(session).verdict is Outcome.RETURNED


def test_a_book_lifted_while_the_catalogue_is_asked_must_be_laid_again():
    session, effects = play(
        Session(), *ASKING, ev.TagLeft(BOOK), ev.Answered(R1, answer(Outcome.HOLD_CAPTURED))
    )
    assert only(session).verdict is KioskOutcome.LAY_AGAIN
    assert fx.Settle(R1, "2", Security.PENDING) in effects
    assert not any(isinstance(effect, fx.Secure) for effect in effects)


def test_a_locked_tag_is_returned_for_the_patron_and_failed_for_staff():
    session, effects = play(
        Session(), *ASKING, ev.Answered(R1, answer()), ev.NotSecured(BOOK, for_good=True)
    )
    assert only(session).verdict is Outcome.RETURNED
    assert fx.Settle(R1, "1", Security.FAILED) in effects


def test_a_slow_catalogue_is_not_a_slow_kiosk():
    session, effects = play(Session(), *ASKING, ev.AnswerLate(R1))
    assert fx.Secure(BOOK) in effects
    session, _ = play(session, ev.Secured(BOOK))
    assert only(session).verdict is KioskOutcome.KEPT_FOR_LATER
    session, _ = play(session, ev.Answered(R1, answer(Outcome.NOT_ON_LOAN)))
    assert only(session).verdict is Outcome.NOT_ON_LOAN
    assert only(session).bin == "1", "the bin that the patron was told stays"


def test_an_answer_that_would_give_back_a_kept_item_changes_nothing():
    session, _ = play(Session(), *ASKING, ev.AnswerLate(R1), ev.Secured(BOOK))
    after, effects = play(session, ev.Answered(R1, answer(Outcome.UNKNOWN_ITEM)))
    assert after == session
    assert effects == []


def test_while_the_catalogue_is_away_items_are_kept_at_once():
    session, effects = play(Session(), ev.CatalogueAway(), *ASKING)
    assert not any(isinstance(effect, fx.Ask) for effect in effects)
    assert fx.Secure(BOOK) in effects
    session, _ = play(session, ev.Secured(BOOK))
    assert only(session).verdict is KioskOutcome.KEPT_FOR_LATER


def test_when_the_catalogue_goes_away_what_waits_is_kept():
    session, effects = play(Session(), *ASKING, ev.CatalogueAway())
    assert fx.Secure(BOOK) in effects
    assert not session.online


def test_a_doubtful_tag_is_written_to_only_once_the_catalogue_knows_it():
    start = (ev.TagArrived(BOOK), read(reading=UNSURE), ev.Recorded(R1))
    session, effects = play(Session(), *start, ev.AnswerLate(R1))
    assert not any(isinstance(effect, fx.Secure) for effect in effects)
    assert only(session).verdict is KioskOutcome.KEPT_FOR_LATER
    assert only(session).security is Security.PENDING
    session, effects = play(session, ev.Answered(R1, answer()))
    assert fx.Secure(BOOK) in effects


def test_each_item_goes_its_own_way():
    session, _ = play(Session(), ev.TagArrived(BOOK), ev.TagArrived(OTHER))
    session, _ = play(session, read(OTHER, NotTaken(KioskOutcome.NOT_OURS, "FR-X")))
    session, effects = play(session, read(BOOK), ev.Recorded(R1), ev.Answered(R1, answer()))
    assert fx.Secure(BOOK) in effects
    first, second = items(session)
    assert (first.stage, second.stage) == (Stage.SECURING, Stage.SETTLED)


def test_a_second_tag_with_the_same_barcode_is_no_second_return():
    session, effects = play(Session(), *ASKING, ev.TagArrived(OTHER), read(OTHER, return_id=R2))
    assert items(session)[1].verdict is KioskOutcome.SEEN_ALREADY
    assert fx.Record(R2, OTHER, OURS, NOW) not in effects


PAST = Past(R1, NOW, answer(), "1", Security.SECURED)


def test_what_the_journal_has_and_is_secured_is_seen_already():
    session, effects = play(Session(), ev.TagArrived(BOOK), read(past=PAST, return_id=R2))
    assert only(session).verdict is KioskOutcome.SEEN_ALREADY
    assert not any(isinstance(e, fx.Record | fx.Ask | fx.Secure) for e in effects)


def test_what_the_journal_has_to_secure_is_put_right():
    past = replace(PAST, security=Security.PENDING)
    session, effects = play(Session(), ev.TagArrived(BOOK), read(past=past, return_id=R2))
    assert fx.Secure(BOOK) in effects
    session, effects = play(session, ev.Secured(BOOK))
    assert fx.Settle(R1, "1", Security.SECURED) in effects
    assert only(session).verdict is Outcome.RETURNED


def test_what_was_recorded_and_never_asked_is_asked_under_the_same_identifier():
    past = Past(R1, NOW, None, "", Security.PENDING)
    _, effects = play(Session(), ev.TagArrived(BOOK), read(past=past, return_id=R2))
    assert fx.Ask(R1, 2.0) in effects
    assert not any(isinstance(effect, fx.Record) for effect in effects)


def test_what_was_answered_before_a_power_cut_goes_on_from_there():
    past = Past(R1, NOW, answer(Outcome.HOLD_CAPTURED), "", Security.PENDING)
    _, effects = play(Session(), ev.TagArrived(BOOK), read(past=past, return_id=R2))
    assert fx.Settle(R1, "2", Security.PENDING) in effects
    assert fx.Secure(BOOK) in effects


def test_the_visit_ends_when_the_antenna_has_been_empty_for_a_while():
    session, effects = play(Session(), *RETURNED, ev.TagLeft(BOOK))
    assert effects[-1] == fx.StartTimer(ev.QuietOver(), 8.0)
    session, effects = play(session, ev.QuietOver())
    assert isinstance(session.phase, Summary)
    assert effects == [fx.StartTimer(ev.SummaryOver(), 10.0)]
    session, _ = play(session, ev.SummaryOver())
    assert session.phase == Idle()


def test_an_item_laid_in_the_quiet_goes_on_with_the_visit():
    session, effects = play(Session(), *RETURNED, ev.TagLeft(BOOK), ev.TagArrived(OTHER))
    assert effects[-1] == fx.StopTimer()
    assert len(items(session)) == 2


def test_an_item_laid_during_the_summary_begins_a_new_visit():
    session, _ = play(Session(), *RETURNED, ev.TagLeft(BOOK), ev.QuietOver())
    session, effects = play(session, ev.TagArrived(OTHER))
    assert isinstance(session.phase, Visit)
    assert [laid.uid for laid in items(session)] == [OTHER]
    assert fx.StopTimer() in effects


def test_the_language_lasts_for_one_visit():
    session, _ = play(Session(), ev.LanguageChosen(Language.ENGLISH), *RETURNED)
    assert session.language is Language.ENGLISH
    session, _ = play(session, ev.TagLeft(BOOK), ev.QuietOver(), ev.SummaryOver())
    assert session.language is Language.FRENCH


def test_a_language_chosen_by_a_passer_by_does_not_stay():
    session, effects = play(Session(), ev.LanguageChosen(Language.ENGLISH))
    assert effects == [fx.StartTimer(ev.SummaryOver(), 10.0)]
    session, _ = play(session, ev.SummaryOver())
    assert session.language is Language.FRENCH


def test_aids_last_for_one_visit():
    session, _ = play(Session(), ev.AidSwitched(Aid.LARGE), ev.AidSwitched(Aid.SPEECH), *RETURNED)
    session, _ = play(session, ev.AidSwitched(Aid.SPEECH))
    assert session.aids == {Aid.LARGE}
    session, _ = play(session, ev.TagLeft(BOOK), ev.QuietOver(), ev.SummaryOver())
    assert session.aids == frozenset()


@pytest.mark.parametrize("phase", [Idle(), Summary(()), Stopped()])
def test_what_is_read_stays_as_long_as_somebody_touches_the_screen(phase):
    session, effects = play(Session(phase=phase), ev.Touched())
    assert session.phase == phase
    assert effects == [fx.StartTimer(ev.SummaryOver(), 10.0)]


def test_a_touch_does_not_prolong_a_visit():
    _, effects = play(Session(), *RETURNED, ev.TagLeft(BOOK), ev.Touched())
    assert [it for it in effects if isinstance(it, fx.StartTimer)] == [
        fx.StartTimer(ev.QuietOver(), 8.0)
    ]


def test_a_visit_begins_in_the_language_of_the_house():
    rules = Rules(language=Language.SPANISH)
    session = Session(rules=rules, language=Language.SPANISH)
    session, _ = play(session, ev.LanguageChosen(Language.ENGLISH), ev.SummaryOver())
    assert session.language is Language.SPANISH


def test_out_of_service_forgets_the_visit_after_a_while():
    session, effects = play(Session(), *RETURNED, ev.FaultAppeared(Fault.READER))
    assert fx.StartTimer(ev.SummaryOver(), 10.0) in effects
    session, _ = play(session, ev.SummaryOver())
    assert session.phase == Stopped()


def test_a_lost_reader_gives_back_what_is_not_recorded_and_keeps_the_rest():
    session, _ = play(Session(), *ASKING, ev.TagArrived(OTHER), ev.FaultAppeared(Fault.READER))
    assert isinstance(session.phase, Stopped)
    kept, back = items(session)
    assert back.verdict is Outcome.NEEDS_STAFF
    assert kept.stage is Stage.ASKING
    session, _ = play(session, ev.Answered(R1, answer()), ev.NotSecured(BOOK, for_good=False))
    assert items(session)[0].verdict is KioskOutcome.LAY_AGAIN
    session, _ = play(session, ev.FaultCleared(Fault.READER))
    assert session.phase == Idle()


def test_a_full_disk_gives_the_item_back():
    session, effects = play(
        Session(),
        ev.TagArrived(BOOK),
        read(),
        ev.NotRecorded(R1),
        ev.FaultAppeared(Fault.JOURNAL),
    )
    assert only(session).verdict is Outcome.NEEDS_STAFF
    assert isinstance(session.phase, Stopped)
    assert not any(isinstance(effect, fx.Ask) for effect in effects)


def test_out_of_service_takes_nothing():
    session, effects = play(Session(), ev.FaultAppeared(Fault.READER), ev.TagArrived(BOOK))
    assert effects == [fx.StopTimer()]
    assert items(session) == ()


def test_both_faults_must_be_cleared():
    session, _ = play(
        Session(),
        ev.FaultAppeared(Fault.READER),
        ev.FaultAppeared(Fault.JOURNAL),
        ev.FaultCleared(Fault.READER),
    )
    assert isinstance(session.phase, Stopped)


PART_1, PART_2 = (replace(OURS, part=n, parts=2) for n in (1, 2))
KEYS = {BOOK: R1, OTHER: R2}

ABOUT = Laid(BOOK, return_id=R1)
WITH_DISC = Expected(True, SortHint.SHELVE, contents="1 livre, 1 disque")
EVENTS = st.one_of(
    st.sampled_from([BOOK, OTHER]).flatmap(
        lambda uid: st.sampled_from(
            [
                ev.TagArrived(uid),
                ev.TagLeft(uid),
                ev.Secured(uid),
                ev.NotSecured(uid, for_good=True),
                ev.NotSecured(uid, for_good=False),
                read(uid, return_id=KEYS[uid]),
                read(uid, replace(OURS, barcode="30002"), return_id=KEYS[uid]),
                read(uid, UNSURE, return_id=KEYS[uid]),
                read(uid, PART_1 if uid == BOOK else PART_2, return_id=KEYS[uid]),
                replace(read(uid, return_id=KEYS[uid]), expected=WITH_DISC),
                read(uid, NotTaken(KioskOutcome.UNREADABLE, ""), return_id=KEYS[uid]),
                read(uid, past=PAST),
                read(uid, past=replace(PAST, security=Security.PENDING)),
                read(uid, PART_1, past=replace(PAST, security=Security.PENDING)),
            ]
        )
    ),
    st.sampled_from([R1, R2]).flatmap(
        lambda key: st.sampled_from(
            [
                ev.Recorded(key),
                ev.NotRecorded(key),
                ev.AnswerLate(key),
                ev.PartsOverdue(key),
                *(ev.PartsChecked(key, check) for check in PartsCheck),
                ev.Sorted(key, "1"),
                ev.NotSorted(key, inside=True),
                ev.NotSorted(key, inside=False),
            ]
            + [ev.Answered(key, answer(outcome, key)) for outcome in Outcome]
        )
    ),
    st.sampled_from(
        [
            ev.QuietOver(),
            ev.SummaryOver(),
            ev.Touched(),
            *(ev.QuestionOver(turn) for turn in range(1, 5)),
            *(ev.Pressed(questions.key(it, ABOUT)) for it in (questions.YES, questions.NO)),
            ev.CatalogueAway(),
            ev.CatalogueBack(),
            *(change(fault) for fault in Fault for change in (ev.FaultAppeared, ev.FaultCleared)),
            ev.LanguageChosen(Language.ENGLISH),
            ev.BinsFull(frozenset({"1", "4"})),
            ev.BinsFull(frozenset()),
            ev.BarcodeGiven(typed_item("30003"), None, UUID(int=3), NOW),
        ]
    ),
)
HOUSES = st.builds(
    Rules,
    shape=st.sampled_from(Shape),
    sets=st.sampled_from(Sets),
    incomplete=st.sampled_from(Incomplete),
    take_after=st.sampled_from([0, 1]),
    typed_barcodes=st.sampled_from(TypedBarcodes),
)


class Journal:
    """What a journal would hold after the effects it was given."""

    def __init__(self) -> None:
        self.returns = {PAST.return_id}
        self.places: dict[UUID, str] = {PAST.return_id: PAST.bin}

    def check(self, session: Session, effect: fx.Effect) -> None:
        match effect:
            case fx.Record(return_id) | fx.KeepUnread(return_id):
                self.returns.add(return_id)
            case fx.Ask(return_id):
                assert return_id in self.returns
            case fx.Settle(return_id, bin_name):
                assert return_id in self.returns
                self.places[return_id] = bin_name
            case fx.Secure(uid):
                (laid,) = [one for one in items(session) if one.has(uid)]
                assert laid.return_id in self.returns, "recorded first, secured second"
                assert laid.recorded
                assert laid.item is not None
                assert laid.item.sure or laid.answer is not None
            case fx.Sort(return_id):
                assert return_id in self.returns, "nothing falls in unread"
                assert self.places[return_id] == UNKNOWN_BIN


@given(HOUSES, st.lists(EVENTS, max_size=60))
def test_whatever_happens_the_screen_promises_no_more_than_the_journal(
    rules: Rules, events: list[ev.Event]
):
    session, journal = Session(rules), Journal()
    for event in events:
        session, effects = advance(session, event)
        for effect in effects:
            journal.check(session, effect)
        if isinstance(session.phase, Visit | Summary | Stopped):
            for laid in session.phase.items:
                if laid.verdict is not None and facts(laid.verdict).accepted:
                    in_journal = laid.return_id in journal.returns
                    assert in_journal or laid.verdict is KioskOutcome.SEEN_ALREADY
                    is_report = laid.verdict is KioskOutcome.SEEN_ALREADY
                    assert is_report or laid.check is not PartsCheck.INCOMPLETE or laid.answer


@given(HOUSES, st.lists(EVENTS, max_size=60))
def test_every_tag_belongs_to_one_thing_and_every_thing_comes_to_one_verdict(
    rules: Rules, events: list[ev.Event]
):
    session = Session(rules)
    for event in events:
        session, _ = advance(session, event)
    if not isinstance(session.phase, Visit):
        return
    tags = [it.uid for laid in items(session) for it in laid.parts or (laid,) if it.uid != NO_TAG]
    assert len(tags) == len(set(tags))
    for laid in items(session):
        assert (laid.verdict is not None) or laid.stage is not Stage.SETTLED
        assert laid.stage is not Stage.SORTING or laid.recorded


@given(HOUSES, st.lists(EVENTS, max_size=60))
def test_one_question_at_a_time_and_none_that_nobody_can_answer(
    rules: Rules, events: list[ev.Event]
):
    session = Session(rules)
    for event in events:
        session, _ = advance(session, event)
        stages = [laid.stage for laid in items(session)] if session.phase != Idle() else []
        assert stages.count(Stage.CHECKING) == (session.question is not None)
        assert session.question is None or isinstance(session.phase, Visit)


@given(HOUSES, st.lists(EVENTS, max_size=40))
def test_at_a_slot_only_one_thing_at_a_time_is_on_its_way(rules: Rules, events: list[ev.Event]):
    session = Session(replace(rules, shape=Shape.SLOT))
    for event in events:
        session, effects = advance(session, event)
        under_way = [
            laid
            for laid in (items(session) if isinstance(session.phase, Visit) else ())
            if laid.stage is Stage.SORTING
        ]
        assert len(under_way) <= 1
        assert sum(isinstance(effect, fx.Sort) for effect in effects) <= 1
