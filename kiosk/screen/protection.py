"""What the local page allows: only itself, only from this machine."""

from ipaddress import ip_address

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:  # noqa: ARG001
    """Put the security headers on every answer; an `on_response_prepare` signal of aiohttp."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")


def only_this_machine(host: str) -> Middleware:
    """Where the server listens on a loopback address, refuse any other name for it.

    A foreign page could otherwise read the screen under a name of its own that resolves to
    127.0.0.1 (DNS rebinding).
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_loopback(host) and not is_loopback(request.url.host or ""):
            raise web.HTTPForbidden(text="this page is for this machine only")
        return await handler(request)

    return check


def is_loopback(name: str) -> bool:
    """Say whether a host name or address is this machine itself."""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def check_origin(request: web.Request) -> None:
    """Refuse what another site's page sends. Raises `HTTPForbidden`."""
    if request.headers.get("Origin") != f"{request.scheme}://{request.host}":
        raise web.HTTPForbidden(text="only the kiosk's own page may do that")
