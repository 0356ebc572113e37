"""`ritournelle-sim` as its user meets it."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.opening import open_reader
from simulator.program.commands import app

SIM = str(Path(sys.executable).with_name("ritournelle-sim"))
TAGS = """
[[tag]]
name = "Émile"
item = "30001000000017"
laid = true

[[tag]]
item = "30001000000025"
"""


@pytest.fixture
def tags_file(tmp_path):
    path = tmp_path / "tags.toml"
    path.write_text(TAGS, encoding="utf-8")
    return path


@pytest.fixture(params=["tcp", "pty"])
def running(request, tags_file, tmp_path):
    where = ["--tcp", "127.0.0.1:0"] if request.param == "tcp" else ["--pty", tmp_path / "reader"]
    command = [SIM, "reader", "--family", "feig", *where, "--tags", tags_file, "--seed", "7"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            yield program, json.loads(program.stdout.readline())
        finally:
            program.kill()


def sim(*arguments):
    return subprocess.run([SIM, *arguments], capture_output=True, text=True, check=False)


def inside(*arguments):
    """The same commands, without the start of a program for each."""
    return CliRunner().invoke(app, arguments)


def laid(url):
    async def count():
        reader = await open_reader(url)
        found = await reader.inventory()
        await reader.close()
        return len(found)

    return asyncio.run(count())


@pytest.mark.server
def test_a_reader_runs_obeys_and_ends_well(running, tmp_path):
    program, ready = running
    assert (ready["ready"], ready["family"], ready["tags"]) == (True, "feig", 2)
    at = ("--at", ready["address"])
    is_link = ready["address"].startswith("/")
    place = f"serial://{tmp_path}/reader?baud=38400" if is_link else f"tcp://{ready['address']}"
    assert ready["url"] == f"feig+{place}"
    assert laid(ready["url"]) == 1
    assert sim("lay", "30001000000025", *at).returncode == 0
    assert laid(ready["url"]) == 2
    assert inside("lift", "Émile", *at).exit_code == 0
    listed = json.loads(sim("tags", "--json", *at).stdout)
    assert [(tag["name"], tag["laid"]) for tag in listed] == [
        ("Émile", False),
        ("30001000000025", True),
    ]
    assert inside("lift", "--all", *at).exit_code == 0
    assert laid(ready["url"]) == 0
    assert "Émile" in inside("tags", *at).stdout
    for fault in (["noise", "0.01"], ["pull"], ["plug"], ["none"]):
        assert inside("fault", *fault, *at).exit_code == 0, fault
    unknown = sim("lay", "nobody", *at)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.count("\n") == 1
    program.send_signal(signal.SIGINT if is_link else signal.SIGTERM)
    assert program.wait(10) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tags.toml"]


@pytest.mark.server
@pytest.mark.parametrize("family", ["bibliotheca", "rl866"])
@pytest.mark.parametrize("port", ["tcp", "pty"])
def test_every_family_runs_at_the_speed_of_its_line(family, port, tags_file, tmp_path):
    where = ["--tcp", "127.0.0.1:0"] if port == "tcp" else ["--pty", tmp_path / "reader"]
    command = [SIM, "reader", "--family", family, *where, "--tags", tags_file, "--realtime"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            ready = json.loads(program.stdout.readline())
            assert ready["url"].startswith(f"{family}+")
            assert laid(ready["url"]) == 1
        finally:
            program.kill()
    baud = {"bibliotheca": 19200, "rl866": 38400}[family]
    assert port == "tcp" or ready["url"].endswith(f"?baud={baud}")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["reader", "--tags", "TAGS"], 2, "--tcp HOST:PORT or --pty LINK"),
        (["reader", "--tags", "TAGS", "--tcp", "here"], 2, "--tcp 127.0.0.1:10001"),
        (
            ["reader", "--tags", "TAGS", "--tcp", ":0", "--family", "x"],
            2,
            "known: bibliotheca, feig, rl866",
        ),
        (["card", "--control", "TAGS"], 1, "give either --tags or --uid"),
        (["card", "--control", "c", "--uid", "04"], 1, "4, 7 or 10 bytes"),
        (["card", "--control", "c", "--uid", "x"], 1, "the card cannot start"),
        (["card", "--control", "c", "--uid", "04", "--model", "x"], 1, "known: part3"),
        (["reader", "--tags", "/no.toml", "--tcp", "127.0.0.1:0"], 1, "/no.toml: cannot be read"),
        (["reader", "--tags", "TAGS", "--tcp", "192.0.2.1:1"], 1, "choose another"),
        (["reader", "--tags", "TAGS", "--pty", "TAGS"], 1, "choose another"),
        (["lift", "--at", "127.0.0.1:9"], 2, "give names or UIDs, or --all"),
        (["lift", "--all", "--after-bytes", "3", "--at", "127.0.0.1:9"], 2, "--all is at once"),
        (["fault", "pull", "3", "--at", "127.0.0.1:9"], 2, "pull takes no value"),
        (["tags", "--at", "127.0.0.1:9"], 1, "start one with `ritournelle-sim reader`"),
    ],
)
def test_what_goes_wrong_is_said_in_a_line(tags_file, arguments, status, says):
    done = inside(*(str(tags_file) if word == "TAGS" else word for word in arguments))
    assert (done.exit_code, done.stdout) == (status, "")
    assert says in done.stderr
    if status == 1:
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["reader", "lay", "lift", "fault", "tags"])
def test_every_command_has_help_with_an_example(command):
    done = inside(command, "--help")
    assert done.exit_code == 0
    assert f"Example: ritournelle-sim {command}" in done.stdout
