"""Who is calling over HTTP: the bearer's token. Whose it is, the services say."""

from aiohttp import web


def bearer_token(request: web.Request) -> str:
    """Return the token of `Authorization: Bearer TOKEN`, "" if there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
