"""Réglages: closures, hours, holidays and rules, each shown before it is done; staff accounts."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from catalogue_world import NOW, TODAY, World
from desk_settings_world import CHRISTMAS, due, settled
from desk_world import PASSWORD, SeenPage, Visitor, hire

from catalogue_api.domain.roles import Role
from catalogue_api.web.desk.settings.hours_typed import typed

SETTINGS = "/desk/settings"
CLOSURES, NEW = f"{SETTINGS}/closures", f"{SETTINGS}/closures/new"
HOSTILE = "<script>alert(1)</script>{{7*7}}'\"&é"


@pytest.fixture
async def manager(world: World, client) -> Visitor:
    """Max, who may change the rules, signed in at Cachan."""
    hire(world, "max", Role.MANAGER)
    visitor = Visitor(client)
    await visitor.sign_in("max")
    return visitor


@pytest.fixture
async def administrator(world: World, client) -> Visitor:
    """Ada, who may change accounts, signed in."""
    hire(world, "ada", Role.ADMINISTRATOR)
    visitor = Visitor(client)
    await visitor.sign_in("ada")
    return visitor


@asynccontextmanager
async def other_browser(client: aiohttp.ClientSession) -> AsyncIterator[aiohttp.ClientSession]:
    """Another browser on the same catalogue."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(client._base_url, cookie_jar=jar) as other:
        yield other


async def looked_at(visitor: Visitor, path: str, **fields: str) -> SeenPage:
    """Fill in the form of a page, and see what it would change."""
    return await visitor.send(await visitor.open(path), path.split("?", maxsplit=1)[0], **fields)


async def test_a_closure_is_seen_before_it_is_made_and_what_ends_in_it_is_moved(
    world, manager
) -> None:
    due(world, 1, CHRISTMAS)
    seen = await looked_at(manager, NEW, first_on="2026-12-24", last_on="2026-12-27", label="Noël")
    for said in (
        "Tous les sites, du 24 décembre 2026 au 27 décembre 2026 : fermé.", "Motif affiché : Noël",
        "1 prêt est à rendre un jour fermé", "Rien n’est encore enregistré",
    ):  # fmt: skip
        assert said in seen.said
    assert world.rows("SELECT count(*) FROM calendar_exceptions") == [(0,)]
    corrected = await manager.send(seen, NEW, do="edit")
    assert corrected.form(NEW).fields["label"] == "Noël"
    stored = await manager.send(seen, NEW, do="save")
    assert stored.path == CLOSURES
    assert "réglez-le" in stored.said
    again = await manager.send(seen, NEW, do="save")  # a double click
    assert again.path == CLOSURES
    assert world.rows("SELECT count(*) FROM calendar_exceptions") == [(1,)]
    moves = await manager.open(f"{SETTINGS}/moves")
    assert "24 décembre 2026" in moves.said
    assert "28 décembre 2026" in moves.said
    moved = await manager.send(moves)
    assert "Déplacés : 1 prêts et 0 réservations." in moved.said
    assert world.row("SELECT due_on FROM loans") == ("2026-12-28",)
    assert "Aucun prêt" in (await manager.send(moves)).said  # sent twice: moved once


async def test_a_closure_is_changed_and_the_second_librarian_is_told(world, manager) -> None:
    await settled(world)
    listed = await manager.open(CLOSURES)
    assert "Inventaire" in listed.said
    one = re.findall(rf'href="({CLOSURES}/\d+)"', listed.text)[0]
    mine, theirs = await manager.open(one), await manager.open(one)
    seen = await manager.send(mine, one, label="Inventaire annuel", opens="14:00", closes="17:00")
    assert "Après : Tous les sites, 7 décembre 2026 : ouvert de 14:00 à 17:00." in seen.said
    stored = await manager.send(seen, one, do="save")
    assert "ouvert de 14:00 à 17:00" in stored.said
    assert (await manager.send(seen, one, do="save")).path == CLOSURES  # a double click
    told = await manager.send(theirs, one, label="Travaux")
    assert told.status == 422
    for said in ("Un collègue l’a changé", "Inventaire annuel", "14:00"):
        assert said in told.said
    assert told.form(one).fields["label"] == "Travaux"
    seen = await manager.send(told, one, do="look")
    assert "Motif affiché : Travaux" in (await manager.send(seen, one, do="look")).said
    asked = await manager.open(f"{one}/remove")
    assert "Supprimer cette exception ?" in asked.said
    kept = await manager.send(asked, f"{one}/remove", do="edit")
    assert "Inventaire annuel" in kept.said
    gone = await manager.send(asked, f"{one}/remove", do="save")
    assert "L’exception est supprimée" in gone.said
    assert "L’exception est supprimée" in (await manager.send(asked, f"{one}/remove")).said
    assert "n’existe plus" in (await manager.open(one)).said


