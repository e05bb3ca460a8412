"""Reads of terms: who holds what on a day, and who a role reference of a program file means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from quorate.directory.models import Person
from quorate.directory.queries import in_force
from quorate.kernel import clock
from quorate.kernel.errors import NotFound
from quorate.kernel.i18n import gettext
from quorate.terms.models import Body, Charter, Policy, Seat, Term
from quorate.terms.rules import BodyFacts, CharterFacts, SeatFacts, TermFacts


@dataclass(frozen=True)
class Place:
    """A seat on a day: its representative and alternate, and since when it has been empty if it is."""

    seat: Seat
    representative: Term | None
    alternate: Term | None
    vacant_since: datetime | None


def seats_in_force(body: Body, at: datetime | None = None) -> QuerySet[Seat]:
    """The seats a body had at an instant."""
    return Seat.objects.filter(in_force(at or clock.now()), body=body)


def roster(body: Body, at: datetime | None = None) -> list[Place]:
    """Every seat of a body at an instant, with who held it. Three queries."""
    return rosters([body], at)[body]


def rosters(bodies: Sequence[Body], at: datetime | None = None) -> dict[Body, list[Place]]:
    """The rosters of several bodies at an instant. Two queries."""
    moment = at or clock.now()
    seats = list(Seat.objects.filter(in_force(moment), body__in=bodies).select_related("organisation"))
    terms = Term.objects.filter(seat__in=seats).select_related("person").order_by("start")
    by_seat: dict[UUID, list[Term]] = {}
    for term in terms:
        by_seat.setdefault(term.seat_id, []).append(term)
    found: dict[Body, list[Place]] = {body: [] for body in bodies}
    known = {body.id: body for body in bodies}
    for seat in seats:
        seat.body = known[seat.body_id]
        found[seat.body].append(_place(seat, by_seat.get(seat.id, []), moment))
    return found


def _place(seat: Seat, terms: Sequence[Term], at: datetime) -> Place:
    now = [term for term in terms if term.start <= at and (term.until is None or term.until > at)]
    representative = next((term for term in now if term.role == Term.Role.REPRESENTATIVE), None)
    alternate = next((term for term in now if term.role == Term.Role.ALTERNATE), None)
    vacant_since = None
    if representative is None:
        ended = [t.until for t in terms if t.role == Term.Role.REPRESENTATIVE and t.until and t.until <= at]
        vacant_since = max(ended) if ended else seat.start
    return Place(seat, representative, alternate, vacant_since)


def terms_of(person: UUID, at: datetime | None = None) -> QuerySet[Term]:
    """The terms a person serves at an instant."""
    moment = at or clock.now()
    return Term.objects.filter(in_force(moment), in_force(moment, "seat__"), person_id=person).select_related(
        "seat", "seat__body"
    )


def holders(role: str, at: datetime | None = None) -> list[Person]:
    """The people a role reference means at an instant, in order of seat; representatives only.

    ``seat:BODY/SEAT`` one seat, ``body:BODY`` every member, ``chair:BODY`` whoever chairs, ``vice-chair:BODY`` and
    ``secretary:BODY`` likewise. ``ValueError`` for other forms: roles such as ``applicant`` belong to a case, not to terms.
    """
    moment = at or clock.now()
    terms = (
        Term.objects.filter(_seats(role), in_force(moment), in_force(moment, "seat__"))
        .filter(role=Term.Role.REPRESENTATIVE)
        .select_related("person")
        .order_by("seat__position", "seat__slug")
    )
    return list({term.person_id: term.person for term in terms}.values())


def holds(person: UUID, role: str, at: datetime | None = None) -> Term | None:
    """The term by which a person fills a role at an instant, or ``None``."""
    moment = at or clock.now()
    return (
        Term.objects.filter(_seats(role), in_force(moment), in_force(moment, "seat__"), person_id=person)
        .filter(role=Term.Role.REPRESENTATIVE)
        .select_related("seat", "seat__body")
        .first()
    )


def is_term_role(role: str) -> bool:
    """Whether a role reference is one that terms answer."""
    return role.partition(":")[0] in ("seat", "body", "chair", "vice-chair", "secretary")


def _seats(role: str) -> Q:
    form, _, rest = role.partition(":")
    if form == "seat":
        body, _, seat = rest.partition("/")
        return Q(seat__body__slug=body, seat__slug=seat)
    if form == "body":
        return Q(seat__body__slug=rest)
    if form == "chair":
        return Q(seat__body__slug=rest, seat__chair=True)
    if form in ("vice-chair", "secretary"):
        return Q(seat__body__slug=rest, seat__office=form)
    raise ValueError(f"{role!r} is not a role that terms answer")


def titles(roles: Iterable[str]) -> dict[str, str]:
    """Role references in words: the seat's title, "members of X", "chair of X"."""
    from_terms = [role for role in roles if is_term_role(role)]
    slugs = {role.partition(":")[2].partition("/")[0] for role in from_terms}
    rows = Seat.objects.filter(body__slug__in=slugs).order_by()
    names: dict[str, str] = {}
    seats: dict[str, str] = {}
    for body, name, slug, title in rows.values_list("body__slug", "body__name", "slug", "title"):
        names[body] = name
        seats[f"seat:{body}/{slug}"] = title
    if slugs - names.keys():
        names |= dict(Body.objects.filter(slug__in=slugs - names.keys()).values_list("slug", "name"))
    found: dict[str, str] = {}
    for role in from_terms:
        form, _, rest = role.partition(":")
        if form == "seat":
            found[role] = seats.get(role, rest)
        else:
            found[role] = names.get(rest, rest)
    return found


