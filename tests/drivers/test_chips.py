"""What a UID tells of a chip."""

import pytest

from drivers.interface import Uid
from drivers.iso15693 import chip_name, manufacturer


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("E00401003123AA26", "NXP ICODE SLI"),
        ("E0040150A05F02B7", "NXP ICODE SLIX"),
        ("E004010809B9CB12", "NXP ICODE SLIX2"),
        ("E004020012345678", "NXP ICODE SLI-S"),
        ("E004035012345678", "NXP ICODE SLIX-L"),
        ("E004011812345678", "NXP, type 01"),
        ("E007800012345678", "Texas Instruments, type 80"),
        ("E0FF000012345678", "manufacturer FF, type 00"),
    ],
)
def test_chips_are_named_as_far_as_the_uid_tells(uid, name):
    assert chip_name(Uid(uid)) == name
    assert name.startswith(manufacturer(Uid(uid)))
