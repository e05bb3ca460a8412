"""Markdown that strangers wrote, as HTML that cannot act.

Two walls: the parser knows no raw HTML, and what it makes is cleaned against a short list. Links to other sites
carry ``rel="nofollow noopener"``. Headings are lowered so that a text never outranks the page around it.
"""

from __future__ import annotations

from functools import lru_cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

BLOCKS = {"p", "br", "hr", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
WORDS = {"strong", "em", "s", "code", "a"}
TAGS = BLOCKS | TABLES | WORDS | {"img"}
ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "code": {"class"},
    "th": {"align"},
    "td": {"align"},
}
SCHEMES = {"http", "https", "mailto"}
LIMIT = 200_000


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False, "maxNesting": 20})
    return parser.enable(["table", "strikethrough"])


_PARSER = _parser()


def _lower(tokens: list[Token], by: int) -> None:
    """Renumber headings from ``by + 1`` on, one step at a time, whatever levels the writer jumped."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, by + len(above))}"


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        # The page's own policy refuses pictures from elsewhere; the alternative text then stands alone.
        return value if value.startswith("/") and not value.startswith("//") else None
    if tag == "code" and name == "class":
        return value if value.startswith("language-") and value[9:].replace("-", "").isalnum() else None
    return value


@lru_cache(maxsize=1024)
def render(text: str, lower: int = 2) -> SafeString:
    """Safe HTML of Markdown (CommonMark, tables, strikethrough). Text beyond 200,000 characters is cut."""
    tokens = _PARSER.parse(text[:LIMIT])
    _lower(tokens, lower)
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )
    return mark_safe(cleaned)  # noqa: S308  # cleaned by nh3 on the line above


def inline(text: str) -> SafeString:
    """Safe HTML of one line of Markdown, without a paragraph around it."""
    html = str(_PARSER.renderInline(text[:2000]))
    cleaned = nh3.clean(
        html,
        tags=WORDS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )
    return mark_safe(cleaned)  # noqa: S308  # cleaned by nh3 on the line above


def plain(text: str, limit: int = 280) -> str:
    """The words alone, for a description or an excerpt, cut at a word."""
    words = " ".join(unescape(nh3.clean(str(_PARSER.render(text[:LIMIT])), tags=set())).split())
    if len(words) <= limit:
        return words
    return words[:limit].rsplit(" ", 1)[0] + "…"
