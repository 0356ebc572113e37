"""The example settings are settings that work."""

from pathlib import Path

import pytest

from catalogue_api.contract.returns import Outcome
from catalogue_api.settings import read_settings as read_api_settings
from kiosk.service import place_of, rules_of
from kiosk.settings import read_settings

EXAMPLES = Path(__file__).parents[2] / "systemd"


def test_the_kiosk_example_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "ritournelle_kiosk_token").write_text("secret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    settings = read_settings(EXAMPLES / "kiosk.example.toml")
    assert place_of(settings).opening.english == "Tuesday at 2 pm"
    assert rules_of(settings).sorting.bin(Outcome.RETURNED) == "1"


def test_the_catalogue_example_is_read():
    assert read_api_settings(EXAMPLES / "api.example.toml", {}).port == 8700
