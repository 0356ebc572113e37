"""Who is calling over HTTP: the bearer's token. Whose it is, the services say."""

from aiohttp import web


def bearer_token(request: web.Request) -> str:
    """Return the token of `Authorization: Bearer TOKEN`, "" if there is none, or are two."""
    said = request.headers.getall("Authorization", [])
    scheme, _, token = (said[0] if len(said) == 1 else "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
