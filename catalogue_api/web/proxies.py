"""Whose request a proxy passed on: behind one, every connection comes from the proxy itself."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from catalogue_api.domain.throttling import origin

Address = IPv4Address | IPv6Address
_HEADER = "X-Forwarded-For"


def behind(proxies: Collection[Address]) -> Middleware:
    """Let `request.remote` be who asked, as far as our own proxies vouch for it."""

    @web.middleware
    async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = asker(request.remote or "", request.headers.getall(_HEADER, []), proxies)
        return await handler(request.clone(remote=asked))

    return told


def asker(remote: str, forwarded: Collection[str], proxies: Collection[Address]) -> str:
    """Return the address nearest to us that is not a proxy of ours.

    Each proxy adds, behind what it was told, from whom it heard it: what stands before an address
    that we do not trust may be invented. `forwarded` are the header's lines.
    """
    chain = [remote]
    chain += reversed([part.strip() for line in forwarded for part in line.split(",")])
    for said in chain:
        address = _parsed(said)
        if address is None:
            return remote
        if address not in proxies:
            return said
    return remote


def _parsed(said: str) -> Address | None:
    try:
        return ip_address(said)
    except ValueError:
        return None


def origin_of(request: web.Request) -> str:
    """Return what failures of whoever asks are counted for; "" where nobody can tell."""
    return origin(request.remote or "")
