"""How the kiosk is, in Prometheus' text format. No label tells of an item or of anybody."""

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from catalogue_api.contract.kiosks import KioskFault, KioskHealth, Paper
from kiosk.session.effects import Sound
from kiosk.session.states import Session, Stopped, Summary
from kiosk.world import Screen

_PREFIX = "ritournelle_kiosk_"


class CountingScreen:
    """A screen that also counts, at the end of each visit, what became of the things laid down."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._shown = False
        self.verdicts: Counter[str] = Counter()
        self.visits = 0

    def show(self, session: Session) -> None:
        """Pass it on."""
        self._screen.show(session)
        phase = session.phase
        ended = isinstance(phase, Summary | Stopped) and bool(phase.items)
        if ended and not self._shown and isinstance(phase, Summary | Stopped):
            self.visits += 1
            self.verdicts.update(laid.verdict.value for laid in phase.items if laid.verdict)
        self._shown = ended

    def play(self, sound: Sound) -> None:
        """Pass it on."""
        self._screen.play(sound)


def exposition(health: KioskHealth, verdicts: Mapping[str, int], visits: int) -> bytes:
    """Return what a scrape gets."""
    registry = CollectorRegistry()
    registry.register(_Once([*_gauges(health), *_counters(health, verdicts, visits)]))
    return generate_latest(registry)


class _Once(Collector):
    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> list[Metric]:
        return self._metrics


def _gauges(health: KioskHealth) -> Iterator[Metric]:
    yield _gauge("info", "The version; always 1.", 1, version=health.version)
    yield _gauge("in_service", "1 while items are taken.", int(not health.faults))
    yield _gauge("start_time_seconds", "When it was started.", health.started_at.timestamp())
    fault = GaugeMetricFamily(f"{_PREFIX}fault", "1 while this part has failed.", labels=["part"])
    for part in KioskFault:
        fault.add_metric([part.value], int(part in health.faults))
    yield fault
    yield _gauge("undelivered", "Returns that the catalogue does not have yet.", health.undelivered)
    yield _gauge("unplaced", "Placements that the catalogue does not have yet.", health.unplaced)
    yield _gauge("refused", "Returns that the catalogue will never take.", health.refused)
    yield _gauge("to_secure", "Tags that were left open.", health.to_secure)
    items = GaugeMetricFamily(f"{_PREFIX}bin_items", "What lies in a bin.", labels=["bin"])
    full = GaugeMetricFamily(f"{_PREFIX}bin_full", "1 while a bin is full.", labels=["bin"])
    for one in health.bins:
        items.add_metric([one.bin], one.items)
        full.add_metric([one.bin], int(one.full))
    yield from (items, full)
    paper = GaugeMetricFamily(f"{_PREFIX}paper", "1 for the present state.", labels=["state"])
    for state in Paper:
        paper.add_metric([state.value], int(state is health.paper))
    yield paper
    if health.disk_free is not None:
        yield _gauge("disk_free_bytes", "Room where the journal is.", health.disk_free)
    if health.clock_offset is not None:
        yield _gauge("clock_offset_seconds", "Ahead of the catalogue's.", health.clock_offset)
    if health.snapshot_at is not None:
        read = health.snapshot_at.timestamp()
        yield _gauge("snapshot_time_seconds", "When it last knew all of the catalogue.", read)


def _counters(health: KioskHealth, verdicts: Mapping[str, int], visits: int) -> Iterator[Metric]:
    yield CounterMetricFamily(f"{_PREFIX}visits", "Visits since the start.", value=visits)
    yield CounterMetricFamily(f"{_PREFIX}returns", "Returns in the journal.", value=health.returns)
    things = CounterMetricFamily(
        f"{_PREFIX}things", "Things laid down since the start, by verdict.", labels=["verdict"]
    )
    for verdict, number in sorted(verdicts.items()):
        things.add_metric([verdict], number)
    yield things


def _gauge(name: str, about: str, value: float, **labels: str) -> Metric:
    gauge = GaugeMetricFamily(f"{_PREFIX}{name}", about, labels=list(labels))
    gauge.add_metric(list(labels.values()), value)
    return gauge
