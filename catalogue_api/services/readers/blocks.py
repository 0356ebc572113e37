"""Blocks: why a reader may not borrow for now; added, listed and lifted at the desk."""

from datetime import date

from sqlmodel import Session

from catalogue_api.contract.blocks import BlockInfo, BlockList, BlocksAsked, NewBlock
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.patrons import BlockKind
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import patrons as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Block, Patron


def add(session: Session, call: Call, body: NewBlock) -> BlockInfo:
    """Block a reader from today on."""
    patron, today = _locked(session, call), call.rules.day(call.now)
    if body.until_on is not None and body.until_on < today:
        raise Refused(ProblemType.INVALID_REQUEST, "until_on: a day that is not past")
    if body.kind is BlockKind.SUSPENSION and body.until_on is None:
        raise Refused(ProblemType.INVALID_REQUEST, "until_on: a suspension has an end")
    block = Block(
        patron_id=patron,
        kind=body.kind.value,
        reason=body.reason,
        from_on=today,
        until_on=body.until_on,
        created_at=call.now,
        created_by=call.the_caller().actor,
    )
    session.add(block)
    session.flush()
    detail = {"kind": body.kind, "until": body.until_on}
    audit.record(session, call, "patron_blocked", f"patron:{patron}", detail)
    return told(block, today)


def list_blocks(session: Session, call: Call, body: BlocksAsked) -> BlockList:
    """List a reader's blocks."""
    patron, today = number(call, "patron"), call.rules.day(call.now)
    if session.get(Patron, patron) is None:
        raise no_such("reader")
    rows = sql.blocks(session, patron, None if body.past else today)
    return BlockList(blocks=tuple(told(row, today) for row in rows))


def lift(session: Session, call: Call, _body: Nothing) -> BlockInfo:
    """Lift a block; lifting it twice changes nothing the second time."""
    patron, today = _locked(session, call), call.rules.day(call.now)
    block = session.get(Block, number(call, "block"))
    if block is None or block.patron_id != patron:
        raise no_such("block of this reader")
    if block.lifted_at is None:
        block.lifted_at, block.lifted_by = call.now, call.the_caller().actor
        session.add(block)
        detail = {"block": block.id, "kind": block.kind}
        audit.record(session, call, "block_lifted", f"patron:{patron}", detail)
    return told(block, today)


def told(block: Block, today: date) -> BlockInfo:
    """Return a block as it travels."""
    in_force = block.lifted_at is None and (block.until_on is None or block.until_on >= today)
    return BlockInfo(
        block=block.id or 0,
        kind=BlockKind(block.kind),
        reason=block.reason,
        from_on=block.from_on,
        until_on=block.until_on,
        created_at=block.created_at,
        created_by=block.created_by,
        in_force=in_force,
        lifted_at=block.lifted_at,
        lifted_by=block.lifted_by,
    )


def _locked(session: Session, call: Call) -> int:
    patron = number(call, "patron")
    locks.patron(session.connection(), patron)
    if session.get(Patron, patron) is None:
        raise no_such("reader")
    return patron