async def test_a_closure_that_makes_no_sense_is_kept_as_typed(world, manager) -> None:
    day = {"first_on": "2026-12-24"}
    for fields, said in (
        (day | {"last_on": "2026-12-01"}, "Le dernier jour vient après"),
        ({"first_on": "demain"}, "Cela n’a pas la forme attendue"),
        ({"first_on": ""}, "Cela n’a pas la forme attendue"),
        (day | {"opens": "18:00", "closes": "14:00"}, "Il faut une heure"),
        (day | {"opens": "18:00"}, "Il faut une heure"),
        (day | {"label": "x" * 101}, "C’est trop long"),
        (day | {"where": "nowhere", "label": HOSTILE}, "n’existe pas"),
    ):
        kept = await looked_at(manager, NEW, **fields)
        assert (kept.status, said in kept.said) == (422, True), fields
        typed = {name: value for name, value in fields.items() if name != "where"}
        assert typed.items() <= kept.form(NEW).fields.items()
        assert "<script>alert" not in kept.text
    assert world.rows("SELECT count(*) FROM calendar_exceptions") == [(0,)]


async def test_a_week_is_typed_as_it_is_written_and_told_in_words(world, manager) -> None:
    due(world, 1, TODAY)
    path = f"{SETTINGS}/hours"
    page = await manager.open(path)
    assert "comme en période scolaire" in page.text
    week = {"term.1": "14-19", "term.2": "10h-12h et 14 h 30 à 18h", "term.5": HOSTILE}
    wrong = await manager.send(page, path, **week)
    assert wrong.status == 422
    assert "Écrivez par exemple" in wrong.said
    assert wrong.form(path).fields["term.5"] == HOSTILE
    seen = await manager.send(wrong, path, **{"term.5": ""})
    assert "Mardi, En période scolaire : fermé → 14:00–19:00" in seen.said.replace("mardi", "Mardi")
    assert "10:00–12:00, 14:30–18:00" in seen.said
    assert "1 prêt est à rendre un jour fermé" in seen.said  # TODAY is a Monday
    stored = await manager.send(seen, path, do="save")
    assert "Les horaires de Cachan sont enregistrés" in stored.said
    assert "Les horaires de Cachan" in (await manager.send(seen, path, do="save")).said
    assert world.rows("SELECT count(*) FROM opening_hours") == [(3,)]
    told = await manager.send(page, path, **{"term.1": "9-10"}, do="look")
    assert told.status == 422
    assert "14:00–19:00" in told.said
    only_holidays = {f"term.{day}": "" for day in range(7)} | {"school_holidays.1": "9-12"}
    refused = await manager.send(await manager.open(path), path, **only_holidays)
    assert "Remplissez d’abord la semaine" in refused.said


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", ()),
        ("10h-12h30, 14h-18h", (("10:00", "12:30"), ("14:00", "18:00"))),
        ("9:05–9:30;10.00 to 11", (("09:05", "09:30"), ("10:00", "11:00"))),
        ("14h-20h, 20h30-23", (("14:00", "20:00"), ("20:30", "23:00"))),
        ("2-20", (("02:00", "20:00"),)),
        ("10-12 et 14-18", (("10:00", "12:00"), ("14:00", "18:00"))),
        ("10-12/14-18", (("10:00", "12:00"), ("14:00", "18:00"))),
        ("25-26", None),
        ("10-", None),
        ("10-12x", None),
        ("10-12," * 50, None),
    ],
)
def test_hours_are_understood_or_not(said, found) -> None:
    assert typed(said) == found


