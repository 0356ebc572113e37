"""A simulated PC/SC card that runs: what the command line names, joined to vpcd."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from simulator.cable import Line
from simulator.field import Field
from simulator.program.control import split_address
from simulator.program.station import Station
from simulator.tags import load_tags
from simulator.vpcd import MODELS, VPCD_PORT, PatronCard, PatronPad, TagPad, VpcdFace, VpcdPort


def make_card(
    control: Path, tags: Path | None, uid: str | None, chip: str, model: str, vpcd: str
) -> tuple[Station, int, Callable[[str], str]]:
    """The station, how many tags it knows, and what programs call the reader.

    Either `tags` of a file, whose first laid one is the card, or the `uid` of a patron card. Raise
    `BadTags`, or ValueError with the option that makes no sense.
    """
    if (tags is None) == (uid is None):
        raise ValueError("give either --tags or --uid")
    if model not in MODELS:
        raise ValueError(f"{model!r} is no model of a reader; known: {', '.join(MODELS)}")
    host, port = split_address(vpcd)
    field = Field(*load_tags(tags)) if tags else Field()
    pad = TagPad(field, MODELS[model])
    face = VpcdFace(PatronPad(PatronCard(bytes.fromhex(uid), chip)) if uid else pad)
    station = Station(
        "pcsc",
        Line(face),
        lambda _: VpcdPort(face.pad, host, port, address=str(control)),
    )
    return station, len(field.tags), lambda _: _url(port)


def _url(port: int) -> str:
    slot = port - VPCD_PORT
    return f"pcsc:///{quote(f'Virtual PCD 00 {slot:02}')}" if 0 <= slot < 2 else "pcsc://"
