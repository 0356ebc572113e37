"""`script/demo --visits N --json`, and whether its books would show what went wrong."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from impostor import impostor
from typer.testing import CliRunner

from simulator.demo.__main__ import app, show_pieces
from simulator.demo.house import SITE, House, Manner, open_house
from simulator.demo.programs import ProgramFailed
from simulator.demo.tally import Tally, count
from simulator.demo.visits import MOST_VISITS, Patron, Pile, plan
from simulator.library import build
from simulator.program.control import connect
from simulator.program.orders import TagState

TODAY = date(2026, 11, 23)
KEYS = {
    "visits",
    "items_laid",
    "returned_once",
    "lost",
    "doubled",
    "secured",
    "outcomes",
    "seconds",
}


@dataclass(frozen=True, slots=True)
class Day:
    """A played day: the closed house and its tags, before and after."""

    house: House
    before: tuple[TagState, ...]
    after: tuple[TagState, ...]
    piles: tuple[Pile, ...]

    def tally(self) -> Tally:
        return count(self.house, self.before, self.after, self.piles)

    def with_database(self, copy: Path, *changes: str) -> Tally:
        """The tally if somebody had changed the catalogue's database."""
        shutil.copy(self.house.database, copy)
        with closing(sqlite3.connect(copy)) as database:
            for change in changes:
                database.execute(change)
            database.commit()
        return replace(self, house=replace(self.house, database=copy)).tally()


@pytest.mark.server
async def test_patrons_answer_whether_all_parts_are_there(tmp_path):
    async with open_house(tmp_path, TODAY, 3, Manner(quiet=0.05, summary=0.05)) as house:
        asked = next(item for item in house.stock.on_loan if item in house.stock.in_parts)
        async with connect(house.reader) as reader, aiohttp.ClientSession() as http:
            async with asyncio.timeout(15):  # unanswered, the question alone stands for longer
                await Patron(reader, house.screen, http).visit(Pile((asked,)))
    with closing(sqlite3.connect(house.database)) as database:
        said = database.execute("SELECT barcode, parts_check FROM returns").fetchall()
    assert said == [(asked, "complete")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("day")
    async with open_house(folder, TODAY, 3, Manner(quiet=0.05, summary=0.05)) as house:
        piles = plan(house.stock, 4, 3)
        async with connect(house.reader) as reader, aiohttp.ClientSession() as http:
            before = await reader.tags()
            for pile in piles:
                await Patron(reader, house.screen, http).visit(pile)
            after = await reader.tags()
    return Day(house, before, after, tuple(piles))


@pytest.mark.server
def test_five_visits_as_anybody_plays_them():
    command = [sys.executable, "-m", "simulator.demo", "--visits", "5", "--json", "--seed", "7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    summary = json.loads(done.stdout)  # one object, and nothing else
    assert summary.keys() >= KEYS
    assert summary["visits"] == 5
    assert summary["items_laid"] > 0
    assert summary["returned_once"] == summary["secured"] == summary["items_laid"]
    assert (summary["lost"], summary["doubled"], summary["touched"]) == (0, 0, 0)
    assert sum(summary["outcomes"].values()) == summary["items_laid"]
    assert 0 < summary["seconds"] < 120


@pytest.mark.parametrize("visits", ["0", "-1", str(MOST_VISITS + 1), "some"])
def test_a_number_of_visits_that_cannot_be_is_a_usage_error(visits):
    done = CliRunner().invoke(app, ["--visits", visits])
    assert done.exit_code == 2
    assert "--visits" in done.stderr


def test_a_summary_needs_visits():
    done = CliRunner().invoke(app, ["--json"])
    assert done.exit_code == 2
    assert "--visits" in done.stderr


@pytest.mark.server
def test_another_seed_is_another_day_and_the_same_seed_is_the_same(tmp_path):
    stock = build(tmp_path, TODAY, 1)
    assert plan(stock, 20, 1) == plan(stock, 20, 1)
    assert plan(stock, 20, 1) != plan(stock, 20, 2)


@pytest.mark.parametrize("visits", [1, 20, MOST_VISITS])
@pytest.mark.server
def test_no_copy_is_laid_twice_in_a_day_and_nobody_comes_with_empty_hands(tmp_path, visits):
    laid = [pile.items for pile in plan(build(tmp_path, TODAY, 1), visits, 1)]
    assert len(laid) == visits
    assert all(laid)
    everything = [item for items in laid for item in items]
    assert len(set(everything)) == len(everything)


@pytest.mark.server
@pytest.mark.parametrize("seed", range(1, 6))
def test_what_the_demo_shows_is_late_and_wanted_and_not_the_same(tmp_path, seed):
    stock = build(tmp_path, TODAY, seed)
    late, wanted = show_pieces(stock)
    assert late != wanted
    assert late in stock.late
    assert stock.wanted[wanted] == stock.home[wanted] == SITE


@pytest.mark.parametrize("manner", ["error", "html", "hang_up"])
async def test_a_screen_that_is_no_screen_ends_a_visit_with_one_line(manner):
    async with impostor() as strange, aiohttp.ClientSession() as http:
        strange.manner = manner
        patron = Patron(None, strange.url, http)  # it looks, and lays nothing
        with pytest.raises(ProgramFailed, match=strange.url):
            await patron.until(lambda look: look["state"] == "idle")


@pytest.mark.server
def test_a_good_day_is_called_good(day):
    tally = day.tally()
    assert tally.well
    assert tally.visits == 4
    assert sum(tally.outcomes.values()) == tally.items_laid == tally.returned_once == tally.secured


@pytest.mark.server
def test_a_return_that_is_missing_is_lost(day, tmp_path):
    good = day.tally()
    barcode = day.piles[0].items[0]
    bad = day.with_database(tmp_path / "c.db", f"DELETE FROM returns WHERE barcode = '{barcode}'")
    assert (bad.lost, bad.doubled, bad.returned_once) == (1, 0, good.items_laid - 1)
    assert not bad.well


@pytest.mark.server
def test_a_loan_that_is_still_open_is_lost(day, tmp_path):
    bad = day.with_database(
        tmp_path / "c.db",
        "UPDATE loans SET ended_at = NULL WHERE id ="
        " (SELECT loan_id FROM returns WHERE loan_id IS NOT NULL LIMIT 1)",
    )
    assert (bad.lost, bad.doubled) == (1, 0)
    assert not bad.well


@pytest.mark.server
def test_a_second_return_is_doubled(day, tmp_path):
    good = day.tally()
    bad = day.with_database(
        tmp_path / "c.db",
        "CREATE TEMP TABLE again AS SELECT * FROM returns LIMIT 1",
        "UPDATE again SET return_id = 'again', loan_id = NULL",
        "INSERT INTO returns SELECT * FROM again",
    )
    assert (bad.lost, bad.doubled, bad.returned_once) == (0, 1, good.items_laid - 1)
    assert not bad.well


@pytest.mark.server
def test_a_tag_that_was_not_secured_is_missed(day):
    name = day.piles[0].items[0]
    after = tuple(
        tag.model_copy(update={"afi": "C2"}) if tag.name == name else tag for tag in day.after
    )
    bad = replace(day, after=after).tally()
    assert bad.secured == day.tally().secured - 1
    assert not bad.well


@pytest.mark.server
def test_a_thing_of_others_that_was_written_to_is_told(day):
    name = next(other for pile in day.piles for other in pile.others)
    after = tuple(
        tag.model_copy(update={"afi": "07"}) if tag.name == name else tag for tag in day.after
    )
    bad = replace(day, after=after).tally()
    assert (bad.touched, bad.lost) == (1, 0)
    assert not bad.well
