"""One ISO 2709 record as text: its structure, its format, its character set."""

from dataclasses import dataclass
from unicodedata import combining

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.charset import Charset, Decoder, decoder, found_in
from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.marc_record import MarcField, MarcRecord, is_control
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.structure import RawRecord, take_apart

SUBFIELD = "\x1f"
CODES = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_NAMING = frozenset({"001", "010", "020", "073", "090", "200", "245"})
"""Fields by which a title is known and found: damage in them is not passed over."""

_OLDER = {RecordFormat.UNIMARC: Charset.ISO_5426, RecordFormat.MARC21: Charset.MARC_8}


@dataclass(frozen=True, slots=True)
class Read:
    """A record that could be read; `mended` says what was put right or passed over in it."""

    format: RecordFormat
    record: MarcRecord
    mended: tuple[str, ...] = ()


def read_record(
    data: bytes, given: RecordFormat | None = None, precious: frozenset[str] = frozenset()
) -> Read:
    """Read one record; its format is `given`, or found. Raise `Unreadable`.

    Bytes that have no meaning are an error in fields that name the title and in `precious` ones
    (those that describe copies); elsewhere they become U+FFFD and are told.
    """
    raw = take_apart(data)
    format_ = given or format_of([tag for tag, _ in raw.fields], raw.leader)
    charset = _charset(raw, format_, data)
    mended = [raw.mended] if raw.mended else []
    reading = _Reading(decoder(charset), charset, _NAMING | precious, mended)
    fields = tuple(reading.field(tag, content) for tag, content in raw.fields)
    record = MarcRecord(raw.leader, fields)
    return Read(format_, declared_unicode(record, format_), tuple(dict.fromkeys(mended)))


def format_of(tags: list[str], leader: str) -> RecordFormat:
    """Say which format a record is in: by the field of its title, else by its other fields."""
    unimarc, marc21 = ("200" in tags, "245" in tags)
    if unimarc != marc21:
        return RecordFormat.UNIMARC if unimarc else RecordFormat.MARC21
    if "008" in tags:
        return RecordFormat.MARC21
    # UNIMARC leaves the last position of the entry map blank.
    return RecordFormat.UNIMARC if leader[23:24] == " " or "801" in tags else RecordFormat.MARC21


def declared_unicode(record: MarcRecord, format_: RecordFormat) -> MarcRecord:
    """Return the record saying of itself that it is in Unicode, as it is from now on."""
    if format_ is RecordFormat.MARC21:
        return MarcRecord(record.leader[:9] + "a" + record.leader[10:], record.fields)
    return MarcRecord(record.leader, tuple(_general_in_unicode(one) for one in record.fields))


def _general_in_unicode(field: MarcField) -> MarcField:
    if field.tag != "100":
        return field
    subfields = tuple(
        (code, f"{text[:26]}50  {text[30:]}")
        if code == "a" and len(text) >= 30 and "50" not in {text[26:28], text[28:30]}
        else (code, text)
        for code, text in field.subfields
    )
    return MarcField("100", "", field.indicators, subfields)


def _charset(raw: RawRecord, format_: RecordFormat, data: bytes) -> Charset:
    older = _OLDER[format_]
    if format_ is RecordFormat.MARC21:
        declared = Charset.UTF_8 if raw.leader[9:10] == "a" else older
        language = _bytes_of(raw, "008", b"")[35:38]
    else:
        sets = _bytes_of(raw, "100", b"a")[26:30]
        declared = Charset.UTF_8 if b"50" in {sets[:2], sets[2:]} else older
        language = _bytes_of(raw, "101", b"a")[:3]
    content = data[len(raw.leader) :]
    return found_in(content, declared, older, language.decode("ascii", "replace"))


def _bytes_of(raw: RawRecord, tag: str, code: bytes) -> bytes:
    """Return the first such field, or subfield of it, undecoded: it is ASCII in every set."""
    content = next((content for one, content in raw.fields if one == tag), b"")
    if not code:
        return content
    return next(
        (part[1:] for part in content.split(SUBFIELD.encode())[1:] if part[:1] == code), b""
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Turns the fields of one record into text."""

    decode: Decoder
    charset: Charset
    precious: frozenset[str]
    mended: list[str]

    def field(self, tag: str, content: bytes) -> MarcField:
        text = self._text(tag, content)
        if is_control(tag):
            return MarcField(tag, text)
        indicators, *parts = text.split(SUBFIELD)
        if len(indicators) != 2:
            what = f"field {tag} begins with {indicators[:20]!a}, not indicators"
            self.mended.append(Why(what, Fault.ODD_FIELD))
            indicators = f"{indicators:2.2}"
        subfields = tuple((part[:1], part[1:]) for part in parts)
        for code, value in subfields:
            if code not in CODES or combining(value[:1] or " "):
                shown = ascii(code + value[:1]) if code in CODES else ascii(code)
                what = f"field {tag}: a subfield has the code {shown}"
                self.mended.append(Why(what, Fault.ODD_FIELD))
                break
        return MarcField(tag, "", indicators, subfields)

    def _text(self, tag: str, content: bytes) -> str:
        try:
            return self.decode(content)
        except UnicodeDecodeError as error:
            byte = content[error.start]
            said = f"field {tag}: byte 0x{byte:02X} is not {self.charset}"
            what = Why(said, Fault.CHARACTERS)
            if tag in self.precious:
                raise Unreadable(what) from error
            self.mended.append(what)
        return _with_replacements(content, self.decode)


def _with_replacements(content: bytes, decode: Decoder) -> str:
    """Decode what can be; each byte that has no meaning becomes U+FFFD."""
    text: list[str] = []
    while content:
        try:
            return "".join(text) + decode(content)
        except UnicodeDecodeError as error:
            text += [decode(content[: error.start]), "\ufffd"]
            content = content[error.end :]
    return "".join(text)
