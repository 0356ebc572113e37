"""Somebody at the librarians' desk, with a browser that runs no script."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

import aiohttp
from catalogue_world import NOW, TODAY, World, fact
from http_world import QUICK

from bench.agenda_rows import lay_agenda
from bench.computer_rows import lay_computers
from catalogue_api.contract.kiosks import HEARTBEAT, BinState, KioskHealth, Paper
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM, Placement, Security
from catalogue_api.domain.roles import Role
from catalogue_api.services import audit
from catalogue_api.services.staff import staff
from catalogue_api.storage.tables import (
    Block,
    Favourite,
    Item,
    Leftover,
    Notice,
    Patron,
    Question,
    Suggestion,
    Title,
)

PASSWORD = "correct horse battery"
FRENCH = {"Accept-Language": "fr-FR,fr;q=0.9,en;q=0.5"}
ENGLISH = {"Accept-Language": "en-GB, fr;q=0.5"}


def hire(world: World, name: str = "ana", role: Role = Role.LIBRARIAN, site="cachan") -> None:
    """Give somebody an account whose password is `PASSWORD`."""
    stored = QUICK.hash(PASSWORD)
    world.database.write_now(lambda db: staff.add_staff(db, name, stored, site, NOW, role))


async def busy_day(world: World) -> None:
    """Give Cachan something to do of every kind; one entry in each list of the day."""
    shelf = {"current_site": "cachan", "home_site": "cachan"}
    titles = ["Vendredi", "Momo", "Persepolis", "Germinal", "Nana", "La Peste"]
    world.add(
        *(
            Title(id=number, source="d", control_number=str(number), title=title)
            for number, title in enumerate(titles, 11)
        )
    )
    world.add(
        *(
            Item(id=number, barcode=str(number), title_id=number, shelf_mark=f"R {number}", **where)
            for number, where in [
                (11, shelf),
                (12, shelf),
                (13, {"current_site": "arcueil", "home_site": "cachan", "destination": "cachan",
                      "sent_at": NOW}),
                (14, shelf | {"destination": "arcueil"}),
                (15, shelf),
                (16, shelf),
            ]
        )
    )  # fmt: skip
    world.database.write_now(lambda db: lay_agenda(db, NOW, "cachan"))
    world.database.write_now(lambda db: lay_computers(db, NOW, "cachan"))
    world.hold(11)
    world.hold(12)
    world.add(Title(id=17, source="d", control_number="17", title="Zazie"))
    world.add(Item(id=17, barcode="17", title_id=17, shelf_mark="R 17", **shelf))
    ready = {"status": "ready", "item_id": 17, "shelf_number": 12, "ready_at": NOW}
    world.hold(17, **ready, captured_at=NOW, expires_on=TODAY)
    world.lend("12")
    world.lend("15")
    left = Leftover(item_id=16, site="cachan", shelf_number=9, since=NOW, why="expired")
    world.database.write_now(lambda db: db.add(left))
    world.add(
        Favourite(title_id=11, words="À relire.", place=1, added_at=NOW, until_on=TODAY),
        Favourite(title_id=12, words="Oui !", signed="Ana", place=2, added_at=NOW),
    )
    asked_and_told(world)
    world.add(
        Patron(id=90, card="P90", family_name="Partant", deletion_asked_on=TODAY),
        Patron(id=91, card="P91", family_name="Retenue", deletion_asked_on=TODAY),
    )
    world.add(Block(patron_id=91, kind="staff", reason="clé", from_on=TODAY, created_at=NOW))
    detail = {"remark": "dos recollé"}
    world.database.write_now(
        lambda db: audit.note(db, "manager:zoe", NOW, "title_changed", "title:11", detail)
    )
    kiosk = world.embedded()
    for number, barcode in enumerate(["12", "15", "nobody’s"], 500):
        returned = fact(number, barcode)
        await kiosk.call(RETURN_ITEM, returned, kiosk="pad")
        placed = Placement(bin="2", security=Security.SECURED)
        place = {"kiosk": "pad", "return_id": str(returned.return_id)}
        await kiosk.call(PLACE_ITEM, placed, **place)
    health = KioskHealth(
        at=NOW, version="1", started_at=NOW, paper=Paper.OUT, bins=(BinState(bin="2", full=True),)
    )
    await kiosk.call(HEARTBEAT, health, kiosk="pad")


def asked_and_told(world: World) -> None:
    """Let a question wait, a suggestion, and something that no mail can tell."""
    starts = (NOW + timedelta(days=2)).isoformat()
    world.add(
        Question(asked_as="1", patron_id=1, title_id=11, text="En gros caractères ?", asked_at=NOW,
                 status="open"),
        Suggestion(patron_id=1, title="L’Été grec", why="Il manque.", suggested_at=NOW),
        Notice(key="1", kind="slot_cancelled", urgency=2, patron_id=1, site="cachan", at=NOW,
               about=json.dumps({"site": "cachan", "starts_at": starts}), next_try_at=NOW,
               stale_at=NOW + timedelta(days=2), status="to_tell", reason="no_address"),
    )  # fmt: skip


@dataclass
class SeenForm:
    """A form of a page: where it goes, and the fields that a browser would send."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


