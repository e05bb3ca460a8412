"""Commands about counts: ``election count``, ``compare``, ``margin``, ``convert``, ``rules``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from quorate.decisions.counting import (
    PRESETS,
    Constraints,
    Count,
    Disagreement,
    Lot,
    Margin,
    Profile,
    Variant,
    agreed,
    constraints,
    count,
    decimal,
    margin,
    preset,
    sensitivity,
)
from quorate.decisions.counting.formats import FORMATS, read, save
from quorate.decisions.counting.margins import TRIALS
from quorate.decisions.counting.presets import MEEK, PAIRWISE
from quorate.kernel import yamlfile
from quorate.kernel.commands import columns, json_option, noun, show
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import _, gettext

#: About how many steps the plain counter may take before a count is left to the vectors: some seconds.
STEPS = 40_000_000


def register(root: click.Group) -> None:
    """Add the commands that count."""
    group = noun(root, "election", _("Elections"))
    group.add_command(election_count)
    group.add_command(election_compare)
    group.add_command(election_margin)
    group.add_command(election_convert)
    group.add_command(election_rules)


@click.command("count")
@click.argument("file")
@click.option("--rule", required=True, help="the rule to count by (quorate election rules)")
@click.option("--format", "form", help="the file's format; without it, by the suffix")
@click.option("--seats", type=int, help="seats to fill, if not as the file says")
@click.option("--seed", help="seed of the lots, hexadecimal")
@click.option("--constraints", "limits", type=click.Path(path_type=Path), help="a file of caps and reserved seats")
@json_option
def election_count(
    file: str, rule: str, form: str | None, seats: int | None, seed: str | None, limits: Path | None
) -> None:
    """Count the ballots in a file by a rule; nothing is stored."""
    preset(rule)
    lot = Lot.of_hex(seed) if seed is not None else None
    if seats is not None and seats < 1:
        raise UserError("there must be at least one seat", "--seats", "a whole number from 1")
    profile = read(file, form)
    if limits is not None:
        profile = profile.but(constraints=_limits(limits, profile))
    try:
        run = agreed if steps(profile, rule) <= STEPS else count
        result = run(profile, rule, seats=seats, lot=lot)
    except Disagreement as error:
        raise UserError(f"the two counters do not agree: {error}", file, "do not publish; report this file") from error
    show(result.as_json(), lambda: table(result))


def _limits(path: Path, profile: Profile) -> Constraints:
    """The constraints in a file, YAML or JSON; candidates by number, id or name. Errors name the line."""
    document = yamlfile.load(path)
    try:
        return constraints.read(document.data, ids=profile.ids, names=profile.candidates)
    except UserError as error:
        place = re.fullmatch(r"constraints\.rules\[(\d+)\]", error.where)
        where = document.where("rules", int(place[1])) if place else document.where()
        raise UserError(error.what, where, error.mend) from error


def steps(profile: Profile, rule: str) -> int:
    """About how many steps the plain counter takes for these ballots."""
    ballots = len(profile.scores) if profile.is_scored else len(profile.rankings)
    candidates = len(profile.candidates)
    family = preset(rule).family
    per_ballot = candidates**2 if family == PAIRWISE else 60 * candidates if family == MEEK else 4 * candidates
    return ballots * per_ballot


def table(result: Count) -> Iterator[str]:
    """The count for people: a column for each stage, then who is elected, ties and notes."""
    names = result.names
    yield gettext("%(rule)s, version %(version)d: %(valid)d valid ballots of %(total)d, %(seats)d seats") % {
        "rule": preset(result.rule).title,
        "version": result.version,
        "valid": result.valid,
        "total": result.total,
        "seats": result.seats,
    }
    if result.quota is not None:
        yield gettext("Quota: %(quota)s") % {"quota": decimal(result.quota)}
    yield ""
    for number, stage in enumerate(result.stages, 1):
        yield f"{number}. {stage.what(names)}"
        yield from (f"   {note}" for note in stage.notes)
    yield ""
    rows = [["", *(str(number) for number in range(1, len(result.stages) + 1))]]
    for number, name in enumerate(names, 1):
        cells = [
            decimal(stage.totals[number - 1])
            + ("*" if number in stage.elected else "")
            + ("†" if number in stage.excluded else "")
            for stage in result.stages
        ]
        rows.append([f"{number} {name}", *cells])
    rows.append([gettext("non-transferable"), *(decimal(stage.non_transferable) for stage in result.stages)])
    yield from columns(rows)
    yield gettext("* elected, † excluded at the end of the stage")
    yield ""
    yield gettext("Elected: %(names)s") % {"names": _named(result, result.elected)}
    if not result.is_decided:
        yield gettext("Undecided without a lot: %(names)s") % {"names": _named(result, result.unresolved)}
    for tie in result.ties:
        yield gettext("Tie at stage %(stage)d (%(kind)s): %(names)s: %(how)s") % {
            "stage": tie.stage,
            "kind": tie.kind,
            "names": _named(result, tie.candidates),
            "how": tie.how,
        }
    if result.lot is not None:
        yield gettext("Lots: seed %(seed)s, %(how)s") % {"seed": result.lot["seed"], "how": result.lot["how"]}
    yield from result.notes
    yield from result.constraints.get("notes", ())
    yield gettext("Counted by: %(counters)s") % {"counters": ", ".join(result.counters)}


def _named(result: Count, numbers: tuple[int, ...]) -> str:
    return ", ".join(f"{number} {result.names[number - 1]}" for number in numbers) or gettext("nobody")


@click.command("compare")
@click.argument("file")
@click.option("--rule", required=True, help="the rule of the election")
@click.option("--format", "form", help="the file's format; without it, by the suffix")
@click.option("--seats", type=int, help="seats to fill, if not as the file says")
@json_option
def election_compare(file: str, rule: str, form: str | None, seats: int | None) -> None:
    """Count the same ballots by every other rule and rounding, and say who would change."""
    base, variants = sensitivity(read(file, form), rule, seats=seats)
    document = {"rule": rule, "elected": list(base.elected), "variants": [each.as_json() for each in variants]}
    show(document, lambda: _compared(base, variants))


def _compared(base: Count, variants: list[Variant]) -> Iterator[str]:
    yield gettext("%(rule)s elects %(names)s") % {
        "rule": preset(base.rule).title,
        "names": _named(base, base.elected),
    }
    rows = []
    for each in variants:
        change = [f"+{base.names[number - 1]}" for number in each.joins]
        change += [f"−{base.names[number - 1]}" for number in each.leaves]
        if not each.count.is_decided:
            change.append(gettext("open: %(names)s") % {"names": _named(base, each.count.unresolved)})
        rows.append([each.rule, each.change, ", ".join(change) or gettext("the same")])
    yield from columns(rows)


@click.command("margin")
@click.argument("file")
@click.option("--rule", required=True, help="the rule of the election")
@click.option("--format", "form", help="the file's format; without it, by the suffix")
@click.option("--seats", type=int, help="seats to fill, if not as the file says")
@click.option("--trials", type=click.IntRange(min=1), default=TRIALS, show_default=True, help="counts to spend on it")
@json_option
def election_margin(file: str, rule: str, form: str | None, seats: int | None, trials: int) -> None:
    """Bound the number of ballots that, filled in otherwise, would change the result."""
    found = margin(read(file, form), rule, seats=seats, trials=trials)
    show(found.as_json(), lambda: _bounds(found))


def _bounds(found: Margin) -> Iterator[str]:
    yield gettext("At least %(lower)d: %(because)s") % {"lower": found.lower, "because": found.because}
    if found.upper is None:
        yield gettext("No change was found in %(trials)d counts") % {"trials": found.trials}
    else:
        yield gettext("At most %(upper)d: %(change)s") % {"upper": found.upper, "change": found.change}


@click.command("convert")
@click.argument("file")
@click.option("--format", "form", help="the file's format; without it, by the suffix")
@click.option("--to", required=True, type=click.Choice(list(FORMATS)))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="the file to write")
@json_option
def election_convert(file: str, form: str | None, to: str, out: Path) -> None:
    """Write a file of ballots in another format; refused where something would be lost."""
    profile = read(file, form)
    files = save(profile, to, out)
    document = {"files": files, "format": to, "candidates": len(profile.candidates), "ballots": profile.total}
    show(document, [str(file) for file in files])


@click.command("rules")
@json_option
def election_rules() -> None:
    """List the rules that can be counted, with what each makes of unranked, equal, doubled and skipped."""
    rules = [rule.as_json() for _name, rule in PRESETS.items()]
    show({"rules": rules}, lambda: columns([[rule["name"], str(rule["version"]), rule["title"]] for rule in rules]))
