"""« Réservations » at the desk: every act, every refusal, and two librarians on one reservation."""

import re
from datetime import timedelta
from html import unescape

import aiohttp
import pytest
from catalogue_world import NOW, TODAY, World
from desk_world import ENGLISH, PASSWORD, SeenPage, Visitor, hire
from hold_people import add_readers

from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Hold, Item, Patron, Rulebook, Title

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\"'"


@pytest.fixture
def queue(world) -> list[int]:
    """Three readers who wait for a title of which every copy is lent."""
    add_readers(world, 3, 5)
    for barcode in ("1", "2", "3"):
        world.lend(barcode)
    return [
        world.hold(patron=patron, placed_at=NOW - timedelta(days=10 - patron))
        for patron in (3, 4, 5)
    ]


@pytest.fixture
async def colleague(world, client):
    """Bo, in another browser."""
    hire(world, "bo")
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(client._base_url, cookie_jar=jar) as other:
        bo = Visitor(other)
        await bo.sign_in("bo")
        yield bo


def page_of(hold: int) -> str:
    return f"/desk/holds/{hold}"


async def act(visitor: Visitor, hold: int, deed: str, **fields: str) -> SeenPage:
    """Open the page of a reservation and send one of its forms."""
    page = await visitor.open(page_of(hold))
    return await visitor.send(page, f"{page_of(hold)}/{deed}", **fields)


async def undo(visitor: Visitor, page: SeenPage, deed: str) -> SeenPage:
    """Press « Annuler » in what was just told."""
    told = next(
        form for form in page.forms if form.action.endswith(deed) and "key" not in form.fields
    )
    return await visitor.post(told.action, told.fields)


def order(world: World) -> list[int]:
    rows = world.rows(
        "SELECT patron_id FROM holds WHERE status = 'waiting' AND title_id = 1"
        " ORDER BY staff_priority DESC, placed_at, id"
    )
    return [row[0] for row in rows]


def kinds(world: World, hold: int) -> list[str]:
    rows = world.rows(f"SELECT kind FROM hold_events WHERE hold_id = {hold} ORDER BY id")
    return [row[0] for row in rows]


def make_ready(world: World, hold: int = 0, item: int = 4, number: int = 12) -> int:
    """Lay a copy on the shelf of Cachan for a reader."""
    return world.hold(
        2, 2, status="ready", item_id=item, captured_at=NOW, ready_at=NOW,
        expires_on=TODAY + timedelta(days=10), shelf_number=number,
    )  # fmt: skip


async def test_reservations_are_listed_and_found(world, visitor, queue) -> None:
    ready = make_ready(world)
    page = await visitor.open("/desk/holds")
    for said in (
        "L’Été",
        "N3",
        "En attente",
        "Astérix, Tome 3",
        "Paul Personne",
        "jeudi 3 décembre",
    ):
        assert said in page.said
    found = await visitor.send(page, words="perso")
    assert f'href="{page_of(ready)}"' in found.text
    assert f'href="{page_of(queue[0])}"' not in found.text
    assert found.path == "/desk/holds"  # the name is in no address
    by_title = await visitor.send(page, words="ete", place="")
    assert "/desk/titles/1/holds" in by_title.text
    assert "3 lecteurs en attente" in by_title.said
    by_number = await visitor.send(page, words="12", state="ready")
    assert "Paul Personne" in by_number.said
    nothing = await visitor.send(page, words="personne", state="paused")
    assert "Aucune réservation trouvée" in nothing.said
    assert "Aucune réservation ici" in (await visitor.open("/desk/holds?place=arcueil")).said
    assert "Paul Personne" in (await visitor.open("/desk/holds?state=ready&place=x")).said
    long = await visitor.send(page, words="x" * 201)
    assert (long.status, "C’est trop long." in long.said) == (422, True)
    english = await Visitor(visitor.client, ENGLISH).open("/desk/holds?state=ready")
    assert "Ready to collect" in english.said


