import io
import json
import shutil
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_made import MARC8, UNIMARC, marc21, title, unimarc
from sqlalchemy import text
from typer.testing import CliRunner

from catalogue_api.__main__ import app
from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.exporting import ExportSettings, Layout, export_titles
from catalogue_api.importing.file_import import ImportSettings
from catalogue_api.importing.files import Container, read_records
from catalogue_api.importing.iso_records import Read, read_record
from catalogue_api.importing.marc_record import MarcField, MarcRecord, packed, unpacked, written
from catalogue_api.importing.marcxml import read_xml
from catalogue_api.importing.profiles import profiles_of
from catalogue_api.importing.running import import_files
from catalogue_api.importing.writing import TooLong, iso2709, xml
from catalogue_api.settings import ProfileSettings
from catalogue_api.storage.engine.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")

NO_XML = "\ufffe\uffff"
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters=NO_XML),
    max_size=20,
)
RECORDS = st.builds(
    MarcRecord,
    st.just(UNIMARC),
    st.lists(
        st.one_of(
            st.builds(MarcField, st.just("001"), TEXTS),
            st.builds(
                MarcField,
                st.sampled_from(["200", "330", "995"]),
                st.just(""),
                st.text("01 ", min_size=2, max_size=2),
                st.lists(st.tuples(st.sampled_from("abc9"), TEXTS), max_size=4).map(tuple),
            ),
        ),
        min_size=1,
        max_size=6,
    ).map(tuple),
)


@pytest.mark.server
@settings(max_examples=120, deadline=None)
@given(RECORDS)
def test_a_record_comes_back_from_every_writing_as_it_was(record):
    kept = unpacked(packed(written(record)))
    assert kept.fields == record.fields
    for read in (
        read_record(iso2709(record), RecordFormat.UNIMARC),
        read_xml(xml(record).encode(), "UTF-8", RecordFormat.UNIMARC),
    ):
        assert read.record.fields == record.fields
        assert read.record.leader[5:12] == record.leader[5:12]


def test_what_iso_2709_cannot_hold_is_for_xml():
    long = MarcRecord(UNIMARC, (MarcField("330", subfields=(("a", "x" * 9_990),)),) * 12)
    with pytest.raises(TooLong, match="it has 120110 bytes"):
        iso2709(long)
    with pytest.raises(TooLong, match="field 330 has 10006 bytes"):
        iso2709(MarcRecord(UNIMARC, (MarcField("330", subfields=(("a", "x" * 10_001),)),)))
    assert read_xml(xml(long).encode(), "UTF-8", RecordFormat.UNIMARC).record.fields == long.fields


def opened(template, path):
    shutil.copy(template, path)
    return Database(f"sqlite:///{path}", threads=0)


@pytest.fixture
def database(template, tmp_path):
    database = opened(template, tmp_path / "catalogue.db")
    yield database
    database.close()


def bring(database, data, tmp_path, **options):
    path = tmp_path / "in"
    path.write_bytes(data)
    return import_files([path], database.write_now, ImportSettings(PARIS, NOW, **options))


def exported(database, format_=RecordFormat.UNIMARC, **options):
    stream = io.BytesIO()
    done = export_titles(stream, database.read_now, ExportSettings(format_, **options))
    return stream.getvalue(), done


def records(data, container=Container.ISO_2709):
    found = [read for _, read in read_records(io.BytesIO(data), container, None, frozenset())]
    assert all(isinstance(read, Read) for read in found)
    return [read.record for read in found]


def rows(database, sql):
    found = database.read_now(lambda session: session.connection().execute(text(sql)).all())
    return [tuple(row) for row in found]


def change(database, sql):
    database.write_now(lambda session: session.connection().execute(text(sql)))


SAID = "SELECT source, control_number, title, subtitle, author, kind, isbn, contents FROM titles"
COPIES = "SELECT barcode, home_site, current_site, shelf_mark, status, contents, note FROM items"


