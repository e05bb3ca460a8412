"""How a case moves: stages with owners and clocks, the transitions between them, and the queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from quorate.engine.definition.codec import spec
from quorate.engine.definition.values import (
    Breach,
    Calendar,
    EffectKind,
    Order,
    Reason,
    Role,
    StageKind,
    Tally,
    Tone,
)
from quorate.engine.durations import Duration
from quorate.engine.guards import Guard
from quorate.kernel.i18n import gettext

#: As the target of a transition: the stage from which the present one was entered.
BACK = "back"


@dataclass(frozen=True, kw_only=True)
class Clock:
    """By when the owner of a stage should have moved the case on."""

    within: Duration = spec("The time allowed, from entering the stage.", examples=("P14D",))
    calendar: Calendar = spec("Whether all days count or only business days.", default=Calendar.ELAPSED)
    on_breach: Breach = spec(
        "What happens when the time is over: remind the owner, escalate:<role>, or none.", default=Breach("remind")
    )


@dataclass(frozen=True, kw_only=True)
class Timeout:
    """Moves the case by itself when the time is over. Required on a timer and on a wait."""

    after: Duration = spec("The time until the case moves, from entering the stage.", examples=("P30D",))
    to: str = spec("The stage to which the case moves.")
    calendar: Calendar = spec("Whether all days count or only business days.", default=Calendar.ELAPSED)
    remind: tuple[Duration, ...] = spec(
        "Reminders to the owner, each this long before the time is over.", default=(), several=True
    )


@dataclass(frozen=True)
class Effect:
    """One consequence of a move: ``grant: give``, ``letter: accepted``, ``checks: run``."""

    kind: EffectKind
    value: str

    #: In YAML it is a mapping with one key: ``- grant: give``.
    written_as_pair: ClassVar[bool] = True

    @classmethod
    def parse(cls, text: str) -> Effect:
        """Reads ``kind: value``. Raises ``ValueError``."""
        kind, colon, value = text.partition(":")
        if not colon or not value.strip():
            raise ValueError(gettext("“%(text)s” is not kind: value") % {"text": text})
        if kind.strip() not in {item.value for item in EffectKind}:
            names = ", ".join(item.value for item in EffectKind)
            raise ValueError(
                gettext("“%(kind)s” is no effect; there are %(names)s") % {"kind": kind.strip(), "names": names}
            )
        return cls(EffectKind(kind.strip()), value.strip())

    def __str__(self) -> str:
        return f"{self.kind.value}: {self.value}"


@dataclass(frozen=True, kw_only=True)
class Public:
    """What anyone may see while a case is in a stage. Unset means: as the program says, and there: the default."""

    case: bool | None = spec("That the case exists, with its subject and stage. Default true.", default=None)
    applicant: bool | None = spec("Who applied. Default false.", default=None)
    answers: bool | None = spec("The answers, except private fields. Default true.", default=None)
    checks: bool | None = spec("What the machine checks found. Default true.", default=None)
    position: bool | None = spec("The place in the queue and the age. Default true.", default=None)
    history: bool | None = spec("What happened, in sentences. Default true.", default=None)
    discussion: bool | None = spec("Comments that are not marked internal. Default false.", default=None)
    reviews: Tally | None = spec("Reviews: none, count, summary or full. Default none.", default=None)
    votes: Tally | None = spec(
        "Votes: none, count, summary (the totals) or full (the roll). Default none.", default=None
    )
    letter: bool | None = spec("The letter that went out. Default false.", default=None)


#: What a program that says nothing shows.
PUBLIC_DEFAULT = Public(
    case=True,
    applicant=False,
    answers=True,
    checks=True,
    position=True,
    history=True,
    discussion=False,
    reviews=Tally.NONE,
    votes=Tally.NONE,
    letter=False,
)


@dataclass(frozen=True, kw_only=True)
class Session:
    """The occasion at which a gate or a queue is served, with limited room."""

    body: Role | None = spec("The body that meets.", default=None)
    least: int | None = spec("Fewest cases worth a session.", default=None)
    most: int | None = spec("Most cases in one session.", default=None)
    every: Duration | None = spec("How often the body meets.", default=None)
    lead: Duration | None = spec("How long before the session its cases are taken up.", default=None)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The order in which waiting cases are taken."""

    order: Order = spec("fifo: first in, first out; priority: by priority, then first in.", default=Order.FIFO)
    first: tuple[str, ...] = spec("Which go first of all: returning (applied before).", default=(), several=True)
    session: Session | None = spec("The occasion at which the queue is served.", default=None)


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Hours of work that a stage takes, for load and simulation. A declared prior, shown as such."""

    median: Duration = spec("Half of the cases take less.", examples=("PT2H",))
    p90: Duration | None = spec("Nine of ten take less.", default=None)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A place in which a case can be."""

    name: str = spec("The stage's slug, unique in the program.")
    title: str = spec("What people read.")
    kind: StageKind = spec("queue, work, wait, gate, vote, timer or end.")
    owner: Role | None = spec("Who must take the next step. Every stage but an end has one.", default=None)
    accountable: Role | None = spec("Who answers for it, when not the program's accountable.", default=None)
    summary: str = spec("One sentence: what happens here, for applicant and public.", default="")
    clock: Clock | None = spec("By when the owner should have moved the case on.", default=None)
    pauses_clock: bool = spec("Whether the program's own clock stands still here.", default=False)
    timeout: Timeout | None = spec("Moves the case by itself when the time is over.", default=None)
    effort: Effort | None = spec("Hours of work, for load and simulation.", default=None)
    limit: int | None = spec("Most cases at once in this stage.", default=None)
    session: Session | None = spec("For a gate: the occasion and its room.", default=None)
    on_enter: tuple[Effect, ...] = spec("Consequences of entering.", default=())
    outcome: str = spec("For an end: the outcome with which the case closes.", default="")
    public: Public | None = spec("What anyone may see here, where it differs from the program's.", default=None)
    labels: tuple[str, ...] = spec("Labels of a mirrored issue that mean this stage.", default=(), several=True)
    clause: str = spec("The clause that this stage implements: an anchor of the policy.", default="")

    @property
    def is_end(self) -> bool:
        """Whether a case here is closed."""
        return self.kind is StageKind.END


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A named step from one stage (or several) to another."""

    name: str = spec("The transition's slug, unique in the program; it is the button and the verb.")
    title: str = spec("What the button says: “Ask for information”.")
    from_: tuple[str, ...] = spec("The stage or stages from which it can be taken.", several=True)
    to: str = spec("The stage to which it leads; back: the stage from which the present one was entered.")
    by: tuple[Role, ...] = spec("Who may take it. system: by itself, as soon as the guard is true.", several=True)
    guard: Guard | None = spec("What must be true, in the guard language.", default=None)
    because: str = spec("What to tell a person whom the guard stops, beside the clause that failed.", default="")
    reason: Reason = spec("Whether the person must say why: required, optional or none.", default=Reason.OPTIONAL)
    effects: tuple[Effect, ...] = spec("Consequences beside the move itself.", default=())
    sentence: str = spec("How the history tells it: “{actor} asked for information”.", default="")
    tone: Tone = spec("plain, good or grave: how the button looks and whether it is confirmed.", default=Tone.PLAIN)
    clause: str = spec("The clause that gives this power: an anchor of the policy.", default="")
    delegable: bool = spec("Whether who may take it may hand that over for a time.", default=True)

    @property
    def automatic(self) -> bool:
        """Whether the system takes it as soon as the guard is true."""
        return Role("system") in self.by

    @property
    def goes_back(self) -> bool:
        """Whether it leads to where the case came from."""
        return self.to == BACK


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """Whether and how far the right to act in a stage may be handed over for a time."""

    stages: tuple[str, ...] = spec("The stages in which acting may be delegated.", several=True)
    to: tuple[Role, ...] = spec("To whom.", several=True)
    most: Duration | None = spec("The longest time.", default=None)
    depth: int = spec("How often it may be handed on.", default=1)
