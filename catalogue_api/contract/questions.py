"""Questions to librarians: by readers, by anybody with an e-mail that is confirmed, at the desk."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Keyed,
    Message,
    Nothing,
    PageSize,
    Scope,
)
from catalogue_api.contract.lines import PLAIN
from catalogue_api.domain.questions import QuestionRefusal, QuestionStatus

__all__ = [
    "ANSWER_QUESTION",
    "ASK_AS_ANYBODY",
    "ASK_QUESTION",
    "CLOSE_QUESTION",
    "CONFIRM_QUESTION",
    "ENDPOINTS",
    "FIND_QUESTIONS",
    "HAND_QUESTION_ON",
    "LIST_MY_QUESTIONS",
    "REOPEN_QUESTION",
    "SHOW_QUESTION",
    "SHOW_UNCONFIRMED_QUESTION",
    "AnswerQuestion",
    "AskAsAnybody",
    "AskQuestion",
    "AskedByAnybody",
    "FindQuestions",
    "HandOn",
    "MyQuestion",
    "MyQuestions",
    "Question",
    "QuestionConfirmed",
    "QuestionRefusal",
    "QuestionStatus",
    "Questions",
]

Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=3000, pattern=r"^[^\x00]*$", strip_whitespace=True),
]
Email = Annotated[
    str,
    StringConstraints(min_length=1, max_length=254, pattern=PLAIN, strip_whitespace=True),
]
_TitleNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class AskQuestion(Message):
    """A question, about a title or (None) in general."""

    text: Text
    title: _TitleNumber | None = None


class AskAsAnybody(AskQuestion):
    """A question of somebody without a card; `request` is made by whoever asks, once for each."""

    email: Email
    language: str = Field(default="fr", pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")
    request: UUID


class AskedByAnybody(Message):
    """The question waits until its address is confirmed, so many hours; then librarians see it.

    The answer is the same whether a mail was sent or not.
    """

    hours: int


class QuestionConfirmed(Message):
    """What the address in the mail is about, and whether librarians have the question now."""

    text: str
    confirmed: bool


class MyQuestion(Message):
    """A question of one's own, and its answer, if there is one."""

    question: int
    title: int | None
    full_title: str
    text: str
    asked_at: datetime
    status: QuestionStatus
    answer: str
    ended_at: datetime | None


class MyQuestions(Message):
    """One's own questions of the last months, the newest first."""

    questions: tuple[MyQuestion, ...]


class Question(MyQuestion):
    """A question as the desk sees it: by a reader (`patron`) or from an address."""

    patron: int | None
    reader: str
    address: str
    language: str
    handed_to: str
    answered_by: str
    version: int


class FindQuestions(Message):
    """A page of questions in a state; `mine`: only those that were handed to whoever asks."""

    status: QuestionStatus = QuestionStatus.OPEN
    mine: bool = False
    cursor: Cursor
    limit: PageSize


class Questions(Message):
    """Questions: open ones oldest first, others newest first; `open` counts all that are."""

    questions: tuple[Question, ...]
    open: int
    next: str = ""


class AnswerQuestion(Message):
    """The answer; who asked is told."""

    answer: Text


class HandOn(Message):
    """To which colleague; "" gives it back to whoever comes first."""

    to: str = Field(default="", max_length=64)


ASK_QUESTION = Endpoint(
    "POST",
    "/v1/me/questions",
    AskQuestion,
    MyQuestion,
    Scope.OWN,
    "Ask the librarians something",
    keyed=Keyed.HEADER,
    example=AskQuestion(text="Ce livre existe-t-il en gros caractères ?", title=42),
)
LIST_MY_QUESTIONS = Endpoint(
    "GET", "/v1/me/questions", Nothing, MyQuestions, Scope.OWN, "List one’s own questions"
)
ASK_AS_ANYBODY = Endpoint(
    "POST",
    "/v1/questions",
    AskAsAnybody,
    AskedByAnybody,
    Scope.ANYONE,
    "Ask the librarians something without a card: by an address that is confirmed first",
    keyed=Keyed.BODY,
    example=AskAsAnybody(
        text="Êtes-vous ouverts le 2 janvier ?",
        email="ana@example.org",
        request=UUID("0b8e7c1e-5d0b-4a51-9c4a-3f1c2f0c9a11"),
    ),
)
SHOW_UNCONFIRMED_QUESTION = Endpoint(
    "GET",
    "/v1/question-confirmations/{confirmation}",
    Nothing,
    QuestionConfirmed,
    Scope.ANYONE,
    "Tell which question the address in a mail would confirm",
)
CONFIRM_QUESTION = Endpoint(
    "PUT",
    "/v1/question-confirmations/{confirmation}",
    Nothing,
    QuestionConfirmed,
    Scope.ANYONE,
    "Confirm the address of a question: librarians see it from now on",
)
FIND_QUESTIONS = Endpoint(
    "GET",
    "/v1/questions",
    FindQuestions,
    Questions,
    Scope.CIRCULATION,
    "List questions",
)
SHOW_QUESTION = Endpoint(
    "GET", "/v1/questions/{question}", Nothing, Question, Scope.CIRCULATION, "Show a question"
)
ANSWER_QUESTION = Endpoint(
    "PUT",
    "/v1/questions/{question}/answer",
    AnswerQuestion,
    Question,
    Scope.CIRCULATION,
    "Answer a question",
    match=True,
    example=AnswerQuestion(answer="Oui, de 10 h à 18 h."),
)
HAND_QUESTION_ON = Endpoint(
    "PUT",
    "/v1/questions/{question}/colleague",
    HandOn,
    Question,
    Scope.CIRCULATION,
    "Hand a question to a colleague",
    match=True,
    example=HandOn(to="camille"),
)
CLOSE_QUESTION = Endpoint(
    "PUT",
    "/v1/questions/{question}/closing",
    Nothing,
    Question,
    Scope.CIRCULATION,
    "Close a question without an answer",
    match=True,
)
REOPEN_QUESTION = Endpoint(
    "DELETE",
    "/v1/questions/{question}/closing",
    Nothing,
    Question,
    Scope.CIRCULATION,
    "Take the closing of a question back",
    match=True,
)

ENDPOINTS = (
    ASK_QUESTION,
    LIST_MY_QUESTIONS,
    ASK_AS_ANYBODY,
    SHOW_UNCONFIRMED_QUESTION,
    CONFIRM_QUESTION,
    FIND_QUESTIONS,
    SHOW_QUESTION,
    ANSWER_QUESTION,
    HAND_QUESTION_ON,
    CLOSE_QUESTION,
    REOPEN_QUESTION,
)
