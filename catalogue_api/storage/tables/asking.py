"""What readers ask librarians, and what they suggest to buy."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, text
from sqlmodel import Field

from catalogue_api.domain.questions import Decision, QuestionStatus
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, one_of, sql_list
from catalogue_api.storage.tables.telling import ONLY_THEIRS


class Question(Table, table=True):
    """A question of a reader, or of anybody at an `address`; about a title, or in general.

    `asked_as` is what its sender made to know it again: sent twice it is one. `handed_to` is the
    colleague who looks after it, "" for whoever comes first. `ended_at` is when it was answered or
    closed.
    """

    __tablename__ = "questions"
    __table_args__ = (
        one_of("status", QuestionStatus),
        CheckConstraint("(patron_id IS NULL) <> (address = '')", name="somebody"),
        CheckConstraint(
            "(ended_at IS NULL) = (status IN ('unconfirmed', 'open'))", name="open_has_no_end"
        ),
        Index(
            "ix_questions_open",
            "asked_at",
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_questions_ended_at", "ended_at"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    asked_as: str = Field(unique=True, max_length=80)
    patron_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer,
            ForeignKey("patrons.id"),
            nullable=True,
            index=True,
            info={ONLY_THEIRS: True},
        ),
    )
    address: str = Field(default="", index=True)
    language: str = Field(default="fr", max_length=8)
    title_id: int | None = Field(default=None, foreign_key="titles.id", index=True)
    text: str
    asked_at: datetime
    status: str = Field(max_length=16)
    handed_to: str = Field(default="", max_length=64)
    answer: str = ""
    answered_by: str = Field(default="", max_length=64)
    ended_at: datetime | None = None
    version: int = 1


class Suggestion(Table, table=True):
    """What a reader would like the library to buy, and what became of that.

    `remark` is said to the reader with the decision. One that was decided may lose its reader.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint(f"decision = '' OR decision IN {sql_list(Decision)}", name="decision"),
        CheckConstraint("(decided_at IS NULL) = (decision = '')", name="decided_has_date"),
        CheckConstraint("decision <> '' OR patron_id IS NOT NULL", name="open_has_patron"),
        Index("ix_suggestions_decided_at", "decided_at"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    patron_id: int | None = Field(
        default=None,
        sa_column=Column(
            Integer,
            ForeignKey("patrons.id"),
            nullable=True,
            index=True,
            info={ONLY_THEIRS: True},
        ),
    )
    title: str
    author: str = ""
    isbn: str = Field(default="", max_length=13, index=True)
    why: str = ""
    suggested_at: datetime
    decision: str = Field(default="", max_length=16)
    remark: str = ""
    decided_at: datetime | None = None
    decided_by: str = Field(default="", max_length=64)
    version: int = 1
