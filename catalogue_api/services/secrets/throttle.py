"""Slows down guessing, in the database: every process of the catalogue counts the same failures."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from math import ceil

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.throttling import Failures
from catalogue_api.storage.tables import SignInFailure


def count_try(session: Session, subjects: Mapping[str, int], now: datetime) -> None:
    """Count a try of each subject (with its number of free tries) as if it had failed already.

    It is counted before the slow check, so that tries at once count too. Raises `Refused` while
    one of the subjects has to wait; that try is not counted.
    """
    # In one order, so that two units do not wait for each other.
    for subject, free_tries in sorted(subjects.items(), key=lambda pair: _hashed(pair[0])):
        row = session.get(SignInFailure, _hashed(subject), with_for_update=True)
        if row is None:
            session.add(SignInFailure(subject=_hashed(subject), count=1, last_at=now))
            session.flush()
            continue
        found = Failures(row.count, row.last_at).eased(now)
        seconds = ceil(found.wait(free_tries, now).total_seconds())
        if seconds > 0:
            raise Refused(
                ProblemType.TOO_MANY_REQUESTS,
                f"too many failures: try again in {seconds} s",
                retry_after=seconds,
            )
        row.count, row.last_at = found.count + 1, found.at


def forget(session: Session, account: str, address: str) -> None:
    """Forget an account's failures after a success, and the try that succeeded of its address.

    "" is for who has no account. What others failed at that address still counts: an account of
    one's own buys no guesses.
    """
    row = session.get(SignInFailure, _hashed(account), with_for_update=True)
    if row is not None:
        session.delete(row)
    shared = session.get(SignInFailure, _hashed(address), with_for_update=True)
    if shared is not None:
        shared.count = max(shared.count - 1, 0)


def _hashed(subject: str) -> str:
    return sha256(subject.encode()).hexdigest()
