"""What a body lists holds over what belongs to it; what the staff lists holds everywhere."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.cast import Cast

from quorate.access.actors import Actor
from quorate.access.models import Account
from quorate.access.permissions import PERMISSIONS
from quorate.access.policy import authorise, may, who_could, why
from quorate.decisions.models import DecisionRecord, Motion
from quorate.engine.parties import Standing
from quorate.kernel import clock
from quorate.kernel.errors import Refused
from quorate.registers.meetings.models import ActionItem, AgendaItem, Meeting, Minutes, Series
from quorate.terms.models import Body, Charter, Seat, Term
from quorate.terms.reach import body_of, may_somewhere
from quorate.toolkit.foundation import instant

pytestmark = pytest.mark.django_db
SCOPED = {permission.name for permission in PERMISSIONS if permission.of_body}


@pytest.fixture
def group(cast: Cast) -> Body:
    """A working group under the council that lists every right of a body, and lets Mara in."""
    council = Body.objects.create(slug="council", name="Council", kind="council", public=False)
    found = Body.objects.create(
        slug="group", name="Group", kind="working-group", parent=council, permissions=sorted(SCOPED | {"case.read"})
    )
    seat = Seat.objects.create(body=found, slug="member", title="Member")
    Term.objects.create(seat=seat, person=cast.mara, start=instant("2024-01-01"))
    return found


@pytest.fixture
def mara(cast: Cast) -> Actor:
    """Who sits in the group."""
    return cast.actor(cast.mara)


def of(body: Body) -> list[object]:
    """One unsaved thing of every kind that belongs to a body."""
    meeting = Meeting(body=body)
    seat = Seat(body=body)
    decided = [Motion(body=body), DecisionRecord(body=body)]
    met = [meeting, Series(body=body), AgendaItem(body=body), ActionItem(body=body), Minutes(meeting=meeting)]
    return [body, seat, Term(seat=seat), Charter(body=body), *decided, *met]


def test_a_groups_list_reaches_the_group_and_nothing_else(mara: Actor, group: Body) -> None:
    council = Body.objects.get(slug="council")
    below = Body.objects.create(slug="below", name="Below", kind="working-group", parent=group, public=False)
    for name in SCOPED:
        for own, above, under in zip(of(group), of(council), of(below), strict=True):
            assert may(mara, name, own), (name, own)
            assert not may(mara, name, above), (name, above)
            assert not may(mara, name, under), (name, under)
        assert not may(mara, name)
        assert not may(mara, name, object())


def test_what_the_staff_lists_reaches_every_body(cast: Cast, group: Body) -> None:
    imogen = cast.actor(cast.imogen)
    for thing in of(group):
        assert may(imogen, "body.edit", thing)
    assert may(imogen, "body.edit")


def test_rights_that_concern_no_body_reach_as_before(mara: Actor, group: Body) -> None:
    assert may(mara, "case.read", object())
    assert not SCOPED & {"case.read", "person.read", "foundation.apply", "project.attest"}


def test_the_engine_asks_lists_only_for_rights_that_concern_no_body(mara: Actor, group: Body) -> None:
    """``Standing.listed`` has no scope, so no right of cases may be one of a body."""
    assert "case.read" in Standing(mara).listed
    assert not [name for name in SCOPED if name.partition(".")[0] in ("case", "grant", "obligation", "program")]


def test_everything_that_acts_for_a_body_is_scoped() -> None:
    whole = {"body.propose", "motion.vote"}  # anybody may propose a group; a vote follows from the roll alone
    nouns = ("body", "term", "motion", "decision", "meeting", "minutes", "action-item")
    named = {permission.name for permission in PERMISSIONS if permission.name.partition(".")[0] in nouns}
    assert named - SCOPED == whole
    assert "election.manage" in SCOPED


def test_who_could_names_a_group_only_for_its_own(group: Body) -> None:
    council = Body.objects.get(slug="council")
    assert "a member of Group" in who_could("meeting.run", group)
    assert not [words for words in who_could("meeting.run", council) if "Group" in words]
    assert "a member of Group, for that body" in who_could("meeting.run")


def test_a_refusal_names_who_could(mara: Actor, group: Body) -> None:
    council = Body.objects.get(slug="council")
    with pytest.raises(Refused, match="the chair of Council"):
        authorise(mara, "meeting.run", council)
    assert why(mara, "meeting.run", group).allowed


def test_a_way_is_shown_to_whoever_may_somewhere(cast: Cast, mara: Actor, group: Body) -> None:
    assert may_somewhere(mara, "election.manage")
    assert not may_somewhere(cast.actor(cast.eve), "election.manage")
    assert may_somewhere(cast.actor(cast.imogen), "body.edit")
    bare = Actor(mara.kind, mara.id, mara.label, mara.account_id, mara.person_id, scopes=frozenset({"case.read"}))
    assert not may_somewhere(bare, "election.manage")


def test_a_term_that_ended_shows_no_way(mara: Actor, group: Body) -> None:
    Term.objects.filter(seat__body=group).update(until=clock.now())
    assert not may_somewhere(mara, "election.manage")


def test_the_form_of_an_election_offers_the_bodies_one_may_hold_it_for(cast: Cast, group: Body, client: Client) -> None:
    client.force_login(Account.objects.get(pk=cast.mara.account_id))
    page = client.get("/elections/new/")
    assert [body.slug for body in page.context["form"].fields["body"].queryset] == ["group"]
    refused = client.post("/elections/new/", {"body": "council"})
    assert refused.status_code == 422
    assert "body" in refused.context["form"].errors
    client.force_login(Account.objects.get(pk=cast.eve.account_id))
    assert client.get("/elections/new/").status_code == 403


def test_a_thing_that_nobody_spoke_for_belongs_to_no_body() -> None:
    assert body_of("anything") is None
