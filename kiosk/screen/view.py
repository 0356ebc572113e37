"""`view(session, place, speak) -> Screen`: what a patron sees, as a pure function."""

from dataclasses import replace
from typing import assert_never

from kiosk.outcomes import KioskOutcome
from kiosk.screen.picture import Button, Count, Said, Screen, State, Tone
from kiosk.screen.pieces import (
    Items,
    Rows,
    banners_of,
    blank,
    counted,
    offline,
    open_first,
    rows_of,
    tally_of,
    together,
    tones_of,
)
from kiosk.screen.place import Place
from kiosk.screen.rows import (
    ASKED,
    Voice,
    is_read,
    is_returned,
    row,
    row_at_the_end,
    row_when_stopped,
    what_to_check,
)
from kiosk.screen.staff_page import show_menu
from kiosk.screen.texts import Speak
from kiosk.session import questions
from kiosk.session.pages import Menu
from kiosk.session.receipts import NO, YES
from kiosk.session.sets import is_at_hand
from kiosk.session.slot import is_crowded
from kiosk.session.states import (
    Aid,
    Closing,
    Idle,
    Laid,
    Language,
    Question,
    Receipt,
    ReceiptState,
    Session,
    Shape,
    Stage,
    Stopped,
    Summary,
    TypedBarcodes,
    Visit,
)


def view(session: Session, place: Place, speak: Speak) -> Screen:
    """Return everything on the screen. It names nobody and shows no barcode."""
    voice = Voice(place, speak, session.language)
    aids = tuple(aid for aid in Aid if aid in session.aids)
    if session.menu is not None:
        return replace(_menu(session, session.menu, voice), aids=aids)
    screen = _of_phase(session, voice)
    return replace(screen, aids=aids, asks_barcode=_may_type(session))


def _menu(session: Session, menu: Menu, voice: Voice) -> Screen:
    page = show_menu(session, menu, voice)
    screen = blank(State.STAFF, page.said, voice)
    may_type = session.rules.typed_barcodes is not TypedBarcodes.NEVER
    return replace(screen, lines=page.lines, buttons=page.buttons, asks_barcode=may_type)


def _may_type(session: Session) -> bool:
    """Say whether a patron is to be offered to type the barcode of what cannot be read."""
    everybody = session.rules.typed_barcodes is TypedBarcodes.EVERYBODY
    phase = session.phase
    return (
        everybody
        and isinstance(phase, Visit)
        and any(laid.verdict is KioskOutcome.UNREADABLE for laid in phase.items)
    )


def _of_phase(session: Session, voice: Voice) -> Screen:
    match session.phase:
        case Idle():
            return _idle(session, voice)
        case Visit(items):
            return _visit(session, items, voice)
        case Summary(closing=Closing.OVER):
            said = Said(voice.language, voice("goodbye.headline"), voice("goodbye.action"))
            return blank(State.GOODBYE, said, voice)
        case Summary(items, receipt, closing):
            screen = _with_receipt(_summary(session, items, voice), receipt, voice)
            return _warned(session, screen, voice) if closing is Closing.WARNED else screen
        case Stopped(()):
            return _out_of_service(voice)
        case Stopped(items):
            return _stopped(items, voice)
        case _ as never:
            assert_never(never)


def out_of_service(place: Place, speak: Speak, language: Language) -> Said:
    """Say that nothing is taken: also what a page shows that has lost its kiosk."""
    values = {
        "opening": place.opening.to(language),
        "other_place": place.other_place.to(language),
        "late_sentence": place.late_sentence.to(language),
    }
    key = "out_of_service.action"
    if not place.staffed:
        key += ".unstaffed"
    if values["other_place"]:
        key += ".elsewhere"
    action = speak(language, key, **values).strip()
    return Said(language, speak(language, "out_of_service.headline"), action)


def _idle(session: Session, voice: Voice) -> Screen:
    """Nobody need have chosen a language: everything is said in the first two."""
    first, *rest = (_welcome(replace(voice, language=it)) for it in together(voice))
    banners = () if session.online else tuple(offline(voice, it) for it in together(voice))
    screen = blank(State.IDLE, first, voice)
    return replace(screen, also=tuple(rest), banners=banners, messages=_messages(voice))


def _messages(voice: Voice) -> tuple[Said, ...]:
    """What the library wants to say, in both languages where it has written both."""
    said: dict[str, Language] = {}
    for language in together(voice):
        said.setdefault(voice.place.message.to(language), language)
    return tuple(Said(language, text, "") for text, language in said.items() if text)


def _welcome(voice: Voice) -> Said:
    place = voice.place
    opening = place.opening.to(voice.language)
    if place.closed:
        action = voice("idle.closed.action", opening=opening)
        return Said(voice.language, voice("idle.closed.headline"), action)
    key = "idle.slot" if place.shape is Shape.SLOT else "idle"
    return Said(voice.language, voice(f"{key}.headline"), voice(f"{key}.action"))


