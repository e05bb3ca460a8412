"""Elections over the API: what is announced, who stands, what was published.

Secret ballots are not cast here: a request to the API may be kept to be answered again, and is counted by account and
minute. They go to the addresses of the ballot page (`docs/explanation/secret-ballots.md`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from quorate.access.identity import actor_from
from quorate.kernel.errors import NotFound, UserError
from quorate.kernel.i18n import gettext
from quorate.registers.elections import actions, queries
from quorate.registers.elections.models import Election
from quorate.toolkit.rest import PUBLIC, Page, Paging, page
from quorate.toolkit.rest import Body as ApiBody

#: One for all modules of this package: what differs in the method alone must stand in the same one.
router = Router(tags=["Elections"])


class ElectionOut(Schema):
    """An election as lists show it."""

    id: UUID
    slug: str
    title: str
    body: str
    seats: int
    rule: str
    level: str
    state: str
    nominations_until: datetime
    opens_at: datetime
    closes_at: datetime


class CandidateOut(Schema):
    """Somebody who stands, or stood."""

    id: str
    name: str
    statement: str


class ConstraintOut(Schema):
    """At least and at most how many of these are seated: candidates once voting has opened, before that who is meant."""

    name: str
    least: int
    most: int | None
    members: list[str]


class ElectionDetail(ElectionOut):
    """An election with its candidates, the hash that is on every ballot, and its result once it is published."""

    text: str
    equal_ranks: bool
    cap: int | None
    constraints: list[ConstraintOut]
    resolve: str
    term_months: list[int]
    withdrawn: list[str]
    receipts_checked: int
    lot_source: str
    manifest_hash: str | None
    electors: int
    took_part: int
    candidates: list[CandidateOut]
    elected: list[str] | None


class NamedVoteIn(ApiBody):
    """A ballot by name: ranks, first choice first, each a list of candidates' ids."""

    ballot: Annotated[
        list[Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=200)]], Field(max_length=200)
    ]


class NamedVoteOut(Schema):
    """The ballot that counts for you."""

    ballot: list[list[str]]


@router.get("/elections", response=Page[ElectionOut], auth=PUBLIC)
def list_elections(request: HttpRequest, paging: Query[Paging], state: str = "") -> dict[str, object]:
    """List the elections that you may see."""
    rows = queries.visible(actor_from(request))
    if state:
        rows = rows.filter(state=state)
    return page(rows, paging, order=("-opens_at", "-id"), show=summary)


@router.get("/elections/{slug:slug}", response=ElectionDetail, auth=PUBLIC)
def get_election(request: HttpRequest, slug: str) -> dict[str, object]:
    """Show one election with its candidates and, once it is published, who was elected."""
    return detail(find(request, slug))


def detail(found: Election) -> dict[str, object]:
    """An election in full."""
    voted, electors = queries.turnout(found)
    return {
        **summary(found),
        "text": found.text,
        "equal_ranks": found.equal_ranks,
        "cap": found.cap,
        "constraints": _limits(found),
        "resolve": found.resolve,
        "term_months": found.term_months,
        "withdrawn": queries.withdrawn(found),
        "receipts_checked": queries.checked(found)[0],
        "lot_source": found.lot_source,
        "manifest_hash": found.manifest_hash or None,
        "electors": electors,
        "took_part": voted,
        "candidates": [
            {"id": row.slug, "name": row.person.name, "statement": row.statement} for row in queries.candidates(found)
        ],
        "elected": None if found.bundle is None else found.bundle["result"]["elected"],
    }


@router.get("/elections/{slug:slug}/bundle", response=dict[str, Any], auth=PUBLIC)
def get_bundle(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Give everything that was published, as the verifier reads it."""
    found = find(request, slug)
    if found.bundle is None:
        raise NotFound(gettext("there is no result yet"))
    return dict(found.bundle)


@router.post("/elections/{slug:slug}/votes", response=NamedVoteOut)
def cast_named_vote(request: HttpRequest, slug: str, body: NamedVoteIn) -> dict[str, object]:
    """Vote by name in a roll call (level A); a later vote supersedes it. Secret ballots are not cast here."""
    found = find(request, slug)
    if found.manifest is not None and found.manifest["ballot"] == "scores":
        raise UserError(gettext("this election asks for scores, which its page takes"), where="ballot")
    return {"ballot": actions.cast_named(actor=actor_from(request), election=found, ballot=body.ballot).ballot}


def find(request: HttpRequest, slug: str) -> Election:
    """The election, if the caller may see it."""
    found = queries.visible(actor_from(request)).filter(slug=slug).first()
    if found is None:
        raise NotFound(gettext("there is no such election"))
    return found


def _limits(election: Election) -> list[dict[str, object]]:
    if election.manifest is None:
        return list(election.constraints)
    frozen = election.manifest.get("constraints") or {"rules": []}
    return [{**rule, "members": rule["candidates"]} for rule in frozen["rules"]]


def summary(election: Election) -> dict[str, object]:
    """An election as lists show it."""
    return {
        "id": election.pk,
        "slug": election.slug,
        "title": election.title,
        "body": election.body.slug,
        "seats": election.seats,
        "rule": election.rule,
        "level": election.level,
        "state": election.state,
        "nominations_until": election.nominations_until,
        "opens_at": election.opens_at,
        "closes_at": election.closes_at,
    }
