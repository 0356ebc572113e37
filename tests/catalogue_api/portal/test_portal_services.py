"""What librarians keep for the portal: favourites in order, what there is at a site, texts."""

import asyncio
from datetime import timedelta

import pytest
from catalogue_world import NOW, TODAY
from pydantic import ValidationError

from catalogue_api.contract import facilities, favourites, page_texts
from catalogue_api.contract.collection import DELETE_TITLE
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Title


async def names(catalogue, endpoint=favourites.LIST_FAVOURITES) -> list[str]:
    return [one.title.title for one in (await catalogue.call(endpoint, Nothing())).favourites]


@pytest.fixture
async def shelf(world):
    """Three favourites: added last stands first."""
    world.add(Title(id=3, source="t", control_number="3", title="Momo"))
    desk = world.desk()
    added = [
        await desk.call(
            favourites.ADD_FAVOURITE,
            favourites.NewFavourite(title=title, words="On rit.", signed="Ana"),
            key=f"k{title}",
        )
        for title in (1, 2, 3)
    ]
    return desk, added


async def test_favourites_stand_in_the_order_that_librarians_give(world, shelf) -> None:
    desk, added = shelf
    anybody = world.embedded("")
    assert await names(anybody) == ["Momo", "Astérix", "L’Été"]
    for place, expected in [
        (3, ["Astérix", "L’Été", "Momo"]), (2, ["Astérix", "Momo", "L’Été"]),
        (1, ["Momo", "Astérix", "L’Été"]), (99, ["Astérix", "L’Été", "Momo"]),
    ]:  # fmt: skip
        number = str(added[2].favourite)
        await desk.call(favourites.MOVE_FAVOURITE, favourites.Move(place=place), favourite=number)
        assert await names(anybody) == expected


async def test_a_favourite_is_shown_up_to_its_end_and_kept_behind_it(world, shelf) -> None:
    desk, added = shelf
    body = favourites.FavouriteData(words="Encore !", until=TODAY)
    changed = await desk.call(
        favourites.CHANGE_FAVOURITE, body, version=1, favourite=str(added[0].favourite)
    )
    assert (changed.words, changed.version) == ("Encore !", 2)
    assert len(await names(world.embedded(""))) == 3
    world.now = NOW + timedelta(days=1)
    assert await names(world.embedded("")) == ["Momo", "Astérix"]
    assert len(await names(world.desk(), favourites.LIST_ALL_FAVOURITES)) == 3


async def test_a_title_is_a_favourite_once_and_its_words_are_not_overwritten(world, shelf) -> None:
    desk, added = shelf
    again = favourites.NewFavourite(title=1, words="Oui.")
    with pytest.raises(Refused) as refusal:
        await desk.call(favourites.ADD_FAVOURITE, again, key="again")
    assert refusal.value.reasons == ("already_one",)
    nothing = favourites.NewFavourite(title=99, words="Oui.")
    with pytest.raises(Refused) as refusal:
        await desk.call(favourites.ADD_FAVOURITE, nothing, key="none")
    assert refusal.value.type is ProblemType.NOT_FOUND
    number = str(added[0].favourite)
    body = favourites.FavouriteData(words="Non.")
    with pytest.raises(Refused) as refusal:
        await desk.call(favourites.CHANGE_FAVOURITE, body, version=7, favourite=number)
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    await desk.call(favourites.REMOVE_FAVOURITE, Nothing(), version=1, favourite=number)
    assert await names(world.embedded("")) == ["Momo", "Astérix"]
    assert world.row("SELECT count(*) FROM titles WHERE id = 1") == (1,)


async def test_only_staff_keep_favourites(world, shelf) -> None:
    reader = world.embedded(world.signed_in(Role.PATRON))
    with pytest.raises(Refused):
        await reader.call(favourites.LIST_ALL_FAVOURITES, Nothing())
    with pytest.raises(Refused):
        await reader.call(
            favourites.ADD_FAVOURITE, favourites.NewFavourite(title=1, words="x"), key="x"
        )


async def test_what_there_is_at_a_site_is_written_once_by_one(world) -> None:
    anybody, desk = world.embedded(""), world.desk()
    before = await anybody.call(facilities.LIST_FACILITIES, Nothing())
    assert [(one.name, one.version) for one in before.sites] == [("Arcueil", 0), ("Cachan", 0)]
    body = facilities.FacilitiesData(computers=4, wifi=True, latitude=48.79, longitude=2.33)
    written = await desk.call(facilities.PUT_FACILITIES, body, version=0, site="cachan")
    assert (written.computers, written.version) == (4, 1)
    with pytest.raises(Refused) as refusal:
        await desk.call(facilities.PUT_FACILITIES, body, version=0, site="cachan")
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    after = await anybody.call(facilities.LIST_FACILITIES, Nothing())
    assert after.sites[1].latitude == pytest.approx(48.79)


@pytest.mark.parametrize(
    "wrong",
    [{"latitude": 48.8}, {"latitude": 91, "longitude": 0}, {"computers": -1},
     {"latitude": float("nan"), "longitude": float("nan")}],
)  # fmt: skip
def test_a_place_that_is_none_is_refused(wrong) -> None:
    with pytest.raises(ValidationError):
        facilities.FacilitiesData(**wrong)


async def test_a_text_is_written_in_each_language_by_itself(world) -> None:
    manager = world.desk(Role.MANAGER)
    body = page_texts.TextData(language="en", body=" ## Who we are \n")
    await manager.call(page_texts.PUT_TEXT, body, version=0, text="legal")
    english = page_texts.InLanguage(language="en")
    shown = await world.embedded("").call(page_texts.SHOW_TEXT, english, text="legal")
    assert (shown.body, shown.version, shown.changed_at) == ("## Who we are", 1, NOW)
    french = await world.embedded("").call(
        page_texts.SHOW_TEXT, page_texts.InLanguage(), text="legal"
    )
    assert (french.body, french.version) == ("", 0)
    with pytest.raises(Refused) as refusal:
        await manager.call(page_texts.PUT_TEXT, body, version=0, text="legal")
    assert refusal.value.type is ProblemType.CHANGED_MEANWHILE
    with pytest.raises(Refused):
        await manager.call(page_texts.SHOW_TEXT, english, text="nonsense")
    with pytest.raises(Refused):
        await world.desk().call(page_texts.PUT_TEXT, body, version=1, text="legal")


async def test_colleagues_who_move_favourites_at_once_lose_none(world, shelf) -> None:
    _, added = shelf
    colleagues = [world.desk() for _ in range(4)]
    moves = [
        colleague.call(
            favourites.MOVE_FAVOURITE, favourites.Move(place=place), favourite=str(one.favourite)
        )
        for colleague in colleagues
        for place, one in enumerate(added, 1)
    ]
    await asyncio.gather(*moves)
    assert sorted(world.rows("SELECT place FROM favourites")) == [(1,), (2,), (3,)]
    assert sorted(await names(world.embedded(""))) == ["Astérix", "L’Été", "Momo"]


async def test_a_title_that_is_recommended_is_not_deleted(world, shelf) -> None:
    desk, _ = shelf
    with pytest.raises(Refused) as refusal:
        await desk.call(DELETE_TITLE, Nothing(), version=1, title="3")
    assert refusal.value.reasons == ("in_use",)
    assert world.row("SELECT count(*) FROM titles WHERE id = 3") == (1,)
