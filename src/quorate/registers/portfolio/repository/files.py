"""Which of the usual files a project has, from the head's trees alone.

Names are compared without case at the root, in `.github`, `.gitlab` and `docs`, in that order. A file that is
there but empty does not count, which the tree shows without reading anything: the empty file has one known name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import translate

from quorate.registers.portfolio.repository.git import GitFailure, Repository

#: What is looked for: the name under which it is reported, and its patterns in order of preference.
PATTERNS: dict[str, tuple[str, ...]] = {
    "LICENSE": ("license", "license.*", "licence", "licence.*", "copying", "copying.*", "license-*", "unlicense*"),
    "README": ("readme", "readme.*"),
    "CONTRIBUTING": ("contributing", "contributing.*", "contribute.md", "contribute.rst"),
    "CODEOWNERS": ("codeowners",),
    "CODE_OF_CONDUCT": ("code_of_conduct", "code_of_conduct.*", "code-of-conduct", "code-of-conduct.*"),
    "GOVERNANCE": ("governance", "governance.*"),
    "SECURITY": ("security", "security.*"),
    "MAINTAINERS": ("maintainers", "maintainers.*", "owners"),
    "CHANGELOG": ("changelog", "changelog.*", "changes", "changes.*", "history.md", "news", "news.*"),
    "ROADMAP": ("roadmap", "roadmap.*"),
    "CITATION": ("citation.cff",),
}
_FOLDERS = (".github", ".gitlab", "docs", "doc")
_CI_FILES = (
    ".gitlab-ci.yml", ".gitlab-ci.yaml", ".travis.yml", ".cirrus.yml", ".woodpecker.yml", ".drone.yml", "jenkinsfile",
    "azure-pipelines.yml", "azure-pipelines.yaml", "appveyor.yml", ".appveyor.yml", "bitbucket-pipelines.yml",
    ".build.yml", "buildkite.yml",
)  # fmt: skip
_CI_FOLDERS = {
    ".github/workflows": (".yml", ".yaml"),
    ".forgejo/workflows": (".yml", ".yaml"),
    ".gitea/workflows": (".yml", ".yaml"),
    ".circleci": ("config.yml", "config.yaml"),
    ".buildkite": (".yml", ".yaml"),
    ".woodpecker": (".yml", ".yaml"),
    ".jenkins": (".sh", "jenkinsfile", ".groovy"),
    ".azure-pipelines": (".yml", ".yaml"),
    ".builds": (".yml", ".yaml"),
}
_EMPTY = frozenset(
    {
        "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
    }
)
_COMPILED = {
    name: [re.compile(translate(pattern), re.IGNORECASE) for pattern in patterns] for name, patterns in PATTERNS.items()
}

#: One entry of a tree: mode, kind, object name, path from the root.
Entry = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Files:
    """`found` gives each name of `PATTERNS` its path or None; `blobs` the object names of those found; `licences`
    every file at the root that may hold a licence's text; `ci` the paths that configure continuous integration.

    `known` is false when the trees are not there (a clone without them): then nothing can be said.
    """

    known: bool
    found: dict[str, str | None] = field(default_factory=dict)
    blobs: dict[str, str] = field(default_factory=dict)
    licences: tuple[tuple[str, str], ...] = ()
    ci: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    paths: frozenset[str] = frozenset()


def read(repository: Repository, head: str) -> tuple[Files, list[Entry]]:
    """The files at the commit `head`, and the entries of its root. Two or three commands, no content."""
    try:
        root = list(_entries(repository, head, ()))
    except GitFailure:
        return Files(False), []
    folders = [path for _, kind, _, path in root if kind == "tree" and _is_searched(path)]
    try:
        inner = list(_entries(repository, head, [f"{name}/" for name in folders])) if folders else []
        wanted = [path for _, kind, _, path in inner if kind == "tree" and path.lower() in _CI_FOLDERS]
        deep = list(_entries(repository, head, [f"{name}/" for name in wanted])) if wanted else []
    except GitFailure:
        return Files(False), root
    return _files(root, inner, deep), root


def match(pattern: str, files: Files) -> list[str]:
    """The paths at the root and in the folders searched that match a shell-like pattern, without case."""
    expression = re.compile(translate(pattern), re.IGNORECASE)
    if "/" in pattern:
        return sorted(path for path in files.paths if expression.match(path))
    return sorted(path for path in files.paths if expression.match(path.rpartition("/")[2]) and _depth(path) <= 1)


def is_named(path: str, name: str) -> bool:
    """Whether `path` would count as the usual file `name`, or matches it as a pattern."""
    base = path.rpartition("/")[2]
    expressions = _COMPILED.get(name.upper()) or [re.compile(translate(name), re.IGNORECASE)]
    return any(expression.match(base) for expression in expressions)


def _depth(path: str) -> int:
    return path.count("/")


def _files(root: Sequence[Entry], inner: Sequence[Entry], deep: Sequence[Entry]) -> Files:
    blobs = [entry for entry in (*root, *inner, *deep) if entry[1] == "blob"]
    full = [entry for entry in blobs if entry[2] not in _EMPTY]
    places = [(folder, [e for e in full if _folder(e[3]) == folder]) for folder in ("", *_FOLDERS)]
    found: dict[str, str | None] = {}
    names: dict[str, str] = {}
    for name, patterns in _COMPILED.items():
        hit = next((entry for _, entries in places for entry in _ranked(entries, patterns)), None)
        found[name] = hit[3] if hit else None
        if hit:
            names[name] = hit[2]
    licences = tuple((entry[3], entry[2]) for entry in _ranked(places[0][1], _COMPILED["LICENSE"]))
    ci = sorted(path for _, _, _, path in full if _is_ci(path))
    empty = sorted(entry[3] for entry in blobs if entry[2] in _EMPTY)
    return Files(True, found, names, licences, tuple(ci), tuple(empty), frozenset(entry[3] for entry in full))


def _ranked(entries: Iterable[Entry], patterns: Sequence[re.Pattern[str]]) -> Iterator[Entry]:
    """The entries that match, by the first pattern that they match and then by name."""
    ranked = []
    for entry in entries:
        rank = next((i for i, p in enumerate(patterns) if p.match(entry[3].rpartition("/")[2])), None)
        if rank is not None:
            ranked.append((rank, entry[3], entry))
    return (entry for _, _, entry in sorted(ranked))


def _folder(path: str) -> str:
    return path.rpartition("/")[0].lower()


def _is_searched(path: str) -> bool:
    low = path.lower()
    return low in _FOLDERS or any(folder == low or folder.startswith(f"{low}/") for folder in _CI_FOLDERS)


def _is_ci(path: str) -> bool:
    low = path.lower()
    if low in _CI_FILES:
        return True
    return low.endswith(_CI_FOLDERS.get(_folder(path), ())) if _folder(path) in _CI_FOLDERS else False


def _entries(repository: Repository, head: str, folders: Sequence[str]) -> Iterator[Entry]:
    output = repository.run("ls-tree", "-z", "--full-tree", head, "--", *folders)
    for record in output.split(b"\x00")[:-1]:
        facts, _, path = record.partition(b"\t")
        mode, kind, name = facts.decode().split(" ")
        yield mode, kind, name, path.decode("utf-8", "backslashreplace")
