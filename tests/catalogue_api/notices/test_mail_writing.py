"""The words of notices: complete in every language, harmless whatever stands in them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_world import HOUSE, SENDER

from catalogue_api.domain.mailing import line
from catalogue_api.domain.notices import NOTICES, NoticeKind
from catalogue_api.mail.message import as_message
from catalogue_api.mail.writing import LANGUAGES, House, Writer
from catalogue_api.services.notices.outbox import Letter

WHEN = datetime(2026, 12, 1, 13, 30, tzinfo=UTC)
LOANS = [{"title": "L’Été", "due_on": date(2026, 12, 1)}]
VALUES = {
    "site": "Cachan", "starts_at": WHEN, "ends_at": WHEN, "was_starts_at": WHEN, "until": WHEN,
    "confirm_by": WHEN, "title": "L’Été", "number": 4, "loans": LOANS, "code": "12345678",
    "computer": "3", "remark": "Panne de courant", "token": "abc", "answer": "Oui.",
    "question_lines": ["Avez-vous", "ce livre ?"], "decision": "ordered",
    "hold": 1, "ready_at": WHEN, "changed_at": WHEN,
}  # fmt: skip
WRITER = Writer(HOUSE, ZoneInfo("Europe/Paris"))


def letter(kind=NoticeKind.HOLD_READY, name="Ida Inconnue", language="fr", **values) -> Letter:
    token = "" if NOTICES[kind].duty else "1.x~y"
    said = VALUES | values
    said["together"] = [said]
    return Letter(1, "key", kind, "ida@example.org", name, language, said, token)


def mailed(one: Letter):
    raw = as_message(one, WRITER.write(one), HOUSE, SENDER, WHEN)
    head, _, body = raw.decode("ascii").partition("\r\n\r\n")
    assert max(map(len, head.split("\r\n"))) <= 998
    assert max(map(len, body.split("\r\n"))) <= 78
    return message_from_bytes(raw, policy=policy.default)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_has_its_words_in_every_language(kind, language) -> None:
    message = mailed(letter(kind, language=language))
    body = message.get_content()
    assert message["Content-Language"] == language
    assert "L’Été" not in message["Subject"], "subjects name nothing"
    assert not any(sign in body for sign in "{}%"), body
    assert "\n\n\n" not in body
    assert body.rstrip().endswith(("https://biblio.example.org", "1.x~y"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_mail_tells_of_several_reservations(language) -> None:
    one = letter(language=language)
    several = replace(one, together=(2,), values=one.values | {"together": [one.values] * 2})
    message = mailed(several)
    assert message.get_content().count("- L’Été") == 2
    assert message["Subject"] != mailed(one)["Subject"]


def test_the_same_keys_stand_in_every_language() -> None:
    keys = [WRITER._words[language].all_keys for language in LANGUAGES]
    assert keys[0] == keys[1]


def test_what_is_no_duty_says_how_to_stop_it_and_a_duty_does_not() -> None:
    reminder = mailed(letter(NoticeKind.DUE_SOON))
    address = "https://biblio.example.org/desabonnement/1.x~y"
    assert reminder["List-Unsubscribe"] == f"<{address}>"
    assert reminder["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in reminder.get_content()
    duty = mailed(letter(NoticeKind.HOLD_READY))
    assert duty["List-Unsubscribe"] is None
    assert "desabonnement" not in duty.get_content()


def test_a_long_address_stays_one_that_mail_programs_read() -> None:
    house = House("É", "https://mediatheques.une-tres-longue-communaute-de-communes.example.org")
    one = replace(letter(NoticeKind.DUE_SOON), unsubscribe="123456789.due_soon~" + "A" * 32)
    raw = as_message(one, Writer(house, ZoneInfo("Europe/Paris")).write(one), house, SENDER, WHEN)
    rows = raw.decode("ascii").split("\r\n")
    assert f"List-Unsubscribe: <{house.portal}/desabonnement/{one.unsubscribe}>" in rows


def test_a_mail_says_who_wrote_it_and_that_nobody_did() -> None:
    message = mailed(letter())
    assert message["From"] == "Médiathèques de Cachan <biblio@example.org>"
    assert message["Reply-To"] == "accueil@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == mailed(letter(language="en"))["Message-ID"]
    assert message["Message-ID"].endswith("@example.org>")


def test_an_unknown_language_is_written_to_in_french() -> None:
    assert mailed(letter(language="pt-BR"))["Content-Language"] == "fr"
    assert mailed(letter(language="en-GB"))["Content-Language"] == "en"


def test_days_and_hours_are_those_of_the_library() -> None:
    said = mailed(letter(NoticeKind.SLOT_SOON)).get_content()
    assert "mardi 1er décembre à 14\u00a0h\u00a030" in said, "no line breaks within an hour"
    said = mailed(letter(NoticeKind.SLOT_SOON, language="en")).get_content()
    assert "Tuesday 1 December at 14:30" in said


HOSTILE = [
    "Zoé\r\nBcc: everybody@example.org", 'Zoé" <x@y.z>, "', "Zoé\u202eeoZ", "ζωή 图书馆 كتاب",
    "É" * 500, "=?utf-8?q?x?=", "Zoé =?utf-8?q?x=0D=0ABcc:_everybody@example.org?=",
    "=?utf-8?q?x=0D=0A=0D=0ADear_all?=", "=?utf-8?q?x=0AB=3A?=",
    "\x00\x07", "{{ 7 * 7 }}{house.name}%s", "a,b;c:d@e",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_titles_stay_where_they_belong(text) -> None:
    _judge(text)


@given(st.text(max_size=400))
@settings(max_examples=25, deadline=None)
def test_whatever_stands_in_a_name_or_a_title_no_header_comes_of_it(text) -> None:
    _judge(text)


def _judge(text: str) -> None:
    message = mailed(letter(name=line(text, 100), title=line(text)))
    assert [to.addr_spec for to in message["To"].addresses] == ["ida@example.org"]
    assert message["Bcc"] is None
    assert set(message.keys()) == {
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "Auto-Submitted",
        "Content-Language", "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert line(text) in message.get_content()
