"""Copies as records describe them: from the field of a profile to an item, and back."""

from collections.abc import Sequence

from catalogue_api.domain.collection import ItemStatus, RecordFormat
from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.marc_record import MarcField, MarcRecord
from catalogue_api.importing.parts import counted, without_lead
from catalogue_api.importing.profiles import USUAL, Profile
from catalogue_api.importing.records import ItemRecord, Unreadable

_LONGEST_BARCODE = 64
_LONGEST_SITE = 32
_LONGEST_CATEGORY = 64


def profile_for(record: MarcRecord, format_: RecordFormat, given: Sequence[Profile]) -> Profile:
    """Return the profile to read a record with: the one given, else the usual one that fits."""
    if given:
        return given[0]
    usual = USUAL[format_]
    fitting = (one for one in usual if any(f.first(one.barcode) for f in record.all(one.field)))
    return next(fitting, usual[0])


def fields_of_copies(given: Sequence[Profile]) -> frozenset[str]:
    """Return the tags of the fields in which copies may be described."""
    usual = (profile for profiles in USUAL.values() for profile in profiles)
    return frozenset(profile.field for profile in given or usual)


def items_of(
    record: MarcRecord, profile: Profile
) -> tuple[tuple[ItemRecord, ...], tuple[str, ...]]:
    """Return the copies of a record, and of each that cannot be read why not."""
    items: dict[str, ItemRecord] = {}
    left_out: list[str] = []
    for field in record.all(profile.field):
        try:
            item = item_in(field, profile)
        except Unreadable as error:
            left_out.append(error.why)
            continue
        if item.barcode in items:
            what = f"copy {item.barcode} stands twice in this record"
            left_out.append(Why(what, Fault.COPY_TWICE))
        else:
            items[item.barcode] = item
    return tuple(items.values()), tuple(left_out)


def said_by_some(codes: str, field: MarcField) -> str:
    """Return the text of the first of these codes that has one; codes in their order."""
    return next((text for code in codes if (text := field.first(code))), "")


def item_in(field: MarcField, profile: Profile) -> ItemRecord:
    """Return the copy that a field describes. Raise `Unreadable`."""
    barcode = said_by_some(profile.barcode, field)
    home = said_by_some(profile.home, field)
    if not barcode:
        what = f"a copy has no barcode ({profile.field} ${profile.barcode})"
        raise Unreadable(what, Fault.NO_BARCODE)
    if len(barcode) > _LONGEST_BARCODE:
        what = f"a copy has a barcode of {len(barcode)} characters: {barcode[:20]}…"
        raise Unreadable(what, Fault.LONG_VALUE)
    if not home:
        what = f"copy {barcode} has no site ({profile.field} ${profile.home[0]})"
        raise Unreadable(what, Fault.NO_SITE)
    home = profile.sites.get(home, home)
    current = said_by_some(profile.current, field)
    current = profile.sites.get(current, current) or home
    if max(len(home), len(current)) > _LONGEST_SITE:
        what = f"copy {barcode}: a site code has more than {_LONGEST_SITE} characters"
        raise Unreadable(what, Fault.LONG_VALUE)
    parts = without_lead(" ; ".join(field.all(profile.parts)))
    return ItemRecord(
        barcode=barcode,
        home=home,
        current=current,
        shelf_mark=" ".join(text for code in profile.shelf_mark for text in field.all(code)),
        status=_status(field, profile),
        contents=parts,
        parts_count=counted(parts) or 1,
        note=" ; ".join(field.all(profile.note)),
        category=said_by_some(profile.category, field)[:_LONGEST_CATEGORY],
    )


def _status(field: MarcField, profile: Profile) -> ItemStatus:
    """The worst that is said: withdrawn, lost or missing, not for loan."""
    if _says_yes(field, profile.withdrawn):
        return ItemStatus.WITHDRAWN
    if _says_yes(field, profile.lost):
        missing = field.first(profile.lost) in profile.missing_codes
        return ItemStatus.MISSING if missing else ItemStatus.LOST
    said = field.first(profile.not_for_loan)
    listed = profile.not_for_loan_codes
    if said in listed if listed else said not in {"", "0"}:
        return ItemStatus.NOT_FOR_LOAN
    return ItemStatus.AVAILABLE


def _says_yes(field: MarcField, code: str) -> bool:
    return field.first(code) not in {"", "0"}
