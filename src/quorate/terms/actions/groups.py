"""Writes about the life of a working group: proposed, voted on, active, reporting, dormant, closed."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.text import slugify

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.terms.actions.bodies import enter
from quorate.terms.groups import TRANSITIONS, ProposalFacts, check_proposal, state_of
from quorate.terms.models import Body, Proposal, Report, Stage
from quorate.terms.queries import charter_in_force

State = Stage.State


@action("body.propose", kinds=("body.proposed",))
def propose_group(*, actor: Actor, parent: Body, facts: ProposalFacts) -> Body:
    """Propose a working group below a body. Appends ``body.proposed``; ``Conflict`` when the name is taken.

    The group is not public before it is active.
    """
    authority = authorise(actor, "body.propose", parent)
    check_proposal(facts)
    slug = slugify(facts.name)[:60].strip("-")
    if not slug or Body.objects.filter(slug=slug).exists():
        raise Conflict(gettext("“%s” is taken") % facts.name, where="name", mend=gettext("choose another name"))
    body = Body.objects.create(
        slug=slug,
        name=facts.name.strip(),
        kind=Body.Kind.WORKING_GROUP,
        parent=parent,
        purpose=facts.purpose,
        public=False,
    )
    now = clock.now()
    assert actor.person_id is not None  # whoever has the right is somebody
    proposer = Person.objects.get(pk=actor.person_id)
    texts = {"goals": facts.goals, "non_goals": facts.non_goals, "deliverables": facts.deliverables}
    Proposal.objects.create(body=body, proposer=proposer, proposed_at=now, **texts)
    Stage.objects.create(body=body, state=State.PROPOSED, start=now)
    refs = [Ref("body", str(body.id))]
    append("body.proposed", actor=actor, refs=refs, data={"slug": slug, "name": body.name}, authority=authority)
    return body


@action("body.edit", kinds=("body.moved",))
def move_group(*, actor: Actor, body: Body, to: str, by: str = "") -> Body:
    """Move a working group to the next state of its life. Appends ``body.moved``.

    ``Conflict`` where that does not follow, and for a group that would become active without a charter in force.
    """
    authority = authorise(actor, "body.edit", body)
    body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
    now = clock.now()
    before = state_of(body, now)
    if body.kind != Body.Kind.WORKING_GROUP or to not in TRANSITIONS[before]:
        raise Conflict(
            gettext("that does not follow on “%s”") % State(before).label,
            where="to",
            mend=gettext("choose one of: %s") % ", ".join(str(State(next_).label) for next_ in TRANSITIONS[before]),
        )
    if to == State.ACTIVE and before == State.IN_VOTE and charter_in_force(body, now) is None:
        raise Conflict(
            gettext("%s has no charter in force") % body.name,
            where="to",
            mend=gettext("put its charter in force first, and say which vote adopted it"),
        )
    if not body.stages.exists():
        Stage.objects.create(body=body, state=before, start=body.established_at or _began(body, now))
    enter(body, to, now, by.strip())
    if to == State.ACTIVE and before == State.IN_VOTE:
        body.public, body.established_at = True, now
    if to == State.DECLINED:
        body.closed_at = now
    body.save()
    data = {"before": before, "after": to, "by": by.strip()}
    append("body.moved", actor=actor, refs=[Ref("body", str(body.id))], data=data, authority=authority)
    return body


@action("body.report", kinds=("body.reported",))
def record_report(
    *, actor: Actor, body: Body, title: str, link: str = "", text: str = "", at: datetime | None = None
) -> Report:
    """Record that a body reported. Appends ``body.reported``."""
    authority = authorise(actor, "body.report", body)
    if not title.strip():
        raise UserError(gettext("the title is empty"), where="title", mend=gettext("write a title"))
    if at is not None and at > clock.now():
        raise UserError(gettext("a report is not of the future"), where="at", mend=gettext("give the day it was made"))
    row = Report.objects.create(
        body=body, title=title.strip(), link=link.strip(), text=text.strip(), reported_at=at or clock.now()
    )
    append(
        "body.reported",
        actor=actor,
        refs=[Ref("body", str(body.id))],
        data={"report": str(row.id)},
        private={"title": row.title},
        authority=authority,
    )
    return row


def _began(body: Body, now: datetime) -> datetime:
    """When a body without recorded beginning began, as far as its seats tell."""
    starts = [at for pair in body.seats.values_list("start", "terms__start") for at in pair if at is not None]
    return min([at for at in starts if at < now], default=datetime(2000, 1, 1, tzinfo=UTC))
