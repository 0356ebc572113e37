"""What staff corrected at a title goes into its record: read again, that says what they said.

Only the fields and subfields from which a corrected thing is read are touched; whatever else the
record says (authority numbers, notes, local fields) stays as it came, in its order.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from catalogue_api.domain.collection import NumberKind, RecordFormat, TitleKind
from catalogue_api.importing.made_records import LINES, made_record
from catalogue_api.importing.marc_record import MarcField, MarcRecord
from catalogue_api.importing.notes import names_comics, names_video_games, pegi_age
from catalogue_api.importing.records import Description
from catalogue_api.importing.where_said import PLACES, Places

Numbers = Mapping[str, NumberKind]
NUMBERS = "numbers"
"""The name of the numbers of the trade, beside those of the columns of a title."""

CORRECTED = (
    "kind", "title", "subtitle", "volume", "author", "contributors", "other_titles", "publisher",
    "year", "language", "audience", "series", "summary", "extent", "subjects", "pegi_age",
    "platform", NUMBERS,
)  # fmt: skip
"""What is put right, in this order: the kind first, since it decides how other things are read."""

_MOST_ROUNDS = 4
"""What is put right may put something else wrong: an author that goes was a contributor, too."""

_AGES = {"300", "310", "316", "333", "500", "521", "586"}
_FORMS = {"608", "655"}


def corrected(
    record: MarcRecord,
    format_: RecordFormat,
    said: Description,
    numbers: Numbers,
    names: Collection[str],
) -> MarcRecord:
    """Return the record with what is said under these names (some of `CORRECTED`) put into it.

    What was read rightly before, and would not be beside what is put there, is put right too.
    """
    work = _Correcting(PLACES[format_], said, numbers, made_record(format_, "", said, numbers))
    right = {name for name in CORRECTED if work.says(record, name)}
    for _ in range(_MOST_ROUNDS):
        wrong = [name for name in CORRECTED if not work.says(record, name)]
        for name in wrong:
            if name in names or name in right:
                record = work.put(record, name)
    return record


@dataclass(frozen=True, slots=True)
class _Correcting:
    """What is to be said, and where; `made` is a record that says nothing else."""

    places: Places
    said: Description
    numbers: Numbers
    made: MarcRecord

    def says(self, record: MarcRecord, name: str) -> bool:
        """Tell whether the record says it already; several of something in any order."""
        if name == NUMBERS:
            return {number for _, number in self.places.numbers_of(record)} == set(self.numbers)
        now, then = (getattr(one, name) for one in (self.places.describe(record), self.said))
        if name not in LINES:
            return bool(now == then)
        # A form is read as a subject too: what the kind needs is no wrong subject.
        mine, theirs = (
            {line for line in _lines(text) if name != "subjects" or not _are_forms([line])}
            for text in (now, then)
        )
        return mine == theirs

    def put(self, record: MarcRecord, name: str) -> MarcRecord:
        """Return the record saying it."""
        if name in LINES:
            return self._put_lines(record, name)
        if name == NUMBERS:
            return self._put_numbers(record)
        if name in self.places.at:
            return self._put_coded(record, name)
        if name == "kind":
            return self._put_kind(record)
        if name == "pegi_age":
            return self._put_age(record)
        if name == "author":
            tags = self.places.not_authors
            record = _with(
                record, (replace(one, tag=tags.get(one.tag, one.tag)) for one in record.fields)
            )
        return self._put_text(record, name)

    def _put_text(self, record: MarcRecord, name: str) -> MarcRecord:
        record = _without(record, self.places.read[name])
        text = getattr(self.said, name)
        if not text:
            return record
        tag, code = self.places.written[name]
        found = list(record.fields)
        for place, one in enumerate(found):
            if one.tag == tag:
                pair, first = (code, text), name == "title"
                pairs = (pair, *one.subfields) if first else (*one.subfields, pair)
                found[place] = replace(one, subfields=pairs)
                return _with(record, found)
        return _with_fields(record, [MarcField(tag, subfields=((code, text),))])

    def _put_lines(self, record: MarcRecord, name: str) -> MarcRecord:
        tags, missing = self.places.lines[name], list(_lines(getattr(self.said, name)))
        wanted, kept = set(missing), list[MarcField]()
        for one in record.fields:
            alone = MarcRecord(record.leader, (one,))
            read = _lines(getattr(self.places.describe(alone), name)) if one.tag in tags else ()
            if not read or set(read) <= wanted or _names_a_form(one):
                kept.append(one)
                missing = [line for line in missing if line not in read]
        tag, code = self.places.written[name]
        new = [MarcField(tag, subfields=((code, line),)) for line in missing]
        return _with_fields(_with(record, kept), new)

    def _put_numbers(self, record: MarcRecord) -> MarcRecord:
        kept, there = list[MarcField](), set[str]()
        for one in record.fields:
            alone = MarcRecord(record.leader, (one,))
            read = {number for _, number in self.places.numbers_of(alone)}
            if read <= set(self.numbers):
                kept.append(one)
                there |= read
        new = (
            one
            for one in self.made.fields
            if one.tag in self.places.numbers and one.first("a") not in there
        )
        return _with_fields(_with(record, kept), new)

    def _put_coded(self, record: MarcRecord, name: str) -> MarcRecord:
        tag, at = self.places.coded, self.places.at[name]
        (made,) = self.made.all(tag)
        found = list(record.fields)
        for place, one in enumerate(found):
            if one.tag == tag:
                found[place] = _recoded(one, made, at)
                break
        else:
            return _with_fields(record, [made])
        record = _with(record, found)
        return record if self.says(record, name) else _without(record, self.places.read[name])

    def _put_kind(self, record: MarcRecord) -> MarcRecord:
        """Type and level in the leader, and the form that tells games and comics from others."""
        made = self.made
        leader = record.leader[:6] + made.leader[6:8] + record.leader[8:]
        kept = (one for one in record.fields if not _names_a_form(one))
        forms = (one for one in made.fields if _names_a_form(one))
        return _with_fields(MarcRecord(leader, tuple(kept)), forms)

    def _put_age(self, record: MarcRecord) -> MarcRecord:
        game = self.said.kind is TitleKind.VIDEO_GAME
        kept = (
            one
            for one in record.fields
            if one.tag not in _AGES or pegi_age(one.all("a"), game=game) is None
        )
        new = [one for one in self.made.fields if one.first("a").startswith("PEGI ")]
        return _with_fields(_with(record, kept), new)


def _names_a_form(field: MarcField) -> bool:
    """Tell whether a field is what makes a comic or a video game of a record."""
    return field.tag in _FORMS and _are_forms(field.all("a"))


def _are_forms(texts: Iterable[str]) -> bool:
    said = list(texts)
    return names_comics(said) or names_video_games(said)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split("\n")))


def _with(record: MarcRecord, fields: Iterable[MarcField]) -> MarcRecord:
    return MarcRecord(record.leader, tuple(fields))


def _without(record: MarcRecord, read: Collection[tuple[str, str]]) -> MarcRecord:
    """Return the record without these subfields, and without the fields that they leave empty."""
    kept: list[MarcField] = []
    for one in record.fields:
        codes = "".join(of for tag, of in read if tag == one.tag)
        pairs = tuple(pair for pair in one.subfields if pair[0] not in codes)
        if pairs or not one.subfields:
            kept.append(replace(one, subfields=pairs))
    return _with(record, kept)


def _with_fields(record: MarcRecord, new: Iterable[MarcField]) -> MarcRecord:
    """Return the record with more fields, each behind all of its tag and of lower ones."""
    found = list(record.fields)
    for one in new:
        behind = [place for place, other in enumerate(found, 1) if other.tag <= one.tag]
        found.insert(max(behind, default=0), one)
    return _with(record, found)


def _recoded(field: MarcField, made: MarcField, at: slice) -> MarcField:
    """Return a field of fixed positions with what another one has at some of them."""
    if not field.subfields:
        return replace(field, data=_spliced(field.data, made.data, at))
    pairs = tuple(
        (code, _spliced(text, made.subfields[0][1], at) if code == "a" else text)
        for code, text in field.subfields
    )
    return replace(field, subfields=pairs)


def _spliced(text: str, other: str, at: slice) -> str:
    padded = f"{text:{at.stop}}"
    return padded[: at.start] + other[at] + padded[at.stop :]
