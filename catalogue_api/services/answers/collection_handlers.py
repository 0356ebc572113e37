"""Which function answers which endpoint of titles and copies."""

from typing import Any

from catalogue_api.contract import collection as contract
from catalogue_api.contract import copies
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.titles import item_history, owned_items, title_copies, titles

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(contract.CREATE_TITLE, titles.create_title, writes=True),
    handler(contract.SHOW_DESCRIPTION, titles.show_title, writes=False),
    handler(contract.DESCRIBE_TITLE, titles.update_title, writes=True),
    handler(contract.DELETE_TITLE, titles.delete_title, writes=True),
    handler(contract.CREATE_ITEM, owned_items.create_item, writes=True),
    handler(contract.SHOW_ITEM, owned_items.show_item, writes=False),
    handler(contract.EDIT_ITEM, owned_items.update_item, writes=True),
    handler(copies.LIST_COPIES, title_copies.list_copies, writes=False),
    handler(copies.READ_HISTORY, item_history.read_history, writes=False),
    handler(contract.DELETE_ITEM, owned_items.delete_item, writes=True),
)
