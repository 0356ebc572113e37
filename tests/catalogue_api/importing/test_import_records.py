"""What becomes of records in the database: joining, changing, striking, pieces, profiles."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from records_made import UNIMARC, marc21, title, unimarc
from sqlalchemy import text

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.file_import import ImportSettings
from catalogue_api.importing.profiles import BUILT_IN, profiles_of
from catalogue_api.importing.report import Count
from catalogue_api.importing.running import import_files
from catalogue_api.settings import ProfileSettings, SettingsError, read_settings
from catalogue_api.storage.engine.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def database(database_url):
    database = Database(database_url, threads=0)
    yield database
    database.close()


@pytest.fixture
def bring(database, tmp_path):
    """Import records from a file of their own; the counts that are not 0, and the report."""

    def bring(*records, **settings):
        path = tmp_path / "some.mrc"
        path.write_bytes(b"".join(records))
        report = import_files([path], database.write_now, ImportSettings(PARIS, NOW, **settings))
        return {count.value: n for count, n in report.counts.items() if n}, report

    return bring


def rows(database, sql):
    found = database.read_now(lambda session: session.connection().execute(text(sql)).all())
    return [tuple(row) for row in found]


def write(database, sql):
    database.write_now(lambda session: session.connection().execute(text(sql)))


def book(number, *lines, source="a.example", **options):
    return unimarc(f"001 {number}", f"003 http://{source}/{number}", *lines, **options)


DUNE = ("010 $a2-07-036002-4", "200 $aDune$fFrank Herbert")
OTHER_DUNE = ("010 $a9782070360024", "200 $aDune, roman$fF. Herbert")


def test_a_record_of_another_catalogue_joins_the_title_with_its_isbn(database, bring):
    bring(book(1, *DUNE, "995 $bA$fA1"))
    counts, _ = bring(book(77, *OTHER_DUNE, "995 $bB$fB1", source="b.example"))
    assert counts == {"records": 1, "titles_joined": 1, "items_new": 1, "sites_new": 1}
    assert rows(database, "SELECT title, control_number FROM titles") == [("Dune", "1")]
    assert rows(database, "SELECT barcode, title_id FROM items ORDER BY 1") == [
        ("A1", 1), ("B1", 1),
    ]  # fmt: skip
    again, _ = bring(book(77, *OTHER_DUNE, "995 $bB$fB1", source="b.example"))
    assert again == {"records": 1}
    changed, _ = bring(book(77, *OTHER_DUNE, "995 $bB$fB1$kSF HER", source="b.example"))
    assert changed == {"records": 1, "items_updated": 1}
    assert rows(database, "SELECT title, version FROM titles") == [("Dune", 1)]


@pytest.mark.parametrize(
    ("other", "settings"),
    [
        (book(2, *OTHER_DUNE), {}),
        (book(2, *OTHER_DUNE, source="b.example"), {"match_isbn": False}),
        (book(2, "010 $a2070360024", "200 $aDune$h2", source="b.example"), {}),
        (book(2, *OTHER_DUNE, source="b.example", leader="     nim0 22        450 "), {}),
    ],
)
def test_the_same_catalogue_another_volume_and_another_kind_do_not_join(bring, other, settings):
    bring(book(1, *DUNE))
    counts, _ = bring(other, **settings)
    assert counts == {"records": 1, "titles_new": 1}


def test_a_record_without_a_number_is_known_by_its_isbn(database, bring):
    bring(unimarc(*DUNE))
    counts, _ = bring(unimarc(*OTHER_DUNE))
    assert counts == {"records": 1, "titles_updated": 1}
    assert rows(database, "SELECT title, version FROM titles") == [("Dune, roman", 2)]
    assert bring(unimarc(*OTHER_DUNE))[0] == {"records": 1}


def test_every_number_of_a_record_finds_its_title(database, bring):
    bring(book(1, "010 $a2-228-88955-5", "010 $a2-07-036002-4", "073 $a3760137632648", "200 $aX"))
    assert rows(database, "SELECT kind, number FROM title_numbers ORDER BY 2") == [
        ("ean", "3760137632648"), ("isbn", "9782070360024"), ("isbn", "9782228889551"),
    ]  # fmt: skip
    assert rows(database, "SELECT isbn FROM titles") == [("9782228889551",)]


def struck(*lines, **options):
    return book(1, *lines, leader=UNIMARC[:5] + "d" + UNIMARC[6:], **options)


def test_a_deleted_record_takes_its_title_and_copies_along(database, bring):
    bring(book(1, *DUNE, "995 $bA$fA1"), book(2, "200 $aEmma", "995 $bA$fA2"))
    counts, report = bring(struck())
    assert counts == {"records": 1, "titles_deleted": 1}
    assert rows(database, "SELECT title FROM titles") == [("Emma",)]
    assert rows(database, "SELECT barcode FROM items") == [("A2",)]
    assert rows(database, "SELECT count(*) FROM title_numbers") == [(0,)]
    assert rows(database, "SELECT barcode FROM changes WHERE barcode <> ''") == [("A1",)]
    assert bring(struck())[0] == {"records": 1}
    assert report.left_out == []


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("INSERT INTO loans (item_id, patron_id, started_at, due_on) VALUES"
         " (1, 1, '2026-11-01 10:00:00', '2026-11-29')", "copy A1 is on loan"),
        ("INSERT INTO loans (item_id, started_at, due_on, ended_at) VALUES"
         " (1, '2026-11-01 10:00:00', '2026-11-29', '2026-11-02 10:00:00')", "A1 has been lent"),
        ("INSERT INTO holds (title_id, patron_id, pickup_site, placed_at, staff_priority, status)"
         " VALUES (1, 1, 'A', '2026-11-01 10:00:00', 0, 'waiting')", "it is reserved"),
        ("INSERT INTO anomalies (kind, at, site, item_id, barcode, detail, handled_by, remark,"
         " version) VALUES ('damaged', '2026-11-01 10:00:00', 'A', 2, '', '{}', '', '', 1)",
         "still refers to it"),
    ],
)  # fmt: skip
def test_what_is_lent_or_wanted_is_not_struck_and_that_is_told(database, bring, sql, why):
    bring(book(1, *DUNE, "995 $bA$fA1", "995 $bA$fA2"))
    write(database, "INSERT INTO patrons (id, card, family_name, given_name, category, email)"
          " VALUES (1, 'P', 'X', '', 'adult', '')")  # fmt: skip
    write(database, sql)
    counts, report = bring(struck())
    assert counts == {"records": 1}
    (complaint,) = report.left_out
    assert why in complaint.why
    assert complaint.why.startswith("record 1 is deleted by its sender, but")
    assert rows(database, "SELECT count(*) FROM items") == [(2,)]
    assert rows(database, "SELECT count(*) FROM title_records") == [(1,)]


def test_a_title_that_two_catalogues_describe_stays_when_one_strikes_it(database, bring):
    bring(book(1, *DUNE), book(77, *OTHER_DUNE, source="b.example"))
    counts, _ = bring(struck())
    assert counts == {"records": 1, "records_deleted": 1}
    assert rows(database, "SELECT source, control_number FROM titles") == [("b.example", "77")]
    assert bring(book(77, *OTHER_DUNE, source="b.example"))[0]["titles_updated"] == 1
    assert rows(database, "SELECT title FROM titles") == [("Dune, roman",)]


def test_pieces_of_one_record_make_one_title(database, bring):
    first = book(1, *DUNE, "995 $bA$fA1")
    second = book(1, *DUNE, "995 $bA$fA2")
    counts, report = bring(first, second, book(2, "200 $aEmma"))
    assert counts == {"records": 2, "titles_new": 2, "items_new": 2, "sites_new": 1}
    assert report.mended == []
    assert bring(first, second, book(2, "200 $aEmma"))[0] == {"records": 2}


def test_of_two_records_with_one_number_the_later_counts(database, bring):
    counts, report = bring(book(1, "200 $aOld"), book(1, "200 $aNew"))
    assert counts == {"records": 1, "titles_new": 1}
    assert rows(database, "SELECT title FROM titles") == [("New",)]
    assert "with another description" in report.mended[0].why
    assert report.mended[0].position == 1


def test_a_copy_moves_with_its_barcode_within_a_catalogue(database, bring):
    bring(book(1, "200 $aA", "995 $bA$fA1"), book(2, "200 $aB", "995 $bA$fA1"))
    assert rows(database, "SELECT title_id, version FROM items") == [(2, 2)]
    _, report = bring(book(9, "200 $aC", "995 $bA$fA1", source="b.example"))
    assert report.left_out[0].why == "barcode A1 belongs to record 2 of a.example"


def test_other_ways_of_describing_copies():
    by_name = {
        "recommandation-995": unimarc("001 1", "200 $aX", "995 $aBDP 94$b940$fC1$kR ABC$raa$uOk"),
        "marc21-852": marc21("001 1", "245 $aX", "852 $aLIB$bBR$pC1$hPS 94$i.H6$zOk"),
        "sirsi": marc21("001 1", "245 $aX", "949 $iC1$mBR$aPS 94 .H6$tBOOK$oOk"),
    }
    for name, data in by_name.items():
        (item,) = title(data, BUILT_IN[name]).items
        assert (item.barcode, item.note) == ("C1", "Ok")
        assert item.home in {"940", "BR"}
        assert item.shelf_mark in {"R ABC", "PS 94 .H6"}


def test_852_without_barcodes_says_where_a_title_is_and_is_no_copy_that_fell_out():
    data = marc21("001 1", "245 $aX", "852 $aLIB$hPS 94")
    assert title(data).left_out == ()
    assert len(title(data, BUILT_IN["marc21-852"]).left_out) == 1


def test_a_library_writes_its_own_profile(tmp_path):
    file = tmp_path / "api.toml"
    file.write_text(
        'profile = "ours"\n[profiles.ours]\nlike = "koha"\nhome = "e"\nnot_for_loan = "o"\n'
        'not_for_loan_codes = ["X"]\nsites = { MED1 = "CENTRALE" }\n'
        'kinds = { JEU = "video_game" }\n'
    )
    settings = read_settings(file, {})
    (profile,) = profiles_of(settings.profile, settings.profiles)
    found = title(unimarc("001 1", "200 $aX", "995 $eMED1$fC1$o1$rJEU", "995 $eB$fC2$oX"), profile)
    assert [(item.home, item.status.value) for item in found.items] == [
        ("CENTRALE", "available"), ("B", "not_for_loan"),
    ]  # fmt: skip
    assert found.description.kind.value == "video_game"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[profiles.ours]\nbarcod = "f"', "profiles.ours.barcod .*there is no such setting"),
        ('[profiles.ours]\nfield = "99"', "profiles.ours.field"),
        ('[profiles.ours]\ncomic_mark = "("', "profiles.ours.comic_mark.*regular expression"),
    ],
)
def test_a_wrong_key_of_a_profile_is_named(tmp_path, toml, said):
    file = tmp_path / "api.toml"
    file.write_text(toml)
    with pytest.raises(SettingsError, match=said):
        read_settings(file, {})


@pytest.mark.parametrize(
    ("name", "own", "said"),
    [
        ("none", {}, "there is no 'none'; known are auto, koha"),
        ("ours", {"like": "kohaa"}, "profiles.ours.like: there is no built-in 'kohaa'"),
        ("ours", {"field": "995", "home": "b"}, "profiles.ours.barcode: is missing"),
        ("ours", {"like": "koha", "kinds": {"J": "game"}}, "profiles.ours.kinds.J: .*'game'"),
    ],
)
def test_a_profile_that_cannot_be_used_is_named(name, own, said):
    with pytest.raises(SettingsError, match=said):
        profiles_of(name, {"ours": ProfileSettings(**own)} if own else {})


def test_the_format_can_be_given(bring, database):
    # Neither format's title field first: read as what it is said to be.
    both = unimarc("001 1", "200 $aDe UNIMARC", "245 $aOf MARC 21", "008 x")
    bring(both, format=RecordFormat.UNIMARC, source="u")
    bring(both, format=RecordFormat.MARC21, source="m")
    assert rows(database, "SELECT title FROM titles ORDER BY id") == [
        ("De UNIMARC",), ("Of MARC 21",),
    ]  # fmt: skip


def test_broken_records_are_told_with_number_byte_and_reason(bring):
    good = book(1, *DUNE)
    _, report = bring(good, b"00042" + good[5:40], b"\x1d", book(2, "200 $aEmma"))
    (complaint,) = report.unreadable
    assert (complaint.position, complaint.byte) == (2, len(good))
    assert complaint.why
    assert report.counts[Count.TITLES_NEW] == 2
