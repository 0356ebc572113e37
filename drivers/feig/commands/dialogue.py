"""Between frames and what they mean: questions and answers, both ways."""

from types import MappingProxyType
from typing import Final, TypeVar

from drivers.feig.commands import reader_questions, tag_questions
from drivers.feig.commands.answers import Answer, Refusal
from drivers.feig.commands.question import Question
from drivers.feig.commands.status import NotUnderstood, Status
from drivers.feig.commands.tag_questions import CUSTOM_COMMAND, HOST_COMMAND
from drivers.feig.frames import ANY_ADDRESS, Frame

A = TypeVar("A", bound=Answer)

_KINDS: Final[tuple[type[Question[Answer]], ...]] = (
    reader_questions.BaudRateDetection,
    reader_questions.CpuReset,
    reader_questions.RfReset,
    reader_questions.RfOutput,
    reader_questions.GetSoftwareVersion,
    reader_questions.GetReaderInfo,
    reader_questions.ReadConfiguration,
    reader_questions.WriteConfiguration,
    tag_questions.Inventory,
    tag_questions.StayQuiet,
    tag_questions.Select,
    tag_questions.ResetToReady,
    tag_questions.WriteAfi,
    tag_questions.LockAfi,
    tag_questions.WriteDsfid,
    tag_questions.GetSystemInfo,
    tag_questions.ReadMultipleBlocks,
    tag_questions.WriteMultipleBlocks,
    tag_questions.SetEas,
    tag_questions.ResetEas,
    tag_questions.EasAlarm,
)
_KIND_OF: Final = {kind.code: kind for kind in _KINDS}

SUB_COMMAND_LENGTH: Final = MappingProxyType({HOST_COMMAND: 1, CUSTOM_COMMAND: 2})
"""Bytes of a frame's data that belong to the code of its question; none for other commands."""


def ask(question: Question[A], *, address: int = ANY_ADDRESS, advanced: bool = False) -> Frame:
    """Put a question into a frame (host)."""
    command, sub_command = question.code[0], question.code[1:]
    return Frame(command, sub_command + question.encode(), None, address, advanced)


def understand(frame: Frame) -> Question[Answer]:
    """Read the question in a frame (reader), or raise `NotUnderstood` with the status to answer."""
    length = SUB_COMMAND_LENGTH.get(frame.command, 0)
    kind = _KIND_OF.get(bytes([frame.command]) + frame.data[:length])
    if kind is None:
        raise NotUnderstood(Status.UNKNOWN_COMMAND, f"command {frame.command:02X} is unknown")
    return kind.decode(frame.data[length:])


def answer(
    question: Frame, answer: Answer | Refusal, *, address: int = 0, status: int | None = None
) -> Frame:
    """Put the answer to `question` into a frame of the same framing (reader)."""
    status = answer.status if status is None else status
    return Frame(question.command, answer.encode(), status, address, question.advanced)


def hear(question: Question[A], frame: Frame) -> A | Refusal:
    """Read the answer to `question` in a frame (host), or raise `NotUnderstood`."""
    if frame.status in {Status.OK, Status.MORE_DATA}:
        return question.decode_answer(frame.data, frame.status)
    return Refusal(frame.status or 0, frame.data[0] if frame.data else None)
