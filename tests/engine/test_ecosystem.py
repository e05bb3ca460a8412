"""The programs that ship with the product, lived through by synthetic people on a synthetic foundation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.engine.cast import deliver

from quorate.access.actors import VISITOR, Actor, person, system
from quorate.decisions.actions import cast as vote
from quorate.decisions.models import Motion
from quorate.directory.models import Affiliation, ContactPoint, Control, Organisation, Person
from quorate.engine import actions, queries
from quorate.engine.definition import loader
from quorate.engine.forms import ElementKind, Form
from quorate.engine.models import Case, Grant, Letter, Obligation, Program, Review
from quorate.kernel import clock
from quorate.ledger.models import Message
from quorate.registers.portfolio.models import Project
from quorate.registers.portfolio.queries import status_of
from quorate.terms.models import Body, Seat, Term
from quorate.toolkit.ports import PROBES, Criterion, Finding, Subject
from quorate.toolkit.work import gather

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
#: What the stand-in for the repository's probe finds; a missing criterion passes.
FOUND: dict[str, Any] = {}


def _measure(subject: Subject, asked: Sequence[Criterion]) -> Sequence[Finding]:
    found = []
    for item in asked:
        needed = next(iter(item.bar.values()), None)
        value = FOUND.get(item.name, needed[0] if isinstance(needed, list) else needed)
        known = value is not None
        fine = known and (not isinstance(needed, int) or isinstance(needed, bool) or value >= needed)
        result = "pass" if fine else "fail" if known else "unknown"
        found.append(Finding(item.name, result, value, needed, "read by a stand-in", clock.now()))  # type: ignore[arg-type]  # one of the four words
    return found


@pytest.fixture
def people(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, Actor]]:
    """A working group of five, a program manager, an applicant whose employer's parent has a member in the group."""
    FOUND.clear()
    FOUND["stars"] = None
    monkeypatch.setitem(PROBES._items, "repository", replace(PROBES.get("repository"), measure=_measure))
    with clock.travel(to=START):
        orgs = {slug: Organisation.objects.create(slug=slug, name=slug.title()) for slug in ("oak", "acorn", "elm")}
        Control.objects.create(parent=orgs["oak"], child=orgs["acorn"], start=BEGIN)
        works = {"ida": "acorn", "olga": "oak", "ben": "elm", "cleo": "", "dan": "", "eve": "", "petra": "", "wim": ""}
        found: dict[str, Person] = {}
        for name, employer in works.items():
            found[name] = Person.objects.create(slug=name, name=f"{name.title()} Invented", synthetic=True)
            ContactPoint.objects.create(person=found[name], kind="email", value=f"{name}@people.example", primary=True)
            if employer:
                Affiliation.objects.create(person=found[name], organisation=orgs[employer], start=BEGIN)
        group = Body.objects.create(slug="ecosystem-wg", name="Ecosystem Working Group", kind="working-group")
        staff = Body.objects.create(slug="staff", name="Staff", kind="staff")
        seats = [(group, f"member-{n}", name, {}) for n, name in enumerate(("olga", "ben", "cleo", "dan", "eve"), 1)]
        seats += [(group, "chair", "wim", {"chair": True, "voting": False})]
        seats += [(staff, "program-manager", "petra", {"voting": False})]
        for body, slug, name, more in seats:
            seat = Seat.objects.create(body=body, slug=slug, title=slug, **more)
            Term.objects.create(seat=seat, person=found[name], start=BEGIN)
        for slug in ("ecosystem-review", "ecosystem"):
            actions.publish_program(actor=system("test"), definition=loader.find(slug))
        yield {name: person(who.id, who.name) for name, who in found.items()}


def filled(form: Form) -> dict[str, Any]:
    """Something for every question."""
    answers: dict[str, Any] = {}
    for element in form.questions:
        if element.kind is ElementKind.CHECKBOXES:
            answers[element.id] = list(element.choices)
        elif element.kind is ElementKind.DROPDOWN:
            answers[element.id] = [element.choices[0]] if element.multiple else element.choices[0]
        else:
            answers[element.id] = "Something to say."
    return answers | {
        "repository": "https://git.example/acorn/lichen",
        "contact": "ida@people.example",
        "maintainers": "@ida, @tom",
        "licence": "MIT",
    }


def apply(actor: Actor = VISITOR) -> actions.Filed:
    program = Program.objects.get(slug="ecosystem")
    form = loader.find("ecosystem").form
    assert form is not None
    return actions.file_case(actor=actor, program=program, answers=filled(form), title="Lichen")


def move(actor: Actor, case: Case, step: str, reason: str = "") -> Case:
    return actions.move(actor=actor, case=case, transition=step, reason=reason)


def review(actor: Actor) -> None:
    mine = Review.objects.get(person=actor.person_id, state="open")
    rubric = next(board for board in queries.case_view(actor, mine.case).reviews).rubric
    assert rubric is not None
    marks = {item.name: rubric.scale.most for item in rubric.items}
    actions.submit_review(
        actor=actor,
        review=mine,
        scores=marks,
        recommendation=rubric.recommendations[0],
        comment="Sound.",
        declared=True,
    )


