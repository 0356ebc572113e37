"""Schemes of vouchers: which there are, what one is worth, and where it may be taken."""

from sqlalchemy import delete
from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.vouchers import NewScheme, SchemeChange, SchemeInfo, SchemeList
from catalogue_api.domain.vouchers import VoucherRefusal
from catalogue_api.services import audit
from catalogue_api.services.agenda.vouchers import refused
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import vouchers as sql
from catalogue_api.storage.tables import VoucherPlace, VoucherScheme


def list_schemes(db: Session, _call: Call, _body: Nothing) -> SchemeList:
    """List all schemes."""
    return SchemeList(schemes=tuple(_told(db, one) for one in sql.schemes(db)))


def add_scheme(db: Session, call: Call, body: NewScheme) -> SchemeInfo:
    """Add a scheme."""
    scheme = VoucherScheme(
        name=body.name, value_cents=body.value_cents, most_minutes=body.most_minutes,
        salt=call.new_token()[:64],
    )  # fmt: skip
    _require_free(db, body.name, 0)
    db.add(scheme)
    db.flush()
    _set_places(db, scheme.id or 0, body.sites)
    audit.record(db, call, "scheme_added", f"scheme:{scheme.id}", {"name": body.name})
    return _told(db, scheme)


def change_scheme(db: Session, call: Call, body: SchemeChange) -> SchemeInfo:
    """Change a scheme; what was taken keeps its value."""
    scheme = db.get(VoucherScheme, number(call, "scheme"), with_for_update=True)
    if scheme is None:
        raise no_such("scheme of vouchers")
    call.require_version(scheme.version)
    _require_free(db, body.name, scheme.id or 0)
    scheme.name, scheme.value_cents = body.name, body.value_cents
    scheme.most_minutes = body.most_minutes
    if body.closed is (scheme.closed_at is None):
        scheme.closed_at = call.now if body.closed else None
    scheme.version += 1
    db.add(scheme)
    db.flush()
    _set_places(db, scheme.id or 0, body.sites)
    said = body.model_dump(mode="json")
    audit.record(db, call, "scheme_changed", f"scheme:{scheme.id}", said)
    return _told(db, scheme)


def _require_free(db: Session, name: str, but: int) -> None:
    named = select(VoucherScheme).where(
        col(VoucherScheme.name) == name, col(VoucherScheme.id) != but
    )
    if db.exec(named).first() is not None:
        raise refused(VoucherRefusal.SCHEME_KNOWN)


def _set_places(db: Session, scheme: int, places: tuple[str, ...]) -> None:
    for site in places:
        require_site(db.connection(), site)
    db.connection().execute(delete(VoucherPlace).where(col(VoucherPlace.scheme_id) == scheme))
    db.add_all([VoucherPlace(scheme_id=scheme, site=site) for site in dict.fromkeys(places)])
    db.flush()


def _told(db: Session, scheme: VoucherScheme) -> SchemeInfo:
    number_ = scheme.id or 0
    return SchemeInfo(
        scheme=number_,
        name=scheme.name,
        value_cents=scheme.value_cents,
        most_minutes=scheme.most_minutes,
        sites=tuple(sql.places(db.connection(), number_)),
        closed_at=scheme.closed_at,
        **sql.numbers(db.connection(), number_),
        version=scheme.version,
    )
