"""What may be wrong with a file of records, as far as whoever brings it has to know: a closed list.

Beside it stands a sentence in English for those who look into the file.
"""

from enum import StrEnum
from typing import Self


class Fault(StrEnum):
    """What is wrong; the staff texts say of each what it is, and what to do about it."""

    EMPTY = "empty"
    PACKED = "packed"
    NO_MARC = "no_marc"
    ENCODING = "encoding"
    ENTITIES = "entities"
    HOPELESS = "hopeless"
    NOT_READ = "not_read"
    CUT_OFF = "cut_off"
    DAMAGED = "damaged"
    MENDED = "mended"
    CHARACTERS = "characters"
    ODD_FIELD = "odd_field"
    NO_TITLE_RECORD = "no_title_record"
    NO_TITLE = "no_title"
    NO_NUMBER = "no_number"
    AGAIN = "again"
    NO_BARCODE = "no_barcode"
    LONG_VALUE = "long_value"
    NO_SITE = "no_site"
    COPY_TWICE = "copy_twice"
    BARCODE_TAKEN = "barcode_taken"
    IN_USE = "in_use"
    OTHER = "other"


class Why(str):
    """A sentence for those who look into the file, and which fault it tells of."""

    __slots__ = ("fault",)
    fault: Fault

    def __new__(cls, text: str, fault: Fault = Fault.OTHER) -> Self:
        """Make the sentence; what is one already keeps its fault."""
        made = super().__new__(cls, text)
        made.fault = text.fault if isinstance(text, Why) else fault
        return made


def fault_of(why: str) -> Fault:
    """Return which fault a sentence tells of."""
    return why.fault if isinstance(why, Why) else Fault.OTHER
