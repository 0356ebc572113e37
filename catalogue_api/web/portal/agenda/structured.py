"""An event in the vocabulary of schema.org, for search engines. Pure."""

from collections.abc import Mapping

from catalogue_api.contract.agenda import EventShown, SessionShown
from catalogue_api.domain.events import EventKind

_TYPES = {EventKind.WORKSHOP: "EducationEvent", EventKind.STORY_HOUR: "ChildrensEvent"}
_ON, _OFF = "https://schema.org/EventScheduled", "https://schema.org/EventCancelled"
_THERE = "https://schema.org/OfflineEventAttendanceMode"
_AT_ONCE, _FULL = "https://schema.org/InStock", "https://schema.org/SoldOut"


def structured(shown: EventShown, address: str) -> list[Mapping[str, object]]:
    """Return each session as JSON-LD; what is not known is left out. `address` is the event's."""
    return [_session(shown, one, address) for one in shown.sessions]


def _session(shown: EventShown, one: SessionShown, address: str) -> Mapping[str, object]:
    where = f"{shown.site_name}, {shown.room}" if shown.room else shown.site_name
    said: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": _TYPES.get(shown.kind, "Event"),
        "@id": f"{address}#session-{one.session}",
        "url": address,
        "name": shown.title,
        "description": shown.about,
        "startDate": one.starts_at.isoformat(),
        "endDate": one.ends_at.isoformat(),
        "eventStatus": _OFF if one.cancelled else _ON,
        "eventAttendanceMode": _THERE,
        "location": {"@type": "Library", "name": where},
        "organizer": {"@type": "Library", "name": shown.site_name},
        "isAccessibleForFree": True,
        "typicalAgeRange": _range(shown),
    }
    if shown.places is not None:
        said["maximumAttendeeCapacity"] = shown.places
        said["remainingAttendeeCapacity"] = one.free
        said["offers"] = {
            "@type": "Offer",
            "price": "0",
            "priceCurrency": "EUR",
            "url": address,
            "availability": _AT_ONCE if one.free else _FULL,
        }
    return {name: value for name, value in said.items() if value != ""}


def _range(shown: EventShown) -> str:
    if shown.least_age is None and shown.most_age is None:
        return ""
    least = 0 if shown.least_age is None else shown.least_age
    return f"{least}-{'' if shown.most_age is None else shown.most_age}"
