"""One's loans: renewed one by one or all at once, with a reason for each that is not."""

from uuid import uuid5

from aiohttp import web
from pydantic import ValidationError

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.loans import (
    LIST_OWN_LOANS,
    RENEW_ALL_OWN,
    RENEW_OWN_LOAN,
    LoanInfo,
    LoanRefusal,
    LoansAsked,
    OwnRenewal,
    RenewalResult,
)
from catalogue_api.contract.personal_data import LIST_OWN_ENDED_LOANS, EndedLoansAsked
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.portal.account.overview import HERE, today_of
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_ALL = "all"
_ON_A_PAGE = 200


class Loans:
    """The page of loans, and that of those which have ended."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show what is on loan."""
        return await self._shown(request, {})

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Renew a loan, or all; the page says of each what came of it."""
        which = form.text("renew")
        # A page has one key, and each thing that is done from it has its own.
        key = str(uuid5(form.identifier, f"renew {which}"))
        if which == _ALL:
            found = await self._portal.call(request, RENEW_ALL_OWN, OwnRenewal(), key=key)
            return await self._shown(request, {one.loan: one for one in found.results})
        shown = {str(loan.loan): loan for loan in await self._loans(request)}
        loan = shown.get(which)
        if loan is None:  # it was returned meanwhile, or is somebody else's
            raise self._portal.done("/compte/prets", "portal.account.loan_gone", well=False)
        return await self._shown(request, {loan.loan: await self._renewed(request, loan, key)})

    async def show_ended(self, request: web.Request) -> web.Response:
        """Show what one had on loan, as far as it is kept."""
        try:
            asked = EndedLoansAsked(cursor=request.query.get("suite", ""), limit=50)
        except ValidationError as error:
            raise web.HTTPNotFound from error
        found = await self._portal.call(request, LIST_OWN_ENDED_LOANS, asked)
        return rendered(
            "account/ended.html", request, here=HERE, loans=found.loans, more=found.next
        )

    async def _renewed(self, request: web.Request, loan: LoanInfo, key: str) -> RenewalResult:
        path = {"loan": str(loan.loan)}
        try:
            return await self._portal.call(
                request, RENEW_OWN_LOAN, OwnRenewal(), path=path, key=key
            )
        except Refused as refused:
            if refused.type is not ProblemType.REFUSED_BY_RULE:
                raise
            return RenewalResult(
                loan=loan.loan,
                barcode=loan.barcode,
                title=loan.title,
                renewed=False,
                due_on=loan.due_on,
                reasons=tuple(LoanRefusal(reason) for reason in refused.reasons),
            )

    async def _loans(self, request: web.Request) -> tuple[LoanInfo, ...]:
        asked = LoansAsked(cursor="", limit=_ON_A_PAGE)
        return (await self._portal.call(request, LIST_OWN_LOANS, asked)).loans

    async def _shown(self, request: web.Request, results: dict[int, RenewalResult]) -> web.Response:
        renewed = sum(one.renewed for one in results.values())
        return rendered(
            "account/loans.html",
            request,
            here=HERE,
            draft=self._portal.blank(),
            loans=await self._loans(request),
            results=results,
            renewed=renewed,
            refused=len(results) - renewed,
            today=today_of(self._portal),
        )
