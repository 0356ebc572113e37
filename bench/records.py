"""Catalogues of any size, the same for the same seed: French records made of the words of others.

The words come from the real records beside the clone where there are any, else from lists of
their own. Titles, authors and subjects are recombined, so that words are as rare or frequent as
in a library, and no two records are alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from catalogue_api.importing.iso2709 import chunks
from catalogue_api.importing.iso_records import read_record
from catalogue_api.importing.marc_record import MarcField, MarcRecord
from catalogue_api.importing.records import Unreadable

_REAL = Path(__file__).resolve().parents[2] / "shared/data/marc/unimarc-roubaix-238.mrc"
_SITES = ("CENTRALE", "PLAINE", "COTEAU")


@dataclass(frozen=True, slots=True)
class Words:
    """What records are made of; titles are cut into beginnings and ends."""

    beginnings: tuple[str, ...]
    ends: tuple[str, ...]
    families: tuple[str, ...]
    given: tuple[str, ...]
    subjects: tuple[str, ...]
    publishers: tuple[str, ...]
    summaries: tuple[str, ...]


_OWN = Words(
    beginnings=(
        "Le secret", "La maison", "L'été", "Les enfants", "Histoire", "Mémoires", "Le jardin",
        "La petite fille", "L'œuvre", "Voyage", "Introduction", "Le goût", "L'île", "Une vie",
        "Les chemins", "Le dernier jour", "Contes", "Atlas", "Le chant", "La route",
    ),
    ends=(
        "du moulin", "des étoiles", "à Venise", "de la forêt", "d'une reine", "en Méditerranée",
        "sous la neige", "des oubliés", "de Paris", "au bord de l'eau", "du silence", "et le vent",
        "pour les nuls", "de l'Antiquité à nos jours", "d'Ouessant", "sans fin", "des glaces",
        "de la cuisine", "du théâtre français", "en bicyclette",
    ),
    families=(
        "Durand", "Lefèvre", "Morel", "Bertrand", "Garnier", "N'Diaye", "Le Goff", "Müller",
        "Benali", "Étienne", "Lacroix", "Roussel", "Dos Santos", "Nguyen", "Pelletier",
    ),
    given=(
        "Anne", "Jérôme", "Zoé", "François", "Amina", "Léa", "Paul", "Élodie", "Noël", "Inès",
        "Mathieu", "Chloé", "André", "Cécile", "Hugo",
    ),
    subjects=(
        "Cuisine", "Histoire -- France", "Jardinage", "Bandes dessinées", "Psychologie",
        "Musique -- Disques", "Voyages", "Astronomie", "Amitié", "Guerre mondiale (1939-1945)",
        "Animaux", "Photographie", "Contes", "Mathématiques", "Mer",
    ),
    publishers=("Gallimard", "Le Seuil", "Actes Sud", "Casterman", "L'École des loisirs", "Milan"),
    summaries=(
        "Un roman sur la mémoire et l'oubli.", "Toutes les recettes de saison, pas à pas.",
        "Une enquête au cœur de la ville.", "Le guide des sentiers du littoral.",
    ),
)  # fmt: skip


def words() -> Words:
    """Return the words of the real records, or the built-in ones where there are none."""
    if not _REAL.is_file():
        return _OWN
    records: list[MarcRecord] = []
    with _REAL.open("rb") as stream:
        for chunk in chunks(stream):
            try:
                records.append(read_record(chunk.data).record)
            except Unreadable:
                continue
    titles = [record.first("200", "a") for record in records]
    named = [(r.first("700", "a"), r.first("700", "b")) for r in records if r.first("700", "a")]
    return Words(
        beginnings=_different(title[: _middle(title)] for title in titles),
        ends=_different(title[_middle(title) :] for title in titles),
        families=_different(family for family, _ in named),
        given=_different(given for _, given in named),
        subjects=_different(text for r in records for f in r.all("606") for text in f.all("a")),
        publishers=_different(r.first("210", "c") for r in records),
        summaries=_different(r.first("330", "a") for r in records),
    )


def generate(seed: int, n: int) -> Iterator[MarcRecord]:
    """Yield `n` UNIMARC records, each with one to three copies in Koha's 995."""
    random, said = Random(seed), words()
    for number in range(1, n + 1):
        yield _record(random, said, number)


def _record(random: Random, said: Words, number: int) -> MarcRecord:
    title = f"{random.choice(said.beginnings)} {random.choice(said.ends)}"
    family, given = random.choice(said.families), random.choice(said.given)
    year, isbn = random.randint(1950, 2026), _isbn(number)
    fields = [
        MarcField("001", f"G{number:07d}"),
        MarcField("003", f"http://catalogue.example.org/ark:/12345/{number}"),
        _field("010", ("a", isbn), ("d", f"{random.randint(5, 40)} EUR")),
        _field("100", ("a", f"20260105d{year}    m  y0frey50      ba")),
        _field("101", ("a", random.choice(("fre", "fre", "fre", "eng")))),
        _field("200", ("a", title), ("f", f"{given} {family}")),
        _field("210", ("a", "Paris"), ("c", random.choice(said.publishers)), ("d", str(year))),
        _field("215", ("a", f"{random.randint(40, 900)} p."), ("c", "ill."), ("d", "21 cm")),
        _field("330", ("a", random.choice(said.summaries))),
        *(
            _field("606", ("a", subject), ("2", "rameau"))
            for subject in random.sample(said.subjects, random.randint(1, 3))
        ),
        _field("700", ("a", family), ("b", given), ("4", "070")),
        *(_copy(random, number, copy, family) for copy in range(random.choice((1, 1, 2, 3)))),
    ]
    return MarcRecord("     nam  22        450 ", tuple(fields))


def _copy(random: Random, number: int, copy: int, family: str) -> MarcField:
    site = random.choice(_SITES)
    return _field(
        "995",
        ("0", "0"),
        ("2", "0"),
        ("b", site),
        ("c", site),
        ("f", f"3{number:09d}{copy}"),
        ("k", f"R {family[:3].upper()}"),
        ("o", "0"),
        ("r", "LIV"),
    )


def _field(tag: str, *subfields: tuple[str, str]) -> MarcField:
    return MarcField(tag, "", "  ", subfields)


def _isbn(number: int) -> str:
    body = f"9782{number:08d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-weighted % 10)


def _middle(title: str) -> int:
    """The blank nearest to the middle; all of a title of one word is its beginning."""
    blanks = [place for place, sign in enumerate(title) if sign == " "]
    return min(blanks, key=lambda place: abs(place - len(title) // 2), default=len(title))


def _different(texts: Iterator[str] | Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
