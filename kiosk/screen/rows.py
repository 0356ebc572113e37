"""One thing laid down, as a row: a text is a function of the verdict, the staff and the bin."""

from dataclasses import dataclass, replace

from catalogue_api.contract.returns import Note, NoteKind, Outcome, PartsCheck
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.screen.picture import SYMBOLS, Row, Tone
from kiosk.screen.place import Place
from kiosk.screen.texts import Speak
from kiosk.session.sets import contents, has_untagged_parts, is_at_hand, lacking
from kiosk.session.states import Laid, Language, Shape, Stage

AT_THE_DESK = frozenset(
    {
        Outcome.PARTS_MISSING,
        Outcome.NEEDS_STAFF,
        Outcome.UNKNOWN_ITEM,
        KioskOutcome.UNREADABLE,
        KioskOutcome.BIN_FULL,
    }
)
"""Verdicts that send to the desk: without staff, they say when somebody will be there."""

SWALLOWED = frozenset({Outcome.PARTS_MISSING, Outcome.NEEDS_STAFF})
"""Verdicts that give an item back, unless it already lies in a bin."""

ASKS_FOR_A_HAND = {
    Stage.GATHERING: "gathering",
    Stage.UNCHECKED: "unchecked",
    Stage.CHECKING: "checking",
    Stage.SORTING: "put_in",
}
"""Stages in which it is the patron who must do something."""

ASKED = frozenset({"unchecked", "checking", "checking.away"})
"""Keys of rows that wait for an answer of the patron, not for the kiosk."""

NEEDS_HANDS = frozenset({KioskOutcome.LAY_AGAIN})
"""Accepted, and there is still something to do: also where a slot swallows the items."""

# A penalty is the reader's own affair and no card is laid here; that somebody had said to have
# returned this item is for staff.
NOT_SHOWN = frozenset({NoteKind.MAY_BORROW_FROM, NoteKind.WAS_CLAIMED_RETURNED})


@dataclass(frozen=True, slots=True)
class Voice:
    """What a row is put into words with."""

    place: Place
    speak: Speak
    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        """Return a text in the language of the screen."""
        return self.speak(self.language, key, **values)

    def count(self, key: str, n: int, /, **values: object) -> str:
        """Return a text in the plural form for `n`."""
        return self.speak.count(self.language, key, n, **values)


def row(number: int, laid: Laid, voice: Voice) -> Row:
    """Show one thing in a visit that goes on."""
    if laid.stage is not Stage.SETTLED or laid.verdict is None:
        return _busy(number, laid, voice)
    return _settled(number, laid, laid.verdict, voice)


def _busy(number: int, laid: Laid, voice: Voice) -> Row:
    """Say what is awaited: most often only a moment, or else a part, or a hand at the slot."""
    key = ASKS_FOR_A_HAND.get(laid.stage, "reading")
    if key == "checking" and not is_at_hand(laid):
        key = "checking.away"
    headline = voice(f"{key}.headline", part=_parts(laid, voice))
    action = "" if key == "reading" else voice(f"{key}.action")
    return _named(Row(number, key, Tone.BUSY, SYMBOLS[Tone.BUSY], headline, action), laid, voice)


def row_at_the_end(number: int, laid: Laid, voice: Voice) -> Row:
    """Show one thing in a summary: no titles and notes of what is done."""
    shown = row(number, laid, voice)
    if shown.tone is not Tone.DONE:
        return shown
    return replace(shown, title="", shelf_mark="", notes=())


def row_when_stopped(number: int, laid: Laid, voice: Voice) -> Row:
    """Show one thing out of service: it is accepted or not, and cannot be laid again."""
    if laid.verdict is KioskOutcome.LAY_AGAIN and laid.outcome is not None:
        laid = replace(laid, verdict=laid.outcome)
    return row_at_the_end(number, laid, voice)


def is_read(laid: Laid) -> bool:
    """Say whether this counts as an item that was read.

    A card is no item, and a second tag of an item of this visit is not a second item.
    """
    return laid.item is not None or laid.verdict is KioskOutcome.NOT_OURS


def is_returned(laid: Laid) -> bool:
    """Say whether the library has this item now."""
    if laid.stage is not Stage.SETTLED or laid.verdict is None:
        return False
    return is_read(laid) and facts(laid.verdict).accepted


