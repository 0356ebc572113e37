"""Notices leave by a real mail server: refused, slow, dying, away for days; never twice."""

import asyncio
from datetime import timedelta

import pytest
from mail_world import (
    made_certificate,
    mailing_to,
    office_of,
    post_office,
    sent,
    states,
    tell,
    write_to,
)

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.mail.sending import empty
from catalogue_api.mail.server import MailSecurity, MailServer

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def test_a_notice_is_sent_once_and_noted(world) -> None:
    write_to(world)
    tell(world)
    async with post_office() as post:
        done = await sent(world, post)
        again = await sent(world, post)
    assert (done.sent, again.sent, done.away) == (1, 0, "")
    ((to, letter),) = post.letters
    assert to == "ida@example.org"
    assert letter["Subject"] == "Votre ordinateur n’est plus réservé"
    assert letter["To"] == "Ida Inconnue <ida@example.org>"
    assert "jeudi 24 décembre à 10 h 30" in " ".join(letter.get_content().split())
    assert states(world) == [("sent", "")]


async def test_an_address_that_is_refused_is_marked_and_librarians_call(world) -> None:
    write_to(world)
    tell(world)
    tell(world, 2, NoticeKind.SLOT_SOON, ends_at="2026-12-24T10:30:00+00:00")
    async with post_office() as post:
        post.says["RCPT"] = "550 5.1.1 no such user here"
        done = await sent(world, post)
        assert (done.sent, done.to_tell, done.dropped) == (0, 1, 1)
        assert post.heard == ["MAIL biblio@example.org", "RCPT ida@example.org"]
        assert states(world) == [("to_tell", "address_refused"), ("dropped", "address_refused")]
        assert world.row("SELECT failing_email FROM patrons WHERE id = 1") == ("ida@example.org",)
        post.says.clear()
        write_to(world, email="ida.inconnue@example.org")
        tell(world, 3)
        assert (await sent(world, post)).sent == 1


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("RCPT", "451 4.7.1 greylisted"),
        ("RCPT", "550 5.7.1 relaying denied"),
        ("RCPT", "554 relay access denied"),
        ("DATA", "452 4.3.1 the disk is full"),
    ],
)
async def test_what_is_refused_for_now_is_tried_again_later(world, stage, answer) -> None:
    write_to(world)
    tell(world)
    async with post_office() as post:
        post.says[stage] = answer
        assert (await sent(world, post)).later == 1
        assert (await sent(world, post)).later == 0, "it waits"
        post.says.clear()
        world.now += HOUR
        assert (await sent(world, post)).sent == 1
    assert world.row("SELECT failing_email FROM patrons WHERE id = 1") == ("",)
    assert world.row("SELECT tries, claimed_by FROM notices") == (1, "")


async def test_a_mail_that_is_refused_for_good_is_for_librarians(world) -> None:
    write_to(world)
    tell(world)
    async with post_office() as post:
        post.says["DATA"] = "554 5.6.0 not this content"
        assert (await sent(world, post)).to_tell == 1
    assert states(world) == [("to_tell", "message_refused")]
    assert world.row("SELECT failing_email FROM patrons WHERE id = 1") == ("",)
    assert "5.6.0" in world.row("SELECT detail FROM notices")[0]


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
async def test_a_server_that_dies_in_the_midst_gets_it_again_under_the_same_number(
    world, stage
) -> None:
    """Also after all of the content: nobody knows whether it was taken."""
    write_to(world)
    tell(world)
    contents: list[str] = []
    async with post_office() as post:

        def die(server, _address) -> str:
            if server.envelope.original_content:
                contents.append(server.envelope.original_content.decode())
            server.transport.abort()
            return "250 nobody hears this"

        post.says[stage] = die
        assert (await sent(world, post)).later == 1
        post.says.clear()
        post.letters.clear()
        world.now += HOUR
        assert (await sent(world, post)).sent == 1
    ((_, letter),) = post.letters
    if stage == "DATA":
        assert f"Message-ID: {letter['Message-ID']}" in contents[0]


