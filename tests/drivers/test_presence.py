"""From inventories to what a person does."""

from hypothesis import given
from hypothesis import strategies as st

from drivers.interface import Sighting, Uid
from drivers.presence import Presence, TagArrived, TagLeft

A, B = Uid("E00401003123AA26"), Uid("E0040100017C0C38")


def see(*uids):
    return [Sighting(uid, 0x3E) for uid in uids]


def test_arrival_at_first_sight_in_the_order_of_the_inventory():
    presence = Presence()
    assert presence.update(see(B, A), 0.0) == [TagArrived(B, 0x3E), TagArrived(A, 0x3E)]
    assert A in presence
    assert presence.dsfid(A) == 0x3E
    assert presence.update(see(A, B), 0.1) == []


def test_twice_in_one_inventory_arrives_once():
    assert Presence().update(see(A, A), 0.0) == [TagArrived(A, 0x3E)]


def test_leaving_takes_misses_and_time():
    presence = Presence(misses=2, absence=0.4)
    presence.update(see(A), 0.0)
    assert presence.update([], 1.0) == []
    assert presence.update([], 1.1) == []
    assert presence.update([], 1.3) == []
    assert presence.update([], 1.5) == [TagLeft(A)]
    assert A not in presence
    assert presence.update([], 9.0) == []


def test_a_pause_between_inventories_is_no_absence():
    presence = Presence(misses=2, absence=0.4)
    presence.update(see(A), 0.0)
    assert presence.update([], 60.0) == []
    assert presence.update([], 60.1) == []


def test_time_alone_is_no_absence():
    presence = Presence(misses=3, absence=0.4)
    presence.update(see(A), 0.0)
    assert presence.update([], 1.0) == []
    assert presence.update([], 9.0) == []
    assert presence.update([], 9.1) == [TagLeft(A)]


def test_flicker_neither_leaves_nor_arrives():
    presence = Presence()
    presence.update(see(A, B), 0.0)
    for step in range(1, 40):
        assert presence.update(see(A) if step % 2 else see(A, B), step * 0.3) == []


def test_back_again_arrives_again():
    presence = Presence(misses=1, absence=0.0)
    presence.update(see(A), 0.0)
    assert presence.update(see(B), 1.0) == [TagArrived(B, 0x3E), TagLeft(A)]
    assert presence.update(see(A, B), 2.0) == [TagArrived(A, 0x3E)]


def test_a_tag_that_is_not_there_has_no_dsfid():
    assert Presence().dsfid(A) == 0


@given(st.lists(st.tuples(st.lists(st.sampled_from([A, B])), st.floats(0, 1))))
def test_arrivals_and_departures_take_turns(steps):
    presence, now, lying = Presence(), 0.0, set()
    for uids, pause in steps:
        now += pause
        for change in presence.update(see(*uids), now):
            if isinstance(change, TagArrived):
                assert change.uid not in lying
                lying.add(change.uid)
            else:
                assert change.uid not in uids
                lying.remove(change.uid)
        assert set(uids) <= lying
        assert lying == {uid for uid in (A, B) if uid in presence}
