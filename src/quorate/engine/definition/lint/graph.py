"""Stages and transitions as a graph: everything can be reached, left, and comes to an end."""

from __future__ import annotations

from collections.abc import Mapping

from quorate.engine.definition.codec import near
from quorate.engine.definition.lint.finding import Finding, Findings, warning
from quorate.engine.definition.program import Program
from quorate.engine.definition.values import Role, StageKind
from quorate.kernel.i18n import gettext

Graph = Mapping[str, frozenset[str]]


def edges(program: Program) -> Graph:
    """From each stage to those that follow: transitions, timeouts, and for ``back`` the stages it was entered from."""
    names = {stage.name for stage in program.stages}
    out: dict[str, set[str]] = {name: set() for name in names}
    for transition in program.all_transitions:
        for origin in transition.from_:
            if origin in names and transition.to in names:
                out[origin].add(transition.to)
    for stage in program.stages:
        if stage.timeout is not None and stage.timeout.to in names:
            out[stage.name].add(stage.timeout.to)
    entered = {name: {origin for origin in names if name in out[origin]} for name in names}
    for transition in program.all_transitions:
        if transition.goes_back:
            for origin in transition.from_:
                out.get(origin, set()).update(entered.get(origin, set()))
    return {name: frozenset(targets) for name, targets in out.items()}


def reach(graph: Graph, start: str) -> frozenset[str]:
    """All that can be reached from a stage, itself included."""
    seen = {start}
    todo = [start]
    while todo:
        for target in graph.get(todo.pop(), frozenset()):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return frozenset(seen)


def examine(program: Program) -> Findings:
    """Findings about stages and transitions."""
    yield from _names(program)
    yield from _stages(program)
    graph = edges(program)
    ends = {stage.name for stage in program.stages if stage.is_end}
    if not program.stages:
        return
    if not ends:
        yield Finding(("stages",), gettext("no stage is an end"), gettext("add a stage of kind end with an outcome"))
    start = program.intake.start or program.stages[0].name
    reached = reach(graph, start) if start in graph else frozenset()
    for stage in program.stages:
        path = ("stages", stage.name)
        if stage.name not in reached:
            mend = gettext("add a transition to it, or remove it")
            yield Finding(path, gettext("the stage “%(name)s” is never reached") % {"name": stage.name}, mend)
        elif not stage.is_end and not reach(graph, stage.name) & ends:
            what = gettext("from the stage “%(name)s” no end can be reached") % {"name": stage.name}
            yield Finding(path, what, gettext("add a transition that leads out of it"))
    for transition in program.transitions:
        if transition.from_ and not any(origin in reached for origin in transition.from_):
            what = gettext("the transition “%(name)s” can never be taken") % {"name": transition.name}
            yield Finding(("transitions", transition.name), what, gettext("its stages are never reached"))


def _names(program: Program) -> Findings:
    names = [stage.name for stage in program.stages]
    for transition in program.transitions:
        path = ("transitions", transition.name)
        if transition.name == "withdraw" and program.withdrawal is not None:
            yield Finding(
                path, gettext("“withdraw” is made by “withdrawal”"), gettext("rename it, or remove “withdrawal”")
            )
        if not transition.from_:
            yield Finding((*path, "from"), gettext("the transition starts nowhere"))
        for origin in transition.from_:
            if origin not in names:
                yield Finding(
                    (*path, "from"), gettext("there is no stage “%(name)s”") % {"name": origin}, near(origin, names)
                )
            elif program.stage(origin).is_end:
                what = gettext("the end “%(name)s” cannot be left") % {"name": origin}
                yield Finding((*path, "from"), what, gettext("a closed case stays closed; open a new one"))
        if not transition.goes_back and transition.to not in names:
            yield Finding(
                (*path, "to"),
                gettext("there is no stage “%(name)s”") % {"name": transition.to},
                near(transition.to, names),
            )
        if not transition.by:
            yield Finding((*path, "by"), gettext("nobody may take this transition"), gettext("name a role"))
        if transition.automatic and transition.guard is None and not _is_called(program, transition.name):
            what = gettext("the system would take “%(name)s” at once") % {"name": transition.name}
            yield Finding((*path, "guard"), what, gettext("add a guard, or let a person take it"))
    if program.intake.start and program.intake.start not in names:
        start = program.intake.start
        yield Finding(
            ("intake", "start"), gettext("there is no stage “%(name)s”") % {"name": start}, near(start, names)
        )
    if program.withdrawal is not None:
        to = program.withdrawal.to
        if to not in names or not program.stage(to).is_end:
            mend = gettext("name a stage of kind end")
            yield Finding(("withdrawal", "to"), gettext("withdrawal must lead to an end"), mend)
        for origin in program.withdrawal.from_:
            if origin not in names:
                yield Finding(
                    ("withdrawal", "from"),
                    gettext("there is no stage “%(name)s”") % {"name": origin},
                    near(origin, names),
                )


