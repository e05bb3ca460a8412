"""The program: one declaration that reads like the bylaw it implements, with the files that belong to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from quorate.engine import forms
from quorate.engine.definition.codec import Reader, plain, spec
from quorate.engine.definition.consequence import Grant, Letter, Obligation, Outcome, Withdrawal
from quorate.engine.definition.judgement import Check, Decision, Review, Rubric
from quorate.engine.definition.letters import Template, read_template
from quorate.engine.definition.process import (
    PUBLIC_DEFAULT,
    Delegation,
    Effect,
    Public,
    Queue,
    Stage,
    Transition,
)
from quorate.engine.definition.values import Citation, FieldKind, Role, Subject, Tone, Whilst
from quorate.engine.durations import Duration
from quorate.engine.forms import Element, Form
from quorate.kernel import yamlfile
from quorate.kernel.i18n import gettext

#: The format of the canonical form. A changed default or meaning needs a new number.
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class MappedField:
    """A fact that the engine needs, and where in the form it is answered."""

    name: str = spec("The fact's name: name, repo_url, licence, maintainers, contact …")
    from_: tuple[str, ...] = spec(
        "Ids or labels of the form, best first; title is the issue's title. Further ones are accepted on import.",
        several=True,
    )
    kind: FieldKind = spec("How the answer is read.", default=FieldKind.LINE)
    private: bool = spec("Whether only those who work on the case see it.", default=False)
    fallback: str = spec("The mapped field whose last path segment stands in when this is not answered.", default="")


@dataclass(frozen=True, kw_only=True)
class Window:
    """When applications are taken in."""

    opens: datetime = spec("The first instant.", examples=("2026-05-18T00:00",))
    closes: datetime = spec("The first instant at which it is closed again.", examples=("2026-06-19T00:00",))
    zone: str = spec("The time zone of both.", default="UTC", examples=("America/Los_Angeles",))
    late: str = spec("What is said to those who come later.", default="")


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """When a second case is refused."""

    by: tuple[str, ...] = spec("Mapped fields that together name the subject.", several=True)
    while_: Whilst = spec("open: while another case is open; ever: at any time.", default=Whilst.OPEN)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """How a case comes in."""

    who: tuple[Role, ...] = spec(
        "Who may open a case: anyone, signed-in, maintainers, a role, or system.", several=True
    )
    form: str = spec("The GitHub issue form's file; none when cases are opened by the system only.", default="")
    fields: tuple[MappedField, ...] = spec("Facts that the engine needs, from the form.", default=(), named="name")
    windows: tuple[Window, ...] = spec("When applications are taken in; none: at any time.", default=(), several=True)
    duplicates: Duplicates | None = spec("When a second case is refused.", default=None)
    reapply_after: Duration | None = spec(
        "How long after a case that ended badly the subject may come again.", default=None
    )
    private: tuple[str, ...] = spec("Ids or labels of further answers that are not public.", default=(), several=True)
    effects: tuple[Effect, ...] = spec(
        "Consequences of opening a case, once: checks: run, letter: received.", default=()
    )
    start: str = spec("The stage in which a case starts; default: the first.", default="")
    intro: str = spec("What an applicant should know first; Markdown.", default="")
    labels: tuple[str, ...] = spec(
        "Labels by which a mirrored issue belongs to this program.", default=(), several=True
    )


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """What the program promises: most time from one stage to another, paused stages not counted."""

    lead: Duration = spec("The time promised.", examples=("P60D",))
    from_: str = spec("The stage whose entry starts it; default: the first.", default="")
    to: tuple[str, ...] = spec("The stages whose entry ends it; default: the ends.", default=(), several=True)


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that belongs to the program, with its text: part of its content and so of its version."""

    path: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program as published: immutable, named by its content."""

    program: str = spec("The program's slug; it is in every address.")
    name: str = spec("What people call it.")
    summary: str = spec("One or two sentences for the public.")
    prefix: str = spec("The start of case keys: ECO gives ECO-14.", pattern=r"^[A-Z][A-Z0-9]{1,9}$")
    subject: Subject = spec("What a case is about.")
    accountable: Role = spec("Who answers for the program. Exactly one.")
    steward: Role = spec("Who runs it and publishes its versions.")
    intake: Intake = spec("How a case comes in.")
    stages: tuple[Stage, ...] = spec("The places in which a case can be, in reading order.", named="name")
    transitions: tuple[Transition, ...] = spec("The named steps between stages.", named="name")
    outcomes: tuple[Outcome, ...] = spec("How a case can end.", named="name")
    description: str = spec("The whole story for the public; Markdown.", default="")
    policy: str = spec("The slug of the policy that it implements; clauses below are anchors in it.", default="")
    clause: str = spec("The clause that establishes it: an anchor of the policy.", default="")
    commitment: Commitment | None = spec("What the program promises.", default=None)
    queue: Queue = spec("The order in which waiting cases are taken.", default=Queue())
    checks: tuple[Check, ...] = spec("The criteria, and how each is found out.", default=(), named="criterion")
    reviews: tuple[Review, ...] = spec(
        "Who reviews, how many, under which rules.", default=(), several=True, key="review"
    )
    decisions: tuple[Decision, ...] = spec("The vote or votes.", default=(), several=True, key="decision")
    grant: Grant | None = spec("What the subject gets.", default=None)
    obligations: tuple[Obligation, ...] = spec("What the grant brings with it.", default=(), named="name")
    letters: tuple[Letter, ...] = spec("The letters.", default=(), named="name")
    withdrawal: Withdrawal | None = spec("How the applicant takes a case back.", default=None)
    delegation: Delegation | None = spec("How far acting may be handed over for a time.", default=None)
    duties: tuple[tuple[str, ...], ...] = spec(
        "Pairs that one person may not join on one case: applicant, reviewers, electorate, or a stage's name.",
        default=(),
    )
    public: Public = spec("What anyone may see, unless a stage says otherwise.", default=Public())
    files: tuple[File, ...] = ()

    # --- parts by name --------------------------------------------------------------------------------------

    def stage(self, name: str) -> Stage:
        """The stage. Raises ``KeyError``."""
        return self._stages[name]

    def transition(self, name: str) -> Transition:
        """The transition; withdrawal is one too, named ``withdraw``. Raises ``KeyError``."""
        return self._transitions[name]

    def outcome(self, name: str) -> Outcome:
        """The outcome. Raises ``KeyError``."""
        return {item.name: item for item in self.outcomes}[name]

    def check(self, criterion: str) -> Check:
        """The check. Raises ``KeyError``."""
        return {item.criterion: item for item in self.checks}[criterion]

    @cached_property
    def _stages(self) -> Mapping[str, Stage]:
        return {item.name: item for item in self.stages}

    @cached_property
    def _transitions(self) -> Mapping[str, Transition]:
        return {item.name: item for item in self.all_transitions}

    @property
    def start(self) -> Stage:
        """Where a case starts."""
        return self.stage(self.intake.start) if self.intake.start else self.stages[0]

    @property
    def all_transitions(self) -> tuple[Transition, ...]:
        """The declared transitions, and ``withdraw`` where withdrawal is declared."""
        if self.withdrawal is None:
            return self.transitions
        open_stages = tuple(stage.name for stage in self.stages if not stage.is_end)
        withdraw = Transition(
            name="withdraw",
            title=str(gettext("Withdraw")),
            from_=self.withdrawal.from_ or open_stages,
            to=self.withdrawal.to,
            by=self.withdrawal.by,
            reason=self.withdrawal.reason,
            effects=self.withdrawal.effects,
            tone=Tone.GRAVE,
            delegable=False,
        )
        return (*self.transitions, withdraw)

    def transitions_from(self, stage: str) -> tuple[Transition, ...]:
        """The transitions that can be taken in a stage."""
        return tuple(item for item in self.all_transitions if stage in item.from_)

    def review_in(self, stage: str) -> Review | None:
        """The review that is written in a stage."""
        return next((item for item in self.reviews if item.stage == stage), None)

    def decision_in(self, stage: str) -> Decision | None:
        """The vote that is open in a stage."""
        return next((item for item in self.decisions if item.stage == stage), None)

    def public_at(self, stage: str) -> Public:
        """What anyone may see in a stage, with nothing left unset."""
        layers = (PUBLIC_DEFAULT, self.public, self.stage(stage).public or Public())
        shown: dict[str, Any] = {}
        for layer in layers:
            shown |= {name: value for name, value in vars(layer).items() if value is not None}
        return replace(PUBLIC_DEFAULT, **shown)

    # --- files ----------------------------------------------------------------------------------------------

    def text_of(self, path: str) -> str:
        """The text of a file that belongs to the program. Raises ``KeyError``."""
        return {item.path: item.text for item in self.files}[path]

    @cached_property
    def form(self) -> Form | None:
        """The application form; ``None`` when only the system opens cases."""
        if not self.intake.form:
            return None
        return read_form(self.text_of(self.intake.form), self.intake.form)

    def rubric(self, review: Review) -> Rubric | None:
        """The rubric of a review; ``None`` when it has none."""
        if not review.rubric:
            return None
        return read_rubric(self.text_of(review.rubric), review.rubric)

    def letter(self, name: str) -> tuple[Letter, Template]:
        """A letter and its text. Raises ``KeyError``."""
        letter = {item.name: item for item in self.letters}[name]
        return letter, read_template(self.text_of(letter.file))[0]

    def citation(self, clause: str) -> Citation | None:
        """The clause that a part cites: an anchor of the program's own policy, or ``policy#anchor``."""
        policy, mark, anchor = clause.partition("#")
        if mark:
            return Citation(policy, anchor)
        return Citation(self.policy, clause) if clause and self.policy else None

    # --- intake ---------------------------------------------------------------------------------------------

    @cached_property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Further wordings of the form's labels by element id, for issues made with another edition of the form."""
        found: dict[str, tuple[str, ...]] = {}
        for field in self.intake.fields:
            element = self.element_of(field)
            if element is not None:
                others = tuple(name for name in field.from_ if self.form is None or self.form.find(name) is not element)
                found[element.id] = (*found.get(element.id, ()), *others)
        return found

    def element_of(self, field: MappedField) -> Element | None:
        """The question that answers a mapped field: the first of its names that the form has."""
        if self.form is None:
            return None
        return next((found for name in field.from_ if (found := self.form.find(name)) is not None), None)

    @cached_property
    def private_questions(self) -> frozenset[str]:
        """Ids of questions whose answers are not public."""
        if self.form is None:
            return frozenset()
        named = [found.id for name in self.intake.private if (found := self.form.find(name)) is not None]
        mapped = [
            found.id for item in self.intake.fields if item.private and (found := self.element_of(item)) is not None
        ]
        return frozenset({*named, *mapped})

    # --- content --------------------------------------------------------------------------------------------

    def canonical(self) -> bytes:
        """The program as canonical JSON (sorted keys, compact, UTF-8): what is stored and hashed."""
        body = {"format": FORMAT, "program": plain(self)}
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical form in hexadecimal: the program's version is its content."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @property
    def version(self) -> str:
        """The first twelve digits of the digest, for people."""
        return self.digest[:12]


@lru_cache(maxsize=256)
def read_form(text: str, name: str) -> Form:
    """A form's text, read once in each process: it never changes under one version of a program."""
    return forms.read(text, name=name)


@lru_cache(maxsize=256)
def read_rubric(text: str, name: str) -> Rubric | None:
    """A rubric's text, read once in each process."""
    rubric: Rubric | None = Reader().record(Rubric, yamlfile.load(text, name=name).data, ())
    return rubric
