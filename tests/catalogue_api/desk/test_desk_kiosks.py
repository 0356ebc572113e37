"""« Bornes »: the kiosks watched, their bins emptied, their screens and their tokens."""

import asyncio
import re
from datetime import timedelta

import pytest
from catalogue_world import NOW
from desk_world import ENGLISH, Visitor, busy_day, hire

from catalogue_api.contract.kiosks import HEARTBEAT, BinState, KioskFault, KioskHealth, Paper
from catalogue_api.contract.returns import PLACE_ITEM, Placement, Security
from catalogue_api.domain.roles import Role
from catalogue_api.web import texts

KIOSKS = "/desk/kiosks"
PAD = "/desk/kiosks/pad"
OTHER = "/desk/kiosks/a%2Fb%20c"
HEALTH = KioskHealth(
    at=NOW, version="0.1.0 <b>", started_at=NOW - timedelta(days=2), reader="FEIG <i>",
    undelivered=3, unplaced=1, bins=(BinState(bin="1", items=17), BinState(bin="2", full=True)),
    paper=Paper.LOW, disk_free=42 * 10**9, clock_offset=-7.4,
    snapshot_at=NOW - timedelta(days=3),
)  # fmt: skip


async def tell(world, **changes) -> None:
    await world.embedded().call(HEARTBEAT, HEALTH.model_copy(update=changes), kiosk="pad")


@pytest.fixture
async def technician(world, client) -> Visitor:
    """Tom, who looks after the kiosks."""
    hire(world, "tom", Role.TECHNICIAN)
    visitor = Visitor(client)
    await visitor.sign_in("tom")
    return visitor


async def test_the_list_says_how_each_kiosk_is(world, visitor, give_back) -> None:
    await tell(world)
    world.lend()
    await give_back(1)
    page = await visitor.open(KIOSKS)
    for said in ("2 automates", "À aider", "Bientôt plus de papier", "Silencieux", "23 nov. 13:00",
                 "0.1.0 <b>", "Bac 1 17", "Bac 2 0 plein", "Bac 2 plein."):  # fmt: skip
        assert said in page.said, said
    assert "0.1.0 <b>" not in page.text
    await tell(world, faults=(KioskFault.READER,))
    assert "Hors service : l’antenne ne répond pas" in (await visitor.open(KIOSKS)).said
    await tell(world, paper=Paper.ENOUGH, bins=())
    assert "En service" in (await visitor.open(KIOSKS)).said
    world.now += timedelta(minutes=6)
    assert "En service" not in (await visitor.open(KIOSKS)).said
    english = await Visitor(visitor.client, ENGLISH).open(KIOSKS)
    assert "Return kiosks" in english.said


async def test_a_kiosk_tells_all_of_itself(world, visitor) -> None:
    await tell(world)
    page = await visitor.open(PAD)
    for said in ("FEIG <i>", "42 Go", "retarde de 7 s", "Catalogue du 20 nov.", "bientôt fini",
                 "Cachan", "17 objets comptés", "Aucun retour sur cet automate"):  # fmt: skip
        assert said in page.said, said
    assert "FEIG <i>" not in page.text
    await tell(world, disk_free=7 * 10**6, clock_offset=90.0)
    told = await visitor.open(PAD)
    assert "7 Mo" in told.said
    assert "avance de 90 s" in told.said
    silent = await visitor.open(OTHER)
    assert "n’a annoncé aucun bac" in silent.said
    async with visitor.client.get("/desk/events?of=kiosk&site=nowhere") as stream:
        assert (await stream.content.readline()).startswith(b"id: ")
    for nul in ("/desk/returns?q=%00", "/desk/titles?q=a%00", "/desk/events?of=kiosk&site=%00"):
        assert (await visitor.open(nul)).status == 404
    for nowhere in ("/desk/kiosks/nowhere", "/desk/kiosks/" + "x" * 999, "/desk/kiosks/%00"):
        assert (await visitor.open(nowhere)).status == 404


async def test_a_page_is_told_of_a_return_while_it_watches(world, visitor, give_back) -> None:
    page = await visitor.open(OTHER)
    live = re.findall(r'data-live="([^"]+)" data-seen="(\w+)"', page.text)[0]
    events = f"{live[0].replace('&amp;', '&')}&seen={live[1]}"
    async with visitor.client.get(events) as stream, asyncio.timeout(10):
        await give_back(1, at="a/b c")
        assert (await stream.content.readline()).startswith(b"id: ")
    assert "L’Été" in (await visitor.open(OTHER)).said


