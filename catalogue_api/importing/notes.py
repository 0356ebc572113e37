"""What notes in words say of a title: ages, PEGI, the console of a game; in French and English."""

import re
from collections.abc import Iterable

from catalogue_api.domain.collection import Audience

_ANY_CASE = re.IGNORECASE
PEGI_AGES = (3, 7, 12, 16, 18)
"""The ages that PEGI gives (https://pegi.info)."""

_AGE = "(?P<age>[0-9]{1,2})"
_PEGI = re.compile(rf"\bPEGI\b\W{{0,3}}(?:\w+\W+)?{_AGE}\b", _ANY_CASE)
_GAME_AGES = re.compile(
    rf"(?:^|\s)\+\s?{_AGE}\b|\b{_AGE}\s?\+|moins de {_AGE} ans|(?:partir de|dès) {_AGE} ans"
    rf"|\bages? {_AGE}\b|\bsuitable (?:for|from) {_AGE}\b|\b{_AGE} ans et plus".replace(
        "(?P<age>", "("
    ),
    _ANY_CASE,
)
_FROM_AGE = re.compile(
    r"(?:partir de|d[eè]s|enfants? \(|children \(|ages?|\bde)\s*(?:l['’]âge de\s*)?([0-9]{1,2})"
    r"(?:\s*(?:-|à|to)\s*[0-9]{1,2})?\s*(?:ans|years|\))?",
    _ANY_CASE,
)
_AUDIENCE_WORDS = (
    (
        re.compile(r"\b(?:adolescents?|ados?|jugendliche|young adults?)\b", _ANY_CASE),
        Audience.YOUNG,
    ),
    (
        re.compile(r"\b(?:enfants?|children|kinder|jeunesse|juvenile|primaires?)\b", _ANY_CASE),
        Audience.CHILD,
    ),
    (re.compile(r"\b(?:adultes?|adults?|public averti)\b", _ANY_CASE), Audience.ADULT),
)
_PLATFORMS = (
    ("Nintendo Switch 2", r"switch 2"),
    ("Nintendo Switch", r"switch(?! 2)"),
    ("Nintendo 3DS", r"3ds"),
    ("Nintendo DS", r"nintendo ds|\bdsi?\b"),
    ("Wii U", r"wii ?u"),
    ("Wii", r"wii(?! ?u)"),
    ("GameCube", r"game ?cube"),
    ("Game Boy", r"game ?boy"),
    ("PlayStation Vita", r"ps ?vita|playstation vita"),
    ("PSP", r"psp|playstation portable"),
    *((f"PlayStation {n}", rf"ps ?{n}|play ?station ?{n}") for n in (5, 4, 3, 2)),
    ("PlayStation", r"ps1|psx|play ?station(?! ?(?:[2-5]|vita|portable|plus))"),
    ("Xbox Series", r"xbox series(?: ?[xs])?"),
    ("Xbox One", r"xbox one"),
    ("Xbox 360", r"xbox 360"),
    ("Xbox", r"xbox(?! (?:one|360|series))"),
    ("PC", r"\bpc\b|windows"),
    ("Mac", r"mac ?os|macintosh|\bmac\b"),
)
_PLATFORM = [
    (name, re.compile(rf"(?<!\w)(?:{said})(?!\w)", _ANY_CASE)) for name, said in _PLATFORMS
]
_VIDEO_GAME = re.compile(r"jeux?[ -]vid[ée]os?|video ?games?|videospiele?", _ANY_CASE)
_COMICS = re.compile(
    r"bandes? dessinées?|mangas?|comics?\b|comic books|graphic novels?|romans? graphiques?",
    _ANY_CASE,
)


def pegi_age(texts: Iterable[str], *, game: bool) -> int | None:
    """Return the age that PEGI gave; for a game also one that is said without its name."""
    said = list(texts)
    for text in said:
        for found in _PEGI.finditer(text):
            if int(found["age"]) in PEGI_AGES:
                return int(found["age"])
    if game:
        for text in said:
            for found in _GAME_AGES.finditer(text):
                age = int(next(group for group in found.groups() if group))
                if age in PEGI_AGES:
                    return age
    return None


def platform(texts: Iterable[str]) -> str:
    """Return the consoles or computers that are named, each by its usual name."""
    text = " / ".join(texts)
    return ", ".join(name for name, said in _PLATFORM if said.search(text))


def audience(texts: Iterable[str]) -> Audience:
    """Return for whom notes say a title is: under 12 children, under 16 the young."""
    for text in texts:
        if found := _FROM_AGE.search(text):
            age = int(found[1])
            return Audience.CHILD if age < 12 else Audience.YOUNG if age < 16 else Audience.ADULT
        for words, meant in _AUDIENCE_WORDS:
            if words.search(text):
                return meant
    return Audience.ANYONE


def names_video_games(texts: Iterable[str]) -> bool:
    """Tell whether a form or subject is video games."""
    return any(_VIDEO_GAME.search(text) for text in texts)


def names_comics(texts: Iterable[str]) -> bool:
    """Tell whether a form is comics, of whatever country."""
    return any(_COMICS.search(text) for text in texts)
