"""Records for titles that never had one: made at the desk, described by their columns only."""

from collections.abc import Mapping

from catalogue_api.domain.collection import NumberKind, RecordFormat, TitleKind
from catalogue_api.importing.marc_record import MarcField, MarcRecord
from catalogue_api.importing.records import Description

_TYPES = {
    TitleKind.AUDIOBOOK: "im",
    TitleKind.BOARD_GAME: "rm",
    TitleKind.FILM: "gm",
    TitleKind.MAP: "em",
    TitleKind.MUSIC: "jm",
    TitleKind.PERIODICAL: "as",
    TitleKind.SCORE: "cm",
    TitleKind.OTHER: "km",
}
"""Leader positions 6 and 7; what is not listed is printed text."""

LINES = frozenset({"contributors", "other_titles", "subjects", "series"})
"""What a title has several of: one a line, one a field."""

_ELECTRONIC = {TitleKind.SOFTWARE, TitleKind.VIDEO_GAME}
FORMS = {TitleKind.COMIC: "Bandes dessinées", TitleKind.VIDEO_GAME: "Jeux vidéo"}
WRITTEN_UNIMARC = {
    "title": ("200", "a"),
    "subtitle": ("200", "e"),
    "author": ("200", "f"),
    "volume": ("200", "h"),
    "publisher": ("210", "c"),
    "extent": ("215", "a"),
    "series": ("225", "a"),
    "summary": ("330", "a"),
    "other_titles": ("517", "a"),
    "subjects": ("606", "a"),
    "contributors": ("702", "a"),
}
WRITTEN_MARC21 = {
    "title": ("245", "a"),
    "subtitle": ("245", "b"),
    "volume": ("245", "n"),
    "author": ("245", "c"),
    "other_titles": ("246", "a"),
    "publisher": ("264", "b"),
    "extent": ("300", "a"),
    "series": ("490", "a"),
    "summary": ("520", "a"),
    "subjects": ("650", "a"),
    "contributors": ("720", "a"),
}
NUMBERS = {
    RecordFormat.UNIMARC: {
        NumberKind.ISBN: "010",
        NumberKind.ISSN: "011",
        NumberKind.EAN: "073",
    },
    RecordFormat.MARC21: {NumberKind.ISBN: "020", NumberKind.ISSN: "022", NumberKind.EAN: "024"},
}


def made_record(
    format_: RecordFormat,
    control_number: str,
    said: Description,
    numbers: Mapping[str, NumberKind],
) -> MarcRecord:
    """Return a record that says what is known of a title; read again it says the same."""
    unimarc = format_ is RecordFormat.UNIMARC
    electronic = "lm" if unimarc else "mm"
    type_ = electronic if said.kind in _ELECTRONIC else _TYPES.get(said.kind, "am")
    fields = [MarcField("001", control_number), *_coded(said, unimarc=unimarc)]
    for number, kind in numbers.items():
        indicators = "3 " if (unimarc, kind) == (False, NumberKind.EAN) else "  "
        fields.append(MarcField(NUMBERS[format_][kind], "", indicators, (("a", number),)))
    fields += _described(said, WRITTEN_UNIMARC if unimarc else WRITTEN_MARC21)
    fields += _form_and_age(said, unimarc=unimarc)
    leader = f"00000n{type_}  2200000   450 " if unimarc else f"00000n{type_} a2200000 i 4500"
    return MarcRecord(leader, tuple(sorted(fields, key=lambda field: field.tag)))


def _described(said: Description, places: Mapping[str, tuple[str, str]]) -> list[MarcField]:
    by_tag: dict[str, list[tuple[str, str]]] = {}
    repeated: list[MarcField] = []
    for name, (tag, code) in places.items():
        text: str = getattr(said, name)
        if "\n" in text or name in LINES:
            lines = filter(None, text.split("\n"))
            repeated += [MarcField(tag, subfields=((code, line),)) for line in lines]
        elif text:
            by_tag.setdefault(tag, []).append((code, text))
    return [*(MarcField(tag, subfields=tuple(pairs)) for tag, pairs in by_tag.items()), *repeated]


def _coded(said: Description, *, unimarc: bool) -> list[MarcField]:
    year = f"{said.year:04d}" if said.year else "    "
    language = f"{said.language:3.3}"
    audience = {"child": "a", "young": "e", "adult": "m"}.get(said.audience.value, "u")
    if unimarc:
        general = f"{'':8}d{year}    {audience}  y0frey50      ba"
        fields = [MarcField("100", subfields=(("a", general),))]
        if said.language:
            fields.append(MarcField("101", subfields=(("a", said.language),)))
        return fields
    audience = {"child": "j", "young": "d", "adult": "e"}.get(said.audience.value, " ")
    game = "g" if said.kind is TitleKind.BOARD_GAME else " "
    return [MarcField("008", f"{'':6}s{year}    xx {'':4}{audience}{'':10}{game} {language} d")]


def _form_and_age(said: Description, *, unimarc: bool) -> list[MarcField]:
    fields: list[MarcField] = []
    if form := FORMS.get(said.kind):
        fields.append(MarcField("608" if unimarc else "655", subfields=(("a", form),)))
    if said.pegi_age is not None:
        age = ("a", f"PEGI {said.pegi_age}")
        fields.append(MarcField("333" if unimarc else "521", subfields=(age,)))
    if said.platform:
        fields.append(MarcField("337" if unimarc else "753", subfields=(("a", said.platform),)))
    return fields
