"""The strict reading of a program before it is published: what a bylaw's author would want to be told.

Errors stop publication; warnings are shown. Without a ``World`` the lint knows the file only; with one it also knows
who holds which seat, so it can tell a vacant role and a quorum that cannot be reached.
"""

from __future__ import annotations

from quorate.engine.definition.lint import clocks, graph, parts, people, words
from quorate.engine.definition.lint.finding import Finding, World
from quorate.engine.definition.program import Program

__all__ = ["Finding", "World", "lint"]


def lint(program: Program, world: World | None = None) -> list[Finding]:
    """All findings, in the order of the file's parts."""
    found = [*parts.examine(program, world), *words.examine(program)]
    found += graph.examine(program)
    if not any(item.is_error for item in found):
        found += clocks.examine(program)
    found += people.examine(program, world)
    return found
