"""Guards and sentences: only declared facts, kinds that can be compared, and words that stand for something."""

from __future__ import annotations

import re

from quorate.engine.definition.facts import catalogue
from quorate.engine.definition.lint.finding import Finding, Findings
from quorate.engine.definition.program import Program
from quorate.kernel.i18n import gettext

#: What the sentence of a transition may name.
SENTENCE_WORDS = ("actor", "case", "subject", "stage", "reason")


def examine(program: Program) -> Findings:
    """Findings about guards."""
    known = catalogue(program)
    results = {"pass", "fail", "unknown", "attested", "waived"}
    for step in program.transitions:
        for name in re.findall(r"\{([^{}]*)\}", step.sentence):
            if name not in SENTENCE_WORDS:
                what = gettext("“{%(name)s}” stands for nothing in a sentence") % {"name": name}
                yield Finding(
                    ("transitions", step.name, "sentence"), what, ", ".join(f"{{{word}}}" for word in SENTENCE_WORDS)
                )
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
