"""The settings file and the command line of a kiosk."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from catalogue_api.contract.returns import Placement, ReturnItem, Security
from drivers.interface import Uid
from kiosk.__main__ import app
from kiosk.clock import Moment
from kiosk.journal import Journal
from kiosk.service import rules_of
from kiosk.session.sorting import Sorting
from kiosk.session.states import Language
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
    assert rules_of(settings).sorting == Sorting()


def test_a_draft_is_shown_to_whoever_insists(write):
    text = GOOD + '[screen]\nlanguages = ["en", "ar"]\nallow_draft = true\n'
    assert rules_of(read_settings(write(text))).language is Language.ENGLISH


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
        (
            GOOD + '[[bins]]\nname = "A"\n',
            "'sorting' is wrong: Value error, line 0: there is no bin '2'",
        ),
        (GOOD + '[[bins]]\nname = "A"\n[[bins]]\nname = "A"\n', "two bins 'A'"),
        (GOOD + '[[bins]]\nname = "?"\n', "'bins.0.name' is wrong"),
        (GOOD + '[[sorting]]\noutcome = "returnd"\nbin = "1"\n', "'sorting.0.outcome"),
        (GOOD + '[[sorting]]\noutcome = "patron_card"\nbin = "1"\n', "'sorting.0.outcome"),
        (GOOD + '[[sorting]]\noutcome = "returned"\nbin = "1"\n', "the last line"),
        (GOOD + '[[sorting]]\nbin = "1"\n[[sorting]]\nbin = "2"\n', "line 0 always fits"),
        (GOOD + '[returns]\noverflow = "9"\n', "'returns' is wrong"),
        (GOOD + '[staff]\ncards = ["E004015000000001"]\n', "'staff.cards.0' is wrong"),
        (GOOD + '[receipt]\nmode = "ask"\n', "'receipt' is wrong"),
        (GOOD + '[receipt]\nprinter = "lpt1"\n', "escpos+serial:///"),
        (GOOD + '[returns]\nshape = "slot"\n', "'sorter' is wrong"),
        (GOOD + '[sorter]\nurl = "numato+tcp://x:1"\nflap = 1\n', "'passed'"),
        (GOOD + '[sorter]\nurl = "lcus+tcp://x:1"\n', "numato+serial:///"),
        (
            GOOD + '[sorter]\nurl = "numato+tcp://x:1"\nflap = 1\nbelt = 1\npassed = 0\n',
            "relay 1 is used twice",
        ),
        (GOOD + '[screen]\nlanguages = ["fr", "ar"]\n', "'ar' are a draft"),
        (GOOD + "[screen]\nlanguages = []\n", "'screen.languages' is wrong"),
        (GOOD + '[screen]\nlanguages = ["fr", "tlh"]\n', "'screen.languages.1' is wrong"),
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
    report = json.loads(result.stdout)
    assert (report["kiosk"], report["well"]) == ("hall", False)
    findings = {one["part"]: one for one in report["findings"]}
    assert findings["journal"]["well"]
    assert not findings["reader"]["well"]
    assert not findings["catalogue"]["well"]
    assert "127.0.0.1" in findings["catalogue"]["detail"]


def test_the_report_of_the_acceptance_test_is_kept_and_readable(write, tmp_path):
    kept = tmp_path / "report.json"
    arguments = ["check", "--settings", str(write(GOOD)), "--report", str(kept)]
    result = CliRunner().invoke(app, arguments)
    assert result.stdout.startswith("hall, 20")
    assert "ok      journal: " in result.stdout
    assert "FAILED  reader: " in result.stdout
    assert json.loads(kept.read_text())["findings"][0]["part"] == "disk"


def test_status_counts_the_journal(write):
    settings = str(write(GOOD))
    runner = CliRunner()
    assert runner.invoke(app, ["status", "--settings", settings]).exit_code == 1
    runner.invoke(app, ["check", "--settings", settings])
    result = runner.invoke(app, ["status", "--json", "--settings", settings])
    assert json.loads(result.stdout)["undelivered"] == 0


def test_bins_lists_what_lies_where_and_empties(write, tmp_path):
    settings = str(write(GOOD))
    journal = Journal(tmp_path / "journal.db")
    request = ReturnItem(return_id=UUID(int=1), barcode="30001", occurred_at=datetime.now(UTC))
    journal.record(Uid("E004015000000001"), request, Moment("boot", 1.0), dated=True)
    journal.settle(request.return_id, Placement(bin="2", security=Security.SECURED))
    journal.close()

    def bins(*arguments: str) -> dict[str, list[str]]:
        result = CliRunner().invoke(app, ["bins", "--json", "--settings", settings, *arguments])
        assert result.exit_code == 0
        found = json.loads(result.stdout)
        return {one["bin"]: [thing["barcode"] for thing in one["things"]] for one in found}

    assert bins() == {"1": [], "2": ["30001"], "3": [], "4": []}
    assert bins("--empty", "2") == {"2": ["30001"]}
    assert bins() == {"1": [], "2": [], "3": [], "4": []}
    wrong = CliRunner().invoke(app, ["bins", "--empty", "9", "--settings", settings])
    assert wrong.exit_code == 1
    assert "there are 1, 2, 3, 4" in wrong.stderr
