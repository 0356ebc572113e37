"""The menu that a staff card opens: what stands in it, and what each entry does.

It is opened by a card alone, never by a touch, and closes by itself.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from kiosk.session.effects import (
    Effects,
    EmptyBin,
    KeepClosed,
    Later,
    LookAtPaper,
    Restart,
    RunCheck,
    ShowBin,
    ShowBins,
)
from kiosk.session.events import (
    BinEmptied,
    BinsCounted,
    BinShown,
    Checked,
    MenuOver,
    PaperSeen,
    StaffEvent,
)
from kiosk.session.pages import BinPage, BinsPage, CheckPage, MainPage, Menu, PaperPage, WaitPage
from kiosk.session.sets import may_be_accepted_incomplete
from kiosk.session.states import Fault, ReceiptMode, Session, Visit

Step = tuple[Session, Effects]


class Act(StrEnum):
    """What staff can do at a kiosk."""

    BINS = "bins"
    BIN = "bin"
    EMPTY = "empty"
    ACCEPT = "accept"
    PAPER = "paper"
    CLOSE = "close"
    OPEN = "open"
    CHECK = "check"
    RESTART = "restart"
    BACK = "back"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the menu; `bin`: the one that it is about."""

    act: Act
    bin: str = ""

    @property
    def key(self) -> str:
        """What the session hears when it is pressed."""
        return f"staff.{self.act.value}:{self.bin}"


def entries(session: Session) -> tuple[Entry, ...]:
    """Return what can be done now, in the order of the keys from 1 on."""
    if session.menu is None:
        return ()
    match session.menu.page:
        case MainPage():
            return _main(session)
        case BinsPage(counts):
            return (*(Entry(Act.BIN, name) for name, _ in counts), Entry(Act.BACK))
        case BinPage(content, emptied):
            empty = () if emptied else (Entry(Act.EMPTY, content.bin),)
            return (*empty, Entry(Act.BACK))
        case CheckPage() | PaperPage() | WaitPage():
            return (Entry(Act.BACK),)
        case _ as never:
            assert_never(never)


def _main(session: Session) -> tuple[Entry, ...]:
    is_closed = Fault.STAFF in session.faults
    wanted = {
        Act.ACCEPT: waits_for_staff(session),
        Act.BINS: True,
        Act.PAPER: session.rules.receipts is not ReceiptMode.NEVER,
        Act.OPEN: is_closed,
        Act.CLOSE: not is_closed,
        Act.CHECK: True,
        Act.RESTART: True,
        Act.LEAVE: True,
    }
    return tuple(Entry(act) for act, is_so in wanted.items() if is_so)


def waits_for_staff(session: Session) -> bool:
    """Say whether a set lies here that only staff can let go."""
    phase = session.phase
    return isinstance(phase, Visit) and any(map(may_be_accepted_incomplete, phase.items))


def open_menu(session: Session) -> Step:
    """A staff card was laid down."""
    return _show(session, MainPage())


def entry_of(session: Session, button: str) -> Entry | None:
    """Return the entry that was pressed, if it stands in the menu."""
    return next((entry for entry in entries(session) if entry.key == button), None)


def choose(session: Session, entry: Entry) -> Step:
    """Do what an entry says; to accept a set is the visit's own affair."""
    match entry.act:
        case Act.BINS:
            return _wait(session, ShowBins())
        case Act.BIN:
            return _wait(session, ShowBin(entry.bin))
        case Act.EMPTY:
            return _wait(session, EmptyBin(entry.bin))
        case Act.PAPER:
            return _wait(session, LookAtPaper())
        case Act.CHECK:
            return _wait(session, RunCheck())
        case Act.CLOSE | Act.OPEN:
            return replace(session, menu=None), (KeepClosed(entry.act is Act.CLOSE),)
        case Act.RESTART:
            return replace(session, menu=None), (Restart(),)
        case Act.BACK:
            return _show(session, MainPage())
        case Act.ACCEPT | Act.LEAVE:
            return replace(session, menu=None), ()
        case _ as never:
            assert_never(never)


def happened(session: Session, event: StaffEvent) -> Step:
    """Show what came of an entry; with the menu closed, nothing."""
    if session.menu is None:
        return session, ()
    match event:
        case MenuOver(turn):
            return (replace(session, menu=None) if turn == session.menu.turn else session), ()
        case BinsCounted(counts):
            return _show(session, BinsPage(counts))
        case BinShown(content):
            return _show(session, BinPage(content, emptied=False))
        case BinEmptied(content):
            return _show(session, BinPage(content, emptied=True))
        case PaperSeen(paper):
            return _show(session, PaperPage(paper))
        case Checked(findings):
            return _show(session, CheckPage(findings))
        case _ as never:
            assert_never(never)


Page = MainPage | BinsPage | BinPage | PaperPage | CheckPage | WaitPage


def _show(session: Session, page: Page) -> Step:
    """Show a page, and close the menu once nobody has done anything for a while."""
    turn = session.menu_turn + 1
    menu = Menu(page, turn)
    over = Later(MenuOver(turn), session.rules.menu)
    return replace(session, menu=menu, menu_turn=turn), (over,)


def _wait(session: Session, effect: ShowBins | ShowBin | EmptyBin | LookAtPaper | RunCheck) -> Step:
    after, effects = _show(session, WaitPage())
    return after, (effect, *effects)
