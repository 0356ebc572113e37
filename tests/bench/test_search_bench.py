"""What is measured of searching is measured whole."""

from pathlib import Path

import pytest

from bench.questions import questions
from bench.search import measure


@pytest.mark.server
def test_the_same_seed_asks_the_same_questions() -> None:
    assert questions(1, 60) == questions(1, 60) != questions(2, 60)
    assert all(questions(3, 60))


@pytest.mark.server
def test_indexing_and_every_way_of_asking_are_measured(tmp_path: Path) -> None:
    figures = measure(f"sqlite:///{tmp_path / 'catalogue.db'}", 40, 20, 1)
    assert figures["index"]["cpu_seconds"] >= 0
    assert all(0 < way["ms"]["p50"] <= way["ms"]["p95"] for way in figures["asked"].values())
    assert len(figures["asked"]) == 4
