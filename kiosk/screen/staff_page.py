"""The menu of staff in words: staff see barcodes, patrons never do."""

from dataclasses import dataclass
from typing import assert_never

from kiosk.screen.picture import SYMBOLS, Button, Said, Tone
from kiosk.screen.rows import Voice
from kiosk.session.contents import BinContent, InBin
from kiosk.session.pages import BinPage, BinsPage, CheckPage, MainPage, Menu, PaperPage, WaitPage
from kiosk.session.staff import Act, Entry, entries
from kiosk.session.states import Session


@dataclass(frozen=True, slots=True)
class MenuView:
    """One page of the menu."""

    said: Said
    lines: tuple[str, ...]
    buttons: tuple[Button, ...]


def show_menu(session: Session, menu: Menu, voice: Voice) -> MenuView:
    """Put a page of the menu into words."""
    headline, lines = _page(menu, voice)
    said = Said(voice.language, headline, voice("staff.action"))
    counts = dict(menu.page.counts) if isinstance(menu.page, BinsPage) else {}
    buttons = tuple(_button(entry, counts, voice) for entry in entries(session))
    return MenuView(said, lines, buttons)


def _page(menu: Menu, voice: Voice) -> tuple[str, tuple[str, ...]]:
    match menu.page:
        case MainPage():
            return voice("staff.headline"), ()
        case BinsPage():
            return voice("staff.bins"), ()
        case BinPage(content, emptied):
            key = "staff.emptied.headline" if emptied else "staff.bin.headline"
            return voice(key, bin=content.bin, n=len(content.things)), _things(content, voice)
        case PaperPage(paper):
            return voice(f"staff.paper.{paper.value}"), ()
        case CheckPage(findings):
            lines = (
                f"{SYMBOLS[Tone.DONE if it.well else Tone.BACK]} {it.part}: {it.detail}"
                for it in findings
            )
            return voice("staff.check"), tuple(lines)
        case WaitPage():
            return voice("staff.wait"), ()
        case _ as never:
            assert_never(never)


def _things(content: BinContent, voice: Voice) -> tuple[str, ...]:
    return tuple(_thing(thing, voice) for thing in content.things)


def _thing(thing: InBin, voice: Voice) -> str:
    if not thing.barcode:
        return voice(f"{thing.why}.headline")
    return " · ".join(it for it in (thing.barcode, thing.title, thing.shelf_mark) if it)


def _button(entry: Entry, counts: dict[str, int], voice: Voice) -> Button:
    label = voice(f"staff.{entry.act.value}", bin=entry.bin, n=counts.get(entry.bin, 0))
    return Button(entry.key, label, main=entry.act in {Act.EMPTY, Act.ACCEPT})
