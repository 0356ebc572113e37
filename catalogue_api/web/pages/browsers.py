"""The browser that sends a request: its session, and whether a form came from a page of ours."""

from urllib.parse import urlsplit

from aiohttp import web

from catalogue_api.web.pages.faces import Face

FRESH = web.RequestKey("fresh_session", str)
"""The token of a session that this request opened: the browser gets it with the answer."""
FORM_TOKEN = web.RequestKey("form_token", str)
"""The token of a form that this request's page shows to who is not signed in: likewise."""
UNATTENDED = "Ritournelle-Unattended"
"""The header of a page that looks again by itself: it keeps no session awake."""


def token_of(face: Face, request: web.Request) -> str:
    """Return the token of the browser's session, "" for none."""
    return request.get(FRESH) or request.cookies.get(face.session_cookie, "")


def came_from_here(face: Face, request: web.Request) -> bool:
    """Tell whether a form was sent by a page of ours: also where its session has ended.

    No other site's form brings along a cookie that is `SameSite=Strict` or `Lax`. The headers keep
    away a neighbour under the same domain.
    """
    if not {face.session_cookie, face.form_cookie} & set(request.cookies):
        return False
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said in {"same-origin", "none"}  # none: loaded again by whoever sits there
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
