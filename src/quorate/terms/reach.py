"""How far a seat's list of permissions reaches: some rights are had over what belongs to a body, not everywhere.

A permission declared with ``of_body=True`` (to run a meeting, to open a motion) that a seat or body lists holds over
that body and what belongs to it. The staff's lists reach every body, since the staff serves them all.
"""

from __future__ import annotations

from functools import singledispatch

from quorate.access.actors import Actor
from quorate.access.permissions import PERMISSIONS
from quorate.access.policy import may
from quorate.kernel import clock
from quorate.terms.models import Body, Charter, Seat, Term
from quorate.terms.queries import terms_of


@singledispatch
def body_of(thing: object) -> Body | None:
    """The body that a thing belongs to, or ``None``. Packages register their own types beside their sources of rights."""
    return None


@body_of.register
def _itself(thing: Body) -> Body | None:
    return thing


@body_of.register
def _seats(thing: Seat) -> Body | None:
    return thing.body


@body_of.register
def _charters(thing: Charter) -> Body | None:
    return thing.body


@body_of.register
def _terms(thing: Term) -> Body | None:
    return thing.seat.body


def lists(seat: Seat, permission: str) -> bool:
    """Whether a seat's own list or its body's names a permission."""
    return permission in seat.permissions or permission in seat.body.permissions


def reaches(body: Body, permission: str, thing: object) -> bool:
    """Whether what a body lists holds over a thing; without a thing the question is for everywhere."""
    if body.kind == Body.Kind.STAFF or not PERMISSIONS.get(permission).of_body:
        return True
    own = body_of(thing)
    return own is not None and own.pk == body.pk


def may_somewhere(actor: Actor, permission: str) -> bool:
    """Whether an actor may do something everywhere, or by the list of a seat at least in that seat's body.

    For showing the way to a form; the form and the action ask again for the body that is chosen.
    """
    if may(actor, permission):
        return True
    if actor.person_id is None or (actor.scopes is not None and permission not in actor.scopes):
        return False
    terms = terms_of(actor.person_id, clock.now())
    return any(lists(term.seat, permission) for term in terms if term.role == Term.Role.REPRESENTATIVE)
