"""What the worker does about elections on its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.elections.scene import DAY, make

from quorate.kernel import clock
from quorate.ledger.models import Entry, Message
from quorate.registers.elections import jobs, keyring
from quorate.registers.elections.models import Election
from quorate.registers.elections.work import elections

pytestmark = pytest.mark.django_db


def test_days_open_and_close_and_electors_are_reminded_once_a_day() -> None:
    scene = make(6)
    jobs.pass_days()
    assert scene.again().state == "announced"
    clock.set_now(DAY + timedelta(days=14))
    jobs.pass_days()  # nobody stands: it stays as it is, and the log says so
    assert scene.again().state == "announced"
    clock.set_now(DAY)
    scene.nominate(2)
    clock.set_now(DAY + timedelta(days=14))
    jobs.pass_days()
    assert scene.again().state == "open"
    scene.cast(0, [["elin-1"]])
    jobs.shuffle_rolls()
    assert [item.key for item in elections(scene.actor(1), clock.now())] == [f"election:{scene.election.pk}"]
    assert list(elections(scene.actor(0), clock.now())) == []
    jobs.remind_electors()
    assert Message.objects.count() == 0  # two weeks are left
    clock.set_now(DAY + timedelta(days=27))
    jobs.remind_electors()
    jobs.remind_electors()
    letters = list(Message.objects.values_list("payload", flat=True))
    assert len(letters) == 5
    assert "elin0@people.example" not in {letter["to"] for letter in letters}
    assert "/elections/council-2026/vote/" in letters[0]["body"]
    clock.set_now(DAY + timedelta(days=28))
    jobs.pass_days()
    assert scene.again().state == "closed"
    assert Entry.objects.filter(kind="election.closed").count() == 1


def test_a_key_that_a_crash_left_behind_is_destroyed() -> None:
    scene = make(6)
    scene.nominate(2)
    scene.open()
    jobs.forget_keys()
    assert keyring.kept() == [scene.election.pk]
    Election.objects.filter(pk=scene.election.pk).update(state="cancelled")
    jobs.forget_keys()
    assert keyring.kept() == []
