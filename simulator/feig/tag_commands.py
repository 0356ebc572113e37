"""How a FEIG reader carries out commands to tags: each gives an answer and its time on the air."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from drivers.feig.commands import (
    Answer,
    BlocksRead,
    Done,
    EasAlarm,
    GetSystemInfo,
    Implied,
    LockAfi,
    Question,
    Raw,
    ReadMultipleBlocks,
    Refusal,
    ResetEas,
    ResetToReady,
    Select,
    SetEas,
    Status,
    StayQuiet,
    SystemInfo,
    Target,
    WriteAfi,
    WriteDsfid,
    WriteMultipleBlocks,
)
from drivers.interface import Uid
from drivers.iso15693 import TagError
from simulator.antenna import Antenna, Heard
from simulator.feig.questions import (
    GetBlockSecurity,
    LockBlocks,
    LockDsfid,
    LockEas,
)
from simulator.field import Anyone, Field, Silence
from simulator.tags import SimTag
from simulator.timing import Air

LONGEST_READ = 128
"""Bytes of tag memory in one read or write."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the reader answers, and the seconds it spent on the air.

    `status` overrides that of the answer.
    """

    answer: Answer | Refusal
    air: float = 0.0
    status: int | None = None


class TagCommands:
    """Commands to the tags of one field."""

    def __init__(self, field: Field, air: Air) -> None:
        self._antenna = Antenna(field, air)
        self._field = field
        self._air = air

    def carry_out(self, question: Question[Answer]) -> Outcome | None:
        """Carry out a command to a tag; None: this is no such command."""
        match question:
            case ReadMultipleBlocks():
                return self._read(question)
            case WriteMultipleBlocks():
                return self._write(question)
            case GetSystemInfo(target=target):
                return self._ask(target, _system_info, self._air.system_info())
            case GetBlockSecurity(target=target, first=first, count=count):
                return self._ask(
                    target, lambda tag: _security(tag, first, count), self._air.read(count)
                )
            case LockBlocks():
                return self._lock_blocks(question)
            case StayQuiet() | Select() | ResetToReady():
                return self._state(question)
            case EasAlarm(target=target):
                return self._alarm(target)
            case _:
                return self._change_value(question)

    def _change_value(self, question: Question[Answer]) -> Outcome | None:
        match question:
            case WriteAfi(target=target, afi=afi):
                return self._change(target, lambda tag: tag.write_afi(afi), 1)
            case LockAfi(target=target):
                return self._change(target, SimTag.lock_afi, 0)
            case WriteDsfid(target=target, dsfid=dsfid):
                return self._change(target, lambda tag: tag.write_dsfid(dsfid), 1)
            case LockDsfid(target=target):
                return self._change(target, SimTag.lock_dsfid, 0)
            case SetEas(target=target):
                return self._change(target, lambda tag: tag.set_eas(on=True), 1)
            case ResetEas(target=target):
                return self._change(target, lambda tag: tag.set_eas(on=False), 1)
            case LockEas(target=target):
                return self._change(target, SimTag.lock_eas, 1)
            case _:
                return None

    def _ask(
        self, target: Target, act: Callable[[SimTag], Answer | TagError], air: float
    ) -> Outcome:
        return _outcome(self._antenna.ask(_who(target), act, air))

    def _alarm(self, target: Target) -> Outcome:
        return _done(self._antenna.eas(_who(target)))

    def _change(
        self, target: Target, act: Callable[[SimTag], TagError | None], parameters: int
    ) -> Outcome:
        return _done(self._antenna.change(_who(target), act, parameters))

    def _read(self, question: ReadMultipleBlocks) -> Outcome:
        def act(tag: SimTag) -> Answer | TagError:
            memory = tag.read(question.first, question.count)
            if isinstance(memory, TagError):
                return memory
            locks = tag.security(question.first, question.count)
            if isinstance(locks, TagError) or not question.security:
                locks = bytes(question.count)
            return BlocksRead(memory, tag.model.block_size, locks)

        size = self._block_size(question.target)
        if not 0 < question.count * size <= LONGEST_READ:
            return Outcome(Refusal(Status.PARAMETER_RANGE))
        on_air = question.count * (size + (1 if question.security else 0))
        return self._ask(question.target, act, self._air.read(on_air))

    def _write(self, question: WriteMultipleBlocks) -> Outcome:
        size = question.block_size
        if len(question.memory) > LONGEST_READ or size != self._block_size(question.target):
            return Outcome(Refusal(Status.PARAMETER_RANGE))
        blocks = [question.memory[at : at + size] for at in range(0, len(question.memory), size)]
        acts = [
            partial(SimTag.write, block=number, data=data)
            for number, data in enumerate(blocks, question.first)
        ]
        return self._block_by_block(question.target, question.first, acts, parameters=1 + size)

    def _lock_blocks(self, question: LockBlocks) -> Outcome:
        numbers = range(question.first, question.first + question.count)
        acts = [partial(SimTag.lock, block=number) for number in numbers]
        return self._block_by_block(question.target, question.first, acts, parameters=1)

    def _block_by_block(
        self,
        target: Target,
        first: int,
        acts: Sequence[Callable[[SimTag], TagError | None]],
        parameters: int,
    ) -> Outcome:
        """Change one block after the other; stop at the first that fails, and say which it was."""
        air = 0.0
        for number, act in enumerate(acts, first):
            outcome = self._change(target, act, parameters)
            air += outcome.air
            if outcome.answer == Refusal(Status.NO_TRANSPONDER) and number > first:
                return Outcome(Refusal(Status.WRITE_ERROR, number), air)
            if isinstance(outcome.answer, Refusal) and outcome.answer.detail is not None:
                both = bytes([outcome.answer.detail, number])
                return Outcome(Raw(both), air, status=outcome.answer.status)
            if isinstance(outcome.answer, Refusal):
                return Outcome(outcome.answer, air)
        return Outcome(Done(), air)

    def _state(self, question: StayQuiet | Select | ResetToReady) -> Outcome:
        target = question.target
        if isinstance(target, Implied) and not isinstance(question, ResetToReady):
            return Outcome(Refusal(Status.PARAMETER_RANGE))
        if isinstance(question, StayQuiet):
            # A tag does not answer this one: the reader cannot know whether it was heard.
            self._field.command(_who(target), _hush)
            return Outcome(Done(), self._air.unanswered())
        if isinstance(target, str) and isinstance(question, Select):
            heard = self._field.select(target)
        else:
            heard = self._field.command(_who(target), SimTag.power_off)
        if heard:
            return _unheard(heard, self._air.unanswered())
        return Outcome(Done(), self._air.order())

    def _block_size(self, target: Target) -> int:
        return self._antenna.block_size(_who(target))


def _done(heard: Heard[bool]) -> Outcome:
    if isinstance(heard.result, bool):
        return Outcome(Done(), heard.air)
    return _outcome(Heard(heard.result, heard.air))


def _outcome(heard: Heard[Answer]) -> Outcome:
    match heard.result:
        case Silence() as silence:
            return _unheard(silence, heard.air)
        case TagError() as error:
            return Outcome(Refusal(Status.ISO15693_ERROR, error), heard.air)
        case answer:
            return Outcome(answer, heard.air)


def _who(target: Target) -> Uid | Anyone:
    match target:
        case Implied.ANY:
            return Anyone.PRESENT
        case Implied.SELECTED:
            return Anyone.SELECTED
        case uid:
            return uid


def _unheard(silence: Silence, air: float) -> Outcome:
    if silence is Silence.COLLISION:
        return Outcome(Refusal(Status.RF_COMMUNICATION), air)
    return Outcome(Refusal(Status.NO_TRANSPONDER), air)


def _hush(tag: SimTag) -> None:
    tag.quiet = True
    tag.selected = False


def _system_info(tag: SimTag) -> SystemInfo:
    model = tag.model
    return SystemInfo(
        tag.uid, tag.dsfid, tag.afi, model.block_size, model.block_count, model.ic_reference
    )


def _security(tag: SimTag, first: int, count: int) -> Raw | TagError:
    locks = tag.security(first, count)
    return locks if isinstance(locks, TagError) else Raw(bytes([len(locks)]) + locks)
