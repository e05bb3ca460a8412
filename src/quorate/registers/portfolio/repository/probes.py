"""What can be measured in a repository: each probe turns a scan into a value, a sentence and the facts behind it.

A probe never guesses. What the clone cannot tell is returned as unknown, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.repository import files as layout
from quorate.registers.portfolio.repository.history import DAY
from quorate.registers.portfolio.repository.scan import Scan
from quorate.registers.portfolio.repository.windows import Window, day

_HISTORY = "git rev-list {head} --format='%ct %at %H %P %ae %an'"
_TREE = "git ls-tree {head}"
_TAGS = "git for-each-ref refs/tags"


@dataclass(frozen=True, slots=True)
class Measurement:
    """`found` is a number, a list of texts, or None; `known` is false when it could not be measured.

    `choices` says that the values of a list are alternatives of which a project may offer one or all.
    """

    found: Any
    sentence: str
    known: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
    choices: bool = False


Params = Mapping[str, Any]
Measure = Callable[[Scan, Params], Measurement]


@dataclass(frozen=True, slots=True)
class Probe:
    """`title` names what is measured, `params` the parameters it knows, `comparisons` the bars that make sense."""

    name: str
    title: str
    measure: Measure
    params: Mapping[str, str]
    comparisons: tuple[str, ...]


def number(params: Params, name: str, default: int) -> int:
    """A whole number of days, at least 1. Raises `UserError`."""
    value = params.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 36_525:
        raise UserError(f"{value!r} is not a number of days from 1 to 36525", where=name)
    return value


def counts_bots(params: Params) -> bool:
    """Whether the criterion counts bots: `bots: include` or `true`; by default they are left out."""
    value = params.get("bots", "exclude")
    if value in (True, "include", "count"):
        return True
    if value in (False, "exclude", None):
        return False
    raise UserError(f"{value!r} is neither include nor exclude", where="bots")


def _window(scan: Scan, params: Params, default: int = 90) -> Window:
    return scan.window(number(params, "window_days", default))


def _history_facts(scan: Scan, recent: Window) -> dict[str, Any]:
    return {
        "command": _HISTORY.format(head=scan.head.commit),
        "from": day(recent.start),
        "to": day(recent.end),
        "window_days": recent.days,
        "merges": "counted" if scan.policy.merges else f"not counted ({recent.merges})",
        "mailmap": scan.facts["mailmap"],
        "sample_commits": list(recent.samples),
    }


def _uncovered(scan: Scan, recent: Window) -> Measurement:
    return Measurement(None, f"Not known: {recent.why}.", False, _history_facts(scan, recent))


def _span(recent: Window) -> str:
    return f"in the {recent.days} days to {day(recent.end)}, the day of the head commit"


def _asides(scan: Scan, recent: Window) -> str:
    texts = [] if scan.policy.merges else ["merges not counted"]
    if recent.later:
        texts.append(f"{recent.later} dated after the head left out")
    texts += scan.notes
    return f" ({'; '.join(texts)})" if texts else ""


def _contributors(scan: Scan, params: Params) -> Measurement:
    recent = _window(scan, params)
    if not recent.covered:
        return _uncovered(scan, recent)
    bots = recent.contributors - recent.contributors_human
    everyone = counts_bots(params)
    found = recent.contributors if everyone else recent.contributors_human
    who = _many(found, "person or bot", "people and bots") if everyone else _many(found, "person", "people")
    aside = f"; {_many(bots, 'bot was', 'bots were')} {'counted' if everyone else 'left out'}" if bots else ""
    sentence = f"{who} made a commit {_span(recent)}{aside}{_asides(scan, recent)}."
    facts = _history_facts(scan, recent)
    facts |= {"people": recent.contributors_human, "bots": bots, "commits": recent.commits_human}
    return Measurement(found, sentence, facts=facts)


def _commits(scan: Scan, params: Params) -> Measurement:
    recent = _window(scan, params)
    if not recent.covered:
        return _uncovered(scan, recent)
    bots = recent.commits - recent.commits_human
    everyone = counts_bots(params)
    found = recent.commits if everyone else recent.commits_human
    aside = f"; {bots} by bots {'counted' if everyone else 'left out'}" if bots else ""
    sentence = f"{_many(found, 'commit', 'commits')} {_span(recent)}{aside}{_asides(scan, recent)}."
    return Measurement(
        found, sentence, facts=_history_facts(scan, recent) | {"human": recent.commits_human, "bots": bots}
    )


def _absence_factor(scan: Scan, params: Params) -> Measurement:
    recent = _window(scan, params)
    if not recent.covered:
        return _uncovered(scan, recent)
    found = recent.absence_factor
    facts = _history_facts(scan, recent) | {"commits": recent.commits_human, "people": recent.contributors_human}
    if found is None:
        return Measurement(0, f"Nobody but bots made a commit {_span(recent)}.", facts=facts)
    who = _many(found, "person", "people")
    return Measurement(found, f"{who} made half of the {recent.commits_human} commits {_span(recent)}.", facts=facts)


def _organisations(scan: Scan, params: Params) -> Measurement:
    recent = _window(scan, params)
    if not recent.covered:
        return _uncovered(scan, recent)
    facts = _history_facts(scan, recent) | {"coverage": recent.organisation_coverage}
    coverage = recent.organisation_coverage or 0.0
    needed = params.get("least_coverage", 0.5)
    if recent.organisation_factor is None or coverage < needed:
        sentence = (
            f"Not known: only {coverage:.0%} of commits {_span(recent)} are from an address that tells an organisation."
        )
        return Measurement(None, sentence, False, facts)
    found = recent.organisation_factor
    who = _many(found, "organisation", "organisations")
    sentence = f"{who} made half of the commits {_span(recent)}, of the {coverage:.0%} whose address tells one."
    return Measurement(found, sentence, facts=facts)


def _releases(scan: Scan, params: Params) -> Measurement:
    days = number(params, "window_days", 365)
    inside = scan.releases_in(days)
    final = [one for one in inside if not one.prerelease or params.get("prereleases") == "include"]
    facts = {
        "command": _TAGS,
        "window_days": days,
        "tags": [one.tag for one in final[-10:]],
        "prereleases": sum(1 for one in inside if one.prerelease),
        "date": "the tagger's date of an annotated tag, else the commit's",
    }
    recent = scan.window(days)
    if not recent.covered:
        return Measurement(None, f"Not known: {recent.why}.", False, facts)
    count = _many(len(final), "release", "releases")
    latest = f", the last of them {final[-1].tag}" if final else ""
    sentence = f"{count} in the {days} days to {day(recent.end)}{latest}; pre-releases apart."
    return Measurement(len(final), sentence, facts=facts)


def _since_release(scan: Scan, params: Params) -> Measurement:
    latest = scan.history.head_time + scan.policy.skew_seconds
    final = [one for one in scan.releases if not one.prerelease and one.committed <= latest]
    facts: dict[str, Any] = {"command": _TAGS}
    if not final:
        return Measurement(None, "Not known: no tag here names a version.", False, facts)
    last = max(final, key=lambda one: (one.date(latest), one.tag))
    days = max(0, (scan.history.head_time - last.date(latest)) // DAY)
    facts |= {"tag": last.tag, "commit": last.commit, "released": day(last.date(latest))}
    return Measurement(
        days,
        f"The last release, {last.tag}, was made {_many(days, 'day', 'days')} before the head commit.",
        facts=facts,
    )


def _files(scan: Scan, params: Params) -> Measurement:
    """`names`: names of the usual files (LICENSE, README …) or shell-like patterns of one's own."""
    wanted = params.get("names") or params.get("name") or []
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    if not names:
        raise UserError("the probe repository.files needs the names of files", where="params", mend="names: [README]")
    facts: dict[str, Any] = {"command": _TREE.format(head=scan.head.commit)}
    if not scan.files.known:
        return Measurement(None, "Not known: the trees are not in this clone.", False, facts)
    paths = {name: _path(scan, str(name)) for name in names}
    facts["paths"] = paths
    there = [f"{name} ({path})" if path != name else name for name, path in paths.items() if path]
    missing = [name for name, path in paths.items() if not path]
    empty = [path for path in scan.files.empty if any(layout.is_named(path, name) for name in missing)]
    sentence = f"Found {', '.join(there)}." if there else "None of them was found."
    if missing and there:
        sentence += f" Missing: {', '.join(missing)}."
    if empty:
        sentence += f" Empty: {', '.join(empty)}."
    return Measurement([name for name, path in paths.items() if path], sentence, facts=facts)


