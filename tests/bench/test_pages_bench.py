"""What is measured of the desk's pages is measured whole."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.pages import all_looks, measure
from bench.year import Town


@pytest.mark.server
async def test_every_page_is_opened_timed_and_weighed(tmp_path: Path) -> None:
    days = [datetime.now(UTC).date()]
    figures = await measure(f"sqlite:///{tmp_path / 'catalogue.db'}", Town(120, 150, 600), 2)
    days.append(datetime.now(UTC).date())  # it may have been midnight meanwhile
    assert set(figures["pages"]) in [{one.name for one in all_looks(day)} for day in days]
    for path, found in figures["pages"].items():
        assert 0 < found["p50"] <= found["p95"]
        assert 0 < found["processor_p50"] <= found["processor_p95"]
        assert found["over_floor"] > 0
        assert found["then"] < 15_000, path
        assert found["then"] < found["first"] < 60_000, path
