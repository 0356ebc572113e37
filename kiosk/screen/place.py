"""What a site's settings say of the place where the kiosk stands."""

from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from kiosk.session.states import Language, Shape


@dataclass(frozen=True, slots=True)
class SiteText:
    """Words of the site itself, such as its opening hours; where some lack, the French stand in."""

    french: str = ""
    english: str = ""
    spanish: str = ""
    portuguese: str = ""
    arabic: str = ""

    def to(self, language: Language) -> str:
        """Return the words in a language, or the French ones."""
        own = {
            Language.ENGLISH: self.english,
            Language.SPANISH: self.spanish,
            Language.PORTUGUESE: self.portuguese,
            Language.ARABIC: self.arabic,
        }
        return own.get(language, "") or self.french


class Reach(StrEnum):
    """Where the buttons are, so that they can be reached from a wheelchair as the screen hangs."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the kiosk stands.

    `staffed`: somebody at the desk can help now; without staff, `opening` must say when that will
    be, as `closed` must. `other_place`: where else items can be returned. `late_sentence`: what
    being out of service means for due dates. `message`: what the library wants to say now.
    `time_zone`: an IANA name. `languages`: those on offer, that of the house first. `keypad`: the
    buttons show the keys that press them. `speaks`: everybody hears what is said, not only who
    asks for it.
    """

    library: str
    staffed: bool = True
    closed: bool = False
    opening: SiteText = SiteText()
    other_place: SiteText = SiteText()
    late_sentence: SiteText = SiteText()
    message: SiteText = SiteText()
    show_titles: bool = True
    time_zone: str = "Europe/Paris"
    shape: Shape = Shape.PAD
    languages: tuple[Language, ...] = (Language.FRENCH, Language.ENGLISH)
    reach: Reach = Reach.LOW
    keypad: bool = False
    speaks: bool = False

    def __post_init__(self) -> None:
        if (self.closed or not self.staffed) and not self.opening.french:
            raise ValueError("a place that is closed or without staff must say when it opens")

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the times shown."""
        return ZoneInfo(self.time_zone)
