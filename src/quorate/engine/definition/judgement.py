"""How a case is judged: machine checks, reviews against a rubric, and the vote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quorate.engine.definition.codec import spec
from quorate.engine.definition.values import Assign, Comparison, Role
from quorate.engine.durations import Duration


@dataclass(frozen=True, kw_only=True)
class Attest:
    """What may stand in for a measurement that a machine cannot make here."""

    who: tuple[Role, ...] = spec("Who may attest it.", several=True)
    max_age: Duration | None = spec("How old the evidence may be.", default=None)
    evidence: str = spec("What the evidence is: “a screenshot or a link to the page”.", default="")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One criterion and how it is found out."""

    criterion: str = spec("The criterion's slug, unique in the program.")
    title: str = spec("The criterion in a few words, for people.")
    why: str = spec("Why it is asked, in one sentence.", default="")
    clause: str = spec("The clause that asks it: an anchor of the policy.", default="")
    probe: str = spec("The probe that measures it; none when people judge it.", default="")
    params: Mapping[str, Any] | None = spec("The probe's parameters.", default=None)
    at_least: int | float | None = spec("Passes when the found number is this or more.", default=None)
    at_most: int | float | None = spec("Passes when the found number is this or less.", default=None)
    one_of: tuple[str, ...] = spec("Passes when what was found is one of these.", default=())
    all_of: tuple[str, ...] = spec("Passes when all of these were found.", default=())
    present: bool = spec("Passes when something was found.", default=False)
    blocking: bool = spec(
        "Whether failing it stops the case until mended or waived; else it is shown only.", default=False
    )
    attest: Attest | None = spec("What may stand in for the measurement.", default=None)
    guidance: str = spec("How to meet it, for the applicant.", default="")

    @property
    def comparison(self) -> Comparison:
        """What the found value is compared with; ``judged`` when no machine can say."""
        if self.at_least is not None:
            return Comparison.AT_LEAST
        if self.at_most is not None:
            return Comparison.AT_MOST
        if self.one_of:
            return Comparison.ONE_OF
        if self.all_of:
            return Comparison.ALL_OF
        return Comparison.PRESENT if self.present else Comparison.JUDGED

    @property
    def needed(self) -> Any:
        """What is compared with: a number, a list of texts, ``True`` for presence, ``None`` when judged."""
        match self.comparison:
            case Comparison.AT_LEAST:
                return self.at_least
            case Comparison.AT_MOST:
                return self.at_most
            case Comparison.ONE_OF:
                return list(self.one_of)
            case Comparison.ALL_OF:
                return list(self.all_of)
            case Comparison.PRESENT:
                return True
        return None

    @property
    def bar(self) -> dict[str, Any]:
        """The comparison as a probe takes it: ``{"at_least": 5}``; empty when judged."""
        return {} if self.comparison is Comparison.JUDGED else {self.comparison.value: self.needed}

    @property
    def is_measured(self) -> bool:
        """Whether a machine finds it out."""
        return bool(self.probe)


