import asyncio
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

import aiohttp
import pytest
import pytest_asyncio

from catalogue_api.contract.returns import Outcome, Returned, SortHint
from drivers.interface import Uid
from kiosk.screen.place import Place, SiteText
from kiosk.screen.server import ScreenServer
from kiosk.screen.speech import Speech, SpeechFailed
from kiosk.session.effects import Sound
from kiosk.session.events import AidSwitched, LanguageChosen, PatronEvent, Touched
from kiosk.session.states import Aid, Idle, Laid, Language, Session, Stage, Stopped, Summary, Visit
from kiosk.tagging import OurItem

PLACE = Place("Médiathèque <du Lac>")
AT = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)


def visit(number, title="Le <Petit> Prince"):
    answer = Returned(
        return_id=UUID(int=1),
        outcome=Outcome.RETURNED,
        sort_hint=SortHint.SHELVE,
        title=title,
        received_at=AT,
    )
    item = Laid(
        uid=Uid("E004010000000001"),
        stage=Stage.SETTLED,
        item=OurItem("29059001234567", "FR-751131001", sure=True),
        verdict=Outcome.RETURNED,
        outcome=Outcome.RETURNED,
        answer=answer,
        bin="1",
    )
    return Session(phase=Visit((item,) * number))


@dataclass
class Kiosk:
    server: ScreenServer
    http: aiohttp.ClientSession
    deeds: list[PatronEvent]

    @asynccontextmanager
    async def listening(self):
        """Yield a function that awaits the next event: name and data; beats are passed over."""
        async with self.http.get("/events") as response:
            assert response.content_type == "text/event-stream"

            async def following():
                while True:
                    name = (await response.content.readline()).decode().strip()
                    data = (await response.content.readline()).decode().strip()
                    assert await response.content.readline() in {b"\n", b""}
                    if name == "":
                        raise EOFError
                    if name != "event: beat":
                        data = data.removeprefix("data: ")
                        name = name.removeprefix("event: ")
                        return name, json.loads(data) if name == "screen" else data

            async def following_soon():
                return await asyncio.wait_for(following(), 5)

            yield following_soon


@asynccontextmanager
async def running(**options):
    deeds = []
    server = ScreenServer(PLACE, "127.0.0.1", 0, deeds.append, beat=0.05, **options)
    await server.start()
    async with aiohttp.ClientSession(server.url, read_bufsize=2**22) as http:
        yield Kiosk(server, http, deeds)
    await server.stop()


@pytest_asyncio.fixture
async def kiosk():
    async with running() as kiosk:
        yield kiosk


async def test_out_of_service_until_a_session_is_shown(kiosk):
    async with kiosk.http.get("/state.json") as response:
        assert (await response.json())["state"] == "out_of_service"


async def test_the_page_holds_the_present_screen(kiosk):
    kiosk.server.show(visit(1))
    async with kiosk.http.get("/") as response:
        page = await response.text()
    assert '<html lang="fr"' in page
    assert 'data-state="visit"' in page
    assert "Médiathèque &lt;du Lac&gt;" in page
    assert "Le &lt;Petit&gt; Prince" in page
    assert "29059001234567" not in page


async def test_state_for_technicians(kiosk):
    kiosk.server.show(visit(2))
    async with kiosk.http.get("/state.json") as response:
        state = await response.json()
    assert (state["state"], state["count"]["number"]) == ("visit", 2)
    assert [(it["key"], it["symbol"], it["tone"]) for it in state["rows"]] == [
        ("returned", "✓", "done")
    ] * 2


async def test_first_event_then_changes_then_a_sound(kiosk):
    kiosk.server.show(Session())
    async with kiosk.listening() as following:
        name, data = await following()
        assert (name, data["language"]) == ("screen", "fr")
        assert 'data-state="idle"' in data["main"]
        kiosk.server.show(visit(1))
        kiosk.server.play(Sound.DONE)
        name, data = await following()
        assert 'data-state="visit"' in data["main"]
        assert data["say"].startswith("1 document lu.")
        assert await following() == ("sound", "done")
        kiosk.server.show(Session(language=Language.ENGLISH))
        assert (await following())[1]["language"] == "en"


async def test_what_looks_the_same_is_not_sent_again(kiosk):
    kiosk.server.show(visit(1))
    async with kiosk.listening() as following:
        await following()
        kiosk.server.show(visit(1))
        kiosk.server.show(visit(1, title="Le <Petit> Prince"))
        kiosk.server.play(Sound.BACK)
        assert await following() == ("sound", "back")


