"""How the kiosks are, as they tell it, and what their screens hear."""

from datetime import time, timedelta

import pytest
from catalogue_world import NOW

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.kiosks import (
    HEARTBEAT,
    PUT_KIOSK_MESSAGE,
    BinState,
    KioskFault,
    KioskHealth,
    KioskWords,
    Paper,
)
from catalogue_api.contract.machinery import LIST_KIOSKS, FindMachinery
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import OpeningHours, Rulebook

HEALTH = KioskHealth(
    at=NOW - timedelta(seconds=3),
    version="0.1.0",
    started_at=NOW - timedelta(days=1),
    faults=(KioskFault.READER,),
    undelivered=2,
    bins=(BinState(bin="1", items=17),),
    paper=Paper.LOW,
    disk_free=10**9,
)


async def test_the_last_report_is_kept_and_staff_see_it(world) -> None:
    await world.embedded().call(HEARTBEAT, HEALTH, kiosk="pad")
    world.now += timedelta(minutes=1)
    better = HEALTH.model_copy(update={"faults": ()})
    news = await world.embedded().call(HEARTBEAT, better, kiosk="pad")
    assert (news.now, news.message_fr, news.open_now) == (world.now, "", None)
    technician = world.embedded(world.signed_in(Role.TECHNICIAN))
    found = await technician.call(LIST_KIOSKS, FindMachinery())
    listed = {one.name: one for one in found.kiosks}
    assert (listed["pad"].health, listed["pad"].seen_at) == (better, world.now)
    assert listed["a/b c"].health is None


async def test_a_message_reaches_the_screen_of_one_kiosk(world) -> None:
    technician = world.embedded(world.signed_in(Role.TECHNICIAN))
    words = KioskWords(message_fr="Fermé <jeudi>.", message_en="Closed on Thursday.")
    await technician.call(PUT_KIOSK_MESSAGE, words, kiosk="pad", version=1)
    news = await world.embedded().call(HEARTBEAT, HEALTH, kiosk="pad")
    assert (news.message_fr, news.message_en) == (words.message_fr, words.message_en)
    other = await world.embedded("token-of-other").call(HEARTBEAT, HEALTH, kiosk="a/b c")
    assert other.message_fr == ""
    with pytest.raises(Refused) as refusal:
        await technician.call(PUT_KIOSK_MESSAGE, words, kiosk="nowhere", version=1)
    assert refusal.value.type is ProblemType.NOT_FOUND


async def test_a_message_ends_with_the_day_unless_it_is_said_otherwise(world) -> None:
    technician = world.embedded(world.signed_in(Role.TECHNICIAN))
    words = KioskWords(message_fr="Fermé.")
    midnight = NOW.replace(hour=23)  # in UTC: it is winter in Paris
    said = await technician.call(PUT_KIOSK_MESSAGE, words, kiosk="pad", version=1)
    assert (said.until, said.version) == (midnight, 2)
    news = await world.embedded().call(HEARTBEAT, HEALTH, kiosk="pad")
    assert news.message_until == midnight
    world.now = midnight
    news = await world.embedded().call(HEARTBEAT, HEALTH, kiosk="pad")
    assert (news.message_fr, news.message_until) == ("", None)
    technician = world.embedded(world.signed_in(Role.TECHNICIAN))
    listed = (await technician.call(LIST_KIOSKS, FindMachinery())).kiosks
    assert [one.message.message_fr for one in listed if one.name == "pad"] == [""]
    stays = words.model_copy(update={"stays": True})
    assert (await technician.call(PUT_KIOSK_MESSAGE, stays, kiosk="pad", version=2)).until is None


async def test_a_message_that_a_colleague_has_changed_is_not_written_over(world) -> None:
    technician = world.embedded(world.signed_in(Role.TECHNICIAN))
    words = KioskWords(message_fr="Fermé.")
    await technician.call(PUT_KIOSK_MESSAGE, words, kiosk="pad", version=1)
    with pytest.raises(Refused) as refusal:
        await technician.call(PUT_KIOSK_MESSAGE, words, kiosk="pad", version=1)
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    over = KioskWords(message_fr="Fermé.", until=NOW - timedelta(seconds=1))
    with pytest.raises(Refused) as refusal:
        await technician.call(PUT_KIOSK_MESSAGE, over, kiosk="pad", version=2)
    assert refusal.value.reasons == ("over",)


async def test_the_opening_comes_from_the_calendar_of_its_site(world) -> None:
    hours = OpeningHours(site="cachan", weekday=1, opens=time(10), closes=time(18))
    world.add(Rulebook(version=1), hours)
    news = await world.embedded().call(HEARTBEAT, HEALTH, kiosk="pad")
    # It is Monday noon; they open on Tuesday at ten, which is nine in UTC.
    assert news.open_now is False
    assert news.opens_at == NOW.replace(hour=9) + timedelta(days=1)
    world.now += timedelta(hours=23)
    news = await world.embedded().call(HEARTBEAT, HEALTH, kiosk="pad")
    assert (news.open_now, news.opens_at) == (True, None)


async def test_a_kiosk_speaks_for_itself_only(world) -> None:
    with pytest.raises(Refused) as refusal:
        await world.embedded().call(HEARTBEAT, HEALTH, kiosk="a/b c")
    assert refusal.value.type is ProblemType.NOT_ALLOWED