def _path(scan: Scan, name: str) -> str | None:
    usual = name.upper().replace("-", "_").replace("LICENCE", "LICENSE")
    if usual in layout.PATTERNS:
        return scan.files.found[usual]
    return next(iter(layout.match(name, scan.files)), None)


def _ci(scan: Scan, _params: Params) -> Measurement:
    facts = {"command": _TREE.format(head=scan.head.commit), "paths": list(scan.files.ci)}
    if not scan.files.known:
        return Measurement(None, "Not known: the trees are not in this clone.", False, facts)
    paths = list(scan.files.ci)
    if not paths:
        return Measurement([], "No file that configures continuous integration was found.", facts=facts)
    return Measurement(paths, f"Continuous integration is configured in {_few(paths)}.", facts=facts)


def _licence(scan: Scan, _params: Params) -> Measurement:
    found = scan.licence
    facts = {"paths": list(found.paths), "how": found.how}
    if not found.sure:
        return Measurement(list(found.ids) or None, f"Not known: {found.how}.", False, facts)
    if not found.ids:
        return Measurement([], f"{found.how[0].upper()}{found.how[1:]}.", facts=facts)
    return Measurement(list(found.ids), f"{found.how}.", facts=facts, choices=len(found.paths) > 1)


def _maintainers(_scan: Scan, params: Params) -> Measurement:
    declared = params.get("declared")
    if declared is None:
        return Measurement(None, "Not known: git does not tell who the core maintainers are.", False)
    return Measurement(
        int(declared),
        f"The project's entry names {_many(int(declared), 'maintainer', 'maintainers')}.",
        facts={"declared": int(declared)},
    )


