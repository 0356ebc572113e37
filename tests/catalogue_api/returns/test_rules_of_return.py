from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.outcomes import FACTS, NoteKind, Outcome, PartsCheck, SortHint
from catalogue_api.domain.returns import ItemState, Laid, LastLoan, Noted, Wanted, decide
from catalogue_api.domain.undoing import Undoable, UndoRefusal, may_undo

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LAID = Laid("cachan", NOON, TODAY)
HOME = ItemState(ItemStatus.AVAILABLE, "cachan")
AWAY = ItemState(ItemStatus.AVAILABLE, "arcueil")
OPEN = LastLoan(NOON - timedelta(days=7), TODAY + timedelta(days=21), None)
LATE = LastLoan(NOON - timedelta(days=40), TODAY - timedelta(days=1), None)
PUNISHED = replace(LATE, suspended_until=TODAY + timedelta(days=9))
CLOSED = LastLoan(NOON - timedelta(days=40), TODAY, TODAY - timedelta(days=3))
CLOSED_TODAY = LastLoan(NOON - timedelta(days=40), TODAY, TODAY)
LATER = LastLoan(NOON + timedelta(seconds=1), TODAY + timedelta(days=28), None)
LATER_CLOSED = LastLoan(NOON + timedelta(seconds=1), TODAY, TODAY)
HERE, THERE = Wanted(1, "cachan"), Wanted(2, "arcueil")
LOCAL = Noted(NoteKind.LOCAL_USE)
WAS_LATE = Noted(NoteKind.LATE, LATE.due_on)
DISCS = Noted(NoteKind.CHECK_PARTS, text="2 CD")


def of(status: ItemStatus, home: str = "cachan") -> ItemState:
    return ItemState(status, home)


TO_ARCUEIL = ItemState(ItemStatus.AVAILABLE, "cachan", "arcueil")
TO_CACHAN = ItemState(ItemStatus.AVAILABLE, "arcueil", "cachan", sent=True)


@pytest.mark.parametrize(
    ("item", "loan", "caught", "first", "outcome", "notes", "destination"),
    [
        (HOME, OPEN, None, None, Outcome.RETURNED, (), ""),
        (HOME, LATE, None, None, Outcome.RETURNED, (WAS_LATE,), ""),
        (
            HOME, PUNISHED, None, None, Outcome.RETURNED,
            (WAS_LATE, Noted(NoteKind.MAY_BORROW_FROM, TODAY + timedelta(days=10))), "",
        ),
        (HOME, None, None, None, Outcome.NOT_ON_LOAN, (LOCAL,), ""),
        (HOME, CLOSED, None, None, Outcome.NOT_ON_LOAN, (LOCAL,), ""),
        (HOME, CLOSED_TODAY, None, None, Outcome.NOT_ON_LOAN, (), ""),
        (replace(HOME, contents="2 CD"), OPEN, None, None, Outcome.RETURNED, (DISCS,), ""),
        (TO_CACHAN, CLOSED, None, None, Outcome.NOT_ON_LOAN, (), ""),
        (TO_ARCUEIL, CLOSED, None, None, Outcome.TRANSFER_HOME, (), "arcueil"),
        (AWAY, OPEN, None, None, Outcome.TRANSFER_HOME, (), "arcueil"),
        (AWAY, None, None, None, Outcome.TRANSFER_HOME, (), "arcueil"),
        (replace(AWAY, floats=True), OPEN, None, None, Outcome.RETURNED, (), ""),
        (AWAY, OPEN, None, HERE, Outcome.HOLD_CAPTURED, (), ""),
        (HOME, OPEN, None, THERE, Outcome.HOLD_TRANSFER, (), "arcueil"),
        (HOME, None, None, HERE, Outcome.HOLD_CAPTURED, (), ""),
        (HOME, CLOSED_TODAY, HERE, THERE, Outcome.HOLD_CAPTURED, (), ""),
        (HOME, CLOSED_TODAY, THERE, HERE, Outcome.HOLD_TRANSFER, (), "arcueil"),
        (
            of(ItemStatus.LOST), LATE, None, None, Outcome.RETURNED,
            (WAS_LATE, Noted(NoteKind.WAS_LOST)), "",
        ),
        (
            of(ItemStatus.MISSING), CLOSED, None, None, Outcome.NOT_ON_LOAN,
            (Noted(NoteKind.WAS_MISSING),), "",
        ),
        (
            of(ItemStatus.CLAIMED_RETURNED), OPEN, None, None, Outcome.RETURNED,
            (Noted(NoteKind.WAS_CLAIMED_RETURNED),), "",
        ),
        (of(ItemStatus.NOT_FOR_LOAN), None, None, HERE, Outcome.NOT_ON_LOAN, (LOCAL,), ""),
        (of(ItemStatus.DAMAGED), OPEN, None, HERE, Outcome.RETURNED, (), ""),
    ],
)  # fmt: skip
def test_what_a_return_that_is_taken_comes_to(
    item, loan, caught, first, outcome, notes, destination
) -> None:
    decision = decide(LAID, item, loan, caught, first)
    assert (decision.outcome, decision.notes, decision.destination) == (
        outcome, notes, destination,
    )  # fmt: skip
    assert decision.touches_item
    assert decision.closes_loan == (loan is not None and loan.ended_on is None)
    stays = {ItemStatus.DAMAGED, ItemStatus.NOT_FOR_LOAN}
    assert decision.status is (item.status if item.status in stays else ItemStatus.AVAILABLE)
    serves = caught or (None if item.status in stays else first)
    assert decision.hold_id == (serves.id if serves else None)
    waits_for_its_shelf = not destination and not serves and item.status is not ItemStatus.DAMAGED
    assert decision.to_shelve == waits_for_its_shelf


