import json
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.contract.returns import Note, NoteKind, Outcome, PartsCheck, Returned, SortHint
from drivers.interface import Uid
from kiosk.decisions import Expected
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.printer import Paper
from kiosk.screen.announce import announce
from kiosk.screen.picture import Screen, State, Tone
from kiosk.screen.place import Place, SiteText
from kiosk.screen.rows import ASKS_FOR_A_HAND, AT_THE_DESK, SWALLOWED
from kiosk.screen.texts import load
from kiosk.screen.view import view
from kiosk.session.contents import BinContent, Finding, InBin
from kiosk.session.pages import BinPage, BinsPage, CheckPage, MainPage, Menu, PaperPage, WaitPage
from kiosk.session.receipts import NO, YES
from kiosk.session.states import (
    Aid,
    Fault,
    Idle,
    Laid,
    Language,
    Part,
    Question,
    Receipt,
    ReceiptState,
    Rules,
    Session,
    Shape,
    Stage,
    Stopped,
    Summary,
    TypedBarcodes,
    Visit,
)
from kiosk.tagging import OurItem

SPEAK = load()
FR, EN = Language.FRENCH, Language.ENGLISH
BARCODE = "29059001234567"
UID = "E00401000C0FFEE1"
TITLE = "L'Élégance du hérisson"
AT = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
OPENING = SiteText("mardi 10 h", "Tuesday 10 am")
SHELF_MARK = "R CAM"
STAFFED = Place("Médiathèque", opening=OPENING)
UNSTAFFED = replace(STAFFED, staffed=False)
SLOT = replace(STAFFED, shape=Shape.SLOT)
VERDICTS: tuple[Verdict, ...] = (*Outcome, *KioskOutcome)


def answer(outcome, *notes, title=TITLE):
    return Returned(
        return_id=UUID(int=1),
        outcome=outcome,
        notes=notes,
        sort_hint=SortHint.SHELVE,
        title=title,
        shelf_mark=SHELF_MARK,
        received_at=AT,
    )


def laid(verdict, *notes, bin_name=None, **fields):
    """One settled item."""
    outcome = verdict if isinstance(verdict, Outcome) else Outcome.RETURNED
    accepted = facts(verdict).accepted
    settled = Laid(
        uid=Uid(UID),
        stage=Stage.SETTLED,
        item=OurItem(BARCODE, "FR-751131001", sure=True),
        return_id=UUID(int=1),
        occurred_at=AT,
        verdict=verdict,
        outcome=outcome if accepted else verdict,
        answer=answer(outcome, *notes),
        bin=("1" if accepted else "") if bin_name is None else bin_name,
    )
    return replace(settled, **fields)


BUSY = Laid(uid=Uid(UID))
UNREAD = InBin("", AT, why="unreadable")


def set_without_its_second_part(verdict=Outcome.PARTS_MISSING, **fields):
    parts = (Part(Uid(UID), 1), Part(Uid("E004015000000003"), 3))
    item = OurItem(BARCODE, "FR-751131001", sure=True, part=1, parts=3)
    return laid(verdict, item=item, parts=parts, answer=None, **fields)


def shown(phase, place=STAFFED, language=FR, **fields) -> Screen:
    return view(Session(phase=phase, language=language, **fields), place, SPEAK)


CASE = Laid(
    Uid(UID),
    stage=Stage.CHECKING,
    item=OurItem(BARCODE, "FR-751131001", sure=True),
    expected=Expected(True, SortHint.SHELVE, contents="1 livre, 1 disque"),
)


def asking(asked, *others, warned=False, **fields) -> Screen:
    """A visit in which something is asked about the first item."""
    items = (replace(asked, stage=Stage.CHECKING), *others)
    return shown(Visit(items), question=Question(2, warned), **fields)


def plain(text):
    """Text with ordinary spaces and apostrophes."""
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")


def row(item, place=STAFFED, language=FR):
    return shown(Visit((item,)), place, language).rows[0]


