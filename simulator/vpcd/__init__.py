"""Simulated cards for the real PC/SC service, through vsmartcard's virtual reader (vpcd).

To programs there is a reader "Virtual PCD 00 00" in which tags and patron cards come and go; behind
the same protocol stands the same field as behind the other readers.
"""

from simulator.vpcd.face import VpcdFace
from simulator.vpcd.pad import MODELS, Pad, PatronPad, ReaderModel, TagPad
from simulator.vpcd.patron import CHIPS, PatronCard
from simulator.vpcd.port import VPCD_PORT, VpcdPort

__all__ = [
    "CHIPS",
    "MODELS",
    "VPCD_PORT",
    "Pad",
    "PatronCard",
    "PatronPad",
    "ReaderModel",
    "TagPad",
    "VpcdFace",
    "VpcdPort",
]
