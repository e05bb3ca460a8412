"""Webhooks: who is told what, signed how, and never led into a private network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from datetime import timedelta
from typing import Any

import pytest
from tests.api.conftest import Caller

from quorate.access.identity import actor_of
from quorate.access.models import Account
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.ledger.sealer import seal
from quorate.ledger.worker import drain
from quorate.surfaces.api import outbound
from quorate.surfaces.api.actions import register_webhook
from quorate.surfaces.api.jobs import follow, sign
from quorate.surfaces.api.models import Webhook

pytestmark = pytest.mark.django_db
PUBLIC = "93.184.216.34"


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names of hosts lead to."""
    found = {"hooks.example": [PUBLIC]}

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        if host not in found:
            raise socket.gaierror("unknown")
        return [(2, 1, 6, "", (address, port)) for address in found[host]]

    monkeypatch.setattr("quorate.surfaces.api.outbound.socket.getaddrinfo", resolve)
    return found


class Other:
    """The other side: remembers what it was sent and answers as it is told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        self.status = 204

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.sent.append((url, body, headers))
        return self.status


@pytest.fixture
def other(monkeypatch: pytest.MonkeyPatch) -> Other:
    side = Other()
    monkeypatch.setattr("quorate.surfaces.api.jobs.outbound.post", side.post)
    return side


def registered(caller: Any, **more: Any) -> dict[str, Any]:
    body = {"url": "https://hooks.example/q", **more}
    answer = caller.post("/api/v1/webhooks", body, "application/json")
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_what_is_sealed_is_told_and_signed(as_account: Caller, operator: Account, other: Other) -> None:
    caller = as_account(operator)
    hook = registered(caller)
    caller.post("/api/v1/tokens", {"name": "x", "scopes": ["read"]}, "application/json")
    follow()
    assert drain() == 0  # nothing is told before it is sealed
    seal()
    follow()
    follow()
    drain()
    kinds = [json.loads(body)["type"] for _url, body, _headers in other.sent]
    assert kinds == ["webhook.registered", "token.created"]
    _url, body, headers = other.sent[1]
    assert json.loads(body)["data"]["sentence"] == "Somebody made an API token for an account"
    key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert "name" not in json.loads(body)["data"]["data"]
    assert Webhook.objects.get().last_success_at is not None


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of standardwebhooks.com."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body, secret)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_account_is_told_only_what_it_may_read(as_account: Caller, ada: Account, other: Other) -> None:
    registered(as_account(ada))
    as_account(ada).post("/api/v1/tokens", {"name": "x", "scopes": ["read"]}, "application/json")
    seal()
    follow()
    assert drain() == 0
    assert other.sent == []


def test_who_has_a_part_is_told_the_sentence_and_no_more(
    as_account: Caller, ada: Account, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(as_account(ada))
    as_account(ada).post("/api/v1/tokens", {"name": "x", "scopes": ["read"]}, "application/json")
    seal()

    class Told:
        text = "Ada made a token"

    def teller(_actor: Any, entry: Any) -> Any:
        return Told() if entry.kind == "token.created" else None

    monkeypatch.setattr("quorate.surfaces.api.jobs.told_to", teller)
    follow()
    drain()
    ((_url, body, _headers),) = other.sent
    data = json.loads(body)["data"]
    assert data["sentence"] == "Ada made a token"
    assert set(data) == {"seq", "uid", "kind", "at", "refs", "sentence"}


def test_kinds_are_chosen(as_account: Caller, operator: Account, other: Other) -> None:
    caller = as_account(operator)
    registered(caller, kinds=["token.*"])
    caller.post("/api/v1/tokens", {"name": "x", "scopes": ["read"]}, "application/json")
    seal()
    follow()
    drain()
    assert [json.loads(body)["type"] for _url, body, _headers in other.sent] == ["token.created"]


def test_a_repeat_has_the_same_id(as_account: Caller, operator: Account, other: Other) -> None:
    registered(as_account(operator))
    seal()
    follow()
    other.status = 500
    drain()
    assert Webhook.objects.get().last_error == "answered 500"
    other.status = 200
    with clock.travel(by=timedelta(hours=1)):
        drain()
    first, second = other.sent
    assert first[1] == second[1]
    assert first[2]["webhook-id"] == second[2]["webhook-id"]
    assert Webhook.objects.get().failing_since is None


def test_who_is_gone_is_not_told_again(as_account: Caller, operator: Account, other: Other) -> None:
    registered(as_account(operator))
    seal()
    follow()
    other.status = 410
    drain()
    assert not Webhook.objects.get().active


def test_who_fails_for_days_is_switched_off_and_on_again(as_account: Caller, operator: Account, other: Other) -> None:
    caller = as_account(operator)
    hook = registered(caller)
    Webhook.objects.update(failing_since=clock.now() - timedelta(days=6))
    follow()
    assert not Webhook.objects.get().active
    answer = caller.post(f"/api/v1/webhooks/{hook['id']}/activation")
    assert answer.json()["active"]


def test_nobody_sees_or_removes_the_webhook_of_another(as_account: Caller, ada: Account, operator: Account) -> None:
    hook = registered(as_account(operator))
    assert as_account(ada).get("/api/v1/webhooks").json()["items"] == []
    assert as_account(ada).delete(f"/api/v1/webhooks/{hook['id']}").status_code == 404
    assert as_account(operator).delete(f"/api/v1/webhooks/{hook['id']}").status_code == 204


def test_a_kind_must_exist(as_account: Caller, ada: Account) -> None:
    body = {"url": "https://hooks.example/q", "kinds": ["nonsense.*"]}
    answer = as_account(ada).post("/api/v1/webhooks", body, "application/json")
    assert (answer.status_code, answer.json()["where"]) == (422, "kinds")


# Not where only we can go ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "https://user:word@hooks.example/",
        "https://hooks.example:0/",
        "https://hooks.example:99999/",
        "https://hooks.example/ä",
        "https://hooks.example/a b",
        "https:///path",
        "ftp://hooks.example/",
    ],
)
def test_an_address_has_a_form(url: str) -> None:
    with pytest.raises(UserError):
        outbound.examine(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
    ],
)
def test_a_name_that_leads_inside_is_refused(names: dict[str, list[str]], address: str) -> None:
    names["inside.example"] = [PUBLIC, address]
    with pytest.raises(UserError, match="private"):
        outbound.public_address("inside.example", 443)


def test_a_name_that_changed_after_it_was_registered_leads_nowhere(
    names: dict[str, list[str]], operator: Account, as_account: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(as_account(operator))
    seal()
    follow()
    names["hooks.example"] = ["127.0.0.1"]
    tried: list[Any] = []
    monkeypatch.setattr("quorate.surfaces.api.outbound.socket.create_connection", lambda *a, **k: tried.append(a))
    drain()
    assert tried == []
    assert "private" in Webhook.objects.get().last_error


def test_the_connection_goes_to_the_address_that_was_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Any] = []

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("quorate.surfaces.api.outbound.socket.create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        outbound.post("https://hooks.example:8443/q", b"{}", {})
    assert tried == [(PUBLIC, 8443)]


def test_there_are_not_too_many(ada: Account) -> None:
    actor = actor_of(ada)
    for n in range(20):
        register_webhook(actor=actor, account=ada, url=f"https://hooks.example/{n}")
    with pytest.raises(UserError, match="at most 20"):
        register_webhook(actor=actor, account=ada, url="https://hooks.example/21")
