"""A kiosk says where a returned item lies and how its tag was left."""

from uuid import UUID

from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import Placed, Placement, Security
from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.services.call import Call
from catalogue_api.storage import returns as sql


def place_item(session: Session, call: Call, body: Placement) -> Placed:
    """Note the placement of one of the kiosk's own returns; the highest revision counts.

    A tag that could not be secured is put into the librarians' inbox, once.
    """
    try:
        return_id = UUID(call.path["return_id"])
    except ValueError as error:
        raise Refused(ProblemType.NOT_FOUND, "this is no return's identifier") from error
    kiosk, connection = call.the_caller(), session.connection()
    security, number = body.security, str(return_id)
    placed = (body.bin, security.value, body.receipt, body.revision)
    if not sql.place_return(connection, kiosk.name, number, *placed):
        raise Refused(ProblemType.NOT_FOUND, f"this kiosk reported no return {return_id}")
    kind = AnomalyKind.NOT_SECURED
    if security is Security.FAILED and not sql.has_anomaly(connection, number, kind):
        barcode, item = sql.barcode_of_return(connection, number)
        sql.add_anomaly(
            connection,
            sql.AnomalyRow(kind, call.now, kiosk.site, kiosk.name, number, item, barcode),
        )
    return Placed(return_id=return_id)
