import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import Request, urlopen
from uuid import UUID

import pytest
from alembic import command
from catalogue_world import World, fact
from typer.testing import CliRunner

from catalogue_api.__main__ import app, main
from catalogue_api.contract.receipts import receipt_number
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM, Placement, Security
from catalogue_api.storage import schema
from catalogue_api.storage.sqlite import writing_engine


@pytest.fixture
def run(world: World, monkeypatch, capsys):
    """Run the program in this process: exit status, standard output, standard error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("RITOURNELLE_API_DATABASE", world.url)
        monkeypatch.setattr(sys, "argv", ["ritournelle-api", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = capsys.readouterr()
        code = end.value.code
        assert isinstance(code, int)
        return code, out, err

    return run


def test_kiosks_are_added_listed_and_revoked(world, run) -> None:
    code, out, _ = run("kiosks", "add", "hall", "--site", "cachan", "--json")
    added = json.loads(out)
    assert code == 0
    assert len(added["token"]) >= 43
    assert world.row(f"SELECT count(*) FROM kiosks WHERE token_hash = '{added['token']}'") == (0,)
    code, out, err = run("kiosks", "add", "hall", "--site", "cachan")
    assert (code, out) == (1, "")
    assert err.startswith("ritournelle-api: there is a kiosk 'hall' already")
    assert err.count("\n") == 1
    assert run("kiosks", "revoke", "hall")[0] == 0
    listed = {line["kiosk"]: line for line in json.loads(run("kiosks", "list", "--json")[1])}
    assert listed["hall"]["revoked_at"]
    assert listed["pad"]["revoked_at"] is None
    assert "hall" in run("kiosks", "list")[1]


def test_the_catalogue_is_searched_and_indexed_anew(run) -> None:
    code, out, _ = run("search", "ete camus", "--json")
    assert (code, [hit["title"] for hit in json.loads(out)["hits"]]) == (0, ["L’Été"])
    code, out, _ = run("search", "cammus")
    assert code == 0
    assert out.startswith("Nothing has these words. Instead: camus\n")
    assert "Cachan: 2/2" in out
    assert out.endswith("1 found\n")
    assert json.loads(run("reindex", "--json")[1]) == {"titles": 2}
    assert run("reindex")[1] == "2 titles are in the index.\n"


def test_a_librarian_finds_the_returns_of_a_receipt(world, run) -> None:
    number = receipt_number(UUID(int=1))

    async def hand_in() -> None:
        catalogue, path = world.embedded(), {"kiosk": "pad", "return_id": str(UUID(int=1))}
        await catalogue.call(RETURN_ITEM, fact(1), kiosk="pad")
        for security, receipt in ((Security.PENDING, number), (Security.SECURED, "")):
            # That the tag is secured later says nothing of the receipt.
            placement = Placement(bin="2", security=security, receipt=receipt)
            await catalogue.call(PLACE_ITEM, placement, **path)

    asyncio.run(hand_in())
    code, out, _ = run("receipt", number.lower(), "--json")
    assert code == 0
    (found,) = json.loads(out)
    assert (found["kiosk"], found["barcode"], found["bin"]) == ("pad", "1", "2")
    assert "L’Été" in run("receipt", number)[1]
    code, _, err = run("receipt", number[:-1] + ("0" if number[-1] != "0" else "1"))
    assert (code, err.count("\n")) == (1, 1)
    code, _, err = run("receipt", receipt_number(UUID(int=2)))
    assert (code, "still have to deliver" in err) == (1, True)


def test_lending_from_the_command_line(world, run) -> None:
    code, out, _ = run("lend", "1", "P1", "--due", "2027-01-05", "--json")
    said = {"barcode": "1", "title": "L’Été", "due_on": "2027-01-05", "renewals_left": 1}
    assert code == 0
    assert json.loads(out).items() >= said.items()
    assert world.row("SELECT actor, action FROM audit") == ("administrator:command line", "lend")
    assert world.row("SELECT due_on, ended_at FROM loans") == ("2027-01-05", None)
    code, _, err = run("lend", "1", "P2")
    assert (code, err) == (1, "ritournelle-api: 1: it is on loan already: return it first\n")
    assert run("lend", "1", "P1", "--due", "tomorrow")[0] == 2
    assert run("lend", "1")[0] == 2


def test_sites_and_users(world, run, monkeypatch, tmp_path) -> None:
    assert run("sites", "add", "gentilly", "Gentilly", "--json")[0] == 0
    assert '"gentilly"' in run("sites", "list", "--json")[1]
    runner = CliRunner()
    environment = {"RITOURNELLE_API_DATABASE": world.url}
    added = runner.invoke(
        app, ["users", "add", "ana", "--password-stdin"], "correct horse battery\n", environment
    )
    assert added.exit_code == 0
    ((stored,),) = world.rows("SELECT password_hash FROM staff")
    assert stored.startswith("$argon2id$")
    assert "horse" not in stored


def test_settings_errors_are_usage_errors(run, monkeypatch) -> None:
    monkeypatch.setenv("RITOURNELLE_API_POORT", "1")
    code, _, err = run("sites", "list")
    assert (code, err) == (2, "ritournelle-api: RITOURNELLE_API_POORT: there is no such setting\n")


def test_an_older_database_is_refused_until_it_is_migrated(world, run, tmp_path) -> None:
    world.url = f"sqlite:///{tmp_path / 'older.db'}"
    engine = writing_engine(world.url)
    with engine.connect() as connection, connection.begin():
        command.upgrade(schema._config(connection), "0001")
    engine.dispose()
    code, _, err = run("sites", "list")
    assert code == 1
    assert "run `ritournelle-api migrate`" in err
    assert json.loads(run("migrate", "--json")[1]) == {"revision": schema.head()}
    assert run("sites", "list")[0] == 0


def test_a_folder_that_is_not_there_is_named(run, world, tmp_path) -> None:
    world.url = f"sqlite:///{tmp_path / 'none' / 'c.db'}"
    code, _, err = run("sites", "list")
    assert code == 1
    assert str(tmp_path / "none") in err


@pytest.mark.parametrize(
    "command",
    [[], ["serve"], ["migrate"], ["lend"], ["kiosks", "add"], ["kiosks", "list"],
     ["kiosks", "revoke"], ["sites", "add"], ["sites", "list"], ["users", "add"]],
)  # fmt: skip
def test_every_command_has_help_with_an_example(run, command) -> None:
    code, out, _ = run(*command, "--help")
    assert code == 0
    assert not command or "Example: ritournelle-api" in out


@pytest.mark.server
def test_the_program_serves_and_stops_when_told(world, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "catalogue_api", "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"RITOURNELLE_API_DATABASE": world.url},
    ) as program:
        assert program.stdout is not None
        ready = json.loads(program.stdout.readline())
        assert ready["ready"]
        assert ready["url"] == f"http://127.0.0.1:{ready['port']}"
        body = fact(1).model_dump_json().encode()
        url = ready["url"] + RETURN_ITEM.url(kiosk="pad")
        call = Request(url, body, {"Authorization": "Bearer token-of-pad"})
        with urlopen(call, timeout=10) as response:
            assert json.load(response)["outcome"] == "not_on_loan"
        program.send_signal(signal.SIGTERM)
        _, log = program.communicate(timeout=15)
    assert program.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["route"] for line in lines] == ["/v1/kiosks/{kiosk}/returns"]
    assert "token-of-pad" not in log
    assert '"1"' not in log
