"""Vouchers taken for seats, sent to their scheme and paid back. Serial numbers go in, never out."""

from datetime import timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.vouchers import (
    FindVouchers,
    Moved,
    MoveVouchers,
    TakeVoucher,
    VoucherInfo,
    VoucherPage,
)
from catalogue_api.domain.vouchers import NEXT, Scheme, VoucherRefusal, VoucherStatus, against
from catalogue_api.services import audit
from catalogue_api.services.agenda.book import Book, event_of_session, opened
from catalogue_api.services.call import Call
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import vouchers as sql
from catalogue_api.storage.tables import EventSession, Seat, Voucher, VoucherScheme


def refused(*reasons: VoucherRefusal) -> Refused:
    """Return the problem that names all that stands against it."""
    said = "; ".join(reason.value.replace("_", " ") for reason in reasons)
    return Refused(
        ProblemType.REFUSED_BY_RULE,
        f"not taken: {said}",
        tuple(reason.value for reason in reasons),
    )


def take_voucher(db: Session, call: Call, body: TakeVoucher) -> VoucherInfo:
    """Take a voucher for a seat; the same one for the same seat again is no second one."""
    book, sitting, seat = _opened(db, call)
    scheme = db.get(VoucherScheme, book.event.scheme_id) if book.event.scheme_id else None
    if scheme is None:
        raise refused(VoucherRefusal.OTHER_SCHEME)
    digest = hashed(scheme, body.serial)
    known = db.exec(
        select(Voucher).where(
            col(Voucher.scheme_id) == scheme.id, col(Voucher.serial_hash) == digest
        )
    ).first()
    if known is not None:
        if known.seat_id == seat.id:
            return _told(sql.one(db, known.id or 0))
        raise refused(VoucherRefusal.USED_ALREADY)
    _require_fit(book, sitting, seat, scheme, body)
    came = seat.attendance == "came"
    voucher = Voucher(
        scheme_id=scheme.id or 0,
        serial_hash=digest,
        value_cents=scheme.value_cents,
        seat_id=seat.id,
        session_id=sitting.id or 0,
        status=(VoucherStatus.SPENT if came else VoucherStatus.RECEIVED).value,
        received_at=call.now,
        spent_at=call.now if came else None,
    )
    db.add(voucher)
    db.flush()
    audit.record(db, call, "voucher_taken", *_about(voucher))
    return _told(sql.one(db, voucher.id or 0))


def give_back(db: Session, call: Call, _body: Nothing) -> VoucherInfo:
    """Give a voucher back that was not spent."""
    _, _, seat = _opened(db, call)
    voucher = db.exec(select(Voucher).where(col(Voucher.seat_id) == seat.id)).first()
    if voucher is None:
        raise no_such("voucher of this seat")
    if voucher.status != VoucherStatus.RECEIVED.value:
        raise refused(VoucherRefusal.WRONG_ORDER)
    told = _told(sql.one(db, voucher.id or 0))
    audit.record(db, call, "voucher_given_back", *_about(voucher))
    db.delete(voucher)
    return told


def find_vouchers(db: Session, _call: Call, body: FindVouchers) -> VoucherPage:
    """List vouchers, the newest first."""
    key = key_of(body.cursor, (0,))
    below = int(key[0]) if key is not None else None
    rows = sql.found(db, sql.Asked(body.scheme, body.status, below, body.limit))
    shown, following = page(rows, body.limit, lambda row: (row[0].id or 0,))
    return VoucherPage(vouchers=tuple(_told(row) for row in shown), next=following)


def move_vouchers(db: Session, call: Call, body: MoveVouchers) -> Moved:
    """Note that vouchers were sent, or paid back: all of them, or none."""
    before = {after: first for first, after in NEXT.items()}.get(body.status)
    if before is None:
        raise refused(VoucherRefusal.WRONG_ORDER)
    there = sql.move(db.connection(), body.vouchers, body.status, call.now)
    if len(there) < len(set(body.vouchers)):
        raise no_such("voucher")
    if any(status not in {before.value, body.status.value} for _, _, status in there):
        raise refused(VoucherRefusal.WRONG_ORDER)
    moved = [cents for _, cents, status in there if status == before.value]
    detail = {"moved": len(moved), "cents": sum(moved), "to": body.status.value}
    audit.record(db, call, "vouchers_moved", "vouchers", detail)
    return Moved(moved=len(moved), value_cents=sum(moved))


def hashed(scheme: VoucherScheme, serial: str) -> str:
    """Return what is kept of a serial number: written with blanks or dashes, it is the same one."""
    plain = "".join(sign for sign in serial.casefold() if sign.isalnum())
    if not plain:
        raise Refused(ProblemType.INVALID_REQUEST, "serial: the number on the voucher")
    return sha256(f"{scheme.salt}:{plain}".encode()).hexdigest()


def _require_fit(
    book: Book, sitting: EventSession, seat: Seat, scheme: VoucherScheme, body: TakeVoucher
) -> None:
    found = against(
        Scheme(
            scheme.id or 0,
            frozenset(sql.places(book.db.connection(), scheme.id or 0)),
            timedelta(minutes=scheme.most_minutes),
            closed=scheme.closed_at is not None,
        ),
        accepted=book.event.scheme_id,
        site=book.event.site,
        lasts=sitting.ends_at - sitting.starts_at,
        day=book.rules.day(sitting.starts_at),
        valid_until=body.valid_until,
    )
    has_one = select(Voucher).where(col(Voucher.seat_id) == seat.id)
    if book.db.exec(has_one).first() is not None:
        found = (*found, VoucherRefusal.SEAT_HAS_ONE)
    if found:
        raise refused(*found)


def _opened(db: Session, call: Call) -> tuple[Book, EventSession, Seat]:
    session = number(call, "event_session")
    book = opened(db, call.now, call.rules, event_of_session(db, session))
    seat = book.seat_of(session, number(call, "registration"))
    if seat is None:
        raise refused(VoucherRefusal.NO_SEAT)
    return book, book.sitting(session), seat


def _about(voucher: Voucher) -> tuple[str, dict[str, object]]:
    return f"voucher:{voucher.id}", {"session": voucher.session_id, "cents": voucher.value_cents}


def _told(row: sql.Row) -> VoucherInfo:
    voucher, sitting, event, scheme = row
    return VoucherInfo(
        voucher=voucher.id or 0,
        scheme=voucher.scheme_id,
        scheme_name=scheme,
        value_cents=voucher.value_cents,
        status=VoucherStatus(voucher.status),
        event=event.id or 0,
        session=sitting.id or 0,
        title=event.title,
        site=event.site,
        starts_at=sitting.starts_at,
        received_at=voucher.received_at,
        spent_at=voucher.spent_at,
        sent_at=voucher.sent_at,
        reimbursed_at=voucher.reimbursed_at,
    )
