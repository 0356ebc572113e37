"""Texts of the portal that a library writes itself."""

from sqlmodel import Session

from catalogue_api.contract.page_texts import InLanguage, Language, PageName, TextData, TextInfo
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such
from catalogue_api.storage.tables import PageText


def show_text(session: Session, call: Call, body: InLanguage) -> TextInfo:
    """Show a text in a language, as far as the library has written one."""
    name = _name(call)
    return _told(name, body.language, session.get(PageText, (name.value, body.language)))


def put_text(session: Session, call: Call, body: TextData) -> TextInfo:
    """Write a text in a language."""
    name = _name(call)
    key = (name.value, body.language)
    found = session.get(PageText, key, with_for_update=True)
    call.require_version(found.version if found else 0)
    row = found or PageText(
        name=name.value, language=body.language, body="", changed_at=call.now, version=0
    )
    row.body, row.changed_at = body.body.strip(), call.now
    row.version += 1
    session.add(row)
    audit.record(session, call, "text_changed", f"text:{name.value}")
    return _told(name, body.language, row)


def _name(call: Call) -> PageName:
    try:
        return PageName(call.path["text"])
    except ValueError as error:
        raise no_such("text") from error


def _told(name: PageName, language: Language, row: PageText | None) -> TextInfo:
    if row is None:
        return TextInfo(name=name, language=language, body="", version=0)
    return TextInfo(
        name=name,
        language=language,
        body=row.body,
        changed_at=row.changed_at,
        version=row.version,
    )
