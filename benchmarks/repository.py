"""Reading repositories: our scan beside plain `git log` parsing and PyDriller, on the same synthetic history.

CPU seconds are those of this process and of every git it started (`RUSAGE_SELF` and `RUSAGE_CHILDREN`), the best of
three runs; wall seconds where it says so. The histories are written once and kept below the temporary directory
(or `QUORATE_BENCH_CACHE`), under a name that changes with the generator. PyDriller is run on a part of the history and
its time multiplied up, which its row says.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import synthetic_history
from quorate.registers.portfolio.repository.fleet import Outcome, Target, refresh
from quorate.registers.portfolio.repository.scan import scan

COMMITS = 80_000
PROJECTS = 150
#: Sizes of the portfolio's histories, in turn: most are small, some are large. 150 projects have 787,500 commits.
SIZES = (500, 1_000, 2_000, 4_000, 8_000, 16_000)
BEHIND = 50
PYDRILLER_COMMITS = 2_000
DAY = 86_400


def run() -> list[dict[str, Any]]:
    """Every measure of reading repositories."""
    return list(rows())


def rows() -> Iterator[dict[str, Any]]:
    """The measures, each as soon as it is known."""
    clone = history(COMMITS)
    old = _git(clone, "rev-parse", f"HEAD~{BEHIND}")
    yield from _cold(clone)
    yield from _refresh(clone, old)
    yield _command(clone)
    yield from _portfolio()


def _cold(clone: Path) -> Iterator[dict[str, Any]]:
    ours = _best(lambda: scan(clone).facts)
    plain = _best(lambda: _git_log_authors(clone))
    yield {
        "name": f"{COMMITS:,} commits from cold, all facts",
        "ours": ours,
        "baseline": plain,
        "baseline_name": "git log parsed, authors and dates only",
        "ratio": ours / plain,
        "unit": "CPU s",
        "target": 3.0,
        "met": ours <= 3.0,
    }
    slow, done = _pydriller(clone)
    yield {
        "name": f"{COMMITS:,} commits from cold, all facts",
        "ours": ours,
        "baseline": slow,
        "baseline_name": "PyDriller metadata",
        "ratio": ours / slow if slow else None,
        "unit": "CPU s",
        "note": f"PyDriller extrapolated from {done:,} commits" if slow else "PyDriller is not installed",
    }
    window = _best(lambda: _git_log_window(clone))
    yield {"name": "for scale: git log of the 90-day window only", "ours": window, "unit": "CPU s"}


def _refresh(clone: Path, old: str) -> Iterator[dict[str, Any]]:
    kept = scan(clone, ref=old).to_bytes()
    again = scan(clone, previous=kept)
    if not again.refreshed:
        raise RuntimeError("the refresh read everything again, so it was not measured")
    new = again.history.commits - scan(clone, ref=old).history.commits
    same = again.to_bytes()
    plain = _best(lambda: _git_log_authors(clone))

    def step() -> None:
        later = scan(clone, previous=kept)
        later.facts  # noqa: B018  computing them is part of a refresh
        later.to_bytes()

    ours = _best(step)
    yield {
        "name": f"refresh, {new} new commits",
        "ours": ours,
        "baseline": plain,
        "baseline_name": "git log parsed anew",
        "ratio": ours / plain,
        "unit": "CPU s",
        "target": 0.2,
        "met": ours <= 0.2,
        "note": f"{len(kept):,} bytes kept",
    }
    idle = _best(lambda: scan(clone, previous=same).facts)
    yield {"name": "refresh, nothing new", "ours": idle, "unit": "CPU s", "target": 0.2, "met": idle <= 0.2}


def _command(clone: Path) -> dict[str, Any]:
    """The whole command, with the start of the interpreter and of the application."""
    with tempfile.TemporaryDirectory() as home:
        quorate = [sys.executable, "-c", "from quorate.surfaces.cli.main import main; main()"]
        environment = {**os.environ, "QUORATE_HOME": home}
        environment.pop("DATABASE_URL", None)
        subprocess.run([*quorate, "setup"], capture_output=True, env=environment, check=False)
        command = [*quorate, "repo", "check", str(clone), "--program", "ecosystem", "--json"]
        before = _cpu()
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        spent = _cpu() - before
    name = f"quorate repo check, {COMMITS:,} commits from cold"
    if done.returncode:
        return {"name": name, "ours": None, "unit": "CPU s", "note": done.stderr.decode().strip()[-200:]}
    return {"name": name, "ours": spent, "unit": "CPU s", "target": 3.0, "met": spent <= 3.0}


def _portfolio() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="quorate-portfolio-") as folder:
        clones = {}
        for number in range(PROJECTS):
            size = SIZES[number % len(SIZES)]
            clones[str(number)] = Path(folder) / f"{number}.git"
            shutil.copytree(history(size), clones[str(number)], copy_function=os.link)
        total = sum(SIZES[number % len(SIZES)] for number in range(PROJECTS))
        kept: dict[str, bytes] = {}

        def read_all() -> None:
            for outcome in refresh(Target(key, path, kept.get(key)) for key, path in clones.items()):
                kept[outcome.key] = _bytes(outcome)

        wall, cpu = _both(read_all)
        yield {
            "name": f"{PROJECTS} projects from cold, {total:,} commits, 2 workers",
            "ours": wall,
            "unit": "wall s",
            "target": 60.0,
            "met": wall <= 60,
            "note": f"{cpu:.1f} CPU s",
        }
        wall, cpu = _both(read_all)
        yield {
            "name": f"{PROJECTS} projects refreshed, nothing new",
            "ours": wall,
            "unit": "wall s",
            "note": f"{cpu:.1f} CPU s, {sum(map(len, kept.values())):,} bytes kept",
        }


def history(commits: int) -> Path:
    """The bare repository with so many commits, written when it is not there yet."""
    source = hashlib.sha256(Path(synthetic_history.__file__).read_bytes()).hexdigest()[:12]
    folder = Path(os.environ.get("QUORATE_BENCH_CACHE") or Path(tempfile.gettempdir()) / "quorate-bench")
    path = folder / f"history-{commits}-{source}.git"
    if not path.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=folder)) / "new.git"
        synthetic_history.write(scratch, commits, years=20.0 if commits > 20_000 else 6.0)
        scratch.replace(path)
        scratch.parent.rmdir()
    return path


def _git_log_authors(clone: Path) -> tuple[int, int]:
    """The plain way: one `git log`, the least date of each address and the months of first contributions."""
    log = ["-c", "mailmap.blob=HEAD:.mailmap", "log", "--use-mailmap", "--format=%aE%x09%at", "HEAD"]
    first: dict[bytes, int] = {}
    with _piped(clone, *log) as lines:
        for line in lines:
            address, _, date = line.partition(b"\t")
            at = int(date)
            if at < first.get(address, at + 1):
                first[address] = at
    months = {time.strftime("%Y-%m", time.gmtime(at)) for at in first.values()}
    return len(first), len(months)


def _git_log_window(clone: Path) -> int:
    end = int(_git(clone, "log", "-1", "--format=%ct", "HEAD"))
    with _piped(clone, "log", "--no-merges", f"--since={end - 90 * DAY}", "--format=%aE%x09%at", "HEAD") as lines:
        return len({line.partition(b"\t")[0] for line in lines})


def _pydriller(clone: Path) -> tuple[float, int]:
    """CPU seconds for the whole history, extrapolated, and how many commits were really read."""
    try:
        from pydriller import Repository
    except ImportError:
        return 0.0, 0
    oldest = _git(clone, "rev-list", "--reverse", "--first-parent", "HEAD").split("\n")
    to = oldest[min(len(oldest) - 1, PYDRILLER_COMMITS // 2)]
    done = 0
    before = _cpu()
    authors = set()
    for commit in Repository(str(clone), to_commit=to).traverse_commits():
        authors.add((commit.author.email, commit.author_date))
        done += 1
    return (_cpu() - before) * COMMITS / max(1, done), done


@contextmanager
def _piped(clone: Path, *arguments: str) -> Iterator[Any]:
    with subprocess.Popen(["git", "--git-dir", str(clone), *arguments], stdout=subprocess.PIPE) as process:
        yield process.stdout


def _git(clone: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "--git-dir", str(clone), *arguments], capture_output=True, check=True, text=True
    ).stdout.strip()


def _bytes(outcome: Outcome) -> bytes:
    if outcome.scan is None:
        raise RuntimeError(str(outcome.error))
    return outcome.scan.to_bytes()


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _best(work: Callable[[], object], times: int = 3) -> float:
    spent = []
    for _ in range(times):
        before = _cpu()
        work()
        spent.append(_cpu() - before)
    return min(spent)


def _both(work: Callable[[], object]) -> tuple[float, float]:
    cpu, wall = _cpu(), time.monotonic()
    work()
    return time.monotonic() - wall, _cpu() - cpu
