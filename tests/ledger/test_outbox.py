"""Promises: made with the change or not at all, kept at least once, given up loudly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import Error
from tests.ledger.cast import CLERK, START

from quorate.kernel import clock
from quorate.kernel.errors import Conflict, NotFound
from quorate.ledger import actions, delivery, worker
from quorate.ledger.models import Entry, Lease, Message
from quorate.ledger.outbox import HANDLERS, JOBS, Delivery, Job, Topic, Undeliverable, handler

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Iterator[Callable[..., list[Delivery]]]:
    """Declares a topic for one test; gives the list of deliveries that its handler saw."""
    names: list[str] = []

    def declare(name: str, fault: Exception | None = None, *, attempts: int = 3, times: int = 10**9) -> list[Delivery]:
        seen: list[Delivery] = []

        def handle(given: Delivery) -> None:
            seen.append(given)
            if fault is not None and len(seen) <= times:
                raise fault

        HANDLERS.register(name, Topic(name, handle, 5, attempts))
        names.append(name)
        return seen

    yield declare
    for name in names:
        del HANDLERS._items[name]


@pytest.fixture(autouse=True)
def _frozen() -> None:
    clock.set_now(START)


def promise(name: str, **options: object) -> Message:
    with transaction.atomic():
        found = actions.enqueue(name, {"a": 1}, **options)  # type: ignore[arg-type]  # passed on as given
    return Message.objects.get(pk=found)


def later(**by: float) -> None:
    clock.set_now(clock.now() + timedelta(**by))


def test_a_promise_is_kept_once(topic: Callable[..., list[Delivery]]) -> None:
    seen = topic("t")
    message = promise("t")
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert seen == [Delivery(message.id, "t", {"a": 1}, 1)]
    message.refresh_from_db()
    assert (message.state, message.done_at, message.lease_until) == ("done", START, None)


def test_a_promise_falls_with_its_transaction(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    with transaction.atomic():
        actions.enqueue("t", {})
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_a_key_is_promised_once(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    assert promise("t", key="k") == promise("t", key="k")
    assert promise("t", key="other").key == "other"
    assert Message.objects.count() == 2


def test_nobody_promises_what_nobody_handles() -> None:
    with pytest.raises(ValueError, match="nobody handles"), transaction.atomic():
        actions.enqueue("no such topic", {})


@pytest.mark.django_db(transaction=True)
def test_a_promise_needs_the_transaction_of_its_change(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    with pytest.raises(RuntimeError):
        actions.enqueue("t", {})


def test_a_promise_for_later_waits(topic: Callable[..., list[Delivery]]) -> None:
    seen = topic("t")
    promise("t", due=START + timedelta(hours=1))
    assert worker.drain() == 0
    later(hours=1)
    assert worker.drain() == 1
    assert len(seen) == 1


def test_a_failure_waits_ever_longer_and_then_is_dead(topic: Callable[..., list[Delivery]]) -> None:
    seen = topic("t", OSError("no route"), attempts=4)
    message = promise("t")
    waits = []
    for _ in range(4):
        assert worker.drain() == 1
        message.refresh_from_db()
        waits.append(message.due_at - clock.now())
        assert "no route" in message.last_error
        assert message.lease_by == ""
        clock.set_now(message.due_at)
    assert [given.attempt for given in seen] == [1, 2, 3, 4]
    for attempt, waited in enumerate(waits[:3]):
        whole = delivery.FIRST_WAIT * 2**attempt
        assert whole / 2 <= waited <= whole
    assert message.state == "dead"
    later(days=30)
    assert worker.drain() == 0


def test_waits_have_an_end() -> None:
    assert delivery.wait(1000) <= delivery.LONGEST_WAIT


def test_what_no_repetition_mends_is_dead_at_once(topic: Callable[..., list[Delivery]]) -> None:
    seen = topic("t", Undeliverable("no such address"))
    message = promise("t")
    worker.drain()
    message.refresh_from_db()
    assert (message.state, message.last_error, len(seen)) == ("dead", "no such address", 1)


def test_poison_does_not_stand_in_the_way(topic: Callable[..., list[Delivery]]) -> None:
    topic("poison", ValueError("boom"))
    seen = topic("good")
    for _ in range(3):
        promise("poison")
        promise("good")
    assert worker.drain() == 6
    assert len(seen) == 3


def test_a_topic_without_a_handler_any_more_is_dead_and_says_so(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    message = promise("t")
    del HANDLERS._items["t"]
    worker.drain()
    HANDLERS.register("t", Topic("t", lambda _: None, 5, 3))
    message.refresh_from_db()
    assert (message.state, message.last_error) == ("dead", "nobody handles the topic 't'")


def test_a_lease_keeps_others_away_until_it_runs_out(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    promise("t")
    first = delivery.claim("one")
    assert first is not None
    assert delivery.claim("two") is None
    later(seconds=50)
    assert delivery.renew(first)
    later(seconds=50)
    assert delivery.claim("two") is None
    later(seconds=11)
    second = delivery.claim("two")
    assert second is not None
    assert second.attempts == 2
    # The first was thought dead: nothing it says counts any more.
    assert not delivery.renew(first)
    assert not delivery.fail(first, "late")
    assert not delivery.finish(first)
    assert delivery.finish(second)


def test_a_message_that_kills_its_worker_is_given_up(topic: Callable[..., list[Delivery]]) -> None:
    seen = topic("t", attempts=2)
    message = promise("t")
    for _ in range(2):
        assert delivery.claim("dies") is not None
        later(minutes=2)
    assert worker.drain() == 1
    message.refresh_from_db()
    assert message.state == "dead"
    assert "died or was stopped" in message.last_error
    assert not seen


def test_what_was_given_up_as_too_slow_and_came_after_all_is_done(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    promise("t")
    claimed = delivery.claim("slow")
    assert claimed is not None
    assert delivery.fail(claimed, "took too long")
    assert delivery.finish(claimed)
    claimed.refresh_from_db()
    assert claimed.state == "done"


def test_topics_that_are_busy_enough_are_passed_over(topic: Callable[..., list[Delivery]]) -> None:
    topic("slow")
    topic("quick")
    promise("slow")
    quick = promise("quick")
    assert delivery.claim("one", besides=["slow"]) == quick
    assert delivery.claim("one", besides=["slow", "quick"]) is None


def test_a_dead_message_is_tried_again_or_discarded_and_the_ledger_says_who(
    topic: Callable[..., list[Delivery]],
) -> None:
    topic("t", Undeliverable("no"), times=2)
    one, two = promise("t"), promise("t", key="kept")
    worker.drain()
    with transaction.atomic():
        actions.retry_message(actor=CLERK, message_id=one.id)
        actions.discard_message(actor=CLERK, message_id=two.id)
    assert worker.drain() == 1
    assert [str(message.state) for message in Message.objects.order_by("created_at", "id")] == ["done", "done"]
    assert list(Entry.objects.values_list("kind", "actor")) == [
        ("outbox.retried", CLERK.id),
        ("outbox.discarded", CLERK.id),
    ]
    assert promise("t", key="kept").id == two.id, "a discarded promise is not made anew"
    for act in (actions.retry_message, actions.discard_message):
        with pytest.raises(Conflict), transaction.atomic():
            act(actor=CLERK, message_id=one.id)
        with pytest.raises(NotFound), transaction.atomic():
            act(actor=CLERK, message_id=uuid4())


def test_a_discarded_message_without_a_key_is_gone(topic: Callable[..., list[Delivery]]) -> None:
    topic("t", Undeliverable("no"))
    message = promise("t")
    worker.drain()
    with transaction.atomic():
        actions.discard_message(actor=CLERK, message_id=message.id)
    assert not Message.objects.exists()


def test_what_was_done_long_ago_is_swept_and_keys_stay(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    promise("t")
    keyed = promise("t", key="k")
    worker.drain()
    assert delivery.sweep() == 0
    later(days=31)
    recent = promise("t")
    worker.drain()
    assert delivery.sweep() == 2
    assert set(Message.objects.values_list("id", flat=True)) == {keyed.id, recent.id}
    keyed.refresh_from_db()
    assert keyed.payload == {}
    assert delivery.sweep() == 0


def test_a_state_that_does_not_exist_is_refused_by_the_database(topic: Callable[..., list[Delivery]]) -> None:
    topic("t")
    promise("t")
    with pytest.raises(Error), transaction.atomic():
        Message.objects.update(state="lost")


def test_declaring_a_topic() -> None:
    @handler("declared", timeout=7, attempts=2)
    def handle(_: Delivery) -> None: ...

    assert HANDLERS.get("declared") == Topic("declared", handle, 7, 2)
    del HANDLERS._items["declared"]


@pytest.fixture
def job() -> Iterator[list[str]]:
    """A job that notes its runs, and fails while the first note says so."""
    notes: list[str] = []

    def run() -> None:
        notes.append("ran")
        if notes[0] == "fail":
            raise OSError("no disk")

    JOBS.register("test.job", Job("test.job", 60, run))
    present = {name: JOBS._items.pop(name) for name in list(JOBS._items) if name != "test.job"}
    yield notes
    JOBS._items.clear()
    JOBS._items.update(present)


def test_a_job_runs_when_it_is_due_and_one_worker_runs_it(job: list[str]) -> None:
    assert worker.drain(jobs=True) == 1
    assert worker.drain(jobs=True) == 0
    later(seconds=61)
    mine = delivery.claim_job("one")
    assert mine is not None
    assert delivery.claim_job("two") is None
    later(seconds=50)
    assert delivery.renew_job(mine, "one")
    later(seconds=50)
    assert delivery.claim_job("two") is None
    later(seconds=11)
    assert delivery.claim_job("two") == mine
    assert not delivery.renew_job(mine, "one")
    assert not delivery.finish_job(mine, "one")
    assert delivery.finish_job(mine, "two")
    assert job == ["ran"]


def test_a_job_that_fails_says_so_and_is_tried_at_its_next_time(job: list[str]) -> None:
    job.append("fail")
    worker.drain(jobs=True)
    lease = Lease.objects.get(name="test.job")
    assert "no disk" in lease.last_error
    assert (lease.failures, lease.last_good, lease.last_run) == (1, None, START)
    assert worker.drain(jobs=True) == 0
    job[0] = "well"
    later(seconds=61)
    worker.drain(jobs=True)
    lease.refresh_from_db()
    assert (lease.failures, lease.last_error, lease.last_good) == (0, "", clock.now())


def test_the_row_of_a_job_that_is_no_more_is_passed_over(job: list[str]) -> None:
    Lease.objects.create(name="gone.job", due_at=START - timedelta(days=1))
    assert worker.drain(jobs=True) == 1


def test_looking_for_work_takes_no_lock(
    topic: Callable[..., list[Delivery]], django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1) as asked:
        assert delivery.claim("one") is None
    assert asked[0]["sql"].startswith("SELECT"), connection.vendor
