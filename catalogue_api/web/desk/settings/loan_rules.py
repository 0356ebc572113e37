"""« Règles de prêt »: a table that librarians read, and that managers change with open eyes."""

from dataclasses import replace

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.rules import (
    CHANGE_RULES,
    SHOW_RULES,
    RulesChanged,
    RulesData,
    RulesInfo,
)
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.forms import Change, Draft, Form, Unfit
from catalogue_api.web.desk.page import SITES, rendered, words_of
from catalogue_api.web.desk.settings import rule_words
from catalogue_api.web.desk.settings.previews import (
    HERE,
    Preview,
    as_typed,
    goes_back,
    may_change,
    shown_first,
    status_of,
    wants_to_save,
)
from catalogue_api.web.desk.settings.rules_typed import (
    MOST_LINES,
    body_typed,
    numbers,
    values_of,
)

_HERE = "/desk/settings/rules"
_LATENESS = ("grace_days", "suspension_per_day", "longest_suspension")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its form."""
    page = RulesPage(desk)
    app.router.add_get("/settings/rules", desk.page(page.show, Scope.STAFF))
    app.router.add_get("/settings/rules/change", desk.page(page.ask, Scope.RULES))
    app.router.add_post("/settings/rules/change", desk.form(page.change, Scope.RULES))


class RulesPage:
    """The rules of lending: to be read, and as a form."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

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
        return self._form(request, draft)

    async def change(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell what other rules do and whom they touch, then put them in force."""
        saving = wants_to_save(form)
        if goes_back(form):
            return self._form(request, as_typed(form))
        before = await self._found(request)
        now, version = self._in_words(request, before), form.version
        if version != before.version and self._same(form, now):
            version = before.version  # hours or closures were changed, not these rules
        try:
            body = body_typed(form, dry_run=not saving)
        except Unfit as unfit:
            return self._form(request, self._desk.kept(form, unfit))
        try:
            found = await self._desk.call(request, CHANGE_RULES, body, version=version)
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                return self._form(request, self._desk.kept(form, refused))
            if self._in_words(request, body) == now:  # the same form came twice
                raise self._desk.done(_HERE, "rules.stored") from refused
            return self._form(request, self._overtaken(form, now, before.version))
        if not saving:
            return shown_first(request, form, self._preview(request, before, found))
        raise self._desk.done(_HERE, "rules.stored")

    async def _found(self, request: web.Request) -> RulesInfo:
        return await self._desk.call(request, SHOW_RULES, Nothing())

    def _in_words(self, request: web.Request, rules: RulesData) -> dict[str, str]:
        return rule_words.in_words(words_of(request), rules, request[SITES])

    def _same(self, form: Form, now: dict[str, str]) -> bool:
        return _was(form) == now

    def _overtaken(self, form: Form, now: dict[str, str], version: int) -> Draft:
        """Return the form upon what somebody else stored; rules they added or dropped are told."""
        was = _was(form)
        changes = tuple(
            Change(name, was.get(name, ""), now.get(name, ""))
            for name in dict.fromkeys((*now, *was))
            if was.get(name) != now.get(name)
        )
        return replace(form.overtaken(now, version), changes=changes)

    def _preview(self, request: web.Request, before: RulesInfo, found: RulesChanged) -> Preview:
        words = words_of(request)
        old, new = self._in_words(request, before), self._in_words(request, found)
        said = list(rule_words.changes(old, new, words))
        effects = []
        if found.loans_touched:
            effects.append(words.count("rules.loans_touched", found.loans_touched))
            effects.append(words.count("rules.readers_touched", found.readers_touched))
        if found.readers_over_limit:
            effects.append(words.count("rules.readers_over", found.readers_over_limit))
        return Preview(
            words.text("rules.preview"),
            said or [words.text("preview.nothing")],
            effects or [words.text("rules.nobody_touched")],
            _HERE,
        )

    def _form(self, request: web.Request, draft: Draft) -> web.Response:
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


def _was(form: Form) -> dict[str, str]:
    return {name[4:]: said for name, said in form.fields.items() if name.startswith("was.")}
