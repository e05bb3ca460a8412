"""One template, two answers; public pages that caches may keep; pages of an older deploy that are told to reload."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from quorate.toolkit import deploys, pages


@pytest.mark.django_db
def test_htmx_gets_the_block_it_asked_for(client: Client) -> None:
    whole = client.get("/search/?q=zzz").content.decode()
    part = client.get("/search/?q=zzz", headers={"HX-Request": "true", "HX-Target": "palette-hits"})
    assert "<html" in whole
    assert "<html" not in part.content.decode()
    assert "Nothing found" in part.content.decode()
    assert part["Cache-Control"] == "no-store"
    assert "HX-Request" in part["Vary"]


@pytest.mark.django_db
def test_another_target_and_a_restored_history_get_the_page(client: Client) -> None:
    other = client.get("/search/", headers={"HX-Request": "true", "HX-Target": "else"})
    restored = client.get(
        "/search/",
        headers={"HX-Request": "true", "HX-Target": "palette-hits", "HX-History-Restore-Request": "true"},
    )
    assert b"<html" in other.content
    assert b"<html" in restored.content


@pytest.mark.django_db
def test_a_table_answers_with_its_rows_alone(client: Client) -> None:
    answer = client.get("/dev/gallery/?q=tensor", headers={"HX-Request": "true", "HX-Target": "samples-rows"})
    html = answer.content.decode()
    assert html.lstrip().startswith('<div id="samples-rows"')
    assert "Tensorloom" in html
    assert "quillcache" not in html


def test_a_block_that_is_not_there_is_a_defect() -> None:
    with pytest.raises(KeyError, match="no block 'nope'"):
        pages.render_block(RequestFactory().get("/"), "web/500.html", "nope")


@pytest.mark.django_db
def test_a_public_page_is_cacheable_and_says_so(client: Client) -> None:
    first = client.get("/p/")
    assert first["Cache-Control"] == "public, max-age=60"
    assert not first.cookies
    assert b"csrfmiddlewaretoken" not in first.content
    again = client.get("/p/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    french = client.get("/p/", headers={"If-None-Match": first["ETag"], "Accept-Language": "fr"})
    assert french.status_code == 200
    assert "Accept-Language" in french["Vary"]


@pytest.mark.parametrize(
    ("asked", "gone"),
    [
        ("/queue/?page=2", "/queue/?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("javascript:1", "/"),
    ],
)
def test_a_form_returns_to_this_site_only(asked: str, gone: str) -> None:
    assert pages.back(RequestFactory().post("/", {"next": asked}), "/") == gone


def answer_of(request: HttpRequest, status: int = 200) -> tuple[HttpResponse, list[str]]:
    seen: list[str] = []

    def view(asked: HttpRequest) -> HttpResponse:
        seen.append(str(asked.method))
        return HttpResponse("done", status=status)

    response = deploys.StalePageMiddleware(view)(request)
    assert isinstance(response, HttpResponse)
    return response, seen


HTMX = {"HX-Request": "true"}
OLD = {**HTMX, deploys.HEADER: "of-yesterday"}


def test_a_fragment_for_an_older_page_is_a_reload() -> None:
    response, seen = answer_of(RequestFactory().get("/", headers=OLD))
    assert response["HX-Refresh"] == "true"
    assert seen == []


def test_a_change_from_an_older_page_is_made_and_then_reloads() -> None:
    response, seen = answer_of(RequestFactory().post("/", headers=OLD))
    assert seen == ["POST"]
    assert response["HX-Refresh"] == "true"


def test_an_error_for_an_older_page_still_shows() -> None:
    response, _seen = answer_of(RequestFactory().post("/", headers=OLD), status=422)
    assert "HX-Refresh" not in response
    assert response.content == b"done"


@pytest.mark.parametrize("headers", [{}, HTMX, {**HTMX, deploys.HEADER: deploys.deploy_id()}])
def test_pages_of_this_deploy_are_left_alone(headers: dict[str, str]) -> None:
    response, _seen = answer_of(RequestFactory().get("/", headers=headers))
    assert response.content == b"done"
