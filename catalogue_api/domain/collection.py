"""What the library owns: kinds of title, and what an item is when nobody has it on loan."""

from enum import StrEnum


class TitleKind(StrEnum):
    """What a title is, as far as a shelf or a lending rule tells them apart."""

    BOOK = "book"
    COMIC = "comic"
    PERIODICAL = "periodical"
    AUDIOBOOK = "audiobook"
    MUSIC = "music"
    SCORE = "score"
    FILM = "film"
    VIDEO_GAME = "video_game"
    BOARD_GAME = "board_game"
    SOFTWARE = "software"
    MAP = "map"
    OTHER = "other"


class Audience(StrEnum):
    """Whom a title is meant for."""

    ANYONE = "anyone"
    CHILD = "child"
    YOUNG = "young"
    ADULT = "adult"


class ItemStatus(StrEnum):
    """What an item is in itself.

    That it is on loan is said by its open loan, that it waits for a reader by its hold, that it
    is in transit by its destination, in which bin it lies by its last return: none of them is
    stored a second time here.
    """

    AVAILABLE = "available"
    NOT_FOR_LOAN = "not_for_loan"
    LOST = "lost"
    MISSING = "missing"
    CLAIMED_RETURNED = "claimed_returned"
    DAMAGED = "damaged"
    IN_REPAIR = "in_repair"
    WITHDRAWN = "withdrawn"


SEARCHED = frozenset({ItemStatus.LOST, ItemStatus.MISSING, ItemStatus.CLAIMED_RETURNED})
"""What nobody knows the place of: whoever holds such an item in their hand has found it."""


class NumberKind(StrEnum):
    """The numbers that the trade gives to a title; an ISBN is kept in its 13 digits."""

    ISBN = "isbn"
    ISSN = "issn"
    EAN = "ean"


class RecordFormat(StrEnum):
    """The two formats in which libraries exchange records."""

    UNIMARC = "unimarc"
    MARC21 = "marc21"


LOCAL_SOURCE = "local"
"""The source of titles that were made here, and of records that do not say where they are from."""


class CollectionRefusal(StrEnum):
    """Why a title or a copy is not made, changed or deleted. Closed; programs go by the values."""

    BARCODE_TAKEN = "barcode_taken"
    BARCODE_IS_A_CARD = "barcode_is_a_card"
    """A scanner could not tell whether the copy or the reader is meant."""
    ON_LOAN = "on_loan"
    CAUGHT = "caught"
    """It serves a reservation."""
    HAS_COPIES = "has_copies"
    IN_USE = "in_use"
    """It was lent or wanted, or something else refers to it: a copy is withdrawn instead."""