async def test_holidays_are_entered_line_by_line(world, manager) -> None:
    path = f"{SETTINGS}/holidays"
    offered = await manager.open(f"{path}?zone_c=1")
    assert offered.form(path).fields["label.0"] == "Toussaint 2025"
    page = await manager.open(path)
    line = {"first.0": "2027-02-06", "last.0": "2027-02-21", "label.0": HOSTILE}
    seen = await manager.send(page, path, **line, **{"opens.ascension": "1"})
    assert f"Ajouté. {HOSTILE} : du 6 février 2027 au 21 février 2027" in seen.said
    assert "Ouvert désormais : Ascension" in seen.said
    assert "<script>alert" not in seen.text
    stored = await manager.send(seen, path, do="save")
    assert "Les vacances et jours fériés sont enregistrés" in stored.said
    assert "sont enregistrés" in (await manager.send(seen, path, do="save")).said
    wrong = await manager.send(stored, path, **{"first.1": "2027-02-06", "last.1": "2027-02-01"})
    assert "Le premier jour, puis le dernier" in wrong.said
    told = await manager.send(page, path, **{"first.0": "2027-03-01"})
    assert told.status == 422
    assert "Un collègue l’a changé" in told.said
    emptied = {"first.0": "", "last.0": "", "label.0": ""}
    assert "Supprimé." in (await manager.send(stored, path, **emptied)).said


async def test_the_month_of_a_site_reads_like_a_wall_calendar(world, manager) -> None:
    await settled(world)
    page = await manager.open(f"{SETTINGS}/calendar?month=2026-12")
    for said in ("Décembre 2026", "Fêtes de fin d’année", "Noël", "Noël 2026", "14:00–19:00"):
        assert said in page.said
    assert page.text.count('<li class="closed') == 15
    assert "Novembre 2026" in (await manager.open(f"{SETTINGS}/calendar")).said
    for odd in ("2026-13", "0001-01", "9999-12", "<b>"):
        assert "Novembre 2026" in (await manager.open(f"{SETTINGS}/calendar?month={odd}")).said
    prefilled = await manager.open(f"{NEW}?day=2026-12-24")
    assert prefilled.form(NEW).fields["first_on"] == "2026-12-24"
    assert (await manager.open(f"{NEW}?day=<b>")).form(NEW).fields["first_on"] == ""


async def test_rules_are_read_as_a_table_and_changed_knowing_whom_it_touches(
    world, manager
) -> None:
    await settled(world)
    world.lend("2")
    path = f"{SETTINGS}/rules/change"
    read = await manager.open(f"{SETTINGS}/rules")
    for said in ("14 jours, sans prolongation", "42 jours, 2 prolongations", "ne se prête pas"):
        assert said in read.said
    page = await manager.open(path)
    whole = page.form(path).fields
    (general,) = (
        name.removesuffix("fixed")
        for name in whole
        if name.startswith("rule.") and name.endswith("fixed")
        and not any(whole[name.removesuffix("fixed") + part] for part in ("kind", "category"))
    )  # fmt: skip
    new = max(int(name.split(".")[1]) for name in whole if name.startswith("rule."))
    seen = await manager.send(
        page,
        path,
        **{
            f"{general}loan_days": "21",
            f"rule.{new}.kind": "music",
            f"rule.{new}.lendable": "1",
            f"rule.{new}.loan_days": "7",
            f"rule.{new}.renewals": "1",
            "limit.0.most": "1",
            "shelf_days": "7",
        },
    )
    for said in (
        "Tous les documents · tous les lecteurs : 28 jours, 1 prolongation → 21 jours, 1 prolong",
        "Nouveau. Musique · tous les lecteurs : 7 jours, 1 prolongation",
        "Jours d’attente sur l’étagère des réservations : 10 → 7",
        "2 prêts en cours changent de règle", "1 lecteur est concerné",
        "1 lecteur a déjà plus que la nouvelle limite",
    ):  # fmt: skip
        assert said in seen.said
    assert world.rows("SELECT count(*) FROM loan_rules") == [(4,)]
    corrected = await manager.send(seen, path, do="edit")
    assert corrected.form(path).fields["shelf_days"] == "7"
    stored = await manager.send(seen, path, do="save")
    assert "Les nouvelles règles sont en vigueur" in stored.said
    assert "sont en vigueur" in (await manager.send(seen, path, do="save")).said
    told = await manager.send(page, path, most_holds="5")
    assert told.status == 422
    for said in ("Un collègue l’a changé", "7 jours, 1 prolongation", "Musique"):
        assert said in told.said
    assert told.form(path).fields["most_holds"] == "5"


