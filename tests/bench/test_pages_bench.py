"""What is measured of the desk's pages is measured whole."""

from pathlib import Path

import pytest

from bench.pages import PAGES, measure


@pytest.mark.server
def test_every_page_is_opened_timed_and_weighed(tmp_path: Path) -> None:
    figures = measure(tmp_path, 2_000, 20)
    assert set(figures["pages"]) == set(PAGES)
    for found in figures["pages"].values():
        assert 0 < found["p50"] <= found["p95"]
        assert found["then"] < 15_000
        assert found["then"] < found["first"] < 60_000
