"""One reading of a repository: everything the checks and the health page need, and what makes the next one quick.

```python
scan = scan("/srv/clones/project.git", previous=kept)   # kept: bytes of the last one, or None
scan.facts        # JSON-able, no names, no addresses
kept = scan.to_bytes()
```
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from quorate.kernel.errors import UserError
from quorate.registers.portfolio.repository import files as layout
from quorate.registers.portfolio.repository import history as commits
from quorate.registers.portfolio.repository import licence as licensing
from quorate.registers.portfolio.repository import releases as tags
from quorate.registers.portfolio.repository.files import Files
from quorate.registers.portfolio.repository.git import Head, opened
from quorate.registers.portfolio.repository.history import DAY, Contributor, History
from quorate.registers.portfolio.repository.identities import Mailmap, mailmap_at
from quorate.registers.portfolio.repository.licence import Licence
from quorate.registers.portfolio.repository.policy import Policy
from quorate.registers.portfolio.repository.releases import Release, Target
from quorate.registers.portfolio.repository.windows import Window, new_contributors, stamp, window

_FORMAT = 1
_LARGEST_CACHE = 64 * 1024 * 1024
HEALTH_DAYS = 90
RELEASE_DAYS = 365


@dataclass
class Scan:
    """What was read from one repository at one head, under one policy."""

    head: Head
    history: History
    files: Files
    licence: Licence
    releases: list[Release]
    policy: Policy
    partial: bool
    refreshed: bool
    notes: tuple[str, ...] = ()
    tag_targets: dict[str, Target | None] = field(default_factory=dict)

    def window(self, days: int) -> Window:
        """What was counted in the `days` days that end at the head's time."""
        return window(self.history, self.policy, days)

    def releases_in(self, days: int) -> list[Release]:
        """Releases and pre-releases of the `days` days that end at the head's time, oldest first."""
        latest = self.history.head_time + self.policy.skew_seconds
        start = self.history.head_time - days * DAY
        inside = [one for one in self.releases if one.committed <= latest and start <= one.date(latest)]
        return sorted(inside, key=lambda one: (one.date(latest), one.tag))

    @property
    def as_of(self) -> str:
        """The head's commit time, at which every window ends; ISO 8601 in UTC."""
        return stamp(self.history.head_time)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Everything that was found, for storing and showing. Holds nobody's name or address."""
        recent = self.window(HEALTH_DAYS)
        latest = self.history.head_time + self.policy.skew_seconds
        year = self.releases_in(RELEASE_DAYS)
        final = [one for one in self.releases if not one.prerelease and one.committed <= latest]
        last = max(final, key=lambda one: (one.date(latest), one.tag), default=None)
        people = self.history.contributors
        return {
            "head": self.head.commit,
            "branch": self.head.branch,
            "as_of": self.as_of,
            "commits": self.history.commits,
            "merges": self.history.merges,
            "authors": sum(1 for who in people if not who.bot),
            "bots": sum(1 for who in people if who.bot),
            "shallow": bool(self.history.cut),
            "partial": self.partial,
            "mailmap": "none" if not self.history.mailmap.blob else _yes(self.history.mailmap.honoured),
            "window": window_facts(recent),
            "new_contributors": new_contributors(self.history, self.policy),
            "files_known": self.files.known,
            "files": dict(self.files.found),
            "ci": list(self.files.ci),
            "licence": {
                "ids": list(self.licence.ids),
                "sure": self.licence.sure,
                "how": self.licence.how,
                "paths": list(self.licence.paths),
            },
            "releases": {
                "total": len(final),
                "days": RELEASE_DAYS,
                "covered": self.window(RELEASE_DAYS).covered,
                "count": sum(1 for one in year if not one.prerelease),
                "prereleases": sum(1 for one in year if one.prerelease),
                "latest": {"tag": last.tag, "at": stamp(last.date(latest)), "commit": last.commit} if last else None,
            },
            "policy": self.policy.statement,
            "notes": list(self.notes),
        }

    def to_bytes(self) -> bytes:
        """What the next reading can go on from: compact, without names or addresses, valid for this policy only."""
        history = self.history
        state = {
            "format": _FORMAT,
            "policy": self.policy.digest,
            "head": history.head,
            "head_time": history.head_time,
            "commits": history.commits,
            "merges": history.merges,
            "skew": history.skew,
            "horizon": history.horizon,
            "cut": history.cut,
            "cut_newest": history.cut_newest,
            "salt": history.salt.hex(),
            "mailmap": [history.mailmap.blob, history.mailmap.honoured, history.mailmap.note],
            "people": [[w.key, int(w.bot), w.domain, w.first, w.latest, w.commit] for w in history.contributors],
            "times": _steps([time for time, _ in history.recent]),
            "who": [index for _, index in history.recent],
            "merge_times": _steps(history.merge_times),
            "tags": self.tag_targets,
        }
        return zlib.compress(json.dumps(state, separators=(",", ":")).encode(), 6)


