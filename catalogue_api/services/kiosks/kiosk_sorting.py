"""Which bin of a kiosk an item goes into: shown, set by librarians, and handed to the kiosk."""

import json
from collections.abc import Sequence

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import KioskHealth
from catalogue_api.contract.sorting import (
    Flaw,
    FlawKind,
    KioskSorting,
    SortingChange,
    SortingChanged,
    SortingLine,
    SortingOrder,
    SortingUsed,
    flaw_of,
)
from catalogue_api.domain.collection import TitleKind
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage.tables import Kiosk

NOT_HEARD = "not_heard"
"""The reason where a kiosk has never told its bins."""

UNKNOWN_KIND = "unknown_kind"
_KINDS = frozenset(kind.value for kind in TitleKind)


def show_sorting(session: Session, call: Call, _body: Nothing) -> KioskSorting:
    """Show what is set for a kiosk, and what it goes by."""
    return _told(_kiosk(session, call.path["kiosk"]))


def put_sorting(session: Session, call: Call, body: SortingChange) -> SortingChanged:
    """Set what a kiosk is to sort by; it hears of it with its next heartbeat.

    A bin that the kiosk does not have is refused, and a table in which something would fit nowhere.
    """
    kiosk = _kiosk(session, call.path["kiosk"], lock=True)
    call.require_version(kiosk.sorting_version)
    if body.lines:
        _require_sound(session, body.lines, _told(kiosk).bins)
    lines = [line.model_dump(mode="json", exclude_defaults=True) for line in body.lines]
    kiosk.sorting = json.dumps(lines, ensure_ascii=False) if lines else None
    kiosk.sorting_version += 1
    session.add(kiosk)
    audit.record(session, call, "kiosk_sorting_set", f"kiosk:{kiosk.name}", {"lines": lines})
    return SortingChanged(**_told(kiosk).model_dump())


def order_for(kiosk: Kiosk, used: SortingUsed | None) -> SortingOrder | None:
    """Return the table that a kiosk is to go by from now on; None where it knows already."""
    if used is None or kiosk.sorting_version in {used.version, used.refused}:
        return None
    return SortingOrder(version=kiosk.sorting_version, lines=_lines(kiosk))


def _require_sound(session: Session, lines: Sequence[SortingLine], bins: Sequence[str]) -> None:
    if not bins:
        detail = "this kiosk has not told its bins yet: wait until it was heard"
        raise Refused(ProblemType.REFUSED_BY_RULE, detail, (NOT_HEARD,))
    flaw = flaw_of([line.line() for line in lines], bins)
    if flaw is not None:
        raise Refused(ProblemType.REFUSED_BY_RULE, _said(flaw, bins), (flaw.kind.value,))
    for line in lines:
        if line.kind and line.kind not in _KINDS:
            detail = f"no title is of the kind {line.kind!r}"
            raise Refused(ProblemType.REFUSED_BY_RULE, detail, (UNKNOWN_KIND,))
    for site in sorted({line.destination for line in lines} - {""}):
        require_site(session.connection(), site)


def _said(flaw: Flaw, bins: Sequence[str]) -> str:
    number = flaw.line + 1
    match flaw.kind:
        case FlawKind.NO_BIN:
            return f"line {number}: this kiosk has no bin {flaw.bin!r} ({', '.join(bins)})"
        case FlawKind.NEVER_REACHED:
            return f"line {number} is never reached: line {flaw.by + 1} takes all that it fits"
        case FlawKind.NO_LAST_LINE:
            return "the last line must name nothing but a bin: that of everything else"


def _told(kiosk: Kiosk) -> KioskSorting:
    health = None if kiosk.health is None else KioskHealth.model_validate_json(kiosk.health)
    return KioskSorting(
        kiosk=kiosk.name,
        version=kiosk.sorting_version,
        lines=_lines(kiosk),
        bins=tuple(one.bin for one in health.bins) if health else (),
        used=health.sorting if health else None,
    )


def _lines(kiosk: Kiosk) -> tuple[SortingLine, ...]:
    stored = json.loads(kiosk.sorting) if kiosk.sorting else []
    return tuple(map(SortingLine.model_validate, stored))


def _kiosk(session: Session, name: str, *, lock: bool = False) -> Kiosk:
    kiosk = session.get(Kiosk, name, with_for_update=lock or None)
    if kiosk is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no kiosk {name!r}")
    return kiosk
