"""Deny by default: every action of the engine refuses the outsider of the cast, the visitor and a narrow token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from tests.engine.cast import ANSWERS, Cast, definition, deliver, file_day
from tests.engine.test_story import accepted, review

from quorate.access.action import ACTIONS
from quorate.access.actors import VISITOR, Actor, system
from quorate.engine import actions
from quorate.engine.models import Case, Grant, Obligation, Program, Review
from quorate.engine.timers import Due, What
from quorate.kernel import clock
from quorate.kernel.errors import Refused
from quorate.ledger.models import Entry

OURS = {item.function.__name__: item for item in ACTIONS if item.module.startswith("quorate.engine.")}


class Scene:
    """A case in review, and another one whose grant runs."""

    def __init__(self, cast: Cast) -> None:

        self.cast = cast
        done = accepted(cast)
        self.grant = Grant.objects.get(case=done)
        self.logo = Obligation.objects.get(case=done, name="logo")
        self.insurance = Obligation.objects.get(case=done, name="insurance")
        actions.fulfil_obligation(actor=cast.ana, obligation=self.insurance, evidence="Policy 7")
        case = file_day(cast, title="Bonn day", answers={"page": "https://days.example/bonn"})
        deliver("engine.checks")
        case = actions.move(actor=cast.petra, case=case, transition="take")
        to = cast.people["ben"]
        self.delegation = actions.delegate(
            actor=cast.petra, case=case, to=to, until=clock.now() + timedelta(days=30), stage="screen"
        )
        self.comment = actions.comment(actor=cast.ana, case=case, body="Hello.")
        self.attachment = actions.attach(actor=cast.ana, case=case, name="plan.txt", content=b"A plan.")
        case = actions.move(actor=cast.petra, case=case, transition="refer")
        actions.assign_reviewers(actor=cast.petra, case=case, people=[cast.people["cleo"]])
        self.review = Review.objects.get(case=case, person=cast.people["cleo"])
        self.case = Case.objects.get(pk=case.pk)


def _on_case(**more: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda scene: {"case": scene.case, **more}


GIVEN: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "publish_program": lambda scene: {"definition": replace(definition("days"), summary="Mine now.")},
    "close_program": lambda scene: {"program": scene.cast.days},
    "open_program": lambda scene: {"program": scene.cast.days},
    "file_case": lambda scene: {"program": scene.cast.look, "answers": ANSWERS, "title": "Mine"},
    "claim_case": _on_case(token="guess"),
    "amend_answers": _on_case(answers={"plan": "Mine."}),
    "invite_applicant": _on_case(),
    "migrate_cases": lambda scene: {"program": scene.cast.days},
    "move": _on_case(transition="ask", reason="Mine."),
    "assign": lambda scene: {"case": scene.case, "person": scene.cast.people["xavier"]},
    "unassign": _on_case(),
    "prioritise": _on_case(priority="high"),
    "delegate": lambda scene: {
        "case": scene.case,
        "to": scene.cast.people["xavier"],
        "until": clock.now() + timedelta(days=1),
        "stage": "screen",
    },
    "end_delegation": lambda scene: {"delegation": scene.delegation},
    "declare_recusal": _on_case(),
    "assign_reviewers": lambda scene: {"case": scene.case, "people": [scene.cast.people["xavier"]]},
    "draw_reviewers": _on_case(),
    "volunteer": _on_case(),
    "release_reviewer": lambda scene: {"review": scene.review},
    "write_review": lambda scene: {"review": scene.review, "comment": "Mine."},
    "submit_review": lambda scene: {"review": scene.review, "comment": "Mine.", "recommendation": "approve"},
    "comment": _on_case(body="Mine.", audience="participants"),
    "redact_comment": lambda scene: {"comment": scene.comment},
    "attach": _on_case(name="mine.txt", content=b"Mine.", audience="public"),
    "remove_attachment": lambda scene: {"attachment": scene.attachment},
    "request_checks": _on_case(),
    "record_checks": _on_case(findings=[]),
    "attest": _on_case(criterion="fame", found=900, evidence="Mine."),
    "waive": _on_case(criterion="seats", reason="Mine."),
    "fulfil_obligation": lambda scene: {"obligation": scene.logo, "evidence": "https://mine.example"},
    "confirm_obligation": lambda scene: {"obligation": scene.insurance},
    "return_obligation": lambda scene: {"obligation": scene.insurance, "reason": "Mine."},
    "waive_obligation": lambda scene: {"obligation": scene.logo, "reason": "Mine."},
    "renew_grant": lambda scene: {"grant": scene.grant},
    "revoke_grant": lambda scene: {"grant": scene.grant, "reason": "Mine."},
    "open_review": lambda scene: {"grant": scene.grant},
    "pass_time": lambda scene: {"item": Due(clock.now(), What.LAPSE, scene.grant.pk)},
}
#: What one's own part in a case never gives, for each action: the nearest member of the cast who may not.
NEAREST = {
    "move": "ana",
    "assign": "ana",
    "assign_reviewers": "ana",
    "submit_review": "ben",
    "write_review": "petra",
    "waive": "cleo",
    "attest": "ana",
    "confirm_obligation": "ana",
    "waive_obligation": "ana",
    "revoke_grant": "ana",
    "publish_program": "chris",
    "record_checks": "ana",
}


@pytest.fixture
def scene(cast: Cast) -> Scene:
    """See :class:`Scene`."""
    return Scene(cast)


def test_no_action_is_forgotten() -> None:
    assert set(GIVEN) == set(OURS)


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_the_outsider_is_refused(scene: Scene, name: str) -> None:
    outsiders = [scene.cast.xavier, VISITOR, Actor("account", "account:7", account_id=None)]
    if name == "comment":
        outsiders.append(replace(scene.cast.petra, scopes=frozenset({"case.read"})))
    if name in NEAREST:
        outsiders.append(scene.cast.actors[NEAREST[name]])
    before = (Entry.objects.count(), Case.objects.get(pk=scene.case.pk).revision, Program.objects.count())
    run = OURS[name].function
    for actor in outsiders:
        with pytest.raises(Refused), transaction.atomic():
            run(actor=actor, **GIVEN[name](scene))
    after = (Entry.objects.count(), Case.objects.get(pk=scene.case.pk).revision, Program.objects.count())
    assert after == before


def test_a_token_is_held_to_its_scopes(scene: Scene) -> None:

    narrow = replace(scene.cast.petra, scopes=frozenset({"case.comment"}))
    actions.comment(actor=narrow, case=scene.case, body="May I?")
    with pytest.raises(Refused, match="scope case.move"):
        actions.move(actor=narrow, case=scene.case, transition="ask", reason="No.")


def test_system_actors_never_review(scene: Scene) -> None:

    with pytest.raises(Refused):
        actions.submit_review(actor=system("bot"), review=scene.review, comment="Fine.", recommendation="approve")
    review(scene.cast, "cleo")
