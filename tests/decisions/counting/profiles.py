"""Random small elections for the properties: equal and skipped ranks, repeats, withdrawn candidates, many ties."""

from __future__ import annotations

from hypothesis import strategies as st

from quorate.decisions.counting import Profile

Ranks = tuple[tuple[int, ...], ...]


@st.composite
def rankings(draw: st.DrawFn, candidates: int, *, clean: bool = False) -> Ranks:
    order = draw(st.permutations(range(1, candidates + 1)))
    order = order[: draw(st.integers(0, candidates))]
    ranks: list[tuple[int, ...]] = []
    while order:
        size = draw(st.sampled_from((1, 1, 1, 2, 3)))
        ranks.append(tuple(sorted(order[:size])))
        order = order[size:]
        if not clean and draw(st.integers(0, 9)) == 0:
            ranks.append(draw(st.sampled_from(((), (draw(st.integers(1, candidates)),)))))
    return tuple(ranks)


@st.composite
def ranked(draw: st.DrawFn, *, clean: bool = False, most: int = 5) -> Profile:
    candidates = draw(st.integers(1, most))
    ballots = draw(st.lists(st.tuples(rankings(candidates, clean=clean), st.integers(1, 12)), max_size=8))
    withdrawn = draw(st.sets(st.integers(1, candidates), max_size=candidates - 1)) if draw(st.booleans()) else set()
    seats = draw(st.integers(1, 4))
    return Profile.ranked([f"Candidate {n}" for n in range(1, candidates + 1)], seats, ballots, withdrawn=withdrawn)


@st.composite
def scored(draw: st.DrawFn) -> Profile:
    candidates = draw(st.integers(1, 5))
    score = st.one_of(st.none(), st.integers(0, 5))
    ballot = st.lists(score, min_size=candidates, max_size=candidates).map(tuple)
    ballots = draw(st.lists(st.tuples(ballot, st.integers(1, 9)), max_size=8))
    names = [f"Candidate {n}" for n in range(1, candidates + 1)]
    return Profile.scored(names, draw(st.integers(1, 3)), ballots)
