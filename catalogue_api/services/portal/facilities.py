"""What there is at each site, as librarians write it down."""

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.facilities import FacilitiesData, FacilitiesInfo, FacilitiesList
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Site, SiteFacilities


def list_facilities(session: Session, _call: Call, _body: Nothing) -> FacilitiesList:
    """List all sites, those of which nothing is written down too."""
    known = {one.site: one for one in session.exec(select(SiteFacilities))}
    sites = session.exec(select(Site).order_by(col(Site.name)))
    return FacilitiesList(sites=tuple(_told(site, known.get(site.code)) for site in sites))


def put_facilities(session: Session, call: Call, body: FacilitiesData) -> FacilitiesInfo:
    """Write down what there is at a site."""
    site = session.get(Site, call.path["site"])
    if site is None:
        raise no_such("site")
    locks.site(session.connection(), site.code)
    found = session.get(SiteFacilities, site.code)
    call.require_version(found.version if found else 0)
    row = found or SiteFacilities(site=site.code, version=0)
    for name, value in body.model_dump().items():
        setattr(row, name, value)
    row.version += 1
    session.add(row)
    audit.record(session, call, "facilities_changed", f"site:{site.code}")
    return _told(site, row)


def _told(site: Site, row: SiteFacilities | None) -> FacilitiesInfo:
    said = row.model_dump(exclude={"site"}) if row else {"version": 0}
    return FacilitiesInfo(site=site.code, name=site.name, **said)
