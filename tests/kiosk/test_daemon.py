"""A whole kiosk against real services and simulated metal: what fails, and what is then told."""

import asyncio
import contextlib
import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import RETURN_ITEM, Outcome, Security
from drivers.bibliotheca.reader import BibliothecaReader
from drivers.errors import ReaderLost
from drivers.feig.commands import GetSystemInfo, Refusal, Status
from drivers.feig.reader import FeigReader
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN
from drivers.rl866.reader import Rl866Reader
from drivers.tags.content import Encoding
from drivers.tags.writing import DSFIDS
from kiosk.catalogue import CatalogueBroken, CatalogueUnreachable
from kiosk.journal import JournalFailed
from kiosk.outcomes import KioskOutcome
from kiosk.securing import Alarm
from kiosk.session.effects import Sound
from kiosk.session.states import Idle, Stage, Stopped, Summary, Visit
from simulator.bibliotheca import BibliothecaFace
from simulator.cable import Faults
from simulator.feig import FeigFace
from simulator.feig.tag_commands import Outcome as WireOutcome
from simulator.rl866 import Rl866Face
from simulator.tags.description import TagDescription, make_tags


async def test_a_book_is_returned_and_secured(bench):
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]
    assert "1" not in bench.library.on_loan()
    assert bench.afi("1") == AFI_IN_STOCK
    assert bench.screen.sounds == [Sound.DONE]
    assert bench.library.rows("SELECT bin, security FROM returns") == [("1", "secured")]


OWNER = "FR-940165801"


@pytest.mark.parametrize(
    ("face", "reader"),
    [(FeigFace, FeigReader), (BibliothecaFace, BibliothecaReader), (Rl866Face, Rl866Reader)],
)
async def test_a_pile_is_returned_whatever_reader_the_library_owns(bench, face, reader):
    bench.use(face, reader)
    async with bench.running():
        bench.lay("1", "2", "foreign")
        told = [await bench.told(name) for name in ("1", "2", "foreign")]
        await bench.delivered()
    assert told == [Outcome.RETURNED, Outcome.HOLD_CAPTURED, KioskOutcome.NOT_OURS]
    assert (bench.afi("1"), bench.afi("foreign")) == (AFI_IN_STOCK, AFI_ON_LOAN)


@pytest.mark.parametrize("encoding", list(DSFIDS))
async def test_a_book_is_returned_whatever_its_tag_is_written_in(bench, encoding):
    owner = "" if encoding is Encoding.RFID501 else OWNER
    description = TagDescription(
        name="any", item="1", owner=owner, encoding=encoding, afi="C2", laid=True
    )
    (tag,), (uid,) = make_tags([description])
    bench.field.add(tag)
    async with bench.running():
        bench.field.lay(uid)
        assert await bench.told("any") is Outcome.RETURNED
        await bench.delivered()
    assert tag.afi == AFI_IN_STOCK
    assert bench.library.returns() == [("1", "returned")]


async def test_the_screen_gets_title_and_shelf_mark(bench):
    async with bench.running():
        bench.lay("1")
        laid = await bench.item("1", lambda laid: laid.stage is Stage.SETTLED)
    assert (laid.answer.title, laid.answer.shelf_mark) == ("L’Été", "R CAM 1")


async def test_a_reserved_copy_is_caught_and_goes_into_its_own_bin(bench):
    async with bench.running():
        bench.lay("2")
        assert await bench.told("2") is Outcome.HOLD_CAPTURED
        await bench.delivered()
    assert bench.library.rows("SELECT status FROM holds") == [("captured",)]
    assert bench.library.rows("SELECT bin FROM returns") == [("2",)]


async def test_a_pile_with_odd_things_in_it(bench):
    pile = ["1", "2", "7", "foreign", "card", "blank", "unknown"]
    async with bench.running():
        bench.lay(*pile)
        told = {name: await bench.told(name) for name in pile}
        await bench.delivered()
    assert told == {
        "1": Outcome.RETURNED,
        "2": Outcome.HOLD_CAPTURED,
        "7": Outcome.NOT_ON_LOAN,
        "foreign": KioskOutcome.NOT_OURS,
        "card": KioskOutcome.PATRON_CARD,
        "blank": KioskOutcome.UNREADABLE,
        "unknown": Outcome.UNKNOWN_ITEM,
    }
    for name in ("foreign", "card", "blank", "unknown"):
        assert bench.afi(name) == AFI_ON_LOAN, f"{name} must not be written to"
    assert len(bench.library.returns()) == 4


