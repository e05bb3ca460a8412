"""Votes on a case: opened when its stage is entered, withdrawn when it is left, and followed when they close."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from quorate.access.actors import Actor
from quorate.decisions.actions import Voter, electorate_of, open_motion, withdraw_motion
from quorate.decisions.models import Motion
from quorate.decisions.ports import MOTION_CLOSED
from quorate.engine.actions.course import ENGINE, OCCASIONS, OWNER, Hand, held, refs_of, take
from quorate.engine.conflicts import conflicts
from quorate.engine.definition import Decision, Role, Tally
from quorate.engine.definition import Program as Definition
from quorate.engine.facts import CaseFacts
from quorate.engine.letters import subject_name
from quorate.engine.models import Case
from quorate.engine.versions import definition_of
from quorate.kernel import clock, ids
from quorate.kernel.i18n import gettext
from quorate.terms.models import Body
from quorate.terms.queries import holders


def open_vote(case: Case, definition: Definition, hand: Hand) -> None:
    """Put the case to its electorate, frozen now from terms, with those who may not judge standing aside."""
    decision = definition.decision_in(case.stage)
    if decision is None:
        return
    voters = electorate(decision.electorate, hand.at)
    people = [voter.person for voter in voters if voter.person is not None]
    aside = conflicts(case, definition, people, decision.recuse, hand.at, part="electorate")
    now = clock.now()
    words = definition.citation(decision.clause)
    open_motion(
        actor=ENGINE,
        title=_question(case, decision, definition, hand)[:200],
        rule=decision.as_motion(),
        electorate=[
            replace(voter, recused=aside.get(voter.person, "") if voter.person is not None else "") for voter in voters
        ],
        closes_at=decision.window.after(max(hand.at, now)),
        text=case.title,
        clause=str(words) if words else "",
        body=Body.objects.filter(slug=decision.electorate.body).first(),
        early_close=decision.early_close,
        # A motion's own page shows who voted how; where less than that is public, the case shows what is.
        public=definition.public_at(case.stage).votes is Tally.FULL,
        subject_refs=refs_of(case),
        owner=OWNER,
        owner_ref=str(case.pk),
        authority=("system:engine",),
    )


def electorate(role: Role, at: datetime) -> list[Voter]:
    """Who votes by a role at an instant: a body's voting seats, with their alternates, or an office."""
    if role.kind != "body":
        return [Voter(person.id) for person in holders(role.text, at)]
    body = Body.objects.filter(slug=role.body).first()
    return electorate_of(body, at=at) if body is not None else []


def follow(actor: Actor, motion: Motion) -> None:
    """Take the transition that the vote decided. Called in the transaction that closes the motion."""
    if not ids.is_uuid(motion.owner_ref):
        return
    case = Case.objects.filter(pk=motion.owner_ref).first()
    if case is None:
        return
    case = held(case)
    definition = definition_of(case)
    decision = definition.decision_in(case.stage)
    if decision is None or case.closed_at is not None:
        return
    named = {
        Motion.Result.PASSED.value: decision.passed,
        Motion.Result.FAILED.value: decision.failed,
        Motion.Result.NO_DECISION.value: decision.no_decision or decision.failed,
    }[str(motion.result)]
    at = motion.closed_at or clock.now()
    hand = Hand(ENGINE, (f"motion:{motion.pk}",), at)
    take(case, definition.transition(named), hand, motion=str(motion.pk))


def withdraw_vote(case: Case, definition: Definition, hand: Hand) -> None:
    """Take back a motion that is still open when its stage is left another way."""
    for motion in Motion.objects.filter(owner=OWNER, owner_ref=str(case.pk), state=Motion.State.OPEN):
        withdraw_motion(
            actor=ENGINE, motion=motion, reason=gettext("the case went on without it"), authority=("system:engine",)
        )


def _question(case: Case, decision: Decision, definition: Definition, hand: Hand) -> str:
    subject = subject_name(CaseFacts(case, hand.at))
    if not decision.question:
        return f"{case.key} {subject}: {definition.stage(case.stage).title}"
    return decision.question.replace("{subject}", subject).replace("{case}", case.key)


MOTION_CLOSED.register(OWNER, follow)
OCCASIONS.register("vote-entered", open_vote)
OCCASIONS.register("vote-left", withdraw_vote)