@pytest.mark.server
async def test_a_long_list_goes_on(world, visitor) -> None:
    add_readers(world, 3, 60)
    for patron in range(3, 61):
        world.hold(patron=patron)
    first = await visitor.open("/desk/holds")
    assert first.text.count('<p class="title">') == 50
    found = await visitor.send(first, words="ete")
    further = await visitor.send(found, words="ete", state="open", after=found.form(
        "/desk/holds", words="ete", state="open").fields.get("after", ""))  # fmt: skip
    assert further.status == 200
    queue = await visitor.open("/desk/titles/1/holds")
    assert "58 lecteurs en attente" in queue.said
    for address in ("/desk/holds?after=*", "/desk/titles/1/holds?after=*"):
        assert (await visitor.open(address)).status == 400
    assert (await visitor.open("/desk/holds?after=abcd")).status == 400


async def test_a_queue_says_who_why_and_until_when(world, visitor, queue) -> None:
    await act(visitor, queue[2], "move", place="1/1", why="school", note="CM2 de Cachan")
    page = await visitor.open("/desk/titles/1/holds")
    assert "3 lecteurs en attente" in page.said
    assert "passée devant pour une classe" in page.said
    assert "CM2 de Cachan" in page.said
    assert "vers le lundi 14 décembre" in page.said
    assert "Ordre changé par la bibliothèque" in page.said
    assert page.said.index("N5") < page.said.index("N3") < page.said.index("N4")
    alone = await visitor.open(page_of(queue[0]))
    assert "2e place d’après la date de réservation" in alone.said
    assert "Un autre lecteur est passé devant, pour une classe" in alone.said


async def test_a_place_is_reserved_for_a_reader_and_taken_back(world, visitor, queue) -> None:
    address = "/desk/titles/1/holds"
    page = await visitor.open(address)
    form = page.form(address)
    assert form.fields["pickup"] == "cachan"
    fields = form.fields | {"card": " P2 ", "pickup": "arcueil"}
    for _ in range(2):  # a double click, or the way back and once more
        placed = await visitor.post(address, fields)
        assert "Réservé pour Paul Personne" in placed.said
        assert "4e place" in placed.said
    assert world.row("SELECT count(*) FROM holds WHERE patron_id = 2") == (1,)
    assert "annulée" in (await undo(visitor, placed, "cancel")).said
    assert world.row("SELECT status FROM holds WHERE patron_id = 2") == ("cancelled",)
    other = await visitor.post(address, fields | {"card": "P1"})
    assert "déjà été envoyé avec un autre contenu" in other.said


NOT_RESERVED = [
    ({"card": ""}, "card", "À remplir."),
    ({"card": "nobody"}, "card", "Aucun lecteur n’a cette carte."),
    ({"card": "x" * 65}, "card", "C’est trop long."),
    ({"card": "P1"}, "card", "Ce lecteur a déjà ce titre chez lui."),
    ({"card": "P3"}, "card", "Ce titre est déjà réservé par ce lecteur."),
    ({"card": "P2", "pickup": "mars"}, "", "Ce site n’existe pas."),
    ({"card": "P2", "only": "4"}, "only", "Cet exemplaire est celui d’un autre titre."),
    ({"card": "P2", "only": HOSTILE}, "only", "Aucun exemplaire n’a ce code-barres."),
]


@pytest.mark.server
async def test_why_a_place_is_not_reserved_stands_beside_its_field(world, visitor, queue) -> None:
    address = "/desk/titles/1/holds"
    for fields, beside, said in NOT_RESERVED:
        refused = await visitor.send(await visitor.open(address), **fields)
        assert (refused.status, said in refused.said) == (409, True), said
        assert f'id="against-{beside}"' in refused.text or not beside
        typed = {name: value for name, value in fields.items() if name != "pickup"}
        assert typed.items() <= refused.form(address).fields.items()
        assert "<script>alert" not in refused.text
    assert world.row("SELECT count(*) FROM holds") == (3,)


async def test_a_copy_on_the_shelf_is_not_reserved(world, visitor) -> None:
    world.add(Rulebook(version=1, hold_on_available=False))
    address = "/desk/titles/1/holds"
    refused = await visitor.send(await visitor.open(address), card="P2")
    assert "Un exemplaire est en rayon sur ce site" in refused.said


