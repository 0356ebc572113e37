"""What a kiosk asks about itself, tells of itself, and then hears from the library.

The greeting is a cheap call that proves address, name and token, and tells the time. By the tally
a kiosk finds out that the catalogue was restored from an older copy.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import AwareDatetime, Field

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.contract.sorting import SortingOrder, SortingUsed

_COUNT = Field(default=0, ge=0, le=2**53)


class KioskInfo(Message):
    """The kiosk as the catalogue knows it, and the time by the catalogue's clock."""

    kiosk: str
    site: str
    site_name: str
    outcomes_version: int
    now: datetime


class TallyAsked(Message):
    """Count what came from this kiosk at `since` or later, by the catalogue's clock."""

    since: AwareDatetime


class Tally(Message):
    """So many returns, and the sum of the revisions of their placements.

    Less of either than the kiosk was told is there: the catalogue has lost some.
    """

    returns: int
    placements: int


class KioskFault(StrEnum):
    """Why a kiosk takes nothing: a part has failed, or staff (`STAFF`) have closed it."""

    READER = "reader"
    JOURNAL = "journal"
    SORTER = "sorter"
    STAFF = "staff"


class Paper(StrEnum):
    """What the printer of receipts says of its paper; `NO_PRINTER` where there is none.

    `AWAY`: it does not answer, or says that it is off-line.
    """

    NO_PRINTER = "no_printer"
    ENOUGH = "enough"
    LOW = "low"
    OUT = "out"
    COVER_OPEN = "cover_open"
    AWAY = "away"


class BinState(Message):
    """How much lies in a bin, as the journal counts it."""

    bin: str = Field(min_length=1, max_length=32)
    items: int = _COUNT
    full: bool = False


class KioskHealth(Message):
    """How a kiosk is at `at` by its own clock. It names no item and nobody.

    `faults`: why it takes nothing; none while it is in service. `reader`: family and firmware,
    empty while there is none. `undelivered` and `unplaced`: returns and placements that the
    catalogue does not have yet; `refused`: those it will never take; `to_secure`: tags left open.
    `disk_free` in bytes, where the journal is; `clock_offset` in seconds, how far the kiosk's
    clock is ahead of the catalogue's as it was heard last, None before. `snapshot_at`: when it last
    knew all of the catalogue, to the hour while nothing changes; None: never yet. `sorting`: by
    what it sorts, None where it does not say.
    """

    at: AwareDatetime
    version: str = Field(max_length=64)
    started_at: AwareDatetime
    faults: tuple[KioskFault, ...] = Field(default=(), max_length=8)
    reader: str = Field(default="", max_length=200)
    returns: int = _COUNT
    undelivered: int = _COUNT
    unplaced: int = _COUNT
    refused: int = _COUNT
    to_secure: int = _COUNT
    bins: tuple[BinState, ...] = Field(default=(), max_length=64)
    paper: Paper = Paper.NO_PRINTER
    disk_free: int | None = Field(default=None, ge=0, le=2**53)
    clock_offset: float | None = None
    snapshot_at: AwareDatetime | None = None
    sorting: SortingUsed | None = None


class KioskNews(Message):
    """What the library has to tell a kiosk at `now`.

    `message_fr` and `message_en`: words for the screen, as plain text, until `message_until` by the
    kiosk's clock (None: until it hears otherwise). `open_now` and `opens_at` are those of its
    site's calendar, None where no opening hours were entered. `sorting`: another table to go by,
    None where it goes by the right one.
    """

    now: AwareDatetime
    message_fr: str = ""
    message_en: str = ""
    message_until: AwareDatetime | None = None
    open_now: bool | None = None
    opens_at: AwareDatetime | None = None
    sorting: SortingOrder | None = None


_WORDS = Field(default="", max_length=300, pattern=r"^[^\x00-\x1f]*$")


class KioskWords(Message):
    """What a kiosk's screen is to say to patrons while nobody uses it; empty: nothing.

    `until`: when it ends; None: with the day, by the library's time, unless it `stays`.
    """

    message_fr: str = _WORDS
    message_en: str = _WORDS
    until: AwareDatetime | None = None
    stays: bool = False


class KioskMessage(Message):
    """What a kiosk's screen says, until when (None: until it is taken away), and its version."""

    message_fr: str = _WORDS
    message_en: str = _WORDS
    until: AwareDatetime | None = None
    version: int = 1


GREET_KIOSK = Endpoint(
    "GET", "/v1/kiosks/{kiosk}", Nothing, KioskInfo, Scope.KIOSK, "Say who the catalogue sees"
)
TALLY_RETURNS = Endpoint(
    "POST",
    "/v1/kiosks/{kiosk}/tally",
    TallyAsked,
    Tally,
    Scope.KIOSK,
    "Count the returns that are known of a kiosk",
)

HEARTBEAT = Endpoint(
    "PUT",
    "/v1/kiosks/{kiosk}/health",
    KioskHealth,
    KioskNews,
    Scope.KIOSK,
    "Tell how a kiosk is, and hear what its screen is to say",
)

PUT_KIOSK_MESSAGE = Endpoint(
    "PUT",
    "/v1/kiosks/{kiosk}/message",
    KioskWords,
    KioskMessage,
    Scope.STAFF,
    "Say what a kiosk's screen is to say, and until when",
    match=True,
    example=KioskWords(message_fr="Fermeture à 17 h ce jeudi."),
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    GREET_KIOSK,
    TALLY_RETURNS,
    HEARTBEAT,
    PUT_KIOSK_MESSAGE,
)
