"""Membership: seats, dues and rights of 1,000 members on each of 3,650 days, beside asking for every day anew.

Seeded synthetic members of CNCF's charter of 2021 with invented dues: a tenth related to one another, a quarter that left.
Ours reckons once for each span in which nothing changes (`rules/timeline`); the baseline calls the same pure functions for
every single day, on a sample of the days spread evenly, and is scaled. On all of them both must give the same, else the
run fails.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from quorate.registers.membership.rules import reading
from quorate.registers.membership.rules.charter import Charter
from quorate.registers.membership.rules.dues import dues
from quorate.registers.membership.rules.members import Member, Roll
from quorate.registers.membership.rules.rights import rights
from quorate.registers.membership.rules.seats import seats
from quorate.registers.membership.rules.timeline import dues_over, rights_over, seats_over

MEMBERS = 1_000
START = date(2021, 8, 1)
DAYS = 3_650
SAMPLE = 40
BODY = "governing-board"


def run() -> list[dict[str, Any]]:
    """Every measure of membership."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
    return list(rows())


def rows() -> Iterator[dict[str, Any]]:
    """The measures, each as soon as it is known."""
    charter, roll = priced(), roll_of(MEMBERS, 11)
    end = START + timedelta(days=DAYS)
    sample = [START + timedelta(days=n * DAYS // SAMPLE) for n in range(SAMPLE)]
    spent, spans = timed(lambda: seats_over(charter, roll, BODY, START, end))
    answers = [START + timedelta(days=n) for n in range(DAYS)]
    looked, _all = timed(lambda: [spans.on(day) for day in answers])
    naive, expected = timed(lambda: [seats(charter, roll, BODY, day) for day in sample])
    same = all(
        spans.on(day).as_dict() | {"on": ""} == one.as_dict() | {"on": ""}
        for day, one in zip(sample, expected, strict=True)
    )
    yield row("seats", spent + looked, naive, same, 30.0, f"{len(spans.starts)} spans")

    spent, priced_ = timed(lambda: dues_over(charter, roll, START, end))
    looked, _all = timed(lambda: [span.on(day) for day in answers for span in priced_.values()])
    naive, by_day = timed(lambda: [dues(charter, roll, day) for day in sample])
    same = all(
        {r.organisation: r.as_dict() for r in one.by_member}
        == {found.organisation: found.as_dict() for span in priced_.values() if (found := span.on(day)) is not None}
        for day, one in zip(sample, by_day, strict=True)
    )
    yield row("dues", spent + looked, naive, same, 30.0, f"{sum(len(span.starts) for span in priced_.values())} spans")

    own: dict[str, list[Member]] = {}
    for member in roll.members:
        own.setdefault(member.key, []).append(member)
    spent, held = timed(lambda: rights_over(charter, roll, START, end))
    looked, _all = timed(lambda: [span.on(day) for day in answers for span in held.values()])
    naive, asked = timed(
        lambda: [{key: rights(charter, rows, rows[0].organisation, day) for key, rows in own.items()} for day in sample]
    )
    same = all(
        held[key].on(day).rights == one.rights
        for day, all_ in zip(sample, asked, strict=True)
        for key, one in all_.items()
    )
    yield row(
        "rights",
        spent + looked,
        naive,
        same,
        30.0,
        f"{sum(len(s.starts) for s in held.values())} spans",
    )


def row(what: str, ours: float, naive: float, same: bool, target: float, note: str) -> dict[str, Any]:
    """One measure; the baseline is scaled from the sample to all days."""
    baseline = naive * DAYS / SAMPLE
    return {
        "name": f"{what} of {MEMBERS:,} members on {DAYS:,} days",
        "ours": ours,
        "unit": "CPU s",
        "baseline": baseline,
        "baseline_name": f"every day anew (scaled from {SAMPLE})",
        "ratio": baseline / ours,
        "target": target,
        "met": same and ours <= target,
        "note": note if same else "NOT THE SAME as the baseline",
    }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds and the result."""
    before = time.process_time()
    found = work()
    return time.process_time() - before, found


def priced() -> Charter:
    """CNCF's charter with invented dues by heads for silver and flat ones else."""
    text = reading.read_text(reading.find("cncf"))
    bands = (
        "by: headcount, bands: ["
        + ", ".join(
            f"{{from: {low}, to: {high}, amount: {amount}}}"
            for low, high, amount in ((0, 49, 7000), (50, 499, 15000), (500, 4999, 30000))
        )
        + ", {from: 5000, amount: 50000}]"
    )
    text = text.replace("tier: silver, amount: unknown", f"tier: silver, {bands}")
    for tier, amount in (("platinum", 370000), ("gold", 120000), ("academic-nonprofit", 1000)):
        text = text.replace(f"tier: {tier}, amount: unknown", f"tier: {tier}, amount: {amount}")
    return reading.parse(text)


def roll_of(n: int, seed: int) -> Roll:
    """So many synthetic members, the same for a seed."""
    chance = random.Random(seed)
    found = []
    for i in range(n):
        joined = START + timedelta(days=chance.randrange(-1500, DAYS))
        left = joined + timedelta(days=chance.randrange(200, 2500)) if chance.random() < 0.25 else None
        tier = chance.choices(["platinum", "gold", "silver", "academic-nonprofit"], [3, 4, 80, 13])[0]
        related = (f"Member {chance.randrange(n)}",) if chance.random() < 0.1 else ()
        found.append(Member(f"Member {i}", tier, joined, left, chance.randrange(1, 20_000), related=related))
    return Roll(tuple(found))
