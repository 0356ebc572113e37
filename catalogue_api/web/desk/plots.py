"""Plots as SVG: bars, and lines that carry their names. Pure: values in, markup out.

A plot holds no colour: classes say what a mark is, and the style sheet how it looks in light, in
dark and on paper. Lines differ by their dashes too. All text is escaped here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

Number = Callable[[float], str]
"""How a number is written in the language of the page."""

_TOP, _BOTTOM, _LEFT, _RIGHT = 12.0, 24.0, 8.0, 8.0
_LETTER, _BOLD = 6.6, 7.8  # pixels that a letter of 12 px takes, about
_LINE = 15.0  # pixels between two names beneath each other
_MOST_TICKS = 4
_FULL = 0.72  # of the room of a bar is the bar


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels of the drawing, which the style sheet lets grow a little."""

    width: float
    height: float


WIDE, SMALL = Size(960, 280), Size(340, 190)


@dataclass(frozen=True, slots=True)
class Said:
    """What a plot tells somebody who does not see it; `name` is unique on the page."""

    name: str
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what stands beneath it ("" for nothing), and what it says when it is pointed at."""

    label: str
    value: float
    says: str


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, and a value for each place."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """Where values are drawn: from `left` to `right`, 0 at `bottom`, `ticks[-1]` at `top`."""

    left: float
    right: float
    top: float
    bottom: float
    ticks: tuple[float, ...]

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.ticks[-1]


def ticks_up_to(most: float) -> tuple[float, ...]:
    """Return round whole numbers from 0 to at least `most`, in even steps, at most five."""
    step = 1.0
    while most / step > _MOST_TICKS:
        exponent = math.floor(math.log10(step))
        step = {1: 2.0, 2: 5.0, 5: 10.0}[round(step / 10**exponent)] * 10**exponent
    return tuple(step * number for number in range(max(1, math.ceil(most / step)) + 1))


def bars(
    said: Said, shown: Sequence[Bar], number: Number, size: Size, most: float | None = None
) -> Markup:
    """Draw bars beside each other; `most` is what the scale reaches, for plots to be compared."""
    found = max((bar.value for bar in shown), default=0)
    field = _field(size, ticks_up_to(found if most is None else most), number)
    room = (field.right - field.left) / max(1, len(shown))
    parts = _scale(field, number)
    for place, bar in enumerate(shown):
        left = field.left + room * (place + (1 - _FULL) / 2)
        if bar.value:
            top = field.y(bar.value)
            parts.append(
                f'<rect class="column" x="{left:.1f}" y="{top:.1f}" width="{room * _FULL:.1f}" '
                f'height="{field.bottom - top:.1f}"><title>{escape(bar.says)}</title></rect>'
            )
        if bar.label:
            middle = left + room * _FULL / 2
            parts.append(_text("x", middle, field.bottom + 16, bar.label, "middle"))
    return _svg(said, size, parts)


def lines(
    said: Said, places: Sequence[str], drawn: Sequence[Series], number: Number, size: Size
) -> Markup:
    """Draw lines over the same places, each with its name at its end."""
    found = max((value for series in drawn for value in series.values), default=0)
    names = max((len(series.name) for series in drawn), default=0) * _BOLD + 14
    field = _field(size, ticks_up_to(found), number, names)
    step = (field.right - field.left) / max(1, len(places) - 1)
    parts = _scale(field, number)
    shown_every = math.ceil(max(map(len, places), default=1) * _LETTER * 1.4 / max(step, 1))
    for place, label in enumerate(places):
        if (len(places) - 1 - place) % shown_every == 0:
            parts.append(_text("x", field.left + step * place, field.bottom + 16, label, "middle"))
    ends = spread([field.y(series.values[-1]) for series in drawn], _LINE, field.top, field.bottom)
    for place, (series, end) in enumerate(zip(drawn, ends, strict=True)):
        points = [(field.left + step * at, field.y(one)) for at, one in enumerate(series.values)]
        parts += _line(place, points, series.name, field.right + 8, end)
    return _svg(said, size, parts)


def spread(wished: Sequence[float], apart: float, first: float, last: float) -> list[float]:
    """Return places near those that are wished, at least `apart`, between `first` and `last`.

    Where there is no room for all of them they begin at `first` and go on beyond `last`.
    """
    order = sorted(range(len(wished)), key=wished.__getitem__)
    placed = [wished[one] for one in order]
    for before, here in pairwise(range(len(placed))):
        placed[here] = max(placed[here], placed[before] + apart)
    edge = last
    for here in reversed(range(len(placed))):
        placed[here] = min(placed[here], edge)
        edge = placed[here] - apart
    if placed and placed[0] < first:
        placed = [first + apart * number for number in range(len(placed))]
    found = [0.0] * len(wished)
    for place, one in zip(placed, order, strict=True):
        found[one] = place
    return found


def _field(size: Size, ticks: tuple[float, ...], number: Number, names: float = _RIGHT) -> _Field:
    scale = max(len(number(tick)) for tick in ticks) * _LETTER + 8
    left = _LEFT + scale
    return _Field(left, size.width - names, _TOP, size.height - _BOTTOM, ticks)


def _scale(field: _Field, number: Number) -> list[str]:
    parts = []
    for tick in field.ticks:
        y = field.y(tick)
        kind = "grid" if tick else "ground"
        parts.append(f'<path class="{kind}" d="M{field.left:.1f} {y:.1f}H{field.right:.1f}"/>')
        parts.append(_text("y", field.left - 8, y + 4, number(tick), "end"))
    return parts


def _line(
    place: int, points: Sequence[tuple[float, float]], name: str, x: float, y: float
) -> list[str]:
    way = "L".join(f"{left:.1f} {top:.1f}" for left, top in points)
    left, top = points[-1]
    return [
        f'<path class="line l{place}" d="M{way}"/>',
        f'<circle class="end l{place}" cx="{left:.1f}" cy="{top:.1f}" r="3.5"/>',
        _text(f"name l{place}", x, y + 4, name, "start"),
    ]


def _text(kind: str, x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )


def _svg(said: Said, size: Size, parts: Sequence[str]) -> Markup:
    name = escape(said.name)
    return Markup(  # noqa: S704 - all that comes from elsewhere was escaped
        f'<svg class="plot" viewBox="0 0 {size.width:g} {size.height:g}" role="img" '
        f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{escape(said.title)}</title>'
        f'<desc id="{name}-d">{escape(said.description)}</desc>{"".join(parts)}</svg>'
    )
