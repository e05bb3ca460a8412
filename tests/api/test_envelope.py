"""What every operation has in common: who calls, problems, one answer per key, entity tags, limits."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from tests.api.conftest import Caller, token_for

from quorate.access.models import Account, Answer, ApiToken
from quorate.access.ratelimit import forget
from quorate.kernel import clock
from quorate.ledger.feed import entries

pytestmark = pytest.mark.django_db

HOOK = {"url": "https://hooks.example/quorate", "kinds": ["case.*"]}


@pytest.fixture(autouse=True)
def _public_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of hosts lead to one public address."""
    monkeypatch.setattr(
        "quorate.surfaces.api.outbound.socket.getaddrinfo",
        lambda host, port, **_: [(2, 1, 6, "", ("93.184.216.34", port))],
    )


def problem(answer: Any) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == answer.status_code
    assert set(body) == {"type", "title", "status", "detail", "where", "mend", "problems"}
    return body


# Who calls ---------------------------------------------------------------------------------------------------


def test_a_visitor_is_told_how_to_come_in(client: Client) -> None:
    answer = client.get("/api/v1/tokens")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert "token" in problem(answer)["mend"]


def test_a_public_operation_takes_visitors(client: Client) -> None:
    assert client.get("/api/v1/me").json()["kind"] == "visitor"


def test_a_token_speaks_for_its_account(as_account: Caller, ada: Account) -> None:
    body = as_account(ada).get("/api/v1/me").json()
    assert (body["kind"], body["account"], body["scopes"]) == ("account", str(ada.id), ["all"])


@pytest.mark.parametrize("value", ["Bearer wrong", "Bearer", "Basic YTpi", "Nonsense"])
def test_a_wrong_token_is_refused_even_by_public_operations(client: Client, value: str) -> None:
    assert client.get("/api/v1/me", headers={"Authorization": value}).status_code == 401


def test_a_wrong_token_is_not_saved_by_a_session(client: Client, ada: Account) -> None:
    client.force_login(ada)
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_token_ends(as_account: Caller, ada: Account) -> None:
    caller = as_account(ada)
    ApiToken.objects.update(expires_at=clock.now() + timedelta(hours=1))
    assert caller.get("/api/v1/me").status_code == 200
    with clock.travel(by=timedelta(hours=1)):
        assert caller.get("/api/v1/me").status_code == 401


def test_a_closed_account_has_no_token(as_account: Caller, ada: Account) -> None:
    caller = as_account(ada)
    Account.objects.update(is_active=False)
    assert caller.get("/api/v1/me").status_code == 401


def test_the_use_of_a_token_is_noted_but_not_at_every_request(as_account: Caller, ada: Account) -> None:
    caller = as_account(ada)
    caller.get("/api/v1/me")
    first = ApiToken.objects.get().last_used_at
    caller.get("/api/v1/me")
    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_a_scope_limits(as_account: Caller, operator: Account) -> None:
    assert as_account(operator, "read").get("/api/v1/why?permission=ledger.read").json()["allowed"]
    assert not as_account(operator, "read").get("/api/v1/why?permission=ledger.seal").json()["allowed"]
    assert as_account(operator, "ledger.seal").get("/api/v1/why?permission=ledger.seal").json()["allowed"]
    assert not as_account(operator, "ledger.seal").get("/api/v1/why?permission=ledger.read").json()["allowed"]


def test_a_token_makes_no_stronger_token(as_account: Caller, ada: Account) -> None:
    body = {"name": "more", "scopes": ["all"]}
    weak = as_account(ada, "token.manage", "read")
    assert weak.post("/api/v1/tokens", body, "application/json").status_code == 403
    assert weak.post("/api/v1/tokens", body | {"scopes": ["read"]}, "application/json").status_code == 201
    assert as_account(ada, "read").post("/api/v1/tokens", body, "application/json").status_code == 403