class TestEveryVerdict:
    @pytest.mark.parametrize("language", Language)
    @pytest.mark.parametrize("place", [STAFFED, UNSTAFFED], ids=["staffed", "unstaffed"])
    @pytest.mark.parametrize("verdict", VERDICTS)
    def test_has_words_a_shape_and_a_tone(self, verdict, place, language):
        found = row(laid(verdict), place, language)
        assert found.key == verdict.value
        assert found.headline
        assert found.action
        assert "{" not in found.headline + found.action
        assert found.symbol == {Tone.DONE: "✓", Tone.AGAIN: "↺", Tone.BACK: "✕"}[found.tone]

    @pytest.mark.parametrize("verdict", VERDICTS)
    def test_tone_follows_what_becomes_of_the_item(self, verdict):
        tone = row(laid(verdict)).tone
        if verdict is KioskOutcome.LAY_AGAIN:
            assert tone is Tone.AGAIN
        else:
            assert tone is (Tone.DONE if facts(verdict).accepted else Tone.BACK)

    @pytest.mark.parametrize(("language", "desk"), [(FR, "accueil"), (EN, "desk")])
    @pytest.mark.parametrize("verdict", VERDICTS)
    def test_nobody_is_sent_to_an_empty_desk(self, verdict, language, desk):
        with_staff = row(laid(verdict), STAFFED, language)
        without = row(laid(verdict), UNSTAFFED, language)
        assert (desk in with_staff.action) == (verdict in AT_THE_DESK)
        assert desk not in without.action
        if verdict in AT_THE_DESK:
            assert OPENING.to(language) in without.action

    @pytest.mark.parametrize("verdict", [v for v in VERDICTS if facts(v).accepted])
    def test_an_item_without_a_bin_is_not_sent_to_one(self, verdict):
        found = row(laid(verdict, bin_name=""))
        assert "bac" not in found.action

    @pytest.mark.parametrize("verdict", [v for v in VERDICTS if facts(v).accepted])
    def test_what_a_slot_has_swallowed_needs_no_hands(self, verdict):
        found = row(laid(verdict), SLOT)
        assert "bac" not in found.action
        if verdict is not KioskOutcome.LAY_AGAIN:
            assert plain(found.action) == "Rien d'autre à faire."

    def test_the_bin_is_named(self):
        assert plain(row(laid(Outcome.RETURNED, bin_name="7")).action).endswith("dans le bac 7.")

    @pytest.mark.parametrize("verdict", sorted(SWALLOWED))
    def test_what_is_in_a_bin_already_is_not_taken_back(self, verdict):
        found = row(laid(verdict, bin_name="4"), UNSTAFFED)
        assert found.tone is Tone.DONE
        assert plain(found.headline).startswith("Document reçu")

    def test_parts_are_named_where_the_catalogue_names_them(self):
        parts = Note(kind=NoteKind.CHECK_PARTS, text="le disque 2")
        assert "le disque 2" in row(laid(Outcome.PARTS_MISSING, parts)).action
        assert "la partie manquante" in row(laid(Outcome.PARTS_MISSING)).action

    def test_kept_items_show_the_local_time(self):
        kept = laid(KioskOutcome.KEPT_FOR_LATER)
        assert "14 h 05" in plain(row(kept).headline)
        assert "14:05" in row(kept, language=EN).headline
        assert "09:05" in row(kept, replace(STAFFED, time_zone="America/Martinique"), EN).headline


