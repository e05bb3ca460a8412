"""NIST SP 1500-103, Cast Vote Records Common Data Format 1.0, in JSON: one contest, ranks as marked.

A snapshot that is not the current one, a position without indication and one that may not be allocated do not count.
Positions without ranks are equal, as on a ballot with crosses. Written reports carry no time of their own making.
"""

from __future__ import annotations

import json
from typing import Any

from quorate.decisions.counting.profile import Notes, Profile, Ranking
from quorate.kernel.errors import UserError

UNDATED = "1970-01-01T00:00:00Z"


def read(text: str, where: str = "") -> Profile:
    """The only ranked contest of a report. ``UserError`` for several contests or what is no report."""
    try:
        return _profile(json.loads(text), where)
    except json.JSONDecodeError as error:
        raise UserError(error.msg, f"{where}:{error.lineno}", "mend the JSON at this line") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"the report does not hold what it must: {error}", where) from error


def _profile(report: Any, where: str) -> Profile:
    elections = report.get("Election") if isinstance(report, dict) else None
    if not elections or not isinstance(report.get("CVR"), list):
        raise UserError("this is no report of cast vote records", where, "a JSON object with Election and CVR")
    contests = [contest for election in elections for contest in election.get("Contest", [])]
    if len(contests) != 1:
        raise UserError(f"the report has {len(contests)} contests", where, "a report of one contest")
    contest = contests[0]
    people = {
        person["@id"]: str(person.get("Name") or person.get("CandidateName") or person["@id"])
        for election in elections
        for person in election.get("Candidate", [])
    }
    numbers: dict[str, int] = {}
    names: list[str] = []
    for selection in contest.get("ContestSelection", []):
        who = [people.get(one, one) for one in selection.get("CandidateIds", [])]
        names.append(" / ".join(who) or ("Write-in" if selection.get("IsWriteIn") else str(selection["@id"])))
        numbers[selection["@id"]] = len(names)
    ballots = [(_ranking(record, contest.get("@id"), numbers, where), 1) for record in report["CVR"]]
    seats = contest.get("NumberElected") or contest.get("VotesAllowed") or 1
    return Profile(names, int(seats), rankings=ballots, notes=Notes(str(contest.get("Name", ""))))


def _ranking(record: dict[str, Any], contest: Any, numbers: dict[str, int], where: str) -> Ranking:
    snapshots = record.get("CVRSnapshot", [])
    current = [one for one in snapshots if one.get("@id") == record.get("CurrentSnapshotId")] or snapshots[-1:]
    levels: dict[int, list[int]] = {}
    for snapshot in current:
        for voted in snapshot.get("CVRContest", []):
            if voted.get("ContestId") != contest:
                continue
            for selection in voted.get("CVRContestSelection", []):
                known = selection.get("ContestSelectionId")
                if known not in numbers:
                    raise UserError(f"a record selects {known!r}, which is not in the contest", where)
                for position in selection.get("SelectionPosition", []):
                    if position.get("HasIndication", "yes") == "no" or position.get("IsAllocable", "yes") == "no":
                        continue
                    level = int(position.get("Rank") or selection.get("Rank") or 1)
                    levels.setdefault(level, []).append(numbers[known])
    return tuple(tuple(sorted(levels.get(level, ()))) for level in range(1, max(levels, default=0) + 1))


def write(profile: Profile) -> str:
    """A report with one record for each ballot."""
    if profile.is_scored:
        raise UserError("cast vote records are written of rankings, not of scores", "format", "convert to manifest")
    if profile.withdrawn or profile.ids or profile.tie_order or profile.notes.source or profile.notes.comment:
        raise UserError(
            "cast vote records cannot hold withdrawn candidates, ids, an order for ties or notes",
            "format",
            "convert to blt",
        )
    if not all(profile.candidates):
        raise UserError("a candidate has no name", "candidates", "convert to blt or manifest")
    if any(ranking and not ranking[-1] for ranking, _weight in profile.rankings):
        raise UserError("cast vote records cannot end with a skipped rank", "ballots", "convert to blt")
    records: list[dict[str, Any]] = []
    for ranking, weight in profile.rankings:
        for _ballot in range(weight):
            records.append(_record(ranking, len(records) + 1))
    report = {
        "@type": "CVR.CastVoteRecordReport",
        "Version": "1.0.0",
        "GeneratedDate": UNDATED,
        "ReportGeneratingDeviceIds": ["device"],
        "ReportingDevice": [{"@type": "CVR.ReportingDevice", "@id": "device", "Application": "quorate"}],
        "ReportType": ["originating-device-export"],
        "GpUnit": [{"@type": "CVR.GpUnit", "@id": "unit", "Type": "other"}],
        "Election": [
            {
                "@type": "CVR.Election",
                "@id": "election",
                "ElectionScopeId": "unit",
                "Candidate": [
                    {"@type": "CVR.Candidate", "@id": f"candidate-{number}", "Name": name}
                    for number, name in enumerate(profile.candidates, 1)
                ],
                "Contest": [
                    {
                        "@type": "CVR.CandidateContest",
                        "@id": "contest",
                        "Name": profile.notes.title,
                        "NumberElected": profile.seats,
                        "VoteVariation": "rcv",
                        "ContestSelection": [
                            {
                                "@type": "CVR.CandidateSelection",
                                "@id": f"selection-{number}",
                                "CandidateIds": [f"candidate-{number}"],
                            }
                            for number in profile.numbers
                        ],
                    }
                ],
            }
        ],
        "CVR": records,
    }
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _record(ranking: Ranking, number: int) -> dict[str, Any]:
    selections = [
        {
            "@type": "CVR.CVRContestSelection",
            "ContestSelectionId": f"selection-{candidate}",
            "SelectionPosition": [
                {"@type": "CVR.SelectionPosition", "HasIndication": "yes", "NumberVotes": 1, "Rank": rank}
            ],
        }
        for rank, together in enumerate(ranking, 1)
        for candidate in together
    ]
    contest = {"@type": "CVR.CVRContest", "ContestId": "contest", "CVRContestSelection": selections}
    snapshot = f"snapshot-{number}"
    return {
        "@type": "CVR.CVR",
        "ElectionId": "election",
        "CurrentSnapshotId": snapshot,
        "CVRSnapshot": [{"@type": "CVR.CVRSnapshot", "@id": snapshot, "Type": "original", "CVRContest": [contest]}],
    }
