"""MARCXML and MarcXchange: records cut out of the file one by one, each parsed by itself.

So memory stays bounded, one damaged record takes none of its neighbours along, and nothing that a
file declares (entities that grow without end, files to be fetched) is ever looked at. Prefixes of
names are passed over: files use `marc:`, `mxc:`, `slim:` or none.
"""

import re
from codecs import lookup
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from xml.parsers.expat import ExpatError, ParserCreate

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.iso2709 import Chunk
from catalogue_api.importing.iso_records import CODES, Read, declared_unicode, format_of
from catalogue_api.importing.marc_record import MarcField, MarcRecord, is_control
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.structure import LEADER
from catalogue_api.importing.utf16 import Pieces

_BLOCK = 1 << 16
_LONGEST = 1 << 24
_TAIL = 64
"""More than the longest end tag: one may be cut in two between blocks."""

_BEGIN = re.compile(rb"<(?:[\w.-]+:)?record[\s>]")
_END = re.compile(rb"</(?:[\w.-]+:)?record\s*>")
_FIELD = b"field"
_BYTES = bytes(range(256))
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ILLEGAL = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]"
    rb"|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2[0-9]|3[01]));",
    re.IGNORECASE,
)
_AMPERSAND = re.compile(rb"&(?!#[0-9]+;|#x[0-9A-Fa-f]+;)(\w+;)?")
_OF_XML = {b"amp;", b"lt;", b"gt;", b"quot;", b"apos;"}


def encoding_of(head: bytes) -> str:
    """Return the encoding that a file's beginning declares. Raise `Unreadable`."""
    refuse_entities(head)
    declared = _ENCODING.search(head)
    name = declared[1].decode("ascii") if declared else "UTF-8"
    if not _is_parsed(name):
        raise Unreadable(f"XML in {name}: convert it to UTF-8 first", Fault.ENCODING)
    return name


def refuse_entities(head: bytes) -> None:
    """Raise `Unreadable` for a file that declares entities at its beginning."""
    if b"<!ENTITY" in head.upper():
        raise Unreadable("this XML declares entities: refused", Fault.ENTITIES)


def _is_parsed(encoding: str) -> bool:
    """Tell whether the parser takes an encoding: UTF-8, and sets of one byte a character."""
    try:
        return lookup(encoding).name == "utf-8" or len(_BYTES.decode(encoding, "replace")) == len(
            _BYTES
        )
    except (LookupError, ValueError):
        return False


def holds_records(head: bytes) -> bool:
    """Tell whether a `record` element begins within a file's beginning."""
    return _BEGIN.search(head) is not None


def xml_chunks(stream: Pieces) -> Iterator[Chunk]:
    """Yield the `record` elements of a file, also one that is cut off at its end."""
    number, offset, pending = 0, 0, b""
    while block := stream.read(_BLOCK):
        searched = max(0, len(pending) - _TAIL)
        pending += block
        while end := _END.search(pending, searched):
            for start, stop, fault in _records(pending[: end.end()]):
                number += 1
                yield Chunk(number, offset + start, b"" if fault else pending[start:stop], fault)
            offset, pending, searched = offset + end.end(), pending[end.end() :], 0
        if len(pending) > _LONGEST:
            number += 1
            fault = Why(f"no end of record within {_LONGEST} bytes", Fault.DAMAGED)
            yield Chunk(number, offset, b"", fault)
            kept = max((b.start() for b in _BEGIN.finditer(pending, 1)), default=len(pending))
            offset, pending = offset + kept, pending[kept:]
    if begin := _BEGIN.search(pending):
        fault = Why("the file ends within this record", Fault.CUT_OFF)
        yield Chunk(number + 1, offset + begin.start(), b"", fault)


