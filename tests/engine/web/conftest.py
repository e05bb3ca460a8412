"""One foundation with a case in every stage of both ecosystem programs, made once for a module of tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.portfolio.repository.histories import write
from tests.stories.cast import MARKS, START, SYSTEM, Cast, assemble, attest_rest, busy, file

from quorate.decisions.actions import cast as vote
from quorate.decisions.models import Motion
from quorate.engine import actions
from quorate.engine.models import Case, Grant, Obligation, Review
from quorate.kernel import clock
from quorate.ledger.worker import drain
from quorate.registers.portfolio import actions as portfolio
from quorate.registers.portfolio.models import Repository

#: The instant at which all tests of the pages look.
NOW = START + timedelta(days=20, hours=6)
#: What nobody but the people of a case may read anywhere.
SECRETS = ("mara@garden.example", "Mara Invented", "A secret conflict.", "Between reviewers.", "For staff alone.")


@dataclass
class Gallery:
    """The cast, and a case by the name of its stage (``review:due`` and so on in the program that reviews)."""

    cast: Cast
    cases: dict[str, Case]

    def case(self, stage: str) -> Case:
        """The case in a stage, as it is now."""
        return Case.objects.get(pk=self.cases[stage].pk)


class Builder:
    """Takes applications to where they are needed."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast = cast
        self.clone = folder / "clone.git"
        write(self.clone, busy(START - timedelta(hours=5)))
        self.count = 0

    def move(self, case: Case, step: str, reason: str = "", who: str = "petra") -> Case:
        clock.set_now(clock.now() + timedelta(minutes=1))
        return actions.move(actor=self.cast.actor(who), case=case, transition=step, reason=reason)

    def filed(self, title: str) -> Case:
        self.count += 1
        url = f"https://git.example/garden/project-{self.count}"
        case = file(self.cast, title=title, repository=url)
        portfolio.place_clone(actor=SYSTEM, repository=Repository.objects.get(url=url), path=self.clone)
        return case

    def triage(self, title: str) -> Case:
        case = self.move(self.measured(title), "take")
        actions.comment(actor=self.cast.actor("petra"), case=case, body="For staff alone.", audience="staff")
        actions.comment(actor=self.cast.actor("chris"), case=case, body="Between reviewers.", audience="reviewers")
        actions.comment(actor=self.cast.actor("mara"), case=case, body="For those who take part.")
        actions.attach(actor=self.cast.actor("mara"), case=case, name="plan.txt", content=b"A plan.")
        return case

    def measured(self, title: str) -> Case:
        case = self.filed(title)
        drain()
        attest_rest(self.cast, case)
        return case

    def review(self, title: str) -> Case:
        case = self.move(self.triage(title), "ready")
        actions.declare_recusal(actor=self.cast.actor("eve"), case=case, detail="A secret conflict.")
        for name in ("ben", "cleo"):
            actions.volunteer(actor=self.cast.actor(name), case=case)
        self.judge(case, "ben", "Ben tried it.")
        return case

    def judge(self, case: Case, who: str, comment: str) -> None:
        actions.submit_review(
            actor=self.cast.actor(who),
            review=Review.objects.get(case=case, person=self.cast.people[who]),
            scores=MARKS,
            recommendation="approve",
            comment=comment,
            declared=True,
        )

    def vote(self, title: str) -> Case:
        case = self.review(title)
        self.judge(case, "cleo", "Cleo tried it.")
        return case

    def voted(self, title: str, choice: str) -> Case:
        case = self.vote(title)
        motion = Motion.objects.get(owner_ref=str(case.pk))
        for name in ("ben", "cleo", "dan"):
            motion.refresh_from_db()
            if motion.state != Motion.State.OPEN:
                break
            vote(actor=self.cast.actor(name), motion=motion, choice=choice)
        return Case.objects.get(pk=case.pk)

    def listed(self, title: str) -> Case:
        case = self.voted(title, "yes")
        for owed in Obligation.objects.filter(case=case, required=True):
            who = self.cast.actor("petra" if owed.owner.startswith("seat:") else "mara")
            actions.fulfil_obligation(actor=who, obligation=owed, evidence="https://garden.example/shown")
            owed.refresh_from_db()
            if owed.state == Obligation.State.CLAIMED:
                actions.confirm_obligation(actor=self.cast.actor("petra"), obligation=owed)
        return Case.objects.get(pk=case.pk)

    def reviewed(self, title: str, *, commits: int | None = None) -> Case:
        """The half-yearly review of a listed project, opened early; checked when a number of commits is given."""
        listed = self.listed(title)
        look = actions.open_review(actor=self.cast.actor("petra"), grant=Grant.objects.get(case=listed))
        if commits is not None:
            if commits < 30:
                self.sleepy(listed)
            drain()
        return Case.objects.get(pk=look.pk)

    def sleepy(self, listed: Case) -> None:
        """The project's clone becomes one in which nothing happens."""
        path = self.clone.with_name(f"sleepy-{listed.number}.git")
        write(path, busy(START)[:3])
        repository = Repository.objects.get(project_id=listed.subject_id)
        portfolio.place_clone(actor=SYSTEM, repository=repository, path=path)


def build(cast: Cast, folder: Path) -> dict[str, Case]:
    """A case in every stage."""
    made = Builder(cast, folder)
    cases = {
        "new": made.filed("Newcomer"),
        "triage": made.triage("In triage"),
        "information": made.move(made.triage("Asked"), "ask", "Who maintains it?"),
        "review": made.review("In review"),
        "vote": made.vote("In vote"),
        "onboarding": made.voted("Approved", "yes"),
        "listed": made.listed("Listed"),
        "declined": made.voted("Declined", "no"),
        "too-early": made.move(made.triage("Too early"), "too-early", "Come back in spring."),
        "withdrawn": actions.withdraw(
            actor=cast.actor("mara"), case=made.triage("Withdrawn"), reason="We think again."
        ),
        "void": made.move(made.filed("Void"), "close", "Not an application."),
        "review:due": made.reviewed("Due"),
        "review:measured": made.reviewed("Measured", commits=48),
        "review:remedy": made.reviewed("In remedy", commits=3),
    }
    recheck = made.reviewed("Measured again", commits=3)
    cases["review:recheck"] = made.move(recheck, "mended", who="mara")
    drain()
    retired = made.move(made.reviewed("Retired", commits=3), "mended", who="mara")
    drain()
    cases["review:retired"] = made.move(retired, "retire", "Nothing happens there.")
    kept = made.reviewed("Kept", commits=48)
    attest_rest(cast, kept)
    cases["review:kept"] = kept
    return {name: Case.objects.get(pk=case.pk) for name, case in cases.items()}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """The gallery, in a transaction that is rolled back when the module is done."""
    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
        try:
            clock.set_now(START)
            cast = assemble()
            yield Gallery(cast, build(cast, tmp_path_factory.mktemp("clones")))
        finally:
            clock.set_now(None)
            transaction.set_rollback(True)
            whole.__exit__(None, None, None)


@pytest.fixture
def gallery(built: Gallery, db: None) -> Gallery:
    """The gallery, as it was made; what a test does to it is undone."""
    clock.set_now(NOW)
    return built


def instant(days: float) -> datetime:
    """So many days after all began."""
    return START + timedelta(days=days)
