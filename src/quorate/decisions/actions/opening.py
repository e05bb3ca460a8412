"""Opening motions: a question, put to an electorate that is frozen now, by a rule that stands from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise, may
from quorate.decisions.actions.electorates import Voter, bodies_asked, settled, with_chairs
from quorate.decisions.citing import cite
from quorate.decisions.letters import announce_opening
from quorate.decisions.models import Elector, Motion
from quorate.decisions.rules import PartRule, lint_rule, parse_parts
from quorate.kernel import clock
from quorate.kernel.errors import Refused, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.terms.models import Body

#: Hours before the close at which those who have not voted are written to.
REMINDERS = (72, 24)
#: How long to vote once somebody objects, where the motion does not say.
WINDOW = timedelta(days=7)


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
    vote) passes the ``authority`` it found. A compound rule is put to every body it names, so the right to put
    motions is asked for each. Raises ``UserError`` for a rule that cannot be read or an empty electorate.
    """
    found = authorise(actor, "motion.open", body) if authority is None else list(authority)
    parts = parse_parts(dict(rule))
    bodies = bodies_asked(parts, body)
    if authority is None:
        _check_bodies(actor, bodies, body)
    _check_electorate(parts, electorate)
    _check_bars(parts, electorate)
    now = clock.now()
    rule, cited_parts = settled(rule, bodies, now)
    if closes_at is not None and closes_at <= now:
        raise UserError(gettext("the vote would close before it opens"), where="closes_at")
    _check_kind(kind, parts, closes_at)
    lazy = kind == Motion.Kind.LAZY
    motion = Motion.objects.create(
        title=title[:200],
        text=text,
        kind=kind,
        body=body,
        rule=rule,
        clause=clause,
        cited=cite(clause, now) | ({"parts": cited_parts} if cited_parts else {}),
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
            frozen_person=voter.person,
            frozen_alternate=voter.alternate,
            suspended=voter.suspended[:300],
            uncounted=voter.uncounted[:300],
            recused=voter.recused,
            part=voter.part,
            casting=voter.casting,
            away=voter.away,
        )
        for voter in with_chairs(parts, bodies, electorate)
    )
    append(
        "motion.opened",
        actor=actor,
        refs=[Ref("motion", str(motion.id)), *([Ref("body", str(body.id))] if body else []), *subject_refs],
        data={
            "electors": sum(1 for voter in electorate if voter.speaks),
            "recused": sum(1 for voter in electorate if voter.recused),
            "vacant": sum(1 for voter in electorate if voter.person is None and voter.alternate is None),
            "suspended": sum(1 for voter in electorate if voter.suspended),
            "rule": rule,
            "closes_at": instant(closes_at) if closes_at else None,
        },
        authority=found,
    )
    if announce and closes_at is not None:
        announce_opening(motion)
    return motion


def _check_bodies(actor: Actor, bodies: Sequence[Body | None], lead: Body | None) -> None:
    """Nobody asks a body to vote to whom they may not put motions, by naming it beside their own."""
    for number, body in enumerate(bodies):
        if body is not None and body != lead and not may(actor, "motion.open", body):
            raise Refused(
                gettext("you may not put motions to %s") % body.name,
                where=f"rule.all[{number}].body",
                mend=gettext("ask somebody who may put motions to every body that is asked"),
            )


def _check_electorate(parts: Sequence[PartRule], electorate: Sequence[Voter]) -> None:
    for number, part in enumerate(parts):
        if not any(voter.part == number and voter.speaks for voter in electorate):
            what = gettext("nobody may vote on this")
            if part.body:
                what = gettext("nobody may vote for %s") % part.body
            raise UserError(what, where="electorate", mend=gettext("fill the seats first"))
    if any(voter.part >= len(parts) for voter in electorate):
        raise UserError(gettext("a vote belongs to a part that the rule does not have"), where="electorate")


def _check_bars(parts: Sequence[PartRule], electorate: Sequence[Voter]) -> None:
    """Refuse a bar that no vote can clear or miss. A quorum out of reach is shown instead: seats may be vacant."""
    for number, part in enumerate(parts):
        seats = sum(1 for voter in electorate if voter.part == number and not voter.suspended)
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