def test_a_session_must_prove_that_the_page_was_ours(ada: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    assert client.get("/api/v1/tokens").status_code == 200
    refused = client.post("/api/v1/tokens", {"name": "x", "scopes": ["read"]}, "application/json")
    assert refused.status_code == 403
    assert "X-CSRFToken" in problem(refused)["mend"]
    client.get("/sign-in/email/")
    proved = client.post(
        "/api/v1/tokens",
        {"name": "x", "scopes": ["read"]},
        "application/json",
        headers={"X-CSRFToken": client.cookies["csrftoken"].value},
    )
    assert proved.status_code == 201


# Problems ----------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_a_problem(client: Client, as_account: Caller, ada: Account) -> None:
    assert problem(client.get("/api/v1/nonsense"))["status"] == 404
    assert problem(client.get("/api/nonsense"))["mend"] == "/api/docs"
    assert problem(client.get("/api/v1/a%0Ab"))["status"] == 404
    assert problem(client.post("/api/v1/nonsense"))["status"] == 404
    missing = "/api/v1/tokens/01900000-0000-7000-8000-000000000000"
    assert problem(as_account(ada).delete(missing))["status"] == 404


def test_a_method_that_is_not_taken_is_a_problem(as_account: Caller, ada: Account) -> None:
    answer = as_account(ada).put("/api/v1/tokens", {}, "application/json")
    assert problem(answer)["status"] == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_a_body_that_does_not_fit_names_each_field(as_account: Caller, ada: Account) -> None:
    answer = as_account(ada).post("/api/v1/tokens", {"name": "", "colour": 1}, "application/json")
    body = problem(answer)
    assert body["status"] == 422
    assert {found["where"] for found in body["problems"]} == {"name", "scopes", "colour"}


def test_what_is_not_json_is_a_problem(as_account: Caller, ada: Account) -> None:
    assert problem(as_account(ada).post("/api/v1/tokens", "{", "application/json"))["status"] == 400


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_text_that_no_database_keeps_is_refused(as_account: Caller, ada: Account, text: str) -> None:
    body = json.dumps({"name": text, "scopes": ["read"]})
    assert problem(as_account(ada).post("/api/v1/tokens", body, "application/json"))["status"] == 422


def test_an_address_with_nul_is_refused(client: Client) -> None:
    assert problem(client.get("/api/v1/ledger/entries?about=%00"))["status"] == 400


def test_a_defect_is_told_without_its_trace(
    as_account: Caller, ada: Account, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fall(*_: object) -> None:
        raise RuntimeError("the inner workings")

    monkeypatch.setattr("quorate.surfaces.accounts.api._account", fall)
    answer = as_account(ada).get("/api/v1/tokens")
    assert problem(answer)["status"] == 500
    assert b"inner workings" not in answer.content
    assert "inner workings" in caplog.text


# One answer per key ------------------------------------------------------------------------------------------


def test_a_repeat_gets_the_first_answer(
    as_account: Caller, ada: Account, operator: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Registering is made to be kept here, because what it answers ordinarily (a secret) is not."""
    monkeypatch.setattr("quorate.surfaces.api.api.HttpResponse.__setitem__", _without_no_store)
    caller = as_account(ada)
    headers = {"Idempotency-Key": "one"}
    first = caller.post("/api/v1/webhooks", HOOK, "application/json", headers=headers)
    again = caller.post("/api/v1/webhooks", HOOK, "application/json", headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert entries(kinds=["webhook.registered"]).count() == 1
    other = caller.post("/api/v1/webhooks", HOOK | {"description": "x"}, "application/json", headers=headers)
    assert problem(other)["where"] == "Idempotency-Key"
    somebody = as_account(operator).post("/api/v1/webhooks", HOOK, "application/json", headers=headers)
    assert somebody.json()["id"] != first.json()["id"]


def _without_no_store(response: Any, name: str, value: str) -> None:
    response.headers[name] = "private" if value == "no-store" else value


def test_a_refused_request_may_be_mended_under_its_key(as_account: Caller, ada: Account) -> None:
    caller = as_account(ada)
    headers = {"Idempotency-Key": "two"}
    wrong = caller.post("/api/v1/webhooks", HOOK | {"kinds": ["x"]}, "application/json", headers=headers)
    assert wrong.status_code == 422
    assert not Answer.objects.exists()
    assert caller.post("/api/v1/webhooks", HOOK, "application/json", headers=headers).status_code == 201


def test_a_secret_is_not_kept_for_repeats(as_account: Caller, ada: Account) -> None:
    body = {"name": "x", "scopes": ["read"]}
    answer = as_account(ada).post("/api/v1/tokens", body, "application/json", headers={"Idempotency-Key": "k"})
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    assert not Answer.objects.exists()


@pytest.mark.parametrize("key", ["", "with space", "x" * 121, "ü"])
def test_a_key_has_a_form(as_account: Caller, ada: Account, key: str) -> None:
    answer = as_account(ada).post("/api/v1/webhooks", HOOK, "application/json", headers={"Idempotency-Key": key})
    assert problem(answer)["where"] == "Idempotency-Key"


# Entity tags -------------------------------------------------------------------------------------------------


def test_who_has_it_is_spared_it(as_account: Caller, ada: Account) -> None:
    caller = as_account(ada)
    first = caller.get("/api/v1/me")
    spared = caller.get("/api/v1/me", headers={"If-None-Match": first["ETag"]})
    assert (spared.status_code, spared.content) == (304, b"")
    assert spared["ETag"] == first["ETag"]
    assert caller.get("/api/v1/me", headers={"If-None-Match": '"other"'}).status_code == 200


def test_nothing_is_cached_by_others(as_account: Caller, ada: Account) -> None:
    answer = as_account(ada).get("/api/v1/me")
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]


# Limits ------------------------------------------------------------------------------------------------------


def test_too_many_requests_are_told_when_to_come_back(as_account: Caller, ada: Account, settings: Settings) -> None:
    settings.API_PER_MINUTE = 3
    forget()
    caller = as_account(ada)
    with clock.travel(to=clock.now().replace(second=10, microsecond=0)):
        assert [caller.get("/api/v1/me").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = caller.get("/api/v1/me")
    assert int(refused["Retry-After"]) == 50
    assert "50" in problem(refused)["mend"]
    forget()


def test_guessing_tokens_is_slowed_down(client: Client) -> None:
    forget()
    with clock.travel(to=clock.now().replace(second=10, microsecond=0)):
        found = [client.get("/api/v1/me", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(32)]
    assert found[:30] == [401] * 30
    assert found[30:] == [429] * 2
    forget()


# Pages -------------------------------------------------------------------------------------------------------


def test_a_list_is_walked_by_its_cursor(as_account: Caller, ada: Account) -> None:
    caller = as_account(ada)
    for _ in range(6):
        token_for(ada)
    seen: list[str] = []
    cursor = ""
    while True:
        body = caller.get("/api/v1/tokens", {"limit": 3, "cursor": cursor}).json()
        seen += [item["id"] for item in body["items"]]
        if body["next"] is None:
            break
        cursor = body["next"]
        token_for(ada)  # whoever comes meanwhile neither repeats nor hides others
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "bm9uc2Vuc2U", "WzFd", "WyJhIl0", "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5LCAieCJd"])
def test_a_cursor_of_another_list_is_refused(as_account: Caller, ada: Account, cursor: str) -> None:
    assert problem(as_account(ada).get("/api/v1/tokens", {"cursor": cursor}))["where"] == "cursor"


def test_a_page_has_a_largest_size(as_account: Caller, ada: Account) -> None:
    assert problem(as_account(ada).get("/api/v1/tokens", {"limit": 201}))["where"] == "limit"


def test_only_public_kinds_are_read_by_everybody(client: Client, as_account: Caller, operator: Account) -> None:
    as_account(operator).post("/api/v1/tokens", {"name": "x", "scopes": ["read"]}, "application/json")
    assert client.get("/api/v1/ledger/entries").json()["items"] == []
    (entry,) = as_account(operator).get("/api/v1/ledger/entries").json()["items"]
    assert entry["kind"] == "token.created"
    assert "name" not in entry["data"]
    assert client.get(f"/api/v1/ledger/entries/{entry['seq']}").status_code == 404
