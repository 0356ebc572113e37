"""Which function answers which endpoint about notices."""

from typing import Any

from catalogue_api.contract import notices as nc
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.notices import notice_choices, notice_lists, unsubscribing

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(nc.SHOW_MY_NOTICE_CHOICES, notice_choices.show_own, writes=False),
    handler(nc.CHOOSE_MY_NOTICES, notice_choices.choose_own, writes=True),
    handler(nc.SHOW_NOTICE_CHOICES, notice_choices.show, writes=False),
    handler(nc.CHOOSE_NOTICES, notice_choices.choose, writes=True),
    handler(nc.LIST_MY_NOTICES, notice_lists.list_own, writes=False),
    handler(nc.LIST_NOTICES, notice_lists.list_of_patron, writes=False),
    handler(nc.SEND_NOTICE_AGAIN, notice_lists.send_again, writes=True),
    handler(nc.LIST_NOTICES_TO_TELL, notice_lists.list_to_tell, writes=False),
    handler(nc.NOTE_NOTICE_TOLD, notice_lists.note_told, writes=True),
    handler(nc.SHOW_UNSUBSCRIPTION, unsubscribing.show, writes=False),
    handler(nc.UNSUBSCRIBE, unsubscribing.unsubscribe, writes=True),
)
