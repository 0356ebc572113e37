"""The browser of a member of staff: who is signed in, and a session opened by a password."""

from aiohttp import web
from pydantic import ValidationError
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.sessions import SignInStaff
from catalogue_api.services.call import Call
from catalogue_api.services.rules import libraries
from catalogue_api.services.secrets.passwords import NOTHING_PROVED, Proof
from catalogue_api.services.staff import signing_in, staff
from catalogue_api.services.staff.staff import SignedIn
from catalogue_api.web.desk.page import DESK, SITES
from catalogue_api.web.pages.browsers import FRESH, UNATTENDED, token_of
from catalogue_api.web.parts import Parts
from catalogue_api.web.proxies import origin_of


async def who(parts: Parts, request: web.Request, *, unattended: bool = False) -> SignedIn | None:
    """Return who is signed in, also where the desk is locked; note which sites there are.

    Unless a page looked by itself (`unattended`), the session stays awake.
    """
    token, now = token_of(DESK, request), parts.clock()

    def look(db: Session) -> tuple[SignedIn | None, dict[str, str]]:
        return staff.session_of(db, token, now, parts.lock_after), libraries.sites(db)

    found, request[SITES] = await parts.database.read(look)
    asleep = unattended or UNATTENDED in request.headers
    if found is not None and found.stale and not found.locked and not asleep:
        await parts.database.write(lambda db: staff.seen(db, token, now))
    return found


async def open_session(parts: Parts, request: web.Request, name: str, password: str) -> None:
    """Sign somebody in as over the API, in place of this browser's session; or raise `Refused`."""
    try:
        body = SignInStaff(name=name, password=password)
    except ValidationError as error:  # empty or far too long: it is nobody's
        raise Refused(ProblemType.NOT_AUTHENTICATED) from error
    now, before = parts.clock(), token_of(DESK, request)

    def call(db: Session, proof: Proof) -> Call:
        return Call(
            now,
            parts.rules.current(db.connection()),
            address=origin_of(request),
            proof=proof,
            new_token=parts.new_token,
        )

    def enter(db: Session) -> str:
        opened = signing_in.sign_in_staff(db, call(db, proof), body).token
        db.flush()
        staff.take_over(db, before, opened)
        return opened

    question = await parts.database.write(
        lambda db: signing_in.before_staff(db, call(db, NOTHING_PROVED), body)
    )
    proof = await parts.passwords.prove(question)
    request[FRESH] = await parts.database.write(enter)
