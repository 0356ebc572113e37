"""What a scanned code is, and what is expected to happen with it. Nothing here changes anything."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.holds.holds import FOUND_AGAIN
from catalogue_api.storage import circulation, holds, loans
from catalogue_api.storage.tables import Return


class Deed(StrEnum):
    """What a scan at a desk is for: the closed list."""

    UNKNOWN = "unknown"
    ASK = "ask"
    OPEN_READER = "open_reader"
    CLOSE_READER = "close_reader"
    LEND = "lend"
    RENEW = "renew"
    RETURN = "return"
    SHELVE = "shelve"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a code is now.

    `patron` is whose card it is, 0 for nobody's; `item`: a copy has it, of `title`. `loan` is the
    open loan of that copy, 0 for none; `wanted`: it is put aside for somebody, or could be.
    `returned`: the form that asks has returned it already.
    """

    patron: int = 0
    item: bool = False
    loan: int = 0
    wanted: bool = False
    returned: bool = False
    title: str = ""


def see(session: Session, code: str, return_id: str, now: datetime, rules: Rulebook) -> Seen:
    """Look a code up, among cards and among copies."""
    connection = session.connection()
    reader = loans.reader_of_card(connection, code)
    patron = reader.id if reader else 0
    item = circulation.item_of_barcode(connection, code)
    if item is None:
        return Seen(patron)
    loan = circulation.newest_loan(connection, item.id)
    open_loan = loan.id if loan is not None and loan.ended_at is None else 0
    caught = circulation.hold_of_item(connection, item.id) is not None
    first = holds.first_waiting(connection, item.title_id, item.id, rules.day(now))
    could = item.status in FOUND_AGAIN and first is not None
    returned = session.get(Return, return_id) is not None
    return Seen(patron, True, open_loan, caught or could, returned, item.full_title)


def deed_of(seen: Seen, reader: int, *, return_only: bool = False, said: str = "") -> Deed:
    """Return what a scan is for, with the account of `reader` open (0 for none). Pure.

    A code that is a card and a copy at once is asked about; `said` is the answer: `card`, `item`
    (or `return` and `now`, which want nothing but the copy back, or `renew`). A form that comes
    again does the same again.
    """
    if not seen.patron and not seen.item:
        return Deed.UNKNOWN
    if said == "renew" and seen.loan:
        return Deed.RENEW
    if seen.item and (return_only or said in {"return", "now"} or seen.returned):
        return Deed.RETURN
    if seen.patron and (said == "card" or not seen.item):
        return Deed.CLOSE_READER if seen.patron == reader else Deed.OPEN_READER
    if seen.patron and said != "item":
        return Deed.ASK
    if reader:
        return Deed.LEND
    return Deed.SHELVE if seen.wanted and not seen.loan else Deed.RETURN
