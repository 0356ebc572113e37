"""Questions to librarians and suggestions to buy: asked, confirmed, answered, decided; floods."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest
from catalogue_world import World
from mail_world import post_office, sent, write_to

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.personal_data import EXPORT_PATRON
from catalogue_api.contract.purchase_suggestions import (
    DECIDE_SUGGESTION,
    FIND_SUGGESTIONS,
    LIST_MY_SUGGESTIONS,
    SUGGEST_PURCHASE,
    Decide,
    Decision,
    FindSuggestions,
    SuggestPurchase,
)
from catalogue_api.contract.questions import (
    ANSWER_QUESTION,
    ASK_AS_ANYBODY,
    ASK_QUESTION,
    CLOSE_QUESTION,
    CONFIRM_QUESTION,
    FIND_QUESTIONS,
    HAND_QUESTION_ON,
    LIST_MY_QUESTIONS,
    REOPEN_QUESTION,
    SHOW_QUESTION,
    SHOW_UNCONFIRMED_QUESTION,
    AnswerQuestion,
    AskAsAnybody,
    AskQuestion,
    FindQuestions,
    HandOn,
    QuestionStatus,
)
from catalogue_api.domain.isbn import isbn13
from catalogue_api.domain.mailing import lines
from catalogue_api.domain.roles import Role
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.storage.tables import TitleNumber

DAY = timedelta(days=1)
OPEN = FindQuestions.model_validate({})
UNDECIDED = FindSuggestions.model_validate({})


def reader(world: World):
    return world.embedded(world.signed_in(Role.PATRON))


def stranger(number: int, email: str = "zoe@example.org", text: str = "Ouvert le 2 ?"):
    return AskAsAnybody(text=text, email=email, request=UUID(int=number))


async def test_a_reader_asks_about_a_title_and_is_told_the_answer(world) -> None:
    write_to(world)
    me, desk = reader(world), world.desk()
    asked = AskQuestion(text=" En gros\r\n\r\n\r\n\r\ncaractères\x07 ? ", title=1)
    for _ in range(2):
        question = await me.call(ASK_QUESTION, asked, key="k")
    assert question.text == "En gros\n\ncaractères ?"
    (seen,) = (await desk.call(FIND_QUESTIONS, OPEN)).questions
    assert (seen.full_title, seen.reader, seen.patron) == ("L’Été", "Ida Inconnue", 1)
    path, answer = {"question": str(seen.question)}, AnswerQuestion(answer="Oui :\nrayon G.")
    done = await desk.call(ANSWER_QUESTION, answer, version=seen.version, **path)
    assert (done.status, done.answered_by) == (QuestionStatus.ANSWERED, "librarian")
    with pytest.raises(Refused) as refusal:
        await desk.call(ANSWER_QUESTION, answer, version=done.version, **path)
    assert refusal.value.reasons == ("not_open",)
    async with post_office() as post:
        await sent(world, post)
    ((_, letter),) = post.letters
    assert letter["Subject"] == "La bibliothèque vous a répondu"
    body = letter.get_content().replace("\r\n", "\n")
    assert "Oui :\nrayon G.\n" in body
    assert "> En gros\n> \n> caractères ?" in body
    (mine,) = (await me.call(LIST_MY_QUESTIONS, Nothing())).questions
    assert mine.answer == "Oui :\nrayon G."


async def test_a_question_is_handed_on_and_closed_and_that_is_taken_back(world) -> None:
    me, desk = reader(world), world.desk()
    await me.call(ASK_QUESTION, AskQuestion(text="?"), key="k")
    path = {"question": "1"}
    with pytest.raises(Refused) as refusal:
        await desk.call(HAND_QUESTION_ON, HandOn(to="nobody"), version=1, **path)
    assert refusal.value.reasons == ("no_such_colleague",)
    handed = await desk.call(HAND_QUESTION_ON, HandOn(to="librarian"), version=1, **path)
    mine = FindQuestions.model_validate({"mine": True})
    assert len((await desk.call(FIND_QUESTIONS, mine)).questions) == 1
    with pytest.raises(Refused) as refusal:
        await desk.call(CLOSE_QUESTION, Nothing(), version=1, **path)
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    closed = await desk.call(CLOSE_QUESTION, Nothing(), version=handed.version, **path)
    assert (await desk.call(FIND_QUESTIONS, OPEN)).open == 0
    again = await desk.call(REOPEN_QUESTION, Nothing(), version=closed.version, **path)
    assert (again.status, again.ended_at) == (QuestionStatus.OPEN, None)
    assert world.rows("SELECT kind FROM notices") == []


async def test_anybody_asks_once_their_address_is_confirmed(world) -> None:
    anybody, desk = world.embedded(""), world.desk()
    for _ in range(2):
        await anybody.call(ASK_AS_ANYBODY, stranger(1))
    assert (await desk.call(FIND_QUESTIONS, OPEN)).questions == ()
    with pytest.raises(Refused):
        await desk.call(SHOW_QUESTION, Nothing(), question="1")
    async with post_office() as post:
        await sent(world, post)
    ((to, letter),) = post.letters
    assert to == "zoe@example.org"
    found = re.search(r"/questions/confirmer/(\S+)", letter.get_content())
    assert found is not None
    path = {"confirmation": found[1]}
    assert world.row("SELECT about FROM notices") == ("{}",), "the token is wiped"
    shown = await anybody.call(SHOW_UNCONFIRMED_QUESTION, Nothing(), **path)
    assert (shown.text, shown.confirmed) == ("Ouvert le 2 ?", False)
    for _ in range(2):
        assert (await anybody.call(CONFIRM_QUESTION, Nothing(), **path)).confirmed
    (seen,) = (await desk.call(FIND_QUESTIONS, OPEN)).questions
    assert (seen.address, seen.patron) == ("zoe@example.org", None)
    body = AnswerQuestion(answer="Non.")
    await desk.call(ANSWER_QUESTION, body, version=seen.version, question=str(seen.question))
    async with post_office() as post:
        await sent(world, post)
    assert [to for to, _ in post.letters] == ["zoe@example.org"]


async def test_a_confirmation_is_of_one_question_and_for_a_day(world) -> None:
    anybody = world.embedded("")
    await anybody.call(ASK_AS_ANYBODY, stranger(1))
    async with post_office() as post:
        await sent(world, post)
    found = re.search(r"/confirmer/(\S+)", post.letters[0][1].get_content())
    assert found is not None
    token = found[1]
    for forged in ("1~" + "A" * 32, token.replace("1~", "2~"), token[:-1], "x"):
        with pytest.raises(Refused):
            await anybody.call(CONFIRM_QUESTION, Nothing(), confirmation=forged)
    world.now += DAY + timedelta(minutes=1)
    with pytest.raises(Refused):
        await anybody.call(CONFIRM_QUESTION, Nothing(), confirmation=token)
    prune = next(job for job in JOBS if job.name == "prune")
    assert run(world.database, prune, world.now, world.rules, dry_run=False).report["questions"]
    assert world.rows("SELECT id FROM questions") == []


async def test_one_address_gets_few_mails_whoever_types_it(world) -> None:
    anybody = world.embedded("")
    for number in range(1, 8):
        email = "Zoe@example.org" if number % 2 else "zoe@EXAMPLE.org"
        await anybody.call(ASK_AS_ANYBODY, stranger(number, email))
    assert world.row("SELECT count(*) FROM notices") == (3,)
    for bad in ("x", "a@b", "a@b.org, c@d.org", "a b@c.org"):
        with pytest.raises(Refused) as refusal:
            await anybody.call(ASK_AS_ANYBODY, stranger(50, bad))
        assert refusal.value.reasons == ("no_address",)


async def test_a_flood_from_one_place_is_slowed_down(world) -> None:
    anybody = world.embedded("")
    for number in range(1, 31):
        await anybody.call(ASK_AS_ANYBODY, stranger(number, f"z{number}@example.org"))
    with pytest.raises(Refused) as refusal:
        await anybody.call(ASK_AS_ANYBODY, stranger(31))
    assert refusal.value.type is ProblemType.TOO_MANY_REQUESTS
    assert world.row("SELECT count(*) FROM notices") == (30,)


async def test_a_reader_has_so_many_open_questions_and_suggestions_at_once(world) -> None:
    me = reader(world)
    for number in range(5):
        await me.call(ASK_QUESTION, AskQuestion(text="?"), key=str(number))
    with pytest.raises(Refused) as refusal:
        await me.call(ASK_QUESTION, AskQuestion(text="?"), key="5")
    assert refusal.value.reasons == ("too_many_open",)
    for number in range(10):
        await me.call(SUGGEST_PURCHASE, SuggestPurchase(title=str(number)), key=f"s{number}")
    with pytest.raises(Refused):
        await me.call(SUGGEST_PURCHASE, SuggestPurchase(title="x"), key="s10")


async def test_a_suggestion_is_decided_and_its_reader_told(world) -> None:
    write_to(world)
    me, desk = reader(world), world.desk()
    world.database.write_now(
        lambda db: db.add(TitleNumber(title_id=1, number=isbn13("2070300161"), kind="isbn"))
    )
    body = SuggestPurchase(title="L’Été", isbn="2-07-030016-1", why="Il manque.")
    with pytest.raises(Refused, match="isbn"):
        await me.call(SUGGEST_PURCHASE, body.model_copy(update={"isbn": "2-07-030016-2"}), key="x")
    mine = await me.call(SUGGEST_PURCHASE, body, key="k")
    with pytest.raises(Refused) as refusal:
        await me.call(SUGGEST_PURCHASE, body, key="k2")
    assert refusal.value.reasons == ("suggested_already",)
    (seen,) = (await desk.call(FIND_SUGGESTIONS, UNDECIDED)).suggestions
    assert (seen.isbn, seen.known_title) == (mine.isbn, 1)
    path = {"suggestion": str(seen.suggestion)}
    first = Decide(decision=Decision.ACCEPTED)
    done = await desk.call(DECIDE_SUGGESTION, first, version=seen.version, **path)
    second = Decide(decision=Decision.ORDERED, remark="En rayon en janvier.")
    await desk.call(DECIDE_SUGGESTION, second, version=done.version, **path)
    async with post_office() as post:
        await sent(world, post)
    ((_, letter),) = post.letters
    assert "Nous l’avons commandé." in letter.get_content()
    assert "En rayon en janvier." in letter.get_content()
    (told,) = (await me.call(LIST_MY_SUGGESTIONS, Nothing())).suggestions
    assert told.decision is Decision.ORDERED
    decided = FindSuggestions.model_validate({"decided": True})
    assert len((await desk.call(FIND_SUGGESTIONS, decided)).suggestions) == 1


async def test_what_was_asked_is_forgotten_in_time(world) -> None:
    me, desk = reader(world), world.desk()
    await me.call(ASK_QUESTION, AskQuestion(text="?"), key="q")
    await me.call(SUGGEST_PURCHASE, SuggestPurchase(title="x", why="parce que"), key="s")
    await desk.call(ANSWER_QUESTION, AnswerQuestion(answer="!"), version=1, question="1")
    held = await desk.call(EXPORT_PATRON, Nothing(), patron="1")
    assert (held.questions[0].answer, held.suggestions[0].why) == ("!", "parce que")
    body = Decide(decision=Decision.NOT_ACCEPTED)
    await desk.call(DECIDE_SUGGESTION, body, version=1, suggestion="1")
    forget = next(job for job in JOBS if job.name == "forget")
    run(world.database, forget, world.now + 170 * DAY, world.rules, dry_run=False)
    assert world.rows("SELECT id FROM questions") == []
    assert world.rows("SELECT patron_id, why FROM suggestions") == [(None, "")]


async def test_of_colleagues_who_answer_at_once_one_has_answered(world) -> None:
    write_to(world)
    await reader(world).call(ASK_QUESTION, AskQuestion(text="?"), key="q")
    desk = world.desk()

    async def answer(number: int) -> bool:
        body = AnswerQuestion(answer=str(number))
        try:
            await desk.call(ANSWER_QUESTION, body, version=1, question="1")
        except Refused:
            return False
        return True

    answered = await asyncio.gather(*map(answer, range(8)))
    assert answered.count(True) == 1
    kept = world.row("SELECT answer FROM questions")
    assert kept == (str(answered.index(True)),)
    assert world.row("SELECT count(*) FROM notices") == (1,)


def test_lines_are_harmless() -> None:
    assert lines(" a\u202eb \r\n\x00c\n\n\n\n\nd ") == "a b\nc\n\nd"
