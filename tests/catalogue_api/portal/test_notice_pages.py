"""Notices on pages: what was sent, whom librarians tell, and the address that stops a kind."""

import re

import pytest
from catalogue_world import World
from mail_world import post_office, sent, tell, write_to

from catalogue_api.domain.notices import NOTICES, NoticeKind, NoticeReason, NoticeStatus, NoticeWay
from catalogue_api.services.noticing import notify
from catalogue_api.web.texts import LANGUAGES, read_words

TOLD = [kind for kind in NoticeKind if NOTICES[kind].by_desk and kind is not NoticeKind.HOLD_READY]
"""The kinds that stand on the list: ready reservations have their own."""
ENDS = {"ends_at": "2026-12-24T10:30:00+00:00"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_about_notices_has_words(language, world) -> None:
    words = read_words(world.zone)[language]
    for name, values in (("kind", NoticeKind), ("status", NoticeStatus), ("reason", NoticeReason),
                         ("way", NoticeWay)):  # fmt: skip
        for value in values:
            assert words.has(f"notice.{name}.{value.value}"), value


async def declining(world: World) -> str:
    """Send a notice that is no duty; return the path of the address that declines its kind."""
    write_to(world)
    tell(world, 1, NoticeKind.SLOT_SOON, **ENDS)
    async with post_office() as post:
        await sent(world, post)
    found = re.search(r"<https://biblio.example.org(/.*)>", post.letters[0][1]["List-Unsubscribe"])
    assert found is not None
    return found[1]


async def test_one_click_in_a_mail_program_declines_a_kind_for_good(world, client) -> None:
    path = await declining(world)
    for _ in range(2):
        async with client.get(path) as answer:  # as whatever looks through mails does
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Rappel d’ordinateur" in await answer.text()
    assert world.rows("SELECT kind FROM notice_choices") == []
    for _ in range(2):
        async with client.post(path, data={"List-Unsubscribe": "One-Click"}) as answer:
            assert answer.status == 200
            assert "vous ne recevrez plus" in await answer.text()
    assert world.rows("SELECT patron_id, kind, way FROM notice_choices") == [
        (1, "slot_soon", "not_at_all")
    ]
    tell(world, 2, NoticeKind.SLOT_SOON, **ENDS)
    tell(world, 3)
    async with post_office() as post:
        done = await sent(world, post)
    assert (done.sent, done.dropped) == (1, 1)


async def test_an_address_opens_nothing_else(world, client) -> None:
    path = await declining(world)
    forged = (
        path.replace("/1.", "/2."), path.replace("slot_soon", "due_soon"),
        path.replace("slot_soon", "late"), path[:-1] + ("A" if path[-1] != "A" else "B"),
        path.partition("~")[0], path.partition("~")[0] + "~", "/desabonnement/x",
        "/desabonnement/1.late~" + "A" * 32, "/desabonnement/%00",
    )  # fmt: skip
    for one in forged:
        for send in (client.get, client.post):
            async with send(one) as answer:
                assert answer.status == 404, one
    assert world.rows("SELECT kind FROM notice_choices") == []


async def test_the_page_of_a_reader_shows_what_was_sent_and_sends_it_again(world, visitor) -> None:
    write_to(world)
    tell(world)
    async with post_office() as post:
        await sent(world, post)
    page = await visitor.open("/desk/readers/1/notices")
    assert "Ordinateur annulé" in page.text
    seen = await visitor.send(page, page.path, act="again:1")
    assert "L’avis sera renvoyé." in seen.text
    assert world.row("SELECT count(*) FROM notices") == (2,)


async def test_the_desk_chooses_for_a_reader(world, visitor) -> None:
    write_to(world, email="a@b.example", failing_email="a@b.example")
    assert "les courriels y sont refusés" in (await visitor.open("/desk/readers/1")).text
    page = await visitor.open("/desk/readers/1/notices")
    assert "Les courriels à a@b.example sont refusés" in page.text
    seen = await visitor.send(
        page, page.path, act="choose", language="en", **{"way.due_soon": "not_at_all"}
    )
    assert "C’est noté." in seen.text
    assert world.rows("SELECT kind, way FROM notice_choices") == [("due_soon", "not_at_all")]


async def test_who_cannot_be_written_to_is_told_by_a_librarian(world, visitor) -> None:
    tell(world, title="<script>alert(1)</script>")
    async with post_office() as post:
        await sent(world, post)
    letters = await visitor.open("/desk/notices/letters")
    assert "Votre ordinateur n’est plus réservé" in letters.text
    assert letters.text.count("<article") == 1
    page = await visitor.open("/desk/notices/to-tell")
    assert "Ida Inconnue" in page.text
    assert "n’est plus disponible." in page.text, "what there is to say stands there"
    assert "<script>alert" not in page.text
    seen = await visitor.send(page, "/desk/notices/to-tell", how="telephone")
    assert "Ida Inconnue est prévenu" in seen.text
    assert "Personne à prévenir." in seen.text
    assert world.row("SELECT status, told_by FROM notices") == ("told", "ana")


@pytest.mark.parametrize("kind", TOLD)
async def test_whatever_a_notice_is_about_the_desk_can_tell_it(kind, world, visitor) -> None:
    known = {"title": "Souris", "site": "cachan", "on": "2026-11-23", "number": "1"}
    known |= {"question": "1"}
    about = {one: known.get(one, "2026-12-24T09:30:00+00:00") for one in NOTICES[kind].values}
    world.database.write_now(lambda db: notify(db, kind, 1, about, world.now, key="1"))
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql(
            "UPDATE notices SET status = 'to_tell', reason = 'no_address'"
        )
    )
    for page in ("to-tell", "letters"):
        assert (await visitor.open(f"/desk/notices/{page}")).status == 200
    listed = await visitor.open("/desk/notices/to-tell")
    assert read_words(world.zone)["fr"].text(f"notice.kind.{kind.value}") in listed.said
