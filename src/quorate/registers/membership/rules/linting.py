"""What is odd about a charter that its schema accepts: gaps, overlaps, rules that cannot hold, clauses left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from quorate.kernel.i18n import gettext
from quorate.registers.membership.rules.charter import Band, Basis, BodyRules, Charter, Mode, Version


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``error``: the charter cannot be used as it stands; ``warning``: look at it; ``note``: it is so."""

    level: Literal["error", "warning", "note"]
    code: str
    where: str
    what: str
    mend: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"level": self.level, "code": self.code, "where": self.where, "what": self.what, "mend": self.mend}


def lint(charter: Charter) -> list[Finding]:
    """Everything found, version by version."""
    return [finding for version in charter.versions for finding in _Lint(charter, version).findings()]


class _Lint:
    def __init__(self, charter: Charter, version: Version) -> None:
        self.charter, self.version = charter, version

    def place(self, *keys: str) -> str:
        for n in range(len(keys), 0, -1):
            found = self.charter.lines.get("/".join(keys[:n]))
            if found:
                return found
        return self.charter.lines.get(self.version.version, self.charter.name)

    def of(self, tier: str) -> tuple[str, str]:
        return self.version.version, f"tier:{tier}"

    def error(self, code: str, what: str, *keys: str, mend: str = "") -> Finding:
        return Finding("error", code, self.place(*keys), what, mend)

    def warning(self, code: str, what: str, *keys: str, mend: str = "") -> Finding:
        return Finding("warning", code, self.place(*keys), what, mend)

    def findings(self) -> Iterator[Finding]:
        yield from self.tiers()
        yield from self.dues()
        for body in self.version.bodies:
            yield from self.body(body)
        for text in self.version.unknown:
            yield Finding("note", "unknown", self.place(self.version.version), gettext("not known: %s") % text)

    def tiers(self) -> Iterator[Finding]:
        ranks: dict[int, str] = {}
        for tier in self.version.tiers:
            if not tier.overlay and tier.rank in ranks:
                words = {"one": ranks[tier.rank], "other": tier.slug, "rank": tier.rank}
                yield self.error(
                    "same-rank",
                    gettext("%(one)s and %(other)s have the same rank %(rank)d") % words,
                    *self.of(tier.slug),
                    mend=gettext("give each its own rank"),
                )
            ranks.setdefault(tier.rank, tier.slug)
            if not tier.clause:
                yield self.no_clause(gettext("the tier “%s”") % tier.slug, *self.of(tier.slug))

    def no_clause(self, what: str, *keys: str) -> Finding:
        return self.warning("no-clause", gettext("%s names no clause") % what, *keys, mend=gettext("add clause: …"))

    # Dues ---------------------------------------------------------------------------------------------------

    def dues(self) -> Iterator[Finding]:
        for tier in self.version.tiers:
            scale = self.version.scale(tier.slug)
            if scale is None and not tier.overlay:
                yield self.warning(
                    "no-dues",
                    gettext("no dues are given for “%s”: they count as unknown") % tier.slug,
                    *self.of(tier.slug),
                    mend=gettext("add them, or amount: unknown"),
                )
            seen = {tier.slug}
            while scale is not None and scale.basis is Basis.SAME_AS:
                if scale.same_as in seen:
                    yield self.error(
                        "dues-in-a-circle",
                        gettext("the dues of “%s” come back to themselves") % tier.slug,
                        *self.of(tier.slug),
                        mend=gettext("give one of the tiers an amount"),
                    )
                    break
                seen.add(scale.same_as)
                scale = self.version.scale(scale.same_as)
        for scale in self.version.scales:
            yield from self.bands(scale.tier, scale.bands, inclusive=scale.basis is Basis.HEADCOUNT)
            if scale.amount is None and scale.basis is Basis.FLAT:
                yield Finding(
                    "note",
                    "unknown",
                    self.place(*self.of(scale.tier)),
                    gettext("not known: the dues of %s") % scale.tier,
                )
        if self.version.parent_fee is not None:
            fee = self.version.parent_fee
            yield from self.bands(gettext("the parent's fee"), fee.bands, inclusive=fee.basis is Basis.HEADCOUNT)

    def bands(self, name: str, bands: tuple[Band, ...], *, inclusive: bool) -> Iterator[Finding]:
        """Bands must follow on one another from 0 to open, without a gap or an overlap; amounts should not fall."""
        place = self.of(name)
        if not bands:
            return
        ordered = sorted(bands, key=lambda band: band.start)
        if ordered[0].start != 0:
            words = {"name": name, "start": f"{ordered[0].start:f}"}
            yield self.error(
                "band-gap",
                gettext("the bands of “%(name)s” begin at %(start)s, so that less falls in none") % words,
                *place,
                mend=gettext("begin the first band at 0"),
            )
        for one, other in pairwise(ordered):
            words = {"name": name, "one": f"{one.start:f}", "other": f"{other.start:f}"}
            wanted = None if one.end is None else one.end + (1 if inclusive else 0)
            if wanted is None or other.start < wanted:
                yield self.error(
                    "band-overlap",
                    gettext("the bands of “%(name)s” from %(one)s and from %(other)s overlap") % words,
                    *place,
                    mend=gettext("end the lower one where the higher one begins"),
                )
            elif other.start > wanted:
                yield self.error(
                    "band-gap",
                    gettext("between the bands of “%(name)s” from %(one)s and from %(other)s there is a gap") % words,
                    *place,
                    mend=gettext("begin the higher one where the lower one ends"),
                )
            if one.amount is not None and other.amount is not None and other.amount < one.amount:
                yield self.warning(
                    "band-falls",
                    gettext("in “%(name)s” the band from %(other)s costs less than that from %(one)s") % words,
                    *place,
                )
            if one.end is not None and one.end < one.start:
                yield self.error("band-empty", gettext("the band of “%(name)s” from %(one)s is empty") % words, *place)
        if ordered[-1].end is not None:
            yield self.error(
                "band-gap",
                gettext("the last band of “%s” ends, so that more falls in none") % name,
                *place,
                mend=gettext("leave out the end of the last band"),
            )

    # Bodies -------------------------------------------------------------------------------------------------

    def body(self, body: BodyRules) -> Iterator[Finding]:
        top = (self.version.version, body.slug)
        for rule in body.seats:
            keys = (*top, rule.name)
            if not rule.clause:
                yield self.no_clause(gettext("the seat rule “%s”") % rule.name, *keys)
            if rule.mode is Mode.ELECT_CLASS and rule.per and rule.max is None and not rule.also_max:
                yield self.warning(
                    "no-ceiling",
                    gettext("the seats of “%s” grow with the class without a ceiling") % rule.name,
                    *keys,
                    mend=gettext("add max, if the text has one"),
                )
            if rule.mode is Mode.ELECT_CLASS and rule.min is not None and rule.min_if_any is not None:
                yield self.warning(
                    "two-minimums",
                    gettext("“%s” has both min and min_if_any") % rule.name,
                    *keys,
                    mend=gettext("keep one"),
                )
            for slug in rule.tiers:
                if self.version.tier(slug).overlay and rule.mode is Mode.APPOINT_EACH:
                    yield self.warning(
                        "overlay-appoints",
                        gettext("the overlay “%s” appoints beside the tier under it") % slug,
                        *keys,
                    )
        quorum = body.quorum
        if quorum is not None and quorum.fraction is not None and _never(quorum.fraction, strict=quorum.strict):
            yield self.error(
                "quorum-unattainable",
                gettext("no meeting of %s can reach its quorum") % body.name,
                *top,
                mend=gettext("give a fraction up to 1"),
            )
        if quorum is not None and not quorum.clause and not quorum.printed_in:
            yield self.no_clause(gettext("the quorum of “%s”") % body.slug, *top)
        for rule_ in body.thresholds:
            words = {"matter": rule_.matter, "body": body.name}
            if _never(rule_.fraction, strict=rule_.strict):
                yield self.error(
                    "threshold-unattainable",
                    gettext("%(matter)s can never pass in %(body)s") % words,
                    *top,
                    mend=gettext("give a fraction up to 1"),
                )
            elif rule_.fraction < Fraction(1, 2) or (rule_.fraction == Fraction(1, 2) and not rule_.strict):
                yield self.warning(
                    "threshold-low",
                    gettext("%(matter)s can pass in %(body)s without a majority") % words,
                    *top,
                    mend=gettext("add strict: true, if more than half is meant"),
                )
            if not rule_.clause:
                yield self.no_clause(gettext("the threshold for “%s”") % rule_.matter, *top)


def _never(fraction: Fraction, *, strict: bool) -> bool:
    """Whether so much can never be reached."""
    return fraction > 1 or (fraction == 1 and strict)
