"""The clocks of the stages against the time that the program promises."""

from __future__ import annotations

from quorate.engine.definition.codec import near
from quorate.engine.definition.lint.finding import Finding, Findings
from quorate.engine.definition.lint.graph import Graph, edges
from quorate.engine.definition.process import Stage
from quorate.engine.definition.program import Program
from quorate.engine.definition.values import Calendar, StageKind
from quorate.kernel.i18n import gettext

#: Calendar days in a business day, on average.
BUSINESS_FACTOR = 7 / 5
#: Paths looked at before the lint gives up: a program of any sensible size has far fewer.
MOST_PATHS = 20_000


def days_allowed(program: Program, stage: Stage) -> float:
    """The days that a stage may take by its own clock; 0 where the program's clock stands still or none is set."""
    if stage.is_end or stage.pauses_clock:
        return 0.0
    vote = program.decision_in(stage.name)
    if stage.kind is StageKind.VOTE and vote is not None:
        window = vote.window.approximate_days
        return max(window, _clock(stage))
    if stage.clock is None and stage.timeout is not None:
        factor = BUSINESS_FACTOR if stage.timeout.calendar is Calendar.BUSINESS else 1.0
        return stage.timeout.after.approximate_days * factor
    return _clock(stage)


def _clock(stage: Stage) -> float:
    if stage.clock is None:
        return 0.0
    factor = BUSINESS_FACTOR if stage.clock.calendar is Calendar.BUSINESS else 1.0
    return stage.clock.within.approximate_days * factor


def longest(program: Program, graph: Graph, start: str, ends: frozenset[str]) -> tuple[float, tuple[str, ...]]:
    """The most days that the clocks allow on a way without returns, and that way."""
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    todo: list[tuple[str, tuple[str, ...], float]] = [(start, (start,), 0.0)]
    looked = 0
    while todo and looked < MOST_PATHS:
        stage, way, days = todo.pop()
        looked += 1
        if stage in ends:
            best = max(best, (days, way))
            continue
        days += days_allowed(program, program.stage(stage))
        todo += [(target, (*way, target), days) for target in graph[stage] if target not in way]
    return best


def examine(program: Program) -> Findings:
    """Findings about the commitment. The graph must be sound."""
    promise = program.commitment
    if promise is None:
        return
    names = [stage.name for stage in program.stages]
    for key, named in (("from", (promise.from_,) if promise.from_ else ()), ("to", promise.to)):
        for name in named:
            if name not in names:
                yield Finding(
                    ("commitment", key), gettext("there is no stage “%(name)s”") % {"name": name}, near(name, names)
                )
                return
    start = promise.from_ or program.start.name
    ends = frozenset(promise.to or [stage.name for stage in program.stages if stage.is_end])
    days, way = longest(program, edges(program), start, ends)
    if days > promise.lead.approximate_days + 1e-9:
        yield Finding(
            ("commitment", "lead"),
            gettext("the clocks allow %(days)d days on the way %(way)s, the program promises %(lead)s")
            % {"days": round(days), "way": " → ".join(way), "lead": promise.lead.words},
            gettext("promise more, or shorten a clock"),
        )
