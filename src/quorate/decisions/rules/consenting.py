"""Deciding without counting against: by silence after a notice, or by signatures."""

from __future__ import annotations

from dataclasses import replace

from quorate.decisions.rules.deciding import Evaluation
from quorate.kernel.i18n import gettext, ngettext


def by_silence(voted: Evaluation, *, objections: int, dissents: int, over: bool) -> Evaluation:
    """Lazy consensus: passed when the notice is over and nobody objects; with an objection, what the vote says.

    ``objections`` are those that stand. ``dissents`` are votes of no: once given in a vote that an objection began,
    they are not undone by the objection's withdrawal.
    """
    if objections or dissents:
        said = (
            ngettext(
                "%(count)d objection stands, so this is decided by vote.",
                "%(count)d objections stand, so this is decided by vote.",
                objections,
            )
            if objections
            else ngettext(
                "The objections are withdrawn, but %(count)d has voted no, so this is decided by vote.",
                "The objections are withdrawn, but %(count)d have voted no, so this is decided by vote.",
                dissents,
            )
        )
        return replace(voted, derivation=[said % {"count": objections or dissents}, *voted.derivation])
    steps = [gettext("Nobody objects.")]
    if over:
        steps += [gettext("The notice is over."), gettext("Passed.")]
    else:
        steps.append(gettext("The notice is not over yet, so nothing is decided."))
    quorum = {"needed": 0, "have": 0, "met": True}
    bar = {**voted.bar, "needed": 0}
    return Evaluation("passed" if over else "no-decision", quorum, bar, steps)


def by_signatures(signed: Evaluation) -> Evaluation:
    """Written consent: nothing is decided, not even a refusal, until as many signed as the rule asks for."""
    if signed.result == "passed":
        return signed
    steps = [*signed.derivation[:-1], gettext("Not enough have signed, so nothing is decided.")]
    return replace(signed, result="no-decision", derivation=steps)
