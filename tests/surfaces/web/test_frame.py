"""The frame: my work, search, errors with words, preferences, and a policy that no page breaks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.html import escape

from quorate.access.actors import Actor
from quorate.access.models import Account
from quorate.kernel import clock, discovery
from quorate.kernel.errors import Conflict, NotFound, Refused, UserError
from quorate.toolkit import search, work
from quorate.toolkit.models import Identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user("imogen@harbour.example")


@pytest.fixture
def signed_in(client: Client, account: Account) -> Client:
    client.force_login(account)
    return client


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[work.WorkItem]:
    items: list[work.WorkItem] = []
    sources: work.Registry[work.WorkSource] = work.Registry("source of work")
    sources.register("a", lambda actor, at: items)
    sources.register("b", lambda actor, at: items[:1])
    monkeypatch.setattr(work, "WORK_SOURCES", sources)
    return items


def test_a_visitor_is_taken_to_the_public_site(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/p/"


def test_the_way_to_my_work_leads_through_sign_in(client: Client, account: Account) -> None:
    assert client.get("/work/").headers["Location"] == "/sign-in/login/?next=/"
    client.force_login(account)
    assert client.get("/work/").headers["Location"] == "/"


def test_nothing_waits(signed_in: Client, waiting: list[work.WorkItem]) -> None:
    assert "Nothing waits for you" in signed_in.get("/").content.decode()


def test_what_waits_is_ordered_by_urgency_and_shown_once(signed_in: Client, waiting: list[work.WorkItem]) -> None:
    now = clock.now()
    waiting += [
        work.WorkItem("calm", "Calm", "why", "/1/", now + timedelta(days=30)),
        work.WorkItem("late", "Overdue", "why", "/2/", now - timedelta(days=2)),
        work.WorkItem("none", "Some day", "why", "/3/"),
        work.WorkItem("soon", "Shortly", "why", "/4/", now + timedelta(hours=30)),
    ]
    html = signed_in.get("/").content.decode()
    order = [html.index(f">{title}<") for title in ("Overdue", "Shortly", "Calm", "Some day")]
    assert order == sorted(order)
    assert html.count(">Calm<") == 1


def test_an_answer_can_be_given_from_the_list(signed_in: Client, waiting: list[work.WorkItem]) -> None:
    answer = work.QuickForm("Yes", "/votes/1/", {"choice": "yes"})
    waiting.append(work.WorkItem("v", "Vote", "you hold a seat", "/1/", actions=[answer]))
    html = signed_in.get("/").content.decode()
    form = re.search(r'<form class="act" method="post" action="/votes/1/">.*?</form>', html, re.DOTALL)
    assert form
    assert 'name="choice" value="yes"' in form[0]
    assert 'name="next" value="/"' in form[0]
    assert "csrfmiddlewaretoken" in form[0]


def test_search_asks_every_source_with_the_actor(
    signed_in: Client, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def find(actor: Actor, text: str, limit: int) -> Iterable[search.Hit]:
        asked.append((actor.id, text))
        return [search.Hit(f"<{n}>", f"/{n}/", "note") for n in range(99)]

    sources: search.Registry[search.SearchSource] = search.Registry("source of search results")
    sources.register("boat", search.SearchSource("boat", "Boats", find))
    monkeypatch.setattr(search, "SEARCH_SOURCES", sources)
    part = signed_in.get("/search/?q= petrel ", headers={"HX-Request": "true", "HX-Target": "palette-hits"})
    html = part.content.decode()
    assert asked == [(f"account:{account.id}", "petrel")]
    assert html.count('role="option"') == 6
    assert escape("<3>") in html
    assert len(re.findall(r'id="hit-\d+-\d+"', html)) == 6


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Refused("you may not do this", mend="ask the chair"), 403, "ask the chair"),
        (NotFound("no such boat"), 404, "No such boat"),
        (Conflict("it changed meanwhile"), 409, "It changed meanwhile"),
        (UserError("too many sails", mend="take one down"), 422, "take one down"),
    ],
)
def test_errors_have_words(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, error: UserError, status: int, words: str
) -> None:
    def fail(actor: Actor, at: datetime) -> list[work.WorkItem]:
        raise error

    monkeypatch.setattr(work, "gather", fail)
    page = signed_in.get("/")
    assert page.status_code == status
    assert words in page.content.decode()
    part = signed_in.get("/", headers={"HX-Request": "true", "HX-Target": "x"})
    assert part.status_code == 422
    assert part["HX-Retarget"] == "#flash"
    assert b"<html" not in part.content


def test_an_address_that_is_nobodys(client: Client) -> None:
    answer = client.get("/no/such/place/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_defect_says_so_without_a_trace(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(actor: Actor, at: datetime) -> list[work.WorkItem]:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(work, "gather", fail)
    signed_in.raise_request_exception = False
    answer = signed_in.get("/")
    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert b"Something broke" in answer.content


def test_preferences_are_kept_in_cookies(client: Client) -> None:
    answer = client.post("/preferences/", {"language": "fr", "theme": "dark", "keys": "off", "next": "/p/"})
    assert answer.headers["Location"] == "/p/"
    html = client.get("/p/").content.decode()
    assert '<html lang="fr" data-theme="dark" data-keys="off">' in html
    client.post("/preferences/", {"theme": "auto", "language": "tlh"})
    assert '<html lang="fr" data-keys="off">' in client.get("/p/").content.decode()


def test_preferences_are_not_set_from_other_sites(client: Client) -> None:
    answer = client.post("/preferences/", {"language": "fr"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert not answer.cookies


def test_the_brand_follows_the_foundation(client: Client) -> None:
    Identity.objects.create(name="Harbour Trust", accent="#c2410c", synthetic=True, languages=["en", "fr"])
    html = client.get("/p/").content.decode()
    assert "Harbour Trust" in html
    assert "Synthetic data" in html
    assert "简体中文" not in html
    address = re.search(r'href="(/brand\.css\?[^"]+)"', html)
    assert address
    sheet = client.get(address[1])
    assert sheet["Content-Type"].startswith("text/css")
    assert b"--accent" in sheet.content


def test_settings_ask_for_sign_in(client: Client) -> None:
    assert "sign-in" in client.get("/settings/").headers["Location"]


def test_settings_lead_to_every_way_of_signing_in(signed_in: Client) -> None:
    html = signed_in.get("/settings/").content.decode()
    for link in re.findall(r'href="(/sign-in/[^"]*)"', html):
        assert signed_in.get(link).status_code in (200, 302)


@pytest.mark.parametrize("address", ["/p/", "/search/", "/sign-in/login/", "/dev/gallery/", "/dev/gallery/public/"])
def test_no_page_needs_what_the_policy_refuses(client: Client, address: str) -> None:
    answer = client.get(address)
    html = answer.content.decode()
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    assert not re.search(r"<style[\s>]", html)
    assert not re.search(r"\sstyle\s*=", html)
    assert not re.search(r"\son[a-z]+\s*=", html)
    for attributes in re.findall(r"<script([^>]*)>", html):
        assert "src=" in attributes or "application/json" in attributes


def test_no_template_breaks_the_policy() -> None:
    wrong = []
    for path in sorted(Path(discovery.ROOT).rglob("templates/**/*.html")):
        text = re.sub(r"\{%.*?%\}", "", path.read_text(encoding="utf-8"))
        if re.search(r"<style[\s>]|\sstyle\s*=\s*[\"']|\son(click|change|load|submit|input|error)\s*=|hx-on", text):
            wrong.append(str(path.relative_to(discovery.ROOT)))
        for attributes in re.findall(r"<script([^>]*)>", text):
            if "src=" not in attributes and "application/json" not in attributes:
                wrong.append(str(path.relative_to(discovery.ROOT)))
    assert wrong == []


def test_static_files_ask_nobody_else() -> None:
    for path in sorted(Path(discovery.ROOT).rglob("static/**/*")):
        if path.suffix in (".css", ".js"):
            assert not re.search(r"https?://(?!www\.w3\.org)", path.read_text(encoding="utf-8")), path


def test_sign_in_with_a_password_or_by_code(client: Client, account: Account) -> None:
    from allauth.account.models import EmailAddress  # noqa: PLC0415  # its tables belong to this test alone

    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    account.set_password("a fairly long secret")
    account.save()
    by_code = client.post("/sign-in/login/", {"login": account.email})
    assert by_code.headers["Location"].startswith("/sign-in/login/code/confirm/")
    client = Client()
    wrong = client.post("/sign-in/login/", {"login": account.email, "password": "no"})
    assert wrong.status_code == 200
    right = client.post("/sign-in/login/", {"login": account.email, "password": "a fairly long secret"})
    assert right.headers["Location"] == settings.LOGIN_REDIRECT_URL
