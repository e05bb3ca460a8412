"""What somebody may see of a case: one function for pages, API, search, exports and files.

Everybody sees what the program makes public at the present stage. Whoever has a part in the case sees more: the
applicant and those who speak for the subject their own side; reviewers and electors what they need to judge; the staff
all of it. What is private is seen by the applicant, the reviewers and the staff alone, and being operator of the
installation does not open it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quorate.access.actors import Actor
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Public, Tally
from quorate.engine.models import Case
from quorate.engine.models.paper import Audience
from quorate.engine.parties import Parties, Standing
from quorate.engine.rights import Rights
from quorate.engine.rules import judge_roles, staff_roles


@dataclass(frozen=True)
class Sight:
    """What one actor may see of one case."""

    exists: bool
    parts: frozenset[str]
    applicant: bool
    answers: bool
    private: bool
    checks: bool
    position: bool
    history: bool
    letters: bool
    obligations: bool
    reviews: Tally
    reviewers: bool
    votes: Tally
    audiences: frozenset[str]

    @property
    def involved(self) -> bool:
        """Whether the actor has a part in the case."""
        return bool(self.parts)

    @property
    def inner(self) -> bool:
        """Whether the actor works on the case: staff, reviewer, judge or assignee."""
        return bool(self.parts & {"staff", "reviewer", "judge", "assignee"})


NOTHING = Sight(
    exists=False,
    parts=frozenset(),
    applicant=False,
    answers=False,
    private=False,
    checks=False,
    position=False,
    history=False,
    letters=False,
    obligations=False,
    reviews=Tally.NONE,
    reviewers=False,
    votes=Tally.NONE,
    audiences=frozenset(),
)


def sight(actor: Actor, case: Case, at: datetime | None = None, *, rights: Rights | None = None) -> Sight:
    """What an actor may see of a case now. At most three queries: offices, assignments, the subject's people."""
    held = rights or (Rights(actor, case, at) if at is not None else Rights(actor, case))
    definition = held.parties.definition
    return look(definition, definition.public_at(case.stage), parts_of(held.standing, held.parties, held))


def parts_of(standing: Standing, parties: Parties, rights: Rights) -> frozenset[str]:
    """The parts an actor has in a case: staff, judge, reviewer, assignee, applicant, holder."""
    actor, definition = standing.actor, parties.definition
    if actor.scopes is not None and not actor.scopes & {"all", "case.read"}:
        return frozenset()
    found = set(office_parts(standing, definition))
    if actor.kind == "system" or actor.operator or "case.read" in standing.listed:
        found.add("operator")
    if parties.is_applicant(actor):
        found.add("applicant")
    if actor.person_id is None:
        return frozenset(found)
    if any(person.id == actor.person_id for person in parties.reviewers):
        found.add("reviewer")
    mine = [item for item in parties.assignments if item.person_id == actor.person_id]
    if any(item.role != item.Role.REVIEWER for item in mine):
        found.add("assignee")
    if actor.person_id in parties.speakers:
        found.add("holder")
    return frozenset(found)


def office_parts(standing: Standing, definition: Definition) -> frozenset[str]:
    """The parts that an actor's offices give in every case of a program: staff and judge."""
    found: set[str] = set()
    if any(role.text in standing.offices for role in staff_roles(definition)):
        found.add("staff")
    if any(role.text in standing.offices for role in judge_roles(definition)):
        found.add("judge")
    return frozenset(found)


def look(definition: Definition, shown: Public, parts: frozenset[str]) -> Sight:
    """What the parts of an actor let them see, beside what anybody sees. Pure."""
    staff = bool(parts & {"staff", "operator", "assignee"})
    judging = staff or bool(parts & {"judge", "reviewer"})
    theirs = bool(parts & {"applicant", "holder"})
    anybody = bool(shown.case)
    anonymous = any(review.anonymous for review in definition.reviews)
    audiences: set[str] = {Audience.PUBLIC.value} if anybody and shown.discussion else set()
    if parts:
        audiences |= {Audience.PUBLIC.value, Audience.PARTICIPANTS.value}
    if judging:
        audiences.add(Audience.REVIEWERS.value)
    if staff:
        audiences.add(Audience.STAFF.value)
    tally = shown.reviews or Tally.NONE
    votes = shown.votes or Tally.NONE
    return Sight(
        exists=anybody or bool(parts),
        parts=parts,
        applicant=judging or theirs or (anybody and bool(shown.applicant)),
        answers=bool(parts) or (anybody and bool(shown.answers)),
        private=bool(parts & {"applicant", "reviewer", "staff", "assignee"}),
        checks=bool(parts) or (anybody and bool(shown.checks)),
        position=bool(parts) or (anybody and bool(shown.position)),
        history=bool(parts) or (anybody and bool(shown.history)),
        letters=staff or theirs or (anybody and bool(shown.letter)),
        obligations=bool(parts),
        reviews=Tally.FULL if judging else (tally if anybody or theirs else Tally.NONE),
        reviewers=judging or not anonymous,
        votes=Tally.FULL if judging else (votes if anybody or theirs else Tally.NONE),
        audiences=frozenset(audiences),
    )
