"""The demo library as UNIMARC: ISO 2709 records with their items in 995, in Koha's dialect.

Written with pymarc. UNIMARC says its character set in 100$a (`50` is UTF-8); leader position 9,
which MARC 21 uses for that, is undefined and stays blank.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pymarc import Field, Indicators, Leader, Record, Subfield

from simulator.library.numbers import OWNER
from simulator.library.stock import SITES, Copy
from simulator.library.works import Author, Kind, Reader, Work

_LEADERS = {
    Kind.BOOK: "nam",
    Kind.COMIC: "nam",
    Kind.FILM: "ngm",
    Kind.MUSIC: "njm",
    Kind.GAME: "nlm",
    Kind.PERIODICAL: "nas",
}
"""Leader positions 5 to 7: new record, type of material, monograph or serial."""

_EXTENTS = {
    Kind.BOOK: "1 vol.",
    Kind.COMIC: "1 vol.",
    Kind.FILM: "1 DVD vidéo",
    Kind.MUSIC: "1 disque compact",
    Kind.GAME: "1 jeu",
    Kind.PERIODICAL: "1 fascicule",
}
_GENRES = {Kind.COMIC: "Bandes dessinées", Kind.GAME: "Jeux vidéo"}
_ITEM_TYPES = {
    Kind.BOOK: "LIV",
    Kind.COMIC: "BD",
    Kind.FILM: "DVD",
    Kind.MUSIC: "CD",
    Kind.GAME: "JV",
    Kind.PERIODICAL: "REV",
}
CONTENTS = {Kind.FILM: "1 disque", Kind.GAME: "1 boîtier, 1 jeu", Kind.MUSIC: "1 disque, 1 livret"}
_AUDIENCES = {Reader.ADULT: "m", Reader.TEENAGER: "e", Reader.CHILD: "a"}
_AUTHOR, _SCRIPTWRITER, _ARTIST, _DIRECTOR, _PERFORMER = "070", "690", "440", "300", "590"
"""Relator codes of $4 (UNIMARC, appendix C)."""


def write_unimarc(path: Path, copies: Sequence[Copy], at: Mapping[str, str]) -> None:
    """Write one record for each work, with its copies; `at` is where a barcode is now."""
    grouped: defaultdict[Work, list[Copy]] = defaultdict(list)
    for copy in copies:
        grouped[copy.work].append(copy)
    with path.open("wb") as stream:
        for work, of_work in grouped.items():
            stream.write(_record(work, of_work, at).as_marc())


def _record(work: Work, copies: Iterable[Copy], at: Mapping[str, str]) -> Record:
    record = Record(to_unicode=False, force_utf8=True)
    record.leader = Leader(f"     {_LEADERS[work.kind]}0 22        450 ")  # pymarc marks it MARC 21
    address = f"https://catalogue.cachan.example/notice/{work.control_number}"
    record.fields += [
        Field("001", data=work.control_number),
        Field("003", data=address),
        *_coded(work),
        *_description(work),
        *_links(work),
        *_names(work),
        _field("801", " 0", a="FR", b=OWNER, g="AFNOR"),
        *(_item(copy, at.get(copy.barcode, copy.home)) for copy in copies),
    ]
    return record


def _coded(work: Work) -> Iterator[Field]:
    if work.isbn:
        yield _field("010", a=work.isbn)
    audience = _AUDIENCES[work.audience]
    yield _field("100", a=f"20260105d{work.year}    {audience}  y0frey50      ba")
    yield _field("101", "0 ", a=work.language)


def _description(work: Work) -> Iterator[Field]:
    part = "" if work.series else work.volume
    first, others = _responsibility(work)
    yield _field("200", "1 ", a=work.title, h=part, e=work.subtitle, f=first, g=others)
    yield _field("214", " 0", c=work.publisher, d=str(work.year))
    yield _field("215", a=_EXTENTS[work.kind])
    if work.collection:
        name, _, number = work.collection.partition(" ; ")
        yield _field("225", a=name, v=number)
    if work.series:
        yield _field("225", a=work.series, v=work.volume)
    if work.pegi:
        yield _field("333", a=f"PEGI {work.pegi}")
    if work.platform:
        yield _field("337", a=f"Console {work.platform}")


def _links(work: Work) -> Iterator[Field]:
    if work.series and work.volume:
        yield _field("461", " 0", t=work.series, v=work.volume)
    if genre := _GENRES.get(work.kind):
        yield _field("608", a=genre, **{"2": "rameau"})


def _names(work: Work) -> Iterator[Field]:
    for place, author in enumerate(work.authors):
        tag = "700" if place == 0 else "701"
        yield _field(
            tag, " 1", a=author.family, b=author.given, **{"4": _relator(work.kind, place, work)}
        )
    if not work.authors and work.kind in {Kind.GAME, Kind.PERIODICAL} and work.publisher:
        yield _field("712", "02", a=work.publisher, **{"4": "650"})


def _relator(kind: Kind, place: int, work: Work) -> str:
    if kind is Kind.COMIC and len(work.authors) > 1:
        return _SCRIPTWRITER if place == 0 else _ARTIST
    return {Kind.FILM: _DIRECTOR, Kind.MUSIC: _PERFORMER}.get(kind, _AUTHOR)


def _responsibility(work: Work) -> tuple[str, str]:
    """The statement of responsibility: 200$f and, for who drew a comic, $g."""
    names = ", ".join(str(author) for author in work.authors)
    if work.kind is Kind.FILM:
        return f"réalisé par {names}", ""
    if work.kind is Kind.COMIC and len(work.authors) > 1:
        writer, *artists = work.authors
        return f"scénario {writer}", f"dessin {_listed(artists)}"
    return names, ""


def _listed(authors: Iterable[Author]) -> str:
    return ", ".join(str(author) for author in authors)


def _item(copy: Copy, site: str) -> Field:
    """One copy: withdrawn, lost and damaged (0, 2, 4) and not for loan (o) are all no."""
    kind = copy.work.kind
    return _field(
        "995",
        **{"0": "0", "2": "0", "4": "0"},
        a=SITES[copy.home],
        b=copy.home,
        c=site,
        f=copy.barcode,
        k=copy.work.mark,
        l=CONTENTS.get(kind, ""),
        o="0",
        r=_ITEM_TYPES[kind],
    )


def _field(tag: str, indicators: str = "  ", /, **subfields: str) -> Field:
    """Make a data field of the subfields that say something, in the order given."""
    return Field(
        tag,
        indicators=Indicators(*indicators),
        subfields=[Subfield(code, value) for code, value in subfields.items() if value],
    )
