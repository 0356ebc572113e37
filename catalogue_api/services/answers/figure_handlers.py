"""Which function answers which endpoint of the figures."""

from typing import Any

from catalogue_api.contract.figures import COUNT_LOANS, COUNT_RETURNS, COUNT_WAITS, COUNT_YEAR
from catalogue_api.contract.slot_figures import COUNT_SLOTS
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.computers import slot_figures
from catalogue_api.services.figures import figures

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(COUNT_RETURNS, figures.count_returns, writes=False),
    handler(COUNT_LOANS, figures.count_loans, writes=False),
    handler(COUNT_WAITS, figures.count_waits, writes=False),
    handler(COUNT_SLOTS, slot_figures.count_slots, writes=False),
    handler(COUNT_YEAR, figures.count_year, writes=False),
)
