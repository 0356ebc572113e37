"""What a library decides for itself: its rules of lending, its hours and its closures."""

from datetime import date, datetime, time

from sqlalchemy import BigInteger, CheckConstraint, Column, UniqueConstraint, false, true
from sqlmodel import Field

from catalogue_api.domain.collection import TitleKind
from catalogue_api.storage.tables.table import NEVER_AGAIN, Table, sql_list


def _any_or(column: str) -> CheckConstraint:
    kinds = sql_list(TitleKind)
    return CheckConstraint(f"{column} = '' OR {column} IN {kinds}", name=column)


class Rulebook(Table, table=True):
    """The one row of settings that librarians may change; `version` grows with *any* rule.

    Whoever changes a loan rule, a limit, an hour or a closure raises `version` too: processes
    keep the rules in memory for as long as it stands. Penalties and late notices are off until
    the library has entered its rules.
    """

    __tablename__ = "rulebook"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True)
    version: int = Field(default=1, sa_column=Column(BigInteger, nullable=False))
    shelf_days: int = 10
    most_holds: int = 10
    hold_on_available: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    penalties: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    late_notices: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    heed_pegi: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    grace_days: int = 3
    suspension_per_day: int = 1
    longest_suspension: int = 60
    most_late_items: int | None = None
    """Open loans that may be late before nothing more is lent; None: lateness blocks nothing."""


class LoanRule(Table, table=True):
    """How long something is lent; "" stands for any category, kind or site."""

    __tablename__ = "loan_rules"
    __table_args__ = (UniqueConstraint("category", "kind", "site"), _any_or("kind"))

    id: int | None = Field(default=None, primary_key=True)
    category: str = Field(default="", max_length=32)
    kind: str = Field(default="", max_length=16)
    site: str = Field(default="", max_length=32)
    lendable: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    loan_days: int = 28
    renewals: int = 1
    floats: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class LoanLimit(Table, table=True):
    """How many loans at once: of a kind, or of all kinds together ("")."""

    __tablename__ = "loan_limits"
    __table_args__ = (UniqueConstraint("category", "kind"), _any_or("kind"))

    id: int | None = Field(default=None, primary_key=True)
    category: str = Field(default="", max_length=32)
    kind: str = Field(default="", max_length=16)
    most: int


class OpeningHours(Table, table=True):
    """One stretch of a weekday (0 is Monday) on which a site is open, in term or in holidays."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="opens_first"),
        UniqueConstraint("site", "in_school_holidays", "weekday", "opens"),
    )

    id: int | None = Field(default=None, primary_key=True)
    site: str = Field(foreign_key="sites.code", max_length=32)
    in_school_holidays: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    weekday: int
    opens: time
    closes: time


class CalendarException(Table, table=True):
    """Days, both ends included, on which a site (None: every site) does not keep its week.

    Closed while `opens` is None; otherwise open from `opens` to `closes` on each of the days.
    """

    __tablename__ = "calendar_exceptions"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="in_order"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", name="both_hours"),
        CheckConstraint("opens IS NULL OR opens < closes", name="opens_first"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    site: str | None = Field(default=None, foreign_key="sites.code", max_length=32)
    first_on: date
    last_on: date
    opens: time | None = None
    closes: time | None = None
    label: str = ""
    version: int = Field(default=1)


class SchoolHoliday(Table, table=True):
    """A school holiday of the library's zone, both ends included."""

    __tablename__ = "school_holidays"
    __table_args__ = (CheckConstraint("first_on <= last_on", name="in_order"),)

    id: int | None = Field(default=None, primary_key=True)
    first_on: date
    last_on: date
    label: str = ""


class OpenPublicHoliday(Table, table=True):
    """A public holiday on which this library opens: its key in `domain.holidays`."""

    __tablename__ = "open_public_holidays"

    key: str = Field(primary_key=True, max_length=32)


class JobRun(Table, table=True):
    """One run of a nightly job, and its report as JSON."""

    __tablename__ = "job_runs"

    id: int | None = Field(default=None, primary_key=True)
    job: str = Field(index=True, max_length=32)
    started_at: datetime
    dry_run: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    report: str = "{}"
