"""What a MARC 21 record says of a title (MARC 21 format for bibliographic data)."""

import re

from catalogue_api.domain.collection import Audience, NumberKind, TitleKind
from catalogue_api.domain.isbn import Number, numbers
from catalogue_api.importing import notes
from catalogue_api.importing.marc_record import MarcField, MarcRecord
from catalogue_api.importing.parts import contents
from catalogue_api.importing.records import Description
from catalogue_api.importing.text import in_lines

_MOST_AUTHORS = 3
NAMES = ("100", "110", "111", "700", "710", "711", "720")
SUBJECTS = ("600", "610", "611", "630", "647", "648", "650", "651", "653", "655")
OTHER_TITLES = ("130", "210", "222", "240", "242", "246", "247", "740")
_PUNCTUATION = " /:;,=+"
"""What ISBD lets stand at the end of a subfield, before the next one."""

_KINDS = {
    "a": TitleKind.BOOK,
    "t": TitleKind.BOOK,
    "c": TitleKind.SCORE,
    "d": TitleKind.SCORE,
    "e": TitleKind.MAP,
    "f": TitleKind.MAP,
    "g": TitleKind.FILM,
    "i": TitleKind.AUDIOBOOK,
    "j": TitleKind.MUSIC,
    "m": TitleKind.SOFTWARE,
}
"""By leader position 6, type of record."""

_AUDIENCES = {
    **dict.fromkeys("abcj", Audience.CHILD),
    "d": Audience.YOUNG,
    "e": Audience.ADULT,
}
"""By 008 position 22, target audience."""

_HAS_AUDIENCE = frozenset("acdgijkmort")
_GAME = "g"
"""Type of computer file (008 position 26), and of visual material (position 33)."""


def describe(record: MarcRecord) -> Description:
    """Return what the record says of its title; an empty title if it names none."""
    coded = record.coded("008")
    kind = _kind(record, coded)
    said = _texts(record, "521", "500", "586", codes="a")
    game = kind is TitleKind.VIDEO_GAME
    pieces, count = contents(_texts(record, "300", codes="a"), _texts(record, "300", codes="e"))
    isbns = (number for kind_, number in numbers_of(record) if kind_ is NumberKind.ISBN)
    return Description(
        title=" ; ".join(map(_unended, _first(record, "245", "a"))),
        subtitle=" : ".join(map(_unended, _first(record, "245", "b"))),
        volume=", ".join(map(_unended, _first(record, "245", "np"))),
        author=_author(record),
        contributors=in_lines(filter(None, map(_name, record.all(*NAMES)))),
        other_titles=in_lines(
            map(_unended, [*_texts(record, *OTHER_TITLES, codes="a"), *_original(record)])
        ),
        publisher=_published(record, "b"),
        year=_year(coded, record),
        isbn=next(isbns, ""),
        language=_language(coded, record),
        kind=kind,
        audience=_audience(record, coded),
        subjects=in_lines(filter(None, map(_subject, record.all(*SUBJECTS)))),
        series=in_lines(_series(record)),
        summary=" ".join(text for field in record.all("520") for text in field.all("ab")),
        extent=" ".join(next((f.all("abce") for f in record.all("300")), [])).strip(_PUNCTUATION),
        contents=pieces,
        parts_count=count,
        pegi_age=notes.pegi_age(said, game=game),
        platform=notes.platform(_about_the_machine(record)) if game else "",
    )


def control_number(record: MarcRecord) -> str:
    """Return field 001, or 999 $c where Koha keeps its own number."""
    return record.first("001") or record.first("999", "c")


def source_of(record: MarcRecord) -> str:
    """Return whose the control number is: the code of the organisation in 003."""
    return record.first("003")


def numbers_of(record: MarcRecord) -> tuple[Number, ...]:
    """Return the record's ISBNs (020), ISSNs (022) and EANs (024), wrong ones left out."""
    trade = (field for field in record.all("024") if field.indicators[0] in "13")
    return numbers(
        isbns=_texts(record, "020", codes="az"),
        issns=_texts(record, "022", codes="a"),
        eans=[text for field in trade for text in field.all("a")],
    )


def _texts(record: MarcRecord, *tags: str, codes: str) -> list[str]:
    """Return the texts of these subfields of all fields with these tags."""
    return [_bare(text) for field in record.all(*tags) for text in field.all(codes)]


def _first(record: MarcRecord, tag: str, codes: str) -> list[str]:
    """Return the texts of these subfields of the first field with this tag."""
    return [_bare(text) for text in next((field.all(codes) for field in record.all(tag)), [])]


def _bare(text: str) -> str:
    """Return the text without the punctuation that leads over to the next subfield."""
    return text.rstrip(_PUNCTUATION)


def _unended(text: str) -> str:
    """Return the text without the full stop that ends a field, unless it abbreviates."""
    return text[:-1] if re.search(r"[^\W\d]{4}\.$|[)\]»\"']\.$", text) else text


