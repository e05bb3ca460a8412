"""The simulated world: a clock that jumps from event to event, the worker in between, and the people who act."""

from __future__ import annotations

import heapq
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

from quorate.access.actors import Actor, person, system
from quorate.directory.models import Person
from quorate.engine.actions import pass_time
from quorate.engine.actions.course import ENGINE
from quorate.engine.models import Case, Program
from quorate.engine.timers import due
from quorate.engine.versions import current
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.worker import drain
from quorate.surfaces.cli.demo.repositories import Repository
from quorate.terms.queries import holders

#: A story says when it wants to go on; it is resumed with the clock at that instant.
Story = Generator[datetime, None, None]
#: Who keeps the books of the example: places clones, marks projects as invented.
KEEPER = system("example")
MINUTE = timedelta(minutes=1)
LOOK_EVERY = timedelta(days=6)


@dataclass
class World:
    """Everything that the stories share."""

    program: Program
    review: Program
    begins: datetime
    ends: datetime
    repositories: dict[str, Repository] = field(default_factory=dict)
    health: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    measured: set[str] = field(default_factory=set)
    now: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._heap: list[tuple[datetime, int, Story]] = []
        self._ticket = count()
        self.now = self.begins
        self.people = {found.slug: found for found in Person.objects.filter(merged_into=None, erased_at=None)}

    # --- who acts ---

    def who(self, slug: str) -> Person:
        """A person of the example; ``UserError`` when the files do not describe them."""
        if slug not in self.people:
            raise UserError(
                gettext("there is no person “%s”") % slug, where="history.yml", mend=gettext("add them to people.yml")
            )
        return self.people[slug]

    def actor(self, slug: str) -> Actor:
        """That person, acting."""
        found = self.who(slug)
        return person(found.id, found.name)

    @property
    def manager(self) -> Actor:
        """Who runs the program now, acting."""
        return self._officer(current(self.program).steward.text)

    @property
    def chair(self) -> Actor:
        """Who is accountable for the program now, acting."""
        return self._officer(current(self.program).accountable.text)

    def reviewers(self) -> list[Person]:
        """Those who may review now."""
        return holders(current(self.program).reviews[0].from_.text, self.now)

    def _officer(self, role: str) -> Actor:
        found = holders(role, self.now)[0]
        return person(found.id, found.name)

    # --- time ---

    def begin(self, story: Story, at: datetime) -> None:
        """Let a story run from an instant on."""
        heapq.heappush(self._heap, (at, next(self._ticket), story))

    def run(self, until: datetime) -> None:
        """Live through everything up to an instant: stories, the worker after each, deadlines every few days.

        Deadlines take effect at their own instants whenever they are looked for, so that looking often is only dear.
        """
        looked = self.now
        while self._heap and self._heap[0][0] <= until:
            at, _ticket, story = heapq.heappop(self._heap)
            if at - looked > LOOK_EVERY:
                self.pass_until(at)
                looked = at
            with clock.travel(to=at):
                self.now = at
                try:
                    again = next(story, None)
                except Overtaken:
                    again = None
            self.work(at)
            if again is not None:
                self.begin(story, max(again, at + MINUTE))
        self.pass_until(until)

    def pass_until(self, at: datetime) -> None:
        """Let deadlines fall due that lie before an instant, with the worker at hand."""
        stuck: set[str] = set()
        for _round in range(1000):
            waiting = [item for item in due(at) if item.key not in stuck]
            if not waiting:
                return
            for item in waiting:
                self.now = max(item.at, self.now)
                with clock.travel(to=self.now):
                    if not pass_time(actor=ENGINE, item=item):
                        stuck.add(item.key)
            fresh = Case.objects.filter(program=self.review, closed_at=None, stage__in=("due", "recheck"))
            self.measured |= {slug_of(title) for title in fresh.values_list("title", flat=True)}
            self.work(self.now)
        raise RuntimeError("time does not pass: the same deadlines fall due again and again")

    def work(self, at: datetime) -> None:
        """The worker: measures what was asked for and sends letters; repositories are written up to now before."""
        with clock.travel(to=at):
            for slug in self.measured & self.repositories.keys():
                self.repositories[slug].grow(at)
            self.measured.clear()
            drain()


class Overtaken(Exception):
    """A story ends because something else came first."""


def slug_of(title: str) -> str:
    """The address of the project that a case is about, from the case's title."""
    return "-".join(title.lower().split())


def chance(*words: object) -> random.Random:
    """A source of chance that is the same in every run."""
    return random.Random(" ".join(map(str, words)))  # noqa: S311  # an invented history, no secret


def later(rng: random.Random, at: datetime, least: float, most: float) -> datetime:
    """An hour of work some days after an instant: not at night, not on a weekend."""
    found = at + timedelta(days=rng.uniform(least, most))
    while found.weekday() > 4:
        found += timedelta(days=1)
    moment = found.replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(
        minutes=rng.randrange(600), seconds=rng.randrange(60)
    )
    return moment if moment > at else at + timedelta(hours=1 + rng.random())


def sessions(begins: datetime, ends: datetime) -> list[datetime]:
    """The group's sessions: the third Tuesday of every month, 16:00 UTC."""
    found = []
    year, month = begins.year, begins.month
    while (year, month) <= (ends.year, ends.month + 3):
        first = date(year, month, 1)
        day = first + timedelta(days=(1 - first.weekday()) % 7 + 14)
        found.append(datetime(day.year, day.month, day.day, 16, tzinfo=UTC))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return [at for at in found if at >= begins]
