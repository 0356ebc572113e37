"""The gate alarm of a library's tags: by AFI, by the EAS bit of the chip, or by both."""

from enum import StrEnum

from drivers.errors import NoAnswer, ReaderRefused, TagRefused
from drivers.interface import Capability, Reader, ReaderInfo, Uid
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN


class Alarm(StrEnum):
    """What the gates of this library listen to."""

    AFI = "afi"
    EAS = "eas"
    BOTH = "both"

    @property
    def uses_afi(self) -> bool:
        """Whether the AFI byte says that an item is in stock."""
        return self is not Alarm.EAS

    @property
    def uses_eas(self) -> bool:
        """Whether the EAS bit says so."""
        return self is not Alarm.AFI


def require(alarm: Alarm, reader: ReaderInfo) -> None:
    """Raise `ReaderRefused`, before the first book, if the reader cannot secure tags this way."""
    needed = {Capability.AFI: alarm.uses_afi, Capability.EAS: alarm.uses_eas}
    lacking = [
        what.value.upper() for what, wanted in needed.items() if wanted and what not in reader.can
    ]
    if lacking:
        raise ReaderRefused(
            f"this {reader.family} reader cannot write {' and '.join(lacking)}: "
            "use another reader, or another 'security' in the settings"
        )


async def secure(reader: Reader, uid: Uid, alarm: Alarm) -> None:
    """Switch the alarm on, then believe only what is read back, whatever was said of the write.

    Raises `TagRefused` if that can never be, `NoAnswer` if it may be tried again.
    """
    if alarm.uses_afi:
        await _secure_by_afi(reader, uid)
    if alarm.uses_eas:
        await _secure_by_eas(reader, uid)


async def is_lent(reader: Reader, uid: Uid, alarm: Alarm) -> bool:
    """Whether the tag says that its item is on loan."""
    if alarm.uses_afi:
        return (await reader.chip_info(uid)).afi == AFI_ON_LOAN
    return not await reader.eas(uid)


async def _secure_by_afi(reader: Reader, uid: Uid) -> None:
    refusal: TagRefused | None = None
    try:
        await reader.write_afi(uid, AFI_IN_STOCK)
    except TagRefused as error:
        refusal = error
    if (await reader.chip_info(uid)).afi != AFI_IN_STOCK:
        raise refusal or NoAnswer("the AFI was written but reads back otherwise")


async def _secure_by_eas(reader: Reader, uid: Uid) -> None:
    refusal: TagRefused | None = None
    try:
        await reader.set_eas(uid, on=True)
    except TagRefused as error:
        refusal = error
    if not await reader.eas(uid):
        raise refusal or NoAnswer("the EAS bit was set but is off")