async def test_one_that_says_nothing_is_given_up(world) -> None:
    write_to(world)
    tell(world)

    async def listen(_reader, writer) -> None:
        mute.append(writer)

    mute: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(listen, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    silent = MailServer("127.0.0.1", port, security=MailSecurity.NONE, silence=0.1)
    done = await empty(office_of(world), mailing_to(world, silent))
    assert done.away.startswith("connection")
    for writer in mute:
        writer.close()
    server.close()
    await server.wait_closed()
    assert world.row("SELECT tries, claimed_by, status FROM notices") == (0, "", "waiting")


async def test_after_days_without_a_server_the_queue_drains_in_order(world) -> None:
    write_to(world)
    tell(world, 1, starts_at="2026-11-24T09:00:00+00:00")
    tell(world, 2)
    tell(world, 3, NoticeKind.SLOT_OFFERED, until="2026-11-30T09:00:00+00:00")
    tell(world, 4, NoticeKind.SLOT_BOOKED, ends_at="2026-12-24T10:30:00+00:00")
    async with post_office() as post:
        nowhere = post.server()
    done = await empty(office_of(world), mailing_to(world, nowhere))
    assert done.away
    assert done.sent == 0
    world.now += 3 * DAY
    async with post_office() as post:
        done = await sent(world, post)
    assert (done.sent, done.dropped) == (2, 2)
    assert post.subjects == ["Un ordinateur s’est libéré", "Votre ordinateur n’est plus réservé"]
    assert states(world) == [("dropped", "stale"), ("sent", ""), ("sent", ""), ("dropped", "stale")]


@pytest.mark.parametrize("refusal", ["MAIL", "greeting"])
async def test_a_server_that_takes_nothing_costs_no_notice_its_turn(world, refusal) -> None:
    write_to(world)
    for number in (1, 2):
        tell(world, number)
    async with post_office(login=("biblio", "right")) as post:
        if refusal == "MAIL":
            post.says["MAIL"] = "550 5.7.0 you may not send"
        done = await sent(world, post)
    assert done.away
    assert states(world) == [("waiting", ""), ("waiting", "")]
    assert world.rows("SELECT tries FROM notices") == [(0,), (0,)]


async def test_a_library_without_mail_gives_all_to_librarians(world) -> None:
    write_to(world)
    tell(world)
    tell(world, 2, NoticeKind.SLOT_SOON, ends_at="2026-12-24T10:30:00+00:00")
    tell(world, 3, patron=2)
    done = await empty(office_of(world), mailing_to(world, None))
    assert (done.to_tell, done.dropped) == (2, 1)
    assert states(world) == [
        ("to_tell", "no_mail"), ("dropped", "no_mail"), ("to_tell", "no_address"),
    ]  # fmt: skip


async def test_many_senders_send_each_notice_once(world) -> None:
    write_to(world)
    for number in range(16):
        tell(world, number)
    async with post_office() as post:
        mailing = mailing_to(world, post.server())
        done = await asyncio.gather(
            *(empty(office_of(world, f"sender {name}"), mailing) for name in range(4))
        )
    assert sum(one.sent for one in done) == 16
    assert len({letter["Message-ID"] for _, letter in post.letters}) == 16 == len(post.letters)
    assert sum(one.sent > 0 for one in done) > 1


async def test_a_sender_that_died_leaves_its_notice_to_others_for_a_while_only(world) -> None:
    write_to(world)
    tell(world)
    dead = office_of(world, "dead")
    assert await dead.take(mails=True) is not None
    async with post_office() as post:
        assert (await sent(world, post)).sent == 0
        world.now += timedelta(minutes=6)
        assert (await sent(world, post)).sent == 1


async def test_a_notice_that_has_no_words_does_not_stop_those_behind_it(world) -> None:
    write_to(world)
    tell(world, 1)
    tell(world, 2)
    spoil = "UPDATE notices SET about = '{}' WHERE id = 1"
    world.database.write_now(lambda session: session.connection().exec_driver_sql(spoil))
    async with post_office() as post:
        done = await sent(world, post)
    assert (done.sent, done.to_tell) == (1, 1)


@pytest.mark.parametrize("tls", [False, pytest.param(True, marks=pytest.mark.server)])
async def test_the_way_is_encrypted_and_the_server_is_who_it_says(world, tmp_path, tls) -> None:
    certificate = made_certificate(tmp_path)
    write_to(world)
    tell(world)
    security = MailSecurity.TLS if tls else MailSecurity.STARTTLS
    who = {"user": "biblio", "password": "right", "security": security}
    async with post_office(certificate=certificate, tls=tls, login=("biblio", "right")) as post:
        stranger = await sent(world, post, **who)
        assert "certificate" in stranger.away.lower()
        wrong = await sent(world, post, **who | {"password": "wrong"}, authority=certificate)
        assert "535" in wrong.away
        assert "wrong" not in wrong.away
        assert post.heard == []
        assert (await sent(world, post, **who, authority=certificate)).sent == 1


async def test_nothing_is_sent_in_the_clear_where_encryption_is_wanted(world) -> None:
    write_to(world)
    tell(world)
    async with post_office() as post:
        done = await sent(world, post, security=MailSecurity.STARTTLS)
    assert done.away
    assert post.heard == []