def _stars(_scan: Scan, _params: Params) -> Measurement:
    return Measurement(None, "Not known: a clone does not tell its stars; attest them with date and evidence.", False)


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _few(paths: Sequence[str]) -> str:
    shown = ", ".join(paths[:3])
    return f"{shown} and {len(paths) - 3} more" if len(paths) > 3 else shown


_WINDOW = {"window_days": "days that the window is long (90)"}
_BOTS = {"bots": "include or exclude (exclude)"}
_NAMES = {"names": "usual names such as README, or patterns such as docs/*.rst", "name": "one of them"}
_NUMBERS = ("at_least", "at_most")

PROBES: dict[str, Probe] = {
    probe.name: probe
    for probe in (
        Probe(
            "repository.active_contributors", "People who contributed lately", _contributors, _WINDOW | _BOTS, _NUMBERS
        ),
        Probe("repository.commits", "Commits made lately", _commits, _WINDOW | _BOTS, _NUMBERS),
        Probe("repository.contributor_absence_factor", "People who make half", _absence_factor, _WINDOW, _NUMBERS),
        Probe(
            "repository.organisations",
            "Organisations that make half",
            _organisations,
            _WINDOW | {"least_coverage": "share of commits whose organisation must be known (0.5)"},
            _NUMBERS,
        ),
        Probe(
            "repository.releases",
            "Releases made lately",
            _releases,
            {"window_days": "days that the window is long (365)", "prereleases": "include or exclude (exclude)"},
            _NUMBERS,
        ),
        Probe("repository.days_since_release", "Days from the last release to the head", _since_release, {}, _NUMBERS),
        Probe(
            "repository.files",
            "Files",
            _files,
            {"names": "names or patterns"},
            ("present", "all_of", "one_of", "at_least"),
        ),
        Probe("repository.ci", "Continuous integration", _ci, {}, ("present", "at_least")),
        Probe(
            "repository.licence",
            "Licence",
            _licence,
            {"read_text": "true to read the licence file where the clone has it; else only unchanged files are known"},
            ("one_of", "present"),
        ),
        Probe(
            "repository.core_maintainers",
            "Core maintainers",
            _maintainers,
            {"declared": "how many the project's entry names, where someone has checked it"},
            _NUMBERS,
        ),
        Probe("repository.stars", "Stars", _stars, {}, _NUMBERS),
    )
}
