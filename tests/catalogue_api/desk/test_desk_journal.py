"""« Journal »: who did what, filtered, and only for those who may read it."""

import inspect
import re
from datetime import timedelta

import pytest
from catalogue_world import NOW
from desk_world import ENGLISH, Visitor, hire

from catalogue_api.contract.audit import READ_AUDIT, AuditLine, ReadAudit
from catalogue_api.contract.marks import MARK_ITEM, Mark, MarkItem
from catalogue_api.domain.roles import ALLOWED, STAFF_ROLES, Role
from catalogue_api.services.answers.handlers import HANDLERS
from catalogue_api.services.audit import note
from catalogue_api.web import texts
from catalogue_api.web.desk.journal import line_of

JOURNAL = "/desk/journal"


@pytest.fixture
async def root(world, client) -> Visitor:
    """Rosa, who looks after the accounts."""
    hire(world, "rosa", Role.ADMINISTRATOR)
    visitor = Visitor(client)
    await visitor.sign_in("rosa")
    return visitor


async def write(world) -> None:
    """Two colleagues and the night do something on two days."""
    await world.desk().call(
        MARK_ITEM, MarkItem(mark=Mark.MISSING, remark="<b>pas</b> {en} rayon"), barcode="1"
    )
    yesterday = NOW - timedelta(days=1)
    world.database.write_now(lambda db: note(db, "job:night", yesterday, "swept", "rules"))
    world.database.write_now(
        lambda db: note(db, "manager:librarian", yesterday, "title_changed", "title:1")
    )


async def test_acts_are_told_in_words_and_filtered(world, root) -> None:
    await write(world)
    page = await root.open(JOURNAL)
    for said in ("3 actes", "librarian Bibliothécaire", "Exemplaire noté autrement", "item:1",
                 "mark : missing", "<b>pas</b> {en} rayon", "swept", "night",
                 "22 nov. 2026 13:00"):  # fmt: skip
        assert said in page.said, said
    assert "<b>pas" not in page.text
    assert 'href="/desk/titles/1"' in page.text
    for query, number in [
        ("who=librarian", 2), ("who=manager:librarian", 1), ("who=nobody", 0),
        ("act=item_marked", 1), ("act=lend", 0), ("day=2026-11-22", 2), ("day=2026-11-23", 1),
        ("subject=title:1", 1), ("who=librarian&day=2026-11-23", 1),
    ]:  # fmt: skip
        found = await root.open(f"{JOURNAL}?{query}")
        said = f"{number} acte" if number else "Aucun acte de ce genre"
        assert said in found.said, query
    english = await Visitor(root.client, ENGLISH).open(f"{JOURNAL}?act=item_marked")
    assert "Copy marked" in english.said


async def test_long_logs_are_paged(world, root) -> None:
    for number in range(60):
        world.database.write_now(
            lambda db, number=number: note(db, "machine:portal", NOW, "swept", f"title:{number}")
        )
    first = await root.open(f"{JOURNAL}?who=portal")
    assert "50 actes et d’autres" in first.said
    older = re.findall(r'href="([^"]*cursor=[^"]*)"', first.text)[0].replace("&amp;", "&")
    assert "10 actes" in (await root.open(older)).said


@pytest.mark.parametrize(
    "odd", ["day=x", "day=9999-12-31", "who=" + "x" * 81, "subject=" + "x" * 129, "cursor=x",
            "act=" + "x" * 65],
)  # fmt: skip
async def test_what_cannot_be_understood_is_said(root, odd) -> None:
    page = await root.open(f"{JOURNAL}?{odd}")
    assert page.status == 422
    assert "Aucun acte" not in page.said


@pytest.mark.parametrize("role", [role for role in STAFF_ROLES if role is not Role.ADMINISTRATOR])
async def test_nobody_else_reads_it(world, client, role) -> None:
    hire(world, "eve", role)
    visitor = Visitor(client)
    page = await visitor.sign_in("eve")
    assert "Journal" not in page.said
    assert (await visitor.open(JOURNAL)).status == 403


async def test_a_name_alone_is_anybody_of_that_name(world) -> None:
    await write(world)
    desk = world.embedded(world.signed_in(Role.ADMINISTRATOR))

    async def actors(actor: str) -> list[str]:
        found = await desk.call(READ_AUDIT, ReadAudit(actor=actor, cursor="", limit=50))
        return sorted(one.actor for one in found.entries)

    assert await actors("librarian") == ["librarian:librarian", "manager:librarian"]
    assert await actors("librarian:librarian") == ["librarian:librarian"]
    assert await actors("night") == []
    assert await actors("job:night") == ["job:night"]


def test_things_with_pages_are_led_to() -> None:
    words = texts.read_words(NOW.tzinfo)["fr"]
    subject = "site:cachan barcode:4 a/b"
    entry = AuditLine(
        at=NOW, actor="console", action="odd", subject=subject, detail={"n": 1, "no": ""}
    )
    line = line_of(entry, words)
    assert line.things == (("site:cachan", ""), ("barcode:4 a/b", "/desk/items/4%20a%2Fb"))
    assert (line.who, line.role, line.act, line.detail) == ("console", "", "odd", (("n", "1"),))


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_every_act_of_staff_has_words(language, world) -> None:
    words = texts.read_words(world.zone)[language]
    staff = set(STAFF_ROLES)
    for one in HANDLERS:
        if not one.writes or not ALLOWED[one.endpoint.scope] & staff:
            continue
        source = inspect.getsource(one.service)
        known = words.has(f"act.{one.endpoint.name}")
        assert known or "audit.record(" in source or "_stored(" in source or _is_signing_in(one)
        for action in re.findall(r'audit\.record\([^"]*"(\w+)"', source):
            assert words.has(f"act.{action}"), action


def _is_signing_in(one) -> bool:
    return one.endpoint.path in {"/v1/staff-sessions", "/v1/patron-sessions"}