@dataclass(frozen=True, kw_only=True)
class RubricItem:
    """One question of a rubric."""

    name: str = spec("The item's slug.")
    title: str = spec("The question in a few words.")
    description: str = spec("What to look at, and what a high and a low mark mean.", default="")
    weight: int = spec("How much it counts.", default=1)
    criterion: str = spec("The criterion of the program that it judges, if one.", default="")
    required: bool = spec("Whether a review must mark it.", default=True)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The marks that a rubric gives."""

    least: int = spec("The lowest mark.", default=1)
    most: int = spec("The highest mark.", default=5)
    words: Mapping[str, str] | None = spec("What single marks mean: {1: absent, 5: exemplary}.", default=None)


@dataclass(frozen=True, kw_only=True)
class Rubric:
    """What reviewers mark and what they may recommend."""

    title: str = spec("The rubric's title.")
    items: tuple[RubricItem, ...] = spec("The questions.", named="name")
    scale: Scale = spec("The marks.", default=Scale())
    recommendations: tuple[str, ...] = spec("What a reviewer may recommend.", default=("approve", "decline", "abstain"))
    comment: bool = spec("Whether a written comment is required.", default=True)
    guidance: str = spec("What a reviewer should know first; Markdown.", default="")


@dataclass(frozen=True, kw_only=True)
class Recusal:
    """When a person may not review or vote on a case."""

    shared_employer: bool = spec(
        "Whoever shares an employer (or its parent or subsidiary) with the applicant or a maintainer.", default=False
    )
    maintainer: bool = spec("Whoever maintains the project or is the subject.", default=True)
    applicant: bool = spec("Whoever filed the case.", default=True)
    declaration: bool = spec("Each must declare that there is no other conflict.", default=False)


@dataclass(frozen=True, kw_only=True)
class Review:
    """Who reviews, how many, and under which rules."""

    stage: str = spec("The stage in which reviews are written.")
    reviewers: int = spec("How many reviews are needed.")
    from_: Role = spec("From whom reviewers come.")
    assign: Assign = spec(
        "staff: somebody assigns; volunteer: members take; auto: the least loaded.", default=Assign.STAFF
    )
    assigned_by: tuple[Role, ...] = spec("Who assigns, beside the stage's owner.", default=(), several=True)
    blind: bool = spec("Whether reviewers see each other's reviews only after their own.", default=False)
    distinct_employers: bool = spec("Whether no two reviewers of a case may share an employer.", default=False)
    anonymous: bool = spec("Whether the applicant never learns who reviewed.", default=False)
    rubric: str = spec("The rubric's file.", default="")
    clause: str = spec("The clause that asks for the review: an anchor of the policy.", default="")
    recusal: Recusal = spec("When a person may not review.", default=Recusal())
    due: Duration | None = spec("By when a review is due, from its assignment.", default=None)
    min_submitted: int | None = spec("How many suffice to go on; default: all.", default=None)

    @property
    def enough(self) -> int:
        """How many reviews suffice to go on."""
        return self.reviewers if self.min_submitted is None else self.min_submitted


@dataclass(frozen=True, kw_only=True)
class Quorum:
    """How many must take part for the vote to count."""

    count: int | None = spec("A number.", default=None)
    fraction: Fraction | None = spec("Or a fraction of `of`.", default=None, examples=("1/2",))
    of: str = spec("seats or represented.", default="seats")
    strict: bool = spec("Whether exactly the bound is not enough.", default=False)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """How votes become a result; the same words as ``quorate motion evaluate``."""

    threshold: Fraction = spec("The bar as an exact fraction.", examples=("1/2", "2/3"))
    strict: bool = spec("Whether exactly the bar fails: more than half is 1/2 and strict.", default=False)
    of: str = spec("Of what: seats, represented, cast or yes-no. There is no default.")
    abstain: str = spec("An abstention counts toward quorum, denominator, both or neither.", default="both")
    quorum: Quorum | None = spec("How many must take part; none when the bar itself is of all seats.", default=None)
    vacant: str = spec(
        "Whether vacant seats stay among all seats, or leave; empty is as the body's charter says.", default=""
    )

    def as_motion(self, *, recused_leave: bool = True) -> dict[str, Any]:
        """The rule as ``quorate motion evaluate`` takes it, nothing left to a default."""
        body: dict[str, Any] = {
            "threshold": str(self.threshold),
            "strict": self.strict,
            "of": self.of,
            "abstain": self.abstain,
        }
        if self.quorum is not None:
            bound: dict[str, Any] = (
                {"count": self.quorum.count}
                if self.quorum.count is not None
                else {"fraction": str(self.quorum.fraction)}
            )
            body["quorum"] = {**bound, "of": self.quorum.of, "strict": self.quorum.strict}
        if not recused_leave:
            body["recused"] = "stay"
        if self.vacant:
            body["vacant"] = self.vacant
        return body


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The vote: who, by which rule, for how long, and what follows."""

    stage: str = spec("The stage in which the motion is open.")
    electorate: Role = spec("Who votes; frozen when the motion opens.")
    rule: Rule = spec("How votes become a result.")
    passed: str = spec("The transition taken when it passes.")
    failed: str = spec("The transition taken when it fails.")
    no_decision: str = spec("The transition taken when there is no quorum or a tie without a rule.", default="")
    window: Duration = spec("How long the vote is open.", default=Duration.parse("P7D"), examples=("P7D",))
    early_close: bool = spec("Whether it closes as soon as no vote still out can change the result.", default=True)
    recuse: Recusal = spec("When a person may not vote.", default=Recusal(shared_employer=False, maintainer=False))
    recused_leave: bool = spec("Whether a recused seat leaves the denominator.", default=True)
    tie: str = spec("fails, or chair: exactly at the bar the chair's own vote decides.", default="fails")
    question: str = spec("The motion's text; {subject} is the subject.", default="")
    clause: str = spec("The clause that gives the decision: an anchor of the policy.", default="")

    def as_motion(self) -> dict[str, Any]:
        """The rule of its motion, with what the decision itself says of recusal and of the chair."""
        rule = self.rule.as_motion(recused_leave=self.recused_leave)
        return {**rule, "casting": "chair"} if self.tie == "chair" else rule
