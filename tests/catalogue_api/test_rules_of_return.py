from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import Wish
from catalogue_api.domain.returns import (
    FACTS,
    Caught,
    Decision,
    ItemState,
    Laid,
    LastLoan,
    Noted,
    NoteKind,
    Outcome,
    decide,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LAID = Laid("cachan", NOON, TODAY)
HOME = ItemState(ItemStatus.AVAILABLE, "cachan")
AWAY = ItemState(ItemStatus.AVAILABLE, "arcueil")
OPEN = LastLoan(NOON - timedelta(days=7), TODAY + timedelta(days=21), None)
LATE = LastLoan(NOON - timedelta(days=40), TODAY - timedelta(days=1), None)
CLOSED = LastLoan(NOON - timedelta(days=40), TODAY, TODAY - timedelta(days=3))
CLOSED_TODAY = LastLoan(NOON - timedelta(days=40), TODAY, TODAY)
LATER = LastLoan(NOON + timedelta(seconds=1), TODAY + timedelta(days=28), None)
LATER_CLOSED = LastLoan(NOON + timedelta(seconds=1), TODAY, TODAY)
WISH_HERE = Wish(1, "cachan", NOON)
WISH_AWAY = Wish(2, "arcueil", NOON)
LOCAL = (Noted(NoteKind.LOCAL_USE),)


def of(status: ItemStatus, home: str = "cachan") -> ItemState:
    return ItemState(status, home)


@pytest.mark.parametrize(
    ("item", "loan", "caught", "waiting", "expected"),
    [
        (None, None, None, (), Decision(Outcome.UNKNOWN_ITEM)),
        (HOME, OPEN, None, (), Decision(Outcome.RETURNED, (), True, True)),
        (
            HOME, LATE, None, (),
            Decision(Outcome.RETURNED, (Noted(NoteKind.LATE, LATE.due_on),), True, True),
        ),
        (HOME, None, None, (), Decision(Outcome.NOT_ON_LOAN, LOCAL, False, True)),
        (HOME, CLOSED, None, (), Decision(Outcome.NOT_ON_LOAN, LOCAL, False, True)),
        (HOME, CLOSED_TODAY, None, (), Decision(Outcome.NOT_ON_LOAN, (), False, True)),
        (
            ItemState(ItemStatus.AVAILABLE, "cachan", in_transit=True), CLOSED, None, (),
            Decision(Outcome.NOT_ON_LOAN, (), False, True),
        ),
        (HOME, LATER, None, (WISH_HERE,), Decision(Outcome.OVERTAKEN)),
        (HOME, LATER_CLOSED, None, (WISH_HERE,), Decision(Outcome.OVERTAKEN)),
        (
            AWAY, OPEN, None, (),
            Decision(Outcome.TRANSFER_HOME, (), True, True, destination="arcueil"),
        ),
        (
            AWAY, None, None, (),
            Decision(Outcome.TRANSFER_HOME, (), False, True, destination="arcueil"),
        ),
        (
            AWAY, OPEN, None, (WISH_HERE,),
            Decision(Outcome.HOLD_CAPTURED, (), True, True, hold_id=1),
        ),
        (
            HOME, OPEN, None, (WISH_AWAY,),
            Decision(Outcome.HOLD_TRANSFER, (), True, True, hold_id=2, destination="arcueil"),
        ),
        (
            HOME, None, None, (WISH_HERE,),
            Decision(Outcome.HOLD_CAPTURED, (), False, True, hold_id=1),
        ),
        (
            HOME, CLOSED_TODAY, Caught(7, "cachan"), (WISH_HERE, WISH_AWAY),
            Decision(Outcome.HOLD_CAPTURED, (), False, True, hold_id=7),
        ),
        (
            HOME, CLOSED_TODAY, Caught(7, "arcueil"), (WISH_HERE,),
            Decision(Outcome.HOLD_TRANSFER, (), False, True, hold_id=7, destination="arcueil"),
        ),
        (of(ItemStatus.WITHDRAWN), OPEN, None, (WISH_HERE,), Decision(Outcome.NEEDS_STAFF)),
        (of(ItemStatus.IN_REPAIR), None, None, (), Decision(Outcome.NEEDS_STAFF)),
        (
            of(ItemStatus.LOST), LATE, None, (),
            Decision(
                Outcome.RETURNED,
                (Noted(NoteKind.LATE, LATE.due_on), Noted(NoteKind.WAS_LOST)),
                True, True,
            ),
        ),
        (
            of(ItemStatus.MISSING), CLOSED, None, (),
            Decision(Outcome.NOT_ON_LOAN, (Noted(NoteKind.WAS_MISSING),), False, True),
        ),
        (
            of(ItemStatus.CLAIMED_RETURNED), OPEN, None, (),
            Decision(
                Outcome.RETURNED, (Noted(NoteKind.WAS_CLAIMED_RETURNED),), True, True
            ),
        ),
        (
            of(ItemStatus.NOT_FOR_LOAN), None, None, (WISH_HERE,),
            Decision(Outcome.NOT_ON_LOAN, LOCAL, False, True, ItemStatus.NOT_FOR_LOAN),
        ),
    ],
)  # fmt: skip
def test_what_a_return_comes_to(item, loan, caught, waiting, expected) -> None:
    assert decide(LAID, item, loan, caught, waiting) == expected


@given(
    st.none() | st.builds(
        ItemState, st.sampled_from(ItemStatus), st.sampled_from(["cachan", "x"]), st.booleans()
    ),
    st.sampled_from([None, OPEN, LATE, CLOSED, CLOSED_TODAY, LATER]),
    st.sampled_from([None, Caught(7, "cachan"), Caught(7, "arcueil")]),
    st.lists(st.sampled_from([WISH_HERE, WISH_AWAY])),
)  # fmt: skip
def test_a_decision_keeps_the_facts_of_its_outcome(item, loan, caught, waiting) -> None:
    decision = decide(LAID, item, loan, caught, waiting)
    facts = FACTS[decision.outcome]
    assert facts.closes_loan or not decision.closes_loan
    assert decision.touches_item == facts.accepted or decision.outcome is Outcome.OVERTAKEN
    assert decision.destination != LAID.site
    if decision.closes_loan:
        assert loan is not None
        assert loan.ended_on is None
    if caught and decision.hold_id is not None:
        assert decision.hold_id == caught.id
