"""What the worker does: handlers of promised side effects, by topic, and periodic jobs.

A promise (`actions.enqueue`) is kept **at least once**. A handler may run again after a crash, a time-out or an error
that came after its effect, and must not mind: it carries the message's id to the other side (a Message-ID, a webhook
id) or looks whether the thing was done already.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from quorate.kernel.registry import Registry

WAKE = threading.Event()
"""Set when a message was promised in this process, so that a worker in it need not wait for its next look."""


class Undeliverable(Exception):
    """Raised by a handler for what no repetition will mend: the message goes to the dead letters at once."""


@dataclass(frozen=True)
class Delivery:
    """What a handler is given: the message's id (stable over repeats), its topic, payload and attempt number."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    attempt: int


Handler = Callable[[Delivery], None]


@dataclass(frozen=True)
class Topic:
    """How messages of one topic are handled: by what, in how many seconds, and how often before giving up."""

    name: str
    handle: Handler
    timeout: float
    attempts: int


HANDLERS: Registry[Topic] = Registry("outbox handler")


def handler(topic: str, *, timeout: float = 60, attempts: int = 12) -> Callable[[Handler], Handler]:
    """Declare the handler of a topic.

    After `timeout` seconds the attempt counts as failed and its thread is left to itself: give whatever it waits for a
    time-out of its own that is shorter. Twelve attempts reach over about half a day.
    """

    def declare(function: Handler) -> Handler:
        HANDLERS.register(topic, Topic(topic, function, timeout, attempts))
        return function

    return declare


@dataclass(frozen=True)
class Job:
    """A periodic duty of the worker; one worker at a time runs it."""

    name: str
    seconds: int
    run: Callable[[], None]


JOBS: Registry[Job] = Registry("periodic job")


def every(*, seconds: int, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare a periodic job that the worker runs about every ``seconds``, counted from the end of the last run."""

    def declare(function: Callable[[], None]) -> Callable[[], None]:
        JOBS.register(name, Job(name, seconds, function))
        return function

    return declare