class TestNotes:
    def test_due_dates_in_plain_words(self):
        late = laid(Outcome.RETURNED, Note(kind=NoteKind.LATE, on=date(2026, 10, 12)))
        assert "le lundi 12 octobre." in plain(row(late).notes[0])
        assert "on Monday 12 October." in row(late, language=EN).notes[0]

    def test_the_first_of_a_month_and_another_year(self):
        late = laid(Outcome.RETURNED, Note(kind=NoteKind.LATE, on=date(2025, 12, 1)))
        assert "le lundi 1er décembre 2025." in plain(row(late).notes[0])
        assert "on Monday 1 December 2025." in row(late, language=EN).notes[0]

    @pytest.mark.parametrize("kind", [NoteKind.WAS_CLAIMED_RETURNED, NoteKind.MAY_BORROW_FROM])
    def test_what_is_for_staff_or_the_reader_alone_is_not_shown(self, kind):
        assert row(laid(Outcome.RETURNED, Note(kind=kind, on=date(2026, 12, 1)))).notes == ()

    def test_a_note_without_its_value_says_nothing(self):
        empty = (Note(kind=NoteKind.LATE), Note(kind=NoteKind.CHECK_PARTS))
        assert row(laid(Outcome.RETURNED, *empty)).notes == ()

    def test_a_note_is_said_once(self):
        lost = (Note(kind=NoteKind.WAS_LOST), Note(kind=NoteKind.WAS_MISSING))
        assert len(row(laid(Outcome.RETURNED, *lost)).notes) == 1

    def test_an_item_given_back_has_no_notes(self):
        late = Note(kind=NoteKind.LATE, on=date(2026, 10, 12))
        assert row(laid(Outcome.NEEDS_STAFF, late)).notes == ()


class TestIdle:
    @pytest.mark.parametrize("language", Language)
    def test_two_languages_together_the_chosen_one_first(self, language):
        everywhere = replace(STAFFED, languages=tuple(Language))
        screen = shown(Idle(), everywhere, language=language)
        assert screen.state is State.IDLE
        assert screen.count is None
        assert {screen.language, *screen.others} == set(Language)
        assert screen.language is language
        assert [it.language for it in screen.also] == [EN if language is FR else FR]

    def test_french_and_english(self):
        screen = shown(Idle())
        assert screen.headline == "Posez vos documents ici."
        assert [it.headline for it in screen.also] == ["Lay your items here."]
        assert screen.others == (EN,)

    def test_a_slot_takes_one_at_a_time(self):
        screen = shown(Idle(), SLOT)
        assert plain(screen.headline) == "Présentez un document à la fois."
        assert "flap" in screen.also[0].action

    def test_the_library_has_something_to_say(self):
        both = replace(STAFFED, message=SiteText("Fermé jeudi.", "Closed on Thursday."))
        one = replace(STAFFED, message=SiteText("Fermé jeudi."))
        assert [it.headline for it in shown(Idle(), both).messages] == [
            "Fermé jeudi.",
            "Closed on Thursday.",
        ]
        assert [it.headline for it in shown(Idle(), one).messages] == ["Fermé jeudi."]
        assert shown(Idle()).messages == ()

    def test_closed(self):
        screen = shown(Idle(), replace(STAFFED, closed=True))
        assert "fermée" in screen.headline
        assert "mardi 10 h" in screen.action
        assert "Tuesday 10 am" in screen.also[0].action

    def test_offline_is_said_in_all_languages(self):
        assert [it.language for it in shown(Idle(), online=False).banners] == [FR, EN]
        assert shown(Idle()).banners == ()


