"""Releases: tags whose names are version numbers, with the day each was made.

An annotated tag counts on its tagger's date, a plain one on its commit's date. A tagger's clock may be wrong: a
date after the snapshot is replaced by the commit's date. Tags of anything but a commit are no releases. Pre-releases
(`1.0-rc1`, `1.0.dev3`) are counted apart. Several names for one version at one commit count once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from quorate.registers.portfolio.repository.git import GitFailure, Repository

#: An optional name in front (`release-`, `package/`, `package-v`), then at least two numbers with dots.
_VERSION = re.compile(
    r"(?:(?P<package>[A-Za-z@][\w.+/@\-]*?)[/@_\-])?(?i:v|r|go|rel|release|ver|version)?\.?(?P<number>\d{1,8}(?:\.\d{1,8}){1,3})(?P<rest>[.\-_+]?[\w.\-+]*)\Z",
    re.ASCII,
)
_PRE = re.compile(
    r"(?:^|[.\-_\d])(?:a|b|c|rc|alpha|beta|pre|preview|dev|snapshot|nightly|canary|m)(?:[.\-_]?\d|[.\-_]|\Z)", re.I
)
_FINAL = re.compile(r"[.\-_]?(?:post|final|ga|release|patch|p|r|sp)?[.\-_]?\d*(?:\+[\w.\-]*)?\Z", re.I)
_DATE = re.compile(rb"^(tagger|committer) .*> (-?\d+) [+-]\d+$", re.MULTILINE)
_OBJECT_LIMIT = 4 * 1024 * 1024
_LONGEST_CHAIN = 5
_EARLY = frozenset({"nightly", "canary", "dev", "snapshot", "preview", "alpha", "beta", "rc"})

#: What a tag's object leads to: the commit, the tagger's time (None for a plain tag), the commit's time.
Target = tuple[str, int | None, int]


@dataclass(frozen=True, slots=True)
class Release:
    """`tag` is the name, `commit` what it names, times are seconds since 1970."""

    tag: str
    version: str
    commit: str
    tagged: int | None
    committed: int
    prerelease: bool

    def date(self, latest: int) -> int:
        """When it was made, as far as dates up to `latest` can be believed."""
        return self.tagged if self.tagged is not None and self.tagged <= latest else self.committed


def version(tag: str) -> tuple[str, bool] | None:
    """The version a tag names with the package in front of it, and whether it is a pre-release; None for others."""
    found = _VERSION.match(tag) if len(tag) <= 200 else None
    if not found:
        return None
    package, number, rest = found.group("package") or "", found.group("number"), found.group("rest")
    package = re.sub(r"(?i)(?:^|[/\-_])(?:v|ver|version|release|releases|rel)\Z", "", package)
    name = f"{package.lower()} {number}{rest.lower()}".strip()
    if package.lower() in _EARLY:
        return name, True
    return name, not _FINAL.match(rest) and bool(_PRE.search(rest))


def read(
    repository: Repository, known: Mapping[str, Target | None]
) -> tuple[list[Release], dict[str, Target | None], str]:
    """All releases, what their tags' objects lead to (`known` of the next reading), and a note when some are absent."""
    output = repository.run("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", "refs/tags")
    tags: list[tuple[str, str, str, bool]] = []
    for line in output.decode("utf-8", "backslashreplace").splitlines():
        name, _, tag = line.partition(" ")
        parsed = version(tag)
        if parsed:
            tags.append((name, tag, *parsed))
    new = sorted({name for name, *_ in tags} - known.keys())
    try:
        targets = _targets(repository, new)
    except (GitFailure, ValueError):
        return [], {}, "the tags could not be read"
    targets.update({name: known[name] for name, *_ in tags if name in known})
    absent = sum(1 for name, *_ in tags if name not in targets)
    releases: dict[tuple[str, str], Release] = {}
    for name, tag, label, prerelease in sorted(tags, key=lambda entry: (len(entry[1]), entry[1])):
        target = targets.get(name)
        if target:
            commit, tagged, committed = target
            releases.setdefault((label, commit), Release(tag, label, commit, tagged, committed, prerelease))
    note = f"{absent} tags name objects that are not in this clone" if absent else ""
    return sorted(releases.values(), key=lambda one: (one.committed, one.tag)), targets, note


def _targets(repository: Repository, names: list[str]) -> dict[str, Target | None]:
    """Where each object leads; None when not to a commit. Objects that are absent are left out."""
    resolved: dict[str, Target | None] = {}
    waiting: dict[str, list[tuple[str, int | None]]] = {name: [(name, None)] for name in names}
    for _ in range(_LONGEST_CHAIN):
        sizes = repository.sizes(sorted(waiting))
        readable = []
        for name, origins in list(waiting.items()):
            kind, size = sizes.get(name, ("", 0))
            if kind in ("tag", "commit") and size <= _OBJECT_LIMIT:
                readable.append(name)
            elif kind:
                resolved.update({origin: None for origin, _ in origins})
        following: dict[str, list[tuple[str, int | None]]] = {}
        for name, kind, content in repository.contents(readable):
            header = content.partition(b"\n\n")[0]
            date = _date(header, b"tagger" if kind == "tag" else b"committer")
            for origin, tagged in waiting[name]:
                if kind == "commit":
                    resolved[origin] = (name, tagged, date or 0)
                else:
                    target = header.partition(b"\n")[0].removeprefix(b"object ").decode()
                    following.setdefault(target, []).append((origin, tagged if tagged is not None else date))
        waiting = following
        if not waiting:
            break
    for origins in waiting.values():
        resolved.update({origin: None for origin, _ in origins})
    return resolved


def _date(header: bytes, field: bytes) -> int | None:
    for found in _DATE.finditer(header):
        if found.group(1) == field and len(found.group(2)) < 20:
            return max(0, int(found.group(2)))
    return None
