"""The rules that can be counted, each with a version and with what it makes of every kind of mark.

A preset is never changed: a change of meaning is a new version, so that an old result can be counted again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from quorate.kernel.errors import UserError
from quorate.kernel.registry import Registry

#: Families: which counters a rule has.
TRANSFERABLE, MEEK, PAIRWISE, SUMS, STAR = "transferable", "meek", "pairwise", "sums", "star"


@dataclass(frozen=True, slots=True)
class Preset:
    """One rule: its family, its numbers, and what unranked, equal, doubled and skipped mean under it."""

    name: str
    version: int
    title: str
    family: str
    source: str
    unranked: str
    equal: str
    duplicates: str = "the first mention counts, later ones are struck"
    skipped: str = "skipped ranks close up"
    withdrawn: str = "struck from every ballot, which then closes up"
    ties: str = ""
    #: Whether several seats come out proportional to the votes.
    proportional: bool = False
    #: ``ranks``, ``scores`` or ``approvals``: what the ballot asks for.
    ballot: str = "ranks"
    #: Decimal places that are kept; what is cut off is non-transferable.
    places: int = 0
    #: ``whole``: floor(V / (s + 1)) + 1. ``fraction``: V / (s + 1), cut off, plus one in the last place.
    quota: str = ""
    #: For pairwise rules: ``winning`` votes or ``margins``.
    strength: str = ""
    #: For pairwise rules: whether the unranked are compared with nobody, instead of standing below all ranked.
    silent: bool = False
    #: Whether equal ranks share the ballot; else the ballot ends there.
    shares: bool = False
    #: Whether ties look at earlier stages before a lot.
    history: bool = False
    #: Whether several seats are filled by counting again without the seated.
    repeats: bool = False

    def as_json(self) -> dict[str, Any]:
        """What a ballot paper and a manifest print of the rule."""
        return asdict(self)


PRESETS: Registry[Preset] = Registry("counting rule")

_ENDS = "the ballot ends there, because it does not say who is next"
_LAST = "no preference: the ballot is non-transferable when it comes to them"
_BELOW = "below all ranked, equal to one another"


def preset(name: str) -> Preset:
    """The rule of this name, or ``UserError`` listing the rules."""
    found = PRESETS.find(name)
    if found is None:
        known = ", ".join(key for key, _preset in PRESETS.items())
        raise UserError(f"there is no rule {name!r}", "rule", f"one of {known}")
    return found


def _declare(**fields: Any) -> None:
    PRESETS.register(fields["name"], Preset(version=1, **fields))


_declare(
    name="scottish-stv",
    title="Scottish STV",
    family=TRANSFERABLE,
    source="SSI 2011/399, Schedule 1, rules 45-52 (as SSI 2007/42)",
    unranked=_LAST,
    equal=_ENDS,
    ties="the most recent earlier stage where they differed, else lot",
    proportional=True,
    places=5,
    quota="whole",
    history=True,
)
_declare(
    name="wigm-prf",
    title="Weighted inclusive Gregory method (PR Foundation)",
    family=TRANSFERABLE,
    source="Proportional Representation Foundation, Reference WIGM Rule, single defeat",
    unranked=_LAST,
    equal=_ENDS,
    ties="lot",
    proportional=True,
    places=4,
    quota="fraction",
)
_declare(
    name="wright-stv",
    title="Wright STV",
    family=TRANSFERABLE,
    source="The Wright system: after each exclusion the count begins again without the excluded; values cut to 5 places",
    unranked=_LAST,
    equal=_ENDS,
    ties="the most recent earlier stage since the last beginning where they differed, else lot",
    proportional=True,
    places=5,
    quota="whole",
    history=True,
)
_declare(
    name="irv",
    title="Instant runoff",
    family=TRANSFERABLE,
    source="Scottish STV with one seat; several seats are filled one after the other without the seated",
    unranked=_LAST,
    equal=_ENDS,
    ties="the most recent earlier stage where they differed, else lot",
    places=0,
    quota="whole",
    history=True,
    repeats=True,
)
_declare(
    name="meek-prf",
    title="Meek STV (PR Foundation)",
    family=MEEK,
    source="Proportional Representation Foundation, Reference Meek Rule: 9 places, omega 0.000001",
    unranked=_LAST,
    equal="the ballot's weight is shared equally among those of the rank still in the count, cut to 9 places",
    ties="lot, among all within the remaining surplus of the lowest",
    proportional=True,
    places=9,
    quota="fraction",
    shares=True,
)
for _name, _title, _strength in (
    ("schulze-winning", "Schulze (winning votes)", "winning"),
    ("schulze-margins", "Schulze (margins)", "margins"),
):
    _declare(
        name=_name,
        title=_title,
        family=PAIRWISE,
        source="M. Schulze, A new monotonic, clone-independent, reversal symmetric … election method (2011)",
        unranked=_BELOW,
        equal="no preference between them",
        ties="undominated candidates tie for the seat; lot",
        strength=_strength,
    )
_declare(
    name="schulze-no-opinion",
    title="Schulze (winning votes, unranked is no opinion)",
    family=PAIRWISE,
    source="as schulze-winning, with the ballots read as elekto reads them",
    unranked="no opinion: compared with nobody",
    equal="no preference between them",
    ties="undominated candidates tie for the seat; lot",
    strength="winning",
    silent=True,
)
_declare(
    name="ranked-pairs",
    title="Ranked pairs (winning votes)",
    family=PAIRWISE,
    source="T. N. Tideman (1987), by winning votes, then by smaller opposition",
    unranked=_BELOW,
    equal="no preference between them",
    ties=(
        "pairs of equal strength are weighed together: those that close a cycle with stronger ones or among "
        "themselves stay open; undominated candidates tie for the seat; lot"
    ),
    strength="locked",
)
_declare(
    name="approval",
    title="Approval",
    family=SUMS,
    source="one vote for each candidate approved; most votes win",
    unranked="not approved",
    equal="all who are ranked, or scored above the lowest score, are approved",
    ties="lot",
    ballot="approvals",
)
_declare(
    name="score",
    title="Score",
    family=SUMS,
    source="the highest sum of scores wins",
    unranked="no score counts as 0",
    equal="equal scores are allowed",
    ties="lot",
    ballot="scores",
)
_declare(
    name="plurality",
    title="Plurality",
    family=SUMS,
    source="most first preferences win",
    unranked="no vote",
    equal="a ballot with more than one first preference is not valid",
    ties="lot",
)
for _name, _title in (("star", "STAR"), ("bloc-star", "Bloc STAR")):
    _declare(
        name=_name,
        title=_title,
        family=STAR,
        source="score, then automatic runoff of the two highest sums; further seats without the seated",
        unranked="no score counts as 0",
        equal="equal scores are allowed and prefer neither",
        ties=(
            "for the runoff: fewest head-to-head losses among the tied, then most top scores, then lot; "
            "in the runoff: higher sum, then most top scores, then lot"
        ),
        ballot="scores",
        repeats=True,
    )
