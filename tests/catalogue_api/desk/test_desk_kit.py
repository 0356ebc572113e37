"""What every page of the desk gets from the kit: sessions, forms, choices, streams."""

import asyncio
import re
from datetime import timedelta

import pytest
from catalogue_world import NOW, World
from desk_world import ENGLISH, FRENCH, PASSWORD, Visitor, hire
from http_world import serving

from catalogue_api.contract.anomalies import Handling
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import DeskReturn
from catalogue_api.web.desk.page import DESK
from catalogue_api.web.pages.forms import Change, Form, Unfit, body_of, editing

SHELVING = "/desk/sites/cachan/shelving"


def a_copy_waits(world: World) -> None:
    """One copy is caught for somebody, so that a scan has something to do."""
    hold = world.hold()
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql(
            f"UPDATE holds SET status = 'captured', item_id = 1, captured_at = '{NOW}' "
            f"WHERE id = {hold}"
        )
    )


async def test_a_form_sent_after_the_session_ended_is_kept_and_goes_on(world, visitor) -> None:
    a_copy_waits(world)
    page = await visitor.open(SHELVING)
    world.now += timedelta(hours=2)
    asked = await visitor.send(page, barcode="1")
    assert asked.status == 403
    assert "Reconnectez-vous pour continuer" in asked.said
    assert asked.form(SHELVING).fields["barcode"] == "1"
    assert not {"csrf", "password"} & set(asked.form(SHELVING).fields)
    assert world.row("SELECT status FROM holds") == ("captured",)
    wrong = await visitor.send(asked, again_name="ana", again_password="wrong horse")
    assert "n’est pas le bon" in wrong.said
    done = await visitor.send(wrong, again_name="ana", again_password=PASSWORD)
    assert done.status == 200
    assert "Prêt à retirer" in done.said
    assert world.row("SELECT status FROM holds") == ("ready",)
    assert (await visitor.open(SHELVING)).status == 200  # and the browser is signed in again


async def test_a_desk_that_nobody_used_asks_for_the_password_alone(world, visitor) -> None:
    a_copy_waits(world)
    before = await visitor.open(SHELVING)
    world.now += timedelta(minutes=15)
    locked = await visitor.open(SHELVING)
    assert locked.path.startswith("/desk/sign-in")
    assert "Poste verrouillé" in locked.said
    form = locked.form("/desk/sign-in?next=")
    assert form.fields["name"] == "ana"
    refused = await visitor.send(locked, "/desk/sign-in", password="wrong horse")
    assert "Ce n’est pas le bon mot de passe" in refused.said
    back = await visitor.send(refused, "/desk/sign-in", password=PASSWORD)
    assert back.path == SHELVING
    assert "Prêt à retirer" in (await visitor.send(before, barcode="1")).said
    assert world.row("SELECT count(*) FROM staff_sessions") == (1,)
    other = await visitor.open("/desk/sign-in?other=1")
    assert other.form("/desk/sign-in").fields["name"] == ""


async def test_looking_by_itself_keeps_no_desk_awake(world, visitor) -> None:
    by_itself = {"Ritournelle-Unattended": "1"}
    for minutes in (10, 14):
        world.now = NOW + timedelta(minutes=minutes)
        async with visitor.client.get(SHELVING, headers=by_itself) as answer:
            assert answer.url.path == SHELVING
    world.now = NOW + timedelta(minutes=15)
    assert (await visitor.open(SHELVING)).path.startswith("/desk/sign-in")


async def test_what_is_said_waits_for_somebody_who_reads_it(visitor) -> None:
    page = await visitor.open("/desk/today")
    fields = page.form("/desk/sign-out").fields | {"site": "cachan", "barcode": "x"}
    async with visitor.client.post("/desk/today/found", data=fields, allow_redirects=False):
        pass
    by_itself = {"Ritournelle-Unattended": "1"}
    async with visitor.client.get("/desk/today", headers=FRENCH | by_itself) as answer:
        assert "n’existe pas" not in await answer.text()
    assert "n’existe pas" in (await visitor.open("/desk/today")).said
    assert "n’existe pas" not in (await visitor.open("/desk/today")).said


async def test_a_form_made_for_an_earlier_session_is_confirmed(world, visitor) -> None:
    a_copy_waits(world)
    page = await visitor.open(SHELVING)
    hire(world, "bo")
    await visitor.post("/desk/sign-out", page.form("/desk/sign-out").fields)
    await visitor.sign_in("bo")
    asked = await visitor.send(page, barcode="1")
    assert asked.status == 403
    assert "Envoyer ce qui a été saisi ?" in asked.said
    assert world.row("SELECT status FROM holds") == ("captured",)
    assert "Prêt à retirer" in (await visitor.send(asked, barcode="1")).said


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
async def test_a_form_of_another_site_is_not_even_offered_to_go_on(world, visitor, headers) -> None:
    fields = {"csrf": "made-up", "barcode": "1"}
    assert "made-up" not in (await visitor.post(SHELVING, fields, **headers)).text
    refused = await visitor.post(SHELVING, fields, **headers)
    assert (refused.status, "Envoyer" in refused.said) == (403, False)
    world.now += timedelta(hours=2)
    assert (await visitor.post(SHELVING, fields, **headers)).path == "/desk/sign-in"
    visitor.client.cookie_jar.clear()
    assert (await visitor.post(SHELVING, fields)).path == "/desk/sign-in"


