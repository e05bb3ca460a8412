"""The parts of a program one by one: intake, checks, reviews, votes, outcomes, grant, obligations, effects."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quorate.engine.definition.codec import Path, near
from quorate.engine.definition.judgement import Check, Decision
from quorate.engine.definition.lint import rules
from quorate.engine.definition.lint.finding import Finding, Findings, World, warning
from quorate.engine.definition.mapping import TITLE
from quorate.engine.definition.process import Effect
from quorate.engine.definition.program import Program
from quorate.engine.definition.values import Comparison, EffectKind, Role, StageKind
from quorate.kernel.i18n import gettext

_FIXED_EFFECTS = {
    EffectKind.GRANT: ("give", "renew", "revoke"),
    EffectKind.OBLIGATIONS: ("open", "close"),
    EffectKind.CHECKS: ("run",),
}


def examine(program: Program, world: World | None) -> Findings:
    """Findings about the parts."""
    yield from _intake(program)
    for check in program.checks:
        yield from _check(program, check, world)
    yield from _reviews(program)
    yield from _decisions(program)
    yield from rules.examine(program, world)
    yield from _consequences(program, world)
    yield from _effects(program, world)
    yield from _clauses(program, world)


def _known(path: Path, name: str, names: Iterable[str], noun: str) -> Findings:
    """A finding when ``name`` is not among ``names``."""
    known = list(names)
    if name and name not in known:
        yield Finding(
            path, gettext("there is no %(noun)s “%(name)s”") % {"noun": noun, "name": name}, near(name, known)
        )


def _intake(program: Program) -> Findings:
    intake, form = program.intake, program.form
    if not intake.who:
        yield Finding(("intake", "who"), gettext("nobody may open a case"), gettext("name a role, or system"))
    if form is None and Role("system") not in intake.who:
        yield Finding(("intake",), gettext("people may open a case but there is no form"), gettext("add “form:”"))
    labels = [name for question in form.questions for name in (question.id, question.label)] if form is not None else []
    for field in intake.fields:
        path = ("intake", "fields", field.name, "from")
        if TITLE not in field.from_ and program.element_of(field) is None:
            wanted = field.from_[0] if field.from_ else ""
            what = gettext("the form has no question “%(name)s”") % {"name": wanted}
            yield Finding(path, what, near(wanted, labels))
        fields = [item.name for item in intake.fields]
        yield from _known(("intake", "fields", field.name, "fallback"), field.fallback, fields, gettext("mapped field"))
    for name in intake.private:
        if form is None or form.find(name) is None:
            what = gettext("the form has no question “%(name)s”") % {"name": name}
            yield Finding(("intake", "private"), what, near(name, labels))
    for name in intake.duplicates.by if intake.duplicates is not None else ():
        fields = [item.name for item in intake.fields]
        yield from _known(("intake", "duplicates", "by"), name, fields, gettext("mapped field"))
    for window in intake.windows:
        if window.closes <= window.opens:
            yield Finding(("intake", "windows"), gettext("the window closes before it opens"))
        try:
            ZoneInfo(window.zone)
        except (ZoneInfoNotFoundError, ValueError):
            what = gettext("there is no time zone “%(name)s”") % {"name": window.zone}
            yield Finding(("intake", "windows"), what, "Europe/Paris")


def _check(program: Program, check: Check, world: World | None) -> Findings:
    path = ("checks", check.criterion)
    given = [
        check.at_least is not None,
        check.at_most is not None,
        bool(check.one_of),
        bool(check.all_of),
        check.present,
    ]
    if sum(given) > 1:
        yield Finding(path, gettext("a criterion has one bar, this has %(n)d") % {"n": sum(given)}, gettext("split it"))
    if check.probe and not any(given):
        mend = gettext("add at_least, at_most, one_of, all_of or present")
        yield Finding(path, gettext("the probe measures but no bar says what is enough"), mend)
    if check.comparison is not Comparison.JUDGED and not check.probe and check.attest is None:
        mend = gettext("add “probe:”, or “attest:” who may say it")
        yield Finding(path, gettext("nothing finds out whether the bar is reached"), mend)
    if check.probe and world is not None and world.has_probe(check.probe) is False:
        yield Finding((*path, "probe"), gettext("there is no probe “%(name)s”") % {"name": check.probe})
    if check.comparison is Comparison.JUDGED and check.attest is None and not _is_judged(program, check.criterion):
        mend = gettext("add “criterion: %(name)s” to an item of the rubric, or “attest:”") % {"name": check.criterion}
        yield Finding(path, gettext("nobody judges this criterion"), mend)


def _is_judged(program: Program, criterion: str) -> bool:
    rubrics = [program.rubric(review) for review in program.reviews]
    return any(item.criterion == criterion for rubric in rubrics if rubric is not None for item in rubric.items)


def _reviews(program: Program) -> Findings:
    stages = {stage.name: stage for stage in program.stages}
    criteria = [check.criterion for check in program.checks]
    for number, review in enumerate(program.reviews):
        path: Path = ("review", number) if len(program.reviews) > 1 else ("review",)
        yield from _known((*path, "stage"), review.stage, stages, gettext("stage"))
        if review.stage in stages and stages[review.stage].kind is not StageKind.WORK:
            yield Finding((*path, "stage"), gettext("reviews are written in a stage of kind work"))
        if review.reviewers < 1:
            yield Finding((*path, "reviewers"), gettext("at least one reviewer is needed"))
        if review.enough > review.reviewers:
            what = gettext("more reviews are needed to go on than reviewers are asked")
            yield Finding((*path, "min_submitted"), what)
        rubric = program.rubric(review)
        if rubric is None:
            yield warning(path, gettext("the review has no rubric"), gettext("add “rubric:”"))
            continue
        if rubric.scale.most <= rubric.scale.least:
            yield Finding((*path, "rubric"), gettext("the rubric's scale has no room"))
        for item in rubric.items:
            yield from _known((*path, "rubric"), item.criterion, criteria, gettext("criterion"))


def _decisions(program: Program) -> Findings:
    votes = {vote.stage for vote in program.decisions}
    for stage in program.stages:
        if stage.kind is StageKind.VOTE and stage.name not in votes:
            mend = gettext("add “decision:” with this stage, electorate and rule")
            yield Finding(("stages", stage.name), gettext("the vote has no decision rule"), mend)
    for number, vote in enumerate(program.decisions):
        path: Path = ("decision", number) if len(program.decisions) > 1 else ("decision",)
        yield from _decision(program, vote, path)


def _decision(program: Program, vote: Decision, path: Path) -> Findings:
    stages = {stage.name: stage for stage in program.stages}
    yield from _known((*path, "stage"), vote.stage, stages, gettext("stage"))
    if vote.stage in stages and stages[vote.stage].kind is not StageKind.VOTE:
        yield Finding((*path, "stage"), gettext("a decision belongs to a stage of kind vote"))
    transitions = {item.name: item for item in program.all_transitions}
    for key in ("passed", "failed", "no_decision"):
        name: str = getattr(vote, key)
        yield from _known((*path, key), name, transitions, gettext("transition"))
        step = transitions.get(name)
        if step is not None and vote.stage not in step.from_:
            what = gettext("“%(name)s” does not start in the stage “%(stage)s”") % {"name": name, "stage": vote.stage}
            yield Finding((*path, key), what)
        if step is not None and not step.automatic:
            what = gettext("the vote takes “%(name)s” but the system may not") % {"name": name}
            yield Finding(("transitions", name, "by"), what, gettext("add system to “by”"))
    if vote.rule.quorum is not None and not vote.no_decision:
        mend = gettext("add “no_decision:” with a transition")
        yield Finding(path, gettext("nothing says what follows without a quorum"), mend)
    if vote.tie not in ("fails", "chair"):
        yield Finding((*path, "tie"), gettext("“%(text)s” is not known here") % {"text": vote.tie}, "fails, chair")


def _consequences(program: Program, world: World | None) -> Findings:
    letters = [letter.name for letter in program.letters]
    used = {outcome.letter for outcome in program.outcomes}
    for outcome in program.outcomes:
        yield from _known(("outcomes", outcome.name, "letter"), outcome.letter, letters, gettext("letter"))
    for where, effect in all_effects(program):
        if effect.kind is EffectKind.LETTER:
            used.add(effect.value)
            yield from _known(where, effect.value, letters, gettext("letter"))
    for letter in program.letters:
        if letter.name not in used:
            yield warning(
                ("letters", letter.name), gettext("the letter “%(name)s” is never sent") % {"name": letter.name}
            )
    grant = program.grant
    if grant is None:
        if program.obligations:
            yield Finding(
                ("obligations",), gettext("obligations come with a grant, and there is none"), gettext("add “grant:”")
            )
        return
    if world is not None and world.has_grant(grant.kind) is False:
        yield Finding(("grant", "kind"), gettext("there is no kind of grant “%(name)s”") % {"name": grant.kind})
    renewal = grant.renewal
    if renewal is not None:
        if renewal.lead is not None and renewal.lead >= renewal.every:
            yield Finding(("grant", "renewal", "lead"), gettext("the review would open before the grant is given"))
        if world is not None and world.has_program(renewal.program) is False:
            what = gettext("there is no program “%(name)s”") % {"name": renewal.program}
            yield Finding(("grant", "renewal", "program"), what)
    if not any(effect.kind is EffectKind.GRANT and effect.value == "give" for _where, effect in all_effects(program)):
        mend = gettext("add the effect “grant: give” to a transition")
        yield Finding(("grant",), gettext("nothing gives the grant"), mend)


def all_effects(program: Program) -> list[tuple[Path, Effect]]:
    """Every effect with its place in the file."""
    found: list[tuple[Path, Effect]] = []
    found += [(("intake", "effects", n), effect) for n, effect in enumerate(program.intake.effects)]
    for stage in program.stages:
        found += [(("stages", stage.name, "on_enter", n), effect) for n, effect in enumerate(stage.on_enter)]
    for step in program.transitions:
        found += [(("transitions", step.name, "effects", n), effect) for n, effect in enumerate(step.effects)]
    if program.withdrawal is not None:
        found += [(("withdrawal", "effects", n), effect) for n, effect in enumerate(program.withdrawal.effects)]
    return found


def _effects(program: Program, world: World | None) -> Findings:
    outcomes = [outcome.name for outcome in program.outcomes]
    for path, effect in all_effects(program):
        allowed = _FIXED_EFFECTS.get(effect.kind)
        if allowed is not None and effect.value not in allowed:
            what = gettext("“%(value)s” is no value of %(kind)s") % {"value": effect.value, "kind": effect.kind.value}
            yield Finding(path, what, ", ".join(allowed))
        if effect.kind is EffectKind.GRANT and effect.value == "give" and program.grant is None:
            yield Finding(path, gettext("there is no grant to give"), gettext("add “grant:”"))
        if effect.kind is EffectKind.OBLIGATIONS and not program.obligations:
            yield Finding(path, gettext("there are no obligations"), gettext("add “obligations:”"))
        if effect.kind is EffectKind.CHECKS and not program.checks:
            yield Finding(path, gettext("there are no checks to run"), gettext("add “checks:”"))
        if effect.kind is EffectKind.DECIDE:
            yield from _known(path, effect.value, outcomes, gettext("outcome"))
        if effect.kind is EffectKind.NOTIFY:
            try:
                Role.parse(effect.value)
            except ValueError as error:
                yield Finding(path, str(error), Role.mend)
        if effect.kind is EffectKind.OPEN and world is not None and world.has_program(effect.value) is False:
            yield Finding(path, gettext("there is no program “%(name)s”") % {"name": effect.value})


def _clauses(program: Program, world: World | None) -> Findings:
    cited: list[tuple[Path, str]] = [(("clause",), program.clause)]
    cited += [(("stages", item.name, "clause"), item.clause) for item in program.stages]
    cited += [(("transitions", item.name, "clause"), item.clause) for item in program.transitions]
    cited += [(("checks", item.criterion, "clause"), item.clause) for item in program.checks]
    cited += [(("obligations", item.name, "clause"), item.clause) for item in program.obligations]
    cited += [(("review", "clause"), item.clause) for item in program.reviews]
    cited += [(("decision", "clause"), item.clause) for item in program.decisions]
    for path, clause in cited:
        citation = program.citation(clause)
        if clause and citation is None:
            yield Finding(path, gettext("the clause belongs to no policy"), gettext("add “policy:” with its slug"))
        elif citation is not None and world is not None and world.has_clause(citation.policy, citation.anchor) is False:
            yield warning(path, gettext("the library has no “%(clause)s”") % {"clause": citation})
