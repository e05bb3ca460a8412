"""Handlers of promised side effects, by topic. A handler may run more than once and must not mind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from quorate.kernel.registry import Registry


@dataclass(frozen=True)
class Delivery:
    """What a handler is given: the message's id (stable over repeats), its topic, payload and attempt number."""

    id: UUID
    topic: str
    payload: dict[str, Any]
    attempt: int


Handler = Callable[[Delivery], None]
HANDLERS: Registry[Handler] = Registry("outbox handler")


def handler(topic: str) -> Callable[[Handler], Handler]:
    """Declare the handler of a topic."""

    def declare(function: Handler) -> Handler:
        return HANDLERS.register(topic, function)

    return declare


@dataclass(frozen=True)
class Job:
    """A periodic duty of the worker; one worker at a time runs it."""

    name: str
    seconds: int
    run: Callable[[], None]


JOBS: Registry[Job] = Registry("periodic job")


def every(*, seconds: int, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Declare a periodic job that the worker runs about every ``seconds``."""

    def declare(function: Callable[[], None]) -> Callable[[], None]:
        JOBS.register(name, Job(name, seconds, function))
        return function

    return declare
