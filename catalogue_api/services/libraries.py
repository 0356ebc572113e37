"""The sites of the network."""

from sqlmodel import Session, col, select

from catalogue_api.storage.tables import Site


def sites(session: Session) -> dict[str, str]:
    """Return the names of all sites by code, in the order of their names."""
    return dict(session.exec(select(Site.code, Site.name).order_by(col(Site.name))).all())


def add_site(session: Session, code: str, name: str) -> None:
    """Add a site, or rename the one with this code."""
    site = session.get(Site, code) or Site(code=code, name=name)
    site.name = name
    session.add(site)
