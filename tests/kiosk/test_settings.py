"""The settings file and the command line of a kiosk."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from catalogue_api.contract.returns import SortHint
from kiosk.__main__ import app
from kiosk.settings import SettingsError, read_settings

GOOD = """
name = "hall"
token = "secret-token"
reader = "feig+tcp://127.0.0.1:1"
owners = ["FR-940165801"]
journal = "{folder}/journal.db"
[catalogue]
url = "http://127.0.0.1:1"
"""


@pytest.fixture
def write(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "kiosk.toml"
        path.write_text(text.replace("{folder}", str(tmp_path)))
        return path

    return write


def test_good_settings(write):
    settings = read_settings(write(GOOD))
    assert settings.owners == ("FR-940165801",)
    assert settings.times.quiet == 8.0
    assert set(settings.bins) == set(SortHint)


def test_the_token_is_not_shown(write):
    assert "secret-token" not in repr(read_settings(write(GOOD)))


def test_the_token_may_stand_in_a_credential(write, tmp_path, monkeypatch):
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "ritournelle_kiosk_token").write_text("from-systemd")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    settings = read_settings(write(GOOD.replace('token = "secret-token"\n', "")))
    assert settings.token.get_secret_value() == "from-systemd"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace('name = "hall"\n', ""), "the key 'name' is missing"),
        (GOOD.replace("reader", "raeder"), "there is no key 'raeder'"),
        (GOOD.replace("url", "ulr"), "'catalogue.ulr'"),
        (GOOD.replace('"http:', '"ftp:'), "'catalogue.url' is wrong"),
        (GOOD.replace('["FR-940165801"]', "[]"), "'owners' is wrong"),
        (GOOD + '[bins]\nshelve = "1"\n', "no bin for hold"),
        ("name = ", "not TOML"),
        ('time_zone = "Europe/Cachan"' + GOOD, "Europe/Cachan"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_the_key(write, text, message):
    with pytest.raises(SettingsError) as caught:
        read_settings(write(text))
    line = str(caught.value)
    assert message in line
    assert "\n" not in line
    assert "secret-token" not in line


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingsError, match="--settings"):
        read_settings(tmp_path / "none.toml")


def test_the_command_line_ends_with_2_on_wrong_settings(write):
    result = CliRunner().invoke(app, ["run", "--settings", str(write("name = 3"))])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_check_names_each_part_that_fails(write):
    result = CliRunner().invoke(app, ["check", "--json", "--settings", str(write(GOOD))])
    assert result.exit_code == 1
    findings = {one["part"]: one for one in json.loads(result.stdout)}
    assert findings["journal"]["well"]
    assert not findings["reader"]["well"]
    assert not findings["catalogue"]["well"]
    assert "127.0.0.1" in findings["catalogue"]["detail"]


def test_status_counts_the_journal(write):
    settings = str(write(GOOD))
    runner = CliRunner()
    assert runner.invoke(app, ["status", "--settings", settings]).exit_code == 1
    runner.invoke(app, ["check", "--settings", settings])
    result = runner.invoke(app, ["status", "--json", "--settings", settings])
    assert json.loads(result.stdout)["undelivered"] == 0
