"""The cast of the engine's tests: a small foundation whose relations everyone knows, and two programs.

The council has five members and a chair. Ana applies; she works for Acorn, which Oak controls, and Olga of the council
works for Oak. Ben, Cleo, Dan and Eve of the council each work elsewhere, Dan and Eve for the same company. Petra is the
manager of the office and runs the programs, Xavier has no part in anything. All of them are invented.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from quorate.access.actors import Actor, person, system
from quorate.directory.models import Affiliation, ContactPoint, Control, Organisation, Person
from quorate.engine import actions
from quorate.engine.definition import Program as Definition
from quorate.engine.definition.loader import load
from quorate.engine.models import Case, Program
from quorate.kernel import clock, ids
from quorate.ledger.models import Message
from quorate.ledger.outbox import HANDLERS, Delivery
from quorate.terms.models import Body, Seat, Term
from quorate.toolkit.ports import GRANTS, PROBES, SUBJECTS, Criterion, Finding, GrantNotice, Probe, Subject, SubjectKind

HERE = Path(__file__).parent
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
ANSWERS = {
    "page": "https://days.example/lyon",
    "email": "ana@people.example",
    "plan": "Talks, then supper.",
    "budget": "12000",
}


@dataclass
class Day:
    """A community day in the register that only these tests have."""

    id: str
    name: str
    people: list[str] = field(default_factory=list)
    organisations: list[str] = field(default_factory=list)


@dataclass
class Register:
    """What the register holds, what was granted, and what the probe finds."""

    days: dict[str, Day] = field(default_factory=dict)
    notices: list[GrantNotice] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)
    measured: int = 0

    def clear(self) -> None:
        """An empty register in which everything passes but fame, which nobody can measure."""
        self.days.clear()
        self.notices.clear()
        self.found = {"seats": 80, "licence": "yes", "fame": None}
        self.measured = 0


REGISTER = Register()


def _resolve(actor: Actor, fields: Mapping[str, Any]) -> str:
    name = str(fields.get("name") or fields.get("page"))
    present = next((day for day in REGISTER.days.values() if day.name == name), None)
    if present is None:
        present = Day(str(ids.new_id()), name, [str(actor.person_id)] if actor.person_id else [])
        REGISTER.days[present.id] = present
    return present.id


def _measure(subject: Subject, asked: Sequence[Criterion]) -> Sequence[Finding]:
    REGISTER.measured += 1
    findings = []
    for item in asked:
        found = REGISTER.found.get(item.name)
        bar = dict(item.bar)
        needed = next(iter(bar.values()), None)
        if found is None:
            result = "unknown"
        elif "at_least" in bar:
            result = "pass" if found >= bar["at_least"] else "fail"
        else:
            result = "pass" if found in bar.get("one_of", []) else "fail"
        findings.append(Finding(item.name, result, found, needed, "counted by hand", clock.now()))  # type: ignore[arg-type]  # one of the four words
    return findings


def install() -> None:
    """Register the test's subject, probe and grant; harmless when done before."""
    if "event" not in SUBJECTS:
        SUBJECTS.register(
            "event",
            SubjectKind(
                name="event",
                resolve=_resolve,
                label=lambda many: {one: REGISTER.days[one].name for one in many if one in REGISTER.days},
                url=lambda one: f"/p/days/{one}/",
                people=lambda one, _at: REGISTER.days[one].people if one in REGISTER.days else [],
                organisations=lambda one, _at: REGISTER.days[one].organisations if one in REGISTER.days else [],
                held_by=lambda who, _at: [day.id for day in REGISTER.days.values() if who in day.people],
            ),
        )
        PROBES.register("survey", Probe("survey", "A survey", _measure))
        GRANTS.register("day-licence", lambda _actor, notice: REGISTER.notices.append(notice))


@dataclass
class Cast:
    """The people as actors, and the programs."""

    actors: dict[str, Actor]
    people: dict[str, Person]
    council: Body
    days: Program
    look: Program

    def __getattr__(self, name: str) -> Actor:
        try:
            return self.actors[name]
        except KeyError:
            raise AttributeError(name) from None


def definition(name: str) -> Definition:
    """A program of the cast."""
    return load(HERE / name)


def assemble() -> Cast:
    """Everybody in their seats, on Monday 5 January 2026, with both programs published."""
    install()
    REGISTER.clear()
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    orgs = {
        name: Organisation.objects.create(slug=name, name=name.title(), synthetic=True)
        for name in ("oak", "acorn", "birch", "cedar", "dogwood", "office")
    }
    Control.objects.create(parent=orgs["oak"], child=orgs["acorn"], start=begin)
    works = {"ana": "acorn", "olga": "oak", "ben": "birch", "cleo": "cedar", "dan": "dogwood", "eve": "dogwood"}
    works |= {"petra": "office", "chris": "office", "xavier": ""}
    people: dict[str, Person] = {}
    for name, org in works.items():
        people[name] = Person.objects.create(slug=name, name=f"{name.title()} Invented", synthetic=True)
        ContactPoint.objects.create(person=people[name], kind="email", value=f"{name}@people.example", primary=True)
        if org:
            Affiliation.objects.create(person=people[name], organisation=orgs[org], start=begin)
    council = Body.objects.create(slug="council", name="Council", kind="council")
    office = Body.objects.create(slug="office", name="Office", kind="staff")
    for number, name in enumerate(("olga", "ben", "cleo", "dan", "eve"), 1):
        _seat(council, f"member-{number}", people[name], begin, position=number)
    _seat(council, "chair", people["chris"], begin, chair=True, voting=False)
    _seat(office, "manager", people["petra"], begin, voting=False)
    for name in ("days-review", "days"):
        actions.publish_program(actor=system("test"), definition=definition(name))
    actors = {name: person(who.id, who.name) for name, who in people.items()}
    return Cast(actors, people, council, Program.objects.get(slug="days"), Program.objects.get(slug="days-review"))


def _seat(body: Body, slug: str, who: Person, start: datetime, **more: Any) -> None:
    seat = Seat.objects.create(body=body, slug=slug, title=slug.replace("-", " ").title(), **more)
    Term.objects.create(seat=seat, person=who, start=start)


def deliver(*topics: str) -> int:
    """Do what the worker would: hand over every waiting message of the topics (default: all) once."""
    done = 0
    rows = Message.objects.filter(state="pending", due_at__lte=clock.now())
    for message in (rows.filter(topic__in=topics) if topics else rows).order_by("created_at"):
        HANDLERS.get(message.topic).handle(Delivery(message.id, message.topic, message.payload, 1))
        Message.objects.filter(pk=message.pk).update(state="done", done_at=clock.now())
        done += 1
    return done


def file_day(cast: Cast, who: str = "ana", **more: Any) -> Case:
    """A community day applied for."""
    answers = {**ANSWERS, **more.pop("answers", {})}
    filed = actions.file_case(
        actor=cast.actors[who], program=cast.days, answers=answers, title=more.pop("title", "Lyon day"), **more
    )
    return filed.case


def person_id(cast: Cast, name: str) -> UUID:
    """The id of one of the cast."""
    return cast.people[name].id
