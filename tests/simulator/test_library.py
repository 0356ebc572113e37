import csv
import tomllib
import unicodedata
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from pymarc import MARCReader

from catalogue_api.domain.isbn import isbn13
from drivers.tags.content import Encoding, Usage, Warn
from drivers.tags.recognise import recognise
from simulator.library import build
from simulator.library.circulation import load_patrons
from simulator.library.numbers import OWNER, luhn
from simulator.library.tag_file import OURS, Strange
from simulator.library.works import Kind, load_works
from simulator.tags import load_tags

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("library"), TODAY, seed=7)


def rows(built, name):
    path = next(path for path in built.imports if path.name == name)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def contents(built):
    tags, _ = load_tags(built.tags)
    return {tag.name: (tag, recognise(bytes(tag.memory), tag.dsfid)) for tag in tags}


@pytest.mark.server
def test_the_same_seed_and_day_build_the_same_bytes(built, tmp_path):
    again = build(tmp_path / "again", TODAY, seed=7)
    for first, second in zip(
        (*built.imports, built.tags), (*again.imports, again.tags), strict=True
    ):
        assert first.read_bytes() == second.read_bytes()
    assert again.on_loan == built.on_loan


@pytest.mark.server
def test_another_seed_lends_other_copies_and_another_day_moves_the_dates(built, tmp_path):
    assert build(tmp_path / "a", TODAY, seed=8).on_loan != built.on_loan
    later = build(tmp_path / "b", TODAY + timedelta(7), seed=7)
    assert later.on_loan == built.on_loan
    assert later.imports[3].read_bytes() != built.imports[3].read_bytes()


def test_works_are_300_and_of_every_kind():
    works = load_works()
    assert len(works) == 300
    kinds = Counter(work.kind for work in works)
    assert set(kinds) == set(Kind)
    assert 18 <= kinds[Kind.GAME] <= 25
    assert all(work.pegi and work.platform for work in works if work.kind is Kind.GAME)
    assert {"L'Œuvre", "Les Frères Cœur-de-Lion", "Awlād ḥāratinā"} <= {w.title for w in works}
    assert [w.volume for w in works if w.title == "Persepolis"] == ["1", "2", "3", "4"]


def test_every_isbn_has_its_check_digit_and_stands_once():
    isbns = [work.isbn for work in load_works() if work.isbn]
    assert len(isbns) > 100
    assert [isbn for isbn in isbns if isbn13(isbn) != isbn] == []
    assert len(set(isbns)) == len(isbns)


def test_texts_are_tidy():
    for work in load_works():
        text = "|".join((work.title, work.subtitle, work.mark, *map(str, work.authors)))
        assert text == unicodedata.normalize("NFC", text)
        assert "  " not in text
        assert work.title == work.title.strip()
        assert work.title


@pytest.mark.parametrize(("digits", "check"), [("7992739871", "3"), ("3941600000001", "1")])
def test_luhn(digits, check):
    assert luhn(digits) == check


@pytest.mark.server
def test_the_catalogue_is_unimarc_that_pymarc_reads(built):
    with built.imports[1].open("rb") as stream:
        records = list(MARCReader(stream, force_utf8=True))
    assert None not in records
    assert len(records) == 300
    assert {record["100"]["a"][26:30] for record in records} == {"50  "}
    assert {len(record["100"]["a"]) for record in records} == {36}
    whole = built.imports[1].read_bytes()
    assert {record[9:10] for record in whole.split(b"\x1d")[:-1]} == {b" "}
    items = [field for record in records for field in record.get_fields("995")]
    assert len({field["f"] for field in items}) == len(items) == 600
    assert {field["b"] for field in items} == set(built.sites)
    assert any(field["b"] != field["c"] for field in items)
    by_title = {record["200"]["a"]: record for record in records}
    assert by_title["L'Écume des jours"]["700"]["a"] == "Vian"
    assert by_title["Le Lotus bleu"]["461"]["v"] == "5"


def test_numbers_of_copies_and_cards_cannot_be_confused(built):
    cards = {patron.card for patron in load_patrons()}
    assert len(cards) == 80
    assert all(len(number) == 14 and luhn(number[:-1]) == number[-1] for number in built.home)
    assert not cards & set(built.home)


def test_loans_and_holds(built):
    loans = rows(built, "loans.csv")
    open_loans = [loan for loan in loans if not loan["ended_at"]]
    assert len(open_loans) == 180
    assert len({loan["barcode"] for loan in loans}) == len(loans)
    assert set(built.on_loan) <= {loan["barcode"] for loan in open_loans}
    teacher = [loan["barcode"] for loan in open_loans if loan["card"] == built.teacher_card]
    assert sorted(teacher) == sorted(built.teacher)
    assert len(teacher) == 35
    late = {loan["barcode"] for loan in open_loans if loan["due_on"] < TODAY.isoformat()}
    assert set(built.late) <= late
    assert 10 <= len(built.late) <= 25
    for loan in loans:
        started = datetime.fromisoformat(loan["started_at"])
        assert started.tzinfo is not None
        assert started.date() < TODAY
        assert started.weekday() not in {0, 6}
        assert date.fromisoformat(loan["due_on"]).weekday() not in {0, 6}
    holds = rows(built, "reservations.csv")
    assert len(holds) == 25
    assert any(hold["site"] != built.home[hold["barcode"]] for hold in holds)
    assert len(built.wanted) >= 16
    assert set(built.wanted) <= set(built.on_loan)


def test_every_copy_has_a_tag_that_says_what_it_is(built):
    tags = contents(built)
    assert len(tags) == 603
    for barcode in built.on_loan:
        tag, content = tags[barcode]
        assert (content.item, content.owner, content.crc_ok) == (barcode, OWNER, True)
        assert content.warnings == ()
        assert (tag.uid, tag.afi) == (built.uids[barcode], 0xC2)
    assert {tags[barcode][0].afi for barcode in built.on_shelf} == {0x07}


def test_strange_tags_are_what_they_are_called(built):
    tags = contents(built)
    said = {kind: tags[kind][1] for kind in Strange}
    assert said[Strange.FOREIGN].owner not in {"", OWNER}
    assert said[Strange.PATRON_CARD].usage is Usage.PATRON_CARD
    assert said[Strange.BLANK].encoding is Encoding.BLANK
    assert Warn.BAD_CRC in said[Strange.DAMAGED_CRC].warnings
    assert said[Strange.NO_OWNER].owner == ""
    assert tags[Strange.AFI_LOCKED][0].afi_locked
    assert Warn.SWAPPED_NIBBLES in said[Strange.SWAPPED_NIBBLES].warnings
    assert said[Strange.SWAPPED_NIBBLES].crc_ok
    assert {kind: said[kind].item for kind in OURS} == dict(built.strange_items)
    assert not set(built.strange_items.values()) & set(built.on_loan)
    assert tomllib.loads(built.tags.read_text())["tag"][0]["laid"] is False
