"""Writes about bodies and their seats."""

from __future__ import annotations

from datetime import datetime

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.rules import as_json
from quorate.kernel import clock
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.terms.actions.serving import end_offices
from quorate.terms.models import Body, Seat, Stage, Term
from quorate.terms.queries import body_facts, seat_facts
from quorate.terms.rules import BodyFacts, SeatFacts, changes_between, check_body, check_seat


@action("body.edit", kinds=("body.set-up",))
def set_up_body(*, actor: Actor, slug: str, facts: BodyFacts) -> Body:
    """Set up a body. Appends ``body.set-up``; ``Conflict`` when the slug is taken."""
    authority = authorise(actor, "body.edit")
    check_body(facts)
    if Body.objects.filter(slug=slug).exists():
        raise Conflict(gettext("“%s” is taken") % slug, where="slug", mend=gettext("choose another address"))
    body = Body(slug=slug)
    _write_body(body, facts)
    append(
        "body.set-up",
        actor=actor,
        refs=[Ref("body", str(body.id))],
        data={"slug": slug, "facts": as_json(facts)},
        authority=authority,
    )
    return body


@action("body.edit", kinds=("body.changed",))
def change_body(*, actor: Actor, body: Body, facts: BodyFacts) -> Body:
    """Make the record say this. Appends ``body.changed``; nothing when nothing differs."""
    authority = authorise(actor, "body.edit", body)
    check_body(facts)
    changes = changes_between(body_facts(body), facts)
    if not changes:
        return body
    _refuse_circle(body, facts)
    _write_body(body, facts)
    append(
        "body.changed",
        actor=actor,
        refs=[Ref("body", str(body.id))],
        data={"fields": sorted(changes), "changes": changes},
        authority=authority,
    )
    return body


@action("body.edit", kinds=("body.closed", "body.removed"))
def remove_body(*, actor: Actor, body: Body) -> None:
    """Take a body away: one that never had a seat is removed, any other closes with all its seats."""
    authority = authorise(actor, "body.edit", body)
    if body.children.filter(closed_at=None).exists():
        raise Conflict(
            gettext("bodies below %s are still open") % body.name,
            where=body.slug,
            mend=gettext("close those first, or put them under another body"),
        )
    if (
        not body.seats.exists()
        and not body.policies.exists()
        and not body.charters.exists()
        and not body.children.exists()
    ):
        ref, data = Ref("body", str(body.id)), {"slug": body.slug, "name": body.name}
        body.delete()
        append("body.removed", actor=actor, refs=[ref], data=data, authority=authority)
        return
    for seat in body.seats.filter(until=None):
        close_seat(actor=actor, seat=seat)
    body.closed_at = clock.now()
    body.save(update_fields=["closed_at"])
    enter(body, Stage.State.CLOSED, body.closed_at)
    append("body.closed", actor=actor, refs=[Ref("body", str(body.id))], authority=authority)


@action("body.edit", kinds=("seat.added",))
def add_seat(*, actor: Actor, body: Body, slug: str, facts: SeatFacts) -> Seat:
    """Add a seat to a body. Appends ``seat.added``; ``Conflict`` when the body has one of that slug."""
    authority = authorise(actor, "body.edit", body)
    check_seat(facts)
    if body.seats.filter(slug=slug).exists():
        raise Conflict(
            gettext("%(body)s has a seat “%(seat)s”") % {"body": body.name, "seat": slug},
            where="slug",
            mend=gettext("choose another name for the seat"),
        )
    seat = Seat(body=body, slug=slug)
    _write_seat(seat, facts)
    append(
        "seat.added",
        actor=actor,
        refs=_seat_refs(seat),
        data={"slug": slug, "facts": as_json(facts)},
        authority=authority,
    )
    return seat


