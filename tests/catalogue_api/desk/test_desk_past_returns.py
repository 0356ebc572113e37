"""« Je l'ai rendu »: what a librarian can say, and a return taken back."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from catalogue_world import NOW
from desk_world import ENGLISH, Visitor, hire

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.kiosks import HEARTBEAT, KioskHealth
from catalogue_api.contract.past_returns import FIND_RETURNS, FindReturns, PastReturn
from catalogue_api.contract.receipts import receipt_number
from catalogue_api.contract.returns import PLACE_ITEM, Outcome, PartsCheck, Placement, Security
from catalogue_api.domain.undoing import UndoRefusal
from catalogue_api.web import texts
from catalogue_api.web.desk.past_returns import Asked, asked_of, lines_of, of_return

RETURNS = "/desk/returns"
PARIS = ZoneInfo("Europe/Paris")
PAST = PastReturn(
    return_id=UUID(int=1), site="cachan", kiosk="pad", staff="", barcode="1",
    outcome=Outcome.RETURNED, title="L’Été", occurred_at=NOW, received_at=NOW, bin="1",
    receipt="", security=Security.SECURED, undone_at=None, undone_by="",
)  # fmt: skip


async def place(world, number: int, bin_name: str, receipt: str = "", security="secured") -> None:
    placed = Placement(bin=bin_name, security=Security(security), receipt=receipt)
    await world.embedded().call(PLACE_ITEM, placed, kiosk="pad", return_id=str(UUID(int=number)))


async def test_what_was_returned_is_said_in_words(world, visitor, give_back) -> None:
    world.lend()
    await give_back(1, occurred_at=NOW - timedelta(hours=3))
    await place(world, 1, "3", receipt_number(UUID(int=1)), "failed")
    page = await visitor.open(f"{RETURNS}?q=1")
    for said in ("Oui : rendu le 23 nov. 10:00, à l’automate pad, Cachan.", "L’Été", "Bac 3",
                 "n’est plus sur la carte", "antivol non remis", "reçu le 23 nov. 13:00",
                 receipt_number(UUID(int=1))):  # fmt: skip
        assert said in page.said, said
    for nobody in ("Inconnue", "Ida", "P1"):
        assert nobody not in page.text
    typed = receipt_number(UUID(int=1)).lower().replace("-", "")
    assert "ce reçu est de chez nous" in (await visitor.open(f"{RETURNS}?q={typed}")).said
    english = await Visitor(visitor.client, ENGLISH).open(f"{RETURNS}?q=1")
    assert "Yes: returned 23 Nov 10:00, at the kiosk pad, Cachan." in english.said


async def test_what_the_reader_said_of_the_parts_is_told(world, visitor, give_back) -> None:
    for number, said in enumerate(PartsCheck, start=1):
        await give_back(number, parts_check=said)
    page, words = await visitor.open(f"{RETURNS}?q=1"), texts.read_words(PARIS)["fr"]
    for said in PartsCheck:
        told = said and " ".join(words.text(f"parts_check.{said}").split())
        assert told in page.said, said


async def test_what_was_not_returned_is_said_too(world, visitor) -> None:
    world.lend()
    on_loan = await visitor.open(f"{RETURNS}?q=1")
    assert "toujours emprunté" in on_loan.said
    assert 'href="/desk/items/1"' in on_loan.text
    assert "pad ne donne plus de nouvelles" in on_loan.said
    health = KioskHealth(at=NOW, version="1", started_at=NOW, undelivered=4)
    await world.embedded().call(HEARTBEAT, health, kiosk="pad")
    assert "pad a encore des retours à livrer (4)" in (await visitor.open(f"{RETURNS}?q=1")).said
    assert "pas de prêt en cours" in (await visitor.open(f"{RETURNS}?q=2")).said
    odd = await visitor.open(f"{RETURNS}?q=%3Cscript%3E%7Bx%7D")
    assert "ne connaît pas « <script>{x} »" in odd.said
    assert "<script>{x}" not in odd.text
    nobody = receipt_number(UUID(int=77))
    assert "Aucun retour de ce genre" in (await visitor.open(f"{RETURNS}?q={nobody}")).said
    assert "Le code-barres du document" in (await visitor.open(RETURNS)).said


async def test_a_time_finds_it_where_there_is_no_number(world, visitor, give_back) -> None:
    for number, hours in [(1, 0), (2, 3), (3, 26)]:
        await give_back(number, str(number), occurred_at=NOW - timedelta(hours=hours))
    one = await visitor.open(f"{RETURNS}?around=10:30")
    assert ("1 retour" in one.said, "/desk/returns?q=2" in one.text) == (True, True)
    assert "2 retours" in (await visitor.open(f"{RETURNS}?day=2026-11-23")).said
    assert "1 retour" in (await visitor.open(f"{RETURNS}?day=2026-11-22&kiosk=pad")).said
    none = await visitor.open(f"{RETURNS}?day=2026-11-22&around=03:00&kiosk=a/b c")
    assert "Aucun retour de ce genre" in none.said
    late = await visitor.open(f"{RETURNS}?day=2026-01-02")
    assert "Au-delà de quatre mois" in late.said
    assert "Ce jour n’est pas encore là" in (await visitor.open(f"{RETURNS}?day=2026-11-24")).said


async def test_what_cannot_be_understood_is_said_beside_its_field(visitor) -> None:
    for odd in ("day=x", "day=2026-02-30", "around=99:99", "q=" + "x" * 65, "kiosk=%07"):
        page = await visitor.open(f"{RETURNS}?{odd}")
        assert (page.status, 'class="against"' in page.text) == (200, True), odd
    assert (await visitor.open(f"{RETURNS}?q=1&cursor=nonsense")).status == 400


def test_a_question_is_read_in_the_time_of_the_library() -> None:
    asked = asked_of({"day": "2026-11-20", "around": "18:00"}, NOW, PARIS)
    assert (asked.since, asked.until) == (
        datetime(2026, 11, 20, 17, tzinfo=PARIS), datetime(2026, 11, 20, 19, tzinfo=PARIS),
    )  # fmt: skip
    day = asked_of({"day": "2026-10-25"}, NOW, PARIS)  # the clocks went back: 25 hours
    assert day.since is not None
    assert day.until is not None
    assert day.until.timestamp() - day.since.timestamp() == 25 * 3600
    assert asked_of({}, NOW, PARIS) == Asked()
    assert Asked().nothing


async def test_long_lists_are_paged(world, visitor, give_back) -> None:
    for number in range(1, 53):
        world.now += timedelta(seconds=1)
        await give_back(number, "1", occurred_at=world.now)
    first = await visitor.open(f"{RETURNS}?kiosk=pad")
    link = first.text.split('<p class="after"><a href="', 1)[1].split('"', 1)[0]
    assert "2 retours" in (await visitor.open(link.replace("&amp;", "&"))).said


async def test_a_return_is_taken_back_once(world, visitor, give_back) -> None:
    loan = world.lend()
    await give_back(1)
    page = await visitor.open(f"{RETURNS}?q=1")
    undone = await visitor.send(page, f"{RETURNS}/{UUID(int=1)}/undo")
    assert "Retour annulé : « L’Été » est comme avant." in undone.said
    assert "retour annulé le 23 nov. 13:00 par ana" in undone.said
    assert world.row("SELECT id, ended_at FROM loans") == (loan, None)
    fields = page.form(f"{RETURNS}/{UUID(int=1)}/undo").fields
    twice = await visitor.post(f"{RETURNS}/{UUID(int=1)}/undo", fields)
    assert "Retour annulé : « L’Été »" in twice.said  # a double click is one click
    hire(world, "bo")
    await visitor.post("/desk/sign-out", twice.form("/desk/sign-out").fields)
    other = await visitor.sign_in("bo")
    csrf = other.form("/desk/sign-out").fields
    late = await visitor.post(f"{RETURNS}/{UUID(int=1)}/undo", fields | csrf)
    assert "Ce retour est déjà annulé." in late.said


async def test_why_a_return_stays_is_said(world, visitor, give_back) -> None:
    await give_back(1, "nobody’s")
    await give_back(2, "2")
    page = await visitor.open(f"{RETURNS}?kiosk=pad")
    fields = page.form(f"{RETURNS}/{UUID(int=2)}/undo").fields
    assert not any(str(UUID(int=1)) in form.action for form in page.forms)

    async def undo(number: int, key: str) -> str:
        address = f"{RETURNS}/{UUID(int=number)}/undo"
        return (await visitor.post(address, fields | {"key": key})).said

    assert "rien à annuler" in await undo(1, "a")
    world.lend("2", days_ago=0)
    assert "prêté, déplacé ou mis de côté depuis" in await undo(2, "b")
    world.now += timedelta(days=1)
    await visitor.sign_in()
    fields |= (await visitor.open(RETURNS)).form("/desk/sign-out").fields
    assert "que le jour même" in await undo(2, "c")
    assert "n’existe" in await undo(999, "d")
    assert "n’existe" in (await visitor.post(f"{RETURNS}/nonsense/undo", fields)).said
    away = fields | {"key": "e", "back": "https://elsewhere.example/"}
    assert (await visitor.post(f"{RETURNS}/{UUID(int=2)}/undo", away)).path == RETURNS


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_outcome_and_refusal_has_its_answer(language) -> None:
    words = texts.read_words(PARIS)[language]
    for outcome in Outcome:
        answer = of_return(PAST.model_copy(update={"outcome": outcome}), words, {})
        assert words.text(answer.key, **answer.values)
        assert words.text(answer.key + ".then", **answer.values)
    undone = of_return(PAST.model_copy(update={"undone_at": NOW}), words, {})
    assert words.text(undone.key, **undone.values)
    assert all(words.text(f"undo_refusal.{one.value}") for one in UndoRefusal)
    desk = of_return(PAST.model_copy(update={"kiosk": "", "staff": "ana"}), words, {"cachan": "C"})
    assert "C" in words.text(desk.key, **desk.values)


def test_only_what_is_of_today_can_be_taken_back() -> None:
    yesterday = PAST.model_copy(update={"received_at": NOW - timedelta(days=1)})
    unknown = PAST.model_copy(update={"outcome": Outcome.UNKNOWN_ITEM})
    undone = PAST.model_copy(update={"undone_at": NOW})
    lines = lines_of([PAST, yesterday, unknown, undone], NOW, PARIS)
    assert [line.undoable for line in lines] == [True, False, False, False]


async def test_returns_are_found_by_receipt_and_by_the_time_they_were_laid(
    world, give_back
) -> None:
    for number, hours in [(1, 5), (2, 1)]:
        await give_back(number, str(number), occurred_at=NOW - timedelta(hours=hours))
        await place(world, number, "1", receipt_number(UUID(int=1)))
    desk = world.desk()

    async def found(**wanted) -> list[int]:
        answer = await desk.call(FIND_RETURNS, FindReturns(**wanted))
        return [one.return_id.int for one in answer.returns]

    assert await found(receipt=receipt_number(UUID(int=1)).lower()) == [2, 1]
    assert await found(receipt=receipt_number(UUID(int=2))) == []
    assert await found(laid_since=NOW - timedelta(hours=2)) == [2]
    assert await found(laid_until=NOW - timedelta(hours=2)) == [1]
    with pytest.raises(Refused, match="receipt"):
        await found(receipt="4F7K")
