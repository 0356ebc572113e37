"""What a UNIMARC record says of a title and its copies (UNIMARC manual, bibliographic format)."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from catalogue_api.domain.collection import Audience, ItemStatus, TitleKind
from catalogue_api.importing.isbn import isbn13
from catalogue_api.importing.marc_fields import MarcField, MarcRecord, read_fields
from catalogue_api.importing.profiles import Profile
from catalogue_api.importing.records import ItemRecord, TitleRecord, Unreadable

LOCAL_SOURCE = "local"
"""The source of records that do not say where they come from."""

_DESCRIBING = frozenset({"100", "101", "200", "210", "214", "219", "461", "606", "608"})
_TAGS = _DESCRIBING | {"001", "003", "010", "073", "090", "700", "701", "710", "711"}
LONGEST_SOURCE = 64
_LONGEST_NAME = 64
_LONGEST_SITE = 32
_MOST_AUTHORS = 3

_KINDS = {
    "a": TitleKind.BOOK,
    "b": TitleKind.BOOK,
    "c": TitleKind.SCORE,
    "d": TitleKind.SCORE,
    "e": TitleKind.MAP,
    "f": TitleKind.MAP,
    "g": TitleKind.FILM,
    "i": TitleKind.AUDIOBOOK,
    "j": TitleKind.MUSIC,
    "l": TitleKind.SOFTWARE,
    "r": TitleKind.BOARD_GAME,
}
"""By leader position 6, type of record."""

_AUDIENCES = {
    **dict.fromkeys("abcd", Audience.CHILD),
    "e": Audience.YOUNG,
    **dict.fromkeys("km", Audience.ADULT),
}
"""By 100 $a position 17, target audience."""

_COMICS = re.compile(r"bandes? dessinées?|mangas?|comics", re.IGNORECASE)
_VIDEO_GAMES = re.compile(r"jeux? vidéo|video games?", re.IGNORECASE)


def read_title(data: bytes, profile: Profile, source: str = "") -> TitleRecord:
    """Read one ISO 2709 record; `source` overrides what the record says. Raise `Unreadable`."""
    record = read_fields(data, _TAGS | {profile.field})
    title = " ; ".join(_texts(record, "200", "a"))
    if not title:
        raise Unreadable("no title (field 200 $a)")
    items, left_out = _items(record, profile)
    coded = record.first("100", "a")
    return TitleRecord(
        source=source or _source(record),
        control_number=_control_number(record),
        title=title,
        subtitle=" : ".join(_texts(record, "200", "e")),
        volume=_volume(record, title),
        author=_author(record),
        publisher=_published(record, "c"),
        year=_year(coded, record),
        isbn=_isbn(record),
        language=_language(record),
        kind=_kind(record, profile, items),
        audience=_AUDIENCES.get(coded[17:18], Audience.ANYONE),
        items=items,
        left_out=left_out,
    )


def _texts(record: MarcRecord, tag: str, codes: str) -> list[str]:
    """Return the texts of these subfields of the first field with this tag."""
    return next((field.all(codes) for field in record.all(tag)), [])


def _control_number(record: MarcRecord) -> str:
    """Field 001, or 090 $a where Koha keeps its own number."""
    number = record.first("001") or record.first("090", "a")
    if not number:
        raise Unreadable("no control number (field 001)")
    if len(number) > _LONGEST_NAME:
        raise Unreadable(f"the control number is longer than {_LONGEST_NAME} characters")
    return number


def _source(record: MarcRecord) -> str:
    """Return the host of the record's permanent address (003), or what else 003 says.

    The same numbers are given out by every catalogue: a source keeps them apart.
    """
    address = record.first("003")
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        host = ""
    return (host or address or LOCAL_SOURCE)[:LONGEST_SOURCE]


def _volume(record: MarcRecord, title: str) -> str:
    """Number and name of the part (200 $h $i), or the place in a series of volumes (461 $t $v)."""
    if parts := _texts(record, "200", "hi"):
        return ", ".join(parts)
    for field in record.all("461"):
        if number := field.first("v"):
            series = field.first("t")
            return number if series.casefold() in {"", title.casefold()} else f"{series}, {number}"
    return ""


def _author(record: MarcRecord) -> str:
    """The main author and up to two beside, given name first; else the statement on the title."""
    named = (_name(field) for field in record.all("700", "701", "710", "711"))
    names = list(dict.fromkeys(name for name in named if name))
    return ", ".join(names[:_MOST_AUTHORS]) or record.first("200", "f")


def _name(field: MarcField) -> str:
    """« Albert Camus », « Sylvie d'Esclaibes »; bodies (71-) have parts in $b, not given names."""
    family = field.first("a")
    given = field.first("b") if field.tag in {"700", "701"} else ""
    if not family or not given:
        return family
    return given + family if given.endswith(("'", "’")) else f"{given} {family}"


