"""Which function answers which endpoint of the agenda, of registrations and of vouchers."""

from typing import Any

from catalogue_api.contract import agenda as public
from catalogue_api.contract import event_sessions as sc
from catalogue_api.contract import events as ec
from catalogue_api.contract import registrations as rc
from catalogue_api.contract import vouchers as vc
from catalogue_api.services.agenda import (
    agenda,
    attendance,
    event_moves,
    event_views,
    events,
    registering,
    registration_views,
    voucher_schemes,
    vouchers,
)
from catalogue_api.services.answers.answering import Handler, handler

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(public.LIST_AGENDA, agenda.list_agenda, writes=False),
    handler(public.SHOW_EVENT, agenda.show_event, writes=False),
    handler(ec.FIND_SESSIONS, agenda.find_sessions, writes=False),
    handler(ec.ADD_EVENT, events.add_event, writes=True),
    handler(ec.OPEN_EVENT, event_views.open_event, writes=False),
    handler(ec.CHANGE_EVENT, events.change_event, writes=True),
    handler(ec.CALL_OFF_EVENT, event_moves.call_off_event, writes=True),
    handler(ec.ADD_SESSIONS, events.add_sessions, writes=True),
    handler(sc.MOVE_SESSION, event_moves.move_session, writes=True),
    handler(sc.CALL_OFF_SESSION, event_moves.call_off_session, writes=True),
    handler(sc.MEAN_SO, event_moves.mean_so, writes=True),
    handler(rc.REGISTER, registering.register, writes=True),
    handler(rc.REGISTER_MYSELF, registering.register_myself, writes=True),
    handler(rc.LIST_MY_REGISTRATIONS, registration_views.list_my_registrations, writes=False),
    handler(
        rc.LIST_PATRON_REGISTRATIONS, registration_views.list_patron_registrations, writes=False
    ),
    handler(rc.SHOW_REGISTRATION, registration_views.show_registration, writes=False),
    handler(rc.SHOW_MY_REGISTRATION, registration_views.show_registration, writes=False),
    handler(rc.ACCEPT_OFFER, registering.accept, writes=True),
    handler(rc.ACCEPT_MY_OFFER, registering.accept, writes=True),
    handler(rc.CONFIRM_SEAT, registering.confirm, writes=True),
    handler(rc.CONFIRM_MY_SEAT, registering.confirm, writes=True),
    handler(rc.CANCEL_REGISTRATION, registering.cancel, writes=True),
    handler(rc.CANCEL_MY_REGISTRATION, registering.cancel, writes=True),
    handler(rc.SHOW_SHEET, attendance.show_sheet, writes=False),
    handler(rc.NOTE_ATTENDANCE, attendance.note_attendance, writes=True),
    handler(vc.LIST_SCHEMES, voucher_schemes.list_schemes, writes=False),
    handler(vc.ADD_SCHEME, voucher_schemes.add_scheme, writes=True),
    handler(vc.CHANGE_SCHEME, voucher_schemes.change_scheme, writes=True),
    handler(vc.TAKE_VOUCHER, vouchers.take_voucher, writes=True),
    handler(vc.GIVE_VOUCHER_BACK, vouchers.give_back, writes=True),
    handler(vc.FIND_VOUCHERS, vouchers.find_vouchers, writes=False),
    handler(vc.MOVE_VOUCHERS, vouchers.move_vouchers, writes=True),
)
