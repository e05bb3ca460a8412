"""Deny by default: every action refuses an outsider, a member who is no officer, a visitor and a narrow token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction
from tests.meetings.conftest import PRINTED, Council
from tests.meetings.test_story import AUGUST, MONTHLY, TWO_THIRDS, begun

from quorate.access.action import ACTIONS
from quorate.access.actors import VISITOR
from quorate.kernel import clock
from quorate.kernel.errors import NotFound, Refused
from quorate.ledger.models import Entry
from quorate.registers.meetings import actions
from quorate.registers.meetings.actions import ItemFacts
from quorate.registers.meetings.models import ActionItem, Meeting, Minutes
from quorate.registers.meetings.queries import visible, visible_meeting
from quorate.registers.meetings.reading.document import read
from quorate.registers.meetings.reading.report import report

pytestmark = pytest.mark.django_db
OURS = {item.function.__name__: item for item in ACTIONS if item.module.startswith("quorate.registers.meetings.")}


class Scene:
    """A running meeting with an item, a motion and an action item, and one that is over with its minutes."""

    def __init__(self, council: Council) -> None:
        jo = council.actor("jo")
        self.body = council.body
        self.bo = council.people["bo"]
        with clock.travel(to=AUGUST):
            self.meeting = begun(council, ("beacon", {"representative"}))
            assert self.meeting.series is not None
            self.series = self.meeting.series
            self.proposed = actions.propose_item(actor=jo, body=self.body, facts=ItemFacts("A"))
            self.item = actions.propose_item(actor=jo, body=self.body, facts=ItemFacts("B"))
            actions.list_item(actor=jo, item=self.item, meeting=self.meeting)
            self.place = self.meeting.places.order_by("position")[0]
            self.carried = actions.put_motion(actor=jo, meeting=self.meeting, title="It", rule=TWO_THIRDS)
            self.planned = actions.plan_occurrence(actor=jo, series=self.series, day=date(2026, 9, 8))
        self.action_item = ActionItem.objects.create(body=self.body, text="Do it", owner=self.bo)
        self.over = actions.import_minutes(
            actor=jo,
            body=self.body,
            text=(old := PRINTED.replace("August 11, 2026", "July 14, 2026")),
            made=report(read(old)),
        ).meeting
        self.minutes = Minutes.objects.get()


GIVEN: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "start_series": lambda s: {"body": s.body, "facts": replace(MONTHLY, title="Mine")},
    "end_series": lambda s: {"series": s.series},
    "move_occurrence": lambda s: {"series": s.series, "day": date(2026, 9, 8), "starts_at": datetime(2026, 9, 9, tzinfo=UTC)},
    "cancel_occurrence": lambda s: {"series": s.series, "day": date(2026, 9, 8)},
    "plan_occurrence": lambda s: {"series": s.series, "day": date(2026, 10, 13)},
    "plan_meeting": lambda s: {"body": s.body, "title": "Mine", "starts_at": AUGUST, "zone": "UTC"},
    "move_meeting": lambda s: {"meeting": s.planned, "starts_at": datetime(2026, 9, 9, tzinfo=UTC)},
    "cancel_meeting": lambda s: {"meeting": s.planned},
    "list_item": lambda s: {"item": s.proposed, "meeting": s.meeting},
    "change_item": lambda s: {"item": s.item, "facts": ItemFacts("Mine")},
    "order_items": lambda s: {"meeting": s.meeting, "order": [s.item.id]},
    "decline_item": lambda s: {"item": s.proposed, "reason": "Mine"},
    "propose_item": lambda s: {"body": s.body, "facts": ItemFacts("Mine")},
    "call_to_order": lambda s: {"meeting": s.planned},
    "mark_seat": lambda s: {"place": s.place, "present": ()},
    "welcome": lambda s: {"meeting": s.meeting, "name": "Me"},
    "read_antitrust": lambda s: {"meeting": s.meeting},
    "take_note": lambda s: {"meeting": s.meeting, "text": "Mine"},
    "start_item": lambda s: {"item": s.item},
    "stop_item": lambda s: {"item": s.item},
    "stand_aside": lambda s: {"item": s.item, "place": s.place},
    "adjourn": lambda s: {"meeting": s.meeting},
    "put_motion": lambda s: {"meeting": s.meeting, "title": "Mine", "rule": TWO_THIRDS},
    "call_roll": lambda s: {"carried": s.carried, "votes": {s.place.id: "yes"}},
    "continue_by_ballot": lambda s: {
        "carried": s.carried,
        "rule": TWO_THIRDS,
        "closes_at": datetime(2027, 1, 1, tzinfo=UTC),
    },
    "give": lambda s: {"body": s.body, "text": "Mine", "owner": s.bo},
    "confirm": lambda s: {"item": s.action_item, "owner": s.bo},
    "close_item": lambda s: {"item": s.action_item},
    "draft_minutes": lambda s: {"meeting": s.over},
    "correct_minutes": lambda s: {"meeting": s.over, "text": "Mine"},
    "adopt_minutes": lambda s: {"minutes": s.minutes, "adopted_in": s.meeting},
    "publish_minutes": lambda s: {"minutes": s.minutes},
    "import_minutes": lambda s: {"body": s.body, "text": PRINTED, "made": report(read(PRINTED))},
}  # fmt: skip


@pytest.fixture
def scene(council: Council) -> Scene:
    return Scene(council)


def test_every_action_is_tried() -> None:
    assert GIVEN.keys() == OURS.keys()


def test_outsiders_are_refused_and_nothing_is_written(council: Council, scene: Scene) -> None:
    narrow = replace(council.actor("jo"), scopes=frozenset({"person.read"}))
    before = (Entry.objects.count(), Meeting.objects.count())
    for name, given in GIVEN.items():
        anybody = () if name == "propose_item" else (council.actor("xan"), council.actor("cleo"))
        for actor in (*anybody, VISITOR, narrow):
            try:
                with transaction.atomic():
                    OURS[name].function(actor=actor, **given(scene))
            except Refused:
                continue
            pytest.fail(f"{name} let {actor.id} through")
    assert (Entry.objects.count(), Meeting.objects.count()) == before


def test_a_private_bodys_meetings_are_seen_by_its_members_and_officers(council: Council, scene: Scene) -> None:
    council.body.public = False
    council.body.save()
    for name in ("bo", "gus", "jo"):
        assert visible(council.actor(name)).count() == 3
    for actor in (council.actor("xan"), VISITOR):
        assert not visible(actor).exists()
        with pytest.raises(NotFound):
            visible_meeting(actor, scene.meeting.id)
        with pytest.raises(Refused):
            actions.propose_item(actor=actor, body=council.body, facts=ItemFacts("A"))
    actions.propose_item(actor=council.actor("bo"), body=council.body, facts=ItemFacts("A"))
    council.body.public = True
    council.body.save()
    actions.propose_item(actor=council.actor("xan"), body=council.body, facts=ItemFacts("A"))


def test_the_chair_runs_the_meetings_of_their_own_body_only(council: Council, scene: Scene) -> None:
    ada = council.actor("ada")
    actions.take_note(actor=ada, meeting=scene.meeting, text="A")
    other = type(council.body).objects.create(slug="other", name="Other", kind="council")
    with pytest.raises(Refused):
        actions.start_series(actor=ada, body=other, facts=MONTHLY)
