import asyncio
import json
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from catalogue_world import NOW, TODAY, fact

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import (
    PLACE_ITEM,
    RETURN_ITEM,
    Note,
    NoteKind,
    Outcome,
    PartsCheck,
    Placement,
    Security,
    SortHint,
)


async def test_a_loan_is_closed_and_the_title_told(world, give_back) -> None:
    loan = world.lend(due_in=-2)
    laid_at = NOW - timedelta(minutes=3)
    answer = await give_back(1, occurred_at=laid_at, owner="FR-940165201", warnings=("swapped",))
    assert answer.outcome is Outcome.RETURNED
    assert answer.notes == (Note(kind=NoteKind.LATE, on=date(2026, 11, 21)),)
    assert (answer.title, answer.author, answer.shelf_mark) == (
        "L’Été", "Camus, Albert", "R CAM 1",
    )  # fmt: skip
    assert answer.sort_hint is SortHint.SHELVE
    assert world.row("SELECT ended_at FROM loans") == ("2026-11-23 11:57:00.000000",)
    columns = "return_id, kiosk, item_id, loan_id, outcome, warnings"
    assert world.row(f"SELECT {columns} FROM returns") == (
        str(UUID(int=1)), "pad", 1, loan, "returned", '["swapped"]',
    )  # fmt: skip


async def test_the_same_report_gets_the_same_answer_whatever_is_true_now(world, give_back) -> None:
    world.lend()
    first = await give_back(1)
    world.now += timedelta(hours=1)
    world.lend(days_ago=0)
    again = await give_back(1)
    assert again == first
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (1,)
    assert world.row("SELECT count(*) FROM returns") == (1,)


@pytest.mark.parametrize("values", [{"barcode": "2"}, {"owner": "X"}, {"at": "a/b c"}])
async def test_the_same_id_with_another_content_is_a_conflict(world, give_back, values) -> None:
    await give_back(1)
    with pytest.raises(Refused) as refusal:
        await give_back(1, **values)
    assert refusal.value.type is ProblemType.IDEMPOTENCY_CONFLICT
    assert world.row("SELECT count(*) FROM returns") == (1,)


async def test_another_word_on_the_parts_is_another_content(world, give_back) -> None:
    await give_back(1, parts_check=PartsCheck.INCOMPLETE)
    with pytest.raises(Refused) as refusal:
        await give_back(1, parts_check=PartsCheck.COMPLETE)
    assert refusal.value.type is ProblemType.IDEMPOTENCY_CONFLICT


async def test_a_return_of_a_kiosk_that_asks_nothing_has_the_digest_it_always_had(
    world, give_back
) -> None:
    said = await give_back(1)
    kept = json.loads(fact(1).model_dump_json(exclude={"dry_run"}))
    assert kept.pop("parts_check") == ""
    digest = sha256(f"pad\n{json.dumps(kept, separators=(',', ':'))}".encode()).hexdigest()
    assert world.row("SELECT body_hash FROM returns") == (digest,)
    assert await give_back(1) == said


async def test_of_eight_at_once_one_closes_the_loan(world, give_back) -> None:
    world.lend()
    answers = await asyncio.gather(*(give_back(number) for number in range(1, 9)))
    outcomes = sorted(answer.outcome.value for answer in answers)
    assert outcomes == ["not_on_loan"] * 7 + ["returned"]
    assert all(not answer.notes for answer in answers)
    assert world.row("SELECT count(*) FROM returns WHERE loan_id IS NOT NULL") == (1,)


async def test_the_same_report_eight_times_at_once_is_one_return(world, give_back) -> None:
    world.lend()
    answers = await asyncio.gather(*(give_back(1) for _ in range(8)))
    assert {answer.outcome for answer in answers} == {Outcome.RETURNED}
    assert world.row("SELECT count(*) FROM returns") == (1,)


async def test_an_unknown_item_is_recorded_for_staff(world, give_back) -> None:
    answer = await give_back(1, "no such thing")
    assert answer.outcome is Outcome.UNKNOWN_ITEM
    assert answer.sort_hint is SortHint.STAFF
    assert answer.title == ""
    assert world.row("SELECT barcode, item_id, bin FROM returns") == ("no such thing", None, None)


async def test_a_report_that_comes_too_late_changes_nothing(world, give_back) -> None:
    world.lend(days_ago=0)
    world.hold()
    answer = await give_back(1, occurred_at=NOW - timedelta(hours=2))
    assert answer.outcome is Outcome.OVERTAKEN
    assert world.row("SELECT ended_at FROM loans") == (None,)
    assert world.row("SELECT status FROM holds") == ("waiting",)


async def test_a_clock_that_runs_ahead_ends_no_loan_in_the_future(world, give_back) -> None:
    world.lend(due_in=0)
    answer = await give_back(1, occurred_at=NOW + timedelta(days=400))
    assert (answer.outcome, answer.notes) == (Outcome.RETURNED, ())
    assert world.row("SELECT ended_at FROM loans") == ("2026-11-23 12:00:00.000000",)


async def test_a_withdrawn_item_on_loan_is_left_to_staff(world, give_back) -> None:
    world.lend("5")
    answer = await give_back(1, "5")
    assert answer.outcome is Outcome.NEEDS_STAFF
    assert world.row("SELECT ended_at FROM loans") == (None,)
    assert world.row("SELECT loan_id, outcome FROM returns") == (None, "needs_staff")


