"""The health of a repository under the keys of `quorate repo health --json`."""

from __future__ import annotations

from typing import Any

from quorate.registers.portfolio.repository.scan import HEALTH_DAYS, RELEASE_DAYS, Scan
from quorate.registers.portfolio.repository.windows import new_contributors

#: The files whose paths health reports.
FILES = ("LICENSE", "README", "CONTRIBUTING", "CODEOWNERS", "CODE_OF_CONDUCT", "GOVERNANCE", "SECURITY")


def health(scan: Scan) -> dict[str, Any]:
    """The stable keys, with `unknown` beside them: what could not be told from this clone, and why.

    `commits` counts contributions of the window (merges not, unless the policy says so), `commits_human` those
    without bots, `authors` the people behind them. What is unknown is null, never zero.
    """
    recent = scan.window(HEALTH_DAYS)
    months = new_contributors(scan.history, scan.policy)
    unknown = {}
    if not recent.covered:
        unknown["window"] = recent.why
    if months is None:
        unknown["new_contributors"] = "the clone is shallow: nobody's first contribution can be told"
    if not scan.files.known:
        unknown["files"] = "the trees are not in this clone"
    year = scan.window(RELEASE_DAYS)
    if not year.covered:
        unknown["releases"] = year.why
    counted = recent if recent.covered else None
    return {
        "head": scan.head.commit,
        "as_of": scan.as_of,
        "window_days": HEALTH_DAYS,
        "commits": counted and counted.commits,
        "commits_human": counted and counted.commits_human,
        "authors": counted and counted.contributors_human,
        "contributor_absence_factor": counted and counted.absence_factor,
        "organisations": {
            "factor": counted and counted.organisation_factor,
            "coverage": counted and counted.organisation_coverage,
        },
        "new_contributors": months,
        "releases_365d": sum(1 for one in scan.releases_in(RELEASE_DAYS) if not one.prerelease)
        if year.covered
        else None,
        "files": {name: scan.files.found.get(name) for name in FILES} if scan.files.known else None,
        "licence": list(scan.licence.ids) if scan.licence.sure else None,
        "ci": list(scan.files.ci) if scan.files.known else None,
        "branch": scan.head.branch,
        "policy": scan.policy.statement,
        "notes": list(scan.notes),
        "unknown": unknown,
    }
