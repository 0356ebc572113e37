"""One ISO 2709 record as fields of text: the structure by pymarc, the character set by us.

UNIMARC says its character set in 100$a; pymarc goes by leader position 9, as MARC 21 does, which
means nothing here. So pymarc hands over bytes, and only the fields that are used are decoded.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from pymarc import Field, Record
from pymarc.exceptions import BadSubfieldCodeWarning, PymarcException

from catalogue_api.importing.charset import Decoder, decoder
from catalogue_api.importing.iso2709 import RECORD_END
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.text import tidy

_LEADER = 24
_CODED = frozenset({"100"})
_LENGTH_TOO_LONG_TO_SAY = 99_999


@dataclass(frozen=True, slots=True)
class MarcField:
    """A field; a control field has `data`, any other (code, text) pairs in their order."""

    tag: str
    data: str = ""
    subfields: tuple[tuple[str, str], ...] = ()

    def all(self, codes: str) -> list[str]:
        """Return the texts that say something of these subfields, in the order of the record."""
        return [text for code, text in self.subfields if code in codes and text]

    def first(self, code: str) -> str:
        """Return the first such text, or an empty one."""
        return next(iter(self.all(code)), "")


@dataclass(frozen=True, slots=True)
class MarcRecord:
    """A record: its leader, and those of its fields that were asked for.

    Texts are tidied; those of coded fields, where positions count, are left as they are.
    """

    leader: str
    fields: tuple[MarcField, ...]

    def all(self, *tags: str) -> Iterator[MarcField]:
        """Yield the fields with these tags, in the order of the record."""
        return (field for field in self.fields if field.tag in tags)

    def first(self, tag: str, code: str = "") -> str:
        """Return the data of the first such field, or the first such subfield that has text."""
        texts = (field.first(code) if code else field.data for field in self.all(tag))
        return next((text for text in texts if text), "")


def read_fields(data: bytes, tags: frozenset[str]) -> MarcRecord:
    """Read one record, decoding the fields in `tags`. Raise `Unreadable`."""
    _require_whole(data)
    record = _structure(data)
    raw: list[Field] = list(record.fields)
    _require_unimarc({field.tag for field in raw})
    decode = decoder(_declared_character_set(raw))
    fields: list[MarcField] = []
    for field in raw:
        if field.tag in tags:
            try:
                fields.append(_field(field, decode))
            except UnicodeDecodeError as error:
                byte = error.object[error.start]
                raise Unreadable(
                    f"field {field.tag}: byte 0x{byte:02X} is not {error.encoding.upper()}"
                ) from error
    return MarcRecord(str(record.leader), tuple(fields))


def _require_whole(data: bytes) -> None:
    if not data.endswith(RECORD_END):
        raise Unreadable("the record has no end")
    said = data[:5]
    if len(data) < _LEADER or not said.isdigit():
        raise Unreadable("the record does not begin with its length")
    if int(said) != len(data) and len(data) <= _LENGTH_TOO_LONG_TO_SAY:
        raise Unreadable(f"the record says it has {int(said)} bytes but has {len(data)}")


def _require_unimarc(tags: set[str]) -> None:
    if "245" in tags and "200" not in tags:
        raise Unreadable("MARC 21, not UNIMARC: the title stands in 245 and not in 200")


def _structure(data: bytes) -> Record:
    """Let pymarc take the record apart; what it grumbles at counts as damage too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", BadSubfieldCodeWarning)
            return Record(data, to_unicode=False)
    except BadSubfieldCodeWarning as error:
        raise Unreadable("a subfield code is not a letter or a digit") from error
    except UnicodeDecodeError as error:
        raise Unreadable("leader, directory or indicators are not ASCII") from error
    except (PymarcException, ValueError, IndexError) as error:
        raise Unreadable(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return f"damaged structure: {str(error).strip().splitlines()[0] if str(error) else error!r}"


def _declared_character_set(raw: list[Field]) -> str:
    """Return positions 26 to 29 of the first 100 $a; they are ASCII in every character set."""
    general = (field for field in raw if field.tag == "100" and not field.control_field)
    for field in general:
        for subfield in field.subfields:
            if subfield.code == "a":
                return _raw(subfield.value)[26:30].decode("ascii", "replace")
    return ""


def _field(field: Field, decode: Decoder) -> MarcField:
    if field.control_field:
        return MarcField(field.tag, data=tidy(decode(_raw(field.data))))
    clean = str if field.tag in _CODED else tidy
    return MarcField(
        field.tag,
        subfields=tuple((part.code, clean(decode(_raw(part.value)))) for part in field.subfields),
    )


def _raw(value: object) -> bytes:
    """What pymarc types as text is bytes in its raw fields."""
    if not isinstance(value, bytes):
        raise TypeError("a record read without decoding holds bytes")
    return value