@action("body.edit", kinds=("seat.changed",))
def change_seat(*, actor: Actor, seat: Seat, facts: SeatFacts) -> Seat:
    """Make the record say this. Appends ``seat.changed``; nothing when nothing differs."""
    authority = authorise(actor, "body.edit", seat)
    check_seat(facts)
    changes = changes_between(seat_facts(seat), facts)
    if not changes:
        return seat
    _write_seat(seat, facts)
    append(
        "seat.changed",
        actor=actor,
        refs=_seat_refs(seat),
        data={"fields": sorted(changes), "changes": changes},
        authority=authority,
    )
    return seat


@action("body.edit", kinds=("seat.closed", "seat.removed", "term.ended"))
def close_seat(*, actor: Actor, seat: Seat, until: datetime | None = None) -> None:
    """Take a seat away: one that nobody ever held is removed, any other ends now and its terms with it."""
    authority = authorise(actor, "body.edit", seat)
    moment = until or clock.now()
    refs = _seat_refs(seat)
    if not seat.terms.exists():
        data = {"slug": seat.slug, "title": seat.title}
        seat.delete()
        append("seat.removed", actor=actor, refs=refs, data=data, authority=authority)
        return
    for term in seat.terms.filter(until=None):
        term.until = max(moment, term.start)
        if term.until == term.start:
            raise Conflict(
                gettext("a term of this seat begins only later"),
                where=f"{seat.body.slug}/{seat.slug}",
                mend=gettext("strike that term out first"),
            )
        term.ended_by = gettext("the seat was closed")
        term.save(update_fields=["until", "ended_by"])
        _ended(actor, term, authority)
        end_offices(actor, authority, term, term.until)
    seat.until = moment
    seat.save(update_fields=["until"])
    append("seat.closed", actor=actor, refs=refs, data={"until": moment.isoformat()}, authority=authority)


def enter(body: Body, state: str, at: datetime, by: str = "") -> None:
    """Begin a state of a body's life and end the one before; for a body whose life is kept."""
    open_stage = body.stages.filter(until=None).first()
    if open_stage is None and not body.stages.exists():
        return
    if open_stage is not None and open_stage.start >= at:
        open_stage.delete()
    elif open_stage is not None:
        open_stage.until = at
        open_stage.save(update_fields=["until"])
    Stage.objects.create(body=body, state=state, start=at, by=by)


def _ended(actor: Actor, term: Term, authority: list[str]) -> None:
    until = term.until.isoformat() if term.until else None
    append(
        "term.ended",
        actor=actor,
        refs=[Ref("person", str(term.person_id)), *_seat_refs(term.seat)],
        data={"role": term.role, "until": until, "ended_by": term.ended_by},
        authority=authority,
    )


def _seat_refs(seat: Seat) -> list[Ref]:
    return [Ref("seat", str(seat.id)), Ref("body", str(seat.body_id))]


def _write_body(body: Body, facts: BodyFacts) -> None:
    body.name = facts.name.strip()
    body.kind = facts.kind
    body.parent_id = facts.parent
    body.purpose = facts.purpose
    body.charter_url = facts.charter_url
    body.public = facts.public
    body.permissions = list(facts.permissions)
    body.established_at = facts.established_at
    body.closed_at = facts.closed_at
    body.save()


def _write_seat(seat: Seat, facts: SeatFacts) -> None:
    seat.title = facts.title.strip()
    seat.seat_class = facts.seat_class
    seat.voting = facts.voting
    seat.chair = facts.chair
    seat.permissions = list(facts.permissions)
    seat.organisation_id = facts.organisation
    seat.project = facts.project
    seat.position = facts.position
    seat.start = facts.start
    seat.until = facts.until
    seat.office = facts.office
    seat.of_holders = facts.of_holders
    seat.basis = facts.basis
    seat.save()


def _refuse_circle(body: Body, facts: BodyFacts) -> None:
    parents = dict(Body.objects.values_list("pk", "parent_id"))
    above = facts.parent
    while above is not None:
        if above == body.id:
            raise Conflict(
                gettext("%s would stand above itself") % facts.name,
                where="parent",
                mend=gettext("choose a body that is not below it"),
            )
        above = parents.get(above)
