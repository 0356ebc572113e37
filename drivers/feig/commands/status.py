"""What a reader or a tag says of a question, as numbers."""

from enum import IntEnum

from drivers.errors import FramingError


class Status(IntEnum):
    """What the reader says of a question (manuals, annex "Status bytes")."""

    OK = 0x00
    NO_TRANSPONDER = 0x01
    DATA_FALSE = 0x02
    WRITE_ERROR = 0x03
    ADDRESS_ERROR = 0x04
    WRONG_TRANSPONDER_TYPE = 0x05
    AUTHENTICATION_ERROR = 0x08
    GENERAL_ERROR = 0x0E
    EEPROM_FAILURE = 0x10
    PARAMETER_RANGE = 0x11
    UNKNOWN_COMMAND = 0x80
    LENGTH_ERROR = 0x81
    NOT_AVAILABLE = 0x82
    RF_COMMUNICATION = 0x83
    RF_WARNING = 0x84
    BUFFER_OVERFLOW = 0x93
    MORE_DATA = 0x94
    ISO15693_ERROR = 0x95
    ISO14443_ERROR = 0x96
    HARDWARE_WARNING = 0xF1


class NotUnderstood(FramingError):
    """A whole frame that makes no sense. `status` is what a reader answers to such a question."""

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


def expect(sense: bool, message: str, status: Status = Status.LENGTH_ERROR) -> None:
    """Raise `NotUnderstood` unless the bytes make `sense`."""
    if not sense:
        raise NotUnderstood(status, message)
