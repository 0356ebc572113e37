"""A sorter and a printer as programs: a kiosk's drivers at one end, hands at the other."""

import asyncio
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from drivers.links.tcp import TcpLink
from simulator.devices.board import BoardFace
from simulator.devices.mechanics import Hand, Layout, Slot
from simulator.program.device_commands import app

SIM = str(Path(sys.executable).with_name("ritournelle-sim"))


def said(face: BoardFace, command: str) -> str:
    return "".join(it.answer.decode() for it in face.receive(command.encode() + b"\r"))


def test_the_board_echoes_answers_and_prompts_as_the_maker_says():
    face = BoardFace(Slot())
    assert said(face, "relay on 0") == "relay on 0\n\r>"
    assert said(face, "relay read 0") == "relay read 0\n\ron\n\r>"
    assert said(face, "gpio read 1") == "gpio read 1\n\r0\n\r>"
    assert "ERROR" in said(face, "relay on Z")


def test_a_command_in_pieces_is_carried_out_once():
    face = BoardFace(Slot())
    assert not face.receive(b"relay on")
    assert not face.receive(b" A")
    assert len(face.receive(b"\r")) == 1
    assert face.slot.on == {10}


def test_an_item_falls_through_an_open_flap_and_the_belt_brings_it_where_it_is_led():
    slot = Slot(Layout(diverters={"holds": 2}))
    slot.meddle(Hand.PUT)
    assert not slot.is_on(0)
    slot.switch(2, on=True)
    slot.switch(0, on=True)
    assert (slot.is_on(0), slot.is_on(1)) == (True, False)
    slot.switch(0, on=False)
    slot.switch(1, on=True)
    assert slot.bins == {"holds": 1}


def test_a_flap_that_sticks_stands_open_until_it_is_freed():
    slot = Slot()
    slot.meddle(Hand.STICK)
    slot.switch(0, on=True)
    slot.switch(0, on=False)
    assert not slot.is_on(1)
    slot.meddle(Hand.FREE)
    assert slot.is_on(1)


@contextmanager
def running(*arguments: str):
    command = [SIM, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        try:
            yield json.loads(program.stdout.readline())
        finally:
            program.kill()


def hand(*arguments: str) -> dict:
    result = CliRunner().invoke(app, ["hand", *arguments])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.server
def test_hands_meddle_with_a_sorter_that_runs():
    with running("sorter", "--tcp", "127.0.0.1:0", "--sensor", "1=4") as ready:
        at = ready["address"]
        assert ready["url"] == f"numato+tcp://{at}"
        assert hand("look", "--at", at)["full"] == []
        assert hand("fill", "--bin", "1", "--at", at)["full"] == ["1"]
        wrong = CliRunner().invoke(app, ["hand", "paper-out", "--at", at])
        assert (wrong.exit_code, "put" in wrong.stderr) == (1, True)


@pytest.mark.server
def test_a_printer_that_runs_shows_what_it_printed(tmp_path):
    async def write(address: str) -> None:
        host, _, port = address.rpartition(":")
        link = await TcpLink.open(host, int(port))
        await link.send(b"Bonjour\n\x1dV\x00\x10\x04\x04")
        assert await link.receive()
        await link.close()

    with running("printer", "--tcp", "127.0.0.1:0") as ready:
        asyncio.run(write(ready["address"]))
        state = hand("paper-out", "--at", ready["address"])
    assert state == {"prints": False, "paper": "paper-out", "receipts": ["Bonjour\n"]}