class TestVisit:
    @pytest.mark.parametrize("language", Language)
    def test_a_set_says_which_parts_are_still_missing(self, language):
        screen = shown(
            Visit((set_without_its_second_part(stage=Stage.GATHERING),)), STAFFED, language
        )
        assert screen.rows[0].key == "gathering"
        assert "2" in screen.rows[0].headline
        assert screen.rows[0].action

    def test_a_set_that_waited_in_vain_names_the_parts_to_be_added(self):
        found = row(set_without_its_second_part())
        assert found.tone is Tone.BACK
        assert "partie 2 sur 3" in found.action

    def test_where_the_parts_have_no_tags_the_patron_is_asked_to_look(self):
        named = Note(kind=NoteKind.CHECK_PARTS, text="2 disques")
        (note,) = row(laid(Outcome.RETURNED, named)).notes
        assert "2 disques" in note

    @pytest.mark.parametrize("check", sorted(set(PartsCheck) - {PartsCheck.NONE}))
    def test_who_was_asked_or_laid_each_part_is_not_told_to_look_again(self, check):
        named = Note(kind=NoteKind.CHECK_PARTS, text="2 disques")
        notes = row(laid(Outcome.RETURNED, named, check=check)).notes
        silent = check is PartsCheck.NO_ANSWER
        assert notes == (("Un bibliothécaire vérifiera le contenu.",) if silent else ())

    def test_the_question_names_the_contents_and_its_answers(self):
        screen = asking(CASE)
        assert plain(screen.headline) == "1 document lu."
        assert screen.action == "Répondez à la question, s’il vous plaît."
        said = screen.banners[0]
        assert plain(said.headline) == "Tout y est ?"
        assert plain(said.action) == "Vérifiez le contenu : 1 livre, 1 disque."
        assert [it.label for it in screen.buttons] == [
            "Oui, tout y est",
            "Non, il manque une partie",
        ]
        assert screen.state is State.VISIT
        item = OurItem(BARCODE, "FR-751131001", sure=True, part=1, parts=3)
        assert "3 parties" in plain(asking(Laid(Uid(UID), item=item)).banners[0].action)

    def test_the_question_stands_alone_and_is_said_aloud(self):
        screen = asking(CASE, online=False)
        assert len(screen.banners) == 1
        before = shown(Visit((replace(CASE, stage=Stage.READING),)))
        said = plain(announce(before, screen))
        assert said.endswith(
            "Tout y est ? Vérifiez le contenu : 1 livre, 1 disque. "
            "Oui, tout y est. Non, il manque une partie."
        )

    def test_what_is_returned_meanwhile_does_not_drown_the_question(self):
        said = announce(asking(CASE, BUSY), asking(CASE, laid(Outcome.RETURNED)))
        assert said.startswith("Retour enregistré.")
        assert said.endswith("Non, il manque une partie.")

    @pytest.mark.parametrize(
        ("present", "means"), [(True, "un bibliothécaire vérifiera"), (False, "pas enregistré")]
    )
    def test_in_time_it_says_what_no_answer_means(self, present, means):
        case = replace(CASE, present=present)
        quiet, warned = asking(case), asking(case, warned=True)
        assert means not in quiet.banners[0].action
        assert means in warned.banners[0].action
        assert "20 s" in plain(warned.banners[0].action)
        assert means in announce(quiet, warned)

    def test_what_else_is_read_meanwhile_is_said(self):
        screen = asking(CASE, BUSY)
        assert screen.rows[1].headline == "Lecture en cours…"
        assert plain(screen.headline) == "1 document lu."

    def test_what_is_said_to_be_incomplete_names_no_part_that_nobody_knows(self):
        named = Note(kind=NoteKind.CHECK_PARTS, text="1 livre, 1 disque")
        given_back = row(laid(Outcome.PARTS_MISSING, named, check=PartsCheck.INCOMPLETE))
        assert "la partie manquante" in given_back.action
        kept = laid(Outcome.PARTS_MISSING, named, check=PartsCheck.INCOMPLETE, bin_name="4")
        assert "bac 4" in row(kept).action
        assert "la partie manquante" in row(kept).action
        assert "bac" not in row(kept, SLOT).action

    def test_an_open_flap_says_what_to_do(self):
        session = {"rules": Rules(shape=Shape.SLOT)}
        screen = shown(Visit((laid(Outcome.RETURNED, stage=Stage.SORTING),)), **session)
        assert screen.headline == "La trappe est ouverte."

    def test_a_slot_asks_for_one_thing_at_a_time(self):
        session = {"rules": Rules(shape=Shape.SLOT)}
        two = (laid(Outcome.RETURNED, stage=Stage.WAITING), BUSY)
        assert "à la fois" in shown(Visit(two), **session).headline

    @pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.SETTLED, *ASKS_FOR_A_HAND}))
    def test_busy(self, stage):
        screen = shown(Visit((laid(Outcome.RETURNED, stage=stage),)))
        assert screen.state is State.READING
        assert screen.headline == screen.rows[0].headline == "Lecture en cours…"
        assert screen.rows[0].tone is Tone.BUSY

    @pytest.mark.parametrize(
        ("number", "french", "english"),
        [
            (0, "0 document lu.", "0 items read."),
            (1, "1 document lu.", "1 item read."),
            (2, "2 documents lus.", "2 items read."),
            (41, "41 documents lus.", "41 items read."),
        ],
    )
    def test_count(self, number, french, english):
        items = (laid(Outcome.RETURNED),) * number
        for language, sentence in ((FR, french), (EN, english)):
            count = shown(Visit(items), language=language).count
            assert count is not None
            assert (count.number, plain(count.sentence)) == (number, sentence)

    def test_what_was_not_read_is_not_counted(self):
        unread = replace(laid(KioskOutcome.UNREADABLE), item=None)
        card = replace(laid(KioskOutcome.PATRON_CARD), item=None)
        twin = replace(laid(KioskOutcome.SEEN_ALREADY), item=None)
        foreign = replace(laid(KioskOutcome.NOT_OURS), item=None)
        count = shown(Visit((unread, card, twin, foreign, BUSY))).count
        assert count is not None
        assert count.number == 1

    def test_tally(self):
        tally = shown(Visit((laid(Outcome.RETURNED),) * 2 + (laid(KioskOutcome.BIN_FULL),))).tally
        assert [(it.tone, it.number, it.label) for it in tally] == [
            (Tone.DONE, 2, "rendus"),
            (Tone.BACK, 1, "à reprendre"),
        ]

    def test_titles_are_off_by_a_setting(self):
        assert row(laid(Outcome.RETURNED)).title == TITLE
        hidden = row(laid(Outcome.RETURNED), replace(STAFFED, show_titles=False))
        assert (hidden.title, hidden.shelf_mark) == ("", "")
        assert row(laid(Outcome.RETURNED), STAFFED).shelf_mark == SHELF_MARK

    def test_offline(self):
        screen = shown(Visit((laid(KioskOutcome.KEPT_FOR_LATER),)), online=False)
        assert [it.language for it in screen.banners] == [FR]


