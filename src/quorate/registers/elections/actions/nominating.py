"""Nominating, answering and endorsing."""

from __future__ import annotations

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.registers.elections.models import Election, Endorsement, Nomination

LONGEST = 8000


@action("election.nominate", kinds=("election.nominated", "election.answered"))
def nominate(*, actor: Actor, election: Election, person: Person, statement: str = "") -> Nomination:
    """Put somebody forward; who puts themselves forward accepts by it. Appends ``election.nominated``."""
    election = Election.objects.select_for_update(of=("self",)).defer("bundle").get(pk=election.pk)
    authority = authorise(actor, "election.nominate", election)
    assert actor.person_id is not None  # only a person is an elector
    if not election.nominating():
        raise Conflict(gettext("nominations are closed"), where="election")
    if person.erased_at is not None or person.merged_into_id is not None:
        raise Conflict(gettext("this record of a person no longer stands"), where="person")
    if Nomination.objects.filter(election=election, person=person).exists():
        raise Conflict(gettext("%s was nominated before") % person.name, where="person")
    own = person.pk == actor.person_id
    nomination = Nomination.objects.create(
        election=election,
        person=person,
        nominated_by_id=actor.person_id,
        slug=person.slug,
        statement=_checked(statement) if own else "",
        state=Nomination.State.ACCEPTED if own else Nomination.State.PROPOSED,
    )
    append(
        "election.nominated",
        actor=actor,
        refs=_refs(nomination),
        private={"statement": nomination.statement},
        authority=authority,
    )
    return nomination


@action("election.answer", kinds=("election.answered",))
def answer(*, actor: Actor, nomination: Nomination, accept: bool, statement: str = "") -> Nomination:
    """Accept with a statement in Markdown, or decline; who accepted may withdraw or rewrite it while they can.

    Appends ``election.answered``.
    """
    nomination = Nomination.objects.select_for_update(of=("self",)).select_related("election").get(pk=nomination.pk)
    authority = authorise(actor, "election.answer", nomination)
    if not nomination.election.nominating():
        raise Conflict(gettext("nominations are closed"), where="election")
    was = nomination.state
    if accept:
        nomination.state = Nomination.State.ACCEPTED
        nomination.statement = _checked(statement)
    else:
        left = was in (Nomination.State.ACCEPTED, Nomination.State.WITHDRAWN)
        nomination.state = Nomination.State.WITHDRAWN if left else Nomination.State.DECLINED
    nomination.save(update_fields=["state", "statement"])
    append(
        "election.answered",
        actor=actor,
        refs=_refs(nomination),
        data={"answer": nomination.state},
        private={"statement": nomination.statement if accept else ""},
        authority=authority,
    )
    return nomination


@action("election.nominate", kinds=("election.endorsed",))
def endorse(*, actor: Actor, nomination: Nomination) -> Nomination:
    """Support somebody's nomination; nobody supports their own. Appends ``election.endorsed``; twice is harmless."""
    nomination = Nomination.objects.select_for_update(of=("self",)).select_related("election").get(pk=nomination.pk)
    authority = authorise(actor, "election.nominate", nomination.election)
    assert actor.person_id is not None  # only a person is an elector
    if not nomination.election.nominating():
        raise Conflict(gettext("nominations are closed"), where="election")
    if nomination.person_id == actor.person_id:
        raise UserError(gettext("others must endorse you"), where="nomination")
    _made, fresh = Endorsement.objects.get_or_create(nomination=nomination, person_id=actor.person_id)
    if fresh:
        append("election.endorsed", actor=actor, refs=_refs(nomination), authority=authority)
    return nomination


def _refs(nomination: Nomination) -> list[Ref]:
    return [Ref("election", str(nomination.election_id)), Ref("person", str(nomination.person_id), "nominee")]


def _checked(statement: str) -> str:
    if len(statement) > LONGEST:
        raise UserError(gettext("a statement has at most %d characters") % LONGEST, where="statement")
    return statement.strip()
