"""Which function answers which endpoint of what librarians keep for the portal."""

from typing import Any

from catalogue_api.contract import facilities as facilities_contract
from catalogue_api.contract import favourites as contract
from catalogue_api.contract import page_texts as texts_contract
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.portal import facilities, favourites, page_texts

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(contract.LIST_FAVOURITES, favourites.list_shown, writes=False),
    handler(contract.LIST_ALL_FAVOURITES, favourites.list_all, writes=False),
    handler(contract.ADD_FAVOURITE, favourites.add, writes=True),
    handler(contract.CHANGE_FAVOURITE, favourites.change, writes=True),
    handler(contract.MOVE_FAVOURITE, favourites.move, writes=True),
    handler(contract.REMOVE_FAVOURITE, favourites.remove, writes=True),
    handler(facilities_contract.LIST_FACILITIES, facilities.list_facilities, writes=False),
    handler(facilities_contract.PUT_FACILITIES, facilities.put_facilities, writes=True),
    handler(texts_contract.SHOW_TEXT, page_texts.show_text, writes=False),
    handler(texts_contract.PUT_TEXT, page_texts.put_text, writes=True),
)
