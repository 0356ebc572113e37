"""The bench of the kiosk runs and says what it promises; how fast this machine is, is no matter."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.journals import fill_journal
from bench.kiosk import app
from kiosk.journal import Counts, Journal

ROOT = Path(__file__).parents[2]
SPREAD = {"min", "median", "p95"}


@pytest.mark.server
def test_a_kiosk_is_measured_at_rest_with_piles_and_with_long_journals():
    sizes = ["--seconds", "1", "--rounds", "1", "--few", "50", "--journal", "80", "--starts", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "bench.kiosk", *sizes, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert report.keys() == {"machine", "idle", "returns", "journals"}
    assert report["idle"]["rss_mb"] > 10
    assert report["idle"]["start_seconds"] > 0
    assert [pile["items"] for pile in report["returns"]] == [1, 6, 20]
    for pile in report["returns"]:
        assert pile["floor_ms"].keys() == pile["kiosk_ms"].keys() == SPREAD
        assert pile["ratio_p50"] > 0.5
        assert pile["ratio_p95"] > 0.5
    lengths = [(one["delivered"], one["backlog"]) for one in report["journals"]]
    assert lengths == [(0, 50), (50, 50), (80, 50), (0, 80)]
    for one in report["journals"]:
        assert one["open_seconds"] >= one["screen_seconds"] > 0
        assert one["ms_per_return"] > 0
    plain = report["journals"][0]
    assert (plain["open_ratio"], plain["delivery_ratio"]) == (1.0, 1.0)


def test_a_made_journal_is_one_that_a_kiosk_has_written(tmp_path):
    path, now = tmp_path / "journal.db", datetime(2026, 11, 23, 12, tzinfo=UTC)
    fill_journal(path, ["1", "2", "3"], delivered=5, backlog=2, now=now, of="a test")
    journal = Journal(path)
    assert journal.counts() == Counts(returns=7, undelivered=2, unplaced=0, refused=0, to_secure=0)
    assert [entry.request.barcode for entry in journal.undelivered(0, 10)] == ["1", "2"]
    last = journal.last_of_barcode("3")
    assert last is not None
    assert last.answer is not None
    assert last.answer.return_id == last.return_id
    journal.close()
    assert journal.set_aside() == []


@pytest.mark.parametrize("rounds", ["0", "1000"])
def test_rounds_that_cannot_be_are_a_matter_of_usage(rounds):
    done = CliRunner().invoke(app, ["--rounds", rounds])
    assert done.exit_code == 2
    assert "--rounds" in done.output


def test_a_long_journal_is_longer_than_a_short_one():
    done = CliRunner().invoke(app, ["--few", "100", "--journal", "100"])
    assert done.exit_code == 2
    assert "--few" in done.output


def test_the_help_has_an_example():
    assert "Example:" in CliRunner().invoke(app, ["--help"]).output
