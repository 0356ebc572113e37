import asyncio
import io
import json
import re
import signal
import subprocess
import sys
from datetime import date
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
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.engine import schema
from catalogue_api.storage.engine.sqlite import writing_engine
from catalogue_api.storage.tables import CalendarException, Computer, Room, Rulebook


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


def test_computers_are_listed_and_get_tokens(world, run) -> None:
    world.add(Room(id=1, site="cachan", name="Multimédia"))
    world.add(Computer(id=1, room_id=1, name="PC 1"))
    code, out, _ = run("computers", "list", "--json")
    assert (code, json.loads(out)[0]["name"]) == (0, "PC 1")
    code, out, _ = run("computers", "token", "1", "--json")
    token = json.loads(out)["token"]
    assert world.row("SELECT computer_id, token_hash FROM computer_agents") == (1, hashed(token))
    assert run("computers", "revoke", "1")[0] == 0
    assert world.row("SELECT count(*) FROM computer_agents WHERE revoked_at IS NULL") == (0,)
    assert run("computers", "token", "9")[:2] == (1, "")
    acts = {action for (action,) in world.rows("SELECT action FROM audit")}
    assert acts == {"computer_token_given", "computer_token_revoked"}


def test_codes_of_guests_are_made_and_told_once(world, run) -> None:
    world.add(Room(id=1, site="cachan", name="Multimédia"))
    world.add(Computer(id=1, room_id=1, name="PC 1"))
    code, out, _ = run("computers", "guest", "1", "--json")
    made = json.loads(out)
    assert (code, made["room"], len(made["code"])) == (0, 1, 8)
    stored = world.row("SELECT id, code_hash, made_by, booking_id FROM guest_passes")
    assert stored == (made["number"], hashed(made["code"]), "command line", None)
    _, line, _ = run("computers", "guest", "1")
    assert line.endswith("  Multimédia\n")
    assert line[:8] != made["code"], "each call makes another"
    code, out, err = run("computers", "guest", "9")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert run("computers", "guest", "0")[0] == 2
    days = {"first_on": date(2020, 1, 1), "last_on": date(2120, 1, 1)}
    world.add(Rulebook(version=1), CalendarException(site="cachan", **days))
    code, out, err = run("computers", "guest", "1")
    assert (code, out) == (1, "")
    assert "closed" in err


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
    run("kiosks", "message", "hall", "Fermé.")
    told = world.rows("SELECT actor, action, subject FROM audit ORDER BY id")
    assert told == [
        ("administrator:command line", action, "kiosk:hall")
        for action in ("kiosk_token_given", "kiosk_token_revoked", "kiosk_message_put")
    ]


@pytest.mark.server
def test_a_kiosk_says_a_message_until_it_is_taken_back(world, run) -> None:
    words = "SELECT message_fr, message_en FROM kiosks WHERE name = 'pad'"
    code, out, _ = run("kiosks", "message", "pad", "Fermé jeudi.", "--english", "Closed Thursday.")
    assert code == 0
    assert re.fullmatch(r"pad says until \S+T00:00\+0[12]:00: Fermé jeudi\.\n", out)
    assert world.row(words) == ("Fermé jeudi.", "Closed Thursday.")
    said = json.loads(run("kiosks", "message", "pad", "--json")[1])
    assert said == {
        "kiosk": "pad", "message_fr": "", "message_en": "", "until": None, "version": 3,
    }  # fmt: skip
    assert world.row(words) == ("", "")
    ends = "SELECT message_until FROM kiosks WHERE name = 'pad'"
    run("kiosks", "message", "pad", "Travaux.", "--until", "2099-05-01T18:30")
    assert world.row(ends) == ("2099-05-01 16:30:00.000000",)
    run("kiosks", "message", "pad", "Travaux.", "--stays")
    assert world.row(ends) == (None,)
    assert run("kiosks", "message", "pad", "Travaux.", "--until", "2020-05-01")[0] == 1
    assert run("kiosks", "message", "pad", "x", "--until", "2099-05-01", "--stays")[0] == 2
    for wrong in ("x" * 301, "two\nlines"):
        code, _, err = run("kiosks", "message", "pad", wrong)
        assert code == 2
        assert "one line of 300 characters at most" in err
    code, _, err = run("kiosks", "message", "nowhere", "Fermé.")
    assert (code, err) == (1, "ritournelle-api: there is no kiosk 'nowhere'\n")


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


