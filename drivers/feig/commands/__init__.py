"""FEIG OBID questions and answers in ISO host mode, in both directions.

The host asks and hears, a simulated reader understands and answers, with the same classes.
Source: FEIG reader manuals (ISC.MR/PR101, MR102, CPR.02), "Commands for the reader control" and
"Protocols for host commands [0xB0]".
"""

from drivers.feig.commands.answers import (
    Answer,
    BlocksRead,
    Done,
    Inventoried,
    Raw,
    Refusal,
    SystemInfo,
    Version,
)
from drivers.feig.commands.dialogue import answer, ask, hear, understand
from drivers.feig.commands.question import Question
from drivers.feig.commands.reader_questions import (
    BaudRateDetection,
    CpuReset,
    GetReaderInfo,
    GetSoftwareVersion,
    ReadConfiguration,
    RfOutput,
    RfReset,
    WriteConfiguration,
)
from drivers.feig.commands.status import NotUnderstood, Status
from drivers.feig.commands.tag_questions import (
    EasAlarm,
    GetSystemInfo,
    Inventory,
    LockAfi,
    ReadMultipleBlocks,
    ResetEas,
    ResetToReady,
    Select,
    SetEas,
    StayQuiet,
    WriteAfi,
    WriteDsfid,
    WriteMultipleBlocks,
)
from drivers.feig.commands.tags import Implied, Target

__all__ = [
    "Answer",
    "BaudRateDetection",
    "BlocksRead",
    "CpuReset",
    "Done",
    "EasAlarm",
    "GetReaderInfo",
    "GetSoftwareVersion",
    "GetSystemInfo",
    "Implied",
    "Inventoried",
    "Inventory",
    "LockAfi",
    "NotUnderstood",
    "Question",
    "Raw",
    "ReadConfiguration",
    "ReadMultipleBlocks",
    "Refusal",
    "ResetEas",
    "ResetToReady",
    "RfOutput",
    "RfReset",
    "Select",
    "SetEas",
    "Status",
    "StayQuiet",
    "SystemInfo",
    "Target",
    "Version",
    "WriteAfi",
    "WriteConfiguration",
    "WriteDsfid",
    "WriteMultipleBlocks",
    "answer",
    "ask",
    "hear",
    "understand",
]
