"""Scenes of the patron screen, for tests and pictures.

`python tests/browser/kiosk_scenes.py` writes the pictures of the documentation to docs/images;
with a folder as argument, every scene in every size and language goes there instead.
"""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from uuid import UUID

from playwright.async_api import async_playwright

from catalogue_api.contract.returns import Note, NoteKind, Outcome, Returned
from drivers.interface import Uid
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.screen.place import Place, Reach, SiteText
from kiosk.screen.server import ScreenServer
from kiosk.session.contents import BinContent, Finding, InBin
from kiosk.session.states import (
    Aid,
    BinPage,
    BinsPage,
    CheckPage,
    Closing,
    Laid,
    Language,
    MainPage,
    Menu,
    Part,
    Receipt,
    ReceiptMode,
    ReceiptState,
    Rules,
    Session,
    Shape,
    Stage,
    Stopped,
    Summary,
    TypedBarcodes,
    Visit,
)
from kiosk.tagging import OurItem

PLACE = Place(
    library="Médiathèque Agnès-Varda",
    opening=SiteText("mardi 24 novembre à 10 h", "Tuesday 24 November at 10 am"),
    other_place=SiteText("boîte de retour, 3 rue du Lac", "book drop, 3 rue du Lac"),
)
EVERY_LANGUAGE = replace(PLACE, languages=tuple(Language), keypad=True)
UNSTAFFED = replace(PLACE, staffed=False)
SLOT = replace(PLACE, shape=Shape.SLOT)
SLOT_RULES = Rules(shape=Shape.SLOT)
NEWS = replace(
    PLACE,
    message=SiteText(
        "La bibliothèque ferme à 17 h ce jeudi.", "The library closes at 5 pm this Thursday."
    ),
)
HIGH = replace(PLACE, reach=Reach.HIGH)
CLOSED = replace(UNSTAFFED, closed=True)
AT = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
ID = UUID(int=1)


def laid(verdict: Verdict, title: str = "", *notes: Note) -> Laid:
    """One settled item, as the session leaves it."""
    found = facts(verdict)
    outcome = verdict if isinstance(verdict, Outcome) else Outcome.RETURNED
    answer = Returned(
        return_id=ID,
        outcome=outcome,
        notes=notes,
        sort_hint=found.hint,
        title=title,
        shelf_mark="R BAR" if title else "",
        received_at=AT,
    )
    return Laid(
        uid=Uid("E004010000000001"),
        stage=Stage.SETTLED,
        item=OurItem("29059001234567", "FR-751131001", sure=True),
        return_id=ID,
        occurred_at=AT,
        verdict=verdict,
        outcome=verdict if found.accepted and isinstance(verdict, Outcome) else outcome,
        answer=answer if title or isinstance(verdict, Outcome) else None,
        bin=Rules().sorting.bin(verdict) if found.accepted else "",
    )


def busy() -> Laid:
    """One item whose tag is being read."""
    return Laid(uid=Uid("E004010000000002"))


LATE = Note(kind=NoteKind.LATE, on=date(2026, 10, 12))
PARTS = Note(kind=NoteKind.CHECK_PARTS, text="1 livre, 1 disque")
VISIT = (
    laid(Outcome.RETURNED, "L'Élégance du hérisson"),
    laid(Outcome.HOLD_CAPTURED, "Le Comte de Monte-Cristo, tome 2", LATE),
    laid(KioskOutcome.LAY_AGAIN, "Persepolis"),
    laid(KioskOutcome.NOT_OURS),
)
WELL = tuple(laid(Outcome.RETURNED, "Les Misérables") for _ in range(3))
MANY = tuple(laid(verdict, "Astérix et Cléopâtre") for verdict in (*Outcome, *KioskOutcome))

NUMBER = "4F7K-29QM-3"
NO_PAPER = Receipt(NUMBER, ReceiptState.NO_PAPER)


def a_set() -> Laid:
    """A book of which the disc is missing."""
    item = OurItem("29059001234567", "FR-751131001", sure=True, part=1, parts=2)
    uid = Uid("E004010000000003")
    return Laid(uid, stage=Stage.GATHERING, item=item, parts=(Part(uid, 1),))


WITH_PRINTER = Rules(receipts=ReceiptMode.ASK)
TYPING = Rules(typed_barcodes=TypedBarcodes.EVERYBODY)
CONTENT = BinContent(
    "1",
    (
        *(InBin(f"290590012345{n}", AT, "returned", "Les Misérables", "R HUG") for n in range(9)),
        InBin("", AT, why="unreadable"),
    ),
)
FINDINGS = (
    Finding("reader", well=True, detail="FEIG 03.03.00"),
    Finding("sorter", well=False, detail="the flap stands open: free it"),
)

