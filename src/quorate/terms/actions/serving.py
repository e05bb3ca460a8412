"""Writes about who serves in a seat: appointing, ending, naming an alternate, correcting."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.terms.models import Seat, Term
from quorate.terms.queries import term_facts
from quorate.terms.rules import TermFacts, changes_between, check_period, overlaps
from quorate.terms.standing import cap_findings

REPRESENTATIVE, ALTERNATE = Term.Role.REPRESENTATIVE, Term.Role.ALTERNATE


@action("term.appoint", kinds=("term.began", "term.ended"))
def appoint(
    *, actor: Actor, seat: Seat, person: Person, facts: TermFacts, role: str = REPRESENTATIVE, succeed: bool = False
) -> Term:
    """Give a seat to a person for a period. With ``succeed`` the present holder's open term ends as it begins.

    Appends ``term.began`` (and ``term.ended``). ``Conflict`` when somebody holds the seat in that period.
    """
    authority = authorise(actor, "term.appoint", seat)
    return _begin(actor, authority, seat, person, facts, role, succeed=succeed)


@action("term.alternate", kinds=("term.began", "term.ended"))
def name_alternate(
    *, actor: Actor, seat: Seat, person: Person, start: datetime | None = None, until: datetime | None = None
) -> Term:
    """Name the one alternate of a seat, in place of any before. Whoever holds the seat may do this.

    Appends ``term.began`` (and ``term.ended``).
    """
    authority = authorise(actor, "term.alternate", seat)
    facts = TermFacts(start or clock.now(), until)
    return _begin(actor, authority, seat, person, facts, ALTERNATE, succeed=True)


@action("term.appoint", kinds=("term.ended",))
def end_term(*, actor: Actor, term: Term, until: datetime | None = None, ended_by: str = "") -> Term:
    """End a term, now or on a day. Appends ``term.ended``. ``Conflict`` when it ended before."""
    authority = authorise(actor, "term.appoint", term.seat)
    term = Term.objects.select_for_update(of=("self",)).select_related("seat", "seat__body").get(pk=term.pk)
    if term.until is not None and term.until <= clock.now():
        raise Conflict(gettext("this term ended before"), where="until", mend=gettext("correct the term instead"))
    return _end(actor, authority, term, until or clock.now(), ended_by)


@action("term.appoint", kinds=("term.corrected", "term.ended"))
def correct_term(*, actor: Actor, term: Term, facts: TermFacts) -> Term:
    """Put right what was recorded of a term. Appends ``term.corrected``; nothing when nothing differs."""
    authority = authorise(actor, "term.appoint", term.seat)
    check_period(facts.start, facts.until)
    changes = changes_between(term_facts(term), facts)
    if not changes:
        return term
    _refuse_overlap(term.seat, term.role, facts, but=term)
    if term.role == REPRESENTATIVE:
        _refuse_outsider(term.seat, term.person, facts)
        _refuse_broken_cap(term.seat, term.person, facts)
    term.start, term.until = facts.start, facts.until
    term.appointed_by, term.ended_by, term.note = facts.appointed_by, facts.ended_by, facts.note
    term.how = facts.how
    term.save()
    if term.until is not None:
        end_offices(actor, authority, term, term.until)
    note = changes.pop("note", None)
    append(
        "term.corrected",
        actor=actor,
        refs=_refs(term),
        data={"fields": sorted([*changes, *(["note"] if note else [])]), "changes": changes},
        private={"note": note},
        authority=authority,
    )
    return term


@action("term.appoint", kinds=("term.struck",))
def strike_term(*, actor: Actor, term: Term) -> None:
    """Remove a term that never was. Appends ``term.struck``, which keeps what it said."""
    authority = authorise(actor, "term.appoint", term.seat)
    refs = _refs(term)
    data = {
        "role": term.role,
        "start": term.start.isoformat(),
        "until": term.until.isoformat() if term.until else None,
    }
    term.delete()
    append("term.struck", actor=actor, refs=refs, data=data, authority=authority)


def _begin(
    actor: Actor,
    authority: list[str],
    seat: Seat,
    person: Person,
    facts: TermFacts,
    role: str,
    *,
    succeed: bool,
) -> Term:
    check_period(facts.start, facts.until)
    if person.merged_into_id is not None or person.erased_at is not None:
        raise Conflict(gettext("this record of a person no longer stands"), where="person")
    seat = Seat.objects.select_for_update(of=("self",)).select_related("body").get(pk=seat.pk)
    if (seat.start and facts.start < seat.start) or (seat.until and facts.start >= seat.until):
        raise UserError(
            gettext("the seat does not exist at that time"),
            where="start",
            mend=gettext("choose a day on which the seat exists"),
        )
    if succeed:
        for before in seat.terms.filter(role=role, until=None, start__lt=facts.start):
            _end(actor, authority, before, facts.start, facts.appointed_by)
    _refuse_overlap(seat, role, facts)
    _refuse_both(seat, person, role, facts)
    if role == REPRESENTATIVE:
        _refuse_outsider(seat, person, facts)
        _refuse_broken_cap(seat, person, facts)
    term = Term.objects.create(
        seat=seat,
        person=person,
        role=role,
        start=facts.start,
        until=facts.until,
        appointed_by=facts.appointed_by,
        ended_by=facts.ended_by,
        note=facts.note,
        how=facts.how,
    )
    append(
        "term.began",
        actor=actor,
        refs=_refs(term),
        data={
            "role": role,
            "start": facts.start.isoformat(),
            "until": facts.until.isoformat() if facts.until else None,
            "appointed_by": facts.appointed_by,
            "how": facts.how,
        },
        private={"note": facts.note},
        authority=authority,
    )
    return term


def _end(actor: Actor, authority: list[str], term: Term, until: datetime, ended_by: str) -> Term:
    check_period(term.start, until)
    end_offices(actor, authority, term, until)
    term.until, term.ended_by = until, ended_by
    term.save(update_fields=["until", "ended_by"])
    append(
        "term.ended",
        actor=actor,
        refs=_refs(term),
        data={"role": term.role, "until": until.isoformat(), "ended_by": ended_by},
        authority=authority,
    )
    return term


def _refuse_overlap(seat: Seat, role: str, facts: TermFacts, *, but: Term | None = None) -> None:
    others = seat.terms.filter(role=role).select_related("person")
    for other in others.exclude(pk=but.pk) if but is not None else others:
        if overlaps(facts.start, facts.until, term_facts(other)):
            raise Conflict(
                gettext("%(name)s holds the seat “%(seat)s” in that period")
                % {"name": other.person.name, "seat": seat.title},
                where="start",
                mend=gettext("end that term first, or say that this one succeeds it"),
            )


def _refuse_both(seat: Seat, person: Person, role: str, facts: TermFacts) -> None:
    for other in seat.terms.filter(person=person).exclude(role=role):
        if overlaps(facts.start, facts.until, term_facts(other)):
            raise Conflict(
                gettext("%s cannot stand in for themselves") % person.name,
                where="person",
                mend=gettext("choose somebody else as alternate"),
            )


def _seat_terms(seat: Seat, person: Person) -> list[Term]:
    """The person's terms in the voting seats of the body that are no offices of seat holders."""
    rows = Term.objects.filter(seat__body_id=seat.body_id, seat__of_holders=False, seat__voting=True)
    return list(rows.filter(person=person, role=REPRESENTATIVE).order_by("start"))


