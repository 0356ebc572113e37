"""« Règles de prêt »: a table that librarians read, and that managers change with open eyes."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.rules import (
    CHANGE_RULES,
    SHOW_RULES,
    RulesChange,
    RulesChanged,
    RulesData,
    RulesInfo,
)
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings import rule_words
from catalogue_api.web.desk.settings.changing import Changing
from catalogue_api.web.desk.settings.previews import (
    HERE,
    Preview,
    may_change,
    status_of,
)
from catalogue_api.web.desk.settings.rules_typed import (
    MOST_LINES,
    body_typed,
    numbers,
    values_of,
)
from catalogue_api.web.pages.forms import Draft, Form
from catalogue_api.web.pages.rendering import words_of

_HERE = "/desk/settings/rules"
_LATENESS = ("grace_days", "suspension_per_day", "longest_suspension")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its form."""
    page = RulesPage(desk)
    app.router.add_get("/settings/rules", desk.page(page.show, Scope.STAFF))
    app.router.add_get("/settings/rules/change", desk.page(page.ask, Scope.RULES))
    app.router.add_post("/settings/rules/change", desk.form(page.change, Scope.RULES))


class RulesPage(Changing[RulesChange, RulesInfo, RulesChanged]):
    """The rules of lending: to be read, and as a form."""

    async def show(self, request: web.Request) -> web.Response:
        """Show the rules in force."""
        rules, words = await self._found(request), words_of(request)
        return rendered(
            "settings/rules.html",
            request,
            here=HERE,
            rules=rules,
            words_for=rule_words,
            names=request[SITES],
            setting=lambda name: rule_words.setting(words, rules, name),
            lateness=_LATENESS,
            may_change=may_change(request, Scope.RULES),
            too_many=len(rules.loan_rules) + len(rules.limits) > MOST_LINES,
        )

    async def ask(self, request: web.Request) -> web.Response:
        """Show the rules as a form."""
        rules = await self._found(request)
        was = self._in_words(request, rules)
        draft = Draft(self._desk.parts.new_token(), values_of(rules), rules.version, was)
        return self._form(request, draft, rules)

    async def _found(self, request: web.Request) -> RulesInfo:
        return await self._desk.call(request, SHOW_RULES, Nothing())

    def _in_words(self, request: web.Request, said: RulesData) -> dict[str, str]:
        return rule_words.in_words(words_of(request), said, request[SITES])

    def _body(self, form: Form, *, dry_run: bool) -> RulesChange:
        return body_typed(form, dry_run=dry_run)

    async def _send(
        self, request: web.Request, body: RulesChange, version: int | None
    ) -> RulesChanged:
        return await self._desk.call(request, CHANGE_RULES, body, version=version)

    def _stored(self, _request: web.Request, _found: RulesInfo) -> web.HTTPSeeOther:
        return self._desk.done(_HERE, "rules.stored")

    def _preview(self, request: web.Request, before: RulesInfo, after: RulesChanged) -> Preview:
        words = words_of(request)
        old, new = self._in_words(request, before), self._in_words(request, after)
        said = list(rule_words.changes(old, new, words))
        effects = []
        if after.loans_touched:
            effects.append(words.count("rules.loans_touched", after.loans_touched))
            effects.append(words.count("rules.readers_touched", after.readers_touched))
        if after.readers_over_limit:
            effects.append(words.count("rules.readers_over", after.readers_over_limit))
        return Preview(
            words.text("rules.preview"),
            said or [words.text("preview.nothing")],
            effects or [words.text("rules.nobody_touched")],
            _HERE,
        )

    def _form(self, request: web.Request, draft: Draft, _found: RulesInfo) -> web.Response:
        words = words_of(request)
        kinds = [(kind.value, words.text(f"title_kind.{kind.value}")) for kind in TitleKind]
        return rendered(
            "settings/rules_form.html",
            request,
            status=status_of(draft),
            here=HERE,
            draft=draft,
            rules=numbers(draft.values, "rule"),
            limits=numbers(draft.values, "limit"),
            kinds=[("", words.text("rules.any_kind")), *kinds],
            places=[("", words.text("rules.any_site")), *request[SITES].items()],
            kind_names=dict(kinds),
            lateness=_LATENESS,
        )
