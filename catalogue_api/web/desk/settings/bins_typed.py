"""The table of a kiosk's bins as a form: one line of fields for each, and empty lines behind. Pure.

A line is told by its number: `line.3.bin`. Lines are put in the order of their `place`; one without
a bin is dropped. `rest` is the bin of everything else, `own` that the kiosk goes by its settings.
"""

import re
from collections.abc import Mapping, Sequence

from catalogue_api.contract.sorting import KioskSorting, SortingChange, SortingLine
from catalogue_api.web.pages.forms import Form, Unfit, body_of

PARTS = ("what", "destination", "kind")
"""What a line may name beside its bin."""

_FREE = 3
_LINE = re.compile(r"line\.(\d{1,3})\.\w+")
_LAST = 10_000
"""Where a line goes that has no place of its own: behind those that have."""


def values_of(found: KioskSorting) -> dict[str, str]:
    """Return the fields of the form for what is set, or for what the kiosk does by itself."""
    lines = found.lines or (found.used.own if found.used else ())
    said = {"own": "" if found.lines else "1", "rest": ""}
    if lines and names_nothing(lines[-1]):
        said["rest"], lines = lines[-1].bin, lines[:-1]
    for number, line in enumerate(lines):
        said |= _fields(number, line)
    for number in range(len(lines), len(lines) + _FREE):
        said |= _fields(number, None)
    return said


def numbers(values: Mapping[str, str]) -> list[int]:
    """Return the numbers of the lines that a form has."""
    found = (_LINE.fullmatch(name) for name in values)
    return sorted({int(one[1]) for one in found if one})


def body_typed(form: Form, *, dry_run: bool) -> SortingChange:
    """Return what was typed as a body of the contract; raise `Unfit`, line by line."""
    if form.text("own"):
        return SortingChange(dry_run=dry_run)
    errors: dict[str, tuple[str, ...]] = {}
    if not form.text("rest"):
        errors["rest"] = ("field.required",)
    placed: list[tuple[int, int, SortingLine]] = []
    for number in numbers(form.fields):
        place, line = _place(form, number, errors), _line(form, number, errors)
        if line is not None:
            placed.append((place, number, line))
    if errors:
        raise Unfit(errors)
    lines = [line for _, _, line in sorted(placed, key=lambda one: one[:2])]
    rest = SortingLine(bin=form.text("rest"))
    return body_of(SortingChange, {"lines": (*lines, rest), "dry_run": dry_run})


def names_nothing(line: SortingLine) -> bool:
    """Tell whether a line is for everything."""
    return line == SortingLine(bin=line.bin)


def what_of(line: SortingLine) -> str:
    """Return which items a line is for, as the choice of the form has it."""
    if line.outcome is not None:
        return f"outcome:{line.outcome.value}"
    return f"hint:{line.hint.value}" if line.hint is not None else ""


def _fields(number: int, line: SortingLine | None) -> dict[str, str]:
    prefix = f"line.{number}."
    if line is None:
        return {f"{prefix}{part}": "" for part in (*PARTS, "bin", "place")}
    return {
        f"{prefix}what": what_of(line),
        f"{prefix}destination": line.destination,
        f"{prefix}kind": line.kind,
        f"{prefix}bin": line.bin,
        f"{prefix}place": f"{number + 1}",
    }


def _place(form: Form, number: int, errors: dict[str, tuple[str, ...]]) -> int:
    field = f"line.{number}.place"
    typed = form.text(field)
    if not typed:
        return _LAST
    if typed.isascii() and typed.isdigit() and len(typed) <= 3:
        return int(typed)
    errors[field] = ("field.malformed",)
    return _LAST


def _line(form: Form, number: int, errors: dict[str, tuple[str, ...]]) -> SortingLine | None:
    prefix = f"line.{number}."
    named: Sequence[str] = [form.text(prefix + part) for part in PARTS]
    if not form.text(f"{prefix}bin"):
        return None
    if not any(named):
        errors[f"{prefix}what"] = ("bins.names_nothing",)
        return None
    what, destination, kind = named
    sort, _, value = what.partition(":")
    said: dict[str, object] = {"destination": destination, "kind": kind}
    if sort in {"outcome", "hint"}:
        said[sort] = value
    try:
        return body_of(SortingLine, {"bin": form.text(f"{prefix}bin")} | said)
    except Unfit:
        errors[f"{prefix}what"] = ("field.malformed",)
        return None