def listed(people: Mapping[str, Actor]) -> Case:
    filed = apply()
    case = filed.case
    assert Letter.objects.get(case=case).name == "received"
    actions.claim_case(actor=people["ida"], case=case, token=filed.claim)
    deliver("engine.checks")
    case = move(people["petra"], case, "take")
    assert queries.case_view(people["petra"], case).moves[1].blocked, "stars are not known"
    actions.attest(
        actor=people["petra"],
        case=case,
        criterion="stars",
        found="1,204",
        evidence="https://git.example/acorn/lichen/stars",
        as_of=START,
    )
    case = move(people["petra"], case, "ready")
    for name in ("cleo", "dan"):
        actions.volunteer(actor=people[name], case=case)
    review(people["cleo"])
    review(people["dan"])
    case.refresh_from_db()
    assert case.stage == "vote", "the vote opens by itself"
    motion = Motion.objects.get(owner_ref=str(case.pk))
    for name in ("ben", "cleo", "dan"):
        vote(actor=people[name], motion=motion, choice="yes")
    case.refresh_from_db()
    assert case.stage == "onboarding"
    return case


def test_from_a_visitor_to_the_landscape(people: Mapping[str, Actor]) -> None:
    case = listed(people)
    project = Project.objects.get(pk=case.subject_id)
    standing = status_of(project.pk, clock.now())
    assert standing is not None
    assert standing.status == "ecosystem"
    assert set(Letter.objects.filter(case=case).values_list("name", flat=True)) == {"received", "approved"}
    todo = {item.title for item in gather(people["ida"], clock.now())}
    assert any("logo" in title for title in map(str, todo))
    for owed in Obligation.objects.filter(case=case, required=True):
        owner = people["petra"] if owed.owner.startswith("seat:") else people["ida"]
        actions.fulfil_obligation(actor=owner, obligation=owed, evidence="https://git.example/done")
        owed.refresh_from_db()
        if owed.state == "claimed":
            actions.confirm_obligation(actor=people["petra"], obligation=owed)
    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("listed", "accepted")
    told = [item.text for item in queries.history(VISITOR, case)]
    assert len(told) > 8
    assert not any("Ida" in line or "@" in line for line in told)


def test_half_a_year_later_it_mends(people: Mapping[str, Actor]) -> None:
    case = listed(people)
    grant = Grant.objects.get(case=case)
    FOUND["contributors"] = 3
    with clock.travel(to=START + timedelta(days=182)):
        actions.tick()
        look = Case.objects.get(grant=grant)
        deliver("engine.checks")
        look.refresh_from_db()
        assert look.stage == "remedy"
        assert "At least five people contributed" in Letter.objects.get(case=look, name="notice").body
    with clock.travel(to=START + timedelta(days=200)):
        FOUND["contributors"] = 6
        look = move(people["ida"], look, "mended")
        assert queries.case_view(people["petra"], look).moves[0].blocked != "", "the new findings are not in yet"
        deliver("engine.checks")
        look.refresh_from_db()
        assert look.stage == "recheck", "nobody knows the stars"
        evidence = "https://git.example/acorn/lichen/stars"
        actions.attest(actor=people["ida"], case=look, criterion="stars", found=1300, evidence=evidence)
        look.refresh_from_db()
        assert look.outcome == "kept"
        grant.refresh_from_db()
        assert grant.next_review_at == clock.now().replace(year=2027, month=1)
        assert status_of(Project.objects.get(pk=case.subject_id).pk, clock.now()).status == "ecosystem"  # type: ignore[union-attr]  # it has one


def test_half_a_year_later_it_is_retired(people: Mapping[str, Actor]) -> None:
    case = listed(people)
    grant = Grant.objects.get(case=case)
    FOUND.update({"contributors": 3, "stars": 500})
    with clock.travel(to=START + timedelta(days=182)):
        actions.tick()
        look = Case.objects.get(grant=grant)
        deliver("engine.checks")
        look.refresh_from_db()
        assert look.stage == "remedy"
        assert Letter.objects.get(case=look, name="notice")
        assert Message.objects.filter(topic="mail", payload__to="ida@people.example").exists()
        assert any(item.key.startswith("case:") for item in gather(people["ida"], clock.now()))
    with clock.travel(to=START + timedelta(days=215)):
        actions.tick()
        deliver("engine.checks")
        look.refresh_from_db()
        assert look.stage == "recheck"
        look = move(people["petra"], look, "retire", "Nobody answers.")
        assert look.outcome == "retired"
        standing = status_of(Project.objects.get(pk=case.subject_id).pk, clock.now())
        assert standing is not None
        assert standing.status == "retired"
    FOUND["contributors"] = 9
    with clock.travel(to=START + timedelta(days=400)):
        again = apply(people["ida"])
        assert again.case.returning
