"""The worker: keeps promises and runs jobs, several at a time, and survives being killed at any point.

One thread looks for work, renews leases and minds time-outs; a few others do the work. Python cannot stop a thread,
so one that exceeds its time is left behind with its slot replaced; its message waits like any that failed. On SQLite
run one worker process; on PostgreSQL as many as you like.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import socket
import threading
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field

from django.db import Error, close_old_connections, connections

from quorate.ledger import delivery
from quorate.ledger.models import Message
from quorate.ledger.outbox import HANDLERS, WAKE, Delivery, Job, Undeliverable

JOB_TIMEOUT = 1800
RENEW_EVERY = delivery.LEASE.total_seconds() / 3
log = logging.getLogger(__name__)
Task = Message | Job


def worker_name() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(3)}"


def perform(task: Task, worker: str) -> bool:
    """Do one message or job that was claimed, and record how it went. Whether it went well."""
    return _deliver(task) if isinstance(task, Message) else _run(task, worker)


def drain(*, jobs: bool = False, limit: int = 100_000) -> int:
    """Do everything that is due, here and now, one by one; for tests, seeding and `quorate outbox work`."""
    worker = worker_name()
    if jobs:
        delivery.announce_jobs()
    for count in range(limit):
        task: Task | None = delivery.claim(worker) or (delivery.claim_job(worker) if jobs else None)
        if task is None:
            return count
        perform(task, worker)
    return limit


def _deliver(message: Message) -> bool:
    topic = HANDLERS.find(message.topic)
    try:
        if topic is None:
            raise Undeliverable(f"nobody handles the topic {message.topic!r}")
        if message.attempts > topic.attempts:
            raise Undeliverable(f"given up: the worker died or was stopped in each of {topic.attempts} attempts")
        topic.handle(Delivery(message.id, message.topic, message.payload, message.attempts))
    except Undeliverable as error:
        delivery.fail(message, str(error), for_good=True)
        log.warning("message given up", extra={"topic": message.topic, "message_id": str(message.id)})
        return False
    except Exception:
        delivery.fail(message, traceback.format_exc())
        log.warning("message failed", exc_info=True, extra={"topic": message.topic, "message_id": str(message.id)})
        return False
    return delivery.finish(message)


def _run(job: Job, worker: str) -> bool:
    try:
        job.run()
    except Exception:
        delivery.finish_job(job, worker, traceback.format_exc())
        log.exception("job failed", extra={"job": job.name})
        return False
    return delivery.finish_job(job, worker)


@dataclass(eq=False)
class _Running:
    """A task in a slot, on the monotonic clock."""

    task: Task
    until: float
    renewed: float = field(default_factory=time.monotonic)


class Slot(threading.Thread):
    """A thread that does one task after another until it is left behind or told to end."""

    def __init__(self, worker: str, done: threading.Event) -> None:
        super().__init__(name="worker slot", daemon=True)
        self.worker, self.done = worker, done
        self.tasks: queue.Queue[Task | None] = queue.Queue()
        self.running: _Running | None = None
        self.left = False

    def give(self, task: Task) -> None:
        """Start a task; only while the slot is idle."""
        topic = HANDLERS.find(task.topic) if isinstance(task, Message) else None
        seconds = JOB_TIMEOUT if isinstance(task, Job) else topic.timeout if topic else 60
        self.running = _Running(task, time.monotonic() + seconds)
        self.tasks.put(task)

    def run(self) -> None:
        try:
            while (task := self.tasks.get()) is not None:
                close_old_connections()
                try:
                    perform(task, self.worker)
                except Error:
                    log.exception("the outcome could not be recorded; the lease will run out")
                self.running = None
                self.done.set()
                if self.left:
                    return
        finally:
            connections.close_all()


class Worker:
    """Looks for work until it is told to stop."""

    def __init__(self, *, slots: int = 4, poll: float = 1.0) -> None:
        self.name = worker_name()
        self.poll = poll
        self.slots = [Slot(self.name, WAKE) for _ in range(slots)]
        self.per_topic = max(1, slots // 2)

    def run(self, stop: threading.Event, *, grace: float = 10) -> None:
        """Work until `stop` is set; then let what runs finish for `grace` seconds at most."""
        for slot in self.slots:
            slot.start()
        announced = False
        while not stop.is_set():
            WAKE.clear()
            close_old_connections()
            try:
                if not announced:
                    delivery.announce_jobs()
                    announced = True
                self._mind()
                self._fill()
            except Error:
                log.exception("the database does not answer")
            WAKE.wait(self.poll)
        deadline = time.monotonic() + grace
        while any(slot.running for slot in self.slots) and time.monotonic() < deadline:
            self._mind()
            time.sleep(0.05)
        for slot in self.slots:
            slot.tasks.put(None)
        connections.close_all()

    def _fill(self) -> None:
        """Give idle slots something to do."""
        for slot in [slot for slot in self.slots if slot.running is None]:
            task = self._next()
            if task is None:
                return
            slot.give(task)

    def _next(self) -> Task | None:
        """The next job or message; one slow topic never takes every slot."""
        running = [slot.running.task for slot in self.slots if slot.running is not None]
        topics = Counter(task.topic for task in running if isinstance(task, Message))
        job = delivery.claim_job(self.name, besides=[task.name for task in running if isinstance(task, Job)])
        if job is not None:
            return job
        return delivery.claim(self.name, besides=[topic for topic, n in topics.items() if n >= self.per_topic])

    def _mind(self) -> None:
        """Renew the leases of what runs, and leave behind what runs too long."""
        now = time.monotonic()
        for place, slot in enumerate(self.slots):
            running = slot.running
            if running is None:
                continue
            if now >= running.until:
                slot.left = True
                slot.tasks.put(None)
                self.slots[place] = Slot(self.name, WAKE)
                self.slots[place].start()
                self._give_up(running.task)
            elif now - running.renewed >= RENEW_EVERY:
                running.renewed = now
                if isinstance(running.task, Message):
                    delivery.renew(running.task)
                else:
                    delivery.renew_job(running.task, self.name)

    def _give_up(self, task: Task) -> None:
        if isinstance(task, Message):
            delivery.fail(task, "the handler took longer than it may")
            log.warning("message timed out", extra={"topic": task.topic, "message_id": str(task.id)})
        else:
            delivery.finish_job(task, self.name, "the job took longer than it may")
            log.warning("job timed out", extra={"job": task.name})
