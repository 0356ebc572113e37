"""What a UNIMARC record says of a title (UNIMARC manual, bibliographic format)."""

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from catalogue_api.domain.collection import Audience, NumberKind, TitleKind
from catalogue_api.domain.isbn import Number, numbers
from catalogue_api.importing import notes
from catalogue_api.importing.marc_record import MarcField, MarcRecord
from catalogue_api.importing.parts import contents
from catalogue_api.importing.records import Description
from catalogue_api.importing.text import in_lines

_MOST_AUTHORS = 3
NAMES = ("700", "701", "702", "710", "711", "712", "720")
SUBJECTS = ("600", "601", "602", "604", "605", "606", "607", "608", "610")
OTHER_TITLES = ("500", "503", "510", "512", "517", "518", "532", "540", "541")

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


def describe(record: MarcRecord) -> Description:
    """Return what the record says of its title; an empty title if it names none."""
    coded = record.coded("100", "a")
    kind = _kind(record)
    said = [text for field in record.all("333", "300", "310", "316") for text in field.all("a")]
    game = kind is TitleKind.VIDEO_GAME
    pieces, count = contents(_texts(record, "215", codes="a"), _texts(record, "215", codes="e"))
    isbns = (number for kind_, number in numbers_of(record) if kind_ is NumberKind.ISBN)
    title = " ; ".join(_first(record, "200", "a"))
    return Description(
        title=title,
        subtitle=" : ".join(_first(record, "200", "e")),
        volume=_volume(record, title),
        author=_author(record),
        contributors=in_lines(_name(field) for field in record.all(*NAMES)),
        other_titles=in_lines(_texts(record, *OTHER_TITLES, codes="a")),
        publisher=_published(record, "c"),
        year=_year(coded, record),
        isbn=next(isbns, ""),
        language=_language(record),
        kind=kind,
        audience=_AUDIENCES.get(coded[17:18]) or notes.audience(_texts(record, "333", codes="a")),
        subjects=in_lines(filter(None, map(_subject, record.all(*SUBJECTS)))),
        series=in_lines(_series(record)),
        summary=" ".join(_texts(record, "330", codes="a")),
        extent=_extent(record),
        contents=pieces,
        parts_count=count,
        pegi_age=notes.pegi_age(said, game=game),
        platform=notes.platform(_about_the_machine(record)) if game else "",
    )


def control_number(record: MarcRecord) -> str:
    """Return field 001, or 090 $a where Koha keeps its own number."""
    return record.first("001") or record.first("090", "a")


def source_of(record: MarcRecord) -> str:
    """Return the host of the record's permanent address (003), or what else 003 says.

    The same numbers are given out by every catalogue: a source keeps them apart.
    """
    address = record.first("003")
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def numbers_of(record: MarcRecord) -> tuple[Number, ...]:
    """Return the record's ISBNs (010), ISSNs (011) and EANs (073), wrong ones left out."""
    return numbers(
        isbns=_texts(record, "010", codes="az"),
        issns=_texts(record, "011", codes="a"),
        eans=_texts(record, "073", codes="a"),
    )


def _texts(record: MarcRecord, *tags: str, codes: str) -> list[str]:
    """Return the texts of these subfields of all fields with these tags."""
    return [text for field in record.all(*tags) for text in field.all(codes)]


def _first(record: MarcRecord, tag: str, codes: str) -> list[str]:
    """Return the texts of these subfields of the first field with this tag."""
    return next((field.all(codes) for field in record.all(tag)), [])


def _volume(record: MarcRecord, title: str) -> str:
    """Number and name of the part (200 $h $i), or the place in a series of volumes (461 $t $v)."""
    if parts := _first(record, "200", "hi"):
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
    given = field.first("b") if field.tag in {"700", "701", "702"} else ""
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


def _language(record: MarcRecord) -> str:
    code = record.first("101", "a").lower()
    return code if re.fullmatch("[a-z]{3}", code) else ""


def _subject(field: MarcField) -> str:
    """A heading with its subdivisions: « Musique -- Histoire -- France »."""
    if field.tag in {"600", "602"}:
        name = _name(MarcField("700", subfields=field.subfields))
        return " -- ".join(filter(None, (name, *field.all("xyz"))))
    return " -- ".join(field.all("ajxyz"))


def _series(record: MarcRecord) -> list[str]:
    """The series as they stand on the title (225), else those it is linked to (410)."""
    named = [(field.all("ai"), field.first("v")) for field in record.all("225")] or [
        (field.all("t"), field.first("v")) for field in record.all("410")
    ]
    return [", ".join([*names, *filter(None, [number])]) for names, number in named if names]


def _extent(record: MarcRecord) -> str:
    """« 1 vol. (158 p.) : ill. ; 19 cm + 1 dépl. » of the first description."""
    before = {"a": "", "c": " : ", "d": " ; ", "e": " + "}
    said = ""
    for field in record.all("215"):
        for code, _ in field.subfields:
            if (text := field.first(code)) and code in before and text not in said:
                said += (before[code] if said else "") + text
        break
    return said


def _kind(record: MarcRecord) -> TitleKind:
    kind = _KINDS.get(record.leader[6:7], TitleKind.OTHER)
    forms = _texts(record, "608", codes="a")
    if kind is TitleKind.BOOK:
        if record.leader[7:8] == "s":
            return TitleKind.PERIODICAL
        return TitleKind.COMIC if notes.names_comics(forms) else kind
    games = [*forms, *_texts(record, "606", "610", codes="ax"), *_texts(record, "200", codes="b")]
    electronic = kind in {TitleKind.SOFTWARE, TitleKind.OTHER}
    if electronic and (notes.names_video_games(games) or _is_rated_for_a_console(record)):
        return TitleKind.VIDEO_GAME
    return kind


def _is_rated_for_a_console(record: MarcRecord) -> bool:
    """Many records of games have no form; but nothing else has a PEGI age and a console."""
    said = _texts(record, "333", "300", codes="a")
    rated = notes.pegi_age(said, game=False) is not None
    return rated and bool(notes.platform(_about_the_machine(record)))


def _about_the_machine(record: MarcRecord) -> Sequence[str]:
    """What names a console: 230 and 336 (file), 337 (requirements), or the title's own words."""
    texts: Iterable[str] = _texts(
        record, "230", "336", "337", "304", "300", "608", "205", codes="a"
    )
    return [*texts, *_first(record, "200", "be"), *_texts(record, "215", codes="a")]