def _refuse_outsider(seat: Seat, person: Person, facts: TermFacts) -> None:
    """An office of seat holders is for one of them, and for no longer than their seat."""
    if not seat.of_holders:
        return
    reached: datetime | None = facts.start
    for term in _seat_terms(seat, person):
        if reached is not None and term.start <= reached and (term.until is None or term.until > reached):
            reached = term.until
    if reached == facts.start:
        raise Conflict(
            gettext("%(name)s holds no voting seat of %(body)s then") % {"name": person.name, "body": seat.body.name},
            where="person",
            mend=gettext("choose somebody who holds a seat"),
        )
    if reached is not None and (facts.until is None or facts.until > reached):
        raise Conflict(
            gettext("the seat of %(name)s ends on %(day)s, and the office with it")
            % {"name": person.name, "day": reached.date().isoformat()},
            where="until",
            mend=gettext("give that day as the end"),
        )


def end_offices(actor: Actor, authority: list[str], term: Term, until: datetime) -> None:
    """End an office of seat holders with the seat, unless its holder goes on in another. Appends ``term.ended``."""
    if term.role != REPRESENTATIVE or term.seat.of_holders or not term.seat.voting:
        return
    going_on = [t for t in _seat_terms(term.seat, term.person) if t.pk != term.pk and t.start <= until]
    if any(other.until is None or other.until > until for other in going_on):
        return
    offices = Term.objects.filter(seat__body_id=term.seat.body_id, seat__of_holders=True, person_id=term.person_id)
    rows = offices.filter(role=REPRESENTATIVE, start__lt=until).select_related("seat", "seat__body")
    for office in rows.filter(Q(until=None) | Q(until__gt=until)):
        _end(actor, authority, office, until, gettext("the seat of the holder ended"))


def _refuse_broken_cap(seat: Seat, person: Person, facts: TermFacts) -> None:
    """A hard cap on related groups holds at every instant of the term at which anybody's term begins."""
    for cap, words in cap_findings(seat, person, facts):
        if cap.hard:
            raise Conflict(words, where="person", mend=gettext("choose somebody of another group"))


def _refs(term: Term) -> list[Ref]:
    return [
        Ref("person", str(term.person_id)),
        Ref("seat", str(term.seat_id)),
        Ref("body", str(term.seat.body_id)),
    ]