async def test_a_place_in_the_queue_is_changed_and_put_back(world, visitor, queue) -> None:
    page = await visitor.open(page_of(queue[2]))
    assert page.form(f"{page_of(queue[2])}/move").fields["place"] == f"1/1/{queue[0]}"
    moved = await act(visitor, queue[2], "move", place="1/1", why="book_club", note="mardi")
    assert "Place changée : N5" in moved.said
    assert order(world) == [5, 3, 4]
    back = await undo(visitor, moved, "move")
    assert order(world) == [3, 4, 5]
    assert "Place changée" in back.said
    last = await visitor.open(page_of(queue[0]))
    options = last.text.split('<select id="place"')[1].split("</select>")[0]
    assert options.count("<option") == 1
    await act(visitor, queue[0], "move", place="-1/3/0", why="other")
    assert order(world) == [4, 5, 3]


async def test_a_pause_begins_changes_and_ends(world, visitor, queue) -> None:
    until = (TODAY + timedelta(days=9)).isoformat()
    paused = await act(visitor, queue[0], "pause", until=until)
    assert "Réservation en pause : N3" in paused.said
    assert "En pause jusqu’au mercredi 2 décembre" in paused.said
    assert "Réservation reprise" in (await undo(visitor, paused, "resume")).said
    await act(visitor, queue[0], "pause")
    resumed = await act(visitor, queue[0], "resume")
    assert world.row(f"SELECT count(*) FROM holds WHERE paused AND id = {queue[0]}") == (0,)
    assert "en pause : N3" in (await undo(visitor, resumed, "pause")).said
    assert kinds(world, queue[0]) == ["paused", "resumed", "paused", "resumed", "paused"]


async def test_the_site_of_a_copy_on_the_shelf_is_changed_and_put_back(world, visitor) -> None:
    hold = make_ready(world)
    moved = await act(visitor, hold, "pickup", pickup="arcueil")
    assert "Nouveau lieu de retrait, Arcueil" in moved.said
    assert "À envoyer, l’exemplaire est ici : Cachan" in moved.said
    await undo(visitor, moved, "pickup")
    assert world.row("SELECT status, pickup_site FROM holds") == ("captured", "cachan")


async def test_a_reservation_is_cancelled_and_restored(world, visitor, queue) -> None:
    gone = await act(visitor, queue[0], "cancel")
    assert "Réservation annulée : N3" in gone.said
    assert "annulée par la bibliothèque" in gone.said
    await undo(visitor, gone, "restore")
    assert order(world) == [3, 4, 5]
    await act(visitor, queue[0], "cancel")
    assert "rétablie : N3" in (await act(visitor, queue[0], "restore")).said
    gone = await act(visitor, queue[0], "cancel")
    restore = gone.form(f"{page_of(queue[0])}/restore", seen="5").fields
    world.now += timedelta(days=1)
    await visitor.sign_in()
    late = await visitor.open(page_of(queue[0]))
    assert "Rétablir" not in late.said
    fields = restore | {"csrf": late.form("/desk/sign-out").fields["csrf"]}
    refused = await visitor.post(f"{page_of(queue[0])}/restore", fields)
    assert "Une annulation ne se reprend que le jour même" in refused.said


async def test_a_copy_is_given_by_hand(world, visitor, queue) -> None:
    world.add(Item(id=20, barcode="20", title_id=1, home_site="cachan", current_site="cachan"))
    given = await act(visitor, queue[1], "copy", barcode="20", given_why="in_hand")
    assert "Exemplaire donné à N4. Passez-le sur l’étagère : Cachan." in given.said
    assert "Exemplaire sur place, à passer sur l’étagère" in given.said
    assert order(world) == [3, 5]
    assert kinds(world, queue[0]) == ["passed"]
    log = await visitor.open("/desk/titles/1/holds")
    assert "exemplaire 20 donné, un exemplaire a été remis directement" in log.said


NOT_DONE = [
    ("copy", {"barcode": "1"}, "Cet exemplaire n’est pas libre ici"),
    ("copy", {"barcode": "4"}, "Cet exemplaire est celui d’un autre titre."),
    ("copy", {"barcode": HOSTILE}, "Aucun exemplaire n’a ce code-barres."),
    ("copy", {"barcode": ""}, "À remplir."),
    ("copy", {"barcode": "1", "given_note": "x" * 201}, "C’est trop long."),
    ("copy", {"barcode": "1", "given_why": "luck"}, "pas la forme attendue"),
    ("move", {"place": "9999/1"}, "pas la forme attendue"),
    ("move", {"place": "x"}, "pas la forme attendue"),
    ("move", {"place": "", "note": HOSTILE}, "pas la forme attendue"),
    ("move", {"why": HOSTILE}, "pas la forme attendue"),
    ("move", {"note": "x" * 201}, "C’est trop long."),
    ("pause", {"until": "2026-11-22"}, "La fin de la pause est déjà passée."),
    ("pause", {"until": "soon"}, "pas la forme attendue"),
    ("pickup", {"pickup": "mars"}, "Ce site n’existe pas."),
    ("pickup", {"pickup": ""}, "À remplir."),
    ("cancel", {"version": ""}, "Ouvrez la page de nouveau"),
    ("cancel", {"version": "-1"}, "Ouvrez la page de nouveau"),
]


