import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing import marcxml
from catalogue_api.importing.faults import Fault
from catalogue_api.importing.files import HEAD as HEAD_SIZE
from catalogue_api.importing.files import Container, Place, container_of, read_records
from catalogue_api.importing.marcxml import encoding_of, holds_records, read_xml, xml_chunks
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.titles import title_of

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
)
RECORD = """<record>
  <leader>00000nam a2200000   4500</leader>
  <controlfield tag="001">42</controlfield>
  <controlfield tag="008">260105s2013    fr            000 0 fre d</controlfield>
  <datafield tag="245" ind1="1" ind2="0">
    <subfield code="a">L'Étranger &amp; l'œuvre :</subfield><subfield code="b">roman</subfield>
  </datafield>
</record>
""".encode()


def cut(data):
    return list(xml_chunks(io.BytesIO(data)))


def read(data, encoding="UTF-8"):
    return title_of(read_xml(data, encoding)).description


def test_records_are_cut_out_with_their_places():
    found = cut(HEAD + RECORD + RECORD + b"</collection>")
    assert [(chunk.number, chunk.offset, chunk.fault) for chunk in found] == [
        (1, len(HEAD), ""), (2, len(HEAD) + len(RECORD), ""),
    ]  # fmt: skip
    assert read(found[1].data).title == "L'Étranger & l'œuvre"


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_any_block_size_cuts_the_same_records(size):
    class Slow(io.BytesIO):
        def read(self, _length=-1):
            return super().read(size)

    whole = HEAD + RECORD * 3 + RECORD[:60]
    assert list(xml_chunks(Slow(whole))) == cut(whole)
    assert cut(whole)[3].fault == "the file ends within this record"


def test_prefixes_and_wrappings_are_passed_over():
    prefixed = (
        RECORD.replace(b"</", b"</marc:")
        .replace(b"<", b"<marc:")
        .replace(b"<marc:/marc:", b"</marc:")
    )
    oai = b"<record><header><identifier>x</identifier></header><metadata>"
    found = cut(b"<OAI-PMH>" + oai + prefixed + b"</metadata></record></OAI-PMH>")
    assert [chunk.fault for chunk in found] == [""]
    assert read(found[0].data).subtitle == "roman"


def test_marcxchange_says_its_format():
    data = (
        '<mxc:record format="Unimarc" type="Bibliographic"><mxc:leader>     cam  22        450 '
        '</mxc:leader><mxc:controlfield tag="001">FRBNF1</mxc:controlfield>'
        '<mxc:datafield tag="200" ind1="1" ind2=" "><mxc:subfield code="a">Été</mxc:subfield>'
        "</mxc:datafield></mxc:record>"
    ).encode()
    read = read_xml(data, "UTF-8")
    assert read.format is RecordFormat.UNIMARC
    assert title_of(read).description.title == "Été"


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        (b"&amp;", b"&", "L'Étranger & l'œuvre"),
        (b"&amp;", b"&eacute;&nbsp;&foo;", "L'Étranger é &foo; l'œuvre"),
        (b"&amp;", b"\x01&#2;", "L'Étranger l'œuvre"),
        ("É".encode(), b"\xc9", None),
    ],
)
def test_what_is_nearly_xml_is_put_right_and_told(old, new, title):
    read = read_xml(RECORD.replace(old, new), "UTF-8")
    assert "not well-formed XML, put right" in read.mended[0]
    if title:
        assert title_of(read).description.title == title


def test_latin_1_is_read_where_it_is_declared_and_where_it_is_not():
    data = RECORD.decode().replace("œ", "oe").encode("latin-1")
    assert read(data, "ISO-8859-1").title == "L'Étranger & l'oeuvre"
    assert read(data, "UTF-8").title == "L'Étranger & l'oeuvre"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("declared", [b"UTF-16", b"UTF-8"])
def test_utf_16_is_read_with_or_without_its_mark(encoding, declared, monkeypatch):
    monkeypatch.setattr(marcxml, "_BLOCK", 7)  # characters are cut in two between pieces
    text = (HEAD.replace(b"UTF-8", declared) + 2 * RECORD).decode().replace("œ", "œ𝄞")
    stream = io.BytesIO(text.encode(encoding) + b"\0")
    assert container_of(stream.read(HEAD_SIZE), None) is Container.XML
    stream.seek(0)
    found = list(read_records(stream, Container.XML, None, frozenset()))
    assert [place for place, _ in found] == [Place(1), Place(2)]
    assert all(title_of(one).description.title == "L'Étranger & l'œ𝄞uvre" for _, one in found)


def test_utf_16_hides_no_entities_and_no_other_xml():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>' + RECORD
    for data, fault in ((bomb, Fault.ENTITIES), (b"<html/>", Fault.NO_MARC)):
        stream = io.BytesIO(data.decode().encode("utf-16"))
        with pytest.raises(Unreadable) as unreadable:
            list(read_records(stream, Container.XML, None, frozenset()))
        assert unreadable.value.why.fault is fault


def test_one_damaged_record_takes_none_of_its_neighbours_along():
    no_end = RECORD.replace(b"</record>", b"")
    bad = RECORD.replace(b"</datafield>", b"")
    found = cut(HEAD + RECORD + no_end + RECORD + bad + RECORD)
    assert [chunk.fault for chunk in found] == ["", "this record has no end", "", "", ""]
    with pytest.raises(Unreadable, match="not well-formed XML: mismatched tag"):
        read_xml(found[3].data, "UTF-8")


def test_nothing_is_expanded_and_nothing_is_fetched(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(Unreadable, match="entities"):
        encoding_of(bomb + RECORD)
    inner = RECORD.replace(b"&amp;", b"&b;")
    assert "&b;" in read(inner).title
    fetched = f'<!DOCTYPE x SYSTEM "file://{secret}">'.encode() + RECORD
    (chunk,) = cut(fetched)
    assert "secret" not in repr(read_xml(chunk.data, "UTF-8"))


def test_other_xml_and_odd_fields():
    assert not holds_records(b"<html><body>recorded</body></html>")
    with pytest.raises(Unreadable, match="no fields"):
        read_xml(b"<record></record>", "UTF-8")
    odd = RECORD.replace(b'tag="245"', b'tag="24"').replace(b"<leader>00000", b"<leader>")
    mended = read_xml(odd, "UTF-8").mended
    assert mended == ("a field has the tag '24' and is passed over", "the leader has 19 characters")


def test_a_file_without_ends_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(marcxml, "_LONGEST", 1000)
    monkeypatch.setattr(marcxml, "_BLOCK", 64)
    found = cut(b"<record>" + b"x" * 5000 + RECORD)
    assert found[0].fault.startswith("no end of record within")
    assert found[-1].fault == ""


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_else(data):
    damaged = bytearray(HEAD + RECORD)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Unreadable):
        encoding = encoding_of(bytes(damaged))
        for chunk in cut(bytes(damaged)):
            if not chunk.fault:
                title_of(read_xml(chunk.data, encoding))
