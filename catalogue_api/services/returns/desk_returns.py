"""Returns at a desk, and out of a book drop: the same rule as at a kiosk, by a librarian."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import DeskReturn, PartsCheck, Returned, ReturnItem
from catalogue_api.services.call import Call
from catalogue_api.services.returns.returning import Report, take_in
from catalogue_api.services.rules.libraries import require_site


def desk_return(session: Session, call: Call, body: DeskReturn) -> Returned:
    """Take an item in; what came into a book drop earlier counts as of then."""
    connection = session.connection()
    site = body.site or call.the_site()
    require_site(connection, site)
    occurred_at = body.occurred_at or call.now
    if occurred_at > call.now:
        raise Refused(ProblemType.INVALID_REQUEST, "occurred_at: this lies in the future")
    fact = ReturnItem(
        return_id=body.return_id,
        barcode=body.barcode,
        occurred_at=occurred_at,
        parts_check=PartsCheck.STAFF,
    )
    # Without a time of its own the request is the same at every try, whenever that is.
    said = body.model_dump_json(exclude={"dry_run"})
    return take_in(connection, call, fact, Report(site, said, staff=call.the_caller().name))
