"""From what happened to figures: medians, ratios, and where the time went."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from bench.house import Item, Link
from bench.stopwatch import Span, Stage
from bench.visit import Visit

_ON_THE_LINE = (Stage.INVENTORY, Stage.READ, Stage.WRITE, Stage.VERIFY)
_BESIDE = (Stage.LOOK_UP, Stage.RECORD, Stage.ANSWERED, Stage.SETTLE, Stage.PLACE, Stage.SHOW)

Figures = dict[str, float]


@dataclass(slots=True)
class Case:
    """One cable, one size of pile, and what was measured of it."""

    link: Link
    items: int
    floors: list[Sequence[Span]] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)

    def summary(self) -> dict[str, object]:
        """What is reported of this case."""
        floor = spread([_duration(spans) for spans in self.floors])
        kiosk = spread([_returned(visit) for visit in self.visits])
        return {
            "link": self.link.value,
            "items": self.items,
            "floor_ms": floor,
            "kiosk_ms": kiosk,
            "ratio": round(kiosk["median"] / floor["median"], 3),
            "poll_wait_ms": spread([_poll_wait(visit) for visit in self.visits]),
            "stages_ms": self._stages(),
            "counts": _medians(map(_counts, self.visits)),
        }

    def _stages(self) -> dict[str, Figures]:
        """Medians: the floor's questions; the kiosk's; the way of one item; the work beside."""
        ways = (_way(visit, item) for visit in self.visits for item in visit.pile)
        return {
            "floor": _in_ms(_medians(map(_on_the_line, self.floors))),
            "line": _in_ms(_medians(map(_line_of, self.visits))),
            "item": _in_ms(_medians(ways)),
            "beside": _in_ms(_medians(map(_beside, self.visits))),
        }


def spread(seconds: Sequence[float]) -> Figures:
    """Smallest, median and 95th percentile (nearest rank), in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return {"min": _ms(ordered[0]), "median": _ms(median(ordered)), "p95": _ms(p95)}


def _duration(spans: Sequence[Span]) -> float:
    return spans[-1].ended - spans[0].began


def _first_sight(visit: Visit) -> Span:
    """The first inventory that could see the pile: it did."""
    uids = {item.uid for item in visit.pile}
    return next(
        span
        for span in visit.spans
        if span.stage is Stage.INVENTORY and uids & set(span.about.split())
    )


def _poll_wait(visit: Visit) -> float:
    return max(0.0, _first_sight(visit).began - visit.laid_at)


def _end(visit: Visit) -> float:
    return max(visit.secured[item.uid] for item in visit.pile)


def _returned(visit: Visit) -> float:
    return _end(visit) - _first_sight(visit).began


def _within(visit: Visit) -> list[Span]:
    """What was begun in the time that is measured."""
    began, ended = _first_sight(visit).began, _end(visit)
    return [span for span in visit.spans if began <= span.began < ended]


def _on_the_line(spans: Iterable[Span]) -> Figures:
    spent: Figures = dict.fromkeys((stage.value for stage in _ON_THE_LINE), 0.0)
    for span in spans:
        if span.stage in _ON_THE_LINE:
            spent[span.stage.value] += span.seconds
    return spent


def _line_of(visit: Visit) -> Figures:
    """What the reader did from beginning to end. Inventories but the first are apart."""
    first = _first_sight(visit).seconds
    spent = _on_the_line(_within(visit))
    further = spent[Stage.INVENTORY] - first
    idle = _returned(visit) - sum(spent.values())
    return spent | {Stage.INVENTORY.value: first, "further_inventories": further, "idle": idle}


def _way(visit: Visit, item: Item) -> Figures:
    """The way of one item; its parts add up to its whole time.

    `journal` is all from the end of the reading to the question to the catalogue.
    """
    seen = _first_sight(visit)
    reads = [span for span in visit.spans if (span.stage, span.about) == (Stage.READ, item.uid)]
    asked = _only(visit, Stage.ASK, item.barcode)
    written = _only(visit, Stage.WRITE, item.uid)
    verified = _only(visit, Stage.VERIFY, item.uid)
    return {
        "inventory": seen.seconds,
        "wait_to_read": reads[0].began - seen.ended,
        "read": reads[-1].ended - reads[0].began,
        "journal": asked.began - reads[-1].ended,
        "ask": asked.seconds,
        "wait_to_secure": written.began - asked.ended,
        "write": written.seconds,
        "verify": verified.ended - written.ended,
        "show": visit.secured[item.uid] - verified.ended,
    }


def _only(visit: Visit, stage: Stage, about: str) -> Span:
    return next(span for span in visit.spans if (span.stage, span.about) == (stage, about))


def _beside(visit: Visit) -> Figures:
    """The sum of what went on beside the line, mostly in other threads and processes."""
    spans = _within(visit)
    return {
        stage.value: sum(span.seconds for span in spans if span.stage is stage) for stage in _BESIDE
    }


def _counts(visit: Visit) -> Figures:
    """How often each kind of work was begun."""
    counted = Counter(span.stage for span in _within(visit))
    return {stage.value: counted[stage] for stage in Stage}


def _medians(rows: Iterable[Mapping[str, float]]) -> Figures:
    listed = list(rows)
    return {key: median(row[key] for row in listed) for key in listed[0]}


def _in_ms(figures: Figures) -> Figures:
    return {key: _ms(seconds) for key, seconds in figures.items()}


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 2)
