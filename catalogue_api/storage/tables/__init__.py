"""The tables, as SQLModel classes: records, never handed out of a unit of work."""

from catalogue_api.storage.tables.accounts import CalendarFeed, MailedCode
from catalogue_api.storage.tables.base import Table
from catalogue_api.storage.tables.circulation import (
    Deed,
    Hold,
    HoldEvent,
    Kiosk,
    Leftover,
    Loan,
    Return,
)
from catalogue_api.storage.tables.collection import Item, Site, Title, TitleNumber, TitleRecord
from catalogue_api.storage.tables.computers import (
    Booking,
    BookingQuarter,
    Computer,
    Room,
    SlotBlock,
    SlotRule,
    SlotWish,
    WalkIn,
)
from catalogue_api.storage.tables.people import (
    AnySession,
    Block,
    Machine,
    Patron,
    PatronSession,
    SignInFailure,
    Staff,
    StaffSession,
)
from catalogue_api.storage.tables.record_keeping import Anomaly, AuditEntry, Change, IdempotencyKey
from catalogue_api.storage.tables.rules import (
    CalendarException,
    JobRun,
    LoanLimit,
    LoanRule,
    OpeningHours,
    OpenPublicHoliday,
    Rulebook,
    SchoolHoliday,
)
from catalogue_api.storage.tables.searching import Spelling, TitleToIndex, Word
from catalogue_api.storage.tables.telling import Notice, NoticeChoice

__all__ = [
    "Anomaly",
    "AnySession",
    "AuditEntry",
    "Block",
    "Booking",
    "BookingQuarter",
    "CalendarException",
    "CalendarFeed",
    "Change",
    "Computer",
    "Deed",
    "Hold",
    "HoldEvent",
    "IdempotencyKey",
    "Item",
    "JobRun",
    "Kiosk",
    "Leftover",
    "Loan",
    "LoanLimit",
    "LoanRule",
    "Machine",
    "MailedCode",
    "Notice",
    "NoticeChoice",
    "OpenPublicHoliday",
    "OpeningHours",
    "Patron",
    "PatronSession",
    "Return",
    "Room",
    "Rulebook",
    "SchoolHoliday",
    "SignInFailure",
    "Site",
    "SlotBlock",
    "SlotRule",
    "SlotWish",
    "Spelling",
    "Staff",
    "StaffSession",
    "Table",
    "Title",
    "TitleNumber",
    "TitleRecord",
    "TitleToIndex",
    "WalkIn",
    "Word",
]