SCENES: dict[str, tuple[Place, Session]] = {
    "idle": (PLACE, Session()),
    "idle-closed": (CLOSED, Session()),
    "idle-slot": (SLOT, Session()),
    "idle-news": (NEWS, Session()),
    "idle-high": (HIGH, Session()),
    "idle-every": (EVERY_LANGUAGE, Session()),
    "idle-aids": (NEWS, Session(aids=frozenset(Aid), online=False)),
    "idle-offline": (PLACE, Session(online=False)),
    "first": (PLACE, Session(phase=Visit((busy(),)))),
    "reading": (PLACE, Session(phase=Visit((*VISIT[:2], busy())))),
    "visit": (PLACE, Session(phase=Visit(VISIT))),
    "visit-offline": (
        PLACE,
        Session(phase=Visit((laid(KioskOutcome.KEPT_FOR_LATER),)), online=False),
    ),
    "visit-aids": (EVERY_LANGUAGE, Session(phase=Visit(VISIT), aids=frozenset(Aid))),
    "visit-every": (EVERY_LANGUAGE, Session(phase=Visit(VISIT))),
    "visit-slot": (
        SLOT,
        Session(rules=SLOT_RULES, phase=Visit((*WELL[:1], replace(WELL[1], stage=Stage.SORTING)))),
    ),
    "visit-many": (PLACE, Session(phase=Visit(MANY))),
    "visit-unstaffed": (
        UNSTAFFED,
        Session(phase=Visit((laid(Outcome.PARTS_MISSING, "Kirikou", PARTS), *VISIT[:1]))),
    ),
    "summary": (PLACE, Session(phase=Summary(WELL))),
    "summary-mixed": (PLACE, Session(phase=Summary((*VISIT, laid(Outcome.NEEDS_STAFF, "Ici"))))),
    "summary-again": (PLACE, Session(phase=Summary(VISIT[:3]))),
    "receipt": (PLACE, Session(phase=Summary(WELL, Receipt(NUMBER)))),
    "receipt-keys": (EVERY_LANGUAGE, Session(phase=Summary(VISIT, Receipt(NUMBER)))),
    "receipt-none": (PLACE, Session(phase=Summary(WELL, NO_PAPER))),
    "warning": (
        EVERY_LANGUAGE,
        Session(phase=Summary(WELL, Receipt(NUMBER), Closing.WARNED)),
    ),
    "goodbye": (PLACE, Session(phase=Summary(WELL, closing=Closing.OVER))),
    "set-waiting": (PLACE, Session(phase=Visit((a_set(), *WELL[:1])))),
    "slot-crowded": (SLOT, Session(rules=SLOT_RULES, phase=Visit((busy(), *WELL[:1])))),
    "staff": (PLACE, Session(menu=Menu(MainPage(), 1), rules=WITH_PRINTER)),
    "staff-bins": (PLACE, Session(menu=Menu(BinsPage((("1", 31), ("2", 4), ("3", 0))), 1))),
    "staff-bin": (PLACE, Session(menu=Menu(BinPage(CONTENT, emptied=False), 1))),
    "staff-check": (PLACE, Session(menu=Menu(CheckPage(FINDINGS), 1))),
    "barcode": (
        PLACE,
        Session(phase=Visit((laid(KioskOutcome.UNREADABLE),)), rules=TYPING),
    ),
    "out": (PLACE, Session(phase=Stopped())),
    "out-unstaffed": (UNSTAFFED, Session(phase=Stopped())),
    "stopped": (PLACE, Session(phase=Stopped((*VISIT[:1], laid(Outcome.NEEDS_STAFF))))),
}
SIZES = {
    "portrait": (1080, 1920),
    "landscape": (1920, 1080),
    "small": (1024, 768),
    "panel": (800, 480),
    "phone": (390, 844),
    "half": (540, 960),
}
PICTURES: dict[str, tuple[str, str, Language]] = {
    "kiosk-idle": ("idle", "half", Language.FRENCH),
    "kiosk-visit": ("visit", "half", Language.FRENCH),
    "kiosk-summary": ("summary", "half", Language.FRENCH),
    "kiosk-receipt": ("receipt-keys", "half", Language.FRENCH),
    "kiosk-warning": ("warning", "half", Language.FRENCH),
    "kiosk-closed": ("idle-closed", "half", Language.FRENCH),
    "kiosk-out": ("out-unstaffed", "half", Language.FRENCH),
    "kiosk-arabic": ("visit-every", "half", Language.ARABIC),
    "kiosk-contrast": ("visit-aids", "half", Language.ENGLISH),
    "kiosk-wide": ("visit", "panel", Language.ENGLISH),
}
"""Of the documentation: scene, size, language."""


Shot = tuple[str, str, str, Language]
"""File name, scene, size, language."""


def shots(*, everything: bool) -> list[Shot]:
    """What is to be taken."""
    if not everything:
        return [(name, *taken) for name, taken in PICTURES.items()]
    return [
        (f"{scene}-{size}-{language.value}", scene, size, language)
        for scene, size, language in product(SCENES, SIZES, Language)
    ]


async def take(folder: Path, *, everything: bool) -> None:
    """Write pictures of the scenes."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, scene, size, language in shots(everything=everything):
            place, session = SCENES[scene]
            server = ScreenServer(place, "127.0.0.1", 0, lambda _: None)
            await server.start()
            server.show(replace(session, language=language))
            width, height = SIZES[size]
            page = await chromium.new_page(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            await page.goto(server.url)
            await page.locator("#say:not(:empty)").wait_for(state="attached")
            await page.screenshot(path=folder / f"{name}.png")
            await page.close()
            await server.stop()
        await chromium.close()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target, everything=len(sys.argv) > 1))
