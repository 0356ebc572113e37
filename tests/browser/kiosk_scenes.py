"""Scenes of the patron screen, for tests and pictures: whatever it can show is in one of them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from catalogue_api.contract.kiosks import Paper
from catalogue_api.contract.returns import Note, NoteKind, Outcome, PartsCheck, Returned, SortHint
from drivers.interface import Uid
from kiosk.decisions import Expected
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.screen.place import Place, Reach, SiteText
from kiosk.screen.rows import AT_THE_DESK, SWALLOWED
from kiosk.session.contents import BinContent, Finding, InBin
from kiosk.session.pages import BinPage, BinsPage, CheckPage, MainPage, Menu, PaperPage, WaitPage
from kiosk.session.states import (
    Aid,
    Closing,
    Fault,
    Laid,
    Language,
    Part,
    Question,
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
NOWHERE = replace(PLACE, other_place=SiteText())
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
ITEM = OurItem("29059001234567", "FR-751131001", sure=True)


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
        item=ITEM,
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
KEPT = tuple(replace(laid(it, "Ici"), bin="4", present=False) for it in sorted(SWALLOWED))
GONE = replace(WELL[0], present=False)
MANY = tuple(laid(verdict, "Astérix et Cléopâtre") for verdict in (*Outcome, *KioskOutcome))
LONG = (
    "Aventures complètes et véritables de Monsieur Jean de La Fontaine, fabuliste du roi, "
    "racontées aux enfants de Château-Thierry et illustrées de cent vingt gravures sur bois"
)
NOTES = (
    LATE,
    PARTS,
    Note(kind=NoteKind.WAS_LOST),
    Note(kind=NoteKind.WAS_MISSING),
    Note(kind=NoteKind.LOCAL_USE),
)
PILE = (
    *(laid(Outcome.RETURNED, LONG, note) for note in NOTES),
    replace(laid(Outcome.RETURNED, "Kirikou"), item=replace(ITEM, parts=3)),
    *(laid(Outcome.RETURNED, "Les Misérables") for _ in range(12)),
    laid(Outcome.HOLD_CAPTURED, "Persepolis"),
    laid(KioskOutcome.NOT_OURS),
)

NUMBER = "4F7K-29QM-3"


def a_set() -> Laid:
    """A book of which the disc is missing."""
    item = replace(ITEM, part=1, parts=2)
    uid = Uid("E004010000000003")
    return Laid(uid, stage=Stage.GATHERING, item=item, parts=(Part(uid, 1),))


CASE = replace(
    laid(Outcome.RETURNED, "Les Saisons"),
    stage=Stage.CHECKING,
    verdict=None,
    answer=None,
    expected=Expected(True, SortHint.SHELVE, title="Les Saisons", contents="1 livre, 1 disque"),
)
LATER = replace(CASE, stage=Stage.UNCHECKED)
COUNTED = replace(CASE, expected=None, item=replace(ITEM, part=0, parts=3))


def receipt(state: ReceiptState) -> Session:
    """The end of a visit, and what became of its receipt."""
    return Session(phase=Summary(WELL, Receipt(NUMBER, state)))


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
        Session(rules=SLOT_RULES, phase=Visit((GONE, replace(WELL[1], stage=Stage.SORTING)))),
    ),
    "visit-swallowed": (
        SLOT,
        Session(
            rules=SLOT_RULES,
            phase=Visit(
                tuple(replace(laid(it, "Ici"), bin="4", present=False) for it in SWALLOWED)
            ),
        ),
    ),
    "visit-many": (PLACE, Session(phase=Visit(MANY))),
    "visit-pile": (PLACE, Session(phase=Visit(PILE))),
    "visit-unstaffed": (
        UNSTAFFED,
        Session(phase=Visit(tuple(laid(it, "Kirikou", PARTS) for it in sorted(AT_THE_DESK)))),
    ),
    "summary": (PLACE, Session(phase=Summary(WELL))),
    "summary-mixed": (PLACE, Session(phase=Summary((*VISIT, laid(Outcome.NEEDS_STAFF, "Ici"))))),
    "summary-again": (PLACE, Session(phase=Summary(VISIT[:3]))),
    "receipt": (PLACE, Session(phase=Summary(WELL, Receipt(NUMBER)))),
    "receipt-keys": (EVERY_LANGUAGE, Session(phase=Summary(VISIT, Receipt(NUMBER)))),
    "receipt-printing": (PLACE, receipt(ReceiptState.PRINTING)),
    "receipt-printed": (PLACE, receipt(ReceiptState.PRINTED)),
    "receipt-none": (PLACE, receipt(ReceiptState.NO_PAPER)),
    "receipt-away": (PLACE, receipt(ReceiptState.NOT_PRINTED)),
    "warning": (
        EVERY_LANGUAGE,
        Session(phase=Summary(WELL, Receipt(NUMBER), Closing.WARNED)),
    ),
    "goodbye": (PLACE, Session(phase=Summary(WELL, closing=Closing.OVER))),
    "question": (PLACE, Session(phase=Visit((CASE, *WELL[:1])), question=Question(1))),
    "question-keys": (
        EVERY_LANGUAGE,
        Session(phase=Visit((WELL[0], CASE, LATER, busy())), question=Question(1), online=False),
    ),
    "question-warned": (
        PLACE,
        Session(phase=Visit((CASE,)), question=Question(2, warned=True)),
    ),
    "question-away": (
        HIGH,
        Session(
            phase=Visit((replace(COUNTED, present=False), *WELL[:1])),
            question=Question(2, warned=True),
        ),
    ),
    "question-slot": (
        SLOT,
        Session(rules=SLOT_RULES, phase=Visit((GONE, CASE)), question=Question(1)),
    ),
    "visit-answered": (
        PLACE,
        Session(
            phase=Visit(
                (
                    replace(laid(Outcome.RETURNED, "Kirikou"), check=PartsCheck.NO_ANSWER),
                    replace(laid(Outcome.PARTS_MISSING, "Ici"), check=PartsCheck.INCOMPLETE),
                    *KEPT,
                )
            )
        ),
    ),
    "set-waiting": (PLACE, Session(phase=Visit((a_set(), *WELL[:1])))),
    "slot-crowded": (SLOT, Session(rules=SLOT_RULES, phase=Visit((busy(), *WELL[:1])))),
    "staff": (PLACE, Session(menu=Menu(MainPage(), 1), rules=WITH_PRINTER)),
    "staff-high": (HIGH, Session(menu=Menu(MainPage(), 1), rules=WITH_PRINTER)),
    "staff-set": (
        replace(PLACE, keypad=True),
        Session(
            menu=Menu(MainPage(), 1),
            phase=Visit((a_set(),)),
            rules=WITH_PRINTER,
            faults=frozenset({Fault.STAFF}),
        ),
    ),
    "staff-bins": (PLACE, Session(menu=Menu(BinsPage((("1", 31), ("2", 4), ("3", 0))), 1))),
    "staff-bin": (PLACE, Session(menu=Menu(BinPage(CONTENT, emptied=False), 1))),
    "staff-emptied": (PLACE, Session(menu=Menu(BinPage(CONTENT, emptied=True), 1))),
    "staff-wait": (PLACE, Session(menu=Menu(WaitPage(), 1))),
    "staff-paper": (PLACE, Session(menu=Menu(PaperPage(Paper.COVER_OPEN), 1))),
    "staff-check": (PLACE, Session(menu=Menu(CheckPage(FINDINGS), 1))),
    "barcode": (
        PLACE,
        Session(phase=Visit((laid(KioskOutcome.UNREADABLE),)), rules=TYPING),
    ),
    "out": (PLACE, Session(phase=Stopped())),
    "out-nowhere": (NOWHERE, Session(phase=Stopped())),
    "out-unstaffed": (UNSTAFFED, Session(phase=Stopped())),
    "out-alone": (replace(NOWHERE, staffed=False), Session(phase=Stopped())),
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