@dataclass
class SeenPage:
    """A page as it came: what it says without its marks, and its forms."""

    status: int
    path: str
    text: str
    said: str
    forms: list[SeenForm]

    def form(self, action: str, **having: str) -> SeenForm:
        """Return the first form to an address that has these fields."""
        for form in self.forms:
            if form.action.startswith(action) and having.items() <= form.fields.items():
                return form
        raise AssertionError(f"no form to {action} with {having} on {self.path}")


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self.said = path, [], []
        self._open = self._list = self._text = None

    def handle_starttag(self, tag, attributes) -> None:
        at = dict(attributes)
        if tag == "form":
            self._open = SeenForm(at.get("action", self.path))
            self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "input" and at.get("name") and not _off(at):
            self._open.fields[at["name"]] = at.get("value", "")
        elif tag == "select":
            self._list = at["name"]
        elif tag == "option" and self._list:
            if "selected" in at or self._list not in self._open.fields:
                self._open.fields[self._list] = at.get("value", "")
        elif tag == "textarea":
            self._text = at["name"]
            self._open.fields[self._text] = ""
        elif tag == "button":
            self._open.buttons.append(at.get("value", ""))

    def handle_endtag(self, tag) -> None:
        if tag == "form":
            self._open = None
        if tag == "select":
            self._list = None
        if tag == "textarea":
            self._text = None

    def handle_data(self, data) -> None:
        if self._open is not None and self._text:
            self._open.fields[self._text] += data
        self.said.append(data)


def _off(at: dict) -> bool:
    return at.get("type") in {"checkbox", "radio"} and "checked" not in at


class Visitor:
    """A member of staff who opens pages and sends their forms."""

    def __init__(self, client: aiohttp.ClientSession, language: dict[str, str] = FRENCH) -> None:
        self.client, self._language = client, language

    async def open(self, path: str) -> SeenPage:
        """Open a page."""
        async with self.client.get(path, headers=self._language) as answer:
            return await _read(answer)

    async def send(self, page: SeenPage, action: str = "", **fields: str) -> SeenPage:
        """Send the form of a page that goes to an address (its own by default), filled in.

        A name that some form to that address already holds with that value chooses that form.
        """
        fixed = {name: value for name, value in fields.items() if _holds(page, action, name, value)}
        form = page.form(action or page.path, **fixed)
        return await self.post(form.action, form.fields | fields)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> SeenPage:
        """Send these fields and nothing else."""
        headers = self._language | headers
        async with self.client.post(path, data=fields, headers=headers) as answer:
            return await _read(answer)

    async def sign_in(self, name: str = "ana", password: str = PASSWORD) -> SeenPage:
        """Come in by the door."""
        page = await self.open("/desk/sign-in")
        return await self.send(page, "/desk/sign-in", name=name, password=password)


def _holds(page: SeenPage, action: str, name: str, value: str) -> bool:
    return any(
        form.fields.get(name) == value
        for form in page.forms
        if form.action.startswith(action or page.path)
    )


async def _read(answer: aiohttp.ClientResponse) -> SeenPage:
    text = await answer.text()
    reader = _Reader(answer.url.raw_path_qs)
    reader.feed(text)
    said = " ".join(" ".join(reader.said).split())
    return SeenPage(answer.status, answer.url.raw_path_qs, text, said, reader.forms)
