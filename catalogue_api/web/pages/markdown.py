"""Texts that librarians write in Markdown, as HTML that holds nothing but text. Pure.

What looks like HTML is text; pictures are none; links lead to pages and mail only, which is the
rule of the parser itself. Headings stand below that of the page, and skip no level.
"""

from markdown_it import MarkdownIt
from markupsafe import Markup

_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def as_html(text: str) -> Markup:
    """Return a text as HTML."""
    tokens, level = _PARSER.parse(text), 1
    for token in tokens:
        if token.type == "heading_open":
            level = min(max(int(token.tag[1]), 2), level + 1)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
    return Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}))  # noqa: S704 - escaped there
