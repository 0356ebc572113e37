"""What is measured of the desk's pages is measured whole."""

from pathlib import Path

import pytest

from bench.pages import ALL, measure
from bench.year import Town


@pytest.mark.server
async def test_every_page_is_opened_timed_and_weighed(tmp_path: Path) -> None:
    figures = await measure(f"sqlite:///{tmp_path / 'catalogue.db'}", Town(120, 150, 600), 2)
    assert set(figures["pages"]) == set(ALL)
    for path, found in figures["pages"].items():
        assert 0 < found["p50"] <= found["p95"]
        assert found["then"] < 15_000, path
        assert found["then"] < found["first"] < 60_000, path