def _records(piece: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where the record lies that ends with this piece, and what is lost before it.

    Elements of that name without fields of their own are what OAI-PMH wraps records in.
    """
    begins = [begin.start() for begin in _BEGIN.finditer(piece)]
    ends = [*begins[1:], len(piece)][: len(begins)]
    if _FIELD in piece[: begins[0] if begins else None]:
        yield 0, 0, Why("the beginning of this record is missing", Fault.CUT_OFF)
    for start, stop in zip(begins, ends, strict=True):
        if stop == len(piece):
            yield start, stop, ""
        elif _FIELD in piece[start:stop]:
            yield start, stop, Why("this record has no end", Fault.CUT_OFF)


def read_xml(data: bytes, encoding: str, given: RecordFormat | None = None) -> Read:
    """Read one `record` element; its format is `given`, or found. Raise `Unreadable`."""
    mended: list[str] = []
    try:
        element = _parsed(data, encoding)
    except ExpatError as error:
        try:
            element = _parsed(*_put_right(data, encoding))
        except ExpatError:
            raise Unreadable(f"not well-formed XML: {error}", Fault.DAMAGED) from error
        mended.append(Why(f"not well-formed XML, put right: {error}", Fault.MENDED))
    mended += element.odd
    leader = element.leader
    if len(leader) != LEADER:
        mended.append(Why(f"the leader has {len(leader)} characters", Fault.MENDED))
        leader = f"{leader:24.24}"
    tags = [one.tag for one in element.fields]
    if not tags:
        raise Unreadable("the record has no fields", Fault.DAMAGED)
    format_ = given or element.format or format_of(tags, leader)
    record = MarcRecord(leader, tuple(element.fields))
    return Read(format_, declared_unicode(record, format_), tuple(dict.fromkeys(mended)))


@dataclass(slots=True)
class _Element:
    """What the parser has gathered of one record."""

    leader: str = ""
    fields: list[MarcField] = field(default_factory=list)
    format: RecordFormat | None = None
    odd: list[str] = field(default_factory=list)
    tag: str = ""
    indicators: str = ""
    code: str = ""
    subfields: list[tuple[str, str]] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.text = []
        match name.rpartition(":")[2]:
            case "record":
                self.format = _FORMATS.get(attributes.get("format", "").lower().replace(" ", ""))
            case "controlfield":
                self.tag = attributes.get("tag", "")
            case "datafield":
                self.tag, self.subfields = attributes.get("tag", ""), []
                first, second = (attributes.get(f"ind{place}", " ") for place in (1, 2))
                self.indicators = f"{first:1.1}{second:1.1}"
            case "subfield":
                self.code = attributes.get("code", "")

    def hear(self, text: str) -> None:
        self.text.append(text)

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "leader":
                self.leader = "".join(self.text)
            case "controlfield":
                self._add(MarcField(self.tag, "".join(self.text)), control=True)
            case "subfield":
                self.subfields.append((self.code[:1], "".join(self.text)))
                if self.code not in CODES:
                    what = f"field {self.tag}: a subfield has the code {self.code!r}"
                    self.odd.append(Why(what, Fault.ODD_FIELD))
            case "datafield":
                one = MarcField(self.tag, "", self.indicators, tuple(self.subfields))
                self._add(one, control=False)

    def _add(self, one: MarcField, *, control: bool) -> None:
        if len(one.tag) != 3 or not one.tag.isascii() or is_control(one.tag) != control:
            what = f"a field has the tag {one.tag!r} and is passed over"
            self.odd.append(Why(what, Fault.ODD_FIELD))
        else:
            self.fields.append(one)


_FORMATS = {
    "unimarc": RecordFormat.UNIMARC,
    "unimarc/b": RecordFormat.UNIMARC,
    "marc21": RecordFormat.MARC21,
    "usmarc": RecordFormat.MARC21,
}


def _parsed(data: bytes, encoding: str) -> _Element:
    element = _Element()
    parser = ParserCreate(encoding)
    parser.buffer_text = True
    parser.StartElementHandler = element.start
    parser.EndElementHandler = element.end
    parser.CharacterDataHandler = element.hear
    parser.Parse(data, True)
    return element


def _put_right(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Take away what XML forbids; name bare ampersands and HTML's entities as XML wants it.

    What is declared as UTF-8 and is not is taken for Latin-1, in its Windows form.
    """
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        encoding = "windows-1252"
    return _AMPERSAND.sub(_named, _ILLEGAL.sub(b"", data)), encoding


def _named(found: re.Match[bytes]) -> bytes:
    name = found[1] or b""
    if name in _OF_XML:
        return found[0]
    said = html5.get(name.decode("ascii", "replace"), "") if name else ""
    return said.encode("ascii", "xmlcharrefreplace") if said else b"&amp;" + name
