"""What stands on a receipt, and its bytes for an ESC/POS printer. It names nobody, ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.outcomes import KioskOutcome, facts
from kiosk.screen.place import Place
from kiosk.screen.rows import Voice, is_read, words
from kiosk.screen.texts import Speak
from kiosk.session.receipts import named
from kiosk.session.states import Laid, Language

_NOT_ON_PAPER: Final = frozenset({Language.ARABIC})
"""Languages of which the code page has no letters: what they would say is printed in French."""

_CODE_PAGE: Final = "CP1252"
_SHORT: Final = 4  # digits of a barcode that tell its bearer which item is meant


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; a `loud` one is printed bold."""

    text: str
    loud: bool = False


def compose(
    code: str, items: Sequence[Laid], language: Language, at: datetime, place: Place, speak: Speak
) -> tuple[Line, ...]:
    """Put a receipt into words; `at`: when it is printed."""
    language = Language.FRENCH if language in _NOT_ON_PAPER else language
    voice = Voice(place, speak, language)
    # What is kept for staff to look at is named, with that as the reason: it is no return.
    returned = [laid for laid in named(items) if laid.outcome and facts(laid.outcome).accepted]
    back = [laid for laid in items if laid not in returned and is_read(laid)]
    when = {
        "date": speak.date(language, at.astimezone(place.zone).date(), year=True),
        "time": speak.time(language, at, place.zone),
    }
    lines = [
        Line(place.library, loud=True),
        Line(voice("receipt.title", code=code), loud=True),
        Line(voice("receipt.when", **when)),
    ]
    if returned:
        lines += [Line(""), Line(voice.count("receipt.returned", len(returned)), loud=True)]
        lines += [Line(f"- {_name(laid, voice)}") for laid in returned]
    if back:
        lines += [Line(""), Line(voice.count("receipt.not_returned", len(back)), loud=True)]
        lines += [Line(f"- {_name(laid, voice)} : {_reason(laid, voice)}") for laid in back]
    if any(laid.outcome is KioskOutcome.KEPT_FOR_LATER for laid in returned):
        lines += [Line(""), Line(voice("receipt.offline", **when))]
    return (*lines, Line(""), Line(voice("receipt.keep")))


def _name(laid: Laid, voice: Voice) -> str:
    """The title where the site allows it and it is known, else the end of the barcode."""
    if laid.answer is not None and laid.answer.title and voice.place.show_titles:
        return laid.answer.title
    if laid.item is None:
        return voice("receipt.unnamed")
    return voice("receipt.barcode", end=laid.item.barcode[-_SHORT:])


def _reason(laid: Laid, voice: Voice) -> str:
    return words(laid.verdict, laid, voice)[0] if laid.verdict else voice("receipt.unfinished")


def escpos(lines: Sequence[Line]) -> bytes:
    """Return the bytes that print these lines and cut the paper.

    In code page 1252, which every printer has: letters that it lacks are printed as `?`.
    """
    # It reads the profiles of some hundred printers: no kiosk without one is to wait for that.
    from escpos.printer import Dummy  # noqa: PLC0415

    printer = Dummy(profile="default")
    printer.hw("INIT")
    printer.charcode(_CODE_PAGE)
    for line in lines:
        printer.set(bold=line.loud)
        printer.textln(line.text)
    printer.cut()
    return bytes(printer.output)
