"""Whole addresses of pages, for feeds, for search engines and for other programs."""

from aiohttp import web

from catalogue_api.web.parts import Parts


def whole_address(request: web.Request, parts: Parts, path: str) -> str:
    """Return the address of a page as it is reached from outside."""
    scheme = "https" if parts.https else "http"
    return f"{parts.portal_address.rstrip('/') or f'{scheme}://{request.host}'}{path}"