def _is_called(program: Program, name: str) -> bool:
    """Whether a vote takes this transition, which therefore needs no guard."""
    return any(name in (vote.passed, vote.failed, vote.no_decision) for vote in program.decisions)


def _stages(program: Program) -> Findings:
    names = [stage.name for stage in program.stages]
    outcomes = [outcome.name for outcome in program.outcomes]
    for stage in program.stages:
        path = ("stages", stage.name)
        if stage.name == "back":
            yield Finding(path, gettext("“back” means the stage before"), gettext("give the stage another name"))
        if stage.is_end:
            yield from _end(stage.outcome, outcomes, path)
            if stage.owner is not None or stage.clock is not None or stage.timeout is not None:
                yield Finding(path, gettext("an end has no owner, clock or timeout"), gettext("remove them"))
            continue
        if stage.owner is None:
            yield Finding(path, gettext("the stage has no owner"), gettext("add “owner:” with one role"))
        if stage.outcome:
            yield Finding(
                (*path, "outcome"), gettext("only an end has an outcome"), gettext("remove it, or make the kind end")
            )
        if stage.kind in (StageKind.TIMER, StageKind.WAIT) and stage.timeout is None:
            what = gettext("a %(kind)s needs a timeout") % {"kind": stage.kind.value}
            yield Finding(path, what, gettext("add “timeout: {after: P30D, to: <stage>}”"))
        if stage.timeout is not None and stage.timeout.to not in names:
            to = stage.timeout.to
            yield Finding(
                (*path, "timeout", "to"), gettext("there is no stage “%(name)s”") % {"name": to}, near(to, names)
            )
        for length in stage.timeout.remind if stage.timeout is not None else ():
            if stage.timeout is not None and length >= stage.timeout.after:
                what = gettext("a reminder %(length)s before the end comes before the beginning") % {
                    "length": length.words
                }
                yield Finding((*path, "timeout", "remind"), what)
        if stage.kind is StageKind.GATE and stage.session is None:
            what = gettext("a gate needs the occasion that opens it")
            yield Finding(path, what, gettext("add “session: {body: body:<name>, most: 3}”"))
        if stage.owner == Role("system") and stage.kind in (StageKind.WORK, StageKind.QUEUE):
            yield warning((*path, "owner"), gettext("nobody answers for a stage that only the system owns"))
    used = {stage.outcome for stage in program.stages}
    for outcome in program.outcomes:
        if outcome.name not in used:
            yield warning(
                ("outcomes", outcome.name), gettext("no end has the outcome “%(name)s”") % {"name": outcome.name}
            )


def _end(outcome: str, outcomes: list[str], path: tuple[str, ...]) -> Findings:
    if not outcome:
        yield Finding(path, gettext("the end has no outcome"), gettext("add “outcome:” with one of the outcomes"))
    elif outcome not in outcomes:
        yield Finding(
            (*path, "outcome"), gettext("there is no outcome “%(name)s”") % {"name": outcome}, near(outcome, outcomes)
        )
