"""The words of a notice in its reader's language: a subject that says no more than it must, text.

The texts stand in `locales/`, how they follow each other in `templates/`. There is no HTML: what is
said is a few lines, and plain text is read everywhere, aloud too.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from catalogue_api.services.notices.outbox import Letter
from catalogue_api.words import words_of

_HERE = Path(__file__).parent
LANGUAGES = tuple(
    sorted((path.stem for path in _HERE.glob("locales/*.po")), key=lambda s: s != "fr")
)
"""French first; another language is another file."""


@dataclass(frozen=True, slots=True)
class House:
    """Who writes: the library's name, and the address of its portal, without a slash at its end."""

    name: str
    portal: str


@dataclass(frozen=True, slots=True)
class Written:
    """What is sent: both in plain text, the subject in one line."""

    language: str
    subject: str
    text: str


class Writer:
    """Writes letters in every language there is."""

    def __init__(self, house: House, zone: ZoneInfo) -> None:
        self._house = house
        self._words = {
            language: words_of(language, (_HERE / "locales" / f"{language}.po",), zone)
            for language in LANGUAGES
        }
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=False,  # noqa: S701 - plain text
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def write(self, letter: Letter) -> Written:
        """Return the words of a letter, in French where its language is not there."""
        language = _spoken(letter.language)
        words = self._words[language]
        kind = letter.kind.value
        text = self._templates.get_template(f"{kind}.txt").render(
            {
                **letter.values,
                "kind": kind,
                "say": words.text,
                "day": lambda day: words.day(_day(day, words.zone)),
                "moment": words.spoken,
                "reader": letter.name,
                "house": self._house,
                "unsubscribe": unsubscribe_address(self._house, letter),
            }
        )
        subject = f"{kind}.subject_of_several" if letter.together else f"{kind}.subject"
        return Written(language, words.text(subject), text)

    def trial(self) -> Written:
        """Return the words with which a mail server is tried out."""
        words = self._words[LANGUAGES[0]]
        text = f"{words.text('trial.body')}\n\n{self._house.name}\n"
        return Written(LANGUAGES[0], words.text("trial.subject"), text)


def unsubscribe_address(house: House, letter: Letter) -> str:
    """Return the address that declines the kind of a letter, "" for a duty."""
    return f"{house.portal}/desabonnement/{letter.unsubscribe}" if letter.unsubscribe else ""


def _spoken(language: str) -> str:
    wanted = language.partition("-")[0]
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def _day(day: date, zone: ZoneInfo) -> date:
    return day.astimezone(zone).date() if isinstance(day, datetime) else day
