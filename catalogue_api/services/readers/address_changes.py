"""When the e-mail of a reader becomes another, the address that it was is told.

Whoever changes it unasked would otherwise get the reader's mails, and codes for a new PIN, without
their knowing. What is sent names nobody: the old address may have been mistyped, a stranger's.
"""

from datetime import datetime

from sqlmodel import Session

from catalogue_api.domain.mailing import mailbox
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.patrons import same_address
from catalogue_api.services.noticing import notify_elsewhere
from catalogue_api.storage.tables import Patron


def tell_old_address(session: Session, patron: Patron, old: str, now: datetime) -> None:
    """Have an old address told that a reader's mails go elsewhere; one that fails is told nothing.

    `patron` is as it is stored now, under its new version.
    """
    if same_address(old, patron.email) or old == patron.failing_email or not mailbox(old):
        return
    notify_elsewhere(
        session,
        NoticeKind.EMAIL_CHANGED,
        patron.id or 0,
        old,
        patron.language,
        {"changed_at": now.isoformat()},
        now,
        key=f"patron:{patron.id}:email:{patron.version}",
    )
