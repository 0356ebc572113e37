"""Errors of readers and tags: one class for each reaction of the caller."""


class ReaderError(Exception):
    """Anything that went wrong between the kiosk and a tag."""


class ReaderLost(ReaderError):
    """The reader or its cable is gone: close, and reopen with back-off."""


class ReaderRefused(ReaderError):
    """The reader answered that it cannot do this at all: tell a technician, do not retry."""


class NoAnswer(ReaderError):
    """No usable answer (noise, collision, a lost frame, a failed write): ask the same again."""


class TagGone(ReaderError):
    """The tag left the field: wait until it comes back."""


class TagRefused(ReaderError):
    """The tag will never do this (locked, protected, block not there): tell staff, do not retry."""


class FramingError(ReaderError):
    """Bytes on the line are no frame. The decoder has skipped them and goes on."""


class WrongAddress(ReaderError, ValueError):
    """The address of a reader makes no sense: correct the settings."""
