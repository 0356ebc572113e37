"""Which function answers which endpoint of a reader's own account."""

from typing import Any

from catalogue_api.contract import calendar_feeds as cc
from catalogue_api.contract import own_data as dc
from catalogue_api.contract import own_pins as pc
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.own import calendar_feeds, own_data, own_pins

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(pc.ASK_PIN_CODE, own_pins.ask, writes=True, before=own_pins.before_asking),
    handler(pc.CHOOSE_PIN, own_pins.choose, writes=True, before=own_pins.before_choosing),
    handler(dc.EDIT_OWN_ACCOUNT, own_data.edit, writes=True, before=own_data.before_editing),
    handler(dc.SEE_OWN_DATA, own_data.see, writes=False),
    handler(dc.EXPORT_OWN_DATA, own_data.export, writes=True),
    handler(dc.FORGET_OWN_HISTORY, own_data.forget_history, writes=True),
    handler(dc.SHOW_DELETION, own_data.show_deletion, writes=False),
    handler(dc.ASK_DELETION, own_data.ask_deletion, writes=True),
    handler(dc.TAKE_DELETION_BACK, own_data.take_deletion_back, writes=True),
    handler(cc.SHOW_CALENDAR, calendar_feeds.show, writes=False),
    handler(cc.MAKE_CALENDAR, calendar_feeds.make, writes=True),
    handler(cc.DROP_CALENDAR, calendar_feeds.drop, writes=True),
    handler(cc.READ_CALENDAR, calendar_feeds.read, writes=False),
)
