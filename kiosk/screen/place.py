"""What a site's settings say of the place where the kiosk stands."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kiosk.session.states import Language


@dataclass(frozen=True, slots=True)
class SiteText:
    """Words of the site itself, such as its opening hours; without English the French is shown."""

    french: str = ""
    english: str = ""

    def to(self, language: Language) -> str:
        """Return the words in a language, or the French ones."""
        return (self.english if language is Language.ENGLISH else "") or self.french


@dataclass(frozen=True, slots=True)
class Place:
    """Where the kiosk stands.

    `staffed`: somebody at the desk can help now; without staff, `opening` must say when that will
    be, as `closed` must. `other_place`: where else items can be returned. `late_sentence`: what
    being out of service means for due dates. `time_zone`: an IANA name.
    """

    library: str
    staffed: bool = True
    closed: bool = False
    opening: SiteText = SiteText()
    other_place: SiteText = SiteText()
    late_sentence: SiteText = SiteText()
    show_titles: bool = True
    time_zone: str = "Europe/Paris"

    def __post_init__(self) -> None:
        if (self.closed or not self.staffed) and not self.opening.french:
            raise ValueError("a place that is closed or without staff must say when it opens")

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the times shown."""
        return ZoneInfo(self.time_zone)
