"""The wire face of the RL866 / RL8600 family: bytes in, answers out. The codec is the driver's."""

from simulator.rl866.face import Rl866Face

__all__ = ["Rl866Face"]
