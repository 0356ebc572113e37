"""Mails that come back later: read whatever arrives, believed only with the mark of our own."""

import io
import json
import sys
from datetime import timedelta
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from types import SimpleNamespace

import pytest
from catalogue_world import TODAY
from hypothesis import given, settings
from hypothesis import strategies as st
from mail_world import post_office, sent, states, tell, write_to
from typer.testing import CliRunner

from catalogue_api.__main__ import app
from catalogue_api.domain.mailing import Verdict, judge_returned
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.mail.message import MARK
from catalogue_api.mail.returned import LONGEST, Returned, read_returned
from catalogue_api.services.holds.hold_mails import tell_ready
from catalogue_api.services.notices.returned_mail import note_returned
from catalogue_api.storage.tables import Hold

NO_SUCH_USER = "smtp; 550 5.1.1 <ida@example.org>: Recipient address rejected: User unknown"


def report(
    original: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = NO_SUCH_USER,
    headers_only: bool = False,
) -> bytes:
    """Return what a mail server sends back, in the shape of RFC 3464."""
    whole = MIMEMultipart("report", **{"report-type": "delivery-status"})
    whole["From"] = "MAILER-DAEMON@mx.example.net (Mail Delivery System)"
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole.attach(MIMEText("I’m sorry to have to inform you …", "plain", "utf-8"))
    told = MIMEBase("message", "delivery-status")
    recipient = {"Final-Recipient": "rfc822; ida@example.org", "Action": action, "Status": status,
                 "Diagnostic-Code": diagnostic}  # fmt: skip
    for group in ({"Reporting-MTA": "dns; mx.example.net"}, recipient):
        fields = EmailMessage()
        for name, value in group.items():
            if value:
                fields[name] = value
        told.attach(fields)
    whole.attach(told)
    kind = ("text", "rfc822-headers") if headers_only else ("message", "rfc822")
    back = MIMEBase(*kind)
    if headers_only:
        back.set_payload(original)
    else:
        inner = EmailMessage()
        for row in original.split("\n\n", 1)[0].splitlines():
            name, _, value = row.partition(": ")
            inner[name] = value
        back.attach(inner)
    whole.attach(back)
    return whole.as_bytes()


@pytest.mark.parametrize("headers_only", [True, False])
def test_a_report_says_which_mail_came_back_and_why(headers_only) -> None:
    back = report(f"Subject: Pret\n{MARK}: 1-2.ab~cd\n\nBonjour", headers_only=headers_only)
    found = read_returned(back)
    assert found == Returned("1-2.ab~cd", Verdict.ADDRESS, f"5.1.1 {NO_SUCH_USER}")


def test_what_does_not_say_that_a_mail_of_ours_came_back_is_let_be() -> None:
    ours = f"{MARK}: 1.ab~cd\n\n"
    for action in ("delayed", "delivered", "relayed", ""):
        assert read_returned(report(ours, action=action)) is None
    assert read_returned(report("Subject: theirs\n\n")) is None
    assert read_returned(b"Subject: Absent\r\n\r\nJe suis en vacances.") is None
    assert read_returned(f"{MARK}: 1.ab~cd\nAction: failed\n\n".encode()) is None
    assert read_returned(report(f"{MARK}: {'1-' * 2000}.ab~cd\n\n")) is None


@pytest.mark.parametrize(
    ("status", "diagnostic", "address"),
    [
        ("5.1.1", "", True),
        ("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound", True),
        ("5.0.0", "smtp; 550 no such user here", True),
        ("5.0.0", "", False),
        ("5.2.1", "smtp; 550 mailbox disabled", True),
        ("5.2.2", "smtp; 552 5.2.2 mailbox full", False),
        ("5.7.1", "smtp; 550 5.7.1 refused by policy", False),
        ("4.4.7", "smtp; 421 4.4.7 delivery time expired", False),
        ("4.4.1", "", False),
        ("rubbish", "x-unix; 77", False),
    ],
)
def test_whose_fault_it_is(status, diagnostic, address) -> None:
    assert judge_returned(status, diagnostic) is (Verdict.ADDRESS if address else Verdict.NEVER)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 900))
def test_no_bytes_break_the_reading(noise, at) -> None:
    whole = report(f"{MARK}: 1.ab~cd\n\n")
    read_returned(noise)
    read_returned(whole[:at] + noise + whole[at:])
    read_returned(whole[:at])