async def test_rules_that_make_no_sense_are_kept_beside_their_field(world, manager) -> None:
    await settled(world)
    path = f"{SETTINGS}/rules/change"
    page = await manager.open(path)
    for fields, said in (
        ({"shelf_days": "beaucoup"}, "Cela n’a pas la forme attendue"),
        ({"grace_days": ""}, "À remplir"),
        ({"rule.0.loan_days": "-1"}, "Cela n’a pas la forme attendue"),
        ({"rule.4.loan_days": "7", "rule.4.renewals": "1", "rule.4.lendable": "1"}, "Deux lignes"),
        ({"rule.4.category": HOSTILE, "rule.4.lendable": ""}, "Cela n’a pas la forme attendue"),
    ):
        kept = await manager.send(page, path, **fields)
        assert (kept.status, said in kept.said) == (422, True), (fields, kept.said)
        assert fields.items() <= kept.form(path).fields.items()
        assert "<script>alert" not in kept.text


async def test_a_closure_elsewhere_does_not_stop_who_changes_the_rules(world, manager) -> None:
    await settled(world)
    rules, hours = f"{SETTINGS}/rules/change", f"{SETTINGS}/hours"
    page, week = await manager.open(rules), await manager.open(hours)
    added = await looked_at(manager, NEW, first_on="2027-01-05")
    await manager.send(added, NEW, do="save")
    assert (await manager.send(page, rules, shelf_days="9")).status == 200
    assert (await manager.send(week, hours, **{"term.3": "9-12"})).status == 200


async def test_a_session_that_ends_in_mid_form_loses_nothing(world, manager) -> None:
    page = await manager.open(NEW)
    world.now += timedelta(hours=2)
    asked = await manager.send(page, NEW, first_on="2026-12-24", label="Noël")
    assert asked.status == 403
    seen = await manager.send(asked, NEW, again_name="max", again_password=PASSWORD)
    assert "Motif affiché : Noël" in seen.said
    assert "Enregistré" in (await manager.send(seen, NEW, do="save")).said


async def test_who_may_not_change_rules_only_reads_them(world, visitor) -> None:
    await settled(world)
    for path in ("closures", "hours", "holidays", "rules", "calendar", "account"):
        assert (await visitor.open(f"{SETTINGS}/{path}")).status == 200
    assert "Voir ce que cela change" not in (await visitor.open(f"{SETTINGS}/hours")).said
    for path in ("closures/new", "closures/1", "moves", "rules/change", "staff", "staff/ana"):
        assert (await visitor.open(f"{SETTINGS}/{path}")).status == 403
    fields = (await visitor.open(f"{SETTINGS}/hours")).form(f"{SETTINGS}/hours").fields
    for path in ("closures/new", "hours", "holidays", "rules/change", "moves", "staff"):
        sent = await visitor.post(f"{SETTINGS}/{path}", {**fields, "do": "save"})
        assert sent.status == 403


async def first_password_is_chosen(visitor: Visitor, name: str, secret: str) -> None:
    """Sign in with a password that somebody else made: nothing opens before one’s own is chosen."""
    new = "staple battery horse"
    page = await visitor.sign_in(name, secret)
    assert (page.path, "Choisissez votre mot de passe" in page.said) == ("/desk/password", True)
    assert 'href="/desk/today"' not in page.text
    led = await visitor.open("/desk/holds?q=x")
    assert led.path == "/desk/password?next=/desk/holds?q%3Dx"
    scan = led.form("/desk/password").fields | {"barcode": "1"}
    assert (await visitor.post("/desk/scan", scan)).path == "/desk/password"
    for fields, said in (
        ({"password": secret, "new_password": secret, "repeat_password": secret}, "C’est le même"),
        ({"password": "x", "new_password": new, "repeat_password": new}, "mot de passe actuel"),
        ({"password": secret, "new_password": new, "repeat_password": "x"}, "pas le même que"),
    ):
        refused = await visitor.send(led, "/desk/password", **fields)
        assert (refused.status, said in refused.said) == (422, True), refused.said
        assert secret not in refused.text
    fields = {"password": secret, "new_password": new, "repeat_password": new}
    chosen = await visitor.send(refused, "/desk/password", **fields)
    assert chosen.path == "/desk/holds?q=x"
    assert "vous seul le connaissez" in chosen.said
    twice = await visitor.send(led, "/desk/password", **fields)  # a double click
    assert twice.path == "/desk/holds?q=x"
    assert (await visitor.open("/desk/password")).path == f"{SETTINGS}/account"


