"""Who is who in a case: the people behind the roles of a program file, and the roles that an actor fills.

Offices (``seat:…``, ``body:…``, ``chair:…``) come from terms. The bare words belong to the case: ``applicant``,
``assignee``, ``owner``, ``reviewers``, ``maintainers`` and ``holder`` (who speaks for the subject), ``steward`` and
``accountable`` (offices that the program names), ``anyone``, ``signed-in`` and ``system``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from quorate.access.actors import Actor
from quorate.access.policy import Reason
from quorate.directory.models import Person
from quorate.directory.queries import living_people
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Role
from quorate.engine.models import Assignment, Case
from quorate.engine.versions import definition_of
from quorate.kernel import clock, ids
from quorate.kernel.i18n import gettext
from quorate.terms.models import Term
from quorate.terms.queries import holders, terms_of, titles
from quorate.toolkit.ports import SUBJECTS


@dataclass
class Standing:
    """An actor at an instant, with the offices they hold. One query, made when first asked."""

    actor: Actor
    at: datetime = field(default_factory=clock.now)
    _reasons: dict[str, Reason | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def terms(self) -> Sequence[Term]:
        """The terms they serve as representative."""
        if self.actor.person_id is None:
            return []
        return [term for term in terms_of(self.actor.person_id, self.at) if term.role == Term.Role.REPRESENTATIVE]

    @cached_property
    def offices(self) -> Mapping[str, Term]:
        """The office roles they fill, each with a term by which."""
        found: dict[str, Term] = {}
        for term in self.terms:
            body = term.seat.body.slug
            found.setdefault(f"body:{body}", term)
            found[f"seat:{body}/{term.seat.slug}"] = term
            if term.seat.chair:
                found[f"chair:{body}"] = term
        return found

    @cached_property
    def listed(self) -> frozenset[str]:
        """The permissions that their seats and bodies list."""
        return frozenset(name for term in self.terms for name in (*term.seat.permissions, *term.seat.body.permissions))

    def reason(self, role: str) -> Reason | None:
        """Why they fill an office, or ``None``. A page asks for each step of a case, so each is said once."""
        if role not in self._reasons:
            self._reasons[role] = self._reason(role)
        return self._reasons[role]

    def _reason(self, role: str) -> Reason | None:
        term = self.offices.get(role)
        if term is None:
            return None
        words = {"seat": term.seat.title, "chair": gettext("the chair"), "body": gettext("a member")}
        text = gettext("you are %(title)s of %(body)s") % {
            "title": words[role.partition(":")[0]],
            "body": term.seat.body.name,
        }
        return Reason(text, f"seat:{term.seat.body.slug}/{term.seat.slug}", term.start, term.until)


@dataclass
class Parties:
    """The people of one case. Every part is read when first asked: assignments and subject take one query each."""

    case: Case
    at: datetime = field(default_factory=clock.now)

    @cached_property
    def definition(self) -> Definition:
        """The program under which the case was opened."""
        return definition_of(self.case)

    @cached_property
    def assignments(self) -> Sequence[Assignment]:
        """The assignments in force."""
        found = self.case.assignments.filter(start__lte=self.at).select_related("person", "source")
        return [item for item in found if item.until is None or item.until > self.at]

    @cached_property
    def speakers(self) -> frozenset[UUID]:
        """Who speaks for the subject: a project's maintainers, a person themselves."""
        return frozenset(speakers(self.case.subject_kind, self.case.subject_id, self.at))

    @cached_property
    def applicant_holds(self) -> bool:
        """Whether who applied answers for the subject too.

        In a case of their own they do. In the review of a grant only while the register knows nobody who does, so
        that whoever once applied for a project cannot speak for it against its maintainers.
        """
        return self.case.grant_id is None or not self.speakers

    @property
    def assignee(self) -> Person | None:
        """The person to whom the present stage was assigned."""
        return next((item.person for item in self.assignments if self._owns(item)), None)

    def _owns(self, item: Assignment) -> bool:
        return item.role == Assignment.Role.OWNER and item.stage == self.case.stage

    @property
    def reviewers(self) -> list[Person]:
        """Who reviews in the present stage, or did in an earlier one."""
        return [item.person for item in self.assignments if item.role == Assignment.Role.REVIEWER]

    def delegates(self, stage: str) -> list[Assignment]:
        """Who acts for somebody in a stage."""
        return [item for item in self.assignments if item.role == Assignment.Role.DELEGATE and item.stage == stage]

    def office(self, role: Role) -> str:
        """The office behind ``steward``, ``accountable`` and ``owner``; other roles as they are."""
        stage = self.definition.stage(self.case.stage)
        if role.text == "owner":
            return str(stage.owner or "")
        if role.text == "accountable":
            return str(stage.accountable or self.definition.accountable)
        if role.text == "steward":
            return str(self.definition.steward)
        return role.text

    def people(self, role: Role | str) -> list[Person]:
        """The people whom a role means here and now, each once. A vacant office gives nobody."""
        role = Role(role) if isinstance(role, str) else role
        if role.text == "owner" and self.assignee is not None:
            return [self.assignee]
        text = self.office(role)
        if Role(text).is_office:
            return holders(text, self.at)
        if text == "applicant":
            applicant = applicant_of(self.case)
            return [applicant] if applicant is not None else []
        if text == "assignee":
            return [self.assignee] if self.assignee else []
        if text == "reviewers":
            return self.reviewers
        if text in ("maintainers", "holder"):
            found = list(living_people().filter(pk__in=self.speakers).order_by("name"))
            known = {person.pk for person in found}
            if text == "holder" and self.applicant_holds:
                found += [person for person in self.people("applicant") if person.pk not in known]
            return found
        return []

    def reason(self, standing: Standing, role: Role | str) -> Reason | None:
        """Why an actor fills a role in this case, or ``None``."""
        role = Role(role) if isinstance(role, str) else role
        actor = standing.actor
        if role.text == "anyone":
            return Reason(gettext("anyone may"), "anyone")
        if role.text == "signed-in":
            return Reason(gettext("you are signed in"), "signed-in") if actor.known else None
        if role.text == "system":
            return Reason(gettext("this is a duty of the system itself"), actor.id) if actor.kind == "system" else None
        if role.text == "owner" and actor.person_id and self.assignee and self.assignee.id == actor.person_id:
            return Reason(gettext("this stage was assigned to you"), "assignee")
        text = self.office(role)
        if Role(text).is_office:
            return standing.reason(text)
        return self._personal(actor, text)

    def _personal(self, actor: Actor, role: str) -> Reason | None:
        holds = role == "applicant" or (role == "holder" and self.applicant_holds)
        if holds and self.is_applicant(actor):
            return Reason(gettext("you filed this case"), "applicant")
        if actor.person_id is None:
            return None
        if role == "assignee" and self.assignee is not None and self.assignee.id == actor.person_id:
            return Reason(gettext("this stage was assigned to you"), "assignee")
        if role == "reviewers" and any(person.id == actor.person_id for person in self.reviewers):
            return Reason(gettext("you review this case"), "reviewer")
        if role in ("maintainers", "holder") and actor.person_id in self.speakers:
            return Reason(gettext("you speak for what this case is about"), f"subject:{self.case.subject_kind}")
        return None

    def is_applicant(self, actor: Actor) -> bool:
        """Whether the actor filed the case, as a person or by an account that nobody was linked to yet."""
        if actor.person_id is not None and actor.person_id == self.case.applicant_id:
            return True
        return actor.account_id is not None and actor.account_id == self.case.applicant_account_id

    def delegated(self, standing: Standing, roles: Iterable[Role]) -> Reason | None:
        """Why an actor may act in the present stage for somebody who fills one of the roles, or ``None``."""
        if standing.actor.person_id is None:
            return None
        wanted = list(roles)
        for item in self.delegates(self.case.stage):
            if item.person_id != standing.actor.person_id or item.source is None:
                continue
            origin = self._origin(item)
            if any(self.reason(origin, role) for role in wanted):
                text = gettext("%(name)s lets you act here") % {"name": item.source.name}
                return Reason(text, f"delegation:{item.id}", item.start, item.until)
        return None

    def _origin(self, item: Assignment, depth: int = 0) -> Standing:
        """Whose right a delegation hands on, through those who handed it on before."""
        earlier = next(
            (other for other in self.delegates(item.stage) if other.person_id == item.source_id and depth < 9), None
        )
        if earlier is not None and item.depth > 1:
            return self._origin(earlier, depth + 1)
        assert item.source_id is not None  # a constraint of the table
        return Standing(Actor("person", f"person:{item.source_id}", person_id=item.source_id), self.at)


