"""Tables with one column for each candidate: CIVS (a lower number is better), elekto (a higher one is), and scores.

The first two write ``No opinion`` where a voter said nothing; CIVS takes ``-`` too, and ``4X1,2,3`` for four ballots.
A table of scores, such as BetterVoting exports, may have columns for a weight and for the ballot's id.
"""

from __future__ import annotations

import csv
import io
import re

from quorate.decisions.counting.formats.tables import WEIGHT, is_cell, rows_of
from quorate.decisions.counting.profile import STARS, Notes, Profile, Ranking
from quorate.kernel.errors import UserError

_NONE = {"no opinion", "-", ""}
_IDS = {"ballot_id", "ballot id", "ballotid", "id", "voter", "voter id", "voter_id", "timestamp"}


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


def read_scores(text: str, where: str = "") -> Profile:
    """Score ballots, a row each: whole numbers, blank where no score was given; 0 to 5 unless some are higher."""
    rows = [(line, cells) for line, cells in rows_of(text) if not cells[0].startswith("#")]
    if not rows:
        raise UserError("the file is empty", where, "a first row with the candidates' names")
    head = rows[0][1]
    weights = [at for at, cell in enumerate(head) if cell.lower() in WEIGHT]
    columns = [at for at, cell in enumerate(head) if at not in weights and cell and cell.lower() not in _IDS]
    if not columns:
        raise UserError("the headings name no candidates", where, "one column for each candidate")
    ballots: list[tuple[tuple[int | None, ...], int]] = []
    for line, row in rows[1:]:
        cells = [*row, *([""] * (len(head) - len(row)))]
        at = f"{where}:{line}" if where else f"line {line}"
        scores: list[int | None] = []
        for column in columns:
            if cells[column].lower() in _NONE:
                scores.append(None)
            elif re.fullmatch(r"\d+", cells[column]):
                scores.append(int(cells[column]))
            else:
                raise UserError(f"{cells[column]!r} is no score", at, "a whole number, or nothing")
        weight = cells[weights[0]] if weights else "1"
        if not weight.isdecimal():
            raise UserError(f"{weight!r} is no weight", at, "a whole number")
        ballots.append((tuple(scores), int(weight)))
    top = max([STARS[1], *(score for scores, _weight in ballots for score in scores if score is not None)])
    return Profile([head[column] for column in columns], 1, scores=ballots, scale=(0, top))


def write_scores(profile: Profile) -> str:
    """A table of scores with a weight."""
    lost = ""
    if not profile.is_scored:
        lost = "rankings"
    elif profile.withdrawn or profile.ids or profile.tie_order or profile.notes != Notes() or profile.seats != 1:
        lost = "seats, withdrawn candidates, ids, an order for ties or notes"
    elif (profile.scale or STARS)[0] != 0 or (profile.scale or STARS)[1] != max(
        [STARS[1], *(score for scores, _weight in profile.scores for score in scores if score is not None)]
    ):
        lost = "this scale"
    elif any(not is_cell(name) or name.startswith("#") or name.lower() in _IDS | WEIGHT for name in profile.candidates):
        lost = "such names"
    if lost:
        raise UserError(f"a table of scores cannot hold {lost}", "format", "convert to manifest")
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["weight", *profile.candidates])
    for scores, weight in profile.scores:
        table.writerow([weight, *("" if score is None else score for score in scores)])
    return out.getvalue()


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
