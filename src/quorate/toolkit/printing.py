"""Markdown on paper: Markdown as Typst, and Typst as PDF when its library is installed (extra ``pdf``).

Every word goes into the Typst source as a string, never as markup, so a text cannot reach Typst's own functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from quorate.kernel.discovery import has, optional

#: Without the extra pages do not offer the PDF.
AVAILABLE = has("typst")

_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
_HEAD = """\
#set document(title: {title}, date: none)
#set page(paper: "a4", margin: 22mm, numbering: "1 / 1")
#set text(size: 10.5pt)
#set par(justify: false)
#show heading: set block(above: 1.4em, below: 0.7em)
"""
_WRAPS = {
    "strong_open": "#strong[",
    "em_open": "#emph[",
    "strong_close": "]",
    "em_close": "]",
    "link_close": "]",
    "paragraph_close": "\n\n",
    "heading_close": "]\n\n",
    "list_item_open": "[",
    "list_item_close": "],",
    "bullet_list_open": "#list(",
    "bullet_list_close": ")\n\n",
    "ordered_list_open": "#enum(",
    "ordered_list_close": ")\n\n",
    "blockquote_open": "#quote(block: true)[",
    "blockquote_close": "]\n\n",
    "softbreak": " ",
    "hardbreak": "#linebreak()",
    "hr": "#line(length: 100%)\n\n",
}


def pdf(text: str, title: str) -> bytes:
    """A text as a PDF, the same bytes for the same text. Only where ``AVAILABLE``."""
    made = optional("typst", extra="pdf").compile(source(text, title).encode())
    assert isinstance(made, bytes)  # one document, not one for each page
    return made


def source(text: str, title: str) -> str:
    """Markdown as Typst source."""
    return _HEAD.format(title=_string(title)) + "".join(_parts(_PARSER.parse(text)))


def _parts(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield from _parts(token.children or [])
        elif token.type == "heading_open":
            yield f"#heading(level: {int(token.tag[1:])})["
        elif token.type == "link_open":
            href = str(token.attrs.get("href", ""))
            yield f"#link({_string(href)})[" if href.startswith(("http://", "https://", "mailto:")) else "#text["
        elif token.type in ("text", "html_inline", "html_block"):
            yield f"#{_string(token.content)}"
        elif token.type in ("code_inline", "code_block", "fence"):
            yield f"#raw({_string(token.content)})"
        else:
            yield _WRAPS.get(token.type, "")


def _string(text: str) -> str:
    """A string literal of Typst."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
