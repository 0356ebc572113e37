"""The floor: the frames of a return, sent by a bare blocking client that does nothing else.

One inventory, then for each tag: read 8 blocks, write the AFI, read it back by *get system
information*. The frames are built beforehand, and what came back is looked at afterwards.
"""

import time
from collections.abc import Sequence
from contextlib import suppress

from bench.stopwatch import Span, Stage, Stopwatch
from bench.wires import FloorFailed, Wire, open_wire
from drivers.feig.commands import (
    GetSoftwareVersion,
    GetSystemInfo,
    Inventory,
    Question,
    ReadMultipleBlocks,
    WriteAfi,
    ask,
)
from drivers.feig.commands.answers import Answer
from drivers.interface import Uid
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN
from drivers.tags.recognise import FIRST_READ_BLOCKS

_COMMAND, _STATUS = 2, 3
"""Where a standard frame has its command, and an answer its status (behind length and address)."""
_TRIES, _PAUSE = 20, 0.05
"""A reader on a network turns a host away until it has noticed that the one before has left."""

Plan = list[tuple[Stage, Uid | str, bytes]]


def run_floor(url: str, pile: Sequence[Uid]) -> list[Span]:
    """Do it once with the tags of `pile`, which lie on the antenna; they are then "on loan" again.

    Raise `FloorFailed` if any answer was not what it should be.
    """
    plan = _plan(pile)
    watch = Stopwatch()
    wire = _open(url)
    try:
        answers = []
        wire.rest()
        for stage, uid, question in plan:
            with watch.measure(stage, uid):
                answers.append(wire.exchange(question))
        _check(plan, answers, pile)
        for uid in pile:
            wire.exchange(_frame(WriteAfi(uid, AFI_ON_LOAN)))
    finally:
        wire.close()
    return watch.spans


def _plan(pile: Sequence[Uid]) -> Plan:
    plan: Plan = [(Stage.INVENTORY, "", _frame(Inventory()))]
    for uid in pile:
        plan += [
            (Stage.READ, uid, _frame(ReadMultipleBlocks(uid, 0, FIRST_READ_BLOCKS))),
            (Stage.WRITE, uid, _frame(WriteAfi(uid, AFI_IN_STOCK))),
            (Stage.VERIFY, uid, _frame(GetSystemInfo(uid))),
        ]
    return plan


def _frame(question: Question[Answer]) -> bytes:
    return ask(question).encode()


def _open(url: str) -> Wire:
    """Open the cable, and ask the reader who it is, until it answers that and nothing else.

    The answer to a question of the host before may still be on its way.
    """
    ping = _frame(GetSoftwareVersion())
    for _ in range(_TRIES):
        wire = open_wire(url)
        with suppress(FloorFailed):
            if wire.exchange(ping)[_COMMAND] == ping[_COMMAND]:
                return wire
        wire.close()
        time.sleep(_PAUSE)
    raise FloorFailed(f"{url}: the reader does not answer")


def _check(plan: Plan, answers: Sequence[bytes], pile: Sequence[Uid]) -> None:
    for (stage, uid, question), answer in zip(plan, answers, strict=True):
        if answer[_COMMAND] != question[_COMMAND]:
            raise FloorFailed(f"{stage} {uid}: the answer is to another question")
        if answer[_STATUS] != 0:
            raise FloorFailed(f"{stage} {uid}: status {answer[_STATUS]:02X}")
        if stage is Stage.INVENTORY and answer[_STATUS + 1] != len(pile):
            raise FloorFailed(f"{answer[_STATUS + 1]} tags instead of {len(pile)}")
