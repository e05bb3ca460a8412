"""What follows from a case: outcomes and letters, the grant with its term and reviews, and the obligations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quorate.engine.definition.codec import spec
from quorate.engine.definition.process import Effect
from quorate.engine.definition.values import Breach, Evidence, Reason, Role
from quorate.engine.durations import Duration


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a case can end."""

    name: str = spec("The outcome's slug: accepted, declined, withdrawn …")
    title: str = spec("What people read.")
    good: bool | None = spec("Whether the subject got what was asked: true, false, or neither.", default=None)
    letter: str = spec("The letter that goes out when the case closes with it.", default="")
    to: tuple[Role, ...] = spec("To whom the letter goes.", default=(Role("applicant"),), several=True)
    reapply_after: Duration | None = spec("How long before the same subject may apply again.", default=None)
    summary: str = spec("One sentence for the public.", default="")
    labels: tuple[str, ...] = spec("Labels of a mirrored issue that mean this outcome.", default=(), several=True)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter: Markdown with ``{{ placeholders }}`` and a subject line."""

    name: str = spec("The letter's slug.")
    file: str = spec("The file, beside program.yaml.")
    to: tuple[Role, ...] = spec("To whom, when an effect sends it.", default=(Role("applicant"),), several=True)


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """How a grant stays good: by a case of a reviewing program, opened in time."""

    every: Duration = spec("The time between reviews, from the grant or the last review.", examples=("P6M",))
    program: str = spec("The program that reviews; its case is about the same subject and carries the grant.")
    lead: Duration | None = spec("How long before it is due the review's case is opened.", default=None)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What the subject gets, for how long."""

    kind: str = spec("The grant handler: project-status, seat, credential …", examples=("project-status",))
    title: str = spec("What people read: “Ecosystem project”.")
    params: Mapping[str, Any] | None = spec("The handler's parameters.", default=None)
    term: Duration | None = spec("How long it runs; none: until it is revoked.", default=None)
    renewal: Renewal | None = spec("How it is reviewed and renewed.", default=None)
    entitles: tuple[str, ...] = spec("What it entitles to, in words.", default=())
    grace: Duration | None = spec("How long it still counts after its term is over.", default=None)
    revocable_by: tuple[Role, ...] = spec("Who may revoke it outside a review.", default=(), several=True)


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """Something that a grant brings with it: once when it is given, or again and again."""

    name: str = spec("The obligation's slug.")
    title: str = spec("What has to be done.")
    description: str = spec("How to do it; Markdown.", default="")
    owner: Role = spec("Who does it.", default=Role("holder"))
    clause: str = spec("The clause that asks for it: an anchor of the policy.", default="")
    due: Duration = spec("By when, from the grant or the start of each period.", examples=("P30D",))
    every: Duration | None = spec("How often; none: once, when the grant is given.", default=None)
    grace: Duration | None = spec("How long after the due date before it counts as missed.", default=None)
    evidence: Evidence = spec("What shows that it is done: link, text, file or none.", default=Evidence.NONE)
    on_miss: Breach = spec("What happens when it is missed: remind, escalate:<role> or none.", default=Breach("remind"))
    required: bool = spec("Whether the case or the grant may wait on it.", default=True)
    confirm: tuple[Role, ...] = spec(
        "Who confirms that it is done; none: the owner's word counts.", default=(), several=True
    )


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """How the applicant takes a case back; it becomes the transition ``withdraw``."""

    to: str = spec("The stage to which it leads.")
    by: tuple[Role, ...] = spec("Who may.", default=(Role("applicant"),), several=True)
    from_: tuple[str, ...] = spec(
        "The stages in which it is possible; none: all that are not an end.", default=(), several=True
    )
    reason: Reason = spec("Whether the person must say why.", default=Reason.OPTIONAL)
    effects: tuple[Effect, ...] = spec("Consequences beside the move.", default=())
