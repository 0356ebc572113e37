"""Which function answers which endpoint of searching."""

from typing import Any

from catalogue_api.contract import search
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.titles import searching, showing, suggesting

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(search.SEARCH, searching.search, writes=False),
    handler(search.SUGGEST, suggesting.suggest, writes=False),
    handler(search.SHOW_TITLE, showing.show_title, writes=False),
    handler(search.LIST_CONSOLES, showing.list_consoles, writes=False),
)
