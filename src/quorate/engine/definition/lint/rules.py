"""The rules by which votes are decided, as the linter of motions reads them, and the words of the clauses they cite."""

from __future__ import annotations

from quorate.decisions.rules import Rule, fraction_in, lint_rule, parse_rule
from quorate.engine.definition.codec import Path
from quorate.engine.definition.judgement import Decision
from quorate.engine.definition.lint.finding import Finding, Findings, World, warning
from quorate.engine.definition.program import Program
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext


def examine(program: Program, world: World | None) -> Findings:
    """Findings about the rule of each vote: what cannot be read or met is an error, what will be argued about a warning."""
    for number, vote in enumerate(program.decisions):
        path: Path = ("decision", number) if len(program.decisions) > 1 else ("decision",)
        quorum = vote.rule.quorum
        if quorum is not None and (quorum.count is None) == (quorum.fraction is None):
            yield Finding((*path, "rule", "quorum"), gettext("a quorum is a count or a fraction"))
            continue
        try:
            rule = parse_rule(vote.as_motion())
        except UserError as error:
            yield Finding((*path, *error.where.split(".")), error.what, error.mend)
            continue
        seats = world.seats(vote.electorate) if world is not None else None
        for found in lint_rule(rule, seats or None):
            place = (*path, *found.where.split("."))
            if found.code != "rounded-quorum":
                yield Finding(place, found.what, found.mend, is_error=found.level == "error")
        yield from _drift(program, vote, rule, world, path)


def _drift(program: Program, vote: Decision, rule: Rule, world: World | None, path: Path) -> Findings:
    """The bar against the words of the clause that gives it, where those name a fraction."""
    citation = program.citation(vote.clause)
    words = world.clause_words(citation.policy, citation.anchor) if citation is not None and world is not None else ""
    named = fraction_in(words) if words else None
    if named is None or named == (rule.threshold, rule.strict):
        return
    more, least = gettext("more than"), gettext("at least")
    what = gettext("the clause “%(clause)s” says %(said)s, the rule asks for %(asked)s") % {
        "clause": citation,
        "said": f"{more if named[1] else least} {named[0]}",
        "asked": f"{more if rule.strict else least} {rule.threshold}",
    }
    yield warning((*path, "rule", "threshold"), what, gettext("find out which one is meant, and change the other"))
