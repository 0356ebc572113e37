"""The sites of the network."""

from sqlalchemy import Connection
from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.storage.tables import Site


def sites(session: Session) -> dict[str, str]:
    """Return the names of all sites by code, in the order of their names."""
    return dict(session.exec(select(Site.code, Site.name).order_by(col(Site.name))).all())


def add_site(session: Session, code: str, name: str) -> None:
    """Add a site, or rename the one with this code."""
    site = session.get(Site, code) or Site(code=code, name=name)
    site.name = name
    session.add(site)


def require_site(connection: Connection, code: str) -> None:
    """Refuse a site that is not there; say which are."""
    if connection.execute(select(Site.code).where(col(Site.code) == code)).first() is None:
        known = ", ".join(connection.execute(select(Site.code).order_by(Site.code)).scalars())
        raise Refused(
            ProblemType.NOT_FOUND,
            f"there is no site {code!r} (known: {known or 'none yet'}):"
            " `ritournelle-api sites add CODE NAME`",
        )
