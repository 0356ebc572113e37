"""The wire face of the FEIG OBID family in ISO host mode: bytes in, answers out.

The codec is the driver's. What only a reader needs, and our driver never asks, stands here.
Source: FEIG reader manuals (ISC.MR/PR101, MR102, CPR family H20800), where they say how.
"""

from simulator.feig.face import FeigFace

__all__ = ["FeigFace"]
