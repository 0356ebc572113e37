"""Questions to RL866 readers and their answers: what the INF of their blocks holds.

Numbers of several bytes are sent with the lowest byte first, UIDs too; lengths within INF are
EBV-8 (seven bits a byte, the highest byte first, bit 7: more follow). Memory is in natural order.

Source: frames and field names of a public host program. Not certain, and therefore read with
tolerance: the byte behind the UID in an inventory report is taken for the DSFID (a terminator, says
that program: 00); sizes in the system information are the real ones, not less one; the data behind
an EAS alarm is taken for a flag; the codes 0007 to 0009 are missing in a list that otherwise has
the order of ISO 15693-3. *Write multiple blocks* ends with a byte 00, which is not documented, and
which readers were seen to want.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from drivers.errors import FramingError
from drivers.interface import Sighting, Uid

UID_LENGTH: Final = 8
ISO15693: Final = 0x01
"""The air protocol of library tags."""
ICODE_SLI: Final = 0x01
"""The tag type of ISO 15693 tags that were not seen in an inventory."""
ALL_HANDLES: Final = 0

_ADDRESSED: Final = 0x01
_CONTINUE: Final = 0x08
_DONE: Final = 0x01


class Command(IntEnum):
    """The first byte of INF."""

    READ_CONFIGURATION = 0x01
    INVENTORY = 0x31
    CONNECT = 0x32
    DISCONNECT = 0x33
    ACCESS = 0x34


class Access(IntEnum):
    """What is done to a connected tag."""

    RESET = 0x0001
    SELECT = 0x0002
    READ_BLOCKS = 0x0003
    WRITE_BLOCKS = 0x0004
    WRITE_AFI = 0x0006
    LOCK_AFI = 0x0007
    WRITE_DSFID = 0x0008
    LOCK_DSFID = 0x0009
    SYSTEM_INFO = 0x000A
    EAS_ON = 0x000C
    EAS_OFF = 0x000D
    EAS_ALARM = 0x000F
    READ_BLOCK = 0x004F
    WRITE_BLOCK = 0x0050


class Error(IntEnum):
    """The status of an answer, or of an access (appendix "Error code")."""

    NONE = 0x000
    UNKNOWN = 0x001
    ARGUMENT = 0x002
    NO_SYSTEM = 0x003
    TIMEOUT = 0x004
    MEMORY = 0x005
    NOT_SUPPORTED = 0x006
    OVERFLOW = 0x007
    MESSAGE_CHECKSUM = 0x101
    MESSAGE_SIZE = 0x102
    MESSAGE_COMMAND = 0x103
    MESSAGE_SEQUENCE = 0x104
    MESSAGE_PARAMETER = 0x105
    WRONG_DATA = 0x400
    TRANSMISSION = 0x401
    TRANSMISSION_TIMEOUT = 0x402
    BUFFER_OVERFLOW = 0x403
    COLLISION = 0x404
    AIR_CHECKSUM = 0x405
    PARITY = 0x406
    PROTOCOL = 0x407
    NO_DATA = 0x408
    SHORT_FRAME = 0x409
    INTEGRITY = 0x40A
    WRONG_HANDLE = 0x415
    AUTHENTICATION = 0x416
    CHIP_DEAD = 0x417
    CHIP_MEMORY = 0x418
    TAG_COLLISION = 0x419
    ADDRESS_MODE = 0x41A
    LOCKED_OR_NO_SUCH_BLOCK = 0x41B
    NO_SUCH_BLOCK = 0x41C
    PASSWORD_LOCKED = 0x41D
    NOT_AUTHORISED = 0x41E
    INTERFERENCE = 0x41F
    TAG_NOT_FOUND = 0x420
    UNKNOWN_TAG = 0x421
    TAG_REFUSED = 0x422
    TAG_WRONG_DATA = 0x423
    TAG_WRONG_UID = 0x424


class Report(IntFlag):
    """Which fields an inventory report has; they follow in this order."""

    ANTENNA = 0x01
    PROTOCOL = 0x02
    TAG_TYPE = 0x04
    SERIAL = 0x08
    MEMORY = 0x10
    COMMAND = 0x80


class SystemInfoFlag(IntFlag):
    """Which fields the system information has."""

    DSFID = 0x01
    AFI = 0x02
    MEMORY = 0x04
    IC_REFERENCE = 0x08


def expect(sense: bool, message: str) -> None:
    """Raise `FramingError` unless the bytes of a whole block make `sense`."""
    if not sense:
        raise FramingError(message)


def word(number: int) -> bytes:
    """Two bytes, the lower first."""
    return number.to_bytes(2, "little")


def number_in(data: bytes) -> int:
    """Read what `word` gives."""
    return int.from_bytes(data, "little")


def ebv(number: int) -> bytes:
    """Give a length as EBV-8."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


def split_ebv(data: bytes) -> tuple[int, bytes]:
    """Read a length, and give the bytes behind it. Raise `FramingError` when it does not end."""
    number = 0
    for at, byte in enumerate(data):
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            return number, data[at + 1 :]
    raise FramingError("a length without its end")


def uid_to_wire(uid: Uid) -> bytes:
    """Eight bytes, the lowest first."""
    return bytes.fromhex(uid)[::-1]


