"""The tables, as SQLModel classes: records, never handed out of a unit of work."""

from catalogue_api.storage.tables.base import Table
from catalogue_api.storage.tables.circulation import Hold, Kiosk, Loan, Return
from catalogue_api.storage.tables.collection import Item, Site, Title
from catalogue_api.storage.tables.people import Patron, Staff, StaffSession

__all__ = [
    "Hold",
    "Item",
    "Kiosk",
    "Loan",
    "Patron",
    "Return",
    "Site",
    "Staff",
    "StaffSession",
    "Table",
    "Title",
]
