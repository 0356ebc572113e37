"""Questions and suggestions on the portal and at the desk, with browsers that run no script."""

import re

import pytest
from mail_world import post_office, sent, write_to
from portal_world import PortalVisitor

from catalogue_api.domain.questions import Decision, QuestionRefusal, QuestionStatus
from catalogue_api.web.texts import LANGUAGES, read_words

HOSTILE = "<script>alert(1)</script>"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_about_questions_has_words(language, world) -> None:
    words = read_words(world.zone)[language]
    for status in QuestionStatus:
        assert words.has(f"portal.questions.status.{status.value}")
    for decision in Decision:
        assert words.has(f"suggestion.decision.{decision.value}")
        assert words.has(f"questions.decide.{decision.value}")
    for reason in QuestionRefusal:
        assert words.has(f"question_refusal.{reason.value}")


async def test_a_reader_asks_and_reads_the_answer(world, reader, visitor) -> None:
    write_to(world)
    page = await reader.open("/questions?titre=1")
    assert "L’Été" in page.text
    fields = page.form("/questions").fields | {"text": f"Première ligne\nseconde {HOSTILE}"}
    for _ in range(2):  # a double click
        page = await reader.post("/questions", fields)
    assert "Votre question est chez les bibliothécaires." in page.text
    assert world.row("SELECT count(*) FROM questions") == (1,)
    assert HOSTILE not in page.text
    desk = await visitor.open("/desk/questions")
    assert "Ida Inconnue" in desk.text
    one = await visitor.open("/desk/questions/1")
    assert HOSTILE not in one.text
    done = await visitor.send(one, one.path, act="answer", answer="Oui, au rayon G.")
    assert "La réponse part au lecteur." in done.text
    late = await visitor.send(one, one.path, act="answer", answer="Moi aussi")
    assert late.status == 409
    assert "Moi aussi" in late.text, "nothing typed is lost"
    assert "Oui, au rayon G." in late.text
    async with post_office() as post:
        await sent(world, post)
    assert "Oui, au rayon G." in post.letters[0][1].get_content()
    assert "Oui, au rayon G." in (await reader.open("/questions")).text
    held = await reader.open("/compte/mes-donnees")
    assert "Première ligne" in held.text
    assert HOSTILE not in held.text


async def test_anybody_asks_by_an_address_that_is_confirmed(world, client) -> None:
    anybody = PortalVisitor(client)
    page = await anybody.open("/questions")
    refused = await anybody.send(page, "/questions", text="?", email="zoe@nowhere")
    assert refused.status == 422
    assert "n’est pas complète" in refused.text
    asked = await anybody.send(refused, "/questions", text="Ouvert ?", email="zoe@example.org")
    assert "Ouvrez le courriel" in asked.text
    async with post_office() as post:
        await sent(world, post)
    found = re.search(r"example\.org(/questions/confirmer/\S+)", post.letters[0][1].get_content())
    assert found is not None
    shown = await anybody.open(found[1])
    assert world.row("SELECT status FROM questions") == ("unconfirmed",), "opening it asks only"
    for _ in range(2):
        shown = await anybody.post(found[1], {})
        assert "La réponse vient à votre adresse." in shown.text
    assert world.row("SELECT status FROM questions") == ("open",)
    assert (await anybody.open("/questions/confirmer/1~x")).status == 404


@pytest.mark.server
async def test_a_question_is_handed_on_and_closed_with_a_way_back(world, reader, visitor) -> None:
    page = await reader.open("/questions")
    await reader.send(page, "/questions", text="?")
    one = await visitor.open("/desk/questions/1")
    wrong = await visitor.send(one, one.path, act="hand_on", to="nobody")
    assert "Il n’y a pas de collègue de ce nom." in wrong.text
    handed = await visitor.send(wrong, one.path, act="hand_on", to="ana")
    assert "Confiée à ana." in handed.text
    mine = await visitor.open("/desk/questions?mine")
    assert "/desk/questions/1" in mine.text
    closed = await visitor.send(await visitor.open(one.path), one.path, act="close")
    assert "La question est close." in closed.text
    back = await visitor.send(closed, "/desk/questions/1", act="reopen")
    assert "La question est rouverte." in back.text
    assert world.row("SELECT status FROM questions") == ("open",)


@pytest.mark.server
async def test_a_suggestion_is_made_and_decided(world, reader, visitor) -> None:
    page = await reader.open("/suggestions")
    wrong = await reader.send(page, "/suggestions", title="Momo", isbn="123")
    assert "Ce n’est pas un ISBN" in wrong.text
    made = await reader.send(wrong, "/suggestions", title=f"Momo {HOSTILE}", isbn="")
    assert "Merci !" in made.said
    assert HOSTILE not in made.text
    desk = await visitor.open("/desk/suggestions")
    assert HOSTILE not in desk.text
    done = await visitor.send(desk, "/desk/suggestions", decision="ordered", remark="Bientôt.")
    assert "le lecteur est prévenu" in done.text
    again = await visitor.send(desk, "/desk/suggestions", decision="not_accepted")
    assert "le lecteur est prévenu" not in again.text, "a colleague has decided meanwhile"
    told = await reader.open("/suggestions")
    assert "Commandé" in told.text
    assert "Bientôt." in told.text


async def test_suggestions_are_for_readers(client) -> None:
    page = await PortalVisitor(client).open("/suggestions")
    assert page.path.startswith("/connexion?next=/suggestions")
