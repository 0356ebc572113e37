"""A file of MARC brought to the desk: read through first, then imported; one at a time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import aiohttp
import pytest
from catalogue_world import World
from desk_world import ENGLISH, Visitor, hire
from records_made import marc21, unimarc

from catalogue_api.domain.roles import Role
from catalogue_api.importing import deposits
from catalogue_api.importing.apart import rehearse_apart
from catalogue_api.importing.deposits import Busy, Deposits, DepositSettings, Stage
from catalogue_api.importing.faults import Fault
from catalogue_api.importing.report import Count
from catalogue_api.web import texts

IMPORT = "/desk/settings/import"
pytestmark = pytest.mark.usefixtures("spool")


@pytest.fixture
def spool(tmp_path, monkeypatch) -> None:
    """Keep the files of these tests apart from those of everybody."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def record(number: int, title: str = "Un titre") -> bytes:
    return unimarc(f"001 {number}", f"200 1_ $a {title} {number}")


async def bring(visitor: Visitor, data: bytes, name: str = "notices.mrc", csrf: str = ""):
    """Send a file as a browser does."""
    page = await visitor.open(IMPORT)
    said = csrf or page.form("/desk/sign-out").fields["csrf"]
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("csrf", said)
    form.add_field("file", data, filename=name, content_type="application/octet-stream")
    async with visitor.client.post(IMPORT, data=form, headers=visitor._language) as answer:
        return answer.status, await answer.text()


async def settled(visitor: Visitor):
    """Return the page when nothing is under way any more."""
    async with asyncio.timeout(20):
        while "<progress" in (page := await visitor.open(IMPORT)).text or is_locked():
            pass
        return page


def is_locked() -> bool:
    try:
        with Deposits(DepositSettings().folder()).working():
            return False
    except Busy:
        return True


async def test_a_file_is_read_through_then_imported_once(world, visitor) -> None:
    before = world.row("SELECT count(*) FROM titles")[0]
    broken = record(3)[:-9] + b"\x1d"
    await bring(visitor, record(1) + record(2) + broken + record(4), "fonds local.mrc")
    page = await settled(visitor)
    for said in ("fonds local.mrc", "Rien n’est encore importé", "Notices lues 3", "Notice 3 :"):
        assert said in page.said
    assert world.row("SELECT count(*) FROM titles") == (before,)
    await visitor.send(page, f"{IMPORT}/store")
    await visitor.send(page, f"{IMPORT}/store")  # a double click
    done = await settled(visitor)
    assert "Importé." in done.said
    assert world.row("SELECT count(*) FROM titles") == (before + 3,)
    rows = world.rows("SELECT actor, action, subject FROM audit WHERE action LIKE '%import%'")
    assert rows == [
        ("librarian:ana", "import_rehearsed", "fonds local.mrc"),
        ("librarian:ana", "records_imported", "fonds local.mrc"),
    ]
    away = await visitor.send(done, f"{IMPORT}/forget")
    assert "Ce qui a été importé reste" in away.said
    assert "Lire sans rien changer" in away.said
    stale = await visitor.send(page, f"{IMPORT}/store")
    assert "Ce n’est plus le même fichier" in stale.said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Le fichier est vide. Refaites l’export"),
        (b"card;name\nP1;Ida\n", "Ce n’est pas un fichier de notices MARC. Demandez"),
        (b"%PDF-1.7 ...", "Ce n’est pas un fichier de notices MARC."),
        (b"PK\x03\x04 ...", "Décompressez-le"),
        (b"<?xml version='1.0'?><html/>", "Ce n’est pas un fichier de notices MARC."),
        (b"<?xml version='1.0' encoding='UTF-7'?><record>", "Demandez-le en UTF-8."),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><collection>&a;</collection>", "Fichier :"),
        (record(1)[:60], "Notices illisibles"),
        (marc21("001 7", "245 00 $a Whole")[:-30], "Notices illisibles"),
        (b"00005" * 5000 + record(1), "Notices illisibles"),
    ],
)
async def test_hostile_and_truncated_files_are_told(world, visitor, data, said) -> None:
    before = world.row("SELECT count(*) FROM titles")
    _, text = await bring(visitor, data, "<script>x</script>.mrc")
    page = await settled(visitor)
    assert said in page.said or said in text
    assert "<script>x" not in page.text + text
    assert world.row("SELECT count(*) FROM titles") == before


async def test_a_file_that_is_too_large_leaves_nothing_behind(
    world, visitor, monkeypatch, tmp_path
) -> None:
    monkeypatch.setattr("catalogue_api.web.desk.settings.uploads.LARGEST", 100_000)
    _, text = await bring(visitor, record(1) * 3000)
    assert "trop grand" in text
    assert not list(tmp_path.glob("ritournelle-import-*/records"))


async def test_a_file_full_of_faults_is_given_up(world, visitor, monkeypatch) -> None:
    monkeypatch.setattr(deposits, "_MOST_COMPLAINTS", 3)
    bad = record(1)[:-9] + b"\x1d"
    await bring(visitor, bad * 50)
    page = await settled(visitor)
    assert "Presque chaque notice a un défaut" in page.said
    assert "given up here" in page.said  # for the technician


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_fault_has_words_and_something_to_do(language, world) -> None:
    words = texts.read_words(world.zone)[language]
    for fault in Fault:
        assert words.text(f"fault.{fault.value}") != words.text(f"fault.{fault.value}.todo")


