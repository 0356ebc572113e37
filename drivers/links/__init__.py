"""Cables: a serial port and a TCP connection as a `ByteLink`."""
