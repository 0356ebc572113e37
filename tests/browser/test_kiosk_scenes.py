"""Every scene of the screen, in every language: clean for anybody, at every size."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest
from accessible import wrongs
from babel.messages.pofile import read_po
from kiosk_scenes import SCENES, SIZES
from watching import OVERFLOWING, shown

from kiosk.screen.picture import State
from kiosk.screen.texts import load
from kiosk.screen.view import view
from kiosk.session.states import Language

PO = files("kiosk.screen") / "locales" / "fr" / "LC_MESSAGES" / "kiosk.po"
ELSEWHERE = re.compile(
    # what the templates themselves say, and how days and times are written,
    r"page|language|aids?\.|message\.|barcode\.|date|time|moment"
    # what stands on paper, and five kinds of paper that look like the sixth
    r"|receipt\.(title|when|returned|not_returned|barcode|unnamed|unfinished|offline|keep)|staff\.paper"
)


class Recorder:
    """Speaks as the screen does, and remembers which texts were wanted."""

    def __init__(self, speak):
        self._speak, self.wanted = speak, set()

    def __call__(self, language, key, /, **values):
        self.wanted.add(key)
        return self._speak(language, key, **values)

    def count(self, language, key, n, /, **values):
        self.wanted.add(key)
        return self._speak.count(language, key, n, **values)

    def __getattr__(self, name):
        return getattr(self._speak, name)


async def test_the_scenes_show_all_that_the_screen_can_say():
    recorder = Recorder(load())
    states = {view(session, place, recorder).state for place, session in SCENES.values()}
    assert states == set(State)
    with PO.open("rb") as lines:
        catalogue = read_po(lines)
    texts = {one.id if isinstance(one.id, str) else one.id[0] for one in catalogue if one.id}
    unseen = {text for text in texts - recorder.wanted if not ELSEWHERE.match(text)}
    assert unseen == set()


@pytest.mark.parametrize("scene", SCENES)
async def test_every_scene_is_clean_in_every_language(page, servers, scene):
    place, session = SCENES[scene]
    server = await servers(replace(place, languages=tuple(Language)))
    server.show(session)
    opened = await page()
    await opened.goto(server.url)
    for language in Language:
        await shown(server, opened, replace(session, language=language))
        assert (language, await wrongs(opened)) == (language, [])
        assert (language, await opened.evaluate(OVERFLOWING)) == (language, [])


@pytest.mark.parametrize("size", [size for size in SIZES if size not in {"portrait", "half"}])
async def test_nothing_is_cut_off_or_too_small(page, servers, size):
    opened = await page(*SIZES[size])
    for scene, (place, session) in SCENES.items():
        server = await servers(replace(place, languages=tuple(Language)))
        await opened.goto(server.url)
        for language in Language:
            await shown(server, opened, replace(session, language=language))
            wrong = await opened.evaluate(OVERFLOWING)
            if size == "panel":
                wrong += await wrongs(opened, room=True)
            assert (scene, language, wrong) == (scene, language, [])
