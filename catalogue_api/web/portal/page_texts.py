"""The pages whose text a library writes itself: accessibility, legal notice, personal data."""

from aiohttp import web

from catalogue_api.contract.page_texts import SHOW_TEXT, InLanguage, PageName
from catalogue_api.web.pages.first_texts import first_text
from catalogue_api.web.pages.forms import body_of
from catalogue_api.web.pages.kit import Page
from catalogue_api.web.pages.markdown import as_html
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_ADDRESSES = {
    PageName.ACCESSIBILITY: "/accessibilite",
    PageName.LEGAL: "/mentions-legales",
    PageName.PRIVACY: "/donnees-personnelles",
}


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the pages."""
    for name, address in _ADDRESSES.items():
        app.router.add_get(address, portal.page(_showing(portal, name)))


def _showing(portal: Portal, name: PageName) -> Page:
    async def show(request: web.Request) -> web.Response:
        words = words_of(request)
        asked = body_of(InLanguage, {"language": words.language})
        found = await portal.ask(request, SHOW_TEXT, asked, {"text": name.value})
        text = found.body or first_text(name, words.language)
        return rendered(
            "text.html",
            request,
            title=words.text(f"page_texts.{name.value}"),
            body=as_html(text),
            changed_at=found.changed_at if found.body else None,
        )

    return show
