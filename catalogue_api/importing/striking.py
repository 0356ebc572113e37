"""Records that their sender has deleted (leader position 5 is `d`): what goes with them."""

from collections import Counter

from sqlalchemy import Connection

from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.records import TitleRecord
from catalogue_api.importing.report import Count
from catalogue_api.storage import deleting
from catalogue_api.storage import records as sql


def strike(connection: Connection, record: TitleRecord, counts: Counter[Count]) -> str:
    """Delete the record, and its title with its copies if they may go; say why not otherwise.

    A title that another catalogue describes too stays, and so does one whose copies are on loan,
    wanted, or part of what was lent.
    """
    key = (record.source, record.control_number)
    known = sql.records_of(connection, [key]).get(key)
    if known is None:
        return ""
    others = deleting.other_records(connection, known.title_id, known.id)
    if others:
        if known.id is not None:
            sql.forget_record(connection, known.id)
        if known.describes:
            deleting.describe_by(connection, known.title_id, others[0])
        counts[Count.RECORDS_DELETED] += 1
        return ""
    if why := deleting.delete_title_with_items(connection, known.title_id):
        said = f"record {record.control_number} is deleted by its sender, but {why}"
        return Why(said, Fault.IN_USE)
    counts[Count.TITLES_DELETED] += 1
    return ""