@pytest.mark.parametrize("layout", list(Layout))
def test_an_exported_catalogue_makes_the_same_catalogue_again(database, template, tmp_path, layout):
    data = b"".join(
        (
            unimarc("001 1", "200#1  $aL'Été$zodd", "215 $a1 CD$e1 livret", "995 $bA$fA1$9X$xY"),
            unimarc("001 2", "200 $aEmma\x88", "330 $a  two  blanks", "995 $kno", "995 $bA$fA2"),
            unimarc("001 3", "200 $aŒuvres", general="20260105d2013    m  y0frey0103    ba"),
        )
    )  # fmt: skip
    bring(database, data, tmp_path)
    out, done = exported(database, layout=layout)
    assert (done.records, done.items, done.left_out) == (3, 2, [])
    other = opened(template, tmp_path / "other.db")
    report = bring(other, out, tmp_path)
    assert report.unreadable == []
    for sql in (f"{SAID} ORDER BY 2", f"{COPIES} ORDER BY 1"):
        assert rows(other, sql) == rows(database, sql)
    again, _ = exported(other, layout=layout)
    assert again == out
    other.close()


def test_what_staff_corrected_is_written_until_the_record_itself_is_another(database, tmp_path):
    first = unimarc("001 1", "200 $aEte$fA", "676 $a843", "995 $bA$fA1")
    bring(database, first + unimarc("001 2", "200 $aEmma"), tmp_path)
    change(database, "UPDATE titles SET title = 'Été', author = 'B', corrected = 'title'")
    found = records(exported(database)[0])
    assert [record.first("200", "a") for record in found] == ["Été", "Été"]
    assert found[0].first("200", "f") == "A"  # nobody has noted that this was corrected
    assert (found[0].first("676", "a"), found[0].first("995", "f")) == ("843", "A1")
    bring(database, first, tmp_path)  # the same file again: the correction stays
    assert rows(database, "SELECT title, corrected FROM titles WHERE id = 1") == [("Été", "title")]
    bring(database, unimarc("001 1", "200 $aÉtés", "995 $bA$fA1"), tmp_path)
    assert rows(database, "SELECT title, corrected FROM titles WHERE id = 1") == [("Étés", "")]
    assert records(exported(database)[0])[0].first("200", "a") == "Étés"


def test_copies_are_written_as_they_are_now_and_what_is_unknown_in_them_stays(database, tmp_path):
    bring(
        database,
        unimarc(
            "001 1",
            "200 $aX",
            "995 $9secret$bA$cA$fA1$kOld$o0$20$00$xY",
            "995 $bA$fA2$kSame$o1",
            "995 $bA$fA3",
            "995 $kno barcode",
        ),
        tmp_path,
    )
    change(database, "INSERT INTO sites VALUES ('B', 'B', 1)")
    change(
        database,
        "UPDATE items SET shelf_mark = 'New', status = 'missing', current_site = 'B'"
        " WHERE barcode = 'A1'",
    )
    change(database, "DELETE FROM items WHERE barcode = 'A3'")
    change(
        database,
        "INSERT INTO items (barcode, title_id, home_site, current_site, shelf_mark, status)"
        " VALUES ('A9', 1, 'B', 'B', 'R', 'withdrawn')",
    )
    out, done = exported(database)
    (record,) = records(out)
    copies = [dict(field.subfields) for field in record.all("995")]
    assert done.items == 3
    assert copies[0] == {
        "9": "secret", "b": "A", "c": "B", "f": "A1", "k": "New", "o": "0", "2": "4", "0": "0",
        "x": "Y",
    }  # fmt: skip
    assert copies[1] == {"b": "A", "f": "A2", "k": "Same", "o": "1"}
    assert copies[2] == {"k": "no barcode"}
    assert copies[3] == {"f": "A9", "b": "B", "c": "B", "k": "R", "0": "1"}


def test_a_library_s_own_codes_are_written_back(database, tmp_path):
    own = ProfileSettings(like="koha", sites={"MED": "CENTRALE"}, not_for_loan_codes=("X",))
    profiles = profiles_of("ours", {"ours": own})
    bring(database, unimarc("001 1", "200 $aX", "995 $bMED$fA1"), tmp_path, profiles=profiles)
    change(database, "UPDATE items SET status = 'not_for_loan'")
    out, _ = exported(database, profiles=profiles)
    (field,) = records(out)[0].all("995")
    assert field.subfields == (("b", "MED"), ("f", "A1"), ("o", "X"))