@pytest.mark.parametrize(
    ("laid", "item", "loan", "outcome", "anomaly"),
    [
        (LAID, None, None, Outcome.UNKNOWN_ITEM, AnomalyKind.UNKNOWN_ITEM),
        (LAID, of(ItemStatus.WITHDRAWN), OPEN, Outcome.NEEDS_STAFF, AnomalyKind.NEEDS_STAFF),
        (LAID, of(ItemStatus.IN_REPAIR), None, Outcome.NEEDS_STAFF, AnomalyKind.NEEDS_STAFF),
        (
            replace(LAID, second_tag=True), HOME, OPEN,
            Outcome.NEEDS_STAFF, AnomalyKind.SAME_BARCODE,
        ),
        (LAID, HOME, LATER, Outcome.OVERTAKEN, AnomalyKind.OVERTAKEN),
        (LAID, HOME, LATER_CLOSED, Outcome.OVERTAKEN, AnomalyKind.OVERTAKEN),
        (
            replace(LAID, missing=("CD 2",)), HOME, OPEN,
            Outcome.PARTS_MISSING, AnomalyKind.PARTS_MISSING,
        ),
        (
            replace(LAID, parts=PartsCheck.INCOMPLETE), HOME, OPEN,
            Outcome.PARTS_MISSING, AnomalyKind.PARTS_MISSING,
        ),
    ],
)  # fmt: skip
def test_what_changes_nothing_is_put_before_a_librarian(laid, item, loan, outcome, anomaly) -> None:
    decision = decide(laid, item, loan, None, HERE)
    assert (decision.outcome, decision.anomalies) == (outcome, (anomaly,))
    assert not decision.touches_item
    assert not decision.closes_loan
    assert decision.hold_id is None
    assert decision.hint is SortHint.STAFF