def test_renewing_from_the_command_line(world, run) -> None:
    world.lend("1", due_in=3)
    (row,) = json.loads(run("renew", "P1", "--json")[1])
    assert (row["renewed"], row["reasons"]) == (True, [])
    assert "too_soon" in run("renew", "P1")[1]
    assert run("renew", "P9")[::2] == (1, "ritournelle-api: there is no card 'P9'\n")


def test_rules_go_out_as_a_file_and_come_in_again(world, run, tmp_path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(
        'penalties = true\n[[loan_rules]]\nkind = "film"\nloan_days = 7\n[[limits]]\nmost = 2\n'
    )
    assert run("rules", "load", str(file))[:2] == (
        0, "1 loan rules and 1 limits are in force.\n",
    )  # fmt: skip
    first = json.loads(run("rules", "show", "--json")[1])
    file.write_text(run("rules", "show")[1])
    assert run("rules", "load", str(file))[0] == 0
    again = json.loads(run("rules", "show", "--json")[1])
    assert again.pop("version") > first.pop("version")
    assert again == first
    for wrong in ("x = ", "fines = 3", "shelf_days = 1979-05-27", '[[limits]]\nmost = "x"'):
        file.write_text(wrong)
        code, _, err = run("rules", "load", str(file))
        assert (code, err.count("\n")) == (1, 1), err
    assert run("rules", "load", str(tmp_path / "none.toml"))[0] == 1


def test_the_calendar_from_the_command_line(world, run) -> None:
    world.lend("1", due_in=400)
    due = "2027-12-28"
    assert json.loads(run("calendar", "school-holidays", "--json")[1])
    code, out, _ = run(
        "calendar", "closure", "add", "--from", due, "--to", "2027-12-30", "--label", "travaux"
    )
    assert code == 0
    assert "1 loans are due and 0 reservations" in out
    (moved,) = json.loads(run("calendar", "move-due-dates", "--json")[1])
    assert (moved["due_on"], moved["moved_to"], moved["loans"]) == (due, "2027-12-31", 1)
    out = run("calendar", "show", "--site", "cachan", "--from", due, "--to", "2027-12-31")[1]
    assert out.count("closed") == 3
    assert "travaux" in out
    assert run("calendar", "show", "--site", "paris")[0] == 1
    assert run("calendar", "closure", "add", "--from", due, "--to", "2027-01-01")[0] == 1


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


@pytest.mark.server
def test_the_first_administrator_and_the_others(world, run, monkeypatch) -> None:
    def add(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
        return run("users", "add", *arguments, "--password-stdin")

    assert add("ana", "--role", "administrator")[0] == 0
    assert add("bo", "--site", "cachan")[0] == 0
    code, _, err = add("cy", "--role", "kiosk")
    assert (code, "the roles of staff are: librarian" in err) == (1, True)
    listed = {one["name"]: one["role"] for one in json.loads(run("users", "list", "--json")[1])}
    assert listed == {"ana": "administrator", "bo": "librarian"}
    assert run("users", "disable", "bo")[0] == 0
    code, _, err = run("users", "disable", "ana")
    assert (code, "the last administrator" in err) == (1, True)
    assert run("users", "disable", "nobody")[0] == 1
    assert world.rows("SELECT actor, action, subject FROM audit ORDER BY id") == [
        ("administrator:command line", "staff_added", "staff:ana"),
        ("administrator:command line", "staff_added", "staff:bo"),
        ("administrator:command line", "staff_disabled", "staff:bo"),
    ]


def test_tokens_of_programs(world, run) -> None:
    token = json.loads(run("machines", "add", "portal", "--json")[1])["token"]
    assert len(token) >= 43
    assert token not in str(world.rows("SELECT * FROM machines"))
    assert run("machines", "revoke", "portal")[0] == 0
    assert json.loads(run("machines", "list", "--json")[1])[0]["revoked_at"]
    assert run("machines", "revoke", "nobody")[0] == 1


@pytest.mark.server
def test_jobs_are_listed_rehearsed_and_run(world, run) -> None:
    told = json.loads(run("jobs", "run-all", "--dry-run", "--json")[1])
    assert {one["dry_run"] for one in told} == {True}
    names = [one["job"] for one in json.loads(run("jobs", "list", "--json")[1])]
    assert [one["job"] for one in told] == names
    assert all(one["ran"] is None for one in json.loads(run("jobs", "list", "--json")[1]))
    assert "forget: nothing to do" in run("jobs", "run", "forget")[1]
    ran = {one["job"]: one["ran"] for one in json.loads(run("jobs", "list", "--json")[1])}
    assert ran["forget"]
    code, _, err = run("jobs", "run", "dance")
    assert (code, "there is no job 'dance' (there are: " in err) == (1, True)


@pytest.mark.server
def test_a_database_on_the_command_line_goes_before_the_settings(world, run, tmp_path) -> None:
    other = f"sqlite:///{tmp_path / 'other.db'}"
    assert run("--database", other, "sites", "add", "x", "X")[0] == 0
    assert '"x"' in run("--database", other, "sites", "list", "--json")[1]
    assert '"x"' not in run("sites", "list", "--json")[1]


@pytest.mark.parametrize("place", ["127.0.0.1:1/x", "no-such-host.invalid/x", "127.0.0.1:1"])
def test_a_password_is_in_no_error(run, place) -> None:
    for words in (["sites", "list"], ["backup", "x.db"], ["serve"]):
        code, out, err = run("--database", f"postgresql://ana:s3cret@{place}", *words)
        assert code == 1
        assert "s3cret" not in out + err
        assert err.count("\n") == 1


def test_copies_over_the_command_line(world, run, tmp_path) -> None:
    copy = tmp_path / "copy.db"
    code, out, err = run("backup", str(copy), "--json")
    if world.database.dialect == "postgresql":
        assert (code, "pg_dump" in err) == (1, True)
        return
    assert json.loads(out)["revision"] == schema.head()
    assert world.row("SELECT count(*) FROM sites") == (2,)  # somebody uses it
    code, _, err = run("restore", str(copy))
    assert (code, "is in use: stop" in err) == (1, True)
    world.database.close()
    assert json.loads(run("restore", str(copy), "--json")[1])["before"].endswith("before-restore")


def test_sqlite_is_served_by_one_process(world, run) -> None:
    if world.database.dialect == "sqlite":
        code, _, err = run("serve", "--workers", "2")
        assert (code, "several workers want PostgreSQL" in err) == (1, True)


def test_settings_errors_are_usage_errors(run, monkeypatch) -> None:
    monkeypatch.setenv("RITOURNELLE_API_POORT", "1")
    code, _, err = run("sites", "list")
    assert (code, err) == (2, "ritournelle-api: RITOURNELLE_API_POORT: there is no such setting\n")


@pytest.mark.server
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
    [[], ["serve"], ["migrate"], ["lend"], ["renew"], ["rules", "show"], ["rules", "load"],
     ["calendar", "show"], ["calendar", "school-holidays"], ["calendar", "closure", "add"],
     ["calendar", "move-due-dates"], ["kiosks", "add"], ["kiosks", "list"],
     ["kiosks", "revoke"], ["kiosks", "message"], ["sites", "add"], ["sites", "list"],
     ["users", "add"],
     ["users", "list"], ["users", "disable"], ["machines", "add"], ["machines", "list"],
     ["machines", "revoke"], ["jobs", "list"], ["jobs", "run"], ["jobs", "run-all"], ["backup"],
     ["restore"]],
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
        env={"RITOURNELLE_API_DATABASE": world.url, "RITOURNELLE_API_LOG_REQUESTS": "true"},
    ) as program:
        try:
            assert program.stdout is not None
            ready = json.loads(program.stdout.readline())
            assert ready["ready"]
            assert ready["url"] == f"http://127.0.0.1:{ready['port']}"
            body = fact(1).model_dump_json().encode()
            url = ready["url"] + RETURN_ITEM.url(kiosk="pad")
            said = {"Authorization": "Bearer token-of-pad", "Content-Type": "application/json"}
            call = Request(url, body, said)
            with urlopen(call, timeout=10) as response:
                assert json.load(response)["outcome"] == "not_on_loan"
            program.send_signal(signal.SIGTERM)
            _, log = program.communicate(timeout=15)
        finally:
            program.kill()  # for one that did not stop: nothing may wait for it
    assert program.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert [line["route"] for line in lines] == ["/v1/kiosks/{kiosk}/returns"]
    assert "token-of-pad" not in log
    assert '"1"' not in log
