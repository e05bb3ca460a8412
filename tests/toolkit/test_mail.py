"""Letters through a mail server of our own: what it accepts, refuses, and puts off."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes

import pytest
from django.db import transaction
from pytest_django import Settings
from tests.ledger.sink import Sink

from quorate.kernel import clock
from quorate.ledger import worker
from quorate.ledger.models import Message
from quorate.toolkit.mail import send
from quorate.toolkit.models import Identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        yield server


def promise(to: str = "reader@mail.example", subject: str = "News", body: str = "Hello.") -> Message:
    with transaction.atomic():
        found = send(to, subject, body)
    return Message.objects.get(pk=found)


def test_a_letter_arrives_as_it_was_promised(sink: Sink) -> None:
    message = promise(subject="A decision\r\nBcc: everybody@mail.example", body="Grüße — 你好\n.\nend")
    worker.drain()
    (letter,) = sink.letters
    found = message_from_bytes(letter.raw)
    assert letter.to == "reader@mail.example"
    assert letter.message_id == f"<{message.id}@{message.payload['domain']}>"
    assert found["Subject"] == "A decision Bcc: everybody@mail.example"
    assert found["Bcc"] is None
    assert found["Auto-Submitted"] == "auto-generated"
    message.refresh_from_db()
    assert message.state == "done"


def test_a_repeat_keeps_its_message_id_when_the_foundation_changed_its_name(sink: Sink) -> None:
    promise()
    worker.drain()
    Message.objects.update(state="pending", lease_by="")
    Identity.objects.update_or_create(pk=1, defaults={"domain": "renamed.example"})
    worker.drain()
    one, two = sink.letters
    assert one.message_id == two.message_id


def test_an_address_that_is_refused_for_good_is_not_tried_again(sink: Sink) -> None:
    sink.refusals["gone@mail.example"] = "550 no such person"
    message = promise("gone@mail.example")
    worker.drain()
    message.refresh_from_db()
    assert message.state == "dead"
    assert "no such person" in message.last_error


def test_an_address_that_is_put_off_is_tried_again(sink: Sink) -> None:
    sink.refusals["busy@mail.example"] = "451 greylisted"
    message = promise("busy@mail.example")
    worker.drain()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 1)
    del sink.refusals["busy@mail.example"]
    clock.set_now(message.due_at)
    worker.drain()
    assert [letter.to for letter in sink.letters] == ["busy@mail.example"]


def test_no_server_is_no_reason_to_lose_a_letter(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    message = promise()
    worker.drain()
    message.refresh_from_db()
    assert message.state == "pending"
    assert "Refused" in message.last_error


def test_an_address_that_would_break_the_head_of_the_letter_is_given_up(sink: Sink) -> None:
    message = promise("reader@mail.example\nBcc: everybody@mail.example")
    worker.drain()
    message.refresh_from_db()
    assert message.state == "dead"
    assert not sink.letters
