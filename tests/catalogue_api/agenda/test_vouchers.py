"""Vouchers for seats: taken once, spent by coming, sent, paid back; the serial nowhere in clear."""

import pytest
from agenda_world import DAY, START, Agenda, readers

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_data import SEE_OWN_DATA
from catalogue_api.contract.registrations import (
    CANCEL_REGISTRATION,
    NOTE_ATTENDANCE,
    SHOW_SHEET,
    AttendanceSheet,
)
from catalogue_api.contract.vouchers import (
    ADD_SCHEME,
    CHANGE_SCHEME,
    FIND_VOUCHERS,
    GIVE_VOUCHER_BACK,
    LIST_SCHEMES,
    MOVE_VOUCHERS,
    TAKE_VOUCHER,
    FindVouchers,
    MoveVouchers,
    NewScheme,
    SchemeChange,
    TakeVoucher,
    VoucherStatus,
)
from catalogue_api.domain.roles import Role

SERIAL = "APTIC-0042-7781"


@pytest.fixture
async def agenda(world) -> Agenda:
    """A workshop that takes the Pass numérique in Cachan, with two readers in it."""
    agenda = Agenda(world)
    manager = world.embedded(world.signed_in(Role.MANAGER))
    scheme = NewScheme(name="Pass numérique", value_cents=1000, sites=("cachan",))
    await manager.call(ADD_SCHEME, scheme, key="s")
    await agenda.event(scheme=1)
    for one in readers(world, 2):
        await agenda.register(one)
    return agenda


async def refusal(doing) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.reasons


async def take(agenda, registration: int = 1, serial: str = SERIAL, session: int = 1, **values):
    body = TakeVoucher(serial=serial, **values)
    path = {"event_session": str(session), "registration": str(registration)}
    return await agenda.desk.call(TAKE_VOUCHER, body, **path)


async def attend(agenda, attendance: str) -> None:
    marks = [{"registration": 1, "attendance": attendance}]
    body = AttendanceSheet.model_validate({"marks": marks})
    await agenda.desk.call(NOTE_ATTENDANCE, body, event_session="1")


async def test_a_reader_is_told_of_their_seats_with_all_that_is_held_of_them(agenda) -> None:
    await take(agenda)
    agenda.world.now = START
    await attend(agenda, "came")
    own = await agenda.as_reader(200).call(SEE_OWN_DATA, Nothing())
    (registered,) = own.registrations
    (seat,) = registered.seats
    assert (seat.starts_at, seat.number) == (registered.starts_at, 1)
    assert (seat.attendance, seat.voucher_cents) == ("came", 1000)
    other = await agenda.as_reader(201).call(SEE_OWN_DATA, Nothing())
    assert [one.attendance for one in other.registrations[0].seats] == ["unknown"]


async def test_one_voucher_is_one_seat(world, agenda) -> None:
    taken = await take(agenda)
    assert (taken.status, taken.value_cents) == ("received", 1000)
    assert await take(agenda, serial="aptic 0042 7781") == taken  # said twice, written otherwise
    assert await refusal(take(agenda, 2)) == ("used_already",)
    assert await refusal(take(agenda, serial="another")) == ("seat_has_one",)
    assert await refusal(take(agenda, 99, serial="another")) == ("no_seat",)
    sheet = await agenda.desk.call(SHOW_SHEET, Nothing(), event_session="1")
    assert [line.voucher for line in sheet.seated] == [True, False]


async def test_the_serial_is_nowhere(world, agenda) -> None:
    await take(agenda)
    await attend_later(world, agenda)
    stored = str([world.rows(f"SELECT * FROM {table}") for table in (
        "vouchers", "audit", "idempotency_keys", "notices", "voucher_schemes",
    )])  # fmt: skip
    assert SERIAL not in stored
    assert "00427781" not in stored
    assert "APTIC" not in repr(TakeVoucher(serial=SERIAL))


async def attend_later(world, agenda) -> None:
    world.now = START
    await attend(agenda, "came")