def uid_of(data: bytes) -> Uid:
    """Read what `uid_to_wire` gives."""
    return Uid(data[::-1].hex().upper())


def inventory(*, more: bool = False) -> bytes:
    """Ask for all tags; with `more`, go on where the reader had to stop."""
    return bytes([Command.INVENTORY, _CONTINUE if more else 0])


def connect(uid: Uid, tag_type: int = ICODE_SLI, antenna: int = 0) -> bytes:
    """Ask for a handle to one tag; nothing is sent on the air yet."""
    parameters = bytes([_ADDRESSED]) + uid_to_wire(uid)
    return bytes([Command.CONNECT, antenna, ISO15693, tag_type, len(parameters)]) + parameters


def disconnect(handle: int) -> bytes:
    """Give a handle back, or all of them."""
    return bytes([Command.DISCONNECT, handle])


def access(handle: int, what: Access, parameters: bytes = b"") -> bytes:
    """Do something to the tag behind a handle."""
    operation = word(what) + parameters
    return bytes([Command.ACCESS, handle]) + ebv(len(operation)) + operation


@dataclass(frozen=True, slots=True)
class Seen:
    """One tag of an inventory, with the type that *connect* wants to know."""

    sighting: Sighting
    tag_type: int = ICODE_SLI
    antenna: int = 0


@dataclass(frozen=True, slots=True)
class Inventoried:
    """Tags in the field; with `more`, others are waiting."""

    tags: tuple[Seen, ...]
    more: bool = False


def inventory_in(data: bytes) -> Inventoried:
    """Read stop byte, total, number and reports; tags of other protocols are left out."""
    expect(len(data) >= 4, f"an inventory of {len(data)} bytes")
    reports = data[4:]
    tags: list[Seen] = []
    for _ in range(data[3]):
        seen, reports = _split_report(reports)
        if seen:
            tags.append(seen)
    expect(not reports, "an inventory that does not count right")
    return Inventoried(tuple(tags), more=data[0] == 1)


def _split_report(data: bytes) -> tuple[Seen | None, bytes]:
    """Read one report, and give the bytes behind it; None: no ISO 15693 tag."""
    expect(bool(data), "a report is missing")
    flags, data = Report(data[0]), data[1:]
    values: dict[Report, int] = {}
    for field in (Report.ANTENNA, Report.PROTOCOL, Report.TAG_TYPE):
        if flags & field:
            expect(bool(data), "a report without its end")
            values[field], data = data[0], data[1:]
    serial = b""
    if flags & Report.SERIAL:
        expect(bool(data) and len(data) > data[0], "a serial number without its end")
        serial, data = data[1 : 1 + data[0]], data[1 + data[0] :]
    if flags & Report.MEMORY:
        expect(len(data) >= 2, "memory without its length")
        data = data[2 + (number_in(data[:2]) + 7) // 8 :]
    if flags & Report.COMMAND:
        length, data = split_ebv(data)
        data = data[length:]
    if values.get(Report.PROTOCOL, ISO15693) != ISO15693 or len(serial) < UID_LENGTH:
        return None, data
    dsfid = serial[UID_LENGTH] if len(serial) > UID_LENGTH else 0
    sighting = Sighting(uid_of(serial[:UID_LENGTH]), dsfid)
    tag_type = values.get(Report.TAG_TYPE, ICODE_SLI)
    return Seen(sighting, tag_type, values.get(Report.ANTENNA, 0)), data


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an access: `data`, or an error."""

    data: bytes
    error: int = Error.NONE


def result_in(data: bytes, what: Access) -> Result:
    """Read the result of one access."""
    length, result = split_ebv(data)
    expect(length == len(result) >= 3, f"a result of {len(result)} bytes instead of {length}")
    expect(number_in(result[:2]) == what, "the result of another access")
    if result[2] == _DONE:
        return Result(result[3:])
    return Result(b"", number_in(result[3:5]) or Error.UNKNOWN)


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """What a tag says of itself; None: it does not say."""

    uid: Uid
    dsfid: int | None
    afi: int | None
    block_count: int | None
    block_size: int | None


def system_info_in(data: bytes) -> SystemInfo:
    """Read flags, UID, DSFID, AFI, number and size of blocks, IC reference.

    Fields that are not flagged are absent; or stand there all the same, which the length tells.
    """
    expect(len(data) >= 1 + UID_LENGTH, f"system information of {len(data)} bytes")
    flags, rest = SystemInfoFlag(data[0]), data[1 + UID_LENGTH :]
    lengths = {SystemInfoFlag.DSFID: 1, SystemInfoFlag.AFI: 1, SystemInfoFlag.MEMORY: 2}
    in_place = len(rest) == 5
    values: dict[SystemInfoFlag, bytes] = {}
    for field, length in lengths.items():
        if flags & field:
            expect(len(rest) >= length, "system information without its end")
            values[field] = rest[:length]
        if flags & field or in_place:
            rest = rest[length:]
    memory = values.get(SystemInfoFlag.MEMORY)
    return SystemInfo(
        uid_of(data[1 : 1 + UID_LENGTH]),
        _first(values.get(SystemInfoFlag.DSFID)),
        _first(values.get(SystemInfoFlag.AFI)),
        memory[0] if memory else None,
        memory[1] if memory else None,
    )


def _first(data: bytes | None) -> int | None:
    return data[0] if data else None
