"""Clauses of a policy can be linked to, and nothing else can be smuggled in by them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quorate.terms.clauses import anchors, html


def test_headings_and_items_carry_their_anchor() -> None:
    text = "## 1. Seats {#seats}\n\n1. One each. {#each}\n2. Loose\n   - inner {#inner}\n\nA paragraph. {#para}\n"
    made = html(text)
    assert anchors(text) == ["seats", "each", "inner", "para"]
    assert '<h3 id="seats">1. Seats</h3>' in made
    assert '<li id="each">One each.</li>' in made
    assert '<li id="inner">inner</li>' in made
    assert '<p id="para">A paragraph.</p>' in made


def test_an_anchor_is_given_once_and_odd_ones_stay_text() -> None:
    made = html("# A {#one}\n\n# B {#one}\n\n# C {#Not One}\n")
    assert made.count('id="one"') == 1
    assert "{#Not One}" in made


@given(st.text(max_size=300))
def test_whatever_is_written_cannot_act(text: str) -> None:
    made = html(text + '\n\n<script>alert("x")</script> {#s}\n')
    assert "<script" not in made
    assert "\ue000" not in made
