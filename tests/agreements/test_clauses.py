"""Templates taken apart, and values that are words whatever somebody types."""

from __future__ import annotations

import html
import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.agreements.conftest import PLACES, TEXT

from quorate.exchange.agreements.clauses import Document, Place, Source, checked, compose, parse
from quorate.kernel.errors import UserError
from quorate.toolkit import printing
from quorate.toolkit.markdown import render

SOURCE = parse(TEXT, PLACES)
#: What somebody may type: marks of Markdown, HTML and Typst above all.
TYPED = st.text(
    st.one_of(st.sampled_from("*_`[]()<>#!&\\|~{}$@^\"'-+=:./ \n\t1"), st.characters(codec="utf-8")), max_size=40
)
#: Only words in lines, so that what stands around a value does not stand in the way of reading it back.
PLAIN = parse("# Words {#words}\n\nsay {{ it }} so\n", [Place("it", "It", required=False)])


def made(source: Source = SOURCE, variants: dict[str, str] | None = None, **values: str) -> Document:
    return compose(source, title="T", template="t", version="1", language="en", values=values, variants=variants)


def test_clauses_have_their_wordings_in_order() -> None:
    assert [[w.variant for w in wordings] for wordings in SOURCE.clauses] == [["standard"], ["standard", "no-logo"]]
    assert "in-code" in SOURCE.wordings("marks")[1].text
    assert SOURCE.preamble.startswith("This agreement")
    assert SOURCE.used == {"organisation", "tier"}


def test_a_wording_is_chosen_and_told() -> None:
    document = made(variants={"marks": "no-logo"}, organisation="Quay", tier="gold")
    assert [clause.variant for clause in document.departures] == ["no-logo"]
    assert "shows no logo" in document.markdown()
    assert "may show the logo" not in document.markdown()
    assert not made(organisation="Quay", tier="gold").departures


@given(TYPED)
@example("](https://evil.example) [x")
@example("<script>alert(1)</script>")
@example("# heading {#dues}")
@example("1. item")
@example("&lt; &amp; &#60;")
@example("{{ tier }}")
@example("a\nb")
def test_a_value_shows_as_exactly_what_was_typed(typed: str) -> None:
    try:
        wanted = checked(Place("it", "It", required=False), typed)
    except UserError:
        return
    shown = str(render(made(PLAIN, it=typed).markdown()))
    assert set(re.findall(r"</?(\w+)", shown)) == {"div", "h3", "p"} - ({"div"} if "<div" not in shown else set())
    body = re.sub(r"<[^>]*>", "", shown.partition("</h3>")[2])
    assert " ".join(html.unescape(body).split()) == f"say {wanted or '—'} so"


@pytest.mark.skipif(not printing.AVAILABLE, reason="the extra pdf (typst) is not installed")
@pytest.mark.parametrize(
    "typed",
    [
        '#eval("1")',
        '#read("/etc/passwd")',
        "$x^2$ @ref <label>",
        '*/ #import "x"',
        '\\u{41} " ] )',
        "漢字 עברית é" * 20,
    ],
)
def test_no_value_reaches_the_printer_as_markup(typed: str) -> None:
    text = made(PLAIN, it=typed).markdown()
    source = printing.source(text, "T")
    outside = re.sub(r'"(?:\\.|[^"\\])*"', "", source)
    assert "#read" not in outside
    assert "#eval" not in outside
    assert "#import" not in outside
    assert printing.pdf(text, "T").startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("a\u202eb", "cannot be seen"),
        ("a\x00b", "cannot be seen"),
        ("a\x1bb", "cannot be seen"),
        ("  ", "is missing"),
        ("x" * 501, "below 500"),
    ],
)
def test_what_hides_or_is_missing_is_refused(typed: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as refused:
        checked(Place("name", "The name"), typed)
    assert refused.value.where == "name"


def test_a_value_is_one_line_in_one_form() -> None:
    assert checked(Place("a", "A"), " e\u0301 \n b ") == unicodedata.normalize("NFC", "e\u0301 b")


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("no clause", "text", "no clause"),
        ("# A {#a}\n# A {#a}\n", "line 2", "twice"),
        ("# A {#a}\n\n# B {#b/x}\n", "line 3", "before its clause"),
        ("# A {#a}\n{{ who }}\n", "line 2", "nobody declared the value who"),
        ("# A {#a}\n`{{ tier }}`\n", "#a", "among words"),
        ("# A {#a}\n\n    {{ tier }}\n", "#a", "among words"),
        ("# A {#a}\n```\n{{ tier }}\n```\n", "#a", "among words"),
        ("# A {#a}\n[x](https://a.example/{{ tier }})\n", "#a", "among words"),
        ("# A {#a}\n![{{ tier }}](/x.png)\n", "#a", "among words"),
        ("`{{ tier }}`\n\n# A {#a}\n", "text", "among words"),
    ],
)
def test_a_template_that_cannot_be_is_refused_where_it_is(text: str, where: str, what: str) -> None:
    with pytest.raises(UserError, match=what) as refused:
        parse(text, PLACES)
    assert refused.value.where == where


@pytest.mark.parametrize(
    ("values", "variants", "where"),
    [
        ({"organisation": "A"}, {}, "tier"),
        ({"organisation": "A", "tier": "b", "dog": "c"}, {}, "dog"),
        ({"organisation": "A", "tier": "b"}, {"marks": "none"}, "variants"),
        ({"organisation": "A", "tier": "b"}, {"dogs": "standard"}, "variants"),
    ],
)
def test_what_does_not_fit_the_template_is_refused(
    values: dict[str, str], variants: dict[str, str], where: str
) -> None:
    with pytest.raises(UserError) as refused:
        made(variants=variants, **values)
    assert refused.value.where == where


def test_the_digest_stands_for_every_word() -> None:
    first = made(organisation="Quay", tier="gold")
    assert Document.from_dict(first.as_dict()) == first
    assert Document.from_dict(first.as_dict()).digest == first.digest
    others = [
        made(organisation="Quay", tier="silver"),
        made(organisation="Quay", tier="gold", variants={"marks": "no-logo"}),
        made(parse(TEXT.replace("pays", "owes"), PLACES), organisation="Quay", tier="gold"),
        made(organisation="Quay", tier="gold", order="7"),
    ]
    assert len({first.digest, *(one.digest for one in others)}) == 5


def test_another_form_is_refused() -> None:
    with pytest.raises(UserError, match="quorate-agreement/1"):
        Document.from_dict({"form": "other"})
