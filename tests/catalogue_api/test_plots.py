"""Plots and sheets: what is drawn says what was counted, and nothing else gets in."""

import csv
import xml.etree.ElementTree as ET
from io import StringIO
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.web.desk.plots import SMALL, WIDE, Bar, Said, Series, bars, lines, spread
from catalogue_api.web.desk.plots import ticks_up_to as ticks
from catalogue_api.web.pages.sheets import Sheet, as_csv, neutral

SAID = Said("p", "Retours <par> heure", "Le plus à 16 h & 17 h")
HOSTILE = '</text><script>alert("1")</script>'


def number(value: float) -> str:
    return f"{value:g}"


def drawing(markup: str) -> ET.Element:
    return ET.fromstring(str(markup))


@pytest.mark.parametrize(
    ("most", "scale"),
    [
        (0, (0, 1)), (1, (0, 1)), (3, (0, 1, 2, 3)), (5, (0, 2, 4, 6)), (13, (0, 5, 10, 15)),
        (81, (0, 50, 100)), (1200, (0, 500, 1000, 1500)),
    ],
)  # fmt: skip
def test_scales_are_round(most, scale) -> None:
    assert ticks(most) == scale


@given(st.floats(0, 1e9))
def test_a_scale_reaches_what_is_drawn(most) -> None:
    found = ticks(most)
    assert 2 <= len(found) <= 5
    assert found[-1] >= most


def test_a_plot_tells_its_title_and_its_description() -> None:
    drawn = drawing(bars(SAID, [Bar("8 h", 3, "3")], number, WIDE))
    assert drawn.get("role") == "img"
    title, says = drawn[0], drawn[1]
    assert drawn.get("aria-labelledby") == f"{title.get('id')} {says.get('id')}"
    assert (title.text, says.text) == (SAID.title, SAID.description)


def test_bars_are_as_high_as_their_values() -> None:
    shown = [Bar("a", 10, "dix"), Bar("b", 5, "cinq"), Bar("c", 0, "rien")]
    rects = [one for one in drawing(bars(SAID, shown, number, WIDE)) if one.tag == "rect"]
    high, low = (float(rect.get("height")) for rect in rects)
    assert high == pytest.approx(2 * low, abs=0.2)
    assert [rect[0].text for rect in rects] == ["dix", "cinq"]
    (rect,) = (
        one for one in drawing(bars(SAID, shown[1:], number, WIDE, most=10)) if one.tag == "rect"
    )
    assert float(rect.get("height")) == pytest.approx(low, abs=0.2)


def test_lines_have_their_names_at_their_ends() -> None:
    drawn = drawing(
        lines(SAID, ["a", "b"], [Series("Livres", (1, 9)), Series("Films", (2, 9))], number, SMALL)
    )
    names = [one for one in drawn if one.get("class", "").startswith("name")]
    assert [name.text for name in names] == ["Livres", "Films"]
    assert abs(float(names[0].get("y")) - float(names[1].get("y"))) >= 15
    assert sum(one.get("class", "").startswith("line") for one in drawn) == 2
    assert drawing(lines(SAID, ["a"], [Series("Livres", (4,))], number, SMALL)) is not None


@given(st.lists(st.floats(0, 200), max_size=9))
def test_names_keep_apart_and_stay_inside(wished) -> None:
    placed = spread(wished, 15, 12, 180)
    ordered = sorted(placed)
    assert len(placed) == len(wished)
    assert all(b - a >= 15 - 1e-6 for a, b in pairwise(ordered))
    assert all(12 <= one <= 180 + 1e-6 for one in placed)


def test_no_text_of_others_becomes_markup() -> None:
    said = Said("p", HOSTILE, HOSTILE)
    for markup in (
        bars(said, [Bar(HOSTILE, 1, HOSTILE)], number, SMALL),
        lines(said, [HOSTILE], [Series(HOSTILE, (1,))], number, SMALL),
    ):
        assert "<script" not in markup
        assert drawing(markup)[0].text == HOSTILE


@pytest.mark.parametrize("text", ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n="])
def test_no_cell_is_a_formula(text) -> None:
    assert neutral(text).startswith("'")
    assert neutral("Arcueil - annexe") == "Arcueil - annexe"


def test_a_file_is_what_a_french_spreadsheet_opens() -> None:
    sheet = Sheet("x", ("Borne", "Retours"), (("=cmd|'!'", 12), ('Hall; "A"', 1.5), ("–", None)))
    file = as_csv(sheet, lambda value: f"{value}".replace(".", ","))
    assert file.startswith(b"\xef\xbb\xbf")
    assert file.count(b"\r\n") == 4
    rows = list(csv.reader(StringIO(file.decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Borne", "Retours"], ["'=cmd|'!'", "12"], ['Hall; "A"', "1,5"], ["–", ""],
    ]  # fmt: skip


def test_negative_numbers_stay_numbers() -> None:
    sheet = Sheet("x", ("a",), ((-2,), (-0.5,)))
    assert as_csv(sheet, str).decode("utf-8-sig").split() == ["a", "-2", "-0.5"]
