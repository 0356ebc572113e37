"""ISO 5426, the extended Latin alphabet of libraries before Unicode: ASCII, signs, and accents.

An accent is a byte of its own before its letter; in Unicode it follows.
"""

_SIGNS = {
    **dict(zip(range(0xA1, 0xB3), "¡„£$¥†§′‘“«♭©℗®ʿʾ‚", strict=True)),
    **dict(zip(range(0xB6, 0xC0), "‡·″’”»♯ʹʺ¿", strict=True)),
    0xE1: "Æ",
    0xE2: "Đ",
    0xE6: "Ĳ",
    0xE8: "Ł",
    0xE9: "Ø",
    0xEA: "Œ",
    0xEC: "Þ",
    0xF1: "æ",
    0xF2: "đ",
    0xF3: "ð",
    0xF5: "ı",
    0xF6: "ĳ",
    0xF8: "ł",
    0xF9: "ø",
    0xFA: "œ",
    0xFB: "ß",
    0xFC: "þ",
}
_ACCENTS = {
    0xC0: "\u0309",  # hook above
    0xC1: "\u0300",  # grave
    0xC2: "\u0301",  # acute
    0xC3: "\u0302",  # circumflex
    0xC4: "\u0303",  # tilde
    0xC5: "\u0304",  # macron
    0xC6: "\u0306",  # breve
    0xC7: "\u0307",  # dot above
    0xC8: "\u0308",  # trema
    0xC9: "\u0308",  # umlaut
    0xCA: "\u030a",  # ring above
    0xCB: "\u0315",  # comma above, to the right
    0xCC: "\u0312",  # turned comma above
    0xCD: "\u030b",  # double acute
    0xCE: "\u031b",  # horn
    0xCF: "\u030c",  # caron
    0xD0: "\u0327",  # cedilla
    0xD1: "\u031c",  # half ring below, open to the right
    0xD2: "\u0326",  # comma below
    0xD3: "\u0328",  # ogonek
    0xD4: "\u0325",  # ring below
    0xD5: "\u032e",  # breve below
    0xD6: "\u0323",  # dot below
    0xD7: "\u0324",  # two dots below
    0xD8: "\u0332",  # line below
    0xD9: "\u0333",  # two lines below
    0xDA: "\u0329",  # vertical line below
    0xDB: "\u032d",  # circumflex below
    0xDD: "\ufe20",  # ligature, left half
    0xDE: "\ufe21",  # ligature, right half
}


def decode(data: bytes) -> str:
    """Return the text, not composed; an accent without a letter stands alone.

    Control bytes are passed on. Raise UnicodeDecodeError for a byte that has no meaning.
    """
    text: list[str] = []
    accents = ""
    for place, byte in enumerate(data):
        if accent := _ACCENTS.get(byte):
            accents += accent
            continue
        sign = chr(byte) if byte < 0xA0 else _SIGNS.get(byte)
        if sign is None:
            raise UnicodeDecodeError("iso 5426", data, place, place + 1, "no such character")
        text.append(sign + accents)
        accents = ""
    return "".join(text) + accents
