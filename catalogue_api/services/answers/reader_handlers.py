"""Which function answers which endpoint of lending, marks, readers, their blocks and history."""

from typing import Any

from catalogue_api.contract import blocks as bc
from catalogue_api.contract import deletions as gc
from catalogue_api.contract import loans as lc
from catalogue_api.contract import marks as mc
from catalogue_api.contract import own_account as oc
from catalogue_api.contract import patrons as pc
from catalogue_api.contract import personal_data as dc
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.loans import lending, renewing
from catalogue_api.services.own import deletions, personal_data
from catalogue_api.services.readers import blocks, patrons, pins
from catalogue_api.services.titles import marking

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(lc.LEND_ITEM, lending.lend_item, writes=True),
    handler(lc.RENEW_LOAN, renewing.renew_loan, writes=True),
    handler(lc.RENEW_ALL, renewing.renew_all, writes=True),
    handler(lc.LIST_LOANS, renewing.list_loans, writes=False),
    handler(lc.LIST_OWN_LOANS, renewing.list_own_loans, writes=False),
    handler(lc.RENEW_OWN_LOAN, renewing.renew_own_loan, writes=True),
    handler(lc.RENEW_ALL_OWN, renewing.renew_all_own, writes=True),
    handler(mc.MARK_ITEM, marking.mark_item, writes=True),
    handler(mc.COUNT_LOCAL_USE, marking.count_local_use, writes=True),
    handler(pc.REGISTER_PATRON, patrons.register, writes=True),
    handler(pc.FIND_PATRONS, patrons.find, writes=False),
    handler(pc.SHOW_PATRON, patrons.show, writes=False),
    handler(pc.EDIT_PATRON, patrons.edit, writes=True),
    handler(pc.DELETE_PATRON, patrons.delete, writes=True),
    handler(pc.RENEW_CARD, patrons.renew_card, writes=True),
    handler(pc.REPLACE_CARD, patrons.replace_card, writes=True),
    handler(pc.RESET_PIN, pins.reset, writes=True, before=pins.before_reset),
    handler(bc.LIST_BLOCKS, blocks.list_blocks, writes=False),
    handler(bc.ADD_BLOCK, blocks.add, writes=True),
    handler(bc.LIFT_BLOCK, blocks.lift, writes=True),
    handler(oc.SHOW_OWN_ACCOUNT, patrons.show_own, writes=False),
    handler(oc.SET_OWN_PIN, pins.set_own, writes=True, before=pins.before_own),
    handler(dc.LIST_ENDED_LOANS, personal_data.list_ended, writes=False),
    handler(dc.LIST_OWN_ENDED_LOANS, personal_data.list_own_ended, writes=False),
    handler(dc.FORGET_HISTORY, personal_data.forget_history, writes=True),
    handler(dc.EXPORT_PATRON, personal_data.export, writes=True),
    handler(gc.LIST_DELETIONS, deletions.list_deletions, writes=False),
    handler(gc.SHOW_PATRON_DELETION, deletions.show_deletion, writes=False),
    handler(gc.ASK_FOR_PATRON, deletions.ask_for_patron, writes=True),
    handler(gc.STAY_FOR_PATRON, deletions.stay_for_patron, writes=True),
)
