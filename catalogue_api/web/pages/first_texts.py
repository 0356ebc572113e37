"""The texts of the portal that a library has not written yet: ours, to begin with."""

from functools import cache
from pathlib import Path

from catalogue_api.domain.portal import PageName

_FOLDER = Path(__file__).parent.parent / "templates" / "portal" / "texts"


@cache
def first_text(name: PageName, language: str) -> str:
    """Return a text in Markdown."""
    return (_FOLDER / f"{name.value}.{language}.md").read_text(encoding="utf-8").strip()
