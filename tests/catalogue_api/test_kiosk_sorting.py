"""Which bin an item goes into: the rule, what librarians set, and what the kiosk is told."""

import pytest
from catalogue_world import NOW

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import HEARTBEAT, BinState, KioskHealth
from catalogue_api.contract.sorting import (
    PUT_SORTING,
    SHOW_SORTING,
    SortingChange,
    SortingLine,
    SortingUsed,
)
from catalogue_api.domain.outcomes import SortHint
from catalogue_api.domain.roles import Role
from catalogue_api.domain.sorting import (
    FlawKind,
    Line,
    Move,
    Sorted,
    SortedAs,
    bin_of,
    flaw_of,
    moves,
)

BINS = ("1", "2", "3", "4")
OWN = (
    Line("2", hint=SortHint.HOLD),
    Line("3", hint=SortHint.TRANSFER),
    Line("4", hint=SortHint.STAFF),
    Line("1"),
)
FILMS = (Line("2", kind="film"), *OWN[1:])
USED = SortingUsed(own=tuple(map(SortingLine.of, OWN)))
TABLE = SortingChange(lines=tuple(map(SortingLine.of, FILMS)))


def health(**said: object) -> KioskHealth:
    bins = tuple(BinState(bin=name) for name in BINS)
    return KioskHealth(
        at=NOW, version="1", started_at=NOW, bins=bins, sorting=USED.model_copy(update=said)
    )


class TestRule:
    @pytest.mark.parametrize(
        ("table", "kind", "line"),
        [
            ((*OWN[:3], Line("9")), FlawKind.NO_BIN, 3),
            ((Line("1"), *OWN), FlawKind.NEVER_REACHED, 1),
            ((OWN[0], Line("3", hint=SortHint.HOLD, kind="film"), *OWN[1:]),
             FlawKind.NEVER_REACHED, 1),
            (OWN[:3], FlawKind.NO_LAST_LINE, 2),
            ((), FlawKind.NO_LAST_LINE, 0),
        ],
    )  # fmt: skip
    def test_a_table_that_cannot_be_gone_by_is_told_line_by_line(self, table, kind, line) -> None:
        flaw = flaw_of(table, BINS)
        assert flaw is not None
        assert (flaw.kind, flaw.line) == (kind, line)

    def test_the_first_line_that_fits_decides(self) -> None:
        film = Sorted(SortedAs.RETURNED, SortHint.SHELVE, kind="film")
        assert (bin_of(OWN, film), bin_of(FILMS, film)) == ("1", "2")
        assert flaw_of(OWN, BINS) is None

    def test_what_moves_is_told_and_special_cases_only_where_they_differ(self) -> None:
        found = moves(OWN, FILMS)
        plain = Sorted(SortedAs.RETURNED, SortHint.SHELVE)
        assert Move(Sorted(SortedAs.HOLD_CAPTURED, SortHint.HOLD), "2", "1") in found
        assert Move(Sorted(SortedAs.RETURNED, SortHint.SHELVE, kind="film"), "1", "2") in found
        assert not [move for move in found if move.item == plain]
        assert moves(OWN, OWN) == []

    def test_a_site_is_told_only_of_what_travels(self) -> None:
        to_site = (Line("4", destination="cachan"), *OWN)
        assert {move.item.outcome for move in moves(OWN, to_site)} == {
            SortedAs.HOLD_TRANSFER, SortedAs.TRANSFER_HOME, SortedAs.KEPT_FOR_LATER,
        }  # fmt: skip


async def test_a_table_reaches_its_kiosk_once_and_no_other(world) -> None:
    kiosk, librarian = world.embedded(), world.embedded(world.signed_in(Role.LIBRARIAN))
    assert (await kiosk.call(HEARTBEAT, health(), kiosk="pad")).sorting is None
    seen = await librarian.call(SHOW_SORTING, Nothing(), kiosk="pad")
    assert (seen.version, seen.lines, seen.bins, seen.used) == (0, (), BINS, USED)
    after = await librarian.call(PUT_SORTING, TABLE, kiosk="pad", version=0)
    assert (after.version, after.lines) == (1, TABLE.lines)
    news = await kiosk.call(HEARTBEAT, health(), kiosk="pad")
    assert news.sorting is not None
    assert (news.sorting.version, news.sorting.lines) == (1, TABLE.lines)
    assert (await kiosk.call(HEARTBEAT, health(version=1), kiosk="pad")).sorting is None
    assert (await kiosk.call(HEARTBEAT, health(refused=1), kiosk="pad")).sorting is None
    other = await world.embedded("token-of-other").call(HEARTBEAT, health(), kiosk="a/b c")
    assert other.sorting is None
    await librarian.call(PUT_SORTING, SortingChange(), kiosk="pad", version=1)
    news = await kiosk.call(HEARTBEAT, health(version=1), kiosk="pad")
    assert news.sorting is not None
    assert (news.sorting.version, news.sorting.lines) == (2, ())


async def test_a_kiosk_that_says_nothing_of_its_table_is_told_none(world) -> None:
    librarian = world.embedded(world.signed_in(Role.LIBRARIAN))
    await world.embedded().call(HEARTBEAT, health(), kiosk="pad")
    await librarian.call(PUT_SORTING, TABLE, kiosk="pad", version=0)
    old = health().model_copy(update={"sorting": None})
    assert (await world.embedded().call(HEARTBEAT, old, kiosk="pad")).sorting is None


@pytest.mark.parametrize(
    ("lines", "reason", "said"),
    [
        ((SortingLine(bin="9"),), "no_bin", "no bin '9' (1, 2, 3, 4)"),
        ((SortingLine(bin="1"), SortingLine(bin="2")), "never_reached", "line 2"),
        ((SortingLine(bin="1", kind="film"),), "no_last_line", "everything else"),
        ((SortingLine(bin="1", kind="cheese"), SortingLine(bin="1")), "unknown_kind", "cheese"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason(world, lines, reason, said) -> None:
    librarian = world.embedded(world.signed_in(Role.LIBRARIAN))
    await world.embedded().call(HEARTBEAT, health(), kiosk="pad")
    with pytest.raises(Refused) as refusal:
        await librarian.call(PUT_SORTING, SortingChange(lines=lines), kiosk="pad", version=0)
    assert refusal.value.reasons == (reason,)
    assert said in refusal.value.detail


async def test_unheard_unseen_and_rehearsed(world) -> None:
    librarian = world.embedded(world.signed_in(Role.LIBRARIAN))
    with pytest.raises(Refused) as refusal:
        await librarian.call(PUT_SORTING, TABLE, kiosk="pad", version=0)
    assert refusal.value.reasons == ("not_heard",)
    await world.embedded().call(HEARTBEAT, health(), kiosk="pad")
    rehearsed = TABLE.model_copy(update={"dry_run": True})
    assert (await librarian.call(PUT_SORTING, rehearsed, kiosk="pad", version=0)).version == 1
    assert (await librarian.call(SHOW_SORTING, Nothing(), kiosk="pad")).version == 0
    await librarian.call(PUT_SORTING, TABLE, kiosk="pad", version=0)
    with pytest.raises(Refused) as refusal:
        await librarian.call(PUT_SORTING, SortingChange(), kiosk="pad", version=0)
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    with pytest.raises(Refused) as refusal:
        await librarian.call(PUT_SORTING, TABLE, kiosk="nowhere", version=0)
    assert refusal.value.type is ProblemType.NOT_FOUND
    told = "SELECT action, subject FROM audit WHERE action LIKE 'kiosk%'"
    assert world.rows(told) == [("kiosk_sorting_set", "kiosk:pad")]