@pytest.mark.server
async def test_what_cannot_be_done_is_said_and_nothing_typed_is_lost(world, visitor, queue) -> None:
    for deed, fields, said in NOT_DONE:
        refused = await act(visitor, queue[0], deed, **fields)
        assert (refused.status, said in refused.said) == (409, True), (deed, said)
        assert "<script>alert" not in refused.text
        kept = {"barcode", "note", "until", "given_note"} & set(fields)
        again = refused.form(f"{page_of(queue[0])}/{deed}").fields
        assert {name: again[name] for name in kept} == {name: fields[name] for name in kept}
    assert kinds(world, queue[0]) == []


async def test_what_cannot_be_done_any_more_is_said(world, visitor, queue) -> None:
    fields = (await visitor.open(page_of(queue[0]))).form(f"{page_of(queue[0])}/move").fields
    await act(visitor, queue[0], "cancel")
    version = str(int(fields["version"]) + 1)
    for deed, said in [("cancel", "déjà terminée"), ("move", "ou elle est terminée"),
                       ("told", "n’est pas prête"), ("untold", "n’est pas prête")]:  # fmt: skip
        body = fields | {"version": version, "how": "letter"}
        refused = await visitor.post(f"{page_of(queue[0])}/{deed}", body)
        assert (refused.status, said in refused.said) == (409, True), deed


@pytest.mark.server
async def test_a_second_click_on_a_button_is_one_deed(world, visitor, queue) -> None:
    world.add(Item(id=20, barcode="20", title_id=1, home_site="cachan", current_site="cachan"))
    ready = make_ready(world)
    deeds = [
        (queue[0], "move", {"place": "-1/3/0", "why": "school"}, "Place changée"),
        (queue[0], "pause", {"until": "2026-12-24"}, "Réservation en pause"),
        (queue[0], "resume", {}, "Réservation reprise"),
        (queue[1], "copy", {"barcode": "20"}, "Exemplaire donné"),
        (queue[2], "pickup", {"pickup": "arcueil"}, "Nouveau lieu de retrait, Arcueil"),
        (queue[2], "cancel", {}, "Réservation annulée"),
        (queue[2], "restore", {}, "Réservation rétablie"),
        (ready, "told", {"how": "in_person"}, "Paul Personne est prévenu"),
        (ready, "untold", {}, "de nouveau à prévenir"),
    ]
    for hold, deed, fields, said in deeds:
        page = await visitor.open(page_of(hold))
        form = page.form(f"{page_of(hold)}/{deed}")
        before = len(kinds(world, hold))
        for _ in range(2):
            done = await visitor.post(form.action, form.fields | fields)
            assert said in done.said, deed
        added = kinds(world, hold)[before:]
        assert len(added) == (2 if deed == "copy" else 1), (deed, added)


async def test_the_second_librarian_is_told_what_changed(world, visitor, colleague, queue) -> None:
    mine = await visitor.open(page_of(queue[1]))
    await act(colleague, queue[1], "pickup", pickup="arcueil")
    await act(colleague, queue[1], "pause", until="2026-12-24")
    told = await visitor.send(mine, f"{page_of(queue[1])}/pickup", pickup="cachan")
    assert told.status == 409
    for said in ("Un collègue l’a changé entre-temps.", "Lieu de retrait Cachan Arcueil",
                 "En pause jusqu’au jeudi 24 décembre", "Ce qui s’est passé entre-temps",
                 "Lieu de retrait changé · Arcueil bo"):  # fmt: skip
        assert said in told.said, said
    done = await visitor.send(told, f"{page_of(queue[1])}/pickup", pickup="cachan")
    assert "Nouveau lieu de retrait, Cachan" in done.said  # knowingly


