"""Which function answers which endpoint about questions and suggestions to buy."""

from typing import Any

from catalogue_api.contract import purchase_suggestions as sc
from catalogue_api.contract import questions as qc
from catalogue_api.services.answers.answering import Handler, handler
from catalogue_api.services.portal import answering_questions, asking, purchase_suggestions

HANDLERS: tuple[Handler[Any, Any], ...] = (
    handler(qc.ASK_QUESTION, asking.ask, writes=True),
    handler(qc.LIST_MY_QUESTIONS, asking.list_own, writes=False),
    handler(qc.ASK_AS_ANYBODY, asking.ask_as_anybody, writes=True),
    handler(qc.SHOW_UNCONFIRMED_QUESTION, asking.show_unconfirmed, writes=False),
    handler(qc.CONFIRM_QUESTION, asking.confirm, writes=True),
    handler(qc.FIND_QUESTIONS, answering_questions.find, writes=False),
    handler(qc.SHOW_QUESTION, answering_questions.show, writes=False),
    handler(qc.ANSWER_QUESTION, answering_questions.answer, writes=True),
    handler(qc.HAND_QUESTION_ON, answering_questions.hand_on, writes=True),
    handler(qc.CLOSE_QUESTION, answering_questions.close, writes=True),
    handler(qc.REOPEN_QUESTION, answering_questions.reopen, writes=True),
    handler(sc.SUGGEST_PURCHASE, purchase_suggestions.suggest, writes=True),
    handler(sc.LIST_MY_SUGGESTIONS, purchase_suggestions.list_own, writes=False),
    handler(sc.FIND_SUGGESTIONS, purchase_suggestions.find, writes=False),
    handler(sc.DECIDE_SUGGESTION, purchase_suggestions.decide, writes=True),
)
