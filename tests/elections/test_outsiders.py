"""Deny by default: every action of elections refuses the outsider, the visitor, and who only has another part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.elections.scene import DAY, Scene, Voter, facts, make

from quorate.access.action import ACTIONS
from quorate.access.actors import VISITOR, Actor, system
from quorate.decisions.balloting.bundle import Token
from quorate.kernel.errors import Refused
from quorate.ledger.models import Entry
from quorate.registers.elections import actions
from quorate.registers.elections.models import Election, RollEntry, SealedBallot
from quorate.terms.models import Body

pytestmark = pytest.mark.django_db
OURS = {item.function.__name__: item for item in ACTIONS if item.module.startswith("quorate.registers.elections.")}

Given = Callable[[Scene], dict[str, Any]]


def election(**more: Any) -> Given:
    return lambda scene: {"election": scene.election, **more}


BEFORE: dict[str, Given] = {
    "announce": lambda scene: {"body": scene.body, "facts": facts(slug="mine")},
    "change_notice": election(facts=facts(title="Mine")),
    "open_election": election(),
    "cancel": election(reason="Mine."),
    "remind": election(),
    "nominate": lambda scene: {"election": scene.election, "person": scene.people[5]},
    "answer": lambda scene: {"nomination": scene.election.nominations.first(), "accept": False},
    "endorse": lambda scene: {"nomination": scene.election.nominations.first()},
    "ask_for_roll": election(reason="Mine."),
    "decide_request": lambda scene: {"request": scene.election.requests.get(), "granted": True, "reason": "Mine."},
    "close_election": election(),
    "publish_result": election(tally=None),
    "withdraw": lambda scene: {"nomination": scene.election.nominations.first()},
    "strike_candidate": lambda scene: {"nomination": scene.election.nominations.first(), "reason": "Mine."},
    "state_issued": election(note=""),
    "seat_elected": election(start=DAY + timedelta(days=30)),
    "count_back": election(left="elin-0"),
}
OPEN: dict[str, tuple[str, Given]] = {
    "cast_ballot": ("B", lambda scene: {"election": scene.election, "paper": Voter().paper([["elin-0"]])}),
    "cast_named": ("A", election(ballot=[["elin-0"]])),
    "issue_token": ("C", election(blinded=[b"\x01" * 256])),
    "cosign": ("C", lambda scene: {"election": scene.election, "elector": scene.people[0].pk, "signed": b""}),
    "check_receipt": ("B", lambda scene: {"election": hidden(scene), "commitment": "00" * 32}),
    "drop_ballot": (
        "C",
        lambda scene: {
            "election": scene.election,
            "paper": Voter().paper([["elin-0"]]),
            "token": Token(bytes(32), bytes(32), (bytes(256),)),
        },
    ),
}


def hidden(scene: Scene) -> Election:
    """The log of a public body's election is everybody's to look into; this body is not public."""
    Body.objects.update(public=False)
    return scene.again()


#: An outsider may ask to be on the roll: that is what asking is for.
ANYBODY = {"ask_for_roll"}


def outsiders(scene: Scene, name: str) -> list[Actor]:
    found = [VISITOR, Actor("account", "account:7", account_id=None)]
    if name not in ANYBODY:
        found.append(scene.outsider)
    if name not in ("nominate", "endorse", "ask_for_roll", "cast_ballot", "cast_named", "issue_token"):
        found.append(scene.actor(6))  # a member, who is neither officer nor nominee
    if name in ("cast_ballot", "cast_named", "issue_token", "nominate", "endorse", "answer"):
        found += [scene.officer, system("bot"), replace(scene.officer, operator=True)]
    if name in ("cast_ballot", "nominate"):
        found.append(replace(scene.actor(6), scopes=frozenset({"election.manage"})))
    return found


def test_no_action_is_forgotten() -> None:
    assert BEFORE.keys() | OPEN.keys() == OURS.keys()


@pytest.mark.parametrize("name", sorted([*BEFORE, *OPEN]))
def test_the_outsider_is_refused(name: str) -> None:
    scene = make(7, level=OPEN[name][0] if name in OPEN else "B")
    scene.nominate(2)
    if name in OPEN:
        scene.open()
    else:
        actions.ask_for_roll(actor=scene.outsider, election=scene.election, reason="I help.")
    given = (OPEN[name][1] if name in OPEN else BEFORE[name])(scene)
    state = lambda: (  # noqa: E731  # said once
        Entry.objects.count(),
        scene.again().state,
        RollEntry.objects.filter(voted=True).count(),
        SealedBallot.objects.count(),
        Election.objects.count(),
    )
    before = state()
    for actor in outsiders(scene, name):
        with pytest.raises(Refused), transaction.atomic():
            OURS[name].function(actor=actor, **given)
    assert state() == before