async def test_who_moves_in_a_queue_that_has_changed_is_told(
    world, visitor, colleague, queue
) -> None:
    mine = await visitor.open(page_of(queue[1]))
    await act(colleague, queue[2], "move", place="1/1", why="school", note="CM2")
    there = f"{page_of(queue[1])}/move"
    told = await visitor.send(mine, there, place=f"1/1/{queue[0]}", why="book_club", note="mardi")
    assert told.status == 409
    assert "Place 2e place 3e place" in told.said
    assert "N5 : Rang changé par la bibliothèque, pour une classe bo" in told.said
    form = told.form(there).fields
    assert (form["note"], form["why"]) == ("mardi", "book_club")
    assert form["place"] == f"1/1/{queue[2]}"
    assert order(world) == [5, 3, 4]
    assert "Place changée" in (await visitor.send(told, there)).said
    assert order(world) == [4, 5, 3]


async def test_the_same_deed_of_a_colleague_is_not_ones_own(world, visitor, colleague, queue):
    mine = await visitor.open(page_of(queue[0]))
    await act(colleague, queue[0], "cancel")
    told = await visitor.send(mine, f"{page_of(queue[0])}/cancel")
    assert told.status == 409
    assert "État En attente Annulée" in told.said
    assert "Annulée bo" in told.said


async def test_what_one_did_oneself_meanwhile_is_in_nobodys_way(world, visitor, queue) -> None:
    page = await visitor.open(page_of(queue[1]))
    await act(visitor, queue[2], "move", place="1/1", why="school")
    told = await visitor.send(page, f"{page_of(queue[1])}/move", why="other")
    assert told.status == 409  # the order is another by now, whoever changed it
    assert order(world) == [5, 3, 4]
    page = await visitor.open(page_of(queue[0]))
    await undo(visitor, await act(visitor, queue[0], "pause"), "resume")
    assert "annulée : N3" in (await visitor.send(page, f"{page_of(queue[0])}/cancel")).said


async def test_an_undo_that_comes_too_late_undoes_nothing(world, visitor, colleague, queue) -> None:
    paused = await act(visitor, queue[0], "pause")
    await act(colleague, queue[0], "pickup", pickup="arcueil")
    late = await undo(visitor, paused, "resume")
    assert late.status == 409
    assert "Lieu de retrait changé · Arcueil bo" in late.said
    assert kinds(world, queue[0]) == ["paused", "pickup_changed"]


async def test_a_session_that_ends_in_mid_form_loses_nothing(world, visitor, queue) -> None:
    page = await visitor.open(page_of(queue[2]))
    world.now += timedelta(hours=2)
    there = f"{page_of(queue[2])}/move"
    asked = await visitor.send(page, there, place="1/1", why="school", note="CM2")
    assert (asked.status, "Reconnectez-vous" in asked.said) == (403, True)
    assert order(world) == [3, 4, 5]
    done = await visitor.send(asked, there, again_name="ana", again_password=PASSWORD)
    assert "Place changée : N5" in done.said
    assert order(world) == [5, 3, 4]
    assert "CM2" in world.row("SELECT detail FROM hold_events WHERE kind = 'moved'")[0]


