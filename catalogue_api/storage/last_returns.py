"""The last return of each copy: it says through which kiosk, and into which bin, it came."""

from sqlalchemy import select
from sqlmodel import col

from catalogue_api.storage.tables import Item, Return

LAST_RETURN = (
    select(col(Return.return_id))
    .where(col(Return.item_id) == col(Item.id), col(Return.undone_at).is_(None))
    .order_by(col(Return.received_at).desc(), col(Return.return_id).desc())
    .limit(1)
    .correlate(Item)
    .scalar_subquery()
)
"""The identifier of the last return of an `Item` of the statement around it, none undone."""
