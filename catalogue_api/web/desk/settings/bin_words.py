"""The table of a kiosk's bins in words."""

from collections.abc import Iterator, Mapping, Sequence

from catalogue_api.contract.sorting import KioskSorting, SortingChange, SortingLine
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.outcomes import FACTS, Outcome, SortHint
from catalogue_api.domain.sorting import Move, Sorted, SortedAs, moves
from catalogue_api.web.texts import Words

Names = Mapping[str, str]
"""Sites by code."""


def choices(words: Words) -> list[tuple[str, str]]:
    """Return which items a line may be for, with their words: hints first, they are the rougher."""
    hints = [(f"hint:{it.value}", words.text(f"bins.hint.{it.value}")) for it in SortHint]
    outcomes = [(f"outcome:{it.value}", words.text(f"bins.outcome.{it.value}")) for it in SortedAs]
    return [("", words.text("bins.anything")), *hints, *outcomes]


def line_in_words(words: Words, line: SortingLine, names: Names) -> str:
    """Return a line as a sentence without a verb: what, and which bin."""
    said = []
    if line.outcome is not None:
        said.append(words.text(f"bins.outcome.{line.outcome.value}"))
    if line.hint is not None:
        said.append(words.text(f"bins.hint.{line.hint.value}"))
    if line.destination:
        said.append(words.text("bins.to_site", site=names.get(line.destination, line.destination)))
    if line.kind:
        said.append(kind_in_words(words, line.kind))
    what = ", ".join(said) or words.text("bins.rest")
    return words.text("bins.line", what=what, bin=line.bin)


def kind_in_words(words: Words, kind: str) -> str:
    """Return what a title is; one that nobody knows stays as it is written."""
    return words.text(f"title_kind.{kind}") if kind in set(TitleKind) else kind


def in_words(words: Words, said: KioskSorting | SortingChange, names: Names) -> dict[str, str]:
    """Return a table line by line, as a form carries what stood there."""
    if not said.lines:
        return {"line.1": words.text("bins.own")}
    return {
        f"line.{number}": line_in_words(words, line, names)
        for number, line in enumerate(said.lines, start=1)
    }


def changes(
    words: Words, before: Sequence[SortingLine], after: Sequence[SortingLine], names: Names
) -> Iterator[str]:
    """Say of everything that goes into another bin, into which."""
    for move in moves([line.line() for line in before], [line.line() for line in after]):
        yield _moved(words, move, names)


def _moved(words: Words, move: Move, names: Names) -> str:
    said = [_item(words, move.item)]
    if move.item.destination:
        site = names.get(move.item.destination, move.item.destination)
        said.append(words.text("bins.to_site", site=site))
    if move.item.kind:
        said.append(kind_in_words(words, move.item.kind))
    before, after = move.before or "–", move.after or "–"
    return words.text("bins.moved", what=", ".join(said), before=before, after=after)


def _item(words: Words, item: Sorted) -> str:
    said = words.text(f"bins.outcome.{item.outcome.value}")
    if item.outcome is SortedAs.KEPT_FOR_LATER:
        hint = words.text(f"bins.hint.{item.hint.value}")
        return words.text("bins.offline", what=said, hint=hint)
    if item.hint is not FACTS[Outcome(item.outcome.value)].hint:
        return words.text("bins.damaged", what=said)
    return said
