"""Every page in every stage, for everybody: it shows what it must, and to nobody what it must not."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from tests.engine.web.conftest import SECRETS, Gallery

from quorate.engine import actions
from quorate.engine.web.cases import RECENT
from quorate.kernel import clock

STAGES = [
    "new",
    "triage",
    "information",
    "review",
    "vote",
    "onboarding",
    "listed",
    "declined",
    "too-early",
    "withdrawn",
    "void",
    "review:due",
    "review:measured",
    "review:remedy",
    "review:recheck",
    "review:retired",
    "review:kept",
]
READERS = ["", "mara", "petra", "ben", "xavier"]
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Whole(HTMLParser):
    """Checks that tags are closed in order, ids are given once, and nothing is done that the policy refuses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name == "style" or name.startswith("on"):
                self.faults.append(f"<{tag} {name}>")
            if name in ("href", "action", "src") and (not value or "None" in value or value == "#"):
                self.faults.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> out of order")


def whole(answer: HttpResponse) -> str:
    """The page's text, once it is seen to be whole."""
    text = answer.content.decode()
    reader = Whole()
    reader.feed(text)
    assert not reader.faults, reader.faults[:5]
    assert not reader.open, reader.open
    twice = {name for name in reader.ids if reader.ids.count(name) > 1}
    assert not twice, twice
    assert not re.search(r"\{[{%]|%\([a-z]+\)s|&lt;(p|a|span|div)\b", text)
    shown = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    assert not re.search(r">\s*None\s*<", shown)
    return text


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_case_in_every_stage_for_everybody(gallery: Gallery, stage: str, reader: str) -> None:
    case = gallery.case(stage)
    browser = gallery.cast.browser(reader)
    public = browser.get(f"/p/cases/{case.key}/")
    text = whole(public) if public.status_code == 200 else ""
    assert public.status_code == 200, "every stage of both programs is public"
    assert case.title in text
    for secret in SECRETS:
        assert secret not in text, secret
    page = browser.get(f"/cases/{case.key}/")
    if not reader:
        assert page.status_code == 302
        assert page["Location"].startswith("/sign-in/")
        return
    assert page.status_code == 200
    text = whole(page)
    assert case.title in text
    if reader == "xavier":
        for secret in SECRETS:
            assert secret not in text, secret
        assert 'action="/cases/' not in text, "an outsider is offered nothing to do"
    if reader == "mara":
        assert ("mara@garden.example" in text) == (not stage.startswith("review:"))
        for secret in SECRETS[2:]:
            assert secret not in text, secret
    if reader == "petra" and stage == "triage":
        assert all(secret in text for secret in ("mara@garden.example", "Mara Invented", "For staff alone."))


LISTS = [
    "/p/programs/",
    "/p/programs/ecosystem/",
    "/p/programs/ecosystem/queue/",
    "/p/programs/ecosystem/cases/",
    "/p/programs/ecosystem-review/cases/",
    "/p/programs/ecosystem/apply/",
    "/cases/",
    "/cases/?state=open&sort=-due_at",
    "/cases/?late=1&q=review",
    "/programs/",
    "/programs/ecosystem/",
    "/programs/ecosystem-review/",
    "/programs/ecosystem/queue/",
    "/",
]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("path", LISTS)
def test_a_list_for_everybody(gallery: Gallery, path: str, reader: str) -> None:
    answer = gallery.cast.browser(reader).get(path)
    if not reader and not path.startswith("/p/"):
        assert answer.status_code == 302
        return
    assert answer.status_code == 200
    text = whole(answer)
    if path.startswith("/p/"):
        for secret in SECRETS:
            assert secret not in text, secret


@pytest.mark.parametrize("form", ["csv", "json"])
def test_lists_are_exported_as_they_are_shown(gallery: Gallery, form: str) -> None:
    for reader, path in (
        ("petra", "/cases/"),
        ("petra", "/programs/ecosystem/queue/"),
        ("", "/p/programs/ecosystem/cases/"),
    ):
        answer = gallery.cast.browser(reader).get(f"{path}?format={form}")
        assert answer.status_code == 200
        text = answer.content.decode() if not answer.streaming else b"".join(answer).decode()  # type: ignore[arg-type]  # bytes
        assert "Newcomer" in text
        assert "mara@" not in text


def test_a_long_history_is_told_from_its_end(gallery: Gallery) -> None:
    case = gallery.case("triage")
    browser = gallery.cast.browser("petra")
    path = f"/cases/{case.key}/"
    assert "?history=all" not in whole(browser.get(path))
    told, said = RECENT["newest"], RECENT["said"]
    for number in range(told):
        clock.set_now(clock.now() + timedelta(seconds=1))
        actions.comment(actor=gallery.cast.actor("petra"), case=case, body=f"Remark {number}.")
    short, full = whole(browser.get(path)), whole(browser.get(f"{path}?history=all"))
    assert short.count('class="timeline-line"') == told
    assert '<a class="button quiet" href="?history=all#history">' in short
    assert short.count('class="comment"') == said
    assert f"Remark {told - 1}." in short
    assert "Remark 0." not in short
    assert '<a class="button quiet" href="?history=all#discussion">' in short
    assert "Remark 0." in full
    assert full.count('class="timeline-line"') > told
    assert "?history=all" not in full


def test_the_queue_has_places_and_ages(gallery: Gallery) -> None:
    text = whole(gallery.cast.browser().get("/p/programs/ecosystem/queue/"))
    assert "Newcomer" in text
    assert "20 days" in text


def test_public_pages_can_be_kept_by_caches(gallery: Gallery) -> None:
    browser = gallery.cast.browser()
    for path in (
        "/p/programs/",
        "/p/programs/ecosystem/",
        f"/p/cases/{gallery.case('vote').key}/",
        "/p/programs/ecosystem/form.yml",
    ):
        answer = browser.get(path)
        assert "public" in answer["Cache-Control"], path
        again = browser.get(path, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304, path


def test_the_form_is_given_as_the_issue_form_that_it_is(gallery: Gallery) -> None:
    answer = gallery.cast.browser().get("/p/programs/ecosystem/form.yml")
    assert answer["Content-Type"].startswith("text/yaml")
    assert answer.content.decode().startswith("name: Ecosystem project application")
    assert gallery.cast.browser().get("/p/programs/ecosystem-review/form.yml").status_code == 404
    assert gallery.cast.browser().get("/p/programs/ecosystem-review/apply/").status_code == 404


@pytest.mark.parametrize(
    "path", ["/cases/ECO-999/", "/p/cases/ECO-999/", "/p/programs/none/", "/programs/none/", "/cases/x/review/"]
)
def test_what_is_not_there_is_said_in_words(gallery: Gallery, path: str) -> None:
    answer = gallery.cast.browser("petra").get(path)
    assert answer.status_code == 404
    assert "There is nothing here" in whole(answer)


def test_each_reviewer_sees_the_review_form_and_nobody_else(gallery: Gallery) -> None:
    key = gallery.case("review").key
    for reader, status in (("cleo", 200), ("ben", 404), ("mara", 404), ("petra", 404), ("xavier", 404)):
        answer = gallery.cast.browser(reader).get(f"/cases/{key}/review/")
        assert answer.status_code == status, reader
        text = whole(answer)
        assert "Ben tried it." not in text
    assert "Ben tried it." in whole(gallery.cast.browser("ben").get(f"/cases/{key}/"))
    assert "Ben tried it." not in whole(gallery.cast.browser("cleo").get(f"/cases/{key}/"))
    assert "Ben tried it." in whole(gallery.cast.browser("cleo").get(f"/cases/{gallery.case('vote').key}/"))
