"""How texts are set: spaces at which no line may break, and times as people write them."""

import re
from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from catalogue_api.web.texts import LANGUAGES, read_words
from catalogue_api.words import words_of

PARIS = ZoneInfo("Europe/Paris")
WORDS = read_words(PARIS)
_HEAD = 'msgid ""\nmsgstr ""\n"Language: {0}\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'


def said(folder: Path, text: str, language: str = "fr", **how: str) -> str:
    file = folder / f"{language}{len(list(folder.iterdir()))}.po"
    head = _HEAD.format(language)
    plural = f'msgid "n"\nmsgid_plural "n"\nmsgstr[0] "{text}"\nmsgstr[1] "{text}"\n'
    file.write_text(f'{head}\nmsgid "k"\nmsgstr "{text}"\n\n{plural}')
    words = words_of(language, (file,), PARIS, **how)
    assert words.count("n", 2) == words.text("k")
    return words.text("k")


def test_no_line_breaks_before_a_sign_of_french(tmp_path) -> None:
    text = "Vraiment ? « Oui », et 10 % de plus : c’est dit ; voilà !"
    assert said(tmp_path, text, narrow="\u202f") == (
        "Vraiment\u202f? «\u00a0Oui\u00a0», et 10\u00a0% de plus\u00a0: "
        "c’est dit\u202f; voilà\u202f!"
    )
    assert "\u202f" not in said(tmp_path, text), "mails and terminals may not have it"
    assert said(tmp_path, "Why ? 10 %", "en") == "Why ? 10 %"


def test_no_text_of_pages_leaves_such_a_space_to_chance() -> None:
    words = WORDS["fr"]
    loose = re.compile(r" [;:!?»%]|« ")
    plain = [key for key in words.keys("") if key and loose.search(words.catalogue.gettext(key))]
    assert plain == []


@pytest.mark.parametrize(
    ("at", "french", "english"),
    [(time(9), "9 h", "09:00"), (time(14, 5), "14 h 05", "14:05"), (time.max, "0 h", "00:00")],
)
def test_times_of_day(at: time, french: str, english: str) -> None:
    assert WORDS["fr"].clock(at).replace("\u00a0", " ") == french
    assert WORDS["en"].clock(at) == english


def test_instants_are_said_by_the_clock_of_the_library() -> None:
    summer, winter = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, 30, tzinfo=UTC)
    spoken = [
        WORDS[one].spoken(at).replace("\u00a0", " ") for one in LANGUAGES for at in (summer, winter)
    ]
    assert spoken == [
        "mercredi 1er juillet à 14 h",
        "mardi 1er décembre à 13 h 30",
        "Wednesday 1 July at 14:00",
        "Tuesday 1 December at 13:30",
    ]
    later = WORDS["fr"].spoken_of_year(winter)
    assert later == "1er décembre 2026 à 13\u00a0h\u00a030"
    assert WORDS["fr"].hours(summer, winter) == "14\u00a0h\u00a0– 13\u00a0h\u00a030"
