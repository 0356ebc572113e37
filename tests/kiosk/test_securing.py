"""What a reader must be able to do is said when it is opened."""

import pytest

from drivers.errors import ReaderRefused
from drivers.interface import Capability, ReaderInfo
from kiosk.securing import Alarm, require


def reader(*can: Capability) -> ReaderInfo:
    return ReaderInfo("Some", "1.0", frozenset(can))


@pytest.mark.parametrize(
    ("alarm", "can"),
    [
        (Alarm.AFI, [Capability.AFI]),
        (Alarm.EAS, [Capability.EAS]),
        (Alarm.BOTH, [Capability.AFI, Capability.EAS]),
    ],
)
def test_a_fit_reader_passes(alarm, can):
    require(alarm, reader(*can))


@pytest.mark.parametrize(
    ("alarm", "can", "lacking"),
    [
        (Alarm.AFI, [Capability.EAS], "AFI"),
        (Alarm.EAS, [Capability.AFI], "EAS"),
        (Alarm.BOTH, [Capability.AFI], "EAS"),
        (Alarm.BOTH, [], "AFI and EAS"),
    ],
)
def test_an_unfit_one_is_refused_with_what_it_lacks(alarm, can, lacking):
    with pytest.raises(ReaderRefused, match=f"cannot write {lacking}: "):
        require(alarm, reader(*can))