def _published(record: MarcRecord, code: str) -> str:
    return next((text for tag in ("210", "214", "219") if (text := record.first(tag, code))), "")


def _year(coded: str, record: MarcRecord) -> int | None:
    """The first date of 100 $a, or the first four digits of the date in words."""
    if re.fullmatch("[0-9]{4}", coded[9:13]) and int(coded[9:13]):
        return int(coded[9:13])
    found = re.search("[12][0-9]{3}", _published(record, "d"))
    return int(found[0]) if found else None


def _isbn(record: MarcRecord) -> str:
    """The first number that is one, from 010 $a or as the EAN of 073 $a."""
    said = (text for field in record.all("010", "073") for text in field.all("a"))
    return next((isbn for text in said if (isbn := isbn13(text))), "")


def _language(record: MarcRecord) -> str:
    code = record.first("101", "a").lower()
    return code if re.fullmatch("[a-z]{3}", code) else ""


def _kind(record: MarcRecord, profile: Profile, items: Iterable[ItemRecord]) -> TitleKind:
    forms = " ".join(text for field in record.all("606", "608") for text in field.all("ax"))
    kind = _KINDS.get(record.leader[6:7], TitleKind.OTHER)
    if kind is TitleKind.BOOK:
        if record.leader[7:8] == "s":
            return TitleKind.PERIODICAL
        form = " ".join(text for field in record.all("608") for text in field.all("a"))
        shelved = any(profile.comic_mark.search(item.shelf_mark) for item in items)
        return TitleKind.COMIC if shelved or _COMICS.search(form) else kind
    if kind is TitleKind.SOFTWARE and _VIDEO_GAMES.search(forms):
        return TitleKind.VIDEO_GAME
    return kind


def _items(record: MarcRecord, profile: Profile) -> tuple[tuple[ItemRecord, ...], tuple[str, ...]]:
    items: list[ItemRecord] = []
    left_out: list[str] = []
    for field in record.all(profile.field):
        try:
            items.append(_item(field, profile))
        except Unreadable as error:
            left_out.append(str(error))
    return tuple(items), tuple(left_out)


def _item(field: MarcField, profile: Profile) -> ItemRecord:
    barcode = field.first(profile.barcode)
    home = field.first(profile.home) or field.first(profile.current)
    if not barcode:
        raise Unreadable(f"a copy has no barcode ({profile.field} ${profile.barcode})")
    if len(barcode) > _LONGEST_NAME:
        raise Unreadable(f"a copy has a barcode of {len(barcode)} characters: {barcode[:20]}…")
    if not home:
        raise Unreadable(f"copy {barcode} has no site ({profile.field} ${profile.home})")
    current = field.first(profile.current) or home
    if max(len(home), len(current)) > _LONGEST_SITE:
        raise Unreadable(f"copy {barcode}: a site code has more than {_LONGEST_SITE} characters")
    return ItemRecord(
        barcode=barcode,
        home=home,
        current=current,
        shelf_mark=field.first(profile.shelf_mark),
        status=_status(field, profile),
    )


def _status(field: MarcField, profile: Profile) -> ItemStatus:
    """The worst that is said: withdrawn, lost or missing, not for loan."""
    if _says_yes(field, profile.withdrawn):
        return ItemStatus.WITHDRAWN
    if _says_yes(field, profile.lost):
        missing = field.first(profile.lost) in profile.missing_codes
        return ItemStatus.MISSING if missing else ItemStatus.LOST
    if _says_yes(field, profile.not_for_loan):
        return ItemStatus.NOT_FOR_LOAN
    return ItemStatus.AVAILABLE


def _says_yes(field: MarcField, code: str) -> bool:
    return field.first(code) not in {"", "0"}
