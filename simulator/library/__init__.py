"""A demo library: real titles, three sites of Cachan, invented readers, their loans and wishes.

It knows tags as text only. It stands for what another system would export: the catalogue imports
its files as it would import anybody's.
"""

from simulator.library.building import Summary, build

__all__ = ["Summary", "build"]
