"""Addresses that open one thing to whoever holds them: signed with a key of this catalogue."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from sqlmodel import Session

from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.storage.engine import signing_keys


def signed(session: Session, purpose: str, words: str) -> str:
    """Return `words` with a signature that holds for this purpose alone.

    `words` are signs that need no quoting in an address, without a tilde.
    """
    connection = session.connection()
    key = signing_keys.key_of(connection, purpose)
    if key is None:
        key = new_token()
        signing_keys.make_key(connection, purpose, key)
    return f"{words}~{_signature(key, purpose, words)}"


def opened(session: Session, purpose: str, token: str) -> str | None:
    """Return the words of a token that was signed here for this purpose; None for any other."""
    key = signing_keys.key_of(session.connection(), purpose)
    words, _, signature = token.rpartition("~")
    if key is None:
        return None
    expected = _signature(key, purpose, words)
    return words if hmac.compare_digest(signature.encode(), expected.encode()) else None


def _signature(key: str, purpose: str, words: str) -> str:
    digest = hmac.digest(key.encode(), f"{purpose}\n{words}".encode(), sha256)
    return urlsafe_b64encode(digest)[:32].decode()