def _visit(session: Session, items: Items, voice: Voice) -> Screen:
    rows = rows_of(items, row, voice)
    count = counted(voice, "visit.headline", sum(map(is_read, items)))
    asked, question = questions.asked(session), session.question
    reading = asked is None and any(it.tone is Tone.BUSY and it.key not in ASKED for it in rows)
    action = voice("visit.action.asked" if asked else "visit.action")
    said = _reading(voice) if reading else Said(voice.language, count.sentence, action)
    if key := _slot_says(session, items):
        said = Said(voice.language, voice(f"{key}.headline"), voice(f"{key}.action"))
    screen = blank(State.READING if reading else State.VISIT, said, voice)
    banners, tally = banners_of(session, voice), tally_of(rows, voice)
    screen = replace(screen, count=count, rows=rows, tally=tally, banners=banners)
    if asked is None or question is None:
        return screen
    return _with_question(screen, asked, question, round(session.rules.warning), voice)


def _with_question(
    screen: Screen, laid: Laid, question: Question, seconds: int, voice: Voice
) -> Screen:
    """Ask whether all parts of an item are there, and say nothing else; in time, warn."""
    action = what_to_check(laid, voice)
    if question.warned:
        key = "parts.warned.action" if is_at_hand(laid) else "parts.warned.action.away"
        action = f"{action} {voice(key, s=seconds)}"
    said = Said(voice.language, voice("parts.asked.headline"), action)
    answers = ((questions.YES, True), (questions.NO, False))
    buttons = (Button(questions.key(it, laid), voice(it), main=main) for it, main in answers)
    return replace(screen, banners=(said,), buttons=tuple(buttons))


def _slot_says(session: Session, items: Items) -> str:
    """What a slot asks of the hand before it comes before all else."""
    if is_crowded(session, items):
        return "one_by_one"
    return "put_in" if any(laid.stage is Stage.SORTING for laid in items) else ""


def _reading(voice: Voice) -> Said:
    return Said(voice.language, voice("reading.headline"), voice("reading.action"))


def _summary(session: Session, items: Items, voice: Voice) -> Screen:
    rows = open_first(rows_of(items, row_at_the_end, voice))
    count, said = _outcome(items, rows, voice)
    tone = next((it for it in (Tone.BACK, Tone.AGAIN) if tones_of(rows)[it]), Tone.DONE)
    screen = blank(State.SUMMARY, said, voice)
    return replace(screen, tone=tone, count=count, rows=rows, banners=banners_of(session, voice))


def _with_receipt(screen: Screen, receipt: Receipt | None, voice: Voice) -> Screen:
    """Ask whether a receipt is wanted, or say what becomes of it."""
    if receipt is None:
        return screen
    key = f"receipt.{receipt.state.value}"
    headline, action = voice(f"{key}.headline"), voice(f"{key}.action", code=receipt.code)
    asked = (Button(YES, voice(YES), main=True), Button(NO, voice(NO)))
    return replace(
        screen,
        banners=(Said(voice.language, headline, action), *screen.banners),
        buttons=asked if receipt.state is ReceiptState.ASKED else (),
    )


def _warned(session: Session, screen: Screen, voice: Voice) -> Screen:
    """Warn that the question will not stand for ever: a touch or a key is enough."""
    seconds = round(session.rules.warning)
    said = Said(voice.language, voice("warning.headline"), voice("warning.action", s=seconds))
    bare = blank(State.WARNING, said, voice)
    return replace(bare, banners=screen.banners, buttons=screen.buttons)


def _outcome(items: Items, rows: Rows, voice: Voice) -> tuple[Count, Said]:
    """Count what became of a visit, and say what is left to do."""
    tones = tones_of(rows)
    key = "mixed" if tones[Tone.BACK] else "well"
    todo = "again" if tones[Tone.AGAIN] and not tones[Tone.BACK] else key
    returned = sum(map(is_returned, items))
    count = counted(voice, f"summary.{key}.headline", returned, m=tones[Tone.BACK])
    action = voice(f"summary.{todo}.action")
    return count, Said(voice.language, count.sentence, action)


def _out_of_service(voice: Voice) -> Screen:
    first, *rest = (out_of_service(voice.place, voice.speak, it) for it in together(voice))
    return replace(blank(State.OUT_OF_SERVICE, first, voice), also=tuple(rest))


def _stopped(items: Items, voice: Voice) -> Screen:
    """Out of service in the middle of a visit: first what became of the items."""
    rows = open_first(rows_of(items, row_when_stopped, voice))
    tones = tones_of(rows)
    count, said = _outcome(items, rows, voice)
    if tones[Tone.BUSY]:
        count = counted(voice, "visit.headline", sum(map(is_read, items)))
        said = _reading(voice)
    elif tones[Tone.BACK]:
        count = counted(voice, "stopped.headline", count.number)
        said = Said(voice.language, count.sentence, voice("stopped.action"))
    stopped = out_of_service(voice.place, voice.speak, voice.language)
    screen = blank(State.OUT_OF_SERVICE, said, voice)
    return replace(screen, count=count, rows=rows, banners=(stopped,))