async def test_a_tag_without_owner_is_ours_if_the_catalogue_says_so(bench):
    async with bench.running():
        bench.lay("no-owner")
        assert await bench.told("no-owner") is Outcome.RETURNED
    assert bench.afi("no-owner") == AFI_IN_STOCK
    assert "no_owner" in bench.library.rows("SELECT warnings FROM returns")[0][0]


async def test_a_locked_tag_is_returned_and_reported(bench):
    async with bench.running():
        bench.lay("locked")
        assert await bench.told("locked") is Outcome.RETURNED
        await bench.delivered()
    assert bench.library.rows("SELECT security FROM returns") == [("failed",)]


@pytest.mark.parametrize("alarm", list(Alarm))
async def test_tags_are_secured_as_the_gates_of_the_library_want(bench, alarm):
    bench.alarm = alarm
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED
        await bench.delivered()
    tag = bench.field.tags[bench.uid("1")]
    assert (tag.afi == AFI_IN_STOCK) == alarm.uses_afi
    assert tag.eas == alarm.uses_eas
    assert bench.library.rows("SELECT security FROM returns") == [("secured",)]


@pytest.mark.parametrize("alarm", list(Alarm))
@pytest.mark.server
async def test_lent_again_is_told_by_what_the_gates_listen_to(bench, alarm):
    bench.alarm = alarm
    async with bench.running():
        bench.lay("1")
        await bench.told("1")
        bench.lift("1")
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        tag = bench.field.tags[bench.uid("1")]
        tag.afi, tag.eas = AFI_ON_LOAN, False
        bench.lay("1")
        assert await bench.told("1") is Outcome.NOT_ON_LOAN


@pytest.mark.server
async def test_a_book_lifted_while_its_afi_is_written_is_put_right_when_laid_again(bench):
    async with bench.running():
        bench.field.tear(bench.uid("1"))
        bench.lay("1", "3")
        assert await bench.told("1") is KioskOutcome.LAY_AGAIN
        assert await bench.told("3") is Outcome.RETURNED, "other items go on"
        bench.lay("1")
        assert await bench.told("1") is not None
        await bench.item("1", lambda laid: laid.verdict is Outcome.RETURNED)
        await bench.delivered()
    assert sorted(bench.library.returns()) == [("1", "returned"), ("3", "returned")]
    assert bench.afi("1") == AFI_IN_STOCK


@pytest.mark.server
async def test_a_tag_to_secure_is_put_right_in_a_later_visit(bench):
    async with bench.running():
        bench.field.tear(bench.uid("1"))
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.LAY_AGAIN
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        assert bench.journal.counts().to_secure == 1
        bench.field.tags[bench.uid("1")].afi = AFI_ON_LOAN
        bench.lay("1")
        await bench.item("1", lambda laid: laid.verdict is Outcome.RETURNED)
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]
    assert bench.afi("1") == AFI_IN_STOCK
    assert bench.journal.counts().to_secure == 0


@pytest.mark.server
async def test_a_book_lifted_before_it_is_read_is_not_returned(bench):
    # The tag answers the inventory and is gone before the first byte of the next question ends.
    async with bench.running():
        version_and_inventory = bench.field.counters.bytes_crossed
        assert version_and_inventory > 0
        bench.lay("1")
        bench.field.lift(bench.uid("1"), after_bytes=30)
        assert await bench.told("1") is KioskOutcome.LIFTED_EARLY
        assert bench.library.returns() == []
        bench.lay("1")
        await bench.item("1", lambda laid: laid.verdict is Outcome.RETURNED)


@pytest.mark.server
async def test_what_is_laid_again_at_once_is_seen_already(bench):
    async with bench.running():
        bench.lay("1")
        await bench.told("1")
        bench.lift("1")
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.SEEN_ALREADY
        await bench.delivered()
    assert len(bench.library.returns()) == 1


@pytest.mark.server
async def test_what_was_lent_again_in_between_is_a_new_return(bench):
    async with bench.running():
        bench.lay("1")
        await bench.told("1")
        bench.lift("1")
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        bench.field.tags[bench.uid("1")].afi = AFI_ON_LOAN
        bench.lay("1")
        assert await bench.told("1") is Outcome.NOT_ON_LOAN
    assert len(bench.library.returns()) == 2


class Hesitant(FeigFace):
    """A reader that sometimes cannot hear what tags say of themselves."""

    deaf = False

    def _carry_out(self, frame):
        if self.deaf and bytes([frame.command]) + frame.data[:1] == GetSystemInfo.code:
            return WireOutcome(Refusal(Status.RF_COMMUNICATION))
        return super()._carry_out(frame)