def _original(record: MarcRecord) -> list[str]:
    """Titles in their own script (880 linked to 245)."""
    linked = (field for field in record.all("880") if field.first("6").startswith("245"))
    return [_bare(text) for field in linked for text in field.all("ab")]


def _author(record: MarcRecord) -> str:
    """The main author, and up to two beside; else the statement on the title."""
    named = (_name(field) for field in record.all("100", "110", "111", "700", "710"))
    names = list(dict.fromkeys(name for name in named if name))
    return ", ".join(names[:_MOST_AUTHORS]) or ", ".join(_first(record, "245", "c"))


def _name(field: MarcField) -> str:
    """« Jean Cayrol » for « Cayrol, Jean. »; bodies and titles of works stay as they are."""
    name = _bare(field.first("a"))
    if field.tag[1:] != "00" or field.first("t"):
        return "" if field.first("t") else name.removesuffix(".")
    family, comma, given = name.partition(", ")
    if not comma or field.indicators[0] == "0":
        return name.removesuffix(".") if len(name.rpartition(" ")[2]) > 2 else name
    given = given if re.search(r"\b\w\.$", given) else given.removesuffix(".")
    return given + family if given.endswith(("'", "’")) else f"{given} {family}"


def _published(record: MarcRecord, code: str) -> str:
    """Subfield of the publication statement; of several 264 the one of the publisher first."""
    fields = sorted(
        record.all("260", "264"),
        key=lambda field: field.tag == "264" and field.indicators[1] != "1",
    )
    return next((_bare(text) for field in fields if (text := field.first(code))), "")


def _year(coded: str, record: MarcRecord) -> int | None:
    """The first date of 008, or the first four digits of the date in words."""
    if re.fullmatch("[0-9]{4}", coded[7:11]) and 0 < int(coded[7:11]) < 9999:
        return int(coded[7:11])
    found = re.search("[12][0-9]{3}", _published(record, "c"))
    return int(found[0]) if found else None


def _language(coded: str, record: MarcRecord) -> str:
    for code in (coded[35:38].lower(), record.first("041", "a")[:3].lower()):
        if re.fullmatch("[a-z]{3}", code) and code not in {"und", "zxx", "mul"}:
            return code
    return ""


def _audience(record: MarcRecord, coded: str) -> Audience:
    said = coded[22:23] if record.leader[6:7] in _HAS_AUDIENCE else ""
    periodical = record.leader[7:8] in "bis"
    found = None if periodical else _AUDIENCES.get(said)
    return found or notes.audience(_texts(record, "521", codes="a"))


def _subject(field: MarcField) -> str:
    """A heading with its subdivisions: « Music -- History -- France »."""
    head = _name(field) if field.tag == "600" else _bare(field.first("a"))
    heads = [head or _bare(field.first("t"))]
    texts = [*heads, *(_bare(text) for text in field.all("vxyz"))]
    return " -- ".join(text.removesuffix(".") for text in texts if text)


def _series(record: MarcRecord) -> list[str]:
    """The series as they stand on the title (490, once 440), else their headings (830)."""
    fields = list(record.all("490", "440")) or list(record.all("830", "800"))
    named = [
        [*map(_bare, field.all("at")[-1:]), *map(_bare, field.all("v")[:1])] for field in fields
    ]
    return [", ".join(texts) for texts in named if texts]


def _kind(record: MarcRecord, coded: str) -> TitleKind:
    type_, level = record.leader[6:7], record.leader[7:8]
    kind = _KINDS.get(type_, TitleKind.OTHER)
    forms = _texts(record, "655", codes="a")
    if kind is TitleKind.BOOK:
        if level in {"b", "i", "s"}:
            return TitleKind.PERIODICAL
        comics = "6" in coded[24:28] or notes.names_comics([*forms, *_forms_of_subjects(record)])
        return TitleKind.COMIC if comics else kind
    if kind is TitleKind.SOFTWARE:
        subjects = _texts(record, "650", "653", codes="a")
        game = coded[26:27] == _GAME or notes.names_video_games([*forms, *subjects])
        return TitleKind.VIDEO_GAME if game else kind
    if type_ == "r" and coded[33:34] == _GAME:
        return TitleKind.BOARD_GAME
    return kind


def _forms_of_subjects(record: MarcRecord) -> list[str]:
    """Forms as subdivisions: « Aviators -- Comic books, strips, etc. »."""
    return _texts(record, "600", "650", "651", codes="v")


def _about_the_machine(record: MarcRecord) -> list[str]:
    """What names a console: 753 and 538 (requirements), the edition, or the title's own words."""
    return [
        *_texts(record, "753", "538", "250", "500", "655", codes="a"),
        *_first(record, "245", "bhs"),
    ]
