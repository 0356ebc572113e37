"""« Bacs des automates »: which bin an item goes into, looked at, set, and followed or not."""

from zoneinfo import ZoneInfo

import pytest
from catalogue_world import NOW
from desk_world import ENGLISH, Visitor

from catalogue_api.contract.kiosks import HEARTBEAT, BinState, KioskHealth
from catalogue_api.contract.sorting import SortingLine, SortingUsed
from catalogue_api.domain.outcomes import SortHint
from catalogue_api.domain.sorting import SortedAs
from catalogue_api.web import texts
from catalogue_api.web.desk.settings import bin_words

BINS = "/desk/settings/bins"
PAD = f"{BINS}/pad"
OWN = (SortingLine(bin="2", hint=SortHint.HOLD), SortingLine(bin="1"))


async def heard(world, **used: object) -> None:
    """Let the kiosk tell its bins, and by what it sorts."""
    health = KioskHealth(
        at=NOW,
        version="1",
        started_at=NOW,
        bins=tuple(BinState(bin=name) for name in ("1", "2", "<3>")),
        sorting=SortingUsed(own=OWN).model_copy(update=used),
    )
    await world.embedded().call(HEARTBEAT, health, kiosk="pad")


async def test_a_kiosk_that_was_never_heard_has_no_form(visitor) -> None:
    page = await visitor.open(PAD)
    assert "pas encore dit quels bacs" in page.said
    assert "pad" in (await visitor.open(BINS)).said
    assert (await visitor.open(f"{BINS}/nowhere")).status == 404


async def test_a_table_is_looked_at_then_set_and_its_kiosk_hears_of_it(world, visitor) -> None:
    await heard(world)
    page = await visitor.open(PAD)
    fields = page.form(PAD).fields
    assert (fields["line.0.what"], fields["line.0.bin"], fields["rest"]) == ("hint:hold", "2", "1")
    film = {"own": "", "line.1.kind": "film", "line.1.bin": "<3>", "line.1.place": "0"}
    seen = await visitor.send(page, PAD, do="look", **film)
    assert "Rendus, Film : bac 1 → bac <3>" in seen.said
    assert "Réservés ici, Film : bac 2 → bac <3>" in seen.said
    assert "Rendus : " not in seen.said
    assert world.row("SELECT sorting FROM kiosks WHERE name = 'pad'") == (None,)
    done = await visitor.send(seen, PAD, do="save")
    assert "pad triera ainsi" in done.said
    assert "pas encore entendu" in done.said
    await heard(world, version=1)
    shown = await visitor.open(BINS)
    for line in ("Film : bac <3>", "Réservés, à retirer ici : bac 2", "Tout le reste : bac 1"):
        assert line in shown.said
    assert "pas encore entendu" not in shown.said
    assert "Films: bin" not in shown.said
    english = await Visitor(visitor.client, ENGLISH).open(BINS)
    assert "Everything else: bin 1" in english.said
    back = await visitor.send(await visitor.open(PAD), PAD, do="look", own="1")
    assert "Rendus, Film : bac <3> → bac 1" in back.said
    await visitor.send(back, PAD, do="save")
    assert world.row("SELECT sorting, sorting_version FROM kiosks WHERE name = 'pad'") == (None, 2)


@pytest.mark.server
async def test_what_cannot_be_is_said_beside_its_line_or_above(world, visitor) -> None:
    await heard(world)
    page = await visitor.open(PAD)
    for fields, said in (
        ({"rest": ""}, "À remplir"),
        ({"line.1.bin": "2"}, "tout le reste"),
        ({"line.1.bin": "2", "line.1.what": "hint:cheese"}, "Cela n’a pas la forme attendue"),
        ({"line.0.place": "-1"}, "Cela n’a pas la forme attendue"),
        ({"line.1.bin": "9", "line.1.kind": "film"}, "n’a plus l’un de ces bacs"),
        ({"line.1.bin": "1", "line.1.what": "hint:hold"}, "ne sert jamais"),
        ({"line.1.bin": "1", "line.1.kind": "cheese"}, "Un genre n’existe pas"),
    ):
        kept = await visitor.send(page, PAD, do="look", own="", **fields)
        assert (kept.status, said in kept.said) == (422, True), (fields, kept.said)
        assert fields.items() <= kept.form(PAD).fields.items()


@pytest.mark.server
async def test_what_a_kiosk_refuses_is_told_with_its_reason(world, visitor) -> None:
    await heard(world)
    seen = await visitor.send(await visitor.open(PAD), PAD, do="look", own="", rest="2")
    await visitor.send(seen, PAD, do="save")
    await heard(world, refused=1, reason="line 1: there is no bin <2>")
    for address in (BINS, PAD):
        assert "there is no bin <2>" in (await visitor.open(address)).said


@pytest.mark.server
async def test_two_librarians_see_what_the_other_has_set(world, visitor) -> None:
    await heard(world)
    page = await visitor.open(PAD)
    seen = await visitor.send(page, PAD, do="look", own="", rest="2")
    await visitor.send(seen, PAD, do="save")
    late = await visitor.send(page, PAD, do="save", own="", rest="<3>")
    assert "Tout le reste : bac 2" in late.said
    assert late.form(PAD).fields["rest"] == "<3>"
    await visitor.send(late, PAD, do="save")
    assert world.row("SELECT sorting_version FROM kiosks WHERE name = 'pad'") == (2,)


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_everything_that_is_sorted_has_words(language) -> None:
    words = texts.read_words(ZoneInfo("Europe/Paris"))[language]
    named = [text for _, text in bin_words.choices(words)]
    assert len(set(named)) == len(named) == 1 + len(SortHint) + len(SortedAs)
