"""Passwords and PINs (argon2id): slow on purpose, so outside every transaction, and few at once."""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from catalogue_api.contract.endpoint import ProblemType, Refused

SHORTEST_PASSWORD = 12
_AT_ONCE = 2
_WAITING = 32
"""More than so many who wait are refused: a flood must not take all memory."""


@dataclass(frozen=True, slots=True)
class Question:
    """What argon2 is to find out: whether `secret` fits `stored`, and what is stored of `new`.

    `stored` is None for a name that nobody has. An empty `secret` or `new` asks nothing.
    """

    stored: str | None = field(default=None, repr=False)
    secret: str = field(default="", repr=False)
    new: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """What argon2 found out: whether the secret fits `stored`, and what to store of `new`."""

    fits: bool = False
    stored: str | None = field(default=None, repr=False)
    hashed: str = field(default="", repr=False)
    new: str = field(default="", repr=False)


NOTHING_PROVED = Proof()


class Passwords:
    """Argon2id with the library's defaults. `inline` runs it in the caller, without threads."""

    def __init__(self, hasher: PasswordHasher | None = None, *, inline: bool = False) -> None:
        self._hasher = hasher or PasswordHasher()
        self._inline = inline
        self._nobody = _of_nobody(self._hasher)
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._asked = 0

    def hash(self, password: str) -> str:
        """Return what is stored; a short password is refused."""
        if len(password) < SHORTEST_PASSWORD:
            raise Refused(
                ProblemType.INVALID_REQUEST,
                f"a password needs {SHORTEST_PASSWORD} characters or more",
            )
        return self._hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Tell whether the password is the stored one; never for a name that is unknown.

        An unknown name costs as much time as a known one, so that names cannot be found out.
        """
        try:
            self._hasher.verify(stored or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)

    async def prove(self, question: Question) -> Proof:
        """Answer a question in a thread, when it is its turn."""
        if self._inline:
            return self._prove(question)
        if self._asked >= _AT_ONCE + _WAITING:
            detail = "too many sign in at this moment: try again"
            raise Refused(ProblemType.UNAVAILABLE, detail, retry_after=2)
        self._asked += 1
        try:
            async with self._at_once:
                return await asyncio.to_thread(self._prove, question)
        finally:
            self._asked -= 1

    def _prove(self, question: Question) -> Proof:
        fits = bool(question.secret) and self.fits(question.stored, question.secret)
        hashed = self._hasher.hash(question.new) if question.new else ""
        return Proof(fits, question.stored, hashed, question.new)


def _of_nobody(hasher: PasswordHasher) -> str:
    """Return a hash that no password has, as costly to compare with as those of `hasher`."""
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    salt, digest = (
        b64encode(bytes(length)).decode().rstrip("=")
        for length in (hasher.salt_len, hasher.hash_len)
    )
    return f"$argon2id$v=19${costs}${salt}${digest}"