def body_facts(body: Body) -> BodyFacts:
    """What is recorded of a body."""
    return BodyFacts(
        body.name,
        body.kind,
        body.parent_id,
        body.purpose,
        body.charter_url,
        body.public,
        tuple(body.permissions),
        body.established_at,
        body.closed_at,
    )


def seat_facts(seat: Seat) -> SeatFacts:
    """What is recorded of a seat."""
    return SeatFacts(
        seat.title,
        seat.seat_class,
        seat.voting,
        seat.chair,
        tuple(seat.permissions),
        seat.organisation_id,
        seat.project,
        seat.position,
        seat.start,
        seat.until,
        seat.office,
        seat.of_holders,
        seat.basis,
    )


def charter_facts(charter: Charter) -> CharterFacts:
    """What is recorded of a version of a charter."""
    return CharterFacts(
        charter.start,
        charter.until,
        charter.mandate,
        charter.text,
        charter.link,
        charter.adopted_by,
        dict(charter.numbers),
    )


def charters_of(body: Body) -> list[Charter]:
    """Every version of a body's charter, newest first. One query."""
    return list(body.charters.order_by("-start"))


def charter_in_force(body: Body, at: datetime | None = None) -> Charter | None:
    """The version of a body's charter that was in force at an instant. One query."""
    return body.charters.filter(in_force(at or clock.now())).first()


def term_facts(term: Term) -> TermFacts:
    """What is recorded of a term."""
    return TermFacts(term.start, term.until, term.appointed_by, term.ended_by, term.note, term.how)


def policies_in_force() -> list[Policy]:
    """The latest adopted version of each policy, by title. One query."""
    latest: dict[str, Policy] = {}
    for policy in Policy.objects.select_related("body").order_by("adopted", "version"):
        latest[policy.slug] = policy
    return sorted(latest.values(), key=lambda policy: policy.title)


def body_by_key(key: str) -> Body:
    """The body of a slug or an id; ``NotFound`` for none."""
    rows = Body.objects.select_related("parent")
    try:
        found = rows.filter(pk=UUID(key)).first()
    except ValueError:
        found = rows.filter(slug=key).first()
    if found is None:
        raise NotFound(gettext("there is no such body"))
    return found


def seat_by_key(body: Body, slug: str) -> Seat:
    """A seat of a body by its slug; ``NotFound`` for none."""
    found = Seat.objects.select_related("body", "organisation").filter(body=body, slug=slug).first()
    if found is None:
        raise NotFound(gettext("%(body)s has no seat “%(seat)s”") % {"body": body.name, "seat": slug})
    return found


def bodies_with_counts(at: datetime | None = None, *, gone: bool = False) -> QuerySet[Body]:
    """The bodies open at an instant, each with its number of ``seats_now`` and of seats that are ``held`` then.

    With ``gone`` those that had closed by then too.
    """
    moment = at or clock.now()
    seats = in_force(moment, "seats__")
    representative = Q(seats__terms__role=Term.Role.REPRESENTATIVE)
    begun = Q(established_at=None, stages=None) | Q(established_at__lte=moment) | Q(stages__start__lte=moment)
    standing = Q() if gone else Q(closed_at=None) | Q(closed_at__gt=moment)
    return Body.objects.filter(begun, standing).annotate(
        seats_now=Count("seats", filter=seats, distinct=True),
        held=Count("seats", filter=seats & representative & in_force(moment, "seats__terms__"), distinct=True),
    )


def terms_in(seat: Seat) -> list[Term]:
    """Everybody who ever held a seat or stood in for it, newest first. One query."""
    return list(Term.objects.filter(seat=seat).select_related("person").order_by("-start", "role"))


def seats_held(person: UUID, at: datetime | None = None, *, public: bool = False) -> list[Term]:
    """A person's terms, those in force at the instant first, then the past; with ``public`` of public bodies only."""
    moment = at or clock.now()
    rows = Term.objects.filter(person_id=person, start__lte=moment).select_related("seat", "seat__body")
    if public:
        rows = rows.filter(seat__body__public=True)
    running = [row for row in rows if row.until is None or row.until > moment]
    past = [row for row in rows if row.until is not None and row.until <= moment]
    return sorted(running, key=lambda row: row.start, reverse=True) + sorted(
        past, key=lambda row: row.start, reverse=True
    )


def seats_of_organisation(organisation: UUID, at: datetime | None = None) -> list[Place]:
    """The seats that are an organisation's at an instant, with who holds them. Two queries."""
    moment = at or clock.now()
    seats = list(
        Seat.objects.filter(in_force(moment), organisation_id=organisation, body__public=True).select_related("body")
    )
    by_seat: dict[UUID, list[Term]] = {}
    for term in Term.objects.filter(seat__in=seats).select_related("person").order_by("start"):
        by_seat.setdefault(term.seat_id, []).append(term)
    return [_place(seat, by_seat.get(seat.id, []), moment) for seat in seats]


def policy_versions(slug: str) -> list[Policy]:
    """Every version of a policy, newest first; ``NotFound`` for none."""
    rows = list(Policy.objects.filter(slug=slug).select_related("body").order_by("-adopted", "-version"))
    if not rows:
        raise NotFound(gettext("there is no such policy"))
    return rows
