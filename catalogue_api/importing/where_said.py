"""Where UNIMARC and MARC 21 say what of a title: what is read there, and what is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.domain.isbn import Number
from catalogue_api.importing import made_records, marc21, unimarc
from catalogue_api.importing.made_records import WRITTEN_MARC21, WRITTEN_UNIMARC
from catalogue_api.importing.marc_record import MarcRecord
from catalogue_api.importing.records import Description


@dataclass(frozen=True, slots=True)
class Places:
    """Where a format says something of a title.

    `read`: the subfields that say it, by name; `lines`: the fields of which each says one line;
    `written`: the field and subfield for a new text. `coded`: the tag of the field of fixed
    positions, `at` what stands where in it; then `read` has what says the same in words.
    `not_authors`: the tags of names of which the author is made, and those as which they are
    contributors only. `numbers`: the tags of the numbers of the trade.
    """

    describe: Callable[[MarcRecord], Description]
    numbers_of: Callable[[MarcRecord], tuple[Number, ...]]
    read: Mapping[str, tuple[tuple[str, str], ...]]
    lines: Mapping[str, tuple[str, ...]]
    written: Mapping[str, tuple[str, str]]
    coded: str
    at: Mapping[str, slice]
    not_authors: Mapping[str, str]
    numbers: frozenset[str]


PLACES = {
    RecordFormat.UNIMARC: Places(
        describe=unimarc.describe,
        numbers_of=unimarc.numbers_of,
        read={
            "title": (("200", "a"),),
            "subtitle": (("200", "e"),),
            "volume": (("200", "hi"), ("461", "v")),
            "author": (("200", "f"),),
            "publisher": (("210", "c"), ("214", "c"), ("219", "c")),
            "summary": (("330", "a"),),
            "extent": (("215", "acde"),),
            "platform": (("337", "a"), ("230", "a"), ("336", "a")),
            "language": (("101", "a"),),
            "year": (("210", "d"), ("214", "d"), ("219", "d")),
            "audience": (("333", "a"),),
        },
        lines={
            "contributors": unimarc.NAMES,
            "other_titles": unimarc.OTHER_TITLES,
            "subjects": unimarc.SUBJECTS,
            "series": ("225", "410"),
        },
        written={**WRITTEN_UNIMARC, "language": ("101", "a"), "platform": ("337", "a")},
        coded="100",
        at={"year": slice(9, 13), "audience": slice(17, 18)},
        not_authors={"700": "702", "701": "702", "710": "712", "711": "712"},
        numbers=frozenset(made_records.NUMBERS[RecordFormat.UNIMARC].values()),
    ),
    RecordFormat.MARC21: Places(
        describe=marc21.describe,
        numbers_of=marc21.numbers_of,
        read={
            "title": (("245", "a"),),
            "subtitle": (("245", "b"),),
            "volume": (("245", "np"),),
            "author": (("245", "c"),),
            "publisher": (("260", "b"), ("264", "b")),
            "summary": (("520", "ab"),),
            "extent": (("300", "abce"),),
            "platform": (("753", "a"), ("538", "a")),
            "language": (("041", "a"),),
            "year": (("260", "c"), ("264", "c")),
            "audience": (("521", "a"),),
        },
        lines={
            "contributors": marc21.NAMES,
            "other_titles": (*marc21.OTHER_TITLES, "880"),
            "subjects": marc21.SUBJECTS,
            "series": ("490", "440", "830", "800"),
        },
        written={**WRITTEN_MARC21, "platform": ("753", "a")},
        coded="008",
        at={"year": slice(7, 11), "audience": slice(22, 23), "language": slice(35, 38)},
        not_authors=dict.fromkeys(("100", "110", "111", "700", "710"), "720"),
        numbers=frozenset(made_records.NUMBERS[RecordFormat.MARC21].values()),
    ),
}