async def test_faults_are_told_in_the_words_of_the_desk(world, visitor) -> None:
    untitled, twice = unimarc("001 8", "210 __ $c Seuil"), "995 __ $b cachan $f 77"
    taken = unimarc("001 9", "200 1_ $a Autre", "995 __ $b cachan $f 1", twice, twice)
    await bring(visitor, untitled + taken + record(3)[:-30])
    page = await settled(visitor)
    for said in (
        "Notice 1 : La notice n’a pas de titre. Faites-la compléter",
        "Notice 2 : Ce code-barres est déjà celui d’un autre document.",
        "Notice 2 : Le même exemplaire figure deux fois",
        "Notice 3 : La notice est coupée",
    ):
        assert said in page.said, page.said
    english = await Visitor(visitor.client, ENGLISH).open(IMPORT)
    assert "Record 1: The record has no title. Have the supplier complete it" in english.said


async def test_one_file_at_a_time_whichever_process_is_asked(world, visitor) -> None:
    folder = DepositSettings().folder()
    with Deposits(folder).working():
        _, text = await bring(visitor, record(1))
        assert "Un autre fichier est en cours" in text
    await bring(visitor, record(1))
    page = await settled(visitor)
    with Deposits(folder).working():
        refused = await visitor.send(page, f"{IMPORT}/forget")
        assert "Un autre fichier est en cours" in refused.said
        refused = await visitor.send(page, f"{IMPORT}/store")
        assert "Un autre fichier est en cours" in refused.said
        assert "Rien n’est encore importé" in refused.said


async def test_what_a_process_left_when_it_died_is_told_as_interrupted(world, visitor) -> None:
    left = Deposits(DepositSettings().folder())
    with left.working():
        left.note(deposits.Deposit("n", "x.mrc", 10, "ana", "", Stage.IMPORTING))
        assert "Import en cours" in (await visitor.open(IMPORT)).said
    page = await visitor.open(IMPORT)
    assert "Interrompu" in page.said
    assert "Lire sans rien changer" in (await visitor.send(page, f"{IMPORT}/forget")).said


def test_whoever_looks_whether_somebody_works_keeps_nobody_from_working(tmp_path) -> None:
    left, others = Deposits(tmp_path), Deposits(tmp_path)
    with left.working():
        left.note(deposits.Deposit("n", "x.mrc", 10, "ana", "", Stage.IMPORTING))
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(lambda: [others.current() for _ in range(2000)])
        while not looking.done():
            with left.working():
                pass
    assert {one.stage for one in looking.result()} <= {Stage.IMPORTING, Stage.INTERRUPTED}


def test_a_program_that_ends_stops_after_a_batch_and_is_told_as_interrupted(world) -> None:
    before = world.row("SELECT count(*) FROM titles")[0]
    ours, others = (Deposits(DepositSettings().folder()) for _ in range(2))
    with ours.working():
        with ours.begin() as file:
            file.write(b"".join(map(record, range(1, 1201))))
        ours.stop()
        settings = DepositSettings().reading(world.zone, world.now)
        deposit = deposits.Deposit("n", "x.mrc", 1, "ana", "", Stage.IMPORTING)
        ours.work(deposit, world.database.write_now, settings, "librarian:ana")
        assert others.current().stage is Stage.IMPORTING
    assert others.current().stage is Stage.INTERRUPTED
    assert world.row("SELECT count(*) FROM titles") == (before + 500,)


@pytest.mark.server
def test_others_write_between_the_batches_of_a_rehearsal(world, tmp_path) -> None:
    file = tmp_path / "x.mrc"
    file.write_bytes(b"".join(map(record, range(1, 1201))))
    lent = []

    def meanwhile(_bytes: int) -> None:
        if not lent:
            lent.append(world.lend("1"))

    settings = DepositSettings().reading(world.zone, world.now)
    report = rehearse_apart([file], world.database.write_now, settings, meanwhile)
    assert report.counts[Count.TITLES_NEW] == 1200
    assert world.row("SELECT count(*) FROM titles") == (2,)
    assert world.row("SELECT count(*) FROM loans") == (1,)


async def test_only_who_may_describe_titles_brings_files(world, client) -> None:
    hire(world, "tom", Role.TECHNICIAN)
    visitor = Visitor(client)
    page = await visitor.sign_in("tom")
    csrf = page.form("/desk/sign-out").fields["csrf"]
    assert (await visitor.open(IMPORT)).status == 403
    form = aiohttp.FormData()
    form.add_field("csrf", csrf)
    form.add_field("file", record(1), filename="x")
    async with client.post(IMPORT, data=form) as answer:
        assert answer.status == 403
    assert (await visitor.post(f"{IMPORT}/store", {"csrf": csrf})).status == 403


async def test_a_file_from_elsewhere_or_after_the_session_is_not_taken(
    world: World, visitor
) -> None:
    assert (await bring(visitor, record(1), csrf="made-up"))[0] == 403
    assert (await visitor.post(IMPORT, {"csrf": "x"})).status == 415
    world.now += timedelta(hours=2)
    form = aiohttp.FormData()
    form.add_field("csrf", "x")
    form.add_field("file", record(1), filename="x")
    async with visitor.client.post(IMPORT, data=form) as answer:
        assert answer.url.path == "/desk/sign-in"
    assert Deposits(DepositSettings().folder()).current() is None
