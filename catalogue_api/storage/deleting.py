"""Taking titles and copies out of the database, as far as nothing refers to them.

What was lent, wanted or returned stays: its history needs it. The database has the last word,
by its foreign keys, about tables of which nothing is known here.
"""

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from catalogue_api.storage.engine.changes import title_changed
from catalogue_api.storage.tables import Hold, Item, Loan, Question, Title, TitleNumber, TitleRecord

IN_USE = "something in the catalogue still refers to it"


def other_records(connection: Connection, title: int, record: int | None) -> list[tuple[str, str]]:
    """Return source and control number of a title's records beside this one, oldest first."""
    found = connection.execute(
        select(col(TitleRecord.source), col(TitleRecord.control_number))
        .where(col(TitleRecord.title_id) == title, col(TitleRecord.id) != record)
        .order_by(col(TitleRecord.id))
    )
    return [(source, number) for source, number in found]


def describe_by(connection: Connection, title: int, key: tuple[str, str]) -> None:
    """Let another of its records describe a title from now on."""
    source, number = key
    connection.execute(
        update(Title)
        .where(col(Title.id) == title)
        .values(source=source, control_number=number, version=col(Title.version) + 1)
    )
    # It has not described the title so far: the next import of it will.
    connection.execute(
        update(TitleRecord)
        .where(col(TitleRecord.source) == source, col(TitleRecord.control_number) == number)
        .values(digest="")
    )


def why_item_stays(connection: Connection, item: int) -> str:
    """Return why a copy cannot be deleted; empty if it can, as far as loans and holds go."""
    barcode = connection.execute(select(col(Item.barcode)).where(col(Item.id) == item)).scalar()
    loans = select(func.count()).where(col(Loan.item_id) == item)
    if connection.execute(loans.where(col(Loan.ended_at).is_(None))).scalar():
        return f"copy {barcode} is on loan"
    holds = select(func.count()).where(col(Hold.item_id) == item)
    if connection.execute(holds).scalar():
        return f"copy {barcode} serves a reservation, or did"
    if connection.execute(loans).scalar():
        return f"copy {barcode} has been lent: withdraw it instead"
    return ""


def delete_item(connection: Connection, item: int) -> str:
    """Delete a copy; return why not."""
    if why := why_item_stays(connection, item):
        return why
    found = select(col(Item.title_id), col(Item.barcode)).where(col(Item.id) == item)
    title, barcode = connection.execute(found).one()
    try:
        with connection.begin_nested():
            connection.execute(delete(Item).where(col(Item.id) == item))
    except IntegrityError:
        return f"copy {barcode}: {IN_USE}"
    title_changed(connection, title, gone=barcode)
    return ""


def why_title_stays(connection: Connection, title: int) -> str:
    """Return why a title cannot be deleted, its copies aside; empty if it can."""
    held = select(func.count()).where(col(Hold.title_id) == title)
    return "it is reserved, or was" if connection.execute(held).scalar() else ""


def delete_title(connection: Connection, title: int) -> str:
    """Delete a title without copies, with its records and numbers; return why not."""
    count = select(func.count()).where(col(Item.title_id) == title)
    if copies := connection.execute(count).scalar():
        return f"it has {copies} copies: delete or withdraw them first"
    if why := why_title_stays(connection, title):
        return why
    try:
        with connection.begin_nested():
            asked = update(Question).where(col(Question.title_id) == title)
            connection.execute(asked.values(title_id=None))
            for table in (TitleNumber, TitleRecord):
                connection.execute(delete(table).where(col(table.title_id) == title))
            connection.execute(delete(Title).where(col(Title.id) == title))
    except IntegrityError:
        return IN_USE
    return ""


def delete_title_with_items(connection: Connection, title: int) -> str:
    """Delete a title and all its copies, or nothing; return why not."""
    items = connection.execute(select(col(Item.id)).where(col(Item.title_id) == title)).scalars()
    numbers = [number for number in items if number is not None]
    if why := why_title_stays(connection, title):
        return why
    for number in numbers:
        if why := why_item_stays(connection, number):
            return why
    nested = connection.begin_nested()
    for number in numbers:
        if why := delete_item(connection, number):
            nested.rollback()
            return why
    why = delete_title(connection, title)
    if why:
        nested.rollback()
    else:
        nested.commit()
    return why
