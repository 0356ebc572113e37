from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from catalogue_world import NOW

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.loans import LendItem
from catalogue_api.contract.returns import PLACE_ITEM, Placement, Security
from catalogue_api.domain.holds import Scan
from catalogue_api.domain.roles import Role
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.callers import caller_of
from catalogue_api.services.holds.holds import scan_onto_shelf, to_shelve
from catalogue_api.services.kiosks.kiosks import add_kiosk, kiosks, revoke_kiosk
from catalogue_api.services.loans.lending import lend_item
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.services.staff import sessions, staff


def scan(world, barcode: str, site: str = "cachan"):
    return world.database.write_now(
        lambda session: scan_onto_shelf(
            session, site, barcode, world.now, world.rules.current(session.connection())
        )
    )


def borrow(world, barcode: str, card: str):
    def work(session):
        rules = world.rules.current(session.connection())
        call = Call(world.now, rules, caller=Caller(Role.LIBRARIAN, "claire", "cachan"))
        return lend_item(session, call, LendItem(barcode=barcode, card=card))

    return world.database.write_now(work)


async def test_a_caught_copy_becomes_ready_only_when_scanned(world, give_back) -> None:
    world.hold()
    answer = await give_back(1)
    placement = Placement(bin="B3", security=Security.SECURED)
    await world.embedded().call(PLACE_ITEM, placement, kiosk="pad", return_id=str(answer.return_id))
    (copy,) = world.database.read_now(lambda session: to_shelve(session, "cachan")).here
    assert (copy.barcode, copy.bin, copy.kiosk, copy.caught_at) == ("1", "B3", "pad", NOW)
    assert world.row("SELECT status, expires_on FROM holds") == ("captured", None)
    world.now += timedelta(hours=1)
    done = scan(world, "1")
    assert (done.result, done.pickup, done.shelf_number) == (Scan.READY, "Cachan", 1)
    assert done.expires_on == date(2026, 12, 3)
    assert world.row("SELECT status FROM holds") == ("ready",)
    world.now += timedelta(days=1)
    again = scan(world, "1")
    assert again.result is Scan.ALREADY_READY
    assert (again.shelf_number, again.expires_on) == (1, date(2026, 12, 3))
    assert world.database.read_now(lambda session: to_shelve(session, "cachan")).here == ()


async def test_a_ready_copy_that_is_laid_again_must_be_put_back(world, give_back) -> None:
    world.hold()
    await give_back(1)
    scan(world, "1")
    await give_back(2)
    assert world.row("SELECT status, expires_on FROM holds") == ("captured", None)
    assert scan(world, "1").result is Scan.READY


async def test_a_copy_for_another_site_travels(world, give_back) -> None:
    world.hold(site="arcueil")
    await give_back(1)
    at_cachan = world.database.read_now(lambda session: to_shelve(session, "cachan"))
    at_arcueil = world.database.read_now(lambda session: to_shelve(session, "arcueil"))
    assert [copy.barcode for copy in at_cachan.leaving] == ["1"]
    assert [copy.barcode for copy in at_arcueil.coming] == ["1"]
    sent = scan(world, "1", "cachan")
    assert (sent.result, sent.pickup) == (Scan.OTHER_SITE, "Arcueil")
    assert world.row("SELECT destination FROM items WHERE id = 1") == ("arcueil",)
    assert scan(world, "1", "arcueil").result is Scan.READY
    assert world.row("SELECT destination, current_site FROM items WHERE id = 1") == (
        None, "arcueil",
    )  # fmt: skip


async def test_other_copies_are_told_apart(world, give_back) -> None:
    world.lend("2")
    assert scan(world, "2").result is Scan.ON_LOAN
    assert scan(world, "1").result is Scan.NOT_CAUGHT
    assert scan(world, "nothing").result is Scan.UNKNOWN_BARCODE
    assert world.row("SELECT count(*) FROM holds") == (0,)


async def test_numbers_on_the_shelf_go_up(world, give_back) -> None:
    for number, title, barcode, patron in [(1, 1, "1", 1), (2, 1, "2", 2), (3, 2, "4", 1)]:
        world.hold(title=title, patron=patron, placed_at=NOW - timedelta(days=9 - number))
        await give_back(number, barcode)
        world.now += timedelta(minutes=1)
        assert scan(world, barcode).shelf_number == number