@pytest.mark.server
async def test_where_lent_again_cannot_be_told_nothing_is_guessed(bench):
    face = Hesitant(bench.field)
    bench.use(lambda _field: face, FeigReader)
    async with bench.running():
        bench.lay("1")
        await bench.told("1")
        bench.lift("1")
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        bench.field.tags[bench.uid("1")].afi = AFI_ON_LOAN
        face.deaf = True
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.UNREADABLE
        bench.lift("1")
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        face.deaf = False
        bench.lay("1")
        assert await bench.told("1") is Outcome.NOT_ON_LOAN
    assert len(bench.library.returns()) == 2


@pytest.mark.server
async def test_after_a_while_the_same_book_is_a_new_return(bench):
    async with bench.running():
        bench.lay("1")
        await bench.told("1")
        bench.lift("1")
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        bench.uptime += timedelta(hours=2).total_seconds()
        bench.lay("1")
        assert await bench.told("1") is Outcome.NOT_ON_LOAN


@pytest.mark.server
async def test_the_visit_ends_in_a_summary_and_then_idle(bench):
    async with bench.running():
        bench.lay("1")
        await bench.told("1")
        bench.lift("1")
        session = await bench.screen.until(lambda session: isinstance(session.phase, Summary))
        assert [laid.verdict for laid in session.phase.items] == [Outcome.RETURNED]
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))


# -- the catalogue fails


@pytest.mark.server
async def test_a_catalogue_that_is_away_keeps_nobody_waiting_and_loses_nothing(bench):
    bench.catalogue.error = CatalogueUnreachable("no route")
    async with bench.running():
        bench.lay("1", "2")
        assert await bench.told("1") is KioskOutcome.KEPT_FOR_LATER
        assert await bench.told("2") is KioskOutcome.KEPT_FOR_LATER
        assert not bench.screen.session.online
        assert bench.afi("1") == AFI_IN_STOCK
        bench.catalogue.error = None
        await bench.screen.until(lambda session: session.online)
        await bench.delivered()
    assert sorted(bench.library.returns()) == [("1", "returned"), ("2", "hold_captured")]


async def test_a_slow_catalogue_keeps_nobody_waiting_and_its_answer_is_used(bench):
    bench.catalogue.gate.clear()
    async with bench.running():
        bench.lay("2")
        assert await bench.told("2") is KioskOutcome.KEPT_FOR_LATER
        bench.catalogue.gate.set()
        await bench.item("2", lambda laid: laid.verdict is Outcome.HOLD_CAPTURED)
        await bench.delivered()
    assert bench.library.returns() == [("2", "hold_captured")]


@pytest.mark.parametrize(
    "error",
    [
        CatalogueBroken("HTTP 500"),
        Refused(ProblemType.NOT_AUTHENTICATED, "unknown token"),
        Refused(ProblemType.NOT_FOUND, "no such path"),
    ],
)
@pytest.mark.server
async def test_garbage_and_a_wrong_token_lose_nothing(bench, error):
    bench.catalogue.error = error
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.KEPT_FOR_LATER
        bench.catalogue.error = None
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]


@pytest.mark.server
async def test_an_answer_lost_on_the_way_is_asked_for_again_and_counted_once(bench):
    bench.catalogue.error_after = CatalogueUnreachable("reset")
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.KEPT_FOR_LATER
        bench.catalogue.error_after = None
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]


async def test_a_return_the_catalogue_will_never_take_is_kept_for_a_person(bench):
    bench.catalogue.error = Refused(ProblemType.IDEMPOTENCY_CONFLICT, "other body")
    bench.catalogue.error_of = RETURN_ITEM
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.KEPT_FOR_LATER
        bench.catalogue.error = None
        bench.lay("3")
        assert await bench.told("3") is Outcome.RETURNED
    assert bench.journal.counts().refused == 1


# -- the reader fails


@pytest.mark.server
async def test_a_pulled_cable_stops_the_kiosk_and_a_plugged_one_starts_it(bench):
    async with bench.running():
        await bench.cable.pull()
        await bench.screen.until(lambda session: isinstance(session.phase, Stopped))
        bench.cable.plug()
        bench.lay("1")
        await bench.screen.until(lambda session: isinstance(session.phase, Visit))
        assert await bench.told("1") is Outcome.RETURNED


@pytest.mark.server
async def test_a_cable_pulled_while_the_catalogue_is_asked_loses_nothing(bench):
    bench.rules = replace(bench.rules, summary=10.0, answer=10.0)
    bench.catalogue.gate.clear()
    async with bench.running():
        bench.lay("1")
        await bench.item("1", lambda laid: laid.stage is Stage.ASKING)
        await bench.cable.pull()
        await bench.screen.until(lambda session: isinstance(session.phase, Stopped))
        bench.catalogue.gate.set()
        assert await bench.told("1") is KioskOutcome.LAY_AGAIN
        bench.cable.plug()
        await bench.item("1", lambda laid: laid.verdict is Outcome.RETURNED)
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]
    assert bench.afi("1") == AFI_IN_STOCK


