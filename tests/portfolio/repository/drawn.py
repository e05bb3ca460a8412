"""Random histories for property tests, and all that a scan says about one."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from tests.portfolio.repository.histories import DAY, NOON, Made

from quorate.registers.portfolio.repository.scan import Scan

WINDOWS = (1, 7, 90)
SLOW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def said(found: Scan) -> dict[str, Any]:
    """All that a scan says, including windows that its facts do not show."""
    windows = {days: found.window(days) for days in WINDOWS}
    people = Counter((who.bot, who.domain, who.first) for who in found.history.contributors)
    return {"facts": found.facts, "windows": windows, "people": people}


@st.composite
def histories(draw: st.DrawFn) -> list[Made]:
    """Up to 24 commits: several roots, merges of up to five, disordered and equal dates, few people."""
    commits: list[Made] = []
    for index in range(draw(st.integers(1, 24))):
        parents = draw(
            st.lists(st.integers(max(0, index - 6), index - 1), max_size=5, unique=True) if index else st.just([])
        )
        base = max((commits[parent].time for parent in parents), default=NOON)
        step = draw(st.one_of(st.integers(0, 2 * DAY), st.integers(-20 * DAY, 20 * DAY), st.just(0)))
        commits.append(
            Made(
                max(0, base + step),
                tuple(parents),
                email=draw(
                    st.sampled_from([b"a@one.example", b"A@one.example", b"b@two.example", b"", b"c@gmail.com"])
                ),
                name=draw(st.sampled_from([b"Ada", b"Bo", b"J\xf6rg", b"", "Łoś".encode()])),
                written=draw(st.one_of(st.none(), st.integers(NOON - 400 * DAY, NOON + 400 * DAY))),
                zone=draw(st.sampled_from([b"+0000", b"-1100", b"+1400", b"+0545"])),
            )
        )
    return commits
