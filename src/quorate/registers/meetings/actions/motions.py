"""Motions in a meeting: put, decided by roll call, or continued by ballot after it under another rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from quorate.access.action import action
from quorate.access.actors import Actor, system
from quorate.access.policy import authorise
from quorate.decisions.actions import (
    Voter,
    close_motion,
    electorate_of,
    open_motion,
    with_consequences,
    withdraw_motion,
)
from quorate.decisions.models import Elector, Motion, Vote
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append, instant
from quorate.ledger.refs import Ref
from quorate.registers.meetings.actions.running import refs_of, running_now
from quorate.registers.meetings.models import AgendaItem, Carried, Meeting
from quorate.registers.meetings.queries.meetings import Row, live, roll


@action("meeting.run", kinds=("motion.put", "motion.opened"))
def put_motion(
    *,
    actor: Actor,
    meeting: Meeting,
    title: str,
    rule: Mapping[str, Any],
    text: str = "",
    clause: str = "",
    item: AgendaItem | None = None,
) -> Carried:
    """Put a question to the seats on the roll, frozen now; seats that stood aside from the item have no vote.

    ``UserError`` for a rule without a denominator, as for any motion. The rule's own quorum counts, or where it has
    none the meeting's.
    """
    meeting = running_now(meeting)
    authority = authorise(actor, "meeting.run", meeting)
    if not title.strip():
        raise UserError(gettext("the motion is empty"), where="title", mend=gettext("say what is asked"))
    rows = roll(meeting)
    aside = set(item.recusals.values_list("place_id", flat=True)) if item is not None else set()
    quorum = live(meeting, rows)
    motion = open_motion(
        actor=actor,
        title=title.strip(),
        text=text,
        rule=_with_quorum(rule, quorum.needed),
        electorate=with_consequences(
            meeting.body, [voter for row in rows if (voter := _voter(row, row.place.id in aside)) is not None]
        ),
        clause=clause,
        body=meeting.body,
        public=meeting.body.public,
        subject_refs=[Ref("meeting", str(meeting.id))],
        authority=authority,
    )
    append(
        "motion.put",
        actor=actor,
        refs=[Ref("motion", str(motion.id)), *refs_of(meeting)],
        data={"represented": quorum.represented, "recused": len(aside)},
        authority=authority,
    )
    return Carried.objects.create(meeting=meeting, item=item, motion=motion)


@action("meeting.run", kinds=("motion.called", "motion.closed"))
def call_roll(*, actor: Actor, carried: Carried, votes: Mapping[UUID, str]) -> Motion:
    """Take the votes of all seats that somebody speaks for (place to yes, no or abstain), and close the motion.

    Whoever speaks for a seat at this moment votes for it: the alternate only while the representative is away.
    ``UserError`` when a represented seat has no answer, or a seat that nobody speaks for has one.
    """
    meeting = running_now(carried.meeting)
    authority = authorise(actor, "meeting.run", meeting)
    motion = Motion.objects.select_for_update().get(pk=carried.motion_id)
    if motion.state != Motion.State.OPEN:
        raise Conflict(gettext("this motion is not open"), where="motion")
    now = clock.now()
    electors = {elector.seat_id: elector for elector in motion.electors.all()}
    said: list[list[object]] = []
    rows = roll(meeting, now)
    _complete(rows, electors, votes)
    for row in rows:
        choice = votes.get(row.place.id)
        elector = electors.get(row.place.seat_id)
        if choice is None or elector is None:
            continue
        by_alternate = row.standing.speaks == "alternate"
        if elector.away is not by_alternate:
            # Whoever is not in the room is away from the motion, where alternates speak only for the absent.
            elector.away = by_alternate
            elector.save(update_fields=["away"])
        elector.votes.filter(superseded_at=None).update(superseded_at=now)
        Vote.objects.create(elector=elector, choice=choice, by_alternate=by_alternate, cast_at=now)
        said.append([row.place.label, choice, by_alternate])
    counted = [each[1] for each in said]
    append(
        "motion.called",
        actor=actor,
        refs=[Ref("motion", str(motion.id)), *refs_of(meeting)],
        data={
            "yes": counted.count("yes"),
            "no": counted.count("no"),
            "abstain": counted.count("abstain"),
            "votes": said,
        },
        authority=authority,
    )
    # The roll is called once: seats that are away cannot vote later, so the motion's time is over now.
    motion.closes_at = now
    motion.save(update_fields=["closes_at"])
    return close_motion(actor=system("meetings"), motion=motion, subject_refs=[Ref("meeting", str(meeting.id))])


@action("meeting.run", kinds=("motion.continued", "motion.opened", "motion.withdrawn"))
def continue_by_ballot(
    *,
    actor: Actor,
    carried: Carried,
    rule: Mapping[str, Any],
    closes_at: datetime,
    clause: str = "",
) -> Carried:
    """Ask the same question by ballot, under the rule for decisions without a meeting; it cites the first motion.

    For a motion still open, which is then withdrawn, or one that ended without a decision. All voting seats of the
    body have a vote, as they are held now, but those that stood aside.
    """
    meeting = carried.meeting
    authority = authorise(actor, "meeting.run", meeting)
    first = Motion.objects.select_for_update(of=("self",)).select_related("body").get(pk=carried.motion_id)
    if Carried.objects.filter(continues=carried).exists():
        raise Conflict(gettext("this motion is already continued by ballot"), where="motion")
    if first.state == Motion.State.CLOSED and first.result != Motion.Result.NO_DECISION:
        raise Conflict(gettext("this motion is decided"), where="motion", mend=gettext("put a new motion"))
    if first.state == Motion.State.OPEN:
        withdraw_motion(actor=actor, motion=first, reason=gettext("continued by ballot"), authority=authority)
    seats = carried.item.recusals.values_list("place__seat_id", flat=True) if carried.item is not None else ()
    aside = set(seats)
    electorate = [
        replace(voter, recused="declared") if voter.seat in aside else voter for voter in electorate_of(meeting.body)
    ]
    cited = gettext("This continues the motion put in %(meeting)s: /motions/%(motion)s/") % {
        "meeting": meeting.title,
        "motion": first.id,
    }
    motion = open_motion(
        actor=actor,
        title=first.title,
        text=f"{first.text}\n\n{cited}".strip(),
        rule=rule,
        electorate=electorate,
        closes_at=closes_at,
        clause=clause,
        body=meeting.body,
        early_close=True,
        public=first.public,
        subject_refs=[Ref("meeting", str(meeting.id)), Ref("motion", str(first.id), "first_motion")],
        authority=authority,
    )
    append(
        "motion.continued",
        actor=actor,
        refs=[Ref("motion", str(motion.id)), *refs_of(meeting)],
        data={"first": str(first.id), "closes_at": instant(closes_at)},
        authority=authority,
    )
    return Carried.objects.create(meeting=meeting, item=carried.item, motion=motion, continues=carried)


def _voter(row: Row, aside: bool) -> Voter | None:
    """A seat's vote, of a vacant seat too; a line that was read from minutes and is no seat here has none."""
    place = row.place
    if place.seat_id is None:
        return None
    return Voter(
        place.representative_id,
        place.seat_id,
        place.alternate_id,
        "declared" if aside else "",
        away="representative" not in row.standing.present,
        suspended=place.suspended,
        uncounted=place.uncounted,
    )


def _with_quorum(rule: Mapping[str, Any], needed: int) -> dict[str, Any]:
    return dict(rule) if rule.get("quorum") else {**rule, "quorum": {"count": needed, "of": "seats"}}


def _complete(rows: Sequence[Row], electors: Mapping[UUID | None, Elector], votes: Mapping[UUID, str]) -> None:
    asked = {
        row.place.id: row.place.label
        for row in rows
        if row.standing.speaks and row.place.seat_id in electors and electors[row.place.seat_id].may_speak
    }
    for place, choice in votes.items():
        if choice not in Vote.Choice.values:
            raise UserError(gettext("a vote is yes, no or abstain"), where="votes", mend=gettext("choose one"))
        if place not in asked:
            label = next((row.place.label for row in rows if row.place.id == place), str(place))
            raise UserError(
                gettext("nobody may vote for %s now") % label,
                where="votes",
                mend=gettext("mark on the roll who is there"),
            )
    silent = [label for place, label in asked.items() if place not in votes]
    if silent:
        raise UserError(
            gettext("no answer from: %s") % ", ".join(silent),
            where="votes",
            mend=gettext("ask them, or mark on the roll that they left"),
        )
