"""The bench runs and says what it promises; how fast this machine is, is no matter of tests."""

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from typer.testing import CliRunner

from bench.figures import spread
from bench.first_return import app
from bench.house import Item
from bench.instruments import NotAnswered, TimedCatalogue
from bench.stopwatch import Stage, Stopwatch
from bench.visit import all_answered
from catalogue_api.contract.returns import RETURN_BATCH, ReturnBatch, ReturnedBatch, ReturnItem
from drivers.interface import Uid

ROOT = Path(__file__).parents[2]
SPREAD = {"min", "median", "p95"}


@pytest.mark.server
def test_one_round_of_every_case():
    command = [sys.executable, "-m", "bench.first_return", "--rounds", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report.keys() == {"machine", "rounds", "cases"}
    assert report["rounds"] == 1
    cases = {(case["link"], case["items"]): case for case in report["cases"]}
    assert cases.keys() == {("tcp", 1), ("tcp", 10), ("serial", 1), ("serial", 10)}
    for (_, items), case in cases.items():
        assert case["floor_ms"].keys() == case["kiosk_ms"].keys() == SPREAD
        assert case["poll_wait_ms"].keys() == SPREAD
        # Each item took its whole way, and the reader did nothing for it twice.
        for work in ("read", "write", "verify", "record", "ask"):
            assert case["counts"][work] == items
        way = case["stages_ms"]["item"]
        assert all(part > 0 for part in way.values())
        if items == 1:
            assert sum(way.values()) == pytest.approx(case["kiosk_ms"]["median"], abs=0.1)


@pytest.mark.parametrize("rounds", ["0", "-1", "1000", "many"])
def test_rounds_that_cannot_be_are_a_matter_of_usage(rounds):
    done = CliRunner().invoke(app, ["--rounds", rounds])
    assert done.exit_code == 2
    assert "--rounds" in done.output


@pytest.fixture
def logs_as_before():
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("logs_as_before")
def test_what_cannot_be_measured_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    done = CliRunner().invoke(app, ["--rounds", "1"])
    assert done.exit_code == 1
    assert done.output.startswith("bench.first_return: ")
    assert done.output.count("\n") == 1


def test_the_help_has_an_example():
    assert "Example:" in CliRunner().invoke(app, ["--help"]).output


def test_spread_is_smallest_median_and_nearest_rank():
    assert spread([n / 1000 for n in range(20, 0, -1)]) == {"min": 1, "median": 10.5, "p95": 19}
    assert spread([0.5]) == {"min": 500, "median": 500, "p95": 500}


class _Answers:
    """A catalogue that has the same answer for every question."""

    async def call(self, *_question, **_path):
        return ReturnedBatch(results=())


async def test_an_item_is_answered_by_whatever_question_carried_it_or_the_visit_does_not_count():
    watch, now = Stopwatch(), datetime(2026, 11, 23, 12, tzinfo=UTC)
    pile = [Item(barcode, Uid(f"E00401500000000{barcode}")) for barcode in "123"]
    asked = [ReturnItem(return_id=uuid4(), barcode=one.barcode, occurred_at=now) for one in pile]
    batch = ReturnBatch(returns=tuple(asked[:2]))
    await TimedCatalogue(_Answers(), watch).call(RETURN_BATCH, batch, kiosk="bench")
    assert sorted((span.stage, span.about) for span in watch.spans) == [
        (Stage.ASK, "1"),
        (Stage.ASK, "2"),
    ]
    all_answered(pile[:2], watch.spans)
    with pytest.raises(NotAnswered, match="did not answer for 3 in time"):
        all_answered(pile, watch.spans)
