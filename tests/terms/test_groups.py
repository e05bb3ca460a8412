"""The life of a working group: proposed by anyone, chartered by a vote, reporting, dormant, closed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import DESK, Cast
from tests.foundation.conftest import Quorate, quorate, small

from quorate.access.actors import person
from quorate.access.models import Account
from quorate.directory.models import Person
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, Refused, UserError
from quorate.ledger.models import Entry
from quorate.terms.actions import (
    add_seat,
    adopt_charter,
    appoint,
    move_group,
    propose_group,
    record_report,
    remove_body,
    set_up_body,
)
from quorate.terms.groups import ProposalFacts, duties, state_of
from quorate.terms.models import Body, Proposal, Report, Stage
from quorate.terms.rules import BodyFacts, CharterFacts, SeatFacts, TermFacts
from quorate.terms.standing import numbers_in_force
from quorate.toolkit.work import gather

__all__ = ["quorate", "small"]
START = datetime(2026, 1, 1, tzinfo=UTC)
SAID = ProposalFacts("Kernels Group", "Collects kernels.", "A common shelf.", "A catalogue.", "No compiler.")


@pytest.fixture
def council(cast: Cast) -> Body:
    return set_up_body(actor=DESK, slug="council", facts=BodyFacts("Council", "council"))


def chartered(cast: Cast, council: Body, **numbers: str) -> Body:
    """Eve's group, active since the start of 2026, chaired by Mara."""
    with clock.travel(to=START - timedelta(days=20)):
        group = propose_group(actor=cast.actor(cast.eve), parent=council, facts=SAID)
        move_group(actor=DESK, body=group, to="in-vote", by="Motion 8")
    with clock.travel(to=START):
        adopt_charter(actor=DESK, body=group, version="1", facts=CharterFacts(START, mandate="x", numbers=numbers))
        group = move_group(actor=DESK, body=group, to="active", by="Motion 9")
    chair = add_seat(actor=DESK, body=group, slug="chair", facts=SeatFacts("Chair", chair=True))
    appoint(actor=DESK, seat=chair, person=cast.mara, facts=TermFacts(START))
    return group


def test_a_group_lives_from_proposal_to_closing(cast: Cast, council: Body) -> None:
    group = chartered(cast, council)
    assert [state_of(group, START + timedelta(days=n)) for n in (-21, -1, 1)] == ["active", "in-vote", "active"]
    assert group.public
    move_group(actor=DESK, body=group, to="dormant")
    move_group(actor=DESK, body=group, to="active")
    move_group(actor=DESK, body=group, to="dormant")
    remove_body(actor=DESK, body=group)
    assert [stage.state for stage in group.stages.order_by("start")][-2:] == ["dormant", "closed"]
    assert Entry.objects.filter(kind="body.moved").count() == 5


def test_no_group_is_active_without_a_charter(cast: Cast, council: Body) -> None:
    group = propose_group(actor=cast.actor(cast.eve), parent=council, facts=SAID)
    with pytest.raises(Conflict, match="does not follow"):
        move_group(actor=DESK, body=group, to="active")
    move_group(actor=DESK, body=group, to="in-vote")
    with pytest.raises(Conflict, match="no charter in force"):
        move_group(actor=DESK, body=group, to="active")
    declined = move_group(actor=DESK, body=group, to="declined", by="Motion 9")
    assert declined.closed_at is not None
    assert not declined.public


def test_who_may_do_what(cast: Cast, council: Body) -> None:
    eve = cast.actor(cast.eve)
    with pytest.raises(UserError) as caught:
        propose_group(actor=eve, parent=council, facts=ProposalFacts("X", "x", "", "x"))
    assert caught.value.where == "goals"
    group = chartered(cast, council)
    with pytest.raises(Conflict, match="taken"):
        propose_group(actor=eve, parent=council, facts=SAID)
    for refused in (
        lambda: move_group(actor=eve, body=group, to="dormant"),
        lambda: record_report(actor=eve, body=group, title="Mine"),
        lambda: record_report(actor=cast.actor(cast.mara), body=council, title="Not mine"),
    ):
        with pytest.raises(Refused):
            refused()
    with pytest.raises(UserError, match="future"):
        record_report(actor=cast.actor(cast.mara), body=group, title="Q9", at=clock.now() + timedelta(days=1))
    assert not Report.objects.exists()


