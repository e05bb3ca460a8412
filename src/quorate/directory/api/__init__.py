"""People and organisations over the API."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Status

from quorate.access.identity import actor_from
from quorate.access.policy import authorise, may
from quorate.directory import actions
from quorate.directory.api import shown
from quorate.directory.api.schemas import (
    AsOfText,
    ConsentIn,
    MergeIn,
    MergeOut,
    OrganisationIn,
    OrganisationOut,
    PairOut,
    PersonIn,
    PersonOut,
    Short,
)
from quorate.directory.duplicates import organisations_twice, people_twice
from quorate.directory.models import Merge
from quorate.directory.queries import (
    facts_of_organisations,
    facts_of_people,
    living_organisations,
    living_people,
    organisation_by_key,
    person_by_key,
)
from quorate.directory.rules import PersonFacts
from quorate.toolkit.rest import PUBLIC, Page, Paging, page, precondition

router = Router(tags=["Directory"])


@router.get("/people", response=Page[PersonOut], auth=PUBLIC)
def list_people(request: HttpRequest, paging: Query[Paging], q: Short = "", as_of: AsOfText = "") -> dict[str, object]:
    """List people: all for those who may see records, else those who show themselves."""
    actor = actor_from(request)
    rows = living_people()
    if not may(actor, "person.read"):
        rows = rows.filter(public=True)
    if q:
        rows = rows.filter(name__icontains=q)
    found = page(rows, paging, order=("name", "id"))
    return {**found, "items": shown.people(request, found["items"], as_of)}


@router.get("/people/{slug:key}", response=PersonOut, auth=PUBLIC)
def get_person(request: HttpRequest, key: str, as_of: AsOfText = "") -> dict[str, object]:
    """Show one person, by slug or id."""
    return shown.people(request, [shown.readable(request, key)], as_of)[0]


@router.post("/people", response={201: PersonOut})
def add_person(request: HttpRequest, body: PersonIn) -> Status[dict[str, object]]:
    """Add a person."""
    actor = actor_from(request)
    authorise(actor, "person.edit")
    added = actions.add_person(actor=actor, facts=shown.person_facts(body, PersonFacts("?")))
    return Status(201, shown.people(request, [added], "")[0])


@router.put("/people/{slug:key}", response=PersonOut)
def change_person(request: HttpRequest, key: str, body: PersonIn) -> dict[str, object]:
    """Make a person's record say this. Send ``If-Match`` to change only what you have read."""
    actor = actor_from(request)
    person = shown.readable(request, key)
    authorise(actor, "person.edit", person)
    before = facts_of_people([person.id])[person.id]
    precondition(request, repr(before))
    changed = actions.change_person(actor=actor, person=person, facts=shown.person_facts(body, before))
    return shown.people(request, [changed], "")[0]


@router.delete("/people/{slug:key}", response={204: None})
def forget_person(request: HttpRequest, key: str) -> Status[None]:
    """Forget a person for good: names, addresses and sign-in go, the bare fact that somebody acted stays."""
    actions.erase_person(actor=actor_from(request), person=shown.readable(request, key))
    return Status(204, None)


@router.post("/people/{slug:key}/consents", response={204: None})
def give_consent(request: HttpRequest, key: str, body: ConsentIn) -> Status[None]:
    """Give consent to a purpose."""
    actions.give_consent(actor=actor_from(request), person=shown.readable(request, key), **body.model_dump())
    return Status(204, None)


@router.delete("/people/{slug:key}/consents/{slug:purpose}", response={204: None})
def withdraw_consent(request: HttpRequest, key: str, purpose: str) -> Status[None]:
    """Withdraw consent to a purpose."""
    actions.withdraw_consent(actor=actor_from(request), person=shown.readable(request, key), purpose=purpose)
    return Status(204, None)


@router.get("/organisations", response=Page[OrganisationOut], auth=PUBLIC)
def list_organisations(request: HttpRequest, paging: Query[Paging], q: Short = "") -> dict[str, object]:
    """List organisations."""
    rows = living_organisations()
    if q:
        rows = rows.filter(name__icontains=q)
    found = page(rows, paging, order=("name", "id"))
    return {**found, "items": shown.organisations(found["items"])}


@router.get("/organisations/{slug:key}", response=OrganisationOut, auth=PUBLIC)
def get_organisation(request: HttpRequest, key: str) -> dict[str, object]:
    """Show one organisation, by slug or id."""
    return shown.organisations([organisation_by_key(key)])[0]


@router.post("/organisations", response={201: OrganisationOut})
def add_organisation(request: HttpRequest, body: OrganisationIn) -> Status[dict[str, object]]:
    """Add an organisation."""
    actor = actor_from(request)
    authorise(actor, "organisation.edit")
    added = actions.add_organisation(actor=actor, facts=shown.organisation_facts(body))
    return Status(201, shown.organisations([added])[0])


@router.put("/organisations/{slug:key}", response=OrganisationOut)
def change_organisation(request: HttpRequest, key: str, body: OrganisationIn) -> dict[str, object]:
    """Make an organisation's record say this. Send ``If-Match`` to change only what you have read."""
    actor = actor_from(request)
    organisation = organisation_by_key(key)
    authorise(actor, "organisation.edit", organisation)
    precondition(request, repr(facts_of_organisations([organisation.id])[organisation.id]))
    facts = shown.organisation_facts(body, synthetic=organisation.synthetic)
    return shown.organisations([actions.change_organisation(actor=actor, organisation=organisation, facts=facts)])[0]


@router.get("/duplicates/{kind}", response=list[PairOut])
def list_duplicates(request: HttpRequest, kind: Literal["person", "organisation"]) -> list[dict[str, object]]:
    """Suggest records that may be one."""
    authorise(actor_from(request), f"{kind}.merge")
    pairs: Any = people_twice() if kind == "person" else organisations_twice()
    return [{"kept": pair.kept.slug, "absorbed": pair.absorbed.slug, "why": pair.why} for pair in pairs]


@router.post("/merges", response={201: MergeOut})
def merge(request: HttpRequest, body: MergeIn) -> Status[Merge]:
    """Make two records one."""
    actor = actor_from(request)
    authorise(actor, f"{body.kind}.merge")
    if body.kind == "person":
        kept, absorbed = person_by_key(body.kept), person_by_key(body.absorbed)
        return Status(201, actions.merge_people(actor=actor, kept=kept, absorbed=absorbed))
    one, other = organisation_by_key(body.kept), organisation_by_key(body.absorbed)
    return Status(201, actions.merge_organisations(actor=actor, kept=one, absorbed=other))


@router.post("/merges/{uuid:merge_id}/undo", response=MergeOut)
def undo_merge(request: HttpRequest, merge_id: UUID) -> Merge:
    """Take a merge back exactly."""
    found = get_object_or_404(Merge, pk=merge_id)
    return actions.separate(actor=actor_from(request), merge=found)
