"""A kiosk says where a returned item lies and how its tag was left."""

from uuid import UUID

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import Placed, Placement
from catalogue_api.services.call import Call
from catalogue_api.storage import circulation as sql


def place_item(session: Session, call: Call, body: Placement) -> Placed:
    """Note the placement of one of the kiosk's own returns; the last word counts."""
    try:
        return_id = UUID(call.path["return_id"])
    except ValueError as error:
        raise Refused(ProblemType.NOT_FOUND, "this is no return's identifier") from error
    kiosk, security = call.the_caller().name, body.security.value
    if not sql.place_return(session.connection(), kiosk, str(return_id), body.bin, security):
        raise Refused(ProblemType.NOT_FOUND, f"this kiosk reported no return {return_id}")
    return Placed(return_id=return_id)
