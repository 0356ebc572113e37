"""Texts that librarians write in Markdown, as HTML that holds nothing but text. Pure.

What looks like HTML is text; pictures are none; links lead to pages and mail only, which is the
rule of the parser itself. Headings begin one level below that of the page.
"""

from markdown_it import MarkdownIt
from markupsafe import Markup

_LOWEST = 6
_PARSER = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_block", "html_inline"])


def as_html(text: str) -> Markup:
    """Return a text as HTML."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, _LOWEST)}"
    return Markup(_PARSER.renderer.render(tokens, _PARSER.options, {}))  # noqa: S704 - escaped there
