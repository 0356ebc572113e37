"""The pages of the menu of staff."""

from dataclasses import dataclass

from catalogue_api.contract.kiosks import Paper
from kiosk.session.contents import BinContent, Finding


@dataclass(frozen=True, slots=True)
class MainPage:
    """What staff can do."""


@dataclass(frozen=True, slots=True)
class BinsPage:
    """How many things lie in each bin."""

    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class BinPage:
    """What lies in a bin; `emptied`: what lay in it until now."""

    content: BinContent
    emptied: bool


@dataclass(frozen=True, slots=True)
class PaperPage:
    """How the printer's paper is."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What came of trying each part."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class WaitPage:
    """What was asked for is being done."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of staff, over whatever else goes on; `turn` counts its pages."""

    page: MainPage | BinsPage | BinPage | PaperPage | CheckPage | WaitPage
    turn: int
