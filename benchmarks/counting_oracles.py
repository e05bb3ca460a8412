"""Other people's counters, in an environment of their own: `python counting_oracles.py WHICH BALLOTS.npy SEATS`.

Run by `benchmarks.counting` under the interpreter of `.venv/oracles`; imports nothing of ours. Prints one JSON line:
CPU seconds from the array to the winners, and the winners' numbers; or what is missing.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def pyrankvote_stv(ballots: Any, seats: int, names: list[str]) -> Callable[[], list[str]]:
    import pyrankvote

    people = [pyrankvote.Candidate(name) for name in names]

    def run() -> list[str]:
        papers = [pyrankvote.Ballot([people[number - 1] for number in row if number]) for row in ballots.tolist()]
        result = pyrankvote.single_transferable_vote(people, papers, number_of_seats=seats)
        return [str(winner.name) for winner in result.get_winners()]

    return run


def _grouped(ballots: Any) -> tuple[list[list[int]], list[int]]:
    rows, counts = np.unique(ballots, axis=0, return_counts=True)
    return rows.tolist(), counts.tolist()


def pref_voting_stv(ballots: Any, seats: int, names: list[str]) -> Callable[[], list[str]]:
    from pref_voting.profiles_with_ties import ProfileWithTies
    from pref_voting.proportional_methods import stv_scottish

    def run() -> list[str]:
        rows, counts = _grouped(ballots)
        ranks = [{number - 1: at for at, number in enumerate(row, 1) if number} for row in rows]
        profile = ProfileWithTies(ranks, rcounts=counts, candidates=list(range(len(names))))
        return [names[number] for number in stv_scottish(profile, num_seats=seats)]

    return run


def pref_voting_schulze(ballots: Any, seats: int, names: list[str]) -> Callable[[], list[str]]:
    from pref_voting.margin_based_methods import beat_path
    from pref_voting.profiles_with_ties import ProfileWithTies

    def run() -> list[str]:
        rows, counts = _grouped(ballots)
        ranks = [{number - 1: at for at, number in enumerate(row, 1) if number} for row in rows]
        profile = ProfileWithTies(ranks, rcounts=counts, candidates=list(range(len(names))))
        profile.use_extended_strict_preference()
        return [names[number] for number in beat_path(profile)]

    return run


def _votekit_profile(ballots: Any, names: list[str]) -> Any:
    from votekit.ballot import RankBallot
    from votekit.pref_profile import RankProfile

    rows, counts = _grouped(ballots)
    papers = [
        RankBallot(ranking=[{names[number - 1]} for number in row if number], weight=count)
        for row, count in zip(rows, counts, strict=True)
    ]
    return RankProfile(ballots=papers, candidates=names, max_ranking_length=len(names))


def votekit_stv(ballots: Any, seats: int, names: list[str]) -> Callable[[], list[str]]:
    from votekit.elections import FastSTV

    return lambda: [
        str(name) for group in FastSTV(_votekit_profile(ballots, names), n_seats=seats).get_elected() for name in group
    ]


def votekit_schulze(ballots: Any, seats: int, names: list[str]) -> Callable[[], list[str]]:
    from votekit.elections import Schulze

    return lambda: [
        str(name) for group in Schulze(_votekit_profile(ballots, names), n_seats=seats).get_elected() for name in group
    ]


ORACLES = {
    "pyrankvote-stv": pyrankvote_stv,
    "pref_voting-stv": pref_voting_stv,
    "votekit-stv": votekit_stv,
    "pref_voting-schulze": pref_voting_schulze,
    "votekit-schulze": votekit_schulze,
}


def main(which: str, path: str, seats: str) -> dict[str, Any]:
    ballots = np.load(path)
    names = [f"C{number}" for number in range(1, int(ballots.max()) + 1)]
    try:
        run = ORACLES[which](ballots, int(seats), names)
    except ImportError as error:
        return {"missing": str(error)}
    before = time.process_time()
    winners = run()
    return {"seconds": time.process_time() - before, "elected": sorted(int(name[1:]) for name in winners)}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
