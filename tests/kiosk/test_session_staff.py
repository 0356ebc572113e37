"""The menu of staff: a card opens it, nothing else does, and it closes by itself."""

from dataclasses import replace

import pytest
from visits import BOOK, NOW, OTHER, OURS, R1, R2, items, of, only, play, read

from catalogue_api.contract.kiosks import Paper
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.contents import BinContent, Finding
from kiosk.session.pages import BinPage, BinsPage, CheckPage, MainPage, PaperPage, WaitPage
from kiosk.session.staff import Act, Entry, entries
from kiosk.session.states import Fault, Idle, ReceiptMode, Rules, Session, Stage, Stopped, Visit
from kiosk.tagging import StaffCard, typed_item

CARD = OTHER
LAID = (ev.TagArrived(CARD), read(CARD, StaffCard(), return_id=R2))


def press(act: Act, bin_name: str = "") -> ev.Pressed:
    return ev.Pressed(Entry(act, bin_name).key)


def page(session: Session):
    return session.menu.page if session.menu else None


def acts(session: Session) -> list[Act]:
    return [entry.act for entry in entries(session)]


def test_a_card_opens_the_menu_and_makes_no_visit():
    session, effects = play(Session(), *LAID)
    assert page(session) == MainPage()
    assert session.phase == Idle()
    assert effects[-1] == fx.Later(ev.MenuOver(1), 60.0)
    assert not of(fx.Record | fx.Secure, effects)


@pytest.mark.parametrize("act", Act)
def test_without_a_card_no_button_does_anything(act):
    session, _ = play(Session(), press(act))
    assert session.menu is None
    _, effects = play(Session(), press(act, "1"))
    assert not [effect for effect in effects if not isinstance(effect, fx.StartTimer)]


def test_it_closes_by_itself_but_not_under_the_hand_of_somebody_who_works():
    session, _ = play(Session(), *LAID, press(Act.BINS))
    session, _ = play(session, ev.MenuOver(1))
    assert session.menu is not None
    session, _ = play(session, ev.MenuOver(session.menu.turn))
    assert session.menu is None


def test_what_comes_back_after_it_has_closed_opens_nothing():
    session, _ = play(Session(), *LAID, press(Act.CHECK), ev.MenuOver(2), ev.Checked(()))
    assert session.menu is None


def test_a_bin_is_looked_into_and_emptied_with_one_action():
    session, effects = play(Session(), *LAID, press(Act.BINS))
    assert (page(session), effects[-2]) == (WaitPage(), fx.ShowBins())
    session, _ = play(session, ev.BinsCounted((("1", 3), ("2", 0))))
    assert page(session) == BinsPage((("1", 3), ("2", 0)))
    session, effects = play(session, press(Act.BIN, "1"))
    assert fx.ShowBin("1") in effects
    content = BinContent("1", ())
    session, _ = play(session, ev.BinShown(content))
    session, effects = play(session, press(Act.EMPTY, "1"))
    assert fx.EmptyBin("1") in effects
    session, _ = play(session, ev.BinEmptied(content))
    assert page(session) == BinPage(content, emptied=True)
    assert acts(session) == [Act.BACK], "it is emptied once"
    session, _ = play(session, press(Act.BACK))
    assert page(session) == MainPage()


def test_only_what_stands_in_the_menu_can_be_pressed():
    _, effects = play(Session(), *LAID, press(Act.EMPTY, "1"))
    assert not of(fx.EmptyBin, effects)


def test_out_of_service_and_into_it_again_by_card():
    session, effects = play(Session(), *LAID, press(Act.CLOSE))
    assert effects[-1] == fx.KeepClosed(closed=True)
    session, _ = play(session, ev.FaultAppeared(Fault.STAFF), ev.TagLeft(CARD))
    assert isinstance(session.phase, Stopped)
    session, effects = play(session, ev.TagArrived(CARD))
    assert of(fx.ReadTag, effects) == [fx.ReadTag(CARD)]
    session, effects = play(session, LAID[1], press(Act.OPEN))
    assert effects[-1] == fx.KeepClosed(closed=False)
    session, effects = play(session, ev.FaultCleared(Fault.STAFF))
    assert session.phase == Idle()
    assert fx.LookAgain() in effects


def test_a_book_laid_out_of_service_stays_a_book():
    session, _ = play(Session(), ev.FaultAppeared(Fault.STAFF), ev.TagArrived(BOOK))
    session, effects = play(session, read())
    assert items(session) == ()
    assert effects == []


def test_an_incomplete_set_is_accepted_with_what_is_missing_written_down():
    part = replace(OURS, part=1, parts=2)
    session, _ = play(Session(), ev.TagArrived(BOOK), read(BOOK, part), ev.PartsOverdue(R1), *LAID)
    assert Act.ACCEPT in acts(session)
    session, effects = play(session, press(Act.ACCEPT))
    (record,) = of(fx.Record, effects)
    assert record.item.warnings == ("missing_part_2",)
    assert only(session).stage is Stage.RECORDING
    assert session.menu is None


def test_without_a_set_there_is_nothing_to_accept():
    session, _ = play(Session(), ev.TagArrived(BOOK), read(), *LAID)
    assert isinstance(session.phase, Visit)
    assert Act.ACCEPT not in acts(session)


def test_staff_may_type_barcodes_while_their_menu_is_open():
    given = ev.BarcodeGiven(typed_item("30003"), None, R1, NOW)
    _, effects = play(Session(), given)
    assert not of(fx.Record, effects)
    _, effects = play(Session(), *LAID, given)
    assert len(of(fx.Record, effects)) == 1


def test_paper_is_spoken_of_only_where_there_is_a_printer():
    session, _ = play(Session(), *LAID)
    assert Act.PAPER not in acts(session)
    session, _ = play(Session(Rules(receipts=ReceiptMode.ASK)), *LAID, press(Act.PAPER))
    session, _ = play(session, ev.PaperSeen(Paper.LOW))
    assert page(session) == PaperPage(Paper.LOW)


def test_the_acceptance_test_is_shown_and_restart_is_asked_for_once():
    findings = (Finding("journal", well=True, detail="fine"),)
    session, effects = play(Session(), *LAID, press(Act.CHECK), ev.Checked(findings))
    assert fx.RunCheck() in effects
    assert page(session) == CheckPage(findings)
    session, effects = play(session, press(Act.BACK), press(Act.RESTART), press(Act.RESTART))
    assert len(of(fx.Restart, effects)) == 1
