"""Laying, lifting and tearing."""

import asyncio

import pytest

from drivers.interface import Uid
from simulator.field import Anyone, Field, Silence, UnknownTag
from simulator.tags import MODELS, SimTag

A, B = Uid("E004015000000001"), Uid("E004015000000002")


@pytest.fixture
def field():
    return Field([SimTag(uid, MODELS["slix"], bytearray(), name=uid[-1]) for uid in (A, B)])


def dsfid(tag):
    return tag.dsfid


def test_only_what_lies_there_answers(field):
    assert field.inventory() == ()
    field.lay(A)
    field.lay(A)
    assert [tag.uid for tag in field.inventory()] == [A]
    assert field.command(A, dsfid) == 0
    assert field.command(B, dsfid) is Silence.NOBODY
    field.lay(B)
    assert field.command(Anyone.PRESENT, dsfid) is Silence.COLLISION
    field.lift(A)
    assert field.laid == (B,)
    assert (field.counters.lays, field.counters.lifts, field.counters.inventories) == (2, 1, 2)


def test_names(field):
    assert field.find("1") == A
    assert field.find(B.lower()) == B
    with pytest.raises(UnknownTag, match="no tag is named '3'"):
        field.find("3")
    with pytest.raises(UnknownTag, match="no tag has the UID"):
        field.lay(Uid("E004015000000003"))
    field.add(SimTag(Uid("E004015000000003"), MODELS["slix"], bytearray(), name="2"))
    with pytest.raises(UnknownTag, match="2 tags are named '2'"):
        field.find("2")


def test_armed_events_happen_on_their_byte_in_their_order(field):
    field.lay(A)
    field.lift(A, after_bytes=3)
    field.lay(B, after_bytes=5)
    field.lift(B, after_bytes=6)
    assert field.next_event_in == 3
    field.crossed(2)
    assert (field.next_event_in, field.laid) == (1, (A,))
    field.crossed(3)
    assert (field.next_event_in, field.laid) == (1, (B,))
    field.crossed(100)
    assert (field.next_event_in, field.laid) == (None, ())
    assert field.counters.bytes_crossed == 105


def test_lifting_all_forgets_what_was_armed(field):
    field.lay(A)
    field.lay(B, after_bytes=1)
    field.tear(A)
    field.lift_all()
    field.crossed(1)
    assert field.laid == ()


def test_lifted_tags_and_a_field_reset_forget_quiet_and_selected(field):
    field.lay(A)
    assert field.select(A) is None
    field.hush([field.tags[A]])
    field.reset()
    assert not field.tags[A].quiet
    assert not field.tags[A].selected
    field.select(A)
    field.lift(A)
    assert not field.tags[A].selected


def test_a_torn_tag_has_changed_and_is_silent(field):
    field.lay(A)
    field.tear(A)
    assert field.command(A, dsfid) == 0  # reading does not tear
    assert field.command(A, lambda tag: tag.write_afi(7), writes=True) is Silence.NOBODY
    assert field.tags[A].afi == 7
    assert field.laid == ()


async def test_a_watcher_hears_of_changes(field):
    watcher = asyncio.create_task(field.until(lambda f: f.laid == (A, B)))
    await asyncio.sleep(0)
    field.lay(A)
    await asyncio.sleep(0)
    assert not watcher.done()
    field.lay(B)
    await watcher
    await field.until(lambda f: f.laid == (A, B))
