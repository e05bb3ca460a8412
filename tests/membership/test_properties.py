"""What holds for any charter and any members: never above a ceiling, one answer whatever the order, sums that add up."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.registers.membership.rules import linting
from quorate.registers.membership.rules.charter import (
    AdminFee,
    Band,
    Basis,
    BodyRules,
    Bracket,
    Charter,
    GroupCap,
    Loss,
    Mode,
    Prorating,
    Quantity,
    QuorumRule,
    Scale,
    SeatRule,
    Tier,
    Version,
)
from quorate.registers.membership.rules.dues import Dues, band_of, dues, fee_on
from quorate.registers.membership.rules.members import Company, Member, Roll
from quorate.registers.membership.rules.prorating import part_of, share_of, term, upgrade
from quorate.registers.membership.rules.rights import rights
from quorate.registers.membership.rules.seats import Seats, seats

TIERS = ("platinum", "gold", "silver")
DAY = date(2026, 6, 1)
SMALL = st.integers(0, 6)
#: More of them with QUORATE_EXAMPLES=2000, before a change to the rules is merged.
EXAMPLES = int(os.environ.get("QUORATE_EXAMPLES", "40"))


@st.composite
def quantities(draw: st.DrawFn, rules: tuple[str, ...]) -> Quantity:
    """A ceiling over counts of members and over rules that stand before."""
    kind = draw(st.sampled_from(["members", "count", *(["seats"] if rules else [])]))
    return Quantity(
        kind,
        (draw(st.sampled_from(rules if kind == "seats" else TIERS)),) if kind != "count" else (),
        draw(SMALL) if kind == "count" else 0,
        times=draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2)])),
        per=draw(st.integers(1, 3)),
        plus=draw(st.integers(-2, 2)),
        clause="x",
    )


@st.composite
def seat_rules(draw: st.DrawFn) -> tuple[SeatRule, ...]:
    found: list[SeatRule] = []
    for n in range(draw(st.integers(1, 4))):
        mode = draw(st.sampled_from([Mode.APPOINT_EACH, Mode.ELECT_CLASS, Mode.EX_OFFICIO, Mode.OBSERVER]))
        most = draw(st.none() | SMALL)
        least = draw(st.none() | st.integers(0, 3))
        of_class = mode is Mode.ELECT_CLASS
        found.append(
            SeatRule(
                f"rule-{n}",
                mode,
                clause=f"{n}",
                tiers=tuple(draw(st.lists(st.sampled_from(TIERS), min_size=1, max_size=2, unique=True))),
                seats=draw(st.integers(1, 2)),
                per=draw(st.none() | st.integers(1, 5)) if of_class else None,
                min_if_any=(least if most is None or least is None else min(least, most)) if of_class else None,
                max=most,
                also_max=tuple(draw(st.lists(quantities(tuple(rule.name for rule in found)), max_size=2))),
                voting=mode is not Mode.OBSERVER,
                good_standing=draw(st.booleans()),
            )
        )
    return tuple(found)


@st.composite
def scales(draw: st.DrawFn) -> tuple[Scale, ...]:
    """A flat scale, bands by heads without gaps, and one that follows another."""
    edges = sorted(draw(st.lists(st.integers(1, 5000), max_size=4, unique=True)))
    amounts = sorted(draw(st.lists(st.integers(0, 100_000), min_size=len(edges) + 1, max_size=len(edges) + 1)))
    starts = [0, *edges]
    bands = tuple(
        Band(Decimal(start), Decimal(edges[n] - 1) if n < len(edges) else None, Decimal(amounts[n]))
        for n, start in enumerate(starts)
    )
    return (
        Scale("platinum", Basis.FLAT, "USD", Decimal(draw(st.integers(0, 200_000)))),
        Scale("gold", Basis.HEADCOUNT, "USD", bands=bands),
        Scale("silver", Basis.SAME_AS, "USD", same_as="gold"),
    )


@st.composite
def charters(draw: st.DrawFn) -> Charter:
    caps = draw(st.lists(st.builds(GroupCap, at_most=st.integers(0, 3), clause=st.just("cap")), max_size=1))
    body = BodyRules(
        "board",
        "Board",
        draw(seat_rules()),
        tuple(caps),
        quorum=QuorumRule(draw(st.sampled_from([Fraction(1, 2), Fraction(2, 3)])), draw(st.booleans()), clause="q"),
    )
    losses = (
        Loss("overdue", ("all",), days=draw(st.integers(0, 90))),
        Loss("absent", ("quorum:board",), meetings=2, body="board"),
    )
    version = Version(
        "1",
        date(2020, 1, 1),
        tuple(Tier(slug, slug.capitalize(), n + 1, "t") for n, slug in enumerate(TIERS)),
        (body,),
        draw(scales()),
        losses=losses,
        currency="USD",
    )
    return Charter("Any", (version,))


@st.composite
def rolls(draw: st.DrawFn) -> Roll:
    names = [f"m{n}" for n in range(draw(st.integers(0, 14)))]
    members = [
        Member(
            name,
            draw(st.sampled_from(TIERS)),
            draw(st.none() | st.dates(date(2020, 1, 1), date(2026, 12, 31))),
            headcount=draw(st.none() | st.integers(0, 9000)),
            related=tuple(draw(st.lists(st.sampled_from([*names, "holding"]), max_size=1))),
            overdue_since=draw(st.none() | st.dates(date(2026, 1, 1), date(2026, 7, 1))),
            absent=draw(st.just({}) | st.just({"board": 2})),
        )
        for name in names
    ]
    return Roll(tuple(members), (Company("holding", draw(st.none() | SMALL)),))


def found_in(charter: Charter, roll: Roll) -> Seats:
    return seats(charter, roll, "board", DAY, ())


@given(charters(), rolls())
@settings(max_examples=EXAMPLES, deadline=None)
def test_derivations_add_up_and_no_ceiling_is_passed(charter: Charter, roll: Roll) -> None:
    found = found_in(charter, roll)
    by_name = {rule.rule: rule for rule in found.rules}
    assert found.n == sum(rule.n for rule in found.rules if rule.voting)
    for rule in found.body.seats:
        result = by_name[rule.name]
        assert result.n >= 0
        assert sum(step.n for step in result.steps) == result.n
        assert rule.max is None or result.n <= rule.max
        for quantity in rule.also_max:
            assert result.n <= result.inputs[f"max:{quantity.words}"]
    # Nothing is settled silently: a promise that a ceiling cuts is among the conflicts.
    cut = {c.values["rule"] for c in found.conflicts if c.code == "minimum-above-ceiling"}
    for rule in found.body.seats:
        promised = rule.min_if_any or 0
        if promised > by_name[rule.name].n and by_name[rule.name].inputs.get("members"):
            assert rule.name in cut


@given(charters(), rolls())
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_group_appoints_above_its_cap(charter: Charter, roll: Roll) -> None:
    found = found_in(charter, roll)
    for cap in found.body.group_caps:
        uncapped = replace(charter.versions[0], bodies=(replace(found.body, group_caps=()),))
        free = found_in(replace(charter, versions=(uncapped,)), roll)
        appointing = [r.rule for r in found.rules if r.mode is Mode.APPOINT_EACH]
        alone = len({m.key for m in roll.on(DAY)})
        given_ = sum(r.n for r in found.rules if r.rule in appointing)
        assert given_ <= cap.at_most * alone
        assert given_ <= sum(r.n for r in free.rules if r.rule in appointing)


@given(charters(), rolls(), st.randoms(use_true_random=False))
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_order_of_members_does_not_matter(charter: Charter, roll: Roll, chance: random.Random) -> None:
    shuffled = list(roll.members)
    chance.shuffle(shuffled)
    other = replace(roll, members=tuple(shuffled))
    assert found_in(charter, roll).as_dict() == found_in(charter, other).as_dict()
    assert dues(charter, roll, DAY).as_dict() == dues(charter, other, DAY).as_dict()


def uncapped(charter: Charter) -> Charter:
    """The same charter without what makes more members give fewer seats: caps, standing and ceilings of other counts."""
    (version,) = charter.versions
    (body,) = version.bodies
    rules = tuple(replace(rule, also_max=(), good_standing=False) for rule in body.seats)
    return replace(charter, versions=(replace(version, bodies=(replace(body, seats=rules, group_caps=()),)),))


@given(charters(), rolls(), st.sampled_from(TIERS))
@settings(max_examples=EXAMPLES, deadline=None)
def test_one_more_member_never_takes_a_seat_away(charter: Charter, roll: Roll, tier: str) -> None:
    plain = uncapped(charter)
    more = replace(roll, members=(*roll.members, Member("newcomer", tier)))
    before, after = found_in(plain, roll), found_in(plain, more)
    assert after.n >= before.n
    assert before.quorum is not None
    assert after.quorum is not None
    assert (after.quorum.by_rule or 0) >= (before.quorum.by_rule or 0)


@given(charters(), st.integers(0, 9000), st.integers(0, 9000))
@settings(max_examples=EXAMPLES, deadline=None)
def test_dues_never_fall_with_more_heads(charter: Charter, heads: int, more: int) -> None:
    def amount(n: int) -> Decimal:
        (row,) = dues(charter, Roll((Member("a", "silver", headcount=n),)), DAY).by_member
        assert row.price.amount is not None
        return row.price.amount

    assert amount(heads) <= amount(heads + more)


@given(charters(), rolls())
@settings(max_examples=EXAMPLES, deadline=None)
def test_totals_are_the_sum_of_what_is_known_and_unknown_is_no_zero(charter: Charter, roll: Roll) -> None:
    found: Dues = dues(charter, roll, DAY)
    assert sorted(row.organisation for row in found.by_member) == sorted(m.organisation for m in roll.on(DAY))
    known, unknown = found.totals
    assert sum(known.values()) == sum(row.price.amount for row in found.by_member if row.price.amount is not None)
    assert unknown == sum(row.price.amount is None for row in found.by_member)
    assert (found.as_dict()["total"] == "unknown") == bool(unknown)


@given(charters(), st.integers(0, 20_000))
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_number_of_heads_is_in_exactly_one_band_when_the_lint_is_content(charter: Charter, heads: int) -> None:
    assert not [f for f in linting.lint(charter) if f.code.startswith("band-") and f.level == "error"]
    bands = charter.versions[0].scales[1].bands
    holding = [band for band in bands if band_of((band,), Decimal(heads), inclusive=True) is not None]
    assert len(holding) == 1


@given(charters(), st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_lint_sees_every_gap_and_overlap(charter: Charter, data: st.DataObject) -> None:
    """Move one edge of one band: the lint complains exactly when some number of heads is in no band or in two."""
    (version,) = charter.versions
    scale = version.scales[1]
    n = data.draw(st.integers(0, len(scale.bands) - 1))
    by = data.draw(st.integers(-3, 3))
    moved = replace(scale.bands[n], start=max(Decimal(0), scale.bands[n].start + by))
    bands = (*scale.bands[:n], moved, *scale.bands[n + 1 :])
    other = replace(charter, versions=(replace(version, scales=(version.scales[0], replace(scale, bands=bands))),))
    codes = {f.code for f in linting.lint(other) if f.level == "error" and f.code.startswith("band-")}
    edges = {int(e) + d for band in bands for e in (band.start, band.end or 0) for d in (-1, 0, 1)}
    counts = [
        sum(band_of((band,), Decimal(heads), inclusive=True) is not None for band in bands)
        for heads in sorted(edges)
        if heads >= 0
    ]
    assert ("band-gap" in codes) == (0 in counts)
    assert (("band-overlap" in codes) or ("band-empty" in codes)) == any(count > 1 for count in counts) or (
        "band-empty" in codes
    )


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 40)), max_size=3),
    st.integers(0, 10**8),
    st.integers(0, 10**7),
)
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_administrative_fee_is_continuous_and_never_above_the_receipts(
    raw: list[tuple[int, int]], receipts: int, more: int
) -> None:
    tops = sorted({top for top, _rate in raw})
    brackets = [Bracket(Decimal(top), Decimal(rate) / 100) for top, (_t, rate) in zip(tops, raw, strict=False)]
    rule = AdminFee((*brackets, Bracket(None, Decimal("0.06"))), "USD")
    one, other = fee_on(rule, Decimal(receipts)), fee_on(rule, Decimal(receipts + more))
    highest = max(bracket.rate for bracket in rule.brackets)
    assert 0 <= one <= receipts * highest
    assert 0 <= other - one <= more * highest


RULES = st.builds(
    Prorating,
    method=st.sampled_from(["none", "months", "days"]),
    renewal=st.sampled_from(["anniversary", "01-01", "07-01", "02-29"]),
    rounding=st.sampled_from(["half-even", "half-up", "down", "up"]),
    to=st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(100)]),
)
DAYS = st.dates(date(2019, 1, 1), date(2028, 12, 31))


@given(RULES, DAYS, st.integers(0, 2000), st.integers(0, 10**7))
@settings(max_examples=EXAMPLES, deadline=None)
def test_terms_follow_on_one_another_and_a_part_is_never_above_the_year(
    rule: Prorating, joined: date, later: int, cents: int
) -> None:
    on = joined + timedelta(days=later)
    start, end = term(rule, joined, on)
    assert joined <= start <= on < end
    assert (end - start).days <= 366
    assert term(rule, joined, end)[0] == end
    share = share_of(rule, start, end)
    assert 0 < share <= 1
    yearly = Decimal(cents) / 100
    part = part_of(rule, yearly, "USD", start, end)
    assert part.amount is not None
    assert part.amount % rule.to == 0
    assert abs(part.amount - yearly * share.numerator / share.denominator) <= rule.to
    if rule.rounding == "down":
        assert part.amount <= yearly


@given(DAYS, st.integers(0, 364), st.integers(0, 10**7), st.integers(0, 10**7))
@settings(max_examples=EXAMPLES, deadline=None)
def test_an_upgrade_costs_never_less_than_nothing_nor_more_than_the_new_dues(
    start: date, after: int, old: int, new: int
) -> None:
    rule = Prorating("days")
    end = start + timedelta(days=365)
    found = upgrade(rule, Decimal(old), Decimal(new), "USD", start, end, start + timedelta(days=after))
    assert found.amount is not None
    assert 0 <= found.amount <= new
    assert found.amount == 0 or new > old


@given(charters(), rolls())
@settings(max_examples=EXAMPLES, deadline=None)
def test_nobody_has_rights_without_a_clause_or_while_no_member(charter: Charter, roll: Roll) -> None:
    for member in roll.members:
        found = rights(charter, roll.members, member.organisation, DAY)
        assert bool(found.tiers) == member.on(DAY)
        if not member.on(DAY):
            assert found.rights == ()
        for right in found.rights:
            assert len(right.reasons) == len(right.clauses)
