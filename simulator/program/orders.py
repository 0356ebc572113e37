"""What can be asked of a running simulated reader, as JSON lines.

A conversation begins with the control line of `simulator.tcp`; then each side sends one JSON object
a line. The reader greets with `Greeting`; each order is answered by a `Reply`.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from drivers.interface import Uid


class FaultKind(StrEnum):
    """What can be wrong with a reader's line."""

    PULL = "pull"
    PLUG = "plug"
    PIECES = "pieces"
    BYTES = "bytes"
    DELAY = "delay"
    LOSS = "loss"
    LATE = "late"
    NOISE = "noise"
    NONE = "none"


DEFAULTS = {
    FaultKind.DELAY: 0.2,
    FaultKind.LOSS: 0.2,
    FaultKind.LATE: 0.2,
    FaultKind.NOISE: 0.01,
}
"""Seconds of delay, and rates, when none are given."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lay(_Message):
    """Lay tags, by name or UID, now or after so many bytes on the wire."""

    do: Literal["lay"] = "lay"
    tags: tuple[str, ...]
    after_bytes: int = Field(default=0, ge=0)


class Lift(_Message):
    """Lift tags. `before_answer`: each when it has executed a write and not yet answered."""

    do: Literal["lift"] = "lift"
    tags: tuple[str, ...] = ()
    all: bool = False
    after_bytes: int = Field(default=0, ge=0)
    before_answer: bool = False


class Fault(_Message):
    """Break the line or mend it (`none`); `value` is a rate, or seconds for a delay."""

    do: Literal["fault"] = "fault"
    kind: FaultKind
    value: float | None = None


class ListTags(_Message):
    """Tell of every tag."""

    do: Literal["tags"] = "tags"


Order = Annotated[Lay | Lift | Fault | ListTags, Field(discriminator="do")]
ORDER: TypeAdapter[Lay | Lift | Fault | ListTags] = TypeAdapter(Order)


class TagState(_Message):
    """One tag as it is now; `afi`, `dsfid` and `memory` are upper-case hex."""

    uid: Uid
    name: str
    chip: str
    laid: bool
    afi: str
    dsfid: str
    memory: str
    afi_locked: bool
    eas: bool


class Greeting(_Message):
    """Who answers."""

    family: str
    address: str


class Reply(_Message):
    """What became of an order: done, unless `error` says what to do instead."""

    error: str | None = None
    tags: tuple[TagState, ...] = ()