def test_each_record_of_a_title_comes_back_with_its_own_copies(database, tmp_path):
    bring(database, unimarc("001 1", "003 http://a.example", "010 $a2-07-036002-4", "200 $aX",
                            "995 $bA$fA1"), tmp_path)  # fmt: skip
    bring(database, marc21("001 7", "003 b.example", "020 $a9782070360024", "245 $aX",
                           "952 $aB$pB1"), tmp_path)  # fmt: skip
    assert rows(database, "SELECT count(*) FROM titles") == [(1,)]
    ours, done = exported(database)
    assert [field.first("f") for field in records(ours)[0].all("995")] == ["A1"]
    assert (done.records, done.items, done.other_format) == (1, 1, 1)
    theirs, _ = exported(database, RecordFormat.MARC21)
    (record,) = records(theirs)
    assert [field.first("p") for field in record.all("952")] == ["B1"]
    assert record.leader[9] == "a"


def test_marc_8_comes_back_in_unicode(database, tmp_path):
    data = marc21("001 1", "245 $aLes corps \xe2etrangers", leader=MARC8,
                  encode=lambda said: said.encode("latin-1"))  # fmt: skip
    bring(database, data, tmp_path)
    out, _ = exported(database, RecordFormat.MARC21)
    assert out[9:10] == b"a"
    assert title(out).description.title == "Les corps étrangers"


@pytest.mark.parametrize("format_", list(RecordFormat))
def test_a_title_without_a_record_gets_one(database, template, tmp_path, format_):
    change(database, "INSERT INTO sites VALUES ('A', 'A', 1)")
    change(
        database,
        "INSERT INTO titles (source, control_number, isbn, title, subtitle, volume, author,"
        " publisher, year, kind, language, audience, subjects, pegi_age, platform) VALUES ('local',"
        " 'd1', '9782070360024', 'Zelda', 'roman', '2', 'N. N.', 'Nintendo', 2020, 'video_game',"
        " 'fre', 'young', 'Jeux' || char(10) || 'Contes', 12, 'Nintendo Switch')",
    )
    change(database, "INSERT INTO title_numbers VALUES (1, '9782070360024', 'isbn')")
    change(
        database,
        "INSERT INTO items (barcode, title_id, home_site, current_site, shelf_mark, status)"
        " VALUES ('A1', 1, 'A', 'A', 'J ZEL', 'available')",
    )
    out, done = exported(database, format_)
    assert (done.records, done.items) == (1, 1)
    other = opened(template, tmp_path / "other.db")
    bring(other, out, tmp_path)
    said = (
        "SELECT source, control_number, isbn, title, subtitle, volume, author, publisher, year,"
        " kind, language, audience, pegi_age, platform FROM titles"
    )
    assert rows(other, said) == rows(database, said)
    # The form that tells a game stands among the subjects when it is read again.
    ((subjects,),) = rows(other, "SELECT subjects FROM titles")
    assert subjects.split("\n")[:2] == ["Jeux", "Contes"]
    assert rows(other, COPIES) == rows(database, COPIES)
    other.close()


def test_only_what_changed_since(database, tmp_path):
    bring(database, unimarc("001 1", "200 $aOld") + unimarc("001 2", "200 $aNew"), tmp_path)
    change(database, "UPDATE titles SET updated_at = '2026-12-01 00:00:00' WHERE title = 'New'")
    out, _ = exported(database, since=datetime(2026, 11, 30, tzinfo=UTC))
    assert [record.first("200", "a") for record in records(out)] == ["New"]
    assert exported(database, since=datetime(2027, 1, 1, tzinfo=UTC))[1].records == 0


def test_the_program_exports_and_says_what_it_could_not_write(database, tmp_path, monkeypatch):
    notes = (MarcField("330", subfields=(("a", "x" * 9000),)),) * 12
    known = (MarcField("001", "1"), MarcField("200", subfields=(("a", "Long"),)))
    long = xml(MarcRecord(UNIMARC, known + notes)).encode()
    bring(database, b"<collection>" + long + b"</collection>", tmp_path)
    monkeypatch.setenv("RITOURNELLE_API_DATABASE", f"sqlite:///{tmp_path / 'catalogue.db'}")
    out = tmp_path / "out.mrc"
    out.write_bytes(b"what was there")
    done = CliRunner().invoke(app, ["export", str(out), "--json"])
    assert done.exit_code == 1
    said = json.loads(done.stdout)
    assert (said["records"], out.read_bytes()) == (0, b"")
    assert "record 1: it has" in said["left_out"][0]
    assert CliRunner().invoke(app, ["export", str(out), "--xml"]).exit_code == 0
    assert records(out.read_bytes(), Container.XML)[0].first("200", "a") == "Long"
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == ["out.mrc"]
