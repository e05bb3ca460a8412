"""Which roles of a program have which right on what: the engine's matrix of permissions, on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from quorate.access.actors import Actor
from quorate.access.permissions import PERMISSIONS
from quorate.access.policy import Reason
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Role
from quorate.engine.models import Case, Obligation, Review
from quorate.engine.models.paper import Audience
from quorate.engine.parties import Parties, Standing, role_words
from quorate.engine.rules import Criterion, Remark, StageOf, Step, judge_roles, staff_roles
from quorate.kernel import clock
from quorate.kernel.i18n import gettext

Roles = tuple[Role, ...]
APPLICANT, HOLDER, OWNER = Role("applicant"), Role("holder"), Role("owner")
REVIEWERS, STEWARD, ACCOUNTABLE, SIGNED_IN = Role("reviewers"), Role("steward"), Role("accountable"), Role("signed-in")
GOVERNING: Roles = (STEWARD, ACCOUNTABLE)


def _running(thing: Any, program: Definition) -> Roles:
    return staff_roles(program)


def _involved(thing: Any, program: Definition) -> Roles:
    return (APPLICANT, HOLDER, REVIEWERS, OWNER, *staff_roles(program), *judge_roles(program))


def _confided(thing: Any, program: Definition) -> Roles:
    return (APPLICANT, REVIEWERS, *staff_roles(program))


def _step(thing: Any, program: Definition) -> Roles:
    return tuple(role for role in thing.transition.by if role.text != "system") if isinstance(thing, Step) else ()


def _amending(thing: Any, program: Definition) -> Roles:
    return (APPLICANT, HOLDER, *staff_roles(program))


def _assigning(thing: Any, program: Definition) -> Roles:
    return (OWNER, *staff_roles(program))


def _naming_reviewers(thing: Any, program: Definition) -> Roles:
    if not isinstance(thing, StageOf):
        return ()
    review = program.review_in(thing.stage)
    return (*review.assigned_by, OWNER, STEWARD) if review else ()


def _volunteering(thing: Any, program: Definition) -> Roles:
    review = program.review_in(thing.stage) if isinstance(thing, StageOf) else None
    return (review.from_,) if review is not None else ()


def _delegating(thing: Any, program: Definition) -> Roles:
    if not isinstance(thing, StageOf) or program.delegation is None:
        return ()
    return (OWNER,) if thing.stage in program.delegation.stages else ()


def _stepping_aside(thing: Any, program: Definition) -> Roles:
    return (REVIEWERS, OWNER, *staff_roles(program), *judge_roles(program))


def _remarking(thing: Any, program: Definition) -> Roles:
    if not isinstance(thing, Remark):
        return ()
    if thing.audience == Audience.STAFF:
        return staff_roles(program)
    if thing.audience == Audience.REVIEWERS:
        return (REVIEWERS, *staff_roles(program), *judge_roles(program))
    return _involved(thing, program)


def _commenting(thing: Any, program: Definition) -> Roles:
    found = _remarking(thing, program)
    if isinstance(thing, Remark) and thing.audience == Audience.PUBLIC:
        shown = program.public_at(thing.case.stage)
        if shown.case and shown.discussion:
            return (*found, SIGNED_IN)
    return found


def _checking(thing: Any, program: Definition) -> Roles:
    return (OWNER, *staff_roles(program), *judge_roles(program))


def _attesting(thing: Any, program: Definition) -> Roles:
    check = next(
        (item for item in program.checks if isinstance(thing, Criterion) and item.criterion == thing.name), None
    )
    return check.attest.who if check is not None and check.attest is not None else ()


def _governing(thing: Any, program: Definition) -> Roles:
    return GOVERNING


def _revoking(thing: Any, program: Definition) -> Roles:
    return (*(program.grant.revocable_by if program.grant else ()), ACCOUNTABLE)


def _reviewing_early(thing: Any, program: Definition) -> Roles:
    return (*(program.grant.revocable_by if program.grant else ()), *GOVERNING)


def _owing(thing: Any, program: Definition) -> Roles:
    return (Role(thing.owner), STEWARD) if isinstance(thing, Obligation) else ()


def _confirming(thing: Any, program: Definition) -> Roles:
    if not isinstance(thing, Obligation):
        return ()
    declared = next((item for item in program.obligations if item.name == thing.name), None)
    return declared.confirm if declared is not None else ()


#: Who may, by permission: the roles of the program, given what is asked about.
RIGHTS: Mapping[str, Callable[[Any, Definition], Roles]] = {
    "case.read": _involved,
    "case.read-private": _confided,
    "case.amend": _amending,
    "case.move": _step,
    "case.assign": _assigning,
    "case.assign-reviewers": _naming_reviewers,
    "case.volunteer": _volunteering,
    "case.delegate": _delegating,
    "case.recuse": _stepping_aside,
    "case.comment": _commenting,
    "case.attach": _remarking,
    "case.redact": _running,
    "case.check": _checking,
    "case.attest": _attesting,
    "case.waive": _governing,
    "grant.renew": _governing,
    "grant.revoke": _revoking,
    "grant.review": _reviewing_early,
    "obligation.fulfil": _owing,
    "obligation.confirm": _confirming,
    "obligation.waive": _governing,
}

#: Rights on a program itself, by permission.
PROGRAM_RIGHTS: Mapping[str, Roles] = {
    "program.publish": (STEWARD,),
    "program.close": GOVERNING,
    "case.migrate": (STEWARD,),
    "case.list": (),
}


def by_roles(parties: Parties, standing: Standing, roles: Iterable[Role]) -> Iterable[Reason]:
    """Why an actor fills one of the roles in a case, each reason once."""
    seen: set[str] = set()
    for role in dict.fromkeys(roles):
        reason = parties.reason(standing, role)
        if reason is not None and reason.code not in seen:
            seen.add(reason.code)
            yield reason


def reasons_on(parties: Parties, standing: Standing, permission: str, thing: Any) -> Iterable[Reason]:
    """Every reason that a part in the case gives for a right on a thing that belongs to it."""
    actor = standing.actor
    if permission == "case.review":
        if isinstance(thing, Review) and actor.person_id is not None and thing.person_id == actor.person_id:
            yield Reason(gettext("you were asked to review this case"), "reviewer", thing.assigned_at)
        return
    if permission == "case.claim":
        if actor.known:
            yield Reason(gettext("you are signed in and hold the claim"), "claim")
        return
    if permission not in RIGHTS:
        return
    roles = RIGHTS[permission](thing, parties.definition)
    yield from by_roles(parties, standing, roles)
    given = isinstance(thing, Obligation) and thing.person_id is not None and thing.person_id == actor.person_id
    if permission == "obligation.fulfil" and given:
        yield Reason(gettext("this was given to you"), "obligation")
    if isinstance(thing, Step) and thing.transition.delegable:
        reason = parties.delegated(standing, roles)
        if reason is not None:
            yield reason


@dataclass
class Rights:
    """What one actor may do in one case: the policy's answers for a page, from facts that are read once.

    It agrees with :func:`quorate.access.policy.may`, which reads them anew each time it is asked; a test holds the
    two together.
    """

    actor: Actor
    case: Case
    at: datetime = field(default_factory=clock.now)

    @cached_property
    def standing(self) -> Standing:
        """The actor's offices."""
        return Standing(self.actor, self.at)

    @cached_property
    def parties(self) -> Parties:
        """The people of the case."""
        return Parties(self.case, self.at)

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The roles that the program names as owners, in words. Two queries for all of them."""
        program = self.parties.definition
        named = {"steward": str(program.steward), "accountable": str(program.accountable)}
        roles = {str(stage.owner) for stage in program.stages if stage.owner is not None}
        roles |= {str(item.owner) for item in program.obligations} | set(named.values())
        roles |= {named.get(role, role) for role in roles}
        return role_words(roles, program)

    def reason(self, permission: str, thing: Any = None) -> Reason | None:
        """The first reason for a right on the case or on something of it, or ``None``."""
        declared = PERMISSIONS.get(permission)
        scopes = self.actor.scopes
        if scopes is not None and permission not in scopes and "all" not in scopes:
            return None
        part = next(iter(reasons_on(self.parties, self.standing, permission, thing or self.case)), None)
        if part is not None:
            return part
        if permission in self.standing.listed:
            return Reason(gettext("an office of yours may do this everywhere"), "office")
        if declared.sensitive:
            return None
        if self.actor.kind == "system":
            return Reason(gettext("this is a duty of the system itself"), self.actor.id)
        return Reason(gettext("you operate this installation"), "operator") if self.actor.operator else None

    def may(self, permission: str, thing: Any = None) -> bool:
        """Whether the actor may."""
        return self.reason(permission, thing) is not None