@pytest.mark.parametrize(
    ("barcode", "note", "status"),
    [("4", NoteKind.WAS_LOST, "available"), ("7", NoteKind.WAS_MISSING, "available"),
     ("6", NoteKind.LOCAL_USE, "not_for_loan")],
)  # fmt: skip
async def test_what_was_searched_is_found(world, give_back, barcode, note, status) -> None:
    answer = await give_back(1, barcode)
    assert answer.outcome is Outcome.NOT_ON_LOAN
    assert [found.kind for found in answer.notes] == [note]
    assert answer.title == "Astérix, Tome 3"
    assert world.row(f"SELECT status FROM items WHERE id = {barcode}") == (status,)


async def test_the_first_in_the_queue_gets_the_copy_and_keeps_it(world, give_back) -> None:
    world.lend()
    world.lend("2")
    first = world.hold(patron=2, placed_at=NOW - timedelta(days=2))
    second = world.hold(patron=1, placed_at=NOW - timedelta(days=1), site="arcueil")
    assert (await give_back(1)).outcome is Outcome.HOLD_CAPTURED
    assert (await give_back(2)).outcome is Outcome.HOLD_CAPTURED
    elsewhere = await give_back(3, "2")
    assert elsewhere.outcome is Outcome.HOLD_TRANSFER
    assert elsewhere.destination == "arcueil"
    assert world.rows("SELECT id, status, item_id FROM holds ORDER BY id") == [
        (first, "captured", 1),
        (second, "captured", 2),
    ]
    assert world.row("SELECT current_site, destination FROM items WHERE id = 2") == (
        "cachan", "arcueil",
    )  # fmt: skip
    arrived = await give_back(4, "2", at="a/b c")
    assert arrived.outcome is Outcome.HOLD_CAPTURED
    assert arrived.notes == ()
    assert world.row("SELECT current_site, destination FROM items WHERE id = 2") == (
        "arcueil", None,
    )  # fmt: skip
    assert world.rows("SELECT hold_id FROM returns ORDER BY return_id") == [
        (first,), (first,), (second,), (second,),
    ]  # fmt: skip


async def test_a_copy_of_another_site_is_sent_home_and_arrives(world, give_back) -> None:
    world.lend("3")
    away = await give_back(1, "3")
    assert (away.outcome, away.destination) == (Outcome.TRANSFER_HOME, "arcueil")
    assert world.row("SELECT current_site, destination FROM items WHERE id = 3") == (
        "cachan", "arcueil",
    )  # fmt: skip
    home = await give_back(2, "3", at="a/b c")
    assert (home.outcome, home.notes) == (Outcome.NOT_ON_LOAN, ())
    assert world.row("SELECT current_site, destination FROM items WHERE id = 3") == (
        "arcueil", None,
    )  # fmt: skip


async def test_lateness_is_by_the_librarys_calendar_day(world, give_back) -> None:
    world.lend(due_in=-1)
    still_the_22nd_in_cachan = NOW.replace(day=22, hour=22, minute=59)
    assert (await give_back(1, occurred_at=still_the_22nd_in_cachan)).notes == ()
    world.lend("2", due_in=-1)
    the_23rd = NOW.replace(day=22, hour=23, minute=0)
    (note,) = (await give_back(2, "2", occurred_at=the_23rd)).notes
    assert note.on == TODAY - timedelta(days=1)


async def test_a_placement_is_noted_and_the_last_word_counts(world, give_back) -> None:
    await give_back(1)
    catalogue = world.embedded()
    path = {"kiosk": "pad", "return_id": str(UUID(int=1))}
    for placed, security in [("B1", Security.PENDING), ("B2", Security.SECURED)]:
        await catalogue.call(PLACE_ITEM, Placement(bin=placed, security=security), **path)
    assert world.row("SELECT bin, security FROM returns") == ("B2", "secured")


@pytest.mark.parametrize("return_id", [str(UUID(int=2)), "not an id"])
async def test_only_ones_own_returns_can_be_placed(world, give_back, return_id) -> None:
    await give_back(2, at="a/b c")
    placement = Placement(bin="B", security=Security.SECURED)
    with pytest.raises(Refused) as refusal:
        await world.embedded().call(PLACE_ITEM, placement, kiosk="pad", return_id=return_id)
    assert refusal.value.type is ProblemType.NOT_FOUND


async def test_a_kiosk_is_who_its_token_says(world) -> None:
    info = await world.embedded("token-of-other").call(GREET_KIOSK, Nothing(), kiosk="a/b c")
    assert (info.kiosk, info.site, info.site_name) == ("a/b c", "arcueil", "Arcueil")
    for token, kiosk, problem in [
        ("", "pad", ProblemType.NOT_AUTHENTICATED),
        ("wrong", "pad", ProblemType.NOT_AUTHENTICATED),
        ("token-of-other", "pad", ProblemType.NOT_ALLOWED),
    ]:
        with pytest.raises(Refused) as refusal:
            await world.embedded(token).call(RETURN_ITEM, fact(1), kiosk=kiosk)
        assert refusal.value.type is problem


async def test_an_answer_names_no_reader(world, give_back) -> None:
    world.lend()
    world.hold()
    answer = (await give_back(1)).model_dump_json()
    stored = json.dumps(world.rows("SELECT * FROM returns"))
    for word in ("Inconnue", "Personne", "Ida", "Paul", "P1", "P2"):
        assert word not in answer
        assert word not in stored