@pytest.mark.server
async def test_readers_without_email_are_called_once(world, visitor, colleague) -> None:
    world.add(
        Patron(id=3, card="P3", family_name="Sansmail", given_name="Odile", phone="01 02 03 04 05"),
        Title(id=3, source="t", control_number="3", title="Nana"),
    )
    ready = {"status": "ready", "ready_at": NOW, "expires_on": TODAY + timedelta(days=2)}
    world.hold(2, 3, item_id=4, shelf_number=12, **ready)
    world.hold(3, 3, item_id=5, shelf_number=13, **ready)
    page = await visitor.open("/desk/holds/to-tell")
    assert page.said.count("Odile Sansmail") == 1
    assert 'href="tel:0102030405"' in page.text
    form = page.form("/desk/holds/to-tell")
    theirs = (await colleague.open("/desk/holds/to-tell")).form("/desk/holds/to-tell")
    told = await visitor.post(form.action, form.fields | {"how": "telephone"})
    assert "Odile Sansmail est prévenu" in told.said
    assert "Tout le monde est prévenu" in told.said
    assert kinds(world, 1) == kinds(world, 2) == ["told"]
    twice = await visitor.post(form.action, form.fields | {"how": "telephone"})
    assert "Odile Sansmail est prévenu" in twice.said
    late = await colleague.post(theirs.action, theirs.fields | {"how": "telephone"})
    assert "un collègue a été plus rapide" in late.said
    assert kinds(world, 1) == ["told"]
    assert "par téléphone" in (await visitor.open(page_of(1))).said
    back = await undo(visitor, twice, "undo")
    assert "Odile Sansmail est de nouveau à prévenir" in back.said
    assert back.said.count("Odile Sansmail") == 2
    again = await undo(visitor, twice, "undo")
    assert "Rien n’est changé" in again.said
    for odd in ({"how": "owl"}, {"how": ""}):
        assert (await visitor.post(form.action, form.fields | odd)).status == 400
    lost = {name: value for name, value in form.fields.items() if not name.startswith("hold.")}
    odd = lost | {"how": "letter", "hold.x": "1", "hold.999": "1", "hold.1": "x"}
    assert "Rien n’est changé" in (await visitor.post(form.action, odd)).said


@pytest.mark.server
async def test_letters_say_the_number_and_nothing_of_what_was_read(world, visitor) -> None:
    world.add(
        Patron(id=3, card="P3", family_name="Okafor", given_name="Ngozi", language="en-GB"),
        Patron(id=4, card="P4", family_name="Ruiz", phone="01 02", language="es"),
    )
    ready = {"status": "ready", "ready_at": NOW, "expires_on": TODAY + timedelta(days=10)}
    world.hold(2, 3, item_id=4, shelf_number=12, **ready)
    world.hold(1, 4, item_id=1, shelf_number=13, **ready)
    page = await visitor.open("/desk/holds/letters")
    for said in ("Ngozi Okafor", "The item that you reserved is waiting for you",
                 "Thursday 3 December", "12", "1 lettre est partie"):  # fmt: skip
        assert said in page.said
    for unsaid in ("Ruiz", "Astérix", "P3"):
        assert unsaid not in page.said
    assert "Ruiz" in (await visitor.open("/desk/holds/letters?to=4")).said
    both = await visitor.open("/desk/holds/letters?to=all")
    assert "Le document que vous avez réservé vous attend" in both.said
    sent = await visitor.send(page, "/desk/holds/to-tell")
    assert "1 réservation annoncée par lettre" in sent.said
    assert "Okafor" not in sent.said
    assert "Ruiz" in sent.said
    assert world.rows("SELECT id FROM holds WHERE told_how = 'letter'") == [(1,)]
    back = await undo(visitor, sent, "undo")
    assert "Ngozi Okafor" in back.said
    assert "Aucune lettre" in (await visitor.open("/desk/holds/letters?to=99")).said


@pytest.mark.server
async def test_a_long_list_of_readers_goes_on_behind_a_page(world, visitor) -> None:
    readers = range(100, 170)
    world.add(
        *(Patron(id=one, card=f"P{one}", family_name=f"Lu{one}", phone="0") for one in readers),
        *(
            Item(id=one, barcode=f"{one}", title_id=1, home_site="cachan", current_site="cachan")
            for one in readers
        ),
    )
    ready = {"title_id": 1, "status": "ready", "ready_at": NOW, "expires_on": TODAY}
    world.add(
        *(
            Hold(patron_id=one, item_id=one, shelf_number=one, pickup_site="cachan",
                 placed_at=NOW, **ready)
            for one in readers
        )
    )  # fmt: skip
    for address, told in [("to-tell", "Lu{}"), ("letters?to=all", "Lu{}"), ("slips?all=1", "{}")]:
        page = await visitor.open(f"/desk/holds/{address}")
        (further,) = re.findall(r'rel="next" href="([^"]+)"', page.text)
        assert told.format(100) in page.said
        assert told.format(169) not in page.said
        page = await visitor.open(unescape(further))
        assert told.format(169) in page.said
        assert "Depuis le début" in page.said
        assert told.format(101) not in page.said
        assert 'rel="next"' not in page.text
    page = await visitor.open("/desk/holds/to-tell")
    (further,) = re.findall(r'rel="next" href="([^"]+)"', page.text)
    called = await visitor.send(await visitor.open(further), "/desk/holds/to-tell", how="telephone")
    assert called.text.count('<h2 id="reader') == 9  # it comes back to the second page
    assert "70 lettres" in page.said
    assert "69 lettres" in called.said


