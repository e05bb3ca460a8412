"""What the database holds of bodies, seats and terms, in the words of the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from quorate.terms.models import Body, Charter, Seat, Term
from quorate.toolkit.foundation import Record, day, tidy

#: How a charter that is one of the foundation's own policies is written in the files, and as an address.
POLICY, PAGE = "policies/", "/p/policies/"
#: States in which a working group is not yet, or will never be, part of the foundation.
WAITING = ("proposed", "in-vote", "declined")
TERM_KEYS = ("from", "until", "appointed_by", "ended_by", "note", "how")


def bodies() -> Iterable[Record]:
    # a proposal is no part of the files before it is chartered
    waiting = Body.objects.filter(stages__until=None, stages__state__in=WAITING)
    for row in Body.objects.exclude(pk__in=waiting).select_related("parent"):
        charter = row.charter_url
        if charter.startswith(PAGE):
            charter = f"{POLICY}{charter.removeprefix(PAGE).strip('/')}.md"
        fields = {
            "name": row.name,
            "kind": row.kind,
            "parent": row.parent.slug if row.parent else None,
            "purpose": row.purpose,
            "charter": charter,
            "public": row.public,
            "permissions": list(row.permissions),
            "established": day(row.established_at),
            "closed": day(row.closed_at),
        }
        yield Record("body", row.slug, tidy(fields))


def charters() -> Iterable[Record]:
    waiting = Body.objects.filter(stages__until=None, stages__state__in=WAITING)
    for row in Charter.objects.exclude(body__in=waiting).select_related("body"):
        fields = {
            "from": day(row.start),
            "until": day(row.until),
            "mandate": row.mandate,
            "text": row.text,
            "link": row.link,
            "adopted_by": row.adopted_by,
            "numbers": row.numbers,
        }
        yield Record("charter", f"{row.body.slug}/{row.version}", tidy(fields))


def seats() -> Iterable[Record]:
    waiting = Body.objects.filter(stages__until=None, stages__state__in=WAITING)
    for seat in Seat.objects.exclude(body__in=waiting).select_related("body", "organisation"):
        fields = {
            "title": seat.title,
            "class": seat.seat_class,
            "voting": seat.voting,
            "chair": seat.chair or None,
            "office": seat.office,
            "of_holders": seat.of_holders or None,
            "basis": seat.basis,
            "permissions": list(seat.permissions),
            "organisation": seat.organisation.slug if seat.organisation else None,
            "project": seat.project,
            "position": seat.position,
            "from": day(seat.start),
            "until": day(seat.until),
        }
        yield Record("seat", f"{seat.body.slug}/{seat.slug}", tidy(fields))


def keyed_terms() -> dict[str, Term]:
    """Every term under its readable key, the second of one person in one seat and role as ``…/2``."""
    served: Counter[tuple[UUID, str, UUID]] = Counter()
    found = {}
    for term in Term.objects.select_related("seat__body", "person").order_by("start"):
        served[term.seat_id, term.role, term.person_id] += 1
        nth = served[term.seat_id, term.role, term.person_id]
        key = f"{term.seat.body.slug}/{term.seat.slug}/{term.role}/{term.person.slug}"
        found[key + (f"/{nth}" if nth > 1 else "")] = term
    return found


def terms() -> Iterable[Record]:
    waiting = set(Body.objects.filter(stages__until=None, stages__state__in=WAITING).values_list("slug", flat=True))
    for key, term in keyed_terms().items():
        if term.seat.body.slug in waiting:
            continue
        fields = {
            "from": day(term.start),
            "until": day(term.until),
            "appointed_by": term.appointed_by,
            "ended_by": term.ended_by,
            "note": term.note,
            "how": term.how,
        }
        yield Record("term", key, tidy(fields))
