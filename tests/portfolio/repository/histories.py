"""Small git histories for tests, written by `git fast-import`, and what they must come to by plain reckoning."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

DAY = 86_400
NOON = 1_780_000_000
QUIET = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "HOME": os.devnull,
    "LC_ALL": "C",
    "GIT_AUTHOR_NAME": "Tess Tester",
    "GIT_AUTHOR_EMAIL": "tess@tests.example",
    "GIT_COMMITTER_NAME": "Tess Tester",
    "GIT_COMMITTER_EMAIL": "tess@tests.example",
}


@dataclass(frozen=True)
class Made:
    """One commit: `parents` are positions of earlier ones; times in seconds since 1970."""

    time: int
    parents: tuple[int, ...] = ()
    email: bytes = b"ada@one.example"
    name: bytes = b"Ada Example"
    written: int | None = None
    zone: bytes = b"+0000"
    files: Mapping[str, bytes] = field(default_factory=dict)


def line(*times: int, **fields: object) -> list[Made]:
    """Commits one after the other at `times`."""
    return [Made(time, (index - 1,) if index else (), **fields) for index, time in enumerate(times)]  # type: ignore[arg-type]  # fields are Made's


def git(repository: Path, *arguments: str, given: bytes = b"", check: bool = True) -> str:
    """Run git on a repository of ours and give back its output."""
    done = subprocess.run(
        ["git", "--git-dir", str(repository), *arguments], input=given, capture_output=True, env=QUIET, check=check
    )
    return done.stdout.decode("utf-8", "replace").strip()


def write(repository: Path, commits: Sequence[Made], *, head: int | None = None) -> list[str]:
    """A bare repository with `commits`; `main` and HEAD name the one at `head`, by default the last. Gives names."""
    subprocess.run(["git", "init", "-q", "--bare", "--template=", "-b", "main", str(repository)], check=True, env=QUIET)
    return extend(repository, commits, head=head)


def extend(repository: Path, commits: Sequence[Made], *, head: int | None = None) -> list[str]:
    """Write `commits` into a repository that is there, from their roots anew."""
    marks = repository / "marks"
    stream = []
    for index, made in enumerate(commits):
        written = made.time if made.written is None else made.written
        stream += [
            b"commit refs/import/%d\nmark :%d\n" % (index, index + 1),
            b"author %s<%s> %d %s\n" % (made.name + b" " if made.name else b"", made.email, written, made.zone),
            b"committer Com Mitter <com@tests.example> %d %s\n" % (made.time, made.zone),
            b"data 4\n%04d\n" % index,
        ]
        for order, parent in enumerate(made.parents):
            stream.append(b"%s :%d\n" % (b"merge" if order else b"from", parent + 1))
        for path, content in made.files.items():
            stream.append(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
        stream.append(b"\n")
    git(
        repository,
        "fast-import",
        "--quiet",
        "--force",
        "--date-format=raw-permissive",
        f"--export-marks={marks}",
        given=b"".join(stream),
    )
    names = [""] * len(commits)
    for entry in marks.read_text().splitlines():
        mark, name = entry.split(" ")
        names[int(mark[1:]) - 1] = name
    refs = "".join(f"delete refs/import/{index}\n" for index in range(len(commits)))
    refs += f"update refs/heads/main {names[len(names) - 1 if head is None else head]}\n"
    git(repository, "update-ref", "--stdin", given=refs.encode())
    return names


def behind(commits: Sequence[Made], head: int) -> set[int]:
    """The positions that `head` reaches, itself included."""
    found: set[int] = set()
    waiting = [head]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += commits[at].parents
    return found


def counted(commits: Sequence[Made], head: int, days: int, *, skew: int = DAY) -> tuple[int, int, int]:
    """Commits that are no merges, people by address, and merges in the window, reckoned from the definition."""
    end = commits[head].time
    inside = [commits[at] for at in behind(commits, head) if end - days * DAY <= commits[at].time <= end + skew]
    plain = [made for made in inside if len(made.parents) < 2]
    people = {made.email.lower() or b"name:" + made.name.lower() for made in plain}
    return len(plain), len(people), len(inside) - len(plain)
