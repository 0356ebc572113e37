"""Addresses that can be written to, what a server's answer means, when it is tried again."""

from datetime import timedelta

import pytest

from catalogue_api.domain.mailing import Answer, Stage, Verdict, judge, line, mailbox, pause


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("ida@example.org", "ida@example.org"),
        (" Ida.Inconnue+x@Example.org ", "Ida.Inconnue+x@Example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
        ("ida@médiathèque.fr", "ida@xn--mdiathque-53af.fr"),
        ("ida@a-b.c1.example", "ida@a-b.c1.example"),
    ],
)
def test_an_address_is_written_to(text, address) -> None:
    assert mailbox(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", "ida", "ida@", "@example.org", "ida@localhost", "ida@example..org", "ida@-x.org",
        "a@b.org,c@d.org", "a@b.org c@d.org", "a@b.org\r\nRCPT TO:<c@d.org>", "<a@b.org>",
        "Ida <a@b.org>", '"a b"@c.org', "a@[127.0.0.1]", ".a@b.org", "a..b@c.org", "a.@b.org",
        "é@example.org", "x" * 65 + "@b.org", "a@" + "b" * 250 + ".org", "a@b@c.org", "a\x00@b.org",
        "a@exa mple.org", "a@example.org.", "a@\u2024.org",
    ],
)  # fmt: skip
def test_what_is_no_address_of_one_mailbox_is_not_written_to(text) -> None:
    assert mailbox(text) == ""


@pytest.mark.parametrize(
    ("stage", "code", "text", "verdict"),
    [
        (Stage.CONNECTION, 0, "", Verdict.SERVER_AWAY),
        (Stage.CONNECTION, 535, "5.7.8 bad credentials", Verdict.SERVER_AWAY),
        (Stage.CONNECTION, 421, "", Verdict.SERVER_AWAY),
        (Stage.SENDER, 550, "5.1.0 who are you", Verdict.SERVER_AWAY),
        (Stage.SENDER, 451, "", Verdict.SERVER_AWAY),
        (Stage.RECIPIENT, 550, "5.1.1 unknown", Verdict.ADDRESS),
        (Stage.RECIPIENT, 550, "no such user", Verdict.ADDRESS),
        (Stage.RECIPIENT, 550, "5.2.1 disabled", Verdict.ADDRESS),
        (Stage.RECIPIENT, 552, "5.2.2 full", Verdict.LATER),
        (Stage.RECIPIENT, 550, "5.7.1 denied", Verdict.LATER),
        (Stage.RECIPIENT, 550, "relay not permitted", Verdict.LATER),
        (Stage.RECIPIENT, 503, "bad sequence", Verdict.LATER),
        (Stage.RECIPIENT, 421, "", Verdict.LATER),
        (Stage.RECIPIENT, 0, "", Verdict.LATER),
        (Stage.MESSAGE, 452, "", Verdict.LATER),
        (Stage.MESSAGE, 554, "rejected", Verdict.NEVER),
        (Stage.MESSAGE, 550, "5.7.1 spam", Verdict.NEVER),
        (Stage.MESSAGE, 550, "5.1.1 unknown", Verdict.ADDRESS),
        (Stage.MESSAGE, 0, "", Verdict.LATER),
    ],
)
def test_what_an_answer_means(stage, code, text, verdict) -> None:
    assert judge(Answer(stage, code, text)) is verdict


def test_pauses_double_and_end_at_two_hours_more_or_less() -> None:
    minutes = [pause(tries, 0.5) / timedelta(minutes=1) for tries in (0, 1, 2, 3, 7, 8, 10**9)]
    assert minutes == [1, 1, 2, 4, 64, 120, 120]
    assert pause(8, 0) == timedelta(minutes=90)
    assert pause(8, 1) == timedelta(minutes=150)


def test_a_line_is_one_line_and_not_too_long() -> None:
    assert line(" a\r\nb\u202ec\u200bd ") == "a b c d"
    assert line("abcdef", 4) == "abc…"
    assert line("") == ""