def _settled(number: int, laid: Laid, verdict: Verdict, voice: Voice) -> Row:
    tone = tone_of(verdict, laid.bin)
    headline, action = words(verdict, laid, voice)
    shown = Row(number, verdict.value, tone, SYMBOLS[tone], headline, action)
    return replace(_named(shown, laid, voice), notes=notes(laid, voice))


def tone_of(verdict: Verdict, bin_name: str) -> Tone:
    """Say what a verdict asks of the patron."""
    if verdict is KioskOutcome.LAY_AGAIN:
        return Tone.AGAIN
    kept = facts(verdict).accepted or (verdict in SWALLOWED and bin_name != "")
    return Tone.DONE if kept else Tone.BACK


def words(verdict: Verdict, laid: Laid, voice: Voice) -> tuple[str, str]:
    """Return headline and action of a verdict."""
    swallowed = verdict in SWALLOWED and laid.bin != ""
    swallows = voice.place.shape is Shape.SLOT
    stem = verdict.value
    if swallowed:
        stem += ".kept"
    values = {
        "bin": laid.bin,
        "part": _parts(laid, voice) or voice("part.unnamed"),
        "opening": voice.place.opening.to(voice.language),
        "time": _time(laid, voice),
    }
    headline = voice(f"{stem}.headline", **values)
    if swallowed and not swallows:
        return headline, voice(f"{stem}.action.pad", **values)
    if facts(verdict).accepted and verdict not in NEEDS_HANDS and (swallows or not laid.bin):
        return headline, voice("nothing_else")
    alone = verdict in AT_THE_DESK and not swallowed and not voice.place.staffed
    return headline, voice(f"{stem}.action" + (".unstaffed" if alone else ""), **values)


def notes(laid: Laid, voice: Voice) -> tuple[str, ...]:
    """Return the small lines under an outcome of the catalogue that was accepted."""
    verdict = laid.verdict
    if laid.answer is None or not isinstance(verdict, Outcome) or not facts(verdict).accepted:
        return ()
    lines = [_note(note, laid, voice) for note in laid.answer.notes]
    if laid.check is PartsCheck.NO_ANSWER:
        lines.append(voice("note.unchecked"))
    return tuple(dict.fromkeys(line for line in lines if line))


def _note(note: Note, laid: Laid, voice: Voice) -> str:
    if note.kind in NOT_SHOWN:
        return ""
    if note.kind is NoteKind.LATE:
        if note.on is None:
            return ""
        other_year = laid.occurred_at is not None and laid.occurred_at.year != note.on.year
        day = voice.speak.date(voice.language, note.on, year=other_year)
        return voice("note.late", date=day)
    if note.kind is NoteKind.CHECK_PARTS and (not note.text or laid.check or laid.parts):
        # Whoever was asked, or laid each part, need not be told to look.
        return ""
    return voice(f"note.{note.kind.value}", contents=note.text)


def _parts(laid: Laid, voice: Voice) -> str:
    """The parts to be added: those that the catalogue names, or those whose tags are missing.

    Of what its reader says to be incomplete nobody knows which part it is.
    """
    named = laid.answer.notes if laid.answer and laid.check is not PartsCheck.INCOMPLETE else ()
    texts = [it.text for it in named if it.kind is NoteKind.CHECK_PARTS and it.text]
    total = laid.item.parts if laid.item else 0
    missing = [voice("part.numbered", ordinal=it, total=total) for it in lacking(laid)]
    return ", ".join(texts or missing)


def what_to_check(laid: Laid, voice: Voice) -> str:
    """Return what must lie in the case: in words, or how many parts it is."""
    if has_untagged_parts(laid) and (named := contents(laid)):
        return voice("parts.asked.action", contents=named)
    return voice("parts.asked.action.number", n=laid.item.parts if laid.item else 0)


def _time(laid: Laid, voice: Voice) -> str:
    if laid.occurred_at is None:
        return ""
    return voice.speak.time(voice.language, laid.occurred_at, voice.place.zone)


def _named(shown: Row, laid: Laid, voice: Voice) -> Row:
    """Say which item it is, where the site wants that."""
    if not voice.place.show_titles:
        return shown
    if laid.answer is None:
        return replace(shown, title=laid.expected.title) if laid.expected else shown
    return replace(shown, title=laid.answer.title, shelf_mark=laid.answer.shelf_mark)
