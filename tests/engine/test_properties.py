"""Whatever people do in whatever order, and whenever the worker comes by, the records stay whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.engine.cast import REGISTER, START, Cast, deliver, file_day

from quorate.access.actors import VISITOR
from quorate.decisions.actions import cast as vote
from quorate.decisions.models import Motion
from quorate.engine import actions, queries
from quorate.engine.clocks import paused, running
from quorate.engine.models import Case, Grant, Obligation, Program, Review, StageVisit
from quorate.engine.queries.cases import positions
from quorate.engine.rules import manual_steps, position
from quorate.engine.versions import definition_of
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.ledger.models import Entry

WHO = ("petra", "ana", "ben", "cleo", "dan", "eve", "olga", "chris", "xavier")


class Office(RuleBasedStateMachine):
    """A busy half-year in one program. Refusals are fine; broken records are not."""

    cast: Cast

    def __init__(self) -> None:
        super().__init__()
        self.scope = transaction.atomic()
        self.scope.__enter__()
        REGISTER.clear()
        self.filed = 0
        self.seen: dict[Any, int] = {}
        clock.set_now(START)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)
        clock.set_now(START)

    def attempt(self, deed: Callable[[], object]) -> None:
        """Do it, or be refused with words; a refusal leaves nothing behind."""
        entries = Entry.objects.count()
        try:
            with transaction.atomic():
                deed()
        except UserError as error:
            assert str(error)
            assert Entry.objects.count() == entries

    def case(self, number: int) -> Case | None:
        found = list(Case.objects.order_by("opened_at", "key"))
        return found[number % len(found)] if found else None

    @initialize()
    def some_have_applied(self) -> None:
        for page, who in enumerate(("ana", "ben", "xavier"), 1):
            self.apply(page, who)
        self.staff_goes_on(0)
        self.staff_goes_on(0)
        self.staff_goes_on(0)
        self.staff_goes_on(1)

    @rule(days=st.sampled_from((0, 0, 0, 1, 2, 5, 11, 35)), minutes=st.integers(1, 1439), worker=st.booleans())
    def time_passes(self, days: int, minutes: int, worker: bool) -> None:
        clock.set_now(clock.now() + timedelta(days=days, minutes=minutes))
        if worker:
            actions.tick()

    @rule()
    def worker(self) -> None:
        deliver()
        actions.tick()
        done = Entry.objects.count()
        assert actions.tick() == 0, "a second run finds nothing to do"
        assert Entry.objects.count() == done

    @rule(page=st.integers(1, 4), who=st.sampled_from(("ana", "ben", "xavier")))
    def applies(self, page: int, who: str) -> None:
        self.apply(page, who)

    def apply(self, page: int, who: str) -> None:
        address = f"https://days.example/{page}"
        self.attempt(lambda: file_day(self.cast, who=who, title=f"Day {page}", answers={"page": address}))

    @rule(
        number=st.integers(0, 9), step=st.integers(0, 9), who=st.sampled_from(WHO), reason=st.sampled_from(("", "So."))
    )
    def step(self, number: int, step: int, who: str, reason: str) -> None:
        case = self.case(number)
        if case is None or case.closed_at is not None:
            return
        steps = manual_steps(definition_of(case), case.stage)
        if steps:
            name = steps[step % len(steps)].name
            self.attempt(lambda: actions.move(actor=self.cast.actors[who], case=case, transition=name, reason=reason))

    @rule(number=st.integers(0, 9))
    def staff_works(self, number: int) -> None:
        self.staff_goes_on(number)

    def staff_goes_on(self, number: int) -> None:
        """The likeliest thing that the manager does, so that cases come far."""
        case = self.case(number)
        ahead = {"intake": "take", "screen": "refer", "review": "ballot"}
        if case is None or case.stage not in ahead:
            return
        if case.stage == "screen":
            deliver("engine.checks")
        if case.stage == "review":
            people = [self.cast.people["ben"], self.cast.people["cleo"]]
            self.attempt(lambda: actions.assign_reviewers(actor=self.cast.petra, case=case, people=people))
            for row in Review.objects.filter(case=case, state="open").select_related("person"):
                self.attempt(lambda row=row: self.write(row))
        name = ahead[case.stage]
        self.attempt(lambda: actions.move(actor=self.cast.petra, case=case, transition=name))

    def write(self, row: Review) -> None:
        actions.submit_review(
            actor=self.cast.actors[row.person.slug],
            review=row,
            scores={"reach": 3, "care": 3},
            recommendation="approve",
            comment="Fine.",
            declared=True,
        )

    @rule(number=st.integers(0, 9), who=st.sampled_from(WHO), choice=st.sampled_from(("yes", "yes", "no", "abstain")))
    def cast_a_vote(self, number: int, who: str, choice: str) -> None:
        open_now = list(Motion.objects.filter(state="open").order_by("opened_at", "id"))
        if open_now:
            motion = open_now[number % len(open_now)]
            self.attempt(lambda: vote(actor=self.cast.actors[who], motion=motion, choice=choice))

    @rule()
    def the_council_agrees(self) -> None:
        for motion in Motion.objects.filter(state="open"):
            for who in ("ben", "cleo", "dan"):
                self.attempt(
                    lambda who=who, motion=motion: vote(actor=self.cast.actors[who], motion=motion, choice="yes")
                )

    @rule(number=st.integers(0, 9), answered=st.booleans(), days=st.integers(0, 20))
    def a_question_is_asked(self, number: int, answered: bool, days: int) -> None:
        case = self.case(number)
        if case is None or case.stage not in ("screen", "review"):
            return
        self.attempt(lambda: actions.move(actor=self.cast.petra, case=case, transition="ask", reason="Where?"))
        clock.set_now(clock.now() + timedelta(days=days, seconds=7))
        if answered:
            who = next((name for name in WHO if self.cast.people[name].id == case.applicant_id), "ana")
            actor = self.cast.actors[who]
            self.attempt(lambda: actions.move(actor=actor, case=case, transition="answer", reason="There."))

    @rule(number=st.integers(0, 9), who=st.sampled_from(WHO))
    def stand_aside(self, number: int, who: str) -> None:
        case = self.case(number)
        if case is not None:
            self.attempt(lambda: actions.declare_recusal(actor=self.cast.actors[who], case=case, detail="A friend."))

    @rule(number=st.integers(0, 20), who=st.sampled_from(("ana", "petra", "ben")))
    def pay_a_debt(self, number: int, who: str) -> None:
        owed = list(Obligation.objects.filter(closed_at=None).order_by("opened_at", "id"))
        if not owed:
            return
        item = owed[number % len(owed)]
        actor = self.cast.actors[who]
        self.attempt(lambda: actions.fulfil_obligation(actor=actor, obligation=item, evidence="https://x.example"))
        self.attempt(lambda: actions.confirm_obligation(actor=self.cast.petra, obligation=item))

    @rule(seats=st.sampled_from((20, 80)))
    def the_world_changes(self, seats: int) -> None:
        REGISTER.found["seats"] = seats

    # --- what must hold ---------------------------------------------------------------------------------------------

    @invariant()
    def visits_are_whole(self) -> None:
        for case in Case.objects.prefetch_related("visits"):
            visits = sorted(case.visits.all(), key=lambda visit: visit.ordinal)
            assert [visit.ordinal for visit in visits] == list(range(1, len(visits) + 1))
            assert [visit.left_at is None for visit in visits] == [False] * (len(visits) - 1) + [case.closed_at is None]
            for earlier, later in zip(visits, visits[1:], strict=False):
                assert earlier.left_at == later.entered_at
            assert (case.stage, case.stage_entered_at) == (visits[-1].stage, visits[-1].entered_at)
            assert (case.closed_at is None) == (case.outcome == "")
            assert case.revision >= self.seen.get(case.pk, 0)
            self.seen[case.pk] = case.revision

    @invariant()
    def clocks_are_exact(self) -> None:
        now = clock.now()
        for case in Case.objects.filter(program=self.cast.days).prefetch_related("visits"):
            visits = list(case.visits.all())
            until = case.closed_at or now
            assert running(visits, until) + paused(visits, until) == until - case.opened_at
            if case.closed_at is None and case.running_due_at is not None:
                over = [visit for visit in visits if visit.left_at is not None]
                pauses = paused(over, now)
                assert case.running_due_at == case.opened_at + timedelta(days=60) + pauses
            for visit in visits:
                self.stage_clock(visit, visits)

    def stage_clock(self, visit: StageVisit, visits: list[StageVisit]) -> None:
        """A stage that was interrupted has its whole time, not counting while the case was away."""
        allowed = {"intake": 14, "screen": 10, "review": 20}.get(visit.stage)
        if allowed is None or visit.due_at is None:
            return
        used = timedelta(0)
        first: StageVisit = visit
        while first.resumes_id is not None:
            first = next(item for item in visits if item.pk == first.resumes_id)
            assert first.left_at is not None
            used += first.left_at - first.entered_at
        assert visit.due_at == visit.entered_at + timedelta(days=allowed) - used

    @invariant()
    def breaches_are_told_once_at_their_instant(self) -> None:
        entries = Entry.objects.filter(kind="case.breached").values_list("refs", "data", "at")
        told = [(refs[0][1], data["stage"], at) for refs, data, at in entries]
        assert len(told) == len(set(told))
        breached = {
            (str(case), stage, at)
            for case, stage, at in StageVisit.objects.exclude(breached_at=None).values_list(
                "case", "stage", "breached_at"
            )
        }
        assert set(told) == breached

    @invariant()
    def numbers_have_no_gap(self) -> None:
        for program in Program.objects.all():
            numbers = list(Case.objects.filter(program=program).order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, program.last_number + 1))

    @invariant()
    def the_queue_is_a_line(self) -> None:
        rows = list(Case.objects.filter(program=self.cast.days, stage="intake"))
        places = positions(rows)
        assert sorted(places.values()) == list(range(1, len(rows) + 1))
        for row in rows:
            assert position(row, definition_of(row)) == places[row.pk]
        line = queries.queue(VISITOR, self.cast.days)
        assert [item.position for item in line] == list(range(1, len(rows) + 1))

    @invariant()
    def the_ledger_tells_the_way(self) -> None:
        for case in Case.objects.prefetch_related("visits"):
            moves = Entry.objects.filter(index__kind="case", index__ref=str(case.pk), refs__0__1=str(case.pk))
            told: list[tuple[str, datetime]] = []
            for kind, data, at in moves.order_by("seq").values_list("kind", "data", "at"):
                if kind == "case.filed":
                    told.append((data["stage"], at))
                if kind == "case.moved":
                    told.append((data["to"], at))
            visits = sorted(case.visits.all(), key=lambda visit: visit.ordinal)
            assert told == [(visit.stage, visit.entered_at) for visit in visits]

    @invariant()
    def grants_are_single(self) -> None:
        running_now = list(Grant.objects.exclude(state="ended").values_list("program", "subject_id"))
        assert len(running_now) == len(set(running_now))
        for motion in Motion.objects.filter(owner="engine", state="open"):
            assert Case.objects.get(pk=motion.owner_ref).stage_kind == "vote"


@pytest.mark.slow
def test_the_records_stay_whole(cast: Cast) -> None:
    Office.cast = cast
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=8,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
        ),
    )
