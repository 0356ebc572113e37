"""A library that has set its rules: hours, closures, holidays, loan rules, and a few accounts."""

from datetime import date, time, timedelta

from catalogue_world import NOW, TODAY, World
from desk_world import hire

from catalogue_api.contract.calendars import CHANGE_HOURS, SiteHoursChange, WeekdayHours
from catalogue_api.contract.closures import ADD_EXCEPTION, NewException
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.holidays import CHANGE_HOLIDAYS, HolidaysChange, HolidaySpan
from catalogue_api.contract.kiosks import HEARTBEAT, BinState, KioskHealth
from catalogue_api.contract.rules import (
    CHANGE_RULES,
    SHOW_RULES,
    LimitEntry,
    LoanRuleEntry,
    RulesChange,
)
from catalogue_api.contract.sorting import SortingLine, SortingUsed
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Loan

CHRISTMAS = date(2026, 12, 24)


def due(world: World, item: int, day: date, patron: int = 1) -> None:
    """Lend a copy of Cachan until a day."""
    loan = Loan(item_id=item, patron_id=patron, site="cachan", started_at=NOW, due_on=day)
    world.database.write_now(lambda db: db.add(loan))


async def settled(world: World) -> None:
    """Enter hours, holidays, closures, rules, accounts of each role; hear of a kiosk's bins."""
    bins = (BinState(bin="1"), BinState(bin="2"))
    own = SortingUsed(own=(SortingLine(bin="2", kind="film"), SortingLine(bin="1")))
    health = KioskHealth(at=NOW, version="1", started_at=NOW, bins=bins, sorting=own)
    await world.embedded().call(HEARTBEAT, health, kiosk="pad")
    manager = world.desk(Role.MANAGER)
    week = tuple(
        WeekdayHours(weekday=day, opens=time(opens), closes=time(closes))
        for day, opens, closes in [
            (1, 14, 19), (2, 10, 12), (2, 14, 18), (4, 14, 19), (5, 10, 18),
        ]
    )  # fmt: skip
    said = await manager.call(CHANGE_HOURS, SiteHoursChange(term=week), version=0, site="cachan")
    school = (
        HolidaySpan(first_on=date(2026, 12, 19), last_on=date(2027, 1, 3), label="Noël 2026"),
    )
    await manager.call(CHANGE_HOLIDAYS, HolidaysChange(school=school), version=said.version)
    due(world, 1, CHRISTMAS)
    for number, (first, days, label) in enumerate(
        [(CHRISTMAS, 3, "Fêtes de fin d’année"), (TODAY + timedelta(days=14), 0, "Inventaire")]
    ):
        closure = NewException(first_on=first, last_on=first + timedelta(days=days), label=label)
        await manager.call(ADD_EXCEPTION, closure, key=f"settled{number}")
    rules = RulesChange(
        penalties=True,
        most_late_items=3,
        loan_rules=(
            LoanRuleEntry(),
            LoanRuleEntry(kind=TitleKind.FILM, loan_days=14, renewals=0),
            LoanRuleEntry(category="school", loan_days=42, renewals=2, site="cachan"),
            LoanRuleEntry(kind=TitleKind.BOARD_GAME, lendable=False),
        ),
        limits=(LimitEntry(most=20), LimitEntry(kind=TitleKind.FILM, most=4)),
    )
    in_force = await manager.call(SHOW_RULES, Nothing())
    await manager.call(CHANGE_RULES, rules, version=in_force.version)
    for name, role in [("béa", Role.MANAGER), ("chloé", Role.TECHNICIAN)]:
        hire(world, name, role)
