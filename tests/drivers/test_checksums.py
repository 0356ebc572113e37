"""The checksums of the reader families, against the check values of the CRC catalogue."""

from drivers.checksums import crc16_genibus, crc16_mcrf4xx


def test_check_values():
    assert crc16_mcrf4xx(b"123456789") == 0x6F91
    assert crc16_genibus(b"123456789") == 0xD64E


def test_the_example_of_the_3m_specification():
    assert crc16_genibus(bytes.fromhex("000903000200000003")) == 0x12E6
