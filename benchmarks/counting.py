"""Counting: our counters beside pyrankvote, pref_voting and votekit, on the same ballots in the same run.

Seeded Plackett-Luce ballots: weights 1/i^0.7, Gumbel noise sorted, lengths uniform from 1 to all. CPU seconds from the
array of ballots to the result; ours the best of three. The others run in an environment of their own (`.venv/oracles`,
made by `make bench`, or the interpreter that QUORATE_BENCH_ORACLES names) because they bring 850 MB; where it is
absent their rows say so. Those that would take minutes are given fewer ballots, and so are we beside them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quorate.decisions.counting import Count, Profile, count

BALLOTS = 1_000_000
CANDIDATES = 12
SEATS = 5
CONDORCET_BALLOTS = 100_000
CONDORCET_CANDIDATES = 50
LIMIT = 200

Ballots = NDArray[np.int8]


def run() -> list[dict[str, Any]]:
    """Every measure of counting."""
    return list(rows())


def rows() -> Iterator[dict[str, Any]]:
    """The measures, each as soon as it is known."""
    ballots = generate(BALLOTS, CANDIDATES, 7)
    for rule, target in (("scottish-stv", 1.0), ("meek-prf", 10.0), ("wigm-prf", None), ("wright-stv", None)):
        yield _ours(f"{BALLOTS:,} ballots, {CANDIDATES} for {SEATS}: {rule}", ballots, rule, SEATS, target)
    yield _plain(ballots)
    yield _beside("scottish-stv", "pyrankvote-stv", "pyrankvote, own rule", ballots, SEATS)
    yield _beside("scottish-stv", "pref_voting-stv", "pref_voting stv_scottish", ballots[:100_000], SEATS)
    yield _beside("scottish-stv", "votekit-stv", "votekit FastSTV, own rule", ballots[:100_000], SEATS)
    many = generate(CONDORCET_BALLOTS, CONDORCET_CANDIDATES, 9)
    name = f"{CONDORCET_BALLOTS:,} ballots, {CONDORCET_CANDIDATES} candidates: "
    yield _ours(name + "schulze-winning", many, "schulze-winning", 1, 1.0)
    yield _ours(name + "ranked-pairs", many, "ranked-pairs", 1, None)
    yield _beside("schulze-margins", "pref_voting-schulze", "pref_voting beat_path", many[:1_000], 1)
    yield _beside("schulze-winning", "votekit-schulze", "votekit Schulze", many[:1_000], 1)


def generate(ballots: int, candidates: int, seed: int) -> Ballots:
    """Rows of candidate numbers, best first, then zeros. [ballots, candidates]"""
    rng = np.random.default_rng(seed)
    weights = np.log(1 / np.arange(1, candidates + 1) ** 0.7)
    found = np.zeros((ballots, candidates), dtype=np.int8)
    for start in range(0, ballots, 100_000):
        size = min(100_000, ballots - start)
        order = np.argsort(-(weights + rng.gumbel(size=(size, candidates))), axis=1) + 1
        lengths = rng.integers(1, candidates + 1, size=size)
        order[np.arange(candidates)[None, :] >= lengths[:, None]] = 0
        found[start : start + size] = order
    return found


def _profile(ballots: Ballots, seats: int) -> Profile:
    return Profile.of_matrix([f"C{number}" for number in range(1, ballots.shape[1] + 1)], seats, ballots)


def _ours(name: str, ballots: Ballots, rule: str, seats: int, target: float | None) -> dict[str, Any]:
    seconds, _count = _timed(lambda: count(_profile(ballots, seats), rule))
    row: dict[str, Any] = {"name": name, "ours": seconds, "unit": "CPU s"}
    if target is not None:
        row |= {"target": target, "met": seconds <= target}
    return row


def _plain(ballots: Ballots) -> dict[str, Any]:
    """The second counter, which a result needs as well; it wants the distinct ballots as tuples first."""
    before = time.process_time()
    profile = _profile(ballots, SEATS)
    profile.rankings  # noqa: B018 - reading it makes them
    made = time.process_time() - before
    seconds, _count = _timed(lambda: count(profile, "scottish-stv", counter="plain"), times=1)
    note = f"and {made:.1f} to make the distinct ballots"
    return {
        "name": f"{BALLOTS:,} ballots: scottish-stv by the plain counter",
        "ours": seconds,
        "unit": "CPU s",
        "note": note,
    }


def _beside(rule: str, oracle: str, title: str, ballots: Ballots, seats: int) -> dict[str, Any]:
    seconds, result = _timed(lambda: count(_profile(ballots, seats), rule))
    row: dict[str, Any] = {"name": f"{len(ballots):,} ballots: {rule}", "ours": seconds, "unit": "CPU s"}
    theirs = _oracle(oracle, ballots, seats)
    if "seconds" not in theirs:
        return row | {"note": f"{title}: {theirs['missing']}"}
    same = "the same winners" if theirs["elected"] == sorted(result.elected) else f"other winners: {theirs['elected']}"
    slow = theirs["seconds"]
    return row | {"baseline": slow, "baseline_name": title, "ratio": seconds / slow if slow else None, "note": same}


def _oracle(which: str, ballots: Ballots, seats: int) -> dict[str, Any]:
    interpreter = os.environ.get("QUORATE_BENCH_ORACLES") or str(Path(sys.prefix) / "oracles" / "bin" / "python")
    if not Path(interpreter).exists():
        return {"missing": "not installed (make bench installs it below .venv/oracles)"}
    script = Path(__file__).with_name("counting_oracles.py")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ballots.npy"
        np.save(path, ballots)
        command = [
            "sh",
            "-c",
            f'ulimit -t {LIMIT}; exec "$@"',
            "sh",
            interpreter,
            str(script),
            which,
            str(path),
            str(seats),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"stopped after {LIMIT} CPU s"])[-1]
        return {"missing": last}
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _timed(measured: Callable[[], Count], times: int = 3) -> tuple[float, Count]:
    best, result = float("inf"), None
    for _time in range(times):
        before = time.process_time()
        result = measured()
        best = min(best, time.process_time() - before)
    assert result is not None
    return best, result