class TestSummary:
    @pytest.mark.parametrize(
        ("done", "back", "french", "english"),
        [
            (1, 0, "1 document rendu. Merci !", "1 item returned. Thank you!"),
            (3, 0, "3 documents rendus. Merci !", "3 items returned. Thank you!"),
            (0, 2, "0 rendu, 2 à reprendre.", "0 returned, 2 to take back."),
            (2, 1, "2 rendus, 1 à reprendre.", "2 returned, 1 to take back."),
        ],
    )
    def test_counts(self, done, back, french, english):
        items = (laid(Outcome.RETURNED),) * done + (laid(Outcome.UNKNOWN_ITEM),) * back
        screen = shown(Summary(items))
        assert plain(screen.headline) == french
        assert plain(shown(Summary(items), language=EN).headline) == english
        assert screen.tone is (Tone.BACK if back else Tone.DONE)
        assert ("croix" in screen.action) == bool(back)

    def test_what_is_returned_but_not_secured_is_asked_for_again(self):
        screen = shown(Summary((laid(Outcome.RETURNED), laid(KioskOutcome.LAY_AGAIN))))
        assert screen.tone is Tone.AGAIN
        assert plain(screen.headline) == "2 documents rendus. Merci !"
        assert "flèche" in screen.action
        assert [it.tone for it in screen.rows] == [Tone.AGAIN, Tone.DONE]

    def test_titles_and_notes_of_what_is_done_are_gone(self):
        late = laid(Outcome.RETURNED, Note(kind=NoteKind.LATE, on=date(2026, 10, 12)))
        rows = shown(Summary((late, laid(Outcome.NEEDS_STAFF)))).rows
        assert [(it.number, it.title, it.notes) for it in rows] == [(2, TITLE, ()), (1, "", ())]


