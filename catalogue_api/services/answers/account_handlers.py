"""Which function answers which endpoint of sessions, accounts, tokens and the audit."""

from typing import Any

from catalogue_api.contract import accounts as ac
from catalogue_api.contract import machinery as mc
from catalogue_api.contract import sessions as sc
from catalogue_api.contract.audit import READ_AUDIT
from catalogue_api.services import audit
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.kiosks import kiosks
from catalogue_api.services.staff import accounts, machines, sessions, signing_in

_SESSIONS: tuple[Handler[Any, Any], ...] = (
    handler(
        sc.SIGN_IN_STAFF,
        signing_in.sign_in_staff,
        writes=True,
        before=signing_in.before_staff,
    ),
    handler(
        sc.SIGN_IN_PATRON,
        signing_in.sign_in_patron,
        writes=True,
        before=signing_in.before_patron,
    ),
    handler(sc.SEE_SESSION, sessions.see, writes=False),
    handler(sc.SIGN_OUT, sessions.sign_out, writes=True),
    handler(sc.LIST_SESSIONS, sessions.own_sessions, writes=False),
    handler(sc.END_SESSIONS, sessions.end_own, writes=True),
    handler(sc.END_SESSION, sessions.end_one, writes=True),
    handler(sc.END_SESSIONS_OF_STAFF, sessions.end_of_staff, writes=True),
    handler(sc.END_SESSIONS_OF_PATRON, sessions.end_of_patron, writes=True),
)

_ACCOUNTS: tuple[Handler[Any, Any], ...] = (
    handler(ac.ADD_STAFF, accounts.add, writes=True, before=accounts.before_adding),
    handler(ac.LIST_STAFF, accounts.find, writes=False),
    handler(ac.SEE_STAFF, accounts.see, writes=False),
    handler(ac.CHANGE_STAFF, accounts.change, writes=True),
    handler(
        ac.SET_STAFF_PASSWORD, accounts.set_password, writes=True, before=accounts.before_setting
    ),
    handler(ac.CHANGE_PASSWORD, accounts.change_own, writes=True, before=accounts.before_own),
    handler(READ_AUDIT, audit.read, writes=False),
)

_MACHINERY: tuple[Handler[Any, Any], ...] = (
    handler(mc.LIST_KIOSKS, kiosks.find, writes=False),
    handler(mc.GIVE_KIOSK_TOKEN, kiosks.give_token, writes=True),
    handler(mc.REVOKE_KIOSK_TOKEN, kiosks.revoke_token, writes=True),
    handler(mc.LIST_MACHINES, machines.find, writes=False),
    handler(mc.GIVE_MACHINE_TOKEN, machines.give_token, writes=True),
    handler(mc.REVOKE_MACHINE_TOKEN, machines.revoke_token, writes=True),
)

HANDLERS = (*_SESSIONS, *_ACCOUNTS, *_MACHINERY)
