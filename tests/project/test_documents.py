import re

import document_reader as reading
import pytest
from document_reader import DOCUMENTS, ROOT

from catalogue_api.settings import ApiSettings
from kiosk.settings import KioskSettings

TECHNICIANS = (ROOT / "docs" / "technicians.md").read_text()

documents = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@documents
def test_every_link_leads_somewhere(document) -> None:
    text = document.read_text()
    for link in reading.links(text):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in reading.anchors(target.read_text()), link


@documents
def test_every_command_and_option_is_there(document) -> None:
    wrong = [reading.wrong_with(call) for call in reading.commands(document.read_text())]
    assert list(filter(None, wrong)) == []


@documents
def test_every_file_that_is_named_is_there(document) -> None:
    text = document.read_text()
    assert [place for place in reading.places(text) if not any(ROOT.glob(place))] == []
    for module in re.findall(r"python -m ([\w.]+)", text):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_what_is_not_there_is_noticed() -> None:
    calls = list(
        reading.commands("`ritournelle-api import a.csv --dry-run`, `ritournelle-sim fly`")
    )
    assert calls == [
        ["ritournelle-api", "import", "a.csv", "--dry-run"],
        ["ritournelle-sim", "fly"],
    ]
    assert list(map(reading.wrong_with, calls)) == ["", "ritournelle-sim: no command fly"]
    assert reading.wrong_with(["ritournelle-api", "serve", "--prot=1"]).endswith("no option --prot")
    assert list(reading.links("[one](a.md#b) `[two](c.md)` [three](https://example.org)")) == [
        "a.md#b"
    ]
    assert list(reading.places("`kiosk/lost.py`, and `docs/`")) == ["kiosk/lost.py", "docs"]


def test_every_document_is_reached_from_the_first() -> None:
    ahead, reached = [ROOT / "README.md"], set()
    while ahead:
        document = ahead.pop()
        if document in reached:
            continue
        reached.add(document)
        for link in reading.links(document.read_text()):
            target = (document.parent / link.partition("#")[0]).resolve()
            ahead += target.glob("*.md") if target.is_dir() else {target}.intersection(DOCUMENTS)
    assert set(DOCUMENTS) - reached == set()


def test_every_picture_is_shown() -> None:
    shown = {link.split("/")[-1] for path in DOCUMENTS for link in reading.links(path.read_text())}
    assert {path.name for path in (ROOT / "docs" / "images").iterdir()} <= shown


@pytest.mark.parametrize("settings", [ApiSettings, KioskSettings])
def test_every_setting_is_explained(settings) -> None:
    assert set(reading.keys_of(settings)) <= reading.keys_told(TECHNICIANS)


def test_every_setting_that_is_explained_is_there() -> None:
    known = {*reading.keys_of(ApiSettings), *reading.keys_of(KioskSettings)}
    assert reading.keys_in_tables(TECHNICIANS) - known == set()
