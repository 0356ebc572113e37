import re
from datetime import UTC, datetime
from importlib.resources import files
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from catalogue_api.contract.returns import NoteKind, Outcome
from kiosk.outcomes import KioskOutcome
from kiosk.screen.picture import State, Tone
from kiosk.screen.rows import AT_THE_DESK, NOT_SHOWN, SWALLOWED
from kiosk.screen.texts import TextMissing, is_draft, load
from kiosk.session.states import Aid, Language, ReceiptState


def catalogue(language):
    path = files("kiosk.screen") / "locales" / language.value / "LC_MESSAGES" / "kiosk.po"
    with path.open("rb") as lines:
        return {it.id: it.string for it in read_po(lines, abort_invalid=True) if it.id}


CATALOGUES = {language: catalogue(language) for language in Language}
FRENCH = CATALOGUES[Language.FRENCH]


def key_of(message):
    return message[0] if isinstance(message, tuple) else message


def forms(string):
    return string if isinstance(string, tuple) else (string,)


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


WANTED = [
    *(f"{it.value}.{line}" for it in (*Outcome, *KioskOutcome) for line in ("headline", "action")),
    *(f"{it.value}.action.unstaffed" for it in sorted(AT_THE_DESK)),
    *(f"{it.value}.kept.{line}" for it in sorted(SWALLOWED) for line in ("headline", "action")),
    *(f"note.{it.value}" for it in NoteKind if it not in NOT_SHOWN),
    *(f"{it.value}.headline" for it in State if it is not State.SUMMARY),
    *(f"{it.value}.action" for it in State if it is not State.SUMMARY),
    *(f"summary.{it}.{line}" for it in ("well", "mixed") for line in ("headline", "action")),
    *(f"aid.{it.value}" for it in Aid),
    *(f"receipt.{it.value}.{line}" for it in ReceiptState for line in ("headline", "action")),
    *(f"tally.{it.value}" for it in Tone if it is not Tone.BUSY),
]


def asked_for() -> set[str]:
    """Keys that stand as they are in the program."""
    program = files("kiosk")
    sources = [*program.iterdir(), *(program / "screen").iterdir()]
    text = "".join(it.read_text() for it in sources if it.name.endswith(".py"))
    return set(re.findall(r"\bvoice(?:\.count)?\(\s*\"([a-z_.]+)\"", text))


@pytest.mark.parametrize("language", Language)
def test_every_key_that_the_program_names_has_its_words(language):
    assert asked_for() > {"receipt.unfinished", "receipt.title"}
    assert asked_for() <= {key_of(message) for message in CATALOGUES[language]}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("key", WANTED)
def test_every_member_of_the_enums_has_its_words(key, language):
    strings = {key_of(message): string for message, string in CATALOGUES[language].items()}
    assert all(form.strip() for form in forms(strings[key]))


@pytest.mark.parametrize("language", Language)
def test_every_language_is_complete(language):
    assert set(CATALOGUES[language]) == set(FRENCH)
    assert all(form.strip() for string in CATALOGUES[language].values() for form in forms(string))


def test_what_nobody_has_proofread_is_a_draft():
    assert {it for it in Language if not is_draft(it)} == {Language.FRENCH, Language.ENGLISH}


def test_foreign_words_keep_their_order_in_a_text_from_right_to_left():
    said = load()(Language.ARABIC, "idle.closed.action", opening="mardi 10 h")
    assert "\u2068mardi 10 h\u2069" in said
    assert "\u2068" not in load()(Language.FRENCH, "idle.closed.action", opening="mardi 10 h")


MOMENTS = [
    (
        datetime(2026, 11, 24, 9, tzinfo=UTC),
        "mardi 24 novembre à 10 h",
        "Tuesday 24 November at 10:00",
    ),
    (
        datetime(2026, 12, 1, 13, 5, tzinfo=UTC),
        "mardi 1er décembre à 14 h 05",
        "Tuesday 1 December at 14:05",
    ),
    # It is the next day already where the kiosk stands.
    (
        datetime(2026, 6, 30, 22, 30, tzinfo=UTC),
        "mercredi 1er juillet à 0 h 30",
        "Wednesday 1 July at 00:30",
    ),
]


@pytest.mark.parametrize(("at", "french", "english"), MOMENTS)
def test_moments_in_plain_words(at, french, english):
    speak, zone = load(), ZoneInfo("Europe/Paris")
    assert speak.moment(Language.FRENCH, at, zone).replace("\xa0", " ") == french
    assert speak.moment(Language.ENGLISH, at, zone) == english


@pytest.mark.parametrize("message", FRENCH, ids=key_of)
def test_all_forms_have_the_same_placeholders(message):
    found = {
        frozenset(placeholders(form))
        for language in Language
        for form in forms(CATALOGUES[language][message])
    }
    assert len(found) == 1


def test_plural_forms():
    speak = load()
    assert speak.count(Language.FRENCH, "tally.done", 0) == "rendu"
    assert speak.count(Language.FRENCH, "tally.done", 1) == "rendu"
    assert speak.count(Language.FRENCH, "tally.done", 2) == "rendus"
    assert speak.count(Language.ENGLISH, "visit.headline", 0) == "0 items read."


def test_a_missing_text_is_named():
    speak = load()
    with pytest.raises(TextMissing, match="no_such_text"):
        speak(Language.FRENCH, "no_such_text")
    with pytest.raises(TextMissing, match="no_such_text"):
        speak.count(Language.ENGLISH, "no_such_text", 2)
