"""Which function answers which endpoint about reservations."""

from typing import Any

from catalogue_api.contract import hold_notices as desk_notices
from catalogue_api.contract import hold_queue, hold_search, hold_shelf, my_holds
from catalogue_api.contract import holds as desk_holds
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.holds import (
    hold_edits,
    hold_notices,
    hold_searching,
    hold_views,
    holds,
    picking,
    queue_views,
    queueing,
    reserving,
)

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(desk_holds.PLACE_HOLD, reserving.place_hold, writes=True),
    handler(my_holds.PLACE_MY_HOLD, reserving.place_my_hold, writes=True),
    handler(my_holds.LIST_MY_HOLDS, hold_views.list_my_holds, writes=False),
    handler(desk_holds.LIST_PATRON_HOLDS, hold_views.list_patron_holds, writes=False),
    handler(hold_queue.LIST_TITLE_HOLDS, queue_views.list_title_holds, writes=False),
    handler(desk_holds.SHOW_HOLD, hold_views.show_hold, writes=False),
    handler(my_holds.SHOW_MY_HOLD, hold_views.show_hold, writes=False),
    handler(desk_holds.HOLD_HISTORY, hold_views.hold_history, writes=False),
    handler(my_holds.MY_HOLD_HISTORY, hold_views.hold_history, writes=False),
    handler(desk_holds.PAUSE_HOLD, hold_edits.pause_hold, writes=True),
    handler(my_holds.PAUSE_MY_HOLD, hold_edits.pause_hold, writes=True),
    handler(desk_holds.RESUME_HOLD, hold_edits.resume_hold, writes=True),
    handler(my_holds.RESUME_MY_HOLD, hold_edits.resume_hold, writes=True),
    handler(desk_holds.CHANGE_PICKUP, hold_edits.change_pickup, writes=True),
    handler(my_holds.CHANGE_MY_PICKUP, hold_edits.change_pickup, writes=True),
    handler(desk_holds.CANCEL_HOLD, hold_edits.cancel_hold, writes=True),
    handler(my_holds.CANCEL_MY_HOLD, hold_edits.cancel_hold, writes=True),
    handler(desk_holds.RESTORE_HOLD, hold_edits.restore_hold, writes=True),
    handler(my_holds.RESTORE_MY_HOLD, hold_edits.restore_hold, writes=True),
    handler(hold_queue.QUEUE_HISTORY, queue_views.list_moves, writes=False),
    handler(hold_search.FIND_HOLDS, hold_searching.find_holds, writes=False),
    handler(desk_notices.LIST_TO_TELL, hold_notices.list_to_tell, writes=False),
    handler(desk_notices.NOTE_TOLD, hold_notices.note_told, writes=True),
    handler(desk_notices.NOTE_NOT_TOLD, hold_notices.note_not_told, writes=True),
    handler(hold_queue.MOVE_HOLD, queueing.move_hold, writes=True),
    handler(hold_queue.GIVE_COPY, queueing.give_copy, writes=True),
    handler(hold_shelf.SCAN_ONTO_SHELF, holds.shelve_copy, writes=True),
    handler(hold_shelf.LIST_TO_PICK, picking.list_to_pick, writes=False),
    handler(hold_shelf.NOT_FOUND_ON_SHELF, picking.note_not_found, writes=True),
    handler(hold_shelf.LIST_TO_CLEAR, picking.list_to_clear, writes=False),
    handler(hold_shelf.CLEAR_COPY, picking.clear_copy, writes=True),
)
