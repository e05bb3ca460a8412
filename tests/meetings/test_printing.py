"""Minutes as PDF: the same bytes for the same text, and no text reaches Typst as markup."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.meetings.conftest import Council
from tests.meetings.test_pages import held, published

from quorate.toolkit import printing

needs_typst = pytest.mark.skipif(not printing.AVAILABLE, reason="the extra pdf (typst) is not installed")
TEXT = """# Minutes

*Ada* said **yes** to [it](https://a.example/?q="x"), `code`, [no](javascript:1).

* one
  1. two

> quoted \\#read("/etc/passwd") #panic("no") $x$ @ref <b>
"""


def test_words_are_strings_and_never_markup() -> None:
    assert printing.source("", 'A "b" \\').startswith('#set document(title: "A \\"b\\" \\\\", date: none)')
    made = printing.source(TEXT, "Title")
    assert '#link("https://a.example/?q=%22x%22")[#"it"]' in made
    assert '#link("javascript' not in made
    outside = "".join(part for number, part in enumerate(made.replace('\\"', "").split('"')) if number % 2 == 0)
    assert "read(" not in outside
    assert "panic" not in outside


@needs_typst
def test_the_same_text_gives_the_same_bytes() -> None:
    made = printing.pdf(TEXT, "Minutes")
    assert made.startswith(b"%PDF-")
    assert made == printing.pdf(TEXT, "Minutes")


@needs_typst
@settings(max_examples=25)
@given(st.text(max_size=200))
def test_any_text_can_be_printed(text: str) -> None:
    assert printing.pdf(text, text).startswith(b"%PDF-")


@needs_typst
@pytest.mark.django_db
def test_only_published_minutes_are_printed(council: Council) -> None:
    meeting = held(council)
    visitor = Client()
    path = f"/p/meetings/{meeting.id}/minutes.pdf"
    assert visitor.get(path).status_code == 404
    published(council, meeting)
    answer = visitor.get(path)
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert path in visitor.get(f"/p/meetings/{meeting.id}/minutes/").content.decode()
    assert visitor.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_without_the_library_nothing_is_offered(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "AVAILABLE", False)
    meeting = held(council)
    published(council, meeting)
    assert Client().get(f"/p/meetings/{meeting.id}/minutes.pdf").status_code == 404
    assert "minutes.pdf" not in Client().get(f"/p/meetings/{meeting.id}/minutes/").content.decode()