async def test_coming_spends_it_and_a_seat_given_up_gives_it_back(world, agenda) -> None:
    await take(agenda)
    await agenda.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="1")
    assert world.row("SELECT count(*) FROM vouchers") == (0,)
    await take(agenda, 2)  # the same cheque, for somebody else
    marks = [{"registration": 2, "attendance": "came"}]
    world.now = START
    body = AttendanceSheet.model_validate({"marks": marks})
    await agenda.desk.call(NOTE_ATTENDANCE, body, event_session="1")
    assert world.row("SELECT status FROM vouchers") == ("spent",)
    path = {"event_session": "1", "registration": "2"}
    back = agenda.desk.call(GIVE_VOUCHER_BACK, Nothing(), **path)
    assert await refusal(back) == ("wrong_order",)
    marks = [{"registration": 2, "attendance": "absent"}]
    body = AttendanceSheet.model_validate({"marks": marks})
    await agenda.desk.call(NOTE_ATTENDANCE, body, event_session="1")
    assert (await agenda.desk.call(GIVE_VOUCHER_BACK, Nothing(), **path)).status == "received"
    assert world.row("SELECT count(*) FROM vouchers") == (0,)


async def test_spent_sent_reimbursed_in_this_order_all_or_none(world, agenda) -> None:
    await take(agenda)
    await take(agenda, 2, "other")

    def move(status: VoucherStatus, *numbers: int):
        body = MoveVouchers(vouchers=numbers, status=status)
        return agenda.desk.call(MOVE_VOUCHERS, body)

    assert await refusal(move(VoucherStatus.SENT, 1)) == ("wrong_order",)
    assert await refusal(move(VoucherStatus.SPENT, 1)) == ("wrong_order",)
    await attend_later(world, agenda)
    assert await refusal(move(VoucherStatus.SENT, 1, 2)) == ("wrong_order",)
    moved = await move(VoucherStatus.SENT, 1)
    assert (moved.moved, moved.value_cents) == (1, 1000)
    assert (await move(VoucherStatus.SENT, 1)).moved == 0
    with pytest.raises(Refused) as refused:
        await move(VoucherStatus.REIMBURSED, 1, 77)
    assert refused.value.type is ProblemType.NOT_FOUND
    assert (await move(VoucherStatus.REIMBURSED, 1)).moved == 1
    (scheme,) = (await agenda.desk.call(LIST_SCHEMES, Nothing())).schemes
    assert (scheme.received, scheme.spent, scheme.sent, scheme.reimbursed) == (1, 0, 0, 1)
    asked = FindVouchers(status=VoucherStatus.REIMBURSED, cursor="", limit=50)
    (found,) = (await agenda.desk.call(FIND_VOUCHERS, asked)).vouchers
    assert (found.voucher, found.title, found.reimbursed_at) == (1, "Souris", START)


async def test_where_and_how_long_a_voucher_pays(world, agenda) -> None:
    await agenda.event(START + DAY, scheme=1, site="arcueil", minutes=150)
    await agenda.register(200, 2)
    assert set(await refusal(take(agenda, 3, session=2))) == {
        "place_not_qualified", "session_too_long",
    }  # fmt: skip
    assert await refusal(take(agenda, valid_until=(START - DAY).date())) == ("expired",)
    manager = world.embedded(world.signed_in(Role.MANAGER))
    body = SchemeChange(name="Pass numérique", value_cents=1000, sites=("cachan",), closed=True)
    await manager.call(CHANGE_SCHEME, body, version=1, scheme="1")
    assert await refusal(take(agenda)) == ("scheme_closed",)


async def test_schemes_are_for_managers_and_named_once(world, agenda) -> None:
    body = NewScheme(name="Pass numérique", value_cents=500)
    with pytest.raises(Refused) as refused:
        await agenda.desk.call(ADD_SCHEME, body, key="x")
    assert refused.value.type is ProblemType.NOT_ALLOWED
    manager = world.embedded(world.signed_in(Role.MANAGER))
    assert await refusal(manager.call(ADD_SCHEME, body, key="x")) == ("scheme_known",)
    nowhere = NewScheme(name="Autre", value_cents=500, sites=("nowhere",))
    with pytest.raises(Refused, match="no site"):
        await manager.call(ADD_SCHEME, nowhere, key="y")