@pytest.mark.parametrize(
    "faults",
    [Faults(pieces=True), Faults(byte_by_byte=True), Faults(noise=0.002), Faults(loss=0.05)],
    ids=["pieces", "bytes", "noise", "loss"],
)
@pytest.mark.server
async def test_a_bad_cable_slows_but_never_doubles_or_loses(bench, faults):
    names = ["1", "3", "5", "7"]
    async with bench.running():
        bench.cable.line.faults = faults
        bench.lay(*names)
        for name in names:
            await bench.told(name)
        bench.cable.line.faults = Faults()
        for name in names:
            if bench.afi(name) != AFI_IN_STOCK:
                bench.lift(name)
                await bench.item(name, lambda laid: not laid.present)
                bench.lay(name)
                await bench.item(name, lambda laid: laid.security is Security.SECURED)
        await bench.delivered()
    assert sorted(barcode for barcode, _ in bench.library.returns()) == names
    assert all(bench.afi(name) == AFI_IN_STOCK for name in names)


async def test_the_same_uid_twice_in_an_inventory_is_one_item(bench):
    async with bench.running() as daemon:
        bench.lay("1")
        await bench.told("1")
        assert len(daemon.session.phase.items) == 1


@pytest.mark.server
async def test_a_reader_that_is_missing_at_the_start_is_waited_for(bench):
    opened = bench.open_reader
    attempts = 0

    async def sometimes():
        nonlocal attempts
        attempts += 1
        if attempts < 2:
            raise ReaderLost("/dev/ttyUSB0: no such port; plug the reader in")
        return await opened()

    bench.open_reader = sometimes
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED
    assert attempts == 2


@pytest.mark.server
async def test_a_reader_that_cannot_secure_as_wanted_stays_out_of_service_and_is_not_hammered(
    bench,
):
    bench.alarm = Alarm.EAS
    bench.use(lambda field: FeigFace(field, custom=False), FeigReader)
    opened, tries, third = bench.open_reader, [], asyncio.Event()

    async def counted():
        tries.append(asyncio.get_running_loop().time())
        if len(tries) == 3:
            third.set()
        return await opened()

    bench.open_reader = counted
    async with bench.starting():
        async with asyncio.timeout(10):
            await third.wait()
        assert isinstance(bench.screen.session.phase, Stopped)
        assert not bench.screen.opened, "the screen never invited anybody"
    first, second, last = tries
    assert (second - first, last - second) >= (0.25, 0.5), (
        "each try comes later than the one before"
    )


# -- the disk fails


def fill_up(journal) -> None:
    """Leave no room for one more return, however short."""
    ((pages,),) = journal._file.run("PRAGMA page_count")
    journal._file.run(f"PRAGMA max_page_count = {pages}")
    for size in (500, 50, 1):
        with contextlib.suppress(JournalFailed):
            for number in itertools.count():
                journal._file.run(
                    "INSERT INTO returns (return_id, uid, barcode, boot, uptime, dated, request, "
                    "refusal) VALUES (?, '', '', '', 0, 1, ?, 'filler')",
                    f"{size}-{number}",
                    "x" * size,
                )


async def test_a_full_disk_stops_the_kiosk_and_promises_nothing(bench, monkeypatch):
    monkeypatch.setattr("kiosk.bookkeeping._JOURNAL_PROBE", 0.05)
    journal = bench.journal
    async with bench.running():
        fill_up(journal)
        bench.lay("1")
        assert await bench.told("1") is Outcome.NEEDS_STAFF
        assert isinstance(bench.screen.session.phase, Stopped)
        assert bench.library.returns() == []
        journal._file.run("PRAGMA max_page_count = 100000")
        await bench.item("1", lambda laid: laid.verdict is Outcome.RETURNED)
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]


# -- power fails


async def test_after_a_restart_the_kiosk_goes_on_where_the_journal_stands(bench):
    bench.catalogue.gate.clear()
    async with bench.running():
        bench.lay("1")
        await bench.item("1", lambda laid: laid.stage is not Stage.READING and laid.return_id)
        await bench.screen.until(lambda _: bench.journal.counts().returns == 1)
    bench.catalogue.gate = asyncio.Event()
    bench.catalogue.gate.set()
    async with bench.running():
        await bench.item("1", lambda laid: laid.stage is Stage.SETTLED)
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]
    assert bench.afi("1") == AFI_IN_STOCK
