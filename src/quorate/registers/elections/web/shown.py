"""What pages show of an election, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quorate.kernel.i18n import _, gettext
from quorate.registers.elections.models import Election
from quorate.registers.elections.queries import withdrawn

STATES = {
    "announced": (_("Announced"), "info"),
    "open": (_("Voting is open"), "info"),
    "closed": (_("Voting has closed"), "soon"),
    "published": (_("Result published"), "good"),
    "cancelled": (_("Cancelled"), "done"),
}
LEVELS = {
    "A": _("Votes are by name and public."),
    "B": _(
        "Ballots are secret. Each enters a public log as a sealed commitment; at the end everybody can check that the"
        " published ballots are those in the log, and nobody can tell whose is which."
    ),
    "C": _(
        "Ballots are secret, and come in with a blindly signed token: even who runs the server cannot tell from its"
        " tables who sent which. Everybody can check the count."
    ),
}


def state_of(election: Election) -> tuple[object, str]:
    """The state in words, and its tone."""
    return STATES[election.state]


def standing_now(election: Election) -> list[dict[str, str]]:
    """The candidates of an open or closed vote who have not withdrawn; empty before and after."""
    if election.manifest is None or election.state not in (Election.State.OPEN, Election.State.CLOSED):
        return []
    gone = withdrawn(election)
    return [item for item in election.manifest["candidates"] if item["id"] not in gone]


def constraint_words(election: Election) -> list[str]:
    """Each cap and reserved seat in words: as frozen once voting opened, before that as the notice declares it."""
    frozen = (election.manifest or {}).get("constraints")
    rules = frozen["rules"] if frozen else [] if election.manifest else election.constraints
    names = {item["id"]: item["name"] for item in (election.manifest or {}).get("candidates", [])}
    found = []
    for rule in rules:
        bounds = [gettext("at least %d") % rule["least"]] if rule["least"] else []
        bounds += [gettext("at most %d") % rule["most"]] if rule["most"] is not None else []
        who = [names.get(item, item) for item in rule.get("candidates", rule.get("members", []))]
        found.append(f"{rule['name']}: {', '.join(bounds)} ({', '.join(who) or gettext('nobody')})")
    return found


@dataclass(frozen=True)
class Bar:
    """A candidate's total at a stage. `share` is of the largest total, in percent, for drawing."""

    name: str
    total: str
    share: int
    elected: bool
    excluded: bool


@dataclass(frozen=True)
class DrawnStage:
    """A stage as it is drawn."""

    number: int
    what: str
    bars: tuple[Bar, ...]
    lost: str
    notes: tuple[str, ...] = ()


def stages(count: dict[str, Any] | None) -> list[DrawnStage]:
    """Every stage of a count for drawing; empty where there are too few ballots to show any."""
    if count is None:
        return []
    found = []
    elected: set[int] = set()
    gone: set[int] = set()
    for place, stage in enumerate(count["stages"], 1):
        totals = {int(number): total for number, total in stage["totals"].items()}
        largest = max((float(total) for total in totals.values()), default=0) or 1
        elected |= set(stage["elected"])
        gone |= set(stage["excluded"])
        bars = tuple(
            Bar(
                count["candidates"][number - 1],
                total,
                round(100 * float(total) / largest),
                number in elected,
                number in gone,
            )
            for number, total in sorted(totals.items())
        )
        found.append(DrawnStage(place, stage["what"], bars, stage["non_transferable"], tuple(stage.get("notes", ()))))
    return found
