"""Simulated ISO 15693 tags, and the descriptions they are made from."""

from simulator.tags.chip import LOCKED_BIT, MODELS, ChipModel, SimTag
from simulator.tags.description import BadTags, TagDescription, load_tags, make_tags, to_toml

__all__ = [
    "LOCKED_BIT",
    "MODELS",
    "BadTags",
    "ChipModel",
    "SimTag",
    "TagDescription",
    "load_tags",
    "make_tags",
    "to_toml",
]