def applicant_of(case: Case) -> Person | None:
    """Who applied, as a person: known when it was filed, or linked to the account since."""
    if case.applicant is not None or case.applicant_account_id is None:
        return case.applicant
    return living_people().filter(account=case.applicant_account_id).first()


def speakers(kind: str, subject: str, at: datetime) -> set[UUID]:
    """The people who speak for a subject, by the register that owns it."""
    declared = SUBJECTS.find(kind)
    if declared is None or not subject:
        return {UUID(subject)} if kind == "person" and ids.is_uuid(subject) else set()
    return {UUID(str(text)) for text in declared.people(subject, at)}


def backers(kind: str, subject: str, at: datetime) -> set[UUID]:
    """The organisations behind a subject, by the register that owns it."""
    declared = SUBJECTS.find(kind)
    if declared is None or not subject:
        return {UUID(subject)} if kind == "organisation" and ids.is_uuid(subject) else set()
    return {UUID(str(text)) for text in declared.organisations(subject, at)}


def role_words(roles: Iterable[str], definition: Definition | None = None) -> dict[str, str]:
    """Roles in words for people: "Program Manager", "members of Ecosystem Working Group", "the applicant"."""
    plain = {
        "applicant": gettext("the applicant"),
        "assignee": gettext("the person assigned"),
        "owner": gettext("the owner of the stage"),
        "reviewers": gettext("the reviewers"),
        "maintainers": gettext("the maintainers"),
        "holder": gettext("those who answer for the subject"),
        "steward": gettext("the steward of the program"),
        "accountable": gettext("who answers for the program"),
        "anyone": gettext("anyone"),
        "signed-in": gettext("anyone who is signed in"),
        "system": gettext("Quorate itself"),
    }
    wanted = [role for role in roles if role]
    named = {role: _office_of(role, definition) for role in wanted}
    offices = titles(set(named.values()))
    return {role: offices.get(named[role]) or plain.get(role, role) for role in wanted}


def _office_of(role: str, definition: Definition | None) -> str:
    if definition is not None and role == "steward":
        return str(definition.steward)
    if definition is not None and role == "accountable":
        return str(definition.accountable)
    return role
