"""The states of a message and of a job, as single conditional statements: whoever dies in between has changed nothing.

A message is *pending* until it is *done* or *dead*. A worker takes it by a lease, which counts the attempt at once, so
that a message that kills its worker is given up in the end. Each later statement holds only while the lease is the
same (worker and attempt), so that a worker that was thought dead cannot undo what another did.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, QuerySet

from quorate.kernel import clock
from quorate.ledger.models import Lease, Message
from quorate.ledger.outbox import HANDLERS, JOBS, Job

LEASE = timedelta(seconds=60)
FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)
KEEP_DONE = timedelta(days=30)
_ERROR_LENGTH = 4000
_TABLE = Message._meta.db_table
_READY = "state = 'pending' AND due_at <= %s AND (lease_until IS NULL OR lease_until < %s)"


def claim(worker: str, *, besides: Collection[str] = ()) -> Message | None:
    """Take the message that has been due longest, except of the topics `besides`; ``None`` when nothing is due."""
    now = clock.now()
    ready = Message.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), state="pending", due_at__lte=now)
    if not ready.exclude(topic__in=besides).exists():
        return None  # a look costs no write lock; only what is there is worth one
    moment = connection.ops.adapt_datetimefield_value(now)
    until = connection.ops.adapt_datetimefield_value(now + LEASE)
    besides = list(besides)
    others = f" AND topic NOT IN ({', '.join(['%s'] * len(besides))})" if besides else ""
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    sql = (
        f"UPDATE {_TABLE} SET lease_by = %s, lease_until = %s, attempts = attempts + 1"  # noqa: S608  # our own names
        f" WHERE id = (SELECT id FROM {_TABLE} WHERE {_READY}{others} ORDER BY due_at, id LIMIT 1{lock}) RETURNING *"
    )
    return next(iter(Message.objects.raw(sql, [worker, until, moment, moment, *besides])), None)


def renew(message: Message) -> bool:
    """Keep the lease of a message that takes long; whether it was still ours."""
    return bool(_ours(message).update(lease_until=clock.now() + LEASE))


def finish(message: Message) -> bool:
    """It was done. Holds also after it was given up as too slow, while nobody else took it: the effect is there."""
    free = Message.objects.filter(pk=message.pk, lease_by="").exclude(state=Message.State.DONE)
    values = {"state": Message.State.DONE, "done_at": clock.now(), "lease_until": None, "last_error": ""}
    return bool(_ours(message).update(**values) or free.update(**values))


def fail(message: Message, error: str, *, for_good: bool = False) -> bool:
    """It failed: wait and try again, or give it up after its last attempt. Whether it was still ours to say."""
    topic = HANDLERS.find(message.topic)
    values: dict[str, object] = {"lease_by": "", "lease_until": None, "last_error": error[-_ERROR_LENGTH:]}
    if for_good or topic is None or message.attempts >= topic.attempts:
        values["state"] = Message.State.DEAD
    else:
        values["due_at"] = clock.now() + wait(message.attempts)
    return bool(_ours(message).update(**values))


def wait(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, with half of it left to chance, so that no herd forms."""
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 20))
    part: float = random.uniform(0.5, 1)  # noqa: S311  # no secret
    return timedelta(seconds=longest.total_seconds() * part)


def revive(message: Message) -> bool:
    """Try a dead message again, with all its attempts."""
    dead = Message.objects.filter(pk=message.pk, state=Message.State.DEAD)
    return bool(dead.update(state=Message.State.PENDING, attempts=0, due_at=clock.now(), lease_by="", lease_until=None))


def discard(message: Message) -> bool:
    """Remove a dead message. Its key, if it has one, stays taken: it is not promised again."""
    dead = Message.objects.filter(pk=message.pk, state=Message.State.DEAD)
    if message.key is None:
        return bool(dead.delete()[0])
    return bool(dead.update(state=Message.State.DONE, payload={}, done_at=clock.now()))


def sweep() -> int:
    """Remove what was done long ago; of messages with a key the key stays, so that none is promised twice."""
    old = Message.objects.filter(state=Message.State.DONE, done_at__lt=clock.now() - KEEP_DONE)
    emptied = old.filter(key__isnull=False).exclude(payload={}).update(payload={})
    removed: int = old.filter(key=None).delete()[0]
    return removed + emptied


def forget(topic: str, name: str, value: str) -> int:
    """Empty the messages of a topic whose payload says `name` is `value`; those that wait are not sent any more."""
    found = Message.objects.filter(**{"topic": topic, f"payload__{name}": value})
    found.filter(state=Message.State.PENDING).update(state=Message.State.DONE, done_at=clock.now())
    return found.update(payload={}, last_error="")


def _ours(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(
        pk=message.pk, state=Message.State.PENDING, lease_by=message.lease_by, attempts=message.attempts
    )


# Jobs --------------------------------------------------------------------------------------------------------


def announce_jobs() -> None:
    """Give every declared job its row."""
    Lease.objects.bulk_create([Lease(name=job.name) for job in JOBS], ignore_conflicts=True)


def claim_job(worker: str, *, besides: Collection[str] = ()) -> Job | None:
    """Take a job that is due and that no other worker runs; ``None`` when there is none."""
    now = clock.now()
    free = Lease.objects.filter(Q(until=None) | Q(until__lt=now), due_at__lte=now)
    for name in free.exclude(name__in=besides).order_by("due_at").values_list("name", flat=True):
        job = JOBS.find(name)
        if job is not None and free.filter(name=name).update(holder=worker, until=now + LEASE, last_run=now):
            return job
    return None


def renew_job(job: Job, worker: str) -> bool:
    """Keep the lease of a job that takes long."""
    return bool(Lease.objects.filter(name=job.name, holder=worker).update(until=clock.now() + LEASE))


def finish_job(job: Job, worker: str, error: str = "") -> bool:
    """A run ended, well unless `error` says otherwise; the next is due after the job's interval."""
    now: datetime = clock.now()
    values: dict[str, object] = {"holder": "", "until": None, "due_at": now + timedelta(seconds=job.seconds)}
    if error:
        values |= {"last_error": error[-_ERROR_LENGTH:], "failures": F("failures") + 1}
    else:
        values |= {"last_error": "", "failures": 0, "last_good": now}
    return bool(Lease.objects.filter(name=job.name, holder=worker).update(**values))
