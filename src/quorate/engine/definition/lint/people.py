"""The roles: they exist and are held, votes can reach their quorum and bar, duties can be kept apart."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from quorate.engine.definition.codec import Path
from quorate.engine.definition.judgement import Decision, Rule
from quorate.engine.definition.lint.finding import Finding, Findings, World, warning
from quorate.engine.definition.lint.parts import all_effects
from quorate.engine.definition.program import Program
from quorate.engine.definition.values import EffectKind, Role
from quorate.kernel.i18n import gettext


def roles(program: Program) -> Iterator[tuple[Path, Role]]:
    """Every role that the file names, with its place."""
    yield ("accountable",), program.accountable
    yield ("steward",), program.steward
    yield from ((("intake", "who"), role) for role in program.intake.who)
    for stage in program.stages:
        path: Path = ("stages", stage.name)
        if stage.owner is not None:
            yield (*path, "owner"), stage.owner
        if stage.accountable is not None:
            yield (*path, "accountable"), stage.accountable
        if stage.clock is not None and (told := stage.clock.on_breach.escalates_to) is not None:
            yield (*path, "clock", "on_breach"), told
        if stage.session is not None and stage.session.body is not None:
            yield (*path, "session", "body"), stage.session.body
    for step in program.transitions:
        yield from ((("transitions", step.name, "by"), role) for role in step.by)
    for review in program.reviews:
        yield ("review", "from"), review.from_
        yield from ((("review", "assigned_by"), role) for role in review.assigned_by)
    for vote in program.decisions:
        yield ("decision", "electorate"), vote.electorate
    for check in program.checks:
        yield from (
            (("checks", check.criterion, "attest", "who"), role) for role in (check.attest.who if check.attest else ())
        )
    for item in program.obligations:
        yield ("obligations", item.name, "owner"), item.owner
        yield from ((("obligations", item.name, "confirm"), role) for role in item.confirm)
        if (told := item.on_miss.escalates_to) is not None:
            yield ("obligations", item.name, "on_miss"), told
    for outcome in program.outcomes:
        yield from ((("outcomes", outcome.name, "to"), role) for role in outcome.to)
    for letter in program.letters:
        yield from ((("letters", letter.name, "to"), role) for role in letter.to)
    if program.queue.session is not None and program.queue.session.body is not None:
        yield ("queue", "session", "body"), program.queue.session.body
    for path, effect in all_effects(program):
        if effect.kind is EffectKind.NOTIFY:
            try:
                yield path, Role.parse(effect.value)
            except ValueError:
                continue


def examine(program: Program, world: World | None) -> Findings:
    """Findings about people."""
    if not program.accountable.is_office:
        mend = gettext("name a seat, a chair or a body")
        yield Finding(
            ("accountable",),
            gettext("an office must be accountable, not “%(role)s”") % {"role": program.accountable},
            mend,
        )
    if not program.steward.is_office:
        mend = gettext("name a seat, a chair or a body")
        yield Finding(
            ("steward",), gettext("an office must be steward, not “%(role)s”") % {"role": program.steward}, mend
        )
    yield from _holders(program, world)
    yield from _applicants(program)
    for vote in program.decisions:
        yield from _attainable(vote, world)
    for review in program.reviews:
        if (
            world is not None
            and (holders := world.holders(review.from_)) is not None
            and 0 < holders < review.reviewers
        ):
            what = gettext("%(need)d reviewers are needed, %(role)s has %(have)d")
            yield Finding(
                ("review", "reviewers"), what % {"need": review.reviewers, "role": review.from_, "have": holders}
            )
    yield from _duties(program, world)


def _holders(program: Program, world: World | None) -> Findings:
    if world is None:
        return
    told: set[Role] = set()
    for path, role in roles(program):
        if not role.is_office or role in told:
            continue
        told.add(role)
        holders = world.holders(role)
        if holders is None:
            mend = gettext("add the body or seat to the foundation, or name another role")
            yield Finding(path, gettext("nobody can hold “%(role)s”: there is no such office") % {"role": role}, mend)
        elif holders == 0:
            yield warning(path, gettext("“%(role)s” is vacant") % {"role": role}, gettext("appoint somebody"))


def _applicants(program: Program) -> Findings:
    """An applicant is spoken of only where somebody applies."""
    if any(role != Role("system") for role in program.intake.who):
        return
    for path, role in roles(program):
        if role == Role("applicant"):
            mend = gettext("use holder: who answers for the subject")
            yield Finding(path, gettext("cases of this program have no applicant"), mend)
            return


def _attainable(vote: Decision, world: World | None) -> Findings:
    rule = vote.rule
    seats = world.seats(vote.electorate) if world is not None else None
    if seats is None or world is None:
        return
    if seats == 0:
        yield Finding(("decision", "electorate"), gettext("“%(role)s” has no voting seat") % {"role": vote.electorate})
        return
    quorum = rule.quorum
    if quorum is not None and _quorum(rule, seats) > seats:
        return  # said of the rule itself already
    gone = min(seats, world.largest_group(vote.electorate)) if vote.recuse.shared_employer else 0
    present = seats - gone
    counted = present if vote.recused_leave else seats
    if quorum is not None and present < _quorum(rule, counted):
        what = gettext("with %(gone)d seats recused for one employer the quorum of %(need)d cannot be met by %(have)d")
        yield Finding(
            ("decision", "rule", "quorum"), what % {"gone": gone, "need": _quorum(rule, counted), "have": present}
        )
    if rule.of == "seats" and present < needed(rule.threshold, counted, strict=rule.strict):
        what = gettext("with %(gone)d seats recused for one employer %(need)d votes are needed and %(have)d are left")
        need = needed(rule.threshold, counted, strict=rule.strict)
        yield Finding(("decision", "rule", "threshold"), what % {"gone": gone, "need": need, "have": present})


def needed(bar: Fraction, total: int, *, strict: bool) -> int:
    """Fewest votes that reach a bar of ``total``."""
    return floor(bar * total) + 1 if strict else ceil(bar * total)


def _quorum(rule: Rule, seats: int) -> int:
    quorum = rule.quorum
    if quorum is None:
        return 0
    if quorum.count is not None:
        return quorum.count + (1 if quorum.strict else 0)
    return needed(quorum.fraction or Fraction(0), seats, strict=quorum.strict) if quorum.of == "seats" else 0


def _duties(program: Program, world: World | None) -> Findings:
    names = {stage.name: stage.owner for stage in program.stages}
    words: dict[str, Role | None] = {"applicant": Role("applicant"), **names}
    words["reviewers"] = program.reviews[0].from_ if program.reviews else None
    words["electorate"] = program.decisions[0].electorate if program.decisions else None
    for number, pair in enumerate(program.duties):
        path: Path = ("duties", number)
        if len(pair) != 2:
            yield Finding(path, gettext("duties are kept apart in pairs"), "[applicant, reviewers]")
            continue
        unknown = [name for name in pair if words.get(name) is None]
        if unknown:
            what = gettext("“%(name)s” is no duty here") % {"name": unknown[0]}
            yield Finding(path, what, ", ".join(name for name, role in words.items() if role is not None))
            continue
        one, other = words[pair[0]], words[pair[1]]
        if one == other and one is not None and _holders_of(one, world) < 2:
            what = gettext("“%(one)s” and “%(other)s” are the duty of one office, %(role)s")
            mend = gettext("give one of them to another role, or drop the pair")
            yield Finding(path, what % {"one": pair[0], "other": pair[1], "role": one}, mend)


def _holders_of(role: Role, world: World | None) -> int:
    """How many can hold a role at most, as far as can be told."""
    if role.is_single_office or role == Role("applicant"):
        return 1
    holders = world.holders(role) if world is not None and role.is_office else None
    return 2 if holders is None else holders
