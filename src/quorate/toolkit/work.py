"""My work: what waits for somebody, gathered from every package that has a way of making people wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise

from quorate.access.actors import Actor
from quorate.kernel.registry import Registry
from quorate.toolkit.times import ClockState, clock_state

Text = str | Promise
_RANK = {"late": 0, "soon": 1, "calm": 2, "none": 3, "paused": 4, "done": 5}


@dataclass(frozen=True, slots=True)
class QuickForm:
    """An answer that can be given from the list: one button with the fields it posts."""

    label: Text
    url: str
    fields: Mapping[str, object] = field(default_factory=dict)
    tone: str = ""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """Something that waits for one person: what, why it is theirs, by when, and the next act."""

    key: str
    title: Text
    why: Text
    url: str
    due_at: datetime | None = None
    since: datetime | None = None
    program: Text = ""
    verb: Text = ""
    actions: Sequence[QuickForm] = ()
    paused: bool = False

    def state(self, at: datetime) -> ClockState:
        """The tone and words of its clock."""
        return clock_state(self.due_at, since=self.since, paused=self.paused, at=at)


#: Gives what waits for an actor at an instant. Constant queries, whatever waits.
WorkSource = Callable[[Actor, datetime], Iterable[WorkItem]]

WORK_SOURCES: Registry[WorkSource] = Registry("source of work")


def work_source(key: str) -> Callable[[WorkSource], WorkSource]:
    """Declare a function as a source of work."""

    def declare(source: WorkSource) -> WorkSource:
        return WORK_SOURCES.register(key, source)

    return declare


def gather(actor: Actor, at: datetime) -> list[WorkItem]:
    """Everything that waits for the actor, the most urgent first; one item for each key."""
    found: dict[str, WorkItem] = {}
    for source in WORK_SOURCES:
        for item in source(actor, at):
            found.setdefault(item.key, item)

    def urgency(item: WorkItem) -> tuple[int, float, str]:
        when = item.due_at.timestamp() if item.due_at else float("inf")
        return _RANK[item.state(at).tone], when, item.key

    return sorted(found.values(), key=urgency)
