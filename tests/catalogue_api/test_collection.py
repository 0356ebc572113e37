from itertools import count

import pytest
from pydantic import ValidationError

from catalogue_api.contract.collection import (
    CREATE_ITEM,
    CREATE_TITLE,
    DELETE_ITEM,
    DELETE_TITLE,
    DESCRIBE_TITLE,
    EDIT_ITEM,
    SHOW_DESCRIPTION,
    SHOW_ITEM,
    ItemData,
    NewItem,
    TitleData,
    TitleKind,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused

KEYS = count()
ZELDA = TitleData(
    title=" Zelda ",
    kind=TitleKind.VIDEO_GAME,
    numbers=("2-07-036002-4", "3760137632648", "0029-4802"),
    subjects=("Jeux", "Jeux", "Contes"),
    pegi_age=12,
    platform="Nintendo Switch",
    contents="1 cartouche, 1 livret",
    parts_count=2,
)
COPY = NewItem(barcode="Z1", home_site="cachan", shelf_mark="J ZEL")


@pytest.fixture
def desk(world):
    return world.desk()


async def keyed(desk, endpoint, body, **path):
    return await desk.call(endpoint, body, key=f"key{next(KEYS)}", **path)


async def refused(call) -> Refused:
    with pytest.raises(Refused) as refusal:
        await call
    return refusal.value


async def test_a_title_is_made_shown_described_anew_and_deleted(world, desk) -> None:
    new = await keyed(desk, CREATE_TITLE, ZELDA)
    assert (new.title, new.source, new.version, new.items) == ("Zelda", "local", 1, 0)
    assert new.numbers == ("0029-4802", "3760137632648", "9782070360024")
    assert new.subjects == ("Jeux", "Contes")
    assert (new.pegi_age, new.parts_count, new.created_at) == (12, 2, world.now)
    path = {"title": str(new.title_id)}
    assert await desk.call(SHOW_DESCRIPTION, Nothing(), **path) == new
    other = ZELDA.model_copy(update={"title": "Link", "numbers": ("9782070360024",)})
    changed = await desk.call(DESCRIBE_TITLE, other, version=1, **path)
    assert (changed.title, changed.version, changed.numbers) == ("Link", 2, ("9782070360024",))
    assert world.row("SELECT corrected FROM titles WHERE title = 'Link'") == ("numbers title",)
    late = await refused(desk.call(DESCRIBE_TITLE, ZELDA, version=1, **path))
    assert late.type is ProblemType.CHANGED_MEANWHILE
    await desk.call(DELETE_TITLE, Nothing(), version=2, **path)
    gone = await refused(desk.call(SHOW_DESCRIPTION, Nothing(), **path))
    assert gone.type is ProblemType.NOT_FOUND
    assert world.rows("SELECT count(*) FROM title_numbers") == [(0,)]
    assert [row[0] for row in world.rows("SELECT action FROM audit ORDER BY id")] == [
        "title_created", "title_changed", "title_deleted",
    ]  # fmt: skip


async def test_a_number_that_is_none_is_named(desk) -> None:
    wrong = ZELDA.model_copy(update={"numbers": ("9782070360025",)})
    refusal = await refused(keyed(desk, CREATE_TITLE, wrong))
    assert refusal.type is ProblemType.INVALID_REQUEST
    assert "'9782070360025' is no ISBN, ISSN or EAN" in refusal.detail


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"title": "a\x00b"}, {"pegi_age": 99}, {"language": "fr"}, {"colour": "red"},
     {"subjects": [""]}, {"parts_count": 0}],
)  # fmt: skip
def test_what_is_no_title_is_refused_by_the_contract(wrong) -> None:
    with pytest.raises(ValidationError):
        TitleData.model_validate({"title": "X"} | wrong)


async def test_a_title_with_copies_or_with_a_history_stays(world, desk) -> None:
    refusal = await refused(desk.call(DELETE_TITLE, Nothing(), version=1, title="1"))
    assert refusal.reasons == ("has_copies",)
    new = await keyed(desk, CREATE_TITLE, ZELDA)
    world.hold(title=new.title_id)
    refusal = await refused(desk.call(DELETE_TITLE, Nothing(), version=1, title=str(new.title_id)))
    assert refusal.reasons == ("in_use",)
    missing = await refused(desk.call(DELETE_TITLE, Nothing(), version=1, title="999"))
    assert missing.type is ProblemType.NOT_FOUND


async def test_a_copy_is_taken_in_corrected_and_deleted(world, desk) -> None:
    new = await keyed(desk, CREATE_ITEM, COPY, title="1")
    assert (new.barcode, new.current_site, new.title, new.version) == ("Z1", "cachan", "L’Été", 1)
    assert await desk.call(SHOW_ITEM, Nothing(), barcode="Z1") == new
    said = ItemData(home_site="arcueil", shelf_mark="New", note="x")
    changed = await desk.call(EDIT_ITEM, said, version=1, barcode="Z1")
    assert (changed.home_site, changed.current_site, changed.status, changed.version) == (
        "arcueil", "cachan", "available", 2,
    )  # fmt: skip
    late = await refused(desk.call(EDIT_ITEM, said, version=1, barcode="Z1"))
    assert late.type is ProblemType.CHANGED_MEANWHILE
    before = world.row("SELECT count(*) FROM changes")[0]
    gone = await desk.call(DELETE_ITEM, Nothing(), version=2, barcode="Z1")
    assert gone.deleted == "Z1"
    assert world.row("SELECT count(*) FROM changes")[0] == before + 1
    assert (await refused(desk.call(SHOW_ITEM, Nothing(), barcode="Z1"))).detail.endswith("'Z1'")


@pytest.mark.parametrize(
    ("update", "title", "what"),
    [
        ({"barcode": "1"}, "1", ("barcode_taken",)),
        ({"barcode": "P1"}, "1", ("barcode_is_a_card",)),
        ({"home_site": "nowhere"}, "1", ProblemType.NOT_FOUND),
        ({}, "999", ProblemType.NOT_FOUND),
    ],
)
async def test_a_copy_that_cannot_be_is_refused(desk, update, title, what) -> None:
    refusal = await refused(keyed(desk, CREATE_ITEM, COPY.model_copy(update=update), title=title))
    assert what in {refusal.type, refusal.reasons}


async def test_what_is_lent_or_kept_stays_and_can_be_described_anew(world, desk) -> None:
    world.lend("1")
    world.hold(title=1, item_id=2, status="captured")
    for barcode, reason in (("1", "on_loan"), ("2", "caught")):
        refusal = await refused(desk.call(DELETE_ITEM, Nothing(), version=1, barcode=barcode))
        assert refusal.reasons == (reason,)
    same = ItemData(home_site="cachan", shelf_mark="New")
    assert (await desk.call(EDIT_ITEM, same, version=1, barcode="1")).on_loan


async def test_a_copy_that_was_lent_is_withdrawn_and_not_deleted(world, desk, give_back) -> None:
    world.lend("1")
    await give_back(1)
    refusal = await refused(desk.call(DELETE_ITEM, Nothing(), version=1, barcode="1"))
    assert refusal.reasons == ("in_use",)
    assert "has been lent: withdraw it instead" in refusal.detail
