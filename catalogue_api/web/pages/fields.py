"""The fields of a form as they come in; what no form of ours can send is refused."""

import secrets

from aiohttp import web

_LARGEST_FIELD = 8 * 1024
_MOST_FIELDS = 2000


async def fields_of(request: web.Request) -> dict[str, str]:
    """Return the fields by name; of several with one name the last."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        fields = await request.post()
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise web.HTTPBadRequest from error
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if len(texts) > _MOST_FIELDS or any(len(value) > _LARGEST_FIELD for value in texts.values()):
        raise web.HTTPBadRequest
    if any("\0" in value for value in texts.values()):  # PostgreSQL stores it in no text
        raise web.HTTPBadRequest
    # However many lines a field has, browsers end them as in the post, and we as everywhere.
    return {name: value.replace("\r\n", "\n") for name, value in texts.items()}


def same(given: str, expected: str) -> bool:
    """Compare a form's token with the one it was made with, in constant time."""
    return bool(expected) and secrets.compare_digest(given.encode(), expected.encode())


def require_same(given: str, expected: str) -> None:
    """Refuse a form whose token is not the one it was made with."""
    if not same(given, expected):
        raise web.HTTPForbidden
