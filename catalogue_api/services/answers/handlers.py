"""One table: which function answers which endpoint. Sockets and the simulated world share it."""

from typing import Any

from catalogue_api.contract import (
    anomalies,
    changes,
    deeds,
    kiosks,
    past_returns,
    returns,
    sorting,
    transfers,
)
from catalogue_api.services.answers import (
    account_handlers,
    agenda_handlers,
    collection_handlers,
    figure_handlers,
    hold_handlers,
    notice_handlers,
    own_handlers,
    portal_handlers,
    question_handlers,
    reader_handlers,
    rule_handlers,
    search_handlers,
    slot_handlers,
)
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.kiosks import kiosk_health, kiosk_sorting
from catalogue_api.services.kiosks.feeding import read_changes
from catalogue_api.services.kiosks.kiosks import greet, tally
from catalogue_api.services.returns import transferring, undoing
from catalogue_api.services.returns.anomalies import find_anomalies, handle_anomaly, reopen_anomaly
from catalogue_api.services.returns.batches import return_batch
from catalogue_api.services.returns.deeds import take_back
from catalogue_api.services.returns.desk_returns import desk_return
from catalogue_api.services.returns.placing import place_item
from catalogue_api.services.returns.returning import return_item

_RETURNS: tuple[Handler[Any, Any], ...] = (
    handler(kiosks.GREET_KIOSK, greet, writes=False),
    handler(kiosks.TALLY_RETURNS, tally, writes=False),
    handler(kiosks.HEARTBEAT, kiosk_health.heartbeat, writes=True),
    handler(kiosks.PUT_KIOSK_MESSAGE, kiosk_health.put_message, writes=True),
    handler(sorting.SHOW_SORTING, kiosk_sorting.show_sorting, writes=False),
    handler(sorting.PUT_SORTING, kiosk_sorting.put_sorting, writes=True),
    handler(returns.RETURN_ITEM, return_item, writes=True),
    handler(returns.RETURN_BATCH, return_batch, writes=True),
    handler(returns.PLACE_ITEM, place_item, writes=True),
    handler(returns.DESK_RETURN, desk_return, writes=True),
    handler(past_returns.FIND_RETURNS, undoing.find_returns, writes=False),
    handler(past_returns.UNDO_RETURN, undoing.undo_return, writes=True),
    handler(anomalies.FIND_ANOMALIES, find_anomalies, writes=False),
    handler(anomalies.HANDLE_ANOMALY, handle_anomaly, writes=True),
    handler(anomalies.REOPEN_ANOMALY, reopen_anomaly, writes=True),
    handler(changes.READ_CHANGES, read_changes, writes=False),
    handler(transfers.MOVE_ITEM, transferring.move_item, writes=True),
    handler(transfers.SEND_ITEMS, transferring.send_items, writes=True),
    handler(transfers.FIND_TRANSFERS, transferring.find_transfers, writes=False),
    handler(transfers.SHELVE_ITEMS, transferring.shelve_items, writes=True),
    handler(deeds.TAKE_BACK, take_back, writes=True),
)

HANDLERS: tuple[Handler[Any, Any], ...] = (
    *_RETURNS,
    *account_handlers.HANDLERS,
    *hold_handlers.HANDLERS,
    *reader_handlers.HANDLERS,
    *own_handlers.HANDLERS,
    *rule_handlers.HANDLERS,
    *search_handlers.HANDLERS,
    *collection_handlers.HANDLERS,
    *portal_handlers.HANDLERS,
    *figure_handlers.HANDLERS,
    *slot_handlers.HANDLERS,
    *agenda_handlers.HANDLERS,
    *notice_handlers.HANDLERS,
    *question_handlers.HANDLERS,
)