async def test_a_bin_is_emptied_of_what_the_page_showed(world, visitor, give_back) -> None:
    await busy_day(world)
    page = await visitor.open(PAD)
    for said in ("Bac 2", "plein", "Nana", "Momo", "réservé", "2 exemplaires à traiter",
                 "1 exemplaire à ranger redevient disponible"):  # fmt: skip
        assert said in page.said, said
    world.lend("2")
    later = await give_back(9, "2")  # falls into the bin after the page was made
    placed = Placement(bin="2", security=Security.SECURED)
    await world.embedded().call(PLACE_ITEM, placed, kiosk="pad", return_id=str(later.return_id))
    done = await visitor.send(page, f"{PAD}/emptied")
    assert "Bac 2 vidé : 1 de nouveau en rayon." in done.said
    assert world.rows("SELECT id FROM items WHERE to_shelve_since IS NOT NULL") == [(2,)]
    twice = await visitor.post(f"{PAD}/emptied", page.form(f"{PAD}/emptied").fields)
    assert "Bac 2 vidé : 1 de nouveau en rayon." in twice.said  # the same form is the same deed
    assert world.rows("SELECT id FROM items WHERE to_shelve_since IS NOT NULL") == [(2,)]
    nothing = page.form(f"{PAD}/emptied").fields | {"key": "other"}
    nothing = {name: value for name, value in nothing.items() if not name.startswith("copy.")}
    assert "ne peut pas être comprise" in (await visitor.post(f"{PAD}/emptied", nothing)).said
    odd = nothing | {"at": "nowhere", "copy.1": "1"}
    assert "Bac 2 vidé : 0" in (await visitor.post(f"{PAD}/emptied", odd)).said


async def test_what_a_screen_says(world, visitor) -> None:
    page = await visitor.open(OTHER)
    said = await visitor.send(
        page, f"{OTHER}/message", message_fr="<script>Fermé</script>", message_en="Closed"
    )
    assert "a/b c affichera ce message" in said.said
    assert said.form(f"{OTHER}/message").fields["message_fr"] == "<script>Fermé</script>"
    assert "<script>Fermé" not in said.text
    assert world.rows("SELECT message_fr FROM kiosks WHERE message_fr <> ''") == [
        ("<script>Fermé</script>",)
    ]
    assert "<script>Fermé" in (await visitor.open(KIOSKS)).said
    long = await visitor.send(said, f"{OTHER}/message", message_en="x" * 301)
    assert (long.status, "trop long" in long.said.lower()) == (422, True)
    assert long.form(f"{OTHER}/message").fields["message_en"] == "x" * 301
    gone = await visitor.send(said, f"{OTHER}/message", message_fr="", message_en="")
    assert "n’affichera plus de message" in gone.said
    fields = said.form(f"{OTHER}/message").fields
    assert (await visitor.post("/desk/kiosks/nowhere/message", fields)).status == 404


@pytest.mark.server
@pytest.mark.parametrize(
    ("fields", "until", "shown"),
    [
        ({}, NOW.replace(hour=23), ("2026-11-23", "", "")),
        ({"until_time": "18:30"}, NOW.replace(hour=17, minute=30), ("2026-11-23", "18:30", "")),
        ({"until_day": "2026-11-25"}, NOW.replace(day=25, hour=23), ("2026-11-25", "", "")),
        ({"stays": "1"}, None, ("", "", "1")),
    ],
)
async def test_a_message_has_an_end(world, visitor, fields, until, shown) -> None:
    action = f"{OTHER}/message"
    said = await visitor.send(await visitor.open(OTHER), action, message_fr="Fermé", **fields)
    stored = until.strftime("%Y-%m-%d %H:%M:%S.000000") if until else None
    assert world.rows("SELECT message_until FROM kiosks WHERE message_fr <> ''") == [(stored,)]
    again = said.form(action).fields
    assert (again["until_day"], again["until_time"], again.get("stays", "")) == shown
    for wrong in ({"until_day": "hier"}, {"until_time": "tard"}, {"until_day": "2026-11-20"}):
        kept = await visitor.send(said, action, stays="", **wrong)
        assert kept.status == 422
        assert wrong.items() <= kept.form(action).fields.items()