@pytest.mark.parametrize(
    "said",
    ["https://elsewhere.example/", "//elsewhere.example", "/desk/../v1", "/\\elsewhere", "",
     "/desk/sign-in", "/desk/sign-out", "/desk/é", "/desk/x\r\ny", "/desk/" + 2000 * "a"],
)  # fmt: skip
def test_nobody_is_sent_to_an_address_of_somebody_else(said) -> None:
    assert DESK.own(said) == "/desk/" or said == "/desk/../v1"  # a browser stays on this host there
    assert DESK.own("/desk/site?next=/desk/") == "/desk/site?next=/desk/"


async def test_the_language_switch_comes_back_to_the_same_page(visitor) -> None:
    page = await visitor.open(SHELVING + "?x=1")
    link = re.findall(r'href="(/desk/language/en\?next=[^"]+)"', page.text)[0]
    back = await visitor.open(link)
    assert back.path == SHELVING + "?x=1"
    assert "Reservations to put aside" in back.said


async def test_a_site_is_ones_own_until_another_is_chosen(world, client) -> None:
    hire(world, site=None)
    visitor = Visitor(client)
    asked = await visitor.sign_in()
    assert asked.path.startswith("/desk/site?next=")
    chosen = await visitor.send(asked, "/desk/site", chosen="arcueil")
    assert (chosen.path, "Arcueil" in chosen.said) == ("/desk/today", True)
    hire(world, "bo")
    await visitor.post("/desk/sign-out", chosen.form("/desk/sign-out").fields)
    assert "Arcueil" in (await visitor.sign_in("bo")).said
    page = await visitor.open("/desk/site")
    assert (await visitor.send(page, "/desk/site", chosen="nowhere")).status == 404
    page = await visitor.open("/desk/site?next=/desk/help")
    assert (await visitor.send(page, "/desk/site", chosen="cachan")).path == "/desk/help"


async def test_a_stream_tells_when_a_page_would_look_different(world, visitor, give_back) -> None:
    world.hold()
    page = await visitor.open(SHELVING)
    seen = re.findall(r'data-seen="(\w+)"', page.text)[0]
    events = f"/desk/events?of=shelving&site=cachan&seen={seen}"
    async with visitor.client.get(events) as stream, asyncio.timeout(10):
        assert stream.content_type == "text/event-stream"
        await give_back(1)
        assert (await stream.content.readline()).startswith(b"id: ")
        assert await stream.content.readline() == b"event: changed\n"
    changed = await visitor.open(SHELVING)
    assert f'data-seen="{seen}"' not in changed.text


async def test_a_stream_asks_who_looks_and_ends_with_the_program(world) -> None:
    hire(world)
    async with serving(world) as client:
        assert (await client.get("/desk/events?of=shelving&site=cachan")).status == 403
        visitor = Visitor(client)
        await visitor.sign_in()
        assert (await visitor.open("/desk/events?of=nothing")).status == 404
        stream = await client.get("/desk/events?of=shelving&site=cachan")
        assert (await stream.content.readline()).startswith(b"id: ")
        started = asyncio.get_running_loop().time()
    stream.close()
    # `serving` has ended with the stream open: it did not have to wait for it.
    assert asyncio.get_running_loop().time() - started < 5


def test_what_speaks_against_a_form_stands_beside_its_field() -> None:
    form = Form({"key": "k", "csrf": "c", "site": "s", "title": " x ", "new_password": "secret"})
    assert form.typed == {"title": " x "}
    reasons = Refused(ProblemType.REFUSED_BY_RULE, "", ("unknown_site", "blocked"))
    draft = form.kept(reasons, "hold_refusal", {"unknown_site": "pickup"})
    assert draft.against("pickup") == ("hold_refusal.unknown_site",)
    assert draft.against("") == ("hold_refusal.blocked",)
    plain = form.kept(Refused(ProblemType.UNAVAILABLE))
    assert (plain.against(""), plain.key) == (("problem.unavailable",), "k")
    with pytest.raises(Unfit) as unfit:
        body_of(Handling, {"remark": "x" * 501, "odd": 1})
    assert form.kept(unfit.value).against("remark") == ("field.too_long",)
    with pytest.raises(Unfit) as unfit:
        body_of(DeskReturn, {"barcode": ""})
    assert unfit.value.errors == {
        "return_id": ("field.required",), "barcode": ("field.required",)
    }  # fmt: skip


def test_what_changed_meanwhile_is_told_and_what_was_typed_stays() -> None:
    shown = editing("k", {"note": "old", "kind": "book"}, 3)
    sent = {"key": "k", "version": "3", "note": "mine", "kind": "book"}
    sent |= {f"was.{name}": value for name, value in shown.was.items()}
    draft = Form(sent).overtaken({"note": "theirs", "kind": "book"}, 4)
    assert draft.changes == (Change("note", "old", "theirs"),)
    assert (draft.value("note"), draft.version, draft.was["note"]) == ("mine", 4, "theirs")
    assert Form({"version": "-1"}).version is None
    assert Form({"key": "a"}).identifier != Form({"key": "b"}).identifier


async def test_english_words_for_english_browsers(world, client) -> None:
    hire(world)
    page = await Visitor(client, ENGLISH).sign_in()
    assert "Signed in: ana" in page.said
    for name in ("Today", "Keyboard"):
        assert name in page.said
