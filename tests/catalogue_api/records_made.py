"""Records for the tests, written byte by byte: `made("001 1", "200 $aTitle$eSubtitle")`."""

from catalogue_api.importing.iso_records import read_record
from catalogue_api.importing.titles import title_of

UTF_8 = "20260105d2013    m  y0frey50      ba"
OLD = "20260105d2013    m  y0frey0103    ba"
UNIMARC = "     nam0 22        450 "
MARC21 = "     nam a22        4500"
MARC8 = "     nam  22        4500"
CODED = "260105s2013    fr            000 0 fre d"


def made(*lines, leader=UNIMARC, encode=str.encode):
    """One record of ISO 2709; a tag may be followed by two indicators: `245#10 $aTitle`."""
    directory, body = b"", b""
    for line in lines:
        head, _, content = line.partition(" ")
        tag, _, indicators = head.partition("#")
        if tag < "010":
            data = encode(content)
        else:
            parts = [b"\x1f" + encode(part) for part in content.split("$")[1:]]
            data = (indicators or "  ").encode() + b"".join(parts)
        data += b"\x1e"
        directory += f"{tag}{len(data):04d}{len(body):05d}".encode()
        body += data
    base = 24 + len(directory) + 1
    length = base + len(body) + 1
    said = f"{length:05d}{leader[5:12]}{base:05d}{leader[17:]}"
    return said.encode() + directory + b"\x1e" + body + b"\x1d"


def unimarc(*lines, general=UTF_8, **options):
    return made(f"100 $a{general}", *lines, **options)


def marc21(*lines, coded=CODED, leader=MARC21, **options):
    return made(f"008 {coded}", *lines, leader=leader, **options)


def title(data, *profiles, source=""):
    return title_of(read_record(data), profiles, source)


def said(data, *profiles):
    return title(data, *profiles).description


SOUND = unimarc("001 42", "200 $aL'Étranger", "995 $bMED$cBUS$fC1$kR CAM$o0$20$00$rLIV")
