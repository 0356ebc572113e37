"""A number that was given once is nobody else's, however soon its row has gone."""

from datetime import timedelta
from uuid import UUID

import pytest
from catalogue_world import NOW, World
from mail_world import post_office, sent
from sqlalchemy import delete
from sqlmodel import col

from catalogue_api.contract.collection import CREATE_ITEM, DELETE_ITEM, NewItem
from catalogue_api.contract.copies import READ_HISTORY, ReadHistory
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.own_data import SEE_OWN_DATA
from catalogue_api.contract.patrons import DELETE_PATRON, REGISTER_PATRON, NewPatron
from catalogue_api.contract.questions import (
    ASK_AS_ANYBODY,
    SHOW_UNCONFIRMED_QUESTION,
    AskAsAnybody,
)
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.services.staff.sessions import open_patron_session
from catalogue_api.storage.tables import CalendarException, Deed, Favourite

DAY = timedelta(days=1)
PRUNE = next(job for job in JOBS if job.name == "prune")


@pytest.mark.parametrize(
    "row",
    [
        lambda: Deed(kind="shelved", at=NOW, by="ana", copies="[]"),
        lambda: Favourite(title_id=1, words="Beau", place=1, added_at=NOW),
        lambda: CalendarException(first_on=NOW.date(), last_on=NOW.date()),
    ],
)
def test_a_form_that_is_still_open_never_means_what_came_later(world, row) -> None:
    (first,) = world.add(row())
    table = type(row())
    gone = delete(table).where(col(table.id) == first)
    world.database.write_now(lambda db: db.connection().execute(gone).rowcount)
    assert world.add(row()) > [first]


async def ask(world: World, number: int) -> str:
    """Ask something; return what the mail says that confirms it."""
    asked = AskAsAnybody(
        text=f"Question {number} ?", email="z@example.org", request=UUID(int=number)
    )
    await world.embedded("").call(ASK_AS_ANYBODY, asked)
    async with post_office() as post:
        await sent(world, post)
    ((_, letter),) = post.letters
    return letter.get_content().split("/questions/confirmer/")[1].split()[0]


async def test_the_mail_for_a_question_that_is_gone_opens_no_other(world) -> None:
    old = await ask(world, 1)
    world.now += 2 * DAY
    run(world.database, PRUNE, world.now, world.rules, dry_run=False)
    new = await ask(world, 2)
    shown = world.embedded("")
    found = await shown.call(SHOW_UNCONFIRMED_QUESTION, Nothing(), confirmation=new)
    assert found.text == "Question 2 ?"
    with pytest.raises(Refused, match="ask again"):
        await shown.call(SHOW_UNCONFIRMED_QUESTION, Nothing(), confirmation=old)


async def test_nobody_is_handed_what_was_done_with_the_account_of_another(world) -> None:
    desk = world.desk()
    new = {"family_name": "Passager", "given_name": "Luc"}
    first = await desk.call(REGISTER_PATRON, NewPatron(card="N1", **new), key="1")
    path = {"patron": str(first.patron)}
    await desk.call(DELETE_PATRON, Nothing(), version=first.version, **path)
    second = await desk.call(REGISTER_PATRON, NewPatron(card="N2", **new), key="2")
    world.database.write_now(
        lambda db: open_patron_session(db, second.patron, "token", "csrf", world.now)
    )
    held = await world.embedded("token").call(SEE_OWN_DATA, Nothing())
    assert [act.action for act in held.acts] == ["patron_registered"]


async def test_a_copy_has_no_history_of_one_taken_in_by_mistake(world) -> None:
    desk, new = world.desk(), {"home_site": "cachan"}
    made = await desk.call(CREATE_ITEM, NewItem(barcode="90", **new), key="1", title="1")
    await desk.call(DELETE_ITEM, Nothing(), version=made.version, barcode="90")
    await desk.call(CREATE_ITEM, NewItem(barcode="91", **new), key="2", title="1")
    history = await desk.call(READ_HISTORY, ReadHistory(limit=10), barcode="91")
    assert len(history.entries) == 1
