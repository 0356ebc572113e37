"""Which function answers which endpoint about computers and their slots."""

from typing import Any

from catalogue_api.contract import computer_agents as ac
from catalogue_api.contract import computers as cc
from catalogue_api.contract import guest_passes as gc
from catalogue_api.contract import my_slots, slot_blocks, slot_rules, slot_wishes
from catalogue_api.contract import slots as sc
from catalogue_api.contract import walk_ins as wc
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.computers import (
    booking,
    computer_blocks,
    computer_programs,
    computer_tokens,
    computers,
    free_slots,
    guest_passes,
    sitting_here,
    slot_moves,
    slot_ruling,
    slot_use,
    slot_views,
    walk_ins,
)
from catalogue_api.services.computers import slot_wishes as wishes

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(sc.FIND_FREE_SLOTS, free_slots.find_free_slots, writes=False),
    handler(sc.BOOK_SLOT, booking.book_slot, writes=True),
    handler(sc.LIST_PATRON_SLOTS, slot_views.list_patron_slots, writes=False),
    handler(sc.SHOW_SLOT, slot_views.show_slot, writes=False),
    handler(sc.MOVE_SLOT, slot_moves.move_slot, writes=True),
    handler(sc.CANCEL_SLOT, booking.cancel_slot, writes=True),
    handler(sc.CLAIM_SLOT, slot_use.claim_slot, writes=True),
    handler(sc.EXTEND_SLOT, slot_use.extend_slot, writes=True),
    handler(sc.END_SLOT, slot_use.end_slot, writes=True),
    handler(my_slots.BOOK_MY_SLOT, booking.book_my_slot, writes=True),
    handler(my_slots.LIST_MY_SLOTS, slot_views.list_my_slots, writes=False),
    handler(my_slots.SHOW_MY_SLOT, slot_views.show_slot, writes=False),
    handler(my_slots.MOVE_MY_SLOT, slot_moves.move_slot, writes=True),
    handler(my_slots.CANCEL_MY_SLOT, booking.cancel_slot, writes=True),
    handler(slot_blocks.BLOCK_COMPUTERS, computer_blocks.block_computers, writes=True),
    handler(slot_blocks.LIST_BLOCKS, computer_blocks.list_blocks, writes=False),
    handler(slot_blocks.REMOVE_BLOCK, computer_blocks.remove_block, writes=True),
    handler(slot_rules.SHOW_SLOT_RULES, slot_ruling.show_slot_rules, writes=False),
    handler(slot_rules.CHANGE_SLOT_RULES, slot_ruling.change_slot_rules, writes=True),
    handler(slot_wishes.WISH_FOR_SLOT, wishes.wish_for_slot, writes=True),
    handler(slot_wishes.LIST_MY_WISHES, wishes.list_my_wishes, writes=False),
    handler(slot_wishes.ANSWER_OFFER, wishes.answer_offer, writes=True),
    handler(slot_wishes.CANCEL_WISH, wishes.cancel_wish, writes=True),
    handler(slot_wishes.LIST_SITE_WISHES, wishes.list_site_wishes, writes=False),
    handler(wc.GIVE_NUMBER, walk_ins.give_number, writes=True),
    handler(wc.LIST_WALK_INS, walk_ins.list_walk_ins, writes=False),
    handler(wc.SEAT_WALK_IN, walk_ins.seat_walk_in, writes=True),
    handler(wc.TAKE_NUMBER_BACK, walk_ins.take_number_back, writes=True),
    handler(wc.SHOW_BOARD, walk_ins.show_board, writes=False),
    handler(ac.GIVE_COMPUTER_TOKEN, computer_tokens.give_token, writes=True),
    handler(ac.REVOKE_COMPUTER_TOKEN, computer_tokens.revoke_token, writes=True),
    handler(ac.LIST_PROGRAMS, computer_programs.list_programs, writes=False),
    handler(gc.MAKE_GUEST_PASS, guest_passes.make_guest_pass, writes=True),
    handler(gc.LIST_GUEST_PASSES, guest_passes.list_guest_passes, writes=False),
    handler(gc.REVOKE_GUEST_PASS, guest_passes.revoke_guest_pass, writes=True),
    handler(ac.PULSE, sitting_here.pulse, writes=True),
    handler(ac.SIGN_IN_HERE, sitting_here.sign_in, writes=True, before=sitting_here.before_sign_in),
    handler(ac.LOCK_HERE, sitting_here.lock, writes=True),
    handler(ac.UNLOCK_HERE, sitting_here.unlock, writes=True, before=sitting_here.before_unlock),
    handler(ac.EXTEND_HERE, sitting_here.extend, writes=True),
    handler(ac.END_SESSION_HERE, sitting_here.end, writes=True),
    handler(cc.LIST_ROOMS, computers.list_rooms, writes=False),
    handler(cc.ADD_ROOM, computers.add_room, writes=True),
    handler(cc.EDIT_ROOM, computers.edit_room, writes=True),
    handler(cc.ADD_COMPUTER, computers.add_computer, writes=True),
    handler(cc.EDIT_COMPUTER, computers.edit_computer, writes=True),
    handler(cc.MARK_COMPUTER, computers.mark_computer, writes=True),
    handler(cc.SHOW_PLAN, computers.show_plan, writes=False),
)
