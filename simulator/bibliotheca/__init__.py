"""The wire face of the 3M / Bibliotheca family: bytes in, answers out. The codec is the driver's.

Source: 3M RFID Reader Protocol Specification 1.0.0, where it says how; hosts that were observed for
the conversation before it.
"""

from simulator.bibliotheca.face import BibliothecaFace

__all__ = ["BibliothecaFace"]
