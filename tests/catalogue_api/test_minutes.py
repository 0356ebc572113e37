"""The work of each minute, by the server's own hand: it goes on whatever one job comes to."""

import asyncio

from slot_people import at, desk, furnish
from sqlalchemy import text

from catalogue_api.jobs.minutes import keep_time


async def test_what_is_due_is_done_each_minute_and_quiet_minutes_leave_no_trace(world) -> None:
    furnish(world)
    await desk(world).book(at(11), computer=1)
    world.now = at(11, 15)
    stopping, looks = asyncio.Event(), 0

    def clock():
        nonlocal looks
        looks += 1
        if looks >= 6:  # three minutes of two jobs
            loop.call_soon_threadsafe(stopping.set)
        return world.now

    loop = asyncio.get_running_loop()
    await keep_time(world.database, world.rules, clock, stopping, pause=0.0)
    assert world.rows("SELECT status FROM bookings") == [("no_show",)]
    assert world.rows("SELECT job, report FROM job_runs") == [
        ("slots", '{"booked": 1, "wishes": 0, "offers": 0}')
    ]


async def test_a_job_that_fails_is_run_again_a_minute_later(world) -> None:
    furnish(world)
    await desk(world).book(at(11), computer=1)
    world.now = at(11, 15)
    world.database.write_now(lambda db: db.execute(text("ALTER TABLE walk_ins RENAME TO away")))
    stopping, looks = asyncio.Event(), 0

    def clock():
        nonlocal looks
        looks += 1
        if looks == 3:
            back = text("ALTER TABLE away RENAME TO walk_ins")
            world.database.write_now(lambda db: db.execute(back))
        if looks >= 4:
            loop.call_soon_threadsafe(stopping.set)
        return world.now

    loop = asyncio.get_running_loop()
    await keep_time(world.database, world.rules, clock, stopping, pause=0.0)
    assert world.rows("SELECT status FROM bookings") == [("no_show",)]