async def test_lending_fulfils_the_hold_and_refuses_others(world, give_back) -> None:
    world.hold(patron=2)
    await give_back(1)
    with pytest.raises(Refused, match="another reader's reservation"):
        borrow(world, "1", "P1")
    lent = borrow(world, "1", "P2")
    assert (lent.title, lent.due_on) == ("L’Été", date(2026, 12, 21))
    assert world.row("SELECT status FROM holds") == ("fulfilled",)
    with pytest.raises(Refused, match="on loan already"):
        borrow(world, "1", "P2")
    for barcode, card, problem in [
        ("1", "no", ProblemType.NOT_FOUND), ("no", "P1", ProblemType.NOT_FOUND),
        ("5", "P1", ProblemType.REFUSED_BY_RULE), ("6", "P1", ProblemType.REFUSED_BY_RULE),
    ]:  # fmt: skip
        with pytest.raises(Refused) as refusal:
            borrow(world, barcode, card)
        assert refusal.value.type is problem


def test_lending_another_copy_ends_the_waiting(world) -> None:
    world.hold(patron=2)
    borrow(world, "4", "P1")
    assert world.row("SELECT status FROM items WHERE id = 4") == ("available",)
    assert world.row("SELECT status FROM holds") == ("waiting",)
    borrow(world, "2", "P2")
    assert world.row("SELECT status, item_id FROM holds") == ("fulfilled", 2)


def test_a_revoked_token_is_worthless_and_can_be_replaced(world) -> None:
    write, read = world.database.write_now, world.database.read_now
    with pytest.raises(Refused, match="already"):
        write(lambda session: add_kiosk(session, "pad", "cachan", "x", NOW))
    with pytest.raises(Refused, match=r"no site 'nowhere' \(known: arcueil, cachan\)"):
        write(lambda session: add_kiosk(session, "new", "nowhere", "x", NOW))
    write(lambda session: revoke_kiosk(session, "pad", NOW))
    assert read(lambda session: caller_of(session.connection(), "token-of-pad", NOW)) is None
    write(lambda session: add_kiosk(session, "pad", "arcueil", "new", NOW))
    found = read(lambda session: caller_of(session.connection(), "new", NOW))
    assert found is not None
    assert (found.role, found.site) == (Role.KIOSK, "arcueil")
    assert [line.name for line in read(kiosks)] == ["a/b c", "pad"]
    assert "new" not in {row[0] for row in world.rows("SELECT token_hash FROM kiosks")}
    with pytest.raises(Refused):
        write(lambda session: revoke_kiosk(session, "nobody", NOW))


QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_passwords() -> None:
    stored = QUICK.hash("correct horse battery")
    assert QUICK.fits(stored, "correct horse battery")
    assert not QUICK.fits(stored, "wrong horse battery")
    assert not QUICK.fits(None, "nobody has this password")
    assert not QUICK.fits("garbage", "x")
    with pytest.raises(Refused, match="12 characters"):
        QUICK.hash("short")


def test_a_session_ends_when_idle_when_old_and_when_the_password_changes(world) -> None:
    write, read = world.database.write_now, world.database.read_now

    def who(now):
        return read(lambda session: staff.session_of(session, "token", now))

    def sign_in() -> None:
        write(lambda session: staff.close_session(session, "token"))
        write(lambda session: sessions.open_staff_session(session, "ana", "token", "csrf", NOW))

    write(lambda session: staff.add_staff(session, "ana", "hash", "cachan", NOW))
    sign_in()
    fresh = staff.SignedIn("ana", Role.LIBRARIAN, "csrf", "cachan", stale=False, locked=False)
    assert who(NOW) == fresh
    assert who(NOW + sessions.SEEN_EVERY).stale
    assert who(NOW + sessions.IDLE_ENDS_AFTER) is None
    nearly_old = NOW + sessions.SESSION_LASTS - timedelta(seconds=1)
    write(lambda session: staff.seen(session, "token", nearly_old))
    assert who(nearly_old) is not None
    assert who(NOW + sessions.SESSION_LASTS) is None
    sign_in()
    write(lambda session: staff.add_staff(session, "ana", "other", None, NOW))
    assert who(NOW) is None
    with pytest.raises(Refused):
        write(lambda session: staff.add_staff(session, "bo", "hash", "nowhere", NOW))