@pytest.mark.parametrize(
    ("contents", "parts", "looked_at"),
    [
        ("2 CD", PartsCheck.NONE, True),
        ("2 CD", PartsCheck.NO_ANSWER, True),
        ("", PartsCheck.NO_ANSWER, True),
        ("2 CD", PartsCheck.COMPLETE, False),
        ("2 CD", PartsCheck.TAGS, False),
        ("2 CD", PartsCheck.STAFF, False),
        ("", PartsCheck.NONE, False),
    ],
)
def test_librarians_look_into_what_nobody_has_said_to_be_whole(contents, parts, looked_at) -> None:
    item = replace(HOME, contents=contents)
    decision = decide(replace(LAID, parts=parts), item, OPEN, None, None)
    assert decision.outcome is Outcome.RETURNED
    assert decision.anomalies == ((AnomalyKind.PARTS_UNCHECKED,) if looked_at else ())


def test_what_is_said_to_be_incomplete_tells_what_should_be_there() -> None:
    laid = replace(LAID, parts=PartsCheck.INCOMPLETE)
    assert decide(laid, replace(HOME, contents="2 CD"), OPEN, None, None).notes == (DISCS,)


@pytest.mark.parametrize(
    ("item", "anomaly"),
    [
        (of(ItemStatus.DAMAGED), AnomalyKind.DAMAGED),
        (of(ItemStatus.LOST), AnomalyKind.WAS_SEARCHED),
        (of(ItemStatus.CLAIMED_RETURNED), AnomalyKind.WAS_SEARCHED),
        (replace(TO_ARCUEIL, sent=True), AnomalyKind.WRONG_SITE),
    ],
)
def test_what_is_taken_and_yet_wants_a_look(item, anomaly) -> None:
    assert decide(LAID, item, OPEN, None, None).anomalies == (anomaly,)
    assert decide(LAID, HOME, OPEN, None, None).anomalies == ()


def test_a_damaged_copy_goes_to_staff_and_to_no_reader() -> None:
    decision = decide(LAID, of(ItemStatus.DAMAGED), OPEN, None, HERE)
    assert (decision.hint, decision.hold_id) == (SortHint.STAFF, None)


@given(
    st.none() | st.builds(
        ItemState, st.sampled_from(ItemStatus), st.sampled_from(["cachan", "x"]),
        st.sampled_from(["", "cachan", "y"]), st.booleans(), st.booleans(),
    ),
    st.sampled_from([None, OPEN, LATE, PUNISHED, CLOSED, CLOSED_TODAY, LATER]),
    st.sampled_from([None, Wanted(7, "cachan"), Wanted(7, "arcueil")]),
    st.sampled_from([None, HERE, THERE]),
    st.sampled_from([(), ("CD",)]),
)  # fmt: skip
def test_a_decision_keeps_the_facts_of_its_outcome(item, loan, caught, first, missing) -> None:
    decision = decide(replace(LAID, missing=missing), item, loan, caught, first)
    facts = FACTS[decision.outcome]
    assert facts.closes_loan or not decision.closes_loan
    assert decision.touches_item == facts.accepted or decision.outcome is Outcome.OVERTAKEN
    assert decision.destination != LAID.site
    if decision.closes_loan:
        assert loan is not None
        assert loan.ended_on is None
    if caught and decision.hold_id is not None:
        assert decision.hold_id == caught.id
    assert not (decision.to_shelve and (decision.destination or decision.hold_id))


PAST = Undoable(undone=False, touched=True, received_on=TODAY, moved_on=False)


@pytest.mark.parametrize(
    ("past", "refusal"),
    [
        (PAST, None),
        (replace(PAST, undone=True), UndoRefusal.UNDONE_ALREADY),
        (replace(PAST, touched=False), UndoRefusal.CHANGED_NOTHING),
        (replace(PAST, received_on=TODAY - timedelta(days=1)), UndoRefusal.NOT_TODAY),
        (replace(PAST, moved_on=True), UndoRefusal.MOVED_ON),
    ],
)
def test_when_a_return_may_be_taken_back(past, refusal) -> None:
    assert may_undo(past, TODAY) is refusal
