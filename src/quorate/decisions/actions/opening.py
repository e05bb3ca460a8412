"""Opening motions: a question, put to an electorate that is frozen now, by a rule that stands from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.decisions.citing import cite
from quorate.decisions.letters import announce_opening
from quorate.decisions.models import Elector, Motion
from quorate.decisions.rules import PartRule, lint_rule, parse_parts
from quorate.kernel import clock
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.terms.models import Body, Seat
from quorate.terms.queries import roster

#: Hours before the close at which those who have not voted are written to.
REMINDERS = (72, 24)
#: How long to vote once somebody objects, where the motion does not say.
WINDOW = timedelta(days=7)


@dataclass(frozen=True)
class Voter:
    """One vote of the electorate to be frozen: by a person, for a seat or as themselves.

    ``part`` is the part of a compound rule that counts it; ``casting`` marks the chair, who is otherwise found by
    the seat; ``away`` says that the representative is absent, where the rule lets alternates speak only then.
    """

    person: UUID
    seat: UUID | None = None
    alternate: UUID | None = None
    recused: str = ""
    part: int = 0
    casting: bool = False
    away: bool = False


@action("motion.open", kinds=("motion.opened",))
def open_motion(
    *,
    actor: Actor,
    title: str,
    rule: Mapping[str, Any],
    electorate: Sequence[Voter],
    closes_at: datetime | None = None,
    text: str = "",
    clause: str = "",
    body: Body | None = None,
    early_close: bool = False,
    public: bool = True,
    subject_refs: Sequence[Ref] = (),
    owner: str = "",
    owner_ref: str = "",
    authority: Sequence[str] | None = None,
    kind: str = Motion.Kind.VOTE,
    window: timedelta | None = None,
    reminders: Sequence[int] = REMINDERS,
    announce: bool = True,
) -> Motion:
    """Put a question to an electorate, frozen now, and write to it where there is time to vote.

    ``kind`` is a vote, lazy consensus (``closes_at`` ends the notice; ``window`` is the time to vote once somebody
    objects) or written consent. An action that has already authorised its own gesture (a case that reaches its
    vote) passes the ``authority`` it found. Raises ``UserError`` for a rule that cannot be read or an empty
    electorate.
    """
    found = authorise(actor, "motion.open", body) if authority is None else list(authority)
    parts = parse_parts(dict(rule))
    _check_electorate(parts, electorate)
    _check_bars(parts, electorate)
    now = clock.now()
    if closes_at is not None and closes_at <= now:
        raise UserError(gettext("the vote would close before it opens"), where="closes_at")
    _check_kind(kind, parts, closes_at)
    lazy = kind == Motion.Kind.LAZY
    motion = Motion.objects.create(
        title=title[:200],
        text=text,
        kind=kind,
        body=body,
        rule=dict(rule),
        clause=clause,
        cited=cite(clause, now),
        public=public,
        opened_at=now,
        closes_at=closes_at,
        notice_until=closes_at if lazy else None,
        window=(window or WINDOW) if lazy else None,
        early_close=early_close,
        reminders=sorted({int(hours) for hours in reminders if hours > 0}, reverse=True),
        owner=owner,
        owner_ref=owner_ref,
    )
    Elector.objects.bulk_create(
        Elector(
            motion=motion,
            person_id=voter.person,
            seat_id=voter.seat,
            alternate_id=voter.alternate,
            recused=voter.recused,
            part=voter.part,
            casting=voter.casting,
            away=voter.away,
        )
        for voter in _with_chairs(parts, electorate)
    )
    append(
        "motion.opened",
        actor=actor,
        refs=[Ref("motion", str(motion.id)), *([Ref("body", str(body.id))] if body else []), *subject_refs],
        data={
            "electors": sum(1 for voter in electorate if not voter.recused),
            "recused": sum(1 for voter in electorate if voter.recused),
            "rule": dict(rule),
            "closes_at": instant(closes_at) if closes_at else None,
        },
        authority=found,
    )
    if announce and closes_at is not None:
        announce_opening(motion)
    return motion


def electorate_of(body: Body, part: int = 0, at: datetime | None = None) -> list[Voter]:
    """The voting seats of a body that somebody holds at an instant, each with its alternate."""
    return [
        Voter(
            person=place.representative.person_id,
            seat=place.seat.id,
            alternate=place.alternate.person_id if place.alternate is not None else None,
            part=part,
        )
        for place in roster(body, at)
        if place.seat.voting and place.representative is not None
    ]


def electorates_of(rule: Mapping[str, Any], body: Body) -> list[Voter]:
    """The electorate of each part of a rule from the bodies it names; ``body`` is that of a part that names none."""
    voters: list[Voter] = []
    for number, part in enumerate(parse_parts(dict(rule))):
        asked = Body.objects.filter(slug=part.body).first() if part.body else body
        if asked is None:
            raise UserError(gettext("there is no body “%s”") % part.body, where=f"rule.all[{number}].body")
        voters += electorate_of(asked, number)
    return voters


def _check_electorate(parts: Sequence[PartRule], electorate: Sequence[Voter]) -> None:
    for number, part in enumerate(parts):
        if not any(voter.part == number and not voter.recused for voter in electorate):
            what = gettext("nobody may vote on this")
            if part.body:
                what = gettext("nobody may vote for %s") % part.body
            raise UserError(what, where="electorate", mend=gettext("fill the seats first"))
    if any(voter.part >= len(parts) for voter in electorate):
        raise UserError(gettext("a vote belongs to a part that the rule does not have"), where="electorate")


def _check_bars(parts: Sequence[PartRule], electorate: Sequence[Voter]) -> None:
    """Refuse a bar that no vote can clear or miss. A quorum out of reach is shown instead: seats may be vacant."""
    for number, part in enumerate(parts):
        seats = sum(1 for voter in electorate if voter.part == number)
        for finding in lint_rule(part.rule, seats):
            if finding.code in ("unreachable-bar", "empty-bar"):
                raise UserError(finding.what, where=finding.where, mend=finding.mend)


def _check_kind(kind: str, parts: Sequence[PartRule], closes_at: datetime | None) -> None:
    if kind not in Motion.Kind.values:
        raise UserError(gettext("%s is no kind of motion") % kind, where="kind", mend=", ".join(Motion.Kind.values))
    if kind == Motion.Kind.LAZY and closes_at is None:
        raise UserError(
            gettext("lazy consensus needs a notice"), where="closes_at", mend=gettext("say when the notice ends")
        )
    if kind == Motion.Kind.CONSENT and any(part.rule.of != "seats" for part in parts):
        raise UserError(
            gettext("written consent is asked of all seats"), where="rule.of", mend=gettext("write of: seats")
        )


def _with_chairs(parts: Sequence[PartRule], electorate: Sequence[Voter]) -> list[Voter]:
    """The electorate with the chair marked in each part whose rule gives a casting vote and that names none."""
    asked = {number for number, part in enumerate(parts) if part.rule.casting == "chair"}
    asked -= {voter.part for voter in electorate if voter.casting}
    if not asked:
        return list(electorate)
    seats = [voter.seat for voter in electorate if voter.seat is not None]
    chairs = set(Seat.objects.filter(pk__in=seats, chair=True).values_list("pk", flat=True))
    voters: list[Voter] = []
    for voter in electorate:
        if voter.part in asked and voter.seat in chairs:
            asked.remove(voter.part)
            voters.append(replace(voter, casting=True))
        else:
            voters.append(voter)
    return voters
