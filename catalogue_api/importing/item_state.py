"""A copy's present state, written into the field that once described it.

Only what differs is touched: subfields that nothing here knows of stay, and so do those whose
meaning is still the same.
"""

from dataclasses import replace

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.importing.item_fields import item_in, said_by_some
from catalogue_api.importing.marc_record import MarcField
from catalogue_api.importing.profiles import Profile
from catalogue_api.importing.records import ItemRecord, Unreadable


def barcode_in(field: MarcField, profile: Profile) -> str:
    """Return the barcode that a field names, if it describes a copy."""
    return said_by_some(profile.barcode, field)


def new_field(item: ItemRecord, profile: Profile, shared: str) -> MarcField:
    """Return a field for a copy that no record describes yet."""
    field = MarcField(profile.field, subfields=((profile.barcode[0], item.barcode),))
    field = _with(field, profile.home, _theirs(item.home, profile))
    field = _with(field, profile.current, _theirs(item.current, profile))
    field = _with(field, profile.shelf_mark, item.shelf_mark)
    field = _with_status(field, item.status, profile)
    field = _with(field, profile.parts, item.contents if item.contents != shared else "")
    field = _with(field, profile.note, item.note)
    return _with(field, profile.category, item.category)


def renewed(field: MarcField, item: ItemRecord, profile: Profile, shared: str) -> MarcField:
    """Return the field saying what is true of the copy now.

    `shared` is what lies in the case of every copy of the title: a field need not say it.
    """
    try:
        said = item_in(field, profile)
    except Unreadable:
        return field
    if said.home != item.home:
        field = _with(field, profile.home, _theirs(item.home, profile))
    if said.current != item.current:
        field = _with(field, profile.current, _theirs(item.current, profile))
    if said.shelf_mark != item.shelf_mark:
        field = _with(field, profile.shelf_mark, item.shelf_mark)
    if said.status is not item.status:
        field = _with_status(field, item.status, profile)
    if (said.contents or shared) != item.contents:
        field = _with(field, profile.parts, item.contents)
    if said.note != item.note:
        field = _with(field, profile.note, item.note)
    if said.category != item.category:
        field = _with(field, profile.category, item.category)
    return field


def _theirs(site: str, profile: Profile) -> str:
    """What a site of ours is called in these records."""
    return next((code for code, ours in profile.sites.items() if ours == site), site)


def _with_status(field: MarcField, status: ItemStatus, profile: Profile) -> MarcField:
    """Say the state by codes; one that has no code of its own changes nothing."""
    missing = min(profile.missing_codes, default="1")
    not_for_loan = min(profile.not_for_loan_codes, default="1")
    codes = {
        ItemStatus.AVAILABLE: ("0", "0", "0"),
        ItemStatus.NOT_FOR_LOAN: ("0", "0", not_for_loan),
        ItemStatus.LOST: ("0", "1", "0"),
        ItemStatus.MISSING: ("0", missing, "0"),
        ItemStatus.WITHDRAWN: ("1", "0", "0"),
    }.get(status)
    if codes is None:
        return field
    places = (profile.withdrawn, profile.lost, profile.not_for_loan)
    for code, value in zip(places, codes, strict=True):
        if code and (value != "0" or field.first(code) not in {"", "0"}):
            field = _with(field, code, value)
    return field


def _with(field: MarcField, codes: str, text: str) -> MarcField:
    """Put a text in the first of these subfields that is there, else in the first of them.

    The others of them go, as far as they stand for the same: they would contradict it.
    """
    if not codes:
        return field
    there = [code for code in codes if field.first(code)]
    chosen = (there or [codes[0]])[0]
    kept: list[tuple[str, str]] = []
    placed = False
    for code, value in field.subfields:
        if code == chosen and not placed and text:
            kept.append((code, text))
            placed = True
        elif code not in there:
            kept.append((code, value))
    if text and not placed:
        kept.append((chosen, text))
    return replace(field, subfields=tuple(kept))
