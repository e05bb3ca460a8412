"""Nothing that is nobody's business reaches the log, whoever logs it."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from django.test import Client

from quorate.config.logging import JsonFormatter, TextFormatter, configuration, redact
from quorate.surfaces.operations import current

SECRETS = [
    ("mail to ada.lovelace+x@people.example failed", "ada.lovelace"),
    ("token quo_abcdefghijklmnopqrstuvwxyz012345 used", "abcdefghij"),
    ("Authorization: Bearer abc.def-ghi_jkl", "abc.def"),
    ("GET /sign-in/login/?next=/cases/&email=ada@x.example", "next="),
    ("https://host.example/callback?code=12345&state=xyz", "12345"),
    ("sessionid=0123456789abcdef; csrftoken=fedcba", "0123456789abcdef"),
    ("csrftoken=fedcba98", "fedcba98"),
    ("password: hunter22", "hunter22"),
    ("{'secret': 's3cr3tvalue'}", "s3cr3tvalue"),
    ("/sign-in/link/eyJhIjoiMDEifQ:1abcde:signature_x-y/", "eyJhIjoi"),
    ("smtp://user:hunter22@mail.example:587", "hunter22"),
    ("postgres://quorate:hunter22@db.example/quorate", "hunter22"),
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_removed(text: str, secret: str) -> None:
    assert secret not in redact(text)


@pytest.mark.parametrize(
    "text", ["GET /cases/<int:number>/ 200 ms=12.5", "case ECO-14 moved to review", "what? nothing", "3 of 5 at 12:00"]
)
def test_what_is_harmless_stays(text: str) -> None:
    assert redact(text) == text


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    found = logging.LogRecord("quorate.x", logging.WARNING, "f.py", 1, message, args, None)
    for name, value in extra.items():
        setattr(found, name, value)
    return found


def test_a_line_of_json_is_one_object() -> None:
    token = current.request.set("abcdef0123456789")
    try:
        line = JsonFormatter().format(
            record("mail to %s\nfailed", "a@b.example", ms=1.5, topic="mail", who="c@d.example")
        )
    finally:
        current.request.reset(token)
    assert "\n" not in line
    body = json.loads(line)
    assert body.pop("time").endswith("Z")
    assert body == {
        "level": "warning",
        "logger": "quorate.x",
        "message": "mail to <e-mail>\nfailed",
        "request": "abcdef0123456789",
        "ms": 1.5,
        "topic": "mail",
        "who": "<e-mail>",
    }


@pytest.mark.parametrize("formatter", [JsonFormatter(), TextFormatter()])
def test_a_trace_is_cleaned_too(formatter: logging.Formatter) -> None:
    found = record("fell")
    try:
        raise ValueError("ada@people.example with quo_abcdefghijklmnop")
    except ValueError:
        found.exc_info = sys.exc_info()
    line = formatter.format(found)
    assert "ValueError" in line
    assert "ada@" not in line
    assert "quo_abc" not in line


def test_the_configuration_has_one_way_out() -> None:
    found = configuration("json", "INFO")
    assert found["root"]["handlers"] == ["stderr"]
    assert all(logger["handlers"] == [] for logger in found["loggers"].values())


@pytest.mark.django_db
def test_a_request_is_logged_by_its_route(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "quorate.request"):
        answer = client.get("/sign-in/link/a-secret-token/?next=/x", headers={"X-Request-ID": "from-the-proxy-1"})
        client.get("/no/such/page/?code=12345")
    assert answer["X-Request-ID"] == "from-the-proxy-1"
    assert "a-secret-token" not in caplog.text
    assert "12345" not in caplog.text
    assert "/sign-in/link/<str:token>/" in caplog.text
    assert "(no such page) 404" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x", "a b c d e f g h", "x" * 65, "abcdefgh\u00e9"])
def test_a_strange_name_of_a_request_is_not_taken(client: Client, name: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": name})["X-Request-ID"] != name


@pytest.mark.django_db
def test_machines_that_ask_every_second_leave_no_line(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "quorate.request"):
        client.get("/healthz")
    assert caplog.text == ""
