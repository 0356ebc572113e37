"""One table: which function answers which endpoint. Sockets and the simulated world share it."""

from typing import Any

from catalogue_api.contract import loans
from catalogue_api.contract import sessions as session_contract
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM
from catalogue_api.services import lending, renewing, sessions, signing_in
from catalogue_api.services.answering import Handler, handler
from catalogue_api.services.kiosks import greet
from catalogue_api.services.placing import place_item
from catalogue_api.services.returning import return_item

_SESSIONS: tuple[Handler[Any, Any], ...] = (
    handler(
        session_contract.SIGN_IN_STAFF,
        signing_in.sign_in_staff,
        writes=True,
        before=signing_in.before_staff,
    ),
    handler(
        session_contract.SIGN_IN_PATRON,
        signing_in.sign_in_patron,
        writes=True,
        before=signing_in.before_patron,
    ),
    handler(session_contract.SEE_SESSION, sessions.see, writes=False),
    handler(session_contract.SIGN_OUT, sessions.sign_out, writes=True),
    handler(session_contract.LIST_SESSIONS, sessions.own_sessions, writes=False),
    handler(session_contract.END_SESSIONS, sessions.end_own, writes=True),
    handler(session_contract.END_SESSION, sessions.end_one, writes=True),
    handler(session_contract.END_SESSIONS_OF_STAFF, sessions.end_of_staff, writes=True),
    handler(session_contract.END_SESSIONS_OF_PATRON, sessions.end_of_patron, writes=True),
)

_LOANS: tuple[Handler[Any, Any], ...] = (
    handler(loans.LEND_ITEM, lending.lend_item, writes=True),
    handler(loans.RENEW_LOAN, renewing.renew_loan, writes=True),
    handler(loans.RENEW_ALL, renewing.renew_all, writes=True),
    handler(loans.LIST_LOANS, renewing.list_loans, writes=False),
    handler(loans.LIST_OWN_LOANS, renewing.list_own_loans, writes=False),
    handler(loans.RENEW_OWN_LOAN, renewing.renew_own_loan, writes=True),
    handler(loans.RENEW_ALL_OWN, renewing.renew_all_own, writes=True),
)

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(GREET_KIOSK, greet, writes=False),
    handler(RETURN_ITEM, return_item, writes=True),
    handler(PLACE_ITEM, place_item, writes=True),
    *_SESSIONS,
    *_LOANS,
)
