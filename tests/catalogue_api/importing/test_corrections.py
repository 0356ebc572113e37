"""What staff corrected goes into the exported record; read again it says that, and no more."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_made import CODED, MARC21, marc21, unimarc

from catalogue_api.domain.collection import Audience, NumberKind, RecordFormat, TitleKind
from catalogue_api.importing.correcting import CORRECTED, NUMBERS, corrected
from catalogue_api.importing.iso_records import read_record
from catalogue_api.importing.made_records import FORMS, LINES, made_record
from catalogue_api.importing.marc21 import describe as describe_marc21
from catalogue_api.importing.marc21 import numbers_of as numbers_of_marc21
from catalogue_api.importing.marc_record import MarcRecord
from catalogue_api.importing.records import Description
from catalogue_api.importing.unimarc import describe as describe_unimarc
from catalogue_api.importing.unimarc import numbers_of as numbers_of_unimarc

RICH_UNIMARC = unimarc(
    "001 42", "003 http://catalogue.bnf.fr/ark:/12148/cb1", "010 $a2-07-036002-4$bbr.$d7 EUR",
    "073 $a9782070360024", "101 $afre", "200#1  $aL'Étranger$eroman$fAlbert Camus",
    "210 $aParis$cGallimard$d1942", "215 $a1 vol. (158 p.)$d19 cm", "225 $aFolio$v2",
    "330 $aUn résumé.", "333 $aPublic adulte", "461 $tOeuvres$v3",
    "606 $3027226537$aEtrangers$xRoman$2rameau", "610 $aAlgérie",
    "676 $a843$v22", "700 $311894985$aCamus$bAlbert$4070", "702 $aCruz$bJosé$4340",
    "801 $aFR$bBNF", "995 $bMED$fC1",
)  # fmt: skip
RICH_MARC21 = marc21(
    "001 42", "020 $a9782070360024 (br.)", "041#1  $afre$heng", "082 $a843",
    "100#1  $aCamus, Albert,",
    "245#10 $aL'Étranger :$broman /$cAlbert Camus.", "264# 1 $aParis :$bGallimard,$c1942.",
    "300 $a158 p. ;$c19 cm.", "490 $aFolio ;$v2", "520 $aUn résumé.", "521 $aAdulte",
    "650#07 $aÉtrangers$vRoman.", "700#1  $aCruz, José.", "952 $pC1",
)  # fmt: skip
FORMATS = {
    RecordFormat.UNIMARC: (RICH_UNIMARC, describe_unimarc, numbers_of_unimarc),
    RecordFormat.MARC21: (RICH_MARC21, describe_marc21, numbers_of_marc21),
}
OTHER = {
    "kind": TitleKind.COMIC, "title": "L’Étrangère", "subtitle": "", "volume": "Tome 2",
    "author": "Camus, A.", "contributors": "Albert Camus\nCatherine Camus",
    "other_titles": "The Stranger\nDer Fremde", "publisher": "Folio Junior", "year": 1971,
    "language": "ita", "audience": Audience.YOUNG, "series": "Écoutez lire", "summary": "Autre.",
    "extent": "1 vol. (200 p.)", "subjects": "Etrangers -- Roman\nPeste", "pegi_age": None,
    "platform": "",
}  # fmt: skip
GONE = {
    "volume": "", "author": "", "contributors": "", "publisher": "", "year": None, "language": "",
    "audience": Audience.ANYONE, "series": "", "summary": "", "extent": "", "subjects": "",
}  # fmt: skip


def rich(format_: RecordFormat) -> tuple[MarcRecord, Description, dict[str, NumberKind]]:
    data, describe, numbers_of = FORMATS[format_]
    record = read_record(data, format_).record
    return record, describe(record), {number: kind for kind, number in numbers_of(record)}


def says(record: MarcRecord, format_: RecordFormat, said: Description) -> None:
    """Fail unless the record says this of everything."""
    now = FORMATS[format_][1](record)
    for name in set(CORRECTED) - {NUMBERS}:
        mine, theirs = getattr(now, name), getattr(said, name)
        if name in LINES:  # a form, which makes the kind, is read as a subject too
            mine, theirs = (
                set(text.split("\n")) - {"", *FORMS.values()} for text in (mine, theirs)
            )
        assert mine == theirs, name


@pytest.mark.parametrize("format_", list(FORMATS))
@pytest.mark.parametrize("change", [*OTHER.items(), *GONE.items()], ids=str)
def test_one_correction_is_read_again_and_nothing_else_is_touched(format_, change) -> None:
    record, before, numbers = rich(format_)
    said = replace(before, **dict([change]))
    found = corrected(record, format_, said, numbers, {change[0]})
    says(found, format_, said)
    untouched = {"001", "003", "676", "082", "801", "952", "995", "010", "020", "073"}
    for tag in untouched:
        assert list(found.all(tag)) == list(record.all(tag)), tag


@pytest.mark.server
@pytest.mark.parametrize("format_", list(FORMATS))
@settings(max_examples=40, deadline=None)
@given(names=st.sets(st.sampled_from(sorted(OTHER))), gone=st.sets(st.sampled_from(sorted(GONE))))
def test_any_corrections_together_are_read_again(format_, names, gone) -> None:
    record, before, numbers = rich(format_)
    said = replace(before, **{name: OTHER[name] for name in names} | {n: GONE[n] for n in gone})
    found = corrected(record, format_, said, numbers, names | gone)
    says(found, format_, said)
    again = corrected(found, format_, said, numbers, names | gone)
    assert again == found


@pytest.mark.parametrize("format_", list(FORMATS))
def test_a_record_of_which_nothing_was_corrected_is_the_very_same(format_) -> None:
    record, before, numbers = rich(format_)
    assert corrected(record, format_, before, numbers, set(CORRECTED)) == record
    stale = replace(before, title="As an older release read it", year=1900)
    assert corrected(record, format_, stale, numbers, {"publisher"}) == record


@pytest.mark.parametrize("format_", list(FORMATS))
def test_authorities_stay_where_the_heading_stays(format_) -> None:
    record, before, numbers = rich(format_)
    said = replace(before, subjects=before.subjects + "\nPeste")
    found = corrected(record, format_, said, numbers, {"subjects"})
    assert set(record.fields) < set(found.fields)
    assert len(found.fields) == len(record.fields) + 1


@pytest.mark.parametrize("format_", list(FORMATS))
def test_numbers_are_corrected_and_the_price_beside_one_stays(format_) -> None:
    record, before, numbers = rich(format_)
    more = numbers | {"9782070368228": NumberKind.ISBN, "1234-5679": NumberKind.ISSN}
    found = corrected(record, format_, before, more, {NUMBERS})
    read = {number for _, number in FORMATS[format_][2](found)}
    assert read == set(more)
    assert set(record.fields) < set(found.fields)
    none = corrected(record, format_, before, {}, {NUMBERS})
    assert FORMATS[format_][2](none) == ()


@pytest.mark.parametrize("format_", list(FORMATS))
def test_a_game_gets_its_age_and_console(format_) -> None:
    record, before, numbers = rich(format_)
    said = replace(before, kind=TitleKind.VIDEO_GAME, pegi_age=12, platform="Nintendo Switch")
    found = corrected(record, format_, said, numbers, {"kind", "pegi_age", "platform"})
    says(found, format_, said)
    other = replace(said, pegi_age=16, platform="PlayStation 5")
    says(corrected(found, format_, other, numbers, {"pegi_age", "platform"}), format_, other)


@pytest.mark.parametrize("format_", list(FORMATS))
def test_a_record_made_at_the_desk_names_its_contributors(format_) -> None:
    said = Description(title="Un", author="Ana", contributors="Bo\nCy")
    made = made_record(format_, "desk-1", said, {})
    assert FORMATS[format_][1](made).contributors.split("\n") == ["Bo", "Cy"]


def test_a_record_without_coded_fields_gets_them() -> None:
    for format_, lines, leader in (
        (RecordFormat.UNIMARC, ("001 1", "200 $aX"), None),
        (RecordFormat.MARC21, ("001 1", "245 $aX"), MARC21),
    ):
        data = unimarc(*lines) if leader is None else marc21(*lines, coded=CODED)
        record = read_record(data, format_).record
        kept = tuple(one for one in record.fields if one.tag not in {"100", "008"})
        bare = MarcRecord(record.leader, kept)
        describe = FORMATS[format_][1]
        said = replace(describe(bare), year=1999, audience=Audience.CHILD, language="spa")
        found = corrected(bare, format_, said, {}, {"year", "audience", "language"})
        says(found, format_, said)
