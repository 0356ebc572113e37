import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from catalogue_api.agent.states import Face
from catalogue_api.contract.endpoint import ProblemType
from catalogue_api.contract.returns import NoteKind, Outcome
from catalogue_api.domain.estimates import EstimateReason
from catalogue_api.domain.holds import EndReason, HoldEventKind, HoldStatus, MoveReason, Scan
from catalogue_api.domain.loans import LoanRefusal
from catalogue_api.domain.marks import Mark, MarkRefusal
from catalogue_api.domain.patrons import BlockKind, PatronRefusal
from catalogue_api.domain.reserving import HoldRefusal
from catalogue_api.domain.seat_access import SeatRefusal
from catalogue_api.domain.seat_states import SeatState
from catalogue_api.domain.slots import (
    Ability,
    BookingEnd,
    BookingKind,
    BookingStatus,
    Settlement,
    SlotRefusal,
)
from catalogue_api.domain.walk_ins import WalkInStatus
from catalogue_api.web import texts

WORDS = texts.read_words(ZoneInfo("Europe/Paris"))
HERE = Path(texts.__file__).parent


def catalogue(language: str):
    found = {}
    for path in texts.files_of(language):
        with path.open("rb") as file:
            messages = {one.id: one for one in read_po(file, abort_invalid=True) if one.id}
        assert not set(messages) & set(found), path
        found |= messages
    return found


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_outcome_note_scan_and_refusal_has_a_text(language) -> None:
    keys = (
        [f"outcome.{outcome.value}" for outcome in Outcome]
        + [f"note.{note.value}" for note in NoteKind]
        + [f"scan.{scan.value}{part}" for scan in Scan for part in ("", ".detail")]
        + [f"mark.{mark.value}" for mark in Mark]
        + [f"mark_refusal.{refusal.value}" for refusal in MarkRefusal]
        + [f"block.{kind.value}" for kind in BlockKind]
        + [f"patron_refusal.{refusal.value}" for refusal in PatronRefusal]
        + [f"problem.{kind.value}" for kind in ProblemType]
        + [f"loan.{refusal.value}{part}" for refusal in LoanRefusal for part in ("", ".patron")]
    )
    assert set(keys) <= set(catalogue(language))
    values = dict.fromkeys(("date", "contents", "pickup", "number", "day", "barcode"), "•")
    assert all(WORDS[language].text(key, **values) for key in keys)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_everything_about_reservations_has_a_text(language) -> None:
    closed = {
        "hold_refusal": HoldRefusal, "hold_status": HoldStatus, "hold_event": HoldEventKind,
        "move_reason": MoveReason, "end_reason": EndReason,
        "holds.why": EstimateReason, "portal.estimate": EstimateReason,
    }  # fmt: skip
    keys = {f"{name}.{one.value}" for name, members in closed.items() for one in members}
    assert keys <= set(catalogue(language))
    values = {"ahead": 1, "copies": 2, "late": 3}
    assert all(WORDS[language].text(key, **values) for key in keys)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_everything_about_slots_has_a_text(language) -> None:
    closed = {
        "ability": Ability, "booking_kind": BookingKind, "booking_status": BookingStatus,
        "seat_state": SeatState, "settlement": Settlement, "walk_in": WalkInStatus,
    }  # fmt: skip
    keys = {f"{name}.{one.value}" for name, members in closed.items() for one in members}
    keys |= {f"agent.face.{face.value}" for face in Face}
    keys |= {f"agent.ended.{end.value}" for end in BookingEnd}
    keys |= {f"seat_refusal.{one.value}.patron" for one in SeatRefusal}
    for refusal in SlotRefusal:
        keys |= {f"slot_refusal.{refusal.value}", f"slot_refusal.{refusal.value}.patron"}
    assert keys <= set(catalogue(language))
    assert all(WORDS[language].text(key, name="PC 3") for key in keys)


def test_both_languages_say_the_same_things() -> None:
    french, english = catalogue("fr"), catalogue("en")
    assert set(french) == set(english)
    for key, message in french.items():
        places = [
            set(re.findall(r"{\w+}", "".join(text.string))) for text in (message, english[key])
        ]
        assert places[0] == places[1], key
        assert all(english[key].string), key


def test_every_key_of_the_templates_exists() -> None:
    used = set()
    for path in (HERE / "templates").rglob("*.html"):
        used |= set(re.findall(r"""(?:t|words\.count)\(\s*"([\w.]+[\w])\"""", path.read_text()))
    known = {key if isinstance(key, str) else key[0] for key in catalogue("fr")}
    assert used - known == set()


def test_a_missing_text_is_an_error_not_its_key() -> None:
    with pytest.raises(texts.TextMissing, match=r"fr: no\.such"):
        WORDS["fr"].text("no.such")
    with pytest.raises(texts.TextMissing):
        WORDS["fr"].count("no.such", 2)


def test_plurals() -> None:
    counted = [WORDS[language].count("shelving.count", n) for language in WORDS for n in (0, 1, 2)]
    assert counted == [
        "0 exemplaire", "1 exemplaire", "2 exemplaires", "0 copies", "1 copy", "2 copies",
    ]  # fmt: skip
