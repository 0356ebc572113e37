"""Random tokens: what is stored of one.

A token is 256 random bits, so a plain SHA-256 of it is as hard to undo as it is; passwords, which
people choose, are kept otherwise (see `passwords`).
"""

import secrets
from hashlib import sha256


def new_token() -> str:
    """Return a fresh token, in characters that need no quoting in an address."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return what is stored of a random token."""
    return sha256(token.encode()).hexdigest()
