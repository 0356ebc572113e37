"""Pieces that many screens have: languages, rows and what they come to, counts, banners."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from kiosk.screen.picture import SYMBOLS, Count, Row, Said, Screen, State, Tally, Tone
from kiosk.screen.rows import Voice
from kiosk.session.states import Laid, Language, Session

Items = tuple[Laid, ...]
Rows = tuple[Row, ...]
RowOf = Callable[[int, Laid, Voice], Row]

_CUT = "\N{NULL}"  # stands for the number while its sentence is cut in two


def blank(state: State, said: Said, voice: Voice) -> Screen:
    """Return a screen that says this and shows nothing else."""
    return Screen(
        state=state,
        language=voice.language,
        others=languages(voice)[1:],
        library=voice.place.library,
        headline=said.headline,
        action=said.action,
        rows_label=voice("rows.label"),
    )


def languages(voice: Voice) -> tuple[Language, ...]:
    """All languages on offer, that of the screen first."""
    return (voice.language, *(it for it in voice.place.languages if it is not voice.language))


def together(voice: Voice) -> tuple[Language, ...]:
    """The two languages that are shown while nobody has chosen one."""
    return languages(voice)[:2]


def rows_of(items: Items, row_of: RowOf, voice: Voice) -> Rows:
    """Return a row for each item, numbered from 1."""
    return tuple(row_of(number, laid, voice) for number, laid in enumerate(items, start=1))


def open_first(rows: Rows) -> Rows:
    """Put first what still asks something of the patron."""
    return tuple(sorted(rows, key=lambda shown: shown.tone is Tone.DONE))


def tones_of(rows: Rows) -> Counter[Tone]:
    """Count the rows of each tone."""
    return Counter(shown.tone for shown in rows)


def tally_of(rows: Rows, voice: Voice) -> tuple[Tally, ...]:
    """Say how many items are done, to be laid again and given back, as far as there are any."""
    tones = tones_of(rows)
    return tuple(
        Tally(tone, SYMBOLS[tone], tones[tone], voice.count(f"tally.{tone.value}", tones[tone]))
        for tone in (Tone.DONE, Tone.AGAIN, Tone.BACK)
        if tones[tone]
    )


def counted(voice: Voice, key: str, number: int, **values: object) -> Count:
    """Return a sentence with its number apart, which is shown large."""
    sentence = voice.count(key, number, n=_CUT, **values)
    before, _, after = sentence.partition(_CUT)
    return Count(number, before, after)


def banners_of(session: Session, voice: Voice) -> tuple[Said, ...]:
    """Return what stands above everything: that the catalogue is away, if it is."""
    return () if session.online else (offline(voice, voice.language),)


def offline(voice: Voice, language: Language) -> Said:
    """Say in a language that the catalogue is away."""
    spoken = replace(voice, language=language)
    return Said(language, spoken("offline.headline"), spoken("offline.action"))
