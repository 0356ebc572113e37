"""Several returns of a kiosk in one transaction, with one result for each."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import (
    ReturnBatch,
    ReturnedBatch,
    ReturnedOfBatch,
    ReturnItem,
)
from catalogue_api.services.call import Call
from catalogue_api.services.returns.returning import at_kiosk, take_in
from catalogue_api.storage.circulation import lock_items


def return_batch(session: Session, call: Call, body: ReturnBatch) -> ReturnedBatch:
    """Take returns in, in their order; one that is refused does not touch the others."""
    caller, connection = call.the_caller(), session.connection()
    if any(one.dry_run for one in body.returns):
        raise Refused(ProblemType.INVALID_REQUEST, "a batch records: leave dry_run out")
    lock_items(connection, [one.barcode for one in body.returns])

    def one(fact: ReturnItem) -> ReturnedOfBatch:
        try:
            returned = take_in(connection, call, fact, at_kiosk(caller, fact))
        except Refused as refused:  # raised before anything of this return is stored
            return ReturnedOfBatch(
                return_id=fact.return_id, problem=refused.type, detail=refused.detail
            )
        return ReturnedOfBatch(return_id=fact.return_id, returned=returned)

    return ReturnedBatch(results=tuple(map(one, body.returns)))
