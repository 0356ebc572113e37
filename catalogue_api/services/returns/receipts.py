"""A patron comes with a receipt: the returns that it names."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.receipts import NoReceiptNumber, read_receipt_number
from catalogue_api.storage.receipts import ReceiptRow, returns_of_receipt


def find(session: Session, typed: str) -> list[ReceiptRow]:
    """Return what the receipt of this number names, however it was typed; refuse an unknown one."""
    try:
        number = read_receipt_number(typed)
    except NoReceiptNumber as error:
        raise Refused(ProblemType.NOT_FOUND, str(error)) from error
    found = returns_of_receipt(session.connection(), number)
    if not found:
        raise Refused(
            ProblemType.NOT_FOUND,
            f"no return has the receipt {number}: its kiosk may still have to deliver it",
        )
    return found
