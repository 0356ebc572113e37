"""The addresses of the readers' pages, and the line of the navigation that leads to them.

A reader stands in addresses by number only, because addresses are logged.
"""

from aiohttp import web

from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import Entry
from catalogue_api.web.desk.readers.account import Account
from catalogue_api.web.desk.readers.deletions import Deletions
from catalogue_api.web.desk.readers.finding import Finding
from catalogue_api.web.desk.readers.lending import Lending
from catalogue_api.web.desk.readers.marks import Marks
from catalogue_api.web.desk.readers.notices import ReaderNotices
from catalogue_api.web.desk.readers.past import Past
from catalogue_api.web.desk.readers.reader_page import HOME, ReaderPage
from catalogue_api.web.desk.readers.registering import Registering
from catalogue_api.web.desk.readers.renewing import Renewing
from catalogue_api.web.pages.forms import Form

ENTRY = Entry("readers", HOME, Scope.CIRCULATION, "l")
_ONE = "/readers/{patron:[1-9][0-9]{0,8}}"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages."""
    page = ReaderPage(desk)
    finding, registering, past = Finding(desk), Registering(desk), Past(desk, page)
    account, notices = Account(desk, page), ReaderNotices(desk, page)
    deletions = Deletions(desk, page)
    groups = (Lending(desk, page), Renewing(desk, page), Marks(desk, page), account)
    acts = {name: take for group in groups for name, take in group.acts.items()}

    async def act(request: web.Request, form: Form) -> web.StreamResponse:
        """Do what the button says: `act` is a name, and behind a colon what it is done to."""
        name, _, subject = form.text("act").partition(":")
        if name not in acts:
            raise web.HTTPBadRequest
        return await acts[name](request, form, subject)

    app.router.add_get("/readers/deletions", desk.page(deletions.show, Scope.CIRCULATION))
    for path, show, take in [
        ("/readers", finding.show, finding.find),
        ("/readers/new", registering.show_blank, registering.register),
        (_ONE, page.show, act),
        (f"{_ONE}/edit", registering.show_edit, registering.edit),
        (f"{_ONE}/history", past.show, past.take),
        (f"{_ONE}/notices", notices.show, notices.take),
        (f"{_ONE}/code", page.go_back, account.give_code),
        (f"{_ONE}/data", page.go_back, past.hand_out),
        (f"{_ONE}/deletion", page.go_back, deletions.take),
        (f"{_ONE}/delete", account.ask_to_delete, account.delete),
    ]:
        app.router.add_get(path, desk.page(show, Scope.CIRCULATION))
        app.router.add_post(path, desk.form(take, Scope.CIRCULATION))