class TestStopped:
    def test_nothing_laid(self):
        screen = shown(Stopped(), faults=frozenset({Fault.READER}))
        assert screen.state is State.OUT_OF_SERVICE
        assert (screen.count, screen.rows) == (None, ())
        assert "à l'accueil." in plain(screen.action)
        assert screen.also[0].headline == "This return machine is out of service."

    def test_another_place(self):
        place = replace(STAFFED, other_place=SiteText("3 rue du Lac"))
        screen = shown(Stopped(), place)
        assert "ou ici : 3 rue du Lac." in plain(screen.action)
        assert "or here: 3 rue du Lac." in screen.also[0].action

    def test_without_staff(self):
        screen = shown(Stopped(), UNSTAFFED)
        assert plain(screen.action) == "Gardez vos documents. Réouverture : mardi 10 h."
        elsewhere = replace(UNSTAFFED, other_place=SiteText("3 rue du Lac"))
        assert "ou rendez-les ici : 3 rue du Lac." in plain(shown(Stopped(), elsewhere).action)
        sentence = SiteText("Les jours de panne ne comptent pas.")
        said = shown(Stopped(), replace(UNSTAFFED, late_sentence=sentence)).action
        assert said.endswith("mardi 10 h. Les jours de panne ne comptent pas.")

    def test_in_the_middle_of_a_visit(self):
        items = (
            laid(Outcome.RETURNED),
            laid(KioskOutcome.LAY_AGAIN, outcome=Outcome.HOLD_CAPTURED),
            laid(Outcome.NEEDS_STAFF, answer=None),
        )
        screen = shown(Stopped(items))
        assert screen.state is State.OUT_OF_SERVICE
        assert plain(screen.headline) == "2 documents rendus. Reprenez les autres."
        assert [(it.key, it.symbol, it.title) for it in screen.rows] == [
            ("needs_staff", "✕", ""),
            ("returned", "✓", ""),
            ("hold_captured", "✓", ""),
        ]
        assert screen.banners[0].headline == "Cet automate est arrêté."

    def test_what_was_promised_is_still_on_its_way(self):
        screen = shown(Stopped((laid(Outcome.RETURNED, stage=Stage.ASKING),)))
        assert screen.headline == "Lecture en cours…"

    def test_all_accepted(self):
        screen = shown(Stopped((laid(Outcome.RETURNED),)))
        assert plain(screen.headline) == "1 document rendu. Merci !"


class TestPrivacy:
    """Whatever is shown or said: no name, no number, no penalty."""

    @given(
        verdicts=st.lists(st.sampled_from(VERDICTS), max_size=4),
        phase=st.sampled_from([Visit, Summary, Stopped]),
        language=st.sampled_from(list(Language)),
        stage=st.sampled_from(list(Stage)),
        place=st.sampled_from([STAFFED, UNSTAFFED, SLOT]),
        aids=st.frozensets(st.sampled_from(list(Aid))),
        online=st.booleans(),
    )
    def test_no_barcode_no_tag_no_return_number(
        self, verdicts, phase, language, stage, place, **at
    ):
        items = tuple(laid(verdict, stage=stage) for verdict in verdicts)
        screen = shown(phase(items), place, language, **at)
        everything = json.dumps(asdict(screen)) + announce(None, screen)
        for secret in (BARCODE, UID, str(UUID(int=1))):
            assert secret not in everything

    @pytest.mark.parametrize("language", Language)
    def test_a_penalty_is_not_shown(self, language):
        note = Note(kind=NoteKind.MAY_BORROW_FROM, on=date(2031, 12, 1), text="Ida Inconnue")
        for verdict, place, phase in product(
            VERDICTS, (STAFFED, UNSTAFFED, SLOT), (Visit, Summary, Stopped)
        ):
            screen = shown(phase((laid(verdict, note),)), place, language)
            everything = json.dumps(asdict(screen), ensure_ascii=False) + announce(None, screen)
            assert "2031" not in everything
            assert "Inconnue" not in everything

    @pytest.mark.parametrize("language", Language)
    def test_no_text_speaks_of_the_bearer_as_the_borrower(self, language):
        words = " ".join(str(it) for it in SPEAK.catalogues[language]._catalog.values()).lower()
        for accusation in (
            "votre compte", "your account", "vous êtes", "you are ", "suspen", "amende", "fine ",
            "pénalité", "penalt", "su cuenta", "multa", "a sua conta", "غرامة", "حسابكم",
        ):  # fmt: skip
            assert accusation not in words


