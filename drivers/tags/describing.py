"""What a tag says, as a JSON object for technicians and programs."""

from typing import TypedDict

from drivers.tags.content import Encoding, TagContent


class Description(TypedDict):
    """The object. What the tag does not say is null; `reason` is never empty.

    `elements` are keyed by the relative OID of ISO 28560-1 in decimal; an encoding older than that
    has names for keys.
    """

    encoding: str
    item: str | None
    owner: str | None
    part: int | None
    parts: int | None
    usage: str | None
    elements: dict[str, str]
    crc_ok: bool | None
    warnings: list[str]
    reason: str


def describe(content: TagContent) -> Description:
    """Give the object for a decoded tag."""
    says = content.encoding not in {Encoding.BLANK, Encoding.UNKNOWN}
    by_oid = {str(oid): text for oid, text in sorted(content.elements.items())}
    return Description(
        encoding=content.encoding.value,
        item=content.item or None,
        owner=content.owner or None,
        part=content.part if says else None,
        parts=content.parts if says else None,
        usage=content.usage.value if says else None,
        elements=by_oid | content.legacy,
        crc_ok=content.crc_ok,
        warnings=[warning.value for warning in content.warnings],
        reason=content.reason,
    )
