"""The guards: only declared facts, and kinds that can be compared."""

from __future__ import annotations

from quorate.engine.definition.facts import catalogue
from quorate.engine.definition.lint.finding import Finding, Findings
from quorate.engine.definition.program import Program
from quorate.kernel.i18n import gettext


def examine(program: Program) -> Findings:
    """Findings about guards."""
    known = catalogue(program)
    results = {"pass", "fail", "unknown", "attested", "waived"}
    for step in program.transitions:
        if step.guard is None:
            continue
        path = ("transitions", step.name, "guard")
        for fault in step.guard.check(known):
            what = gettext("%(what)s, at character %(n)d of “%(guard)s”")
            yield Finding(
                path, what % {"what": fault.what, "n": fault.position + 1, "guard": step.guard.text}, fault.mend
            )
        for name, text in step.guard.compared_texts:
            if name.startswith("check.") and text not in results:
                what = gettext("a check is never “%(text)s”") % {"text": text}
                yield Finding(path, what, ", ".join(sorted(results)))