async def test_a_browser_that_comes_back_gets_the_present_state_and_no_old_sound(kiosk):
    async with kiosk.listening() as following:
        await following()
    kiosk.server.play(Sound.BACK)
    kiosk.server.show(visit(3))
    async with kiosk.listening() as following:
        _, data = await following()
        assert 'class="number">3<' in data["main"]
        kiosk.server.play(Sound.AGAIN)
        assert await following() == ("sound", "again")


class Slow:
    """A browser that asks for the events and reads none."""

    def __init__(self, kiosk):
        self.address = ("127.0.0.1", kiosk.server.port)

    async def __aenter__(self):
        self.loop = asyncio.get_running_loop()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32768)
        self.socket.setblocking(False)
        await self.loop.sock_connect(self.socket, self.address)
        await self.loop.sock_sendall(
            self.socket, b"GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        )
        await self.loop.sock_recv(self.socket, 1024)
        return self

    async def __aexit__(self, *error):
        self.socket.close()

    async def read_until(self, wanted):
        """Read until `wanted` comes, or the connection ends; return all that came."""
        received = bytearray()
        while wanted not in received[-100_000:]:
            try:
                piece = await self.loop.sock_recv(self.socket, 65536)
            except ConnectionResetError:
                break
            if not piece:
                break
            received += piece
        return bytes(received)


LARGE = "x" * 200_000


@pytest.mark.server
async def test_a_slow_listener_holds_up_nobody_and_later_gets_the_latest_state():
    async with running(patience=60) as kiosk, Slow(kiosk) as slow, kiosk.listening() as following:
        await following()
        for number in range(60):
            kiosk.server.show(visit(1, title=f"{LARGE}-{number}."))
            assert f"x-{number}." in (await following())[1]["main"]
        received = await asyncio.wait_for(slow.read_until(b"x-59."), 5)
        assert b"x-59." in received
        assert received.count(b"event: screen") < 60


@pytest.mark.server
async def test_a_listener_that_stays_slow_is_cut_off():
    async with running(patience=0.05) as kiosk, Slow(kiosk) as slow, kiosk.listening() as following:
        await following()
        number, end = 0, asyncio.get_running_loop().time() + 0.5
        while number < 60 or asyncio.get_running_loop().time() < end:
            number += 1
            kiosk.server.show(visit(1, title=f"{LARGE}-{number}."))
            await following()
        received = await asyncio.wait_for(slow.read_until(b"never"), 5)
        assert f"x-{number}.".encode() not in received


async def test_only_the_latest_state_waits_for_a_browser(kiosk):
    async with kiosk.listening() as following:
        await following()
        for number in range(1, 50):
            kiosk.server.show(visit(number))
        assert 'class="number">49<' in (await following())[1]["main"]


async def test_stopping_ends_the_streams_and_a_restart_serves_again(kiosk):
    async with kiosk.listening() as following:
        await following()
        await kiosk.server.stop()
        with pytest.raises(EOFError):
            await following()
    port = kiosk.server.port
    await kiosk.server.start()
    assert kiosk.server.port == port
    async with kiosk.listening() as following:
        assert (await following())[0] == "screen"


async def test_a_taken_port_is_an_error(kiosk):
    other = ScreenServer(PLACE, "127.0.0.1", kiosk.server.port, kiosk.deeds.append)
    with pytest.raises(OSError, match="in use"):
        await other.start()
    await other.stop()


class TestLanguage:
    async def test_own_page(self, kiosk):
        origin = {"Origin": kiosk.server.url.rstrip("/")}
        async with kiosk.http.post("/language", data={"language": "en"}, headers=origin) as answer:
            assert answer.status == 204
        assert kiosk.deeds == [LanguageChosen(Language.ENGLISH)]

    async def test_without_scripts_the_page_comes_back(self, kiosk):
        headers = {"Origin": kiosk.server.url.rstrip("/"), "Accept": "text/html"}
        async with kiosk.http.post(
            "/language", data={"language": "fr"}, headers=headers, allow_redirects=False
        ) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/")

    @pytest.mark.parametrize("headers", [{}, {"Origin": "https://example.org"}])
    async def test_other_origins(self, kiosk, headers):
        async with kiosk.http.post("/language", data={"language": "en"}, headers=headers) as answer:
            assert answer.status == 403
        assert kiosk.deeds == []

    @pytest.mark.parametrize(
        "body", [{}, {"language": "tlh"}, {"language": "ar"}, {"language": "x" * 5000}]
    )
    async def test_nonsense(self, kiosk, body):
        origin = {"Origin": kiosk.server.url.rstrip("/")}
        async with kiosk.http.post("/language", data=body, headers=origin) as answer:
            assert answer.status in {400, 413}
        assert kiosk.deeds == []


class TestDeeds:
    """What people do at the screen, from its own page alone."""

    async def post(self, kiosk, path, **fields):
        origin = {"Origin": kiosk.server.url.rstrip("/")}
        async with kiosk.http.post(path, data=fields, headers=origin) as answer:
            return answer.status

    async def test_an_aid(self, kiosk):
        assert await self.post(kiosk, "/aid", aid="large") == 204
        assert await self.post(kiosk, "/aid", aid="tiny") == 400
        assert kiosk.deeds == [AidSwitched(Aid.LARGE)]

    async def test_a_touch(self, kiosk):
        assert await self.post(kiosk, "/touch") == 204
        assert kiosk.deeds == [Touched()]

    async def test_only_a_button_that_is_shown_can_be_pressed(self, kiosk):
        assert await self.post(kiosk, "/press", button="yes") == 400
        assert kiosk.deeds == []

    @pytest.mark.parametrize("path", ["/aid", "/press", "/touch"])
    async def test_other_origins(self, kiosk, path):
        headers = {"Origin": "https://example.org"}
        async with kiosk.http.post(path, data={"aid": "large"}, headers=headers) as answer:
            assert answer.status == 403
        assert kiosk.deeds == []


async def test_news_of_the_place_reaches_open_pages(kiosk):
    kiosk.server.show(Session())
    async with kiosk.listening() as following:
        _, before = await following()
        kiosk.server.tell(replace(PLACE, message=SiteText("Fermé <jeudi>.")))
        _, after = await following()
    assert after["version"] != before["version"]
    assert "Fermé &lt;jeudi&gt;." in after["main"]
    kiosk.server.tell(replace(PLACE, message=SiteText("Fermé <jeudi>.")))
    async with kiosk.http.get("/") as response:
        assert "Fermé &lt;jeudi&gt;." in await response.text()


class TestSpeech:
    TALKING = replace(visit(1), aids=frozenset({Aid.SPEECH}))

    async def test_it_is_for_those_who_ask(self, kiosk):
        async with kiosk.listening() as following:
            await following()
            kiosk.server.show(visit(1))
            assert (await following())[1]["speech"] == ""
            kiosk.server.show(self.TALKING)
            name = (await following())[1]["speech"]
        assert name
        async with kiosk.http.get("/speech/0123456789abcdef.wav") as answer:
            assert answer.status == 404

    async def test_where_nothing_can_speak_the_browser_is_told(self):
        async with running(speech=Speech("/no/such/program")) as kiosk:
            kiosk.server.show(self.TALKING)
            async with kiosk.listening() as following:
                name = (await following())[1]["speech"]
            async with kiosk.http.get(f"/speech/{name}.wav") as answer:
                assert answer.status == 503

    @pytest.mark.server
    @pytest.mark.parametrize("language", Language)
    async def test_every_language_is_spoken(self, kiosk, language):
        kiosk.server.show(replace(self.TALKING, language=language))
        async with kiosk.listening() as following:
            name = (await following())[1]["speech"]
        async with kiosk.http.get(f"/speech/{name}.wav") as answer:
            sound = await answer.read()
        assert (answer.content_type, sound[:4], sound[8:12]) == ("audio/wav", b"RIFF", b"WAVE")
        assert len(sound) > 22_050  # more than half a second

    async def test_only_the_last_utterances_are_remembered(self):
        speech = Speech("/no/such/program")
        names = [speech.name(Language.FRENCH, str(number)) for number in range(40)]
        with pytest.raises(KeyError):
            await speech.sound(names[0])
        with pytest.raises(SpeechFailed):
            await speech.sound(names[-1])


@pytest.mark.parametrize("path", ["/", "/state.json", "/static/screen.js", "/nowhere"])
async def test_every_answer_is_protected(kiosk, path):
    async with kiosk.http.get(path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_another_name_for_this_machine_is_refused(kiosk):
    async with kiosk.http.get("/state.json", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    async with kiosk.http.get("/state.json", headers={"Host": "localhost:1"}) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("phase", [Idle(), Visit(), Summary(visit(2).phase.items), Stopped()])
@pytest.mark.parametrize("language", Language)
async def test_every_phase_is_a_page(kiosk, phase, language):
    kiosk.server.show(Session(phase=phase, language=language))
    async with kiosk.http.get("/") as answer:
        page = await answer.text()
    assert f'<html lang="{language.value}"' in page
    assert page.count("<h1") == 2  # that of the screen, and the hidden one of a kiosk gone away