class TestAnnounce:
    def test_each_item_once_it_is_settled_and_never_a_title(self):
        before = shown(Visit((laid(Outcome.RETURNED), BUSY)))
        after = shown(Visit((laid(Outcome.RETURNED), laid(KioskOutcome.NOT_OURS), BUSY)))
        said = announce(before, after)
        assert "autre bibliothèque" in said
        assert "Retour enregistré" not in said
        assert announce(after, after) == ""
        assert TITLE not in announce(None, shown(Visit((laid(Outcome.RETURNED),))))

    def test_a_voice_that_is_switched_on_says_what_is_there(self):
        items = (laid(Outcome.RETURNED), laid(KioskOutcome.NOT_OURS))
        quiet = shown(Visit(items))
        said = announce(quiet, shown(Visit(items), aids=frozenset({Aid.SPEECH})))
        assert said == f"{quiet.headline} {quiet.action}"

    def test_another_state_or_language_is_announced_whole(self):
        idle = shown(Idle())
        assert announce(None, idle) == "Posez vos documents ici. Sans carte, sans toucher l’écran."
        assert announce(idle, shown(Idle(), language=EN)).startswith("Lay your items here.")


@pytest.mark.parametrize("wrong", [{"staffed": False}, {"closed": True}])
def test_a_place_without_staff_must_say_when_it_opens(wrong):
    with pytest.raises(ValueError, match="when it opens"):
        Place("Médiathèque", **wrong)


class TestReceipt:
    @pytest.mark.parametrize("language", Language)
    @pytest.mark.parametrize("state", ReceiptState)
    def test_every_state_is_said_and_only_a_question_has_buttons(self, state, language):
        summary = Summary((laid(Outcome.RETURNED),), Receipt("4F7K-29QM-3", state))
        screen = shown(summary, language=language)
        said = screen.banners[0].headline + screen.banners[0].action
        assert "{" not in said
        assert bool(screen.buttons) == (state is ReceiptState.ASKED)
        without_paper = {ReceiptState.NO_PAPER, ReceiptState.NOT_PRINTED}
        assert ("4F7K-29QM-3" in said) == (state in without_paper)

    def test_yes_is_what_the_session_hears(self):
        asked = shown(Summary((laid(Outcome.RETURNED),), Receipt("4F7K-29QM-3")))
        assert [button.key for button in asked.buttons] == [YES, NO]


def menu(page, **fields):
    return {"menu": Menu(page, 1), **fields}


class TestMenuOfStaff:
    PAGES = (
        MainPage(),
        BinsPage((("1", 3), ("2", 0))),
        BinPage(BinContent("1", (InBin(BARCODE, AT, "returned", TITLE), UNREAD)), emptied=False),
        BinPage(BinContent("1", ()), emptied=True),
        CheckPage((Finding("reader", well=False, detail="lost"),)),
        WaitPage(),
        *(PaperPage(paper) for paper in Paper),
    )

    @pytest.mark.parametrize("language", Language)
    @pytest.mark.parametrize("page", PAGES)
    def test_every_page_has_words_and_a_way_back(self, page, language):
        screen = shown(Idle(), language=language, **menu(page))
        assert screen.state is State.STAFF
        assert screen.headline
        assert screen.buttons
        assert "{" not in screen.headline + "".join(it.label for it in screen.buttons)

    def test_staff_see_what_lies_in_a_bin(self):
        screen = shown(Idle(), **menu(self.PAGES[2]))
        assert screen.lines[0] == f"{BARCODE} · {TITLE}"
        assert "lire" in screen.lines[1]

    def test_a_set_that_waits_can_be_accepted(self):
        visit = Visit((set_without_its_second_part(recorded=False),))
        labels = [button.label for button in shown(visit, **menu(MainPage())).buttons]
        assert plain(labels[0]) == "Accepter l'ensemble incomplet"

    def test_a_barcode_may_be_typed_where_the_site_wants_it(self):
        dead = Visit((laid(KioskOutcome.UNREADABLE),))
        for who, asked in ((TypedBarcodes.EVERYBODY, True), (TypedBarcodes.STAFF, False)):
            assert shown(dead, rules=Rules(typed_barcodes=who)).asks_barcode is asked
        assert shown(Idle(), **menu(MainPage())).asks_barcode