def test_a_report_is_due_shown_and_given(cast: Cast, council: Body) -> None:
    group = chartered(cast, council, report_every="P3M", dormant_after="P6M")
    mara = cast.actor(cast.mara)

    def waiting(at: datetime) -> list[tuple[str, str]]:
        items = [item for item in gather(mara, at) if item.key.startswith("report:")]
        return [(str(item.title), item.state(at).tone) for item in items]

    assert waiting(datetime(2026, 3, 1, tzinfo=UTC)) == []
    assert waiting(datetime(2026, 4, 2, tzinfo=UTC)) == [("Report of Kernels Group", "late")]
    record_report(actor=mara, body=group, title="First quarter", at=datetime(2026, 4, 3, tzinfo=UTC))
    assert waiting(datetime(2026, 4, 4, tzinfo=UTC)) == []
    at = datetime(2026, 5, 1, tzinfo=UTC)
    duty = duties([group], numbers_in_force([group], at), at)[group]
    assert duty.due_at == datetime(2026, 7, 3, tzinfo=UTC)
    assert duty.silent_at == datetime(2026, 10, 3, tzinfo=UTC)
    assert not [item for item in gather(cast.actor(cast.eve), at) if item.key.startswith("report:")]


def client(mail: str) -> Client:
    made = Client()
    made.force_login(Account.objects.get(email=mail))
    return made


def test_it_is_proposed_moved_and_reported_in_the_browser(cast: Cast, council: Body) -> None:
    eve, staff = client("eve@people.example"), client("imogen@people.example")
    page = reverse("terms:propose-group")
    assert Client().get(page).status_code == 302
    assert eve.get(page).status_code == 200
    said = {"name": "Kernels Group", "parent": "council", "purpose": "x", "goals": "A shelf", "deliverables": "y"}
    assert eve.post(page, {**said, "goals": ""}).status_code == 422
    assert eve.post(page, said).status_code == 302
    group = Body.objects.get(slug="kernels-group")
    assert Proposal.objects.get(body=group).proposer == cast.eve
    assert Client().get(reverse("terms:public-body", args=[group.slug])).status_code == 404
    step, report = (reverse(f"terms:{name}", args=[group.slug]) for name in ("step", "report"))
    assert eve.post(step, {"to": "in-vote"}).status_code == 403
    assert eve.get(report).status_code == 403
    assert eve.post(report, {"title": "Mine"}).status_code == 403
    shown = staff.get(reverse("terms:body", args=[group.slug])).content.decode()
    assert "A shelf" in shown
    assert "In vote" in shown
    assert staff.post(step, {"to": "in-vote", "by": "Motion 8"}).status_code == 302
    assert staff.post(step, {"to": "proposed"}).status_code == 409
    assert state_of(group, clock.now()) == "in-vote"
    adopt_charter(actor=DESK, body=group, version="1", facts=CharterFacts(START, mandate="x"))
    assert staff.post(step, {"to": "active"}).status_code == 302
    chair = add_seat(actor=DESK, body=group, slug="chair", facts=SeatFacts("Chair", chair=True))
    appoint(actor=DESK, seat=chair, person=cast.mara, facts=TermFacts(START))
    mara = client("mara@people.example")
    assert mara.get(report).status_code == 200
    assert mara.post(report, {"title": ""}).status_code == 422
    assert mara.post(report, {"title": "First quarter", "link": "https://group.example/q1"}).status_code == 302
    public = Client().get(reverse("terms:public-body", args=[group.slug])).content.decode()
    assert "First quarter" in public


@pytest.mark.parametrize(
    ("state", "names"),
    [("proposed", ["Kernels Group"]), ("active", ["Council", "Staff"]), ("dormant", []), ("closed", [])],
)
def test_the_list_is_filtered_by_state(cast: Cast, council: Body, state: str, names: list[str]) -> None:
    propose_group(actor=cast.actor(cast.eve), parent=council, facts=SAID)
    answer = client("imogen@people.example").get(reverse("terms:bodies"), {"state": state, "format": "json"})
    rows = json.loads(answer.getvalue())
    assert [row["name"] for row in (rows["rows"] if isinstance(rows, dict) else rows)] == names


def test_a_proposal_is_no_business_of_the_files(quorate: Quorate, small: Path, tmp_path: Path) -> None:
    quorate("apply", small)
    council, mara = Body.objects.get(slug="council"), Person.objects.get(slug="mara")
    group = propose_group(actor=person(mara.id, mara.name), parent=council, facts=SAID)
    quorate("export", "foundation", tmp_path / "out")
    assert not (tmp_path / "out" / "bodies" / "kernels-group.yml").exists()
    _, plan, _ = quorate("apply", small)
    assert "kernels-group" not in str(plan["changes"])
    assert Stage.objects.get(body=group).state == "proposed"
