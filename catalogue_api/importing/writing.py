"""Records written down: ISO 2709 or MARCXML, in UTF-8."""

from xml.sax.saxutils import escape, quoteattr

from catalogue_api.importing.iso2709 import RECORD_END
from catalogue_api.importing.iso_records import SUBFIELD
from catalogue_api.importing.marc_record import MarcField, MarcRecord, is_control
from catalogue_api.importing.structure import FIELD_END, LEADER, LONGEST

XML_BEGIN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
)
XML_END = "</collection>\n"
_LONGEST_FIELD = 9_999
_NO_XML = dict.fromkeys([*range(0x20), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)])
for _allowed in "\t\n\r":
    del _NO_XML[ord(_allowed)]


class TooLong(Exception):
    """ISO 2709 cannot hold this record: its lengths have five digits, those of fields four."""


def iso2709(record: MarcRecord) -> bytes:
    """Return the record's bytes. Raise `TooLong`."""
    directory: list[bytes] = []
    body = bytearray()
    for field in record.fields:
        content = _content(field).encode("utf-8", "replace") + FIELD_END
        if len(content) > _LONGEST_FIELD:
            raise TooLong(f"field {field.tag} has {len(content)} bytes")
        directory.append(f"{field.tag}{len(content):04d}{len(body):05d}".encode("ascii"))
        body += content
    base = LEADER + 12 * len(directory) + 1
    length = base + len(body) + 1
    if length > LONGEST:
        raise TooLong(f"it has {length} bytes")
    said = record.leader
    leader = f"{length:05d}{said[5:10]}22{base:05d}{said[17:20]}450{said[23:]}"
    return leader.encode("ascii", "replace") + b"".join(directory) + FIELD_END + body + RECORD_END


def xml(record: MarcRecord) -> str:
    """Return the record as an element of a MARCXML collection.

    What XML does not allow (control characters other than tab and line ends) is left out.
    """
    lines = ["<record>", f"  <leader>{_text(record.leader)}</leader>"]
    for field in record.fields:
        tag = quoteattr(field.tag)
        if is_control(field.tag):
            lines.append(f"  <controlfield tag={tag}>{_text(field.data)}</controlfield>")
            continue
        first, second = (quoteattr(one) for one in field.indicators)
        lines.append(f"  <datafield tag={tag} ind1={first} ind2={second}>")
        lines += (
            f"    <subfield code={quoteattr(_plain(code))}>{_text(text)}</subfield>"
            for code, text in field.subfields
        )
        lines.append("  </datafield>")
    return "\n".join([*lines, "</record>\n"])


def _content(field: MarcField) -> str:
    if is_control(field.tag):
        return field.data
    return field.indicators + "".join(SUBFIELD + code + text for code, text in field.subfields)


def _text(text: str) -> str:
    # A parser would make a line feed of a carriage return, unless it is written as a number.
    return escape(_plain(text), {"\r": "&#13;"})


def _plain(text: str) -> str:
    return text.translate(_NO_XML)