def scan(
    path: str | os.PathLike[str],
    *,
    previous: bytes | None = None,
    policy: Policy | None = None,
    ref: str = "HEAD",
    timeout: float = 120.0,
) -> Scan:
    """Read the clone at `path`, bare or not, complete, shallow or without blobs. Nothing is fetched or written.

    `previous` is `to_bytes` of an earlier scan of the same repository; whatever it is, the result is the same as
    without it. `timeout` bounds each git command, in seconds. Raises `UserError` when there is no repository, it is
    empty or damaged, or git is missing.
    """
    policy = policy or Policy()
    with opened(path, timeout=timeout) as repository:
        head = repository.head(ref)
        found, root = layout.read(repository, head.commit)
        mailmap = mailmap_at(repository, root)
        if not found.known:
            mailmap = Mailmap(honoured=False, note="the trees are not in this clone, so no mailmap could be looked for")
        known, targets = _restored(previous, policy)
        history = commits.read(repository, head.commit, mailmap, policy, known)
        released, targets, note = tags.read(repository, targets)
        licence = licensing.read(repository, found, read_blobs=policy.read_blobs)
        partial = repository.is_partial()
    notes = tuple(text for text in (mailmap.note, note) if text)
    refreshed = known is not None and history.salt == known.salt
    return Scan(head, history, found, licence, released, policy, partial, refreshed, notes, targets)


def window_facts(recent: Window) -> dict[str, Any]:
    """A window as JSON. Organisations with a single person are not named: a private domain is a person's name."""
    return {
        "days": recent.days,
        "from": stamp(recent.start),
        "to": stamp(recent.end),
        "covered": recent.covered,
        "why": recent.why,
        "commits": recent.commits,
        "commits_human": recent.commits_human,
        "merges": recent.merges,
        "contributors": recent.contributors,
        "contributors_human": recent.contributors_human,
        "absence_factor": recent.absence_factor,
        "organisations": {
            "factor": recent.organisation_factor,
            "coverage": recent.organisation_coverage,
            "named": [
                {"name": name, "commits": number, "people": persons}
                for name, number, persons in recent.per_organisation
                if persons > 1
            ],
        },
        "samples": list(recent.samples),
        "later": recent.later,
    }


def _restored(previous: bytes | None, policy: Policy) -> tuple[History | None, Mapping[str, Target | None]]:
    """The kept history, or None when it is of another policy or format or is damaged: then all is read again."""
    if not previous:
        return None, {}
    try:
        unpacker = zlib.decompressobj()
        state = json.loads(unpacker.decompress(previous, _LARGEST_CACHE))
        if not unpacker.eof:
            return None, {}
        if state["format"] != _FORMAT or state["policy"] != policy.digest:
            return None, {}
        who = state["who"]
        history = History(
            head=state["head"],
            head_time=state["head_time"],
            commits=state["commits"],
            merges=state["merges"],
            skew=state["skew"],
            horizon=state["horizon"],
            cut=state["cut"],
            cut_newest=state["cut_newest"],
            salt=bytes.fromhex(state["salt"]),
            mailmap=Mailmap(*state["mailmap"]),
            contributors=[Contributor(key, bool(bot), *rest) for key, bot, *rest in state["people"]],
            recent=list(zip(_sums(state["times"]), who, strict=True)),
            merge_times=_sums(state["merge_times"]),
        )
        if history.recent and not 0 <= min(who) <= max(who) < len(history.contributors):
            return None, {}
        return history, {name: tuple(entry) if entry else None for name, entry in state["tags"].items()}
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError, UserError):
        return None, {}


def _steps(times: list[int]) -> list[int]:
    """Differences between neighbours, which pack better than the times."""
    return [after - before for before, after in zip([0, *times], times, strict=False)]


def _sums(steps: list[int]) -> list[int]:
    times = []
    total = 0
    for step in steps:
        total += step
        times.append(total)
    return times


def _yes(honoured: bool) -> str:
    return "honoured" if honoured else "not honoured"