@pytest.mark.server
async def test_a_message_of_a_colleague_is_shown_before_it_is_written_over(world, visitor) -> None:
    action = f"{OTHER}/message"
    page = await visitor.open(OTHER)
    await visitor.send(page, action, message_fr="Fermé jeudi")
    twice = await visitor.send(page, action, message_fr="Fermé jeudi")
    assert twice.status == 200, "the same form came twice"
    late = await visitor.send(page, action, message_fr="Ouvert jeudi")
    assert "Fermé jeudi" in late.said
    assert late.form(action).fields["message_fr"] == "Ouvert jeudi"
    await visitor.send(late, action, message_fr="Ouvert jeudi")
    assert world.row("SELECT message_fr FROM kiosks WHERE name = 'a/b c'") == ("Ouvert jeudi",)


async def test_a_token_is_shown_once_and_revoked(world, technician) -> None:
    page = await technician.open("/desk/kiosk-tokens")
    given = await technician.send(page, "/desk/kiosk-tokens", kiosk="cour <é>", at="arcueil")
    token = re.findall(r'id="token"[^>]* value="([^"]+)"', given.text)[0]
    address = "/desk/kiosks/cour%20%3C%C3%A9%3E"
    shown = await technician.open(address)
    assert (shown.status, token in shown.text) == (200, False)
    assert world.row("SELECT site FROM kiosks WHERE name = 'cour <é>'") == ("arcueil",)
    await world.embedded(token).call(HEARTBEAT, HEALTH, kiosk="cour <é>")
    taken = await technician.send(page, "/desk/kiosk-tokens", kiosk="cour <é>", at="cachan")
    assert (taken.status, "porte déjà ce nom" in taken.said) == (422, True)
    assert taken.form("/desk/kiosk-tokens").fields["kiosk"] == "cour <é>"
    for wrong in ("", " ", "x" * 65, "a\x07b"):
        refused = await technician.send(page, "/desk/kiosk-tokens", kiosk=wrong, at="cachan")
        assert refused.status == 422, wrong
    refused = await technician.send(page, "/desk/kiosk-tokens", kiosk="new", at="nowhere")
    assert refused.status == 422
    again = await technician.send(shown, f"{address}/token")
    fresh = re.findall(r'id="token"[^>]* value="([^"]+)"', again.text)[0]
    assert fresh != token
    await world.embedded(fresh).call(HEARTBEAT, HEALTH, kiosk="cour <é>")
    gone = await technician.send(await technician.open(address), f"{address}/revoked")
    assert "est révoqué" in gone.said
    assert "ne peut plus rien livrer" in gone.said
    assert not any("revoked" in form.action for form in gone.forms)
    back = await technician.send(page, "/desk/kiosk-tokens", kiosk="cour <é>", at="arcueil")
    assert back.status == 200
    actions = world.rows("SELECT action FROM audit WHERE action LIKE 'kiosk_%' ORDER BY id")
    assert [action for (action,) in actions] == [
        "kiosk_token_given", "kiosk_token_given", "kiosk_token_revoked", "kiosk_token_given",
    ]  # fmt: skip


async def test_each_sees_and_does_what_their_role_may(world, visitor, technician) -> None:
    hire(world, "lia")
    page = await technician.open(PAD)
    assert "Jeton" in page.said
    assert "Derniers retours" not in page.said
    assert (await technician.open("/desk/returns?q=1")).status == 403
    csrf = page.form("/desk/sign-out").fields
    assert (await technician.post(f"{PAD}/emptied", csrf)).status == 403
    await technician.post("/desk/sign-out", csrf)
    librarian = await technician.sign_in("lia")
    page = await technician.open(PAD)
    assert "Révoquer" not in page.said
    assert (await technician.open("/desk/kiosk-tokens")).status == 403
    csrf = librarian.form("/desk/sign-out").fields
    for action in ("token", "revoked"):
        assert (await technician.post(f"{PAD}/{action}", csrf)).status == 403
    assert (await technician.post("/desk/kiosk-tokens", csrf)).status == 403
    assert world.row("SELECT count(*) FROM kiosks WHERE revoked_at IS NOT NULL") == (0,)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_state_of_the_paper_has_words(language, world) -> None:
    words = texts.read_words(world.zone)[language]
    assert all(words.text(f"kiosks.paper.{paper.value}") for paper in Paper)
