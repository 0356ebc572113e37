"""Which function answers which endpoint of the rules and the calendars."""

from typing import Any

from catalogue_api.contract import calendars as cc
from catalogue_api.contract import closures as xc
from catalogue_api.contract import holidays as hc
from catalogue_api.contract import rules as rc
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.opening import calendars, closures
from catalogue_api.services.rules import ruling

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(rc.SHOW_RULES, ruling.show_rules, writes=False),
    handler(rc.CHANGE_RULES, ruling.change_rules, writes=True),
    handler(cc.SHOW_CALENDAR, calendars.show_calendar, writes=False),
    handler(cc.SHOW_HOURS, calendars.show_hours, writes=False),
    handler(cc.CHANGE_HOURS, calendars.change_hours, writes=True),
    handler(xc.LIST_EXCEPTIONS, closures.list_exceptions, writes=False),
    handler(xc.ADD_EXCEPTION, closures.add_exception, writes=True),
    handler(xc.EDIT_EXCEPTION, closures.edit_exception, writes=True),
    handler(xc.REMOVE_EXCEPTION, closures.remove_exception, writes=True),
    handler(hc.SHOW_HOLIDAYS, calendars.show_holidays, writes=False),
    handler(hc.CHANGE_HOLIDAYS, calendars.change_holidays, writes=True),
    handler(xc.MOVE_DUE_DATES, closures.move_due_dates, writes=True),
)