async def test_somebody_gets_an_account_with_a_password_told_once(
    world, client, administrator
) -> None:
    page = await administrator.open(f"{SETTINGS}/staff")
    add = {"name": "zoé b", "role": "librarian", "where": "arcueil"}
    added = await administrator.send(page, f"{SETTINGS}/staff", **add)
    (secret,) = re.findall(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", added.said)
    twice = await administrator.send(page, f"{SETTINGS}/staff", **add)  # a double click
    assert secret in twice.said
    assert secret not in (await administrator.open(added.path)).text
    async with other_browser(client) as other:
        await first_password_is_chosen(Visitor(other), "zoé b", secret)
    taken = await administrator.send(
        await administrator.open(f"{SETTINGS}/staff"), f"{SETTINGS}/staff", **add
    )
    assert "Ce nom est déjà pris" in taken.said
    odd = await administrator.send(page, f"{SETTINGS}/staff", name=HOSTILE + "/")
    assert odd.status == 422
    assert "<script>alert" not in odd.text
    assert secret not in "".join(row[0] for row in world.rows("SELECT detail FROM audit"))


async def test_an_account_is_changed_closed_and_given_a_new_password(
    world, client, administrator
) -> None:
    hire(world, "ana")
    page = await administrator.open(f"{SETTINGS}/staff/ana")
    seen = await administrator.send(page, f"{SETTINGS}/staff/ana", role="manager")
    for said in ("Rôle : Bibliothécaire → Responsable", "Tout cela, et les règles"):
        assert said in seen.said
    assert world.row("SELECT role FROM staff WHERE name = 'ana'") == ("librarian",)
    changed = await administrator.send(seen, f"{SETTINGS}/staff/ana", do="save")
    assert "Le compte de ana est enregistré" in changed.said
    again = await administrator.send(seen, f"{SETTINGS}/staff/ana", do="save")
    assert "Le compte de ana est enregistré" in again.said  # a double click
    told = await administrator.send(page, f"{SETTINGS}/staff/ana", where="arcueil")
    assert told.status == 422
    assert "Un collègue l’a changé" in told.said
    given = await administrator.send(changed, f"{SETTINGS}/staff/ana/password")
    (secret,) = re.findall(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}", given.said)
    async with other_browser(client) as other:
        await Visitor(other).sign_in("ana", secret)
        assert "N’a pas encore choisi" in given.said
        ended = await administrator.send(given, f"{SETTINGS}/staff/ana/sessions")
        assert "1 session est terminée" in ended.said
        await Visitor(other).sign_in("ana", secret)
        seen = await administrator.send(ended, f"{SETTINGS}/staff/ana", state="closed")
        assert "1 poste est déconnecté aussitôt." in seen.said
        closed = await administrator.send(seen, f"{SETTINGS}/staff/ana", do="save")
        assert (await Visitor(other).open("/desk/today")).path.startswith("/desk/sign-in")
    assert "Fermé le 23 novembre 2026" in closed.said
    own = await administrator.open(f"{SETTINGS}/staff/ada")
    refused = await administrator.send(own, f"{SETTINGS}/staff/ada", role="librarian")
    assert "C’est le dernier administrateur" in refused.said
    assert (await administrator.open(f"{SETTINGS}/staff/nobody")).status == 404


async def test_everybody_changes_their_own_password_and_ends_their_sessions(
    world, client, visitor
) -> None:
    path = f"{SETTINGS}/account"
    async with other_browser(client) as other:
        elsewhere = Visitor(other)
        await elsewhere.sign_in()
        page = await visitor.open(path)
        assert "Un autre poste" in page.said
        ended = await visitor.send(page, f"{path}/sessions", session="others")
        assert "1 session est terminée" in ended.said
        assert (await elsewhere.open(path)).path.startswith("/desk/sign-in")
    new = "staple battery horse"
    for fields, said in (
        ({"password": "wrong horse", "new_password": new, "repeat_password": new}, "votre mot de"),
        ({"password": PASSWORD, "new_password": new, "repeat_password": "x"}, "Ce n’est pas le mê"),
        ({"password": PASSWORD, "new_password": "short", "repeat_password": "short"}, "À remplir"),
    ):
        refused = await visitor.send(page, path, **fields)
        assert (refused.status, said in refused.said) == (422, True), refused.said
        assert PASSWORD not in refused.text
        assert new not in refused.text
    fields = {"password": PASSWORD, "new_password": new, "repeat_password": new}
    assert "Votre mot de passe est changé" in (await visitor.send(page, path, **fields)).said
    assert (await visitor.open(path)).status == 200
    world.now = NOW + timedelta(minutes=1)
    assert (await visitor.sign_in("ana", new)).path == "/desk/today"