@pytest.mark.server
def test_a_mail_that_is_made_to_break_the_reading_does_not() -> None:
    head = b"Content-Type: multipart/report; boundary=b\n\n--b\n"
    deep = head + b"Content-Type: message/rfc822\n\n" * 20_000
    nested = b"".join(
        b"Content-Type: multipart/report; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)
    )
    folded = b"Content-Type: multipart/report; " + b'a*0*="\xff";' * 20_000 + b"\n\n"
    for hostile in (deep, nested, folded, b"\0" * LONGEST, b"--b\n" * 200_000):
        assert read_returned(hostile) is None


def returned(world, letter, **values) -> tuple | None:
    """Bring a letter back, as the command does."""
    rows = "\n".join(f"{name}: {value}" for name, value in letter.items() if name == MARK)
    found = read_returned(report(f"{rows}\n\n", headers_only=True, **values))
    assert found is not None
    rules = world.rules.current
    return world.database.write_now(
        lambda db: note_returned(
            db, found.mark, found.verdict, found.said, world.now, rules(db.connection())
        )
    )


async def test_who_was_not_reached_is_on_the_call_list(world, visitor) -> None:
    write_to(world)
    ready = {"status": "ready", "item_id": 1, "shelf_number": 12, "ready_at": world.now}
    hold = world.hold(1, patron=1, expires_on=TODAY, **ready)
    world.database.write_now(lambda db: tell_ready(db, db.get_one(Hold, hold)))
    tell(world)
    world.now += timedelta(minutes=11)  # others might have become ready
    async with post_office() as post:
        await sent(world, post)
    assert "Ida" not in (await visitor.open("/desk/holds/to-tell")).said
    assert states(world) == [("sent", ""), ("sent", "")]
    for _, letter in post.letters:
        settled = returned(world, letter)
        assert settled is not None
        assert len(settled) == 1
        assert returned(world, letter) == (), "a second report finds nothing left to do"
    assert states(world) == [("to_tell", "address_refused")] * 2
    assert world.row("SELECT failing_email, email FROM patrons WHERE id = 1") == (
        "ida@example.org", "ida@example.org",
    )  # fmt: skip
    assert world.row("SELECT told_at, told_how FROM holds") == (None, "")
    assert "Inconnue" in (await visitor.open("/desk/holds/to-tell")).said
    assert "Ordinateur annulé" in (await visitor.open("/desk/notices/to-tell")).said
    assert "les courriels y sont refusés" in (await visitor.open("/desk/readers/1")).said


async def test_an_address_is_marked_only_where_the_report_is_about_it(world) -> None:
    write_to(world)
    for number in (1, 2):
        tell(world, number)
    async with post_office() as post:
        await sent(world, post)
    (_, full), (_, moved) = post.letters
    full_says = "smtp; 552 5.2.2 mailbox full"
    assert returned(world, full, status="5.2.2", diagnostic=full_says)
    assert states(world)[0] == ("to_tell", "message_refused")
    write_to(world, email="ida@elsewhere.example")
    assert returned(world, moved)
    assert states(world)[1] == ("to_tell", "address_refused")
    assert world.row("SELECT failing_email FROM patrons WHERE id = 1") == ("",)


async def test_what_is_over_is_told_by_nobody_and_what_is_forged_changes_nothing(world) -> None:
    write_to(world)
    tell(world, 1, NoticeKind.SLOT_SOON, ends_at="2026-12-24T10:30:00+00:00")
    tell(world, 2)
    async with post_office() as post:
        await sent(world, post)
    (_, soon), (_, cancelled) = sorted(post.letters, key=lambda one: str(one[1][MARK]))
    for mark in ("2.ab~cd", "", "2", soon[MARK].replace("1.", "2."), soon[MARK][:-1] + "é"):
        forged = {MARK: mark} if mark.isascii() and mark else {MARK: "x~y"}
        assert returned(world, forged) is None
    world.now = world.now.replace(month=12, day=25)
    assert returned(world, cancelled) == ()
    assert states(world) == [("sent", ""), ("sent", "")]


@pytest.mark.server
def test_the_command_reads_what_the_mail_server_pipes_to_it(tmp_path, monkeypatch) -> None:
    database = f"sqlite:///{tmp_path / 'library.db'}"
    runner = CliRunner()
    assert runner.invoke(app, ["--database", database, "migrate"]).exit_code == 0

    def bounce(mail: bytes, at: str = database):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(mail)))
        return runner.invoke(app, ["--database", at, "mail", "bounce", "--json"], input=mail)

    for mail in (b"", b"\xff\0", report("Subject: theirs\n\n"), report(f"{MARK}: 1.a~b\n\n")):
        said = bounce(mail)
        assert (said.exit_code, json.loads(said.stdout)) == (0, {"bounce": False})
