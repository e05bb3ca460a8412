"""Tables with one column for each candidate: CIVS (a lower number is better) and elekto (a higher one is).

Both write ``No opinion`` where a voter said nothing; CIVS takes ``-`` too, and ``4X1,2,3`` for four ballots.
"""

from __future__ import annotations

import csv
import io
import re

from quorate.decisions.counting.formats.tables import is_cell, rows_of
from quorate.decisions.counting.profile import Notes, Profile, Ranking
from quorate.kernel.errors import UserError

_NONE = {"no opinion", "-", ""}


def read_civs(text: str, where: str = "") -> Profile:
    """The ballots that CIVS offers for download: names, then ranks from 1, the best."""
    return _read(text, where, best_is_low=True)


def read_elekto(text: str, where: str = "") -> Profile:
    """The ballots that elekto offers to its officers: names, then ranks of which the highest is best."""
    return _read(text, where, best_is_low=False)


def write_civs(profile: Profile) -> str:
    """A table as CIVS has it."""
    return _write(profile, best_is_low=True)


def write_elekto(profile: Profile) -> str:
    """A table as elekto has it."""
    return _write(profile, best_is_low=False)


def _read(text: str, where: str, *, best_is_low: bool) -> Profile:
    rows = [(line, cells) for line, cells in rows_of(text) if not cells[0].startswith("#")]
    if not rows:
        raise UserError("the file is empty", where, "a first row with the candidates' names")
    names = rows[0][1]
    ballots: list[tuple[Ranking, int]] = []
    for line, row in rows[1:]:
        count, cells = 1, list(row)
        if found := re.match(r"(\d+)\s*[xX]\s*(.*)", cells[0]):
            count, cells[0] = int(found[1]), found[2]
        if len(cells) != len(names):
            raise UserError(
                f"{len(cells)} ranks for {len(names)} candidates",
                f"{where}:{line}" if where else f"line {line}",
                "one rank for each, or No opinion",
            )
        levels: dict[int, list[int]] = {}
        for number, cell in enumerate(cells, 1):
            if cell.lower() in _NONE:
                continue
            if not re.fullmatch(r"-?\d+", cell):
                raise UserError(
                    f"{cell!r} is no rank", f"{where}:{line}" if where else f"line {line}", "a whole number"
                )
            levels.setdefault(int(cell), []).append(number)
        ballots.append((tuple(tuple(levels[level]) for level in sorted(levels, reverse=not best_is_low)), count))
    return Profile(names, 1, rankings=ballots)


def _write(profile: Profile, *, best_is_low: bool) -> str:
    lost = ""
    if profile.is_scored:
        lost = "scores"
    elif profile.withdrawn or profile.ids or profile.tie_order or profile.notes != Notes():
        lost = "withdrawn candidates, ids, an order for ties or notes"
    elif any(not rank for ranking, _weight in profile.rankings for rank in ranking):
        lost = "skipped ranks"
    elif any(
        len({n for rank in ranking for n in rank}) < sum(map(len, ranking)) for ranking, _weight in profile.rankings
    ):
        lost = "a candidate who stands twice on a ballot"
    elif profile.seats != 1:
        lost = "the number of seats"
    elif any(not is_cell(name) or name.startswith("#") for name in profile.candidates):
        lost = "such names"
    if lost:
        raise UserError(
            f"a table with a column for each candidate cannot hold {lost}", "format", "convert to blt or manifest"
        )
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(profile.candidates)
    for ranking, weight in profile.rankings:
        place = {number: at for at, rank in enumerate(ranking, 1) for number in rank}
        top = len(ranking) + 1
        cells = [
            "No opinion" if number not in place else place[number] if best_is_low else top - place[number]
            for number in profile.numbers
        ]
        for _ballot in range(weight):
            table.writerow(cells)
    return out.getvalue()
