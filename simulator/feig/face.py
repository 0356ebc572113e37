"""The face of a FEIG reader: requests in, answers out, byte for byte.

Pure: what an exchange costs in time is told, not spent. A damaged request gets no answer, nor does
one for another bus address; a standard request is answered by a standard frame, an advanced one by
an advanced one.
"""

from collections.abc import Iterator

from drivers.feig.commands import (
    Answer,
    BaudRateDetection,
    CpuReset,
    Done,
    GetReaderInfo,
    GetSoftwareVersion,
    Inventoried,
    NotUnderstood,
    Question,
    Raw,
    ReadConfiguration,
    Refusal,
    RfOutput,
    RfReset,
    Status,
    Version,
    WriteConfiguration,
    answer,
)
from drivers.feig.commands.tag_questions import CUSTOM_COMMAND
from drivers.feig.frames import ANY_ADDRESS, Decoder, Direction, Frame
from drivers.interface import Sighting
from simulator.cable import Exchange
from simulator.feig.configuration import PAGE_LENGTH, BadPage, Configuration
from simulator.feig.questions import (
    AnyInventory,
    Login,
    SaveConfiguration,
    SetDefaultConfiguration,
    SetOutput,
    SetOutputs,
    SystemReset,
    question_in,
)
from simulator.feig.tag_commands import Outcome, TagCommands
from simulator.field import Field
from simulator.framed_face import FramedFace
from simulator.tags import SimTag
from simulator.timing import RF_RESET, Air, inventory

VERSION = Version(0x0303, 0x00, 0x44, 0x53, 0x0D30)
"""What a published reader said of itself."""
BUFFER = 280
"""Bytes that a reader takes or gives in one frame (ISC.MR102)."""
_STANDARD = 255
_DATA_SET = 10


class FeigFace(FramedFace[Frame]):
    """One reader. `only_new`: an inventory tells each tag once, until it leaves or an RF reset.

    `custom`: it knows the makers' own commands (EAS), as the older series do.
    """

    def __init__(
        self,
        field: Field,
        *,
        air: Air | None = None,
        address: int = 0,
        only_new: bool = False,
        custom: bool = True,
        version: Version = VERSION,
        receive_buffer: int = BUFFER,
        answer_buffer: int = BUFFER,
    ) -> None:
        super().__init__(field, Decoder(Direction.QUESTION))
        self.configuration = Configuration(address, only_new=only_new)
        self._air = air or Air()
        self._version = version
        self._custom = custom
        self._receive_buffer = receive_buffer
        self._answer_buffer = answer_buffer
        self._tag_commands = TagCommands(field, self._air)
        self._untold: list[SimTag] = []

    def _answer(self, frame: Frame) -> Iterator[Exchange]:
        if frame.address in {ANY_ADDRESS, self.configuration.address}:
            yield self._exchange(frame)

    def _exchange(self, frame: Frame) -> Exchange:
        address = self.configuration.address
        outcome = self._carry_out(frame)
        reply = answer(frame, outcome.answer, address=address, status=outcome.status)
        return Exchange(reply.encode(), outcome.air)

    def _carry_out(self, frame: Frame) -> Outcome:
        if len(frame.encode()) > self._receive_buffer:
            return Outcome(Refusal(Status.LENGTH_ERROR))
        if frame.command == CUSTOM_COMMAND and not self._custom:
            return Outcome(Refusal(Status.UNKNOWN_COMMAND))
        try:
            question = question_in(frame)
        except NotUnderstood as error:
            return Outcome(Refusal(error.status))
        if isinstance(question, AnyInventory):
            return self._inventory(question, room=self._room(frame))
        try:
            outcome = self._reader_command(question) or self._tag_commands.carry_out(question)
        except BadPage as error:
            return Outcome(Refusal(error.status))
        return outcome or Outcome(Refusal(Status.UNKNOWN_COMMAND))

    def _reader_command(self, question: Question[Answer]) -> Outcome | None:
        match question:
            case GetSoftwareVersion():
                return Outcome(self._version)
            case GetReaderInfo(mode=mode):
                return self._reader_info(mode)
            case CpuReset() | SystemReset():
                self.configuration.restart()
                return self._rf_reset()
            case RfReset():
                return self._rf_reset()
            case RfOutput(on=on):
                self.field.power(on=on)
                return Outcome(Done())
            case BaudRateDetection() | SetOutput() | SetOutputs() | Login():
                return Outcome(Done())
            case _:
                return self._configure(question)

    def _configure(self, question: Question[Answer]) -> Outcome | None:
        match question:
            case ReadConfiguration(page=page):
                return Outcome(Raw(self.configuration.read(page)))
            case WriteConfiguration(data=data) if len(data) != PAGE_LENGTH:
                return Outcome(Refusal(Status.LENGTH_ERROR))
            case WriteConfiguration(page=page, data=data):
                self.configuration.write(page, data)
            case SaveConfiguration(page=page):
                self.configuration.save(page)
            case SetDefaultConfiguration(page=page):
                self.configuration.set_default(page)
            case _:
                return None
        return Outcome(Done())

    def _reader_info(self, mode: int) -> Outcome:
        if mode:
            return Outcome(Refusal(Status.PARAMETER_RANGE))
        buffers = (self._receive_buffer, self._answer_buffer)
        sizes = b"".join(size.to_bytes(2, "big") for size in buffers)
        return Outcome(Raw(self._version.encode() + sizes))

    def _rf_reset(self) -> Outcome:
        self._untold.clear()
        self.field.power(on=False)
        self.field.power(on=True)
        return Outcome(Done(), RF_RESET)

    def _inventory(self, question: AnyInventory, room: int) -> Outcome:
        """Find tags, or tell more of those found; the manual's table of ONT, ACOLL and PRESC."""
        air = 0.0
        if not question.more:
            if not self.configuration.only_new and not question.presence:
                self.field.reset()
            found = self.field.inventory(quiet_too=question.presence)
            air = inventory(tag.uid for tag in found)
            if len(found) > 1 and not self.configuration.anticollision:
                return Outcome(Refusal(Status.RF_COMMUNICATION), air)
            self._untold = list(found)
            if self.configuration.only_new:
                self.field.hush(found)
        if not self._untold:
            return Outcome(Refusal(Status.NO_TRANSPONDER), max(air, question.notify))
        told, self._untold = self._untold[:room], self._untold[room:]
        sightings = tuple(Sighting(tag.uid, tag.dsfid) for tag in told)
        return Outcome(Inventoried(sightings, more=bool(self._untold)), air)

    def _room(self, frame: Frame) -> int:
        """How many tags fit into one answer of this framing."""
        length, head = (self._answer_buffer, 9) if frame.advanced else (_STANDARD, 7)
        return max(1, (min(length, self._answer_buffer) - head) // _DATA_SET)
