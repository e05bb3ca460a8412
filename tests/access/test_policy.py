"""One policy: deny by default, say why, say who could; scopes only take away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest

from quorate.access.action import ACTIONS, action
from quorate.access.actors import VISITOR, Actor, system
from quorate.access.objects import find_object
from quorate.access.permissions import PERMISSIONS, in_scope, permission
from quorate.access.policy import SOURCES, Reason, authorise, may, who_could, why
from quorate.kernel.errors import NotFound, Refused

pytestmark = pytest.mark.django_db
OPERATOR = Actor("account", "account:1", "desk", operator=True)
NOBODY = Actor("account", "account:2", "eve")


class Desk:
    """A source of rights for the tests: whoever is called ada may keep the desk."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        if permission == "trial.keep" and actor.label == "ada":
            yield Reason("you keep the desk", "desk")

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        if permission == "trial.keep":
            yield "whoever keeps the desk"


@pytest.fixture(autouse=True)
def _trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PERMISSIONS, "_items", dict(PERMISSIONS._items))
    monkeypatch.setattr(SOURCES, "_items", dict(SOURCES._items))
    permission("trial.keep", "Keep the desk")
    permission("trial.secret", "Read what is secret", sensitive=True)
    SOURCES.register("desk", Desk())


def test_no_is_the_default() -> None:
    assert not may(NOBODY, "trial.keep")
    assert not may(VISITOR, "trial.keep")


def test_a_yes_has_its_reason() -> None:
    ada = Actor("account", "account:3", "ada")
    assert authorise(ada, "trial.keep") == ["desk"]
    assert [str(reason.text) for reason in why(ada, "trial.keep").reasons] == ["you keep the desk"]


def test_a_no_says_who_could() -> None:
    with pytest.raises(Refused) as refused:
        authorise(NOBODY, "trial.keep")
    assert refused.value.mend == "ask: whoever keeps the desk"
    with pytest.raises(Refused, match="sign in first"):
        authorise(VISITOR, "trial.keep")
    assert who_could("trial.keep") == ("whoever keeps the desk",)


def test_an_unknown_right_is_a_defect_and_never_a_yes() -> None:
    with pytest.raises(KeyError):
        may(OPERATOR, "trial.nonsense")


def test_what_is_sensitive_does_not_come_with_running_the_installation() -> None:
    assert may(OPERATOR, "trial.keep")
    assert may(system("desk"), "trial.keep")
    assert not may(OPERATOR, "trial.secret")
    assert not may(system("desk"), "trial.secret")


@pytest.mark.parametrize(
    ("name", "scopes", "let_through"),
    [
        ("case.read", {"read"}, True),
        ("case.list", {"read"}, True),
        ("case.file", {"read"}, False),
        ("case.file", {"case.file"}, True),
        ("case.file", {"case.move"}, False),
        ("case.file", {"all"}, True),
        ("case.file", set(), False),
    ],
)
def test_scopes(name: str, scopes: set[str], let_through: bool) -> None:
    assert in_scope(name, frozenset(scopes)) is let_through


def test_scopes_only_take_away() -> None:
    assert not may(Actor("account", "account:2", "eve", scopes=frozenset({"all"})), "trial.keep")
    ada = Actor("account", "account:3", "ada", scopes=frozenset({"read"}))
    assert "token with the scope trial.keep" in why(ada, "trial.keep").could[0]


@pytest.mark.parametrize("name", ["case", "case.", "Case.read", "case.read.all", "case read", "1case.read"])
def test_a_permission_is_noun_and_verb(name: str) -> None:
    with pytest.raises(ValueError, match=r"noun\.verb"):
        permission(name, "x")


def test_a_thing_that_is_not_there_has_no_rights() -> None:
    for name in ("nonsense:1", "case:", "case", ""):
        with pytest.raises(NotFound):
            find_object(OPERATOR, name)


def test_an_action_is_told_its_actor_first_and_all_by_name() -> None:
    with pytest.raises(TypeError):

        @action("trial.keep", kinds=())
        def wrong(actor: Actor) -> None: ...

    with pytest.raises(TypeError):

        @action("trial.keep", kinds=())
        def wrong_too(*, thing: str, actor: Actor) -> None: ...


def test_every_action_asks_for_a_right_that_there_is() -> None:
    assert [name for name, one in ACTIONS.items() if one.permission not in PERMISSIONS] == []
    assert [name for name, one in ACTIONS.items() if not one.summary] == []
