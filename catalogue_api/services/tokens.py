"""Random tokens: what is stored of one.

A token is 256 random bits, so a plain SHA-256 of it is as hard to undo as it is; passwords, which
people choose, are kept otherwise (see `staff`).
"""

from hashlib import sha256


def hashed(token: str) -> str:
    """Return what is stored of a random token."""
    return sha256(token.encode()).hexdigest()