@pytest.mark.server
async def test_a_slip_bears_a_number_instead_of_a_name(world, visitor, queue) -> None:
    hold = make_ready(world)
    for address in (f"{page_of(hold)}/slip", "/desk/holds/slips", "/desk/holds/slips?number=12",
                    "/desk/holds/slips?all=1"):  # fmt: skip
        page = await visitor.open(address)
        for said in ("12", "Cachan", "jusqu’au jeudi 3 décembre", "Astérix, Tome 3"):
            assert said in page.said, address
        for unsaid in ("Paul", "Personne", "P2"):
            assert unsaid not in page.said, address
    assert "Aucune étiquette" in (await visitor.open("/desk/holds/slips?number=13")).said
    assert (await visitor.open(f"{page_of(queue[0])}/slip")).path == page_of(queue[0])
    world.now += timedelta(days=1)
    await visitor.sign_in()
    assert "Aucune étiquette" in (await visitor.open("/desk/holds/slips")).said


@pytest.mark.server
async def test_nothing_from_the_data_becomes_a_mark(world, visitor) -> None:
    world.add(
        Patron(id=3, card="P3", family_name=HOSTILE, given_name=HOSTILE, phone=HOSTILE),
        Title(id=3, source="t", control_number="3", title=HOSTILE, author=HOSTILE, volume=HOSTILE),
    )
    world.add(
        Item(id=20, barcode=HOSTILE, title_id=3, home_site="cachan", current_site="cachan",
             shelf_mark=HOSTILE)
    )  # fmt: skip
    hold = world.hold(
        3, 3, status="ready", ready_at=NOW, expires_on=TODAY, item_id=20, shelf_number=1
    )
    waits = world.hold(3, 2)
    await act(visitor, waits, "pause")
    await act(visitor, waits, "resume")
    note = await act(visitor, waits, "copy", barcode=HOSTILE, given_note=HOSTILE)
    assert note.status == 409
    pages = ["/desk/holds", "/desk/titles/3/holds", page_of(hold), page_of(waits),
             "/desk/holds/to-tell", "/desk/holds/letters?to=all", "/desk/holds/slips",
             f"{page_of(hold)}/slip"]  # fmt: skip
    for path in pages:
        page = await visitor.open(path)
        assert page.status == 200, path
        assert "<script>alert" not in page.text, path
        assert HOSTILE in page.said or "letters" in path, path
        assert "49" not in page.said, path
    found = await visitor.send(await visitor.open("/desk/holds"), words=HOSTILE)
    assert (found.status, "<script>alert" in found.text) == (200, False)
    told = await act(visitor, hold, "told", how="letter")
    assert ("<script>alert" in told.text, HOSTILE in told.said) == (False, True)


async def test_what_is_not_there_is_a_page_that_says_so(visitor) -> None:
    for hold in ("holds/0", "holds/99", "holds/x", "holds/9999999999", "holds/99/slip"):
        assert (await visitor.open(f"/desk/{hold}")).status == 404, hold
    for title in ("0", "99"):
        assert (await visitor.open(f"/desk/titles/{title}/holds")).status == 404, title


async def test_the_address_of_a_form_leads_back_to_its_page(visitor, world, queue) -> None:
    assert (await visitor.open(f"{page_of(queue[0])}/move")).path == page_of(queue[0])
    form = (await visitor.open(page_of(queue[0]))).form(f"{page_of(queue[0])}/move")
    assert (await visitor.post(f"{page_of(queue[0])}/dance", form.fields)).status == 404


async def test_who_may_not_lend_sees_no_reservation(world, client, queue) -> None:
    hire(world, "tom", Role.TECHNICIAN)
    visitor = Visitor(client)
    await visitor.sign_in("tom")
    for address in ("/desk/holds", page_of(queue[0]), "/desk/titles/1/holds",
                    "/desk/holds/to-tell", "/desk/holds/letters", "/desk/holds/slips"):  # fmt: skip
        page = await visitor.open(address)
        assert (page.status, "N3" in page.said) == (403, False), address
