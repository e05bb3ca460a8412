"""The facts that a program's guards may name. The engine supplies their values; this is the list and the meaning."""

from __future__ import annotations

from collections.abc import Mapping

from quorate.engine.definition.program import Program
from quorate.engine.definition.values import FieldKind
from quorate.engine.guards import Catalogue, Type

#: Facts that every program has: type and meaning.
FACTS: Mapping[str, tuple[Type, str]] = {
    "today": (Type.DATE, "the present date in UTC"),
    "case.opened": (Type.DATE, "when the case was opened"),
    "case.age": (Type.DURATION, "how long ago that is, in days"),
    "case.stage_since": (Type.DATE, "when the present stage was entered"),
    "case.stage_age": (Type.DURATION, "how long ago that is, in days"),
    "case.visits": (Type.NUMBER, "how often the present stage was entered"),
    "case.returning": (Type.BOOL, "whether the subject had a case of this program before"),
    "case.duplicates": (Type.NUMBER, "other cases that the duplicate rule finds"),
    "case.priority": (Type.TEXT, "the case's priority, unknown when none was set"),
    "case.assigned": (Type.BOOL, "whether somebody is assigned"),
    "form.complete": (Type.BOOL, "whether every required question is answered"),
    "checks.done": (
        Type.BOOL,
        "whether every measured criterion has a finding since the stage was entered or the case opened",
    ),
    "checks.as_of": (Type.DATE, "the oldest finding's time"),
    "checks.passing": (Type.LIST, "measured criteria that pass, are attested or waived"),
    "checks.failing": (Type.LIST, "measured criteria that fail"),
    "checks.unknown": (Type.LIST, "measured criteria that nobody could measure here and nobody attested"),
    "checks.blocking": (Type.LIST, "blocking criteria that fail or are unknown, and that nobody waived"),
    "reviews.needed": (Type.NUMBER, "how many reviews the present stage needs"),
    "reviews.assigned": (Type.NUMBER, "how many reviewers are assigned and not recused"),
    "reviews.submitted": (Type.NUMBER, "how many reviews are in"),
    "reviews.enough": (Type.BOOL, "whether enough reviews are in to go on"),
    "reviews.recommendations": (Type.LIST, "what the reviews recommend, one entry each"),
    "reviews.mean": (Type.NUMBER, "the weighted mean mark over all reviews, unknown when there is none"),
    "decision.result": (Type.TEXT, "passed, failed or no-decision; unknown while the vote is open"),
    "obligations.open": (Type.LIST, "obligations that are not met, required or not"),
    "obligations.required": (Type.LIST, "required obligations that are not met"),
    "obligations.overdue": (Type.LIST, "obligations past due date and grace"),
    "grant.active": (Type.BOOL, "whether the subject holds this program's grant now"),
    "grant.until": (Type.DATE, "when it ends; unknown when it has no end"),
    "subject.status": (Type.TEXT, "the subject's status in its register"),
    "linked.open": (Type.NUMBER, "cases opened by this case that are still open"),
    "linked.closed": (Type.BOOL, "whether all cases opened by this case are closed"),
}

_FIELD_TYPES: Mapping[FieldKind, Type] = {
    FieldKind.URLS: Type.LIST,
    FieldKind.EMAILS: Type.LIST,
    FieldKind.PEOPLE: Type.LIST,
    FieldKind.CHOICES: Type.LIST,
    FieldKind.NUMBER: Type.NUMBER,
    FieldKind.DATE: Type.DATE,
    FieldKind.FLAG: Type.BOOL,
}


def catalogue(program: Program) -> Catalogue:
    """All facts that this program's guards may name.

    ``answers.<field>`` for mapped fields, ``form.<id>`` for questions of the form, ``check.<criterion>`` for the
    result of one check (pass, fail, unknown, attested, waived), beside ``FACTS``.
    """
    facts = {name: kind for name, (kind, _doc) in FACTS.items()}
    for field in program.intake.fields:
        facts[f"answers.{field.name}"] = _FIELD_TYPES.get(field.kind, Type.TEXT)
    form = program.form
    for element in form.questions if form is not None else ():
        facts.setdefault(f"form.{element.id}", Type.LIST if element.takes_many else Type.TEXT)
    for check in program.checks:
        facts[f"check.{check.criterion}"] = Type.TEXT
    return Catalogue(facts)
