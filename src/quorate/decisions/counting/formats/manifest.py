"""Our own: a manifest in canonical JSON, and the ballots beside it, one on a line, sorted; both hashed.

Canonical means UTF-8, keys sorted, no spaces, a line feed at the end. A ballot is ``[[2],[1,3]]`` (ranks, best first) or
``[5,null,0]`` (scores). The manifest names the file of ballots, their number and their SHA-256, so whoever has the hash
of the manifest holds everything that is counted.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from quorate.decisions.counting import constraints
from quorate.decisions.counting.profile import Notes, Profile
from quorate.kernel.errors import UserError

FORMAT = "quorate-ballots"
VERSION = 1


def canonical(document: Any) -> bytes:
    """The bytes of a JSON document that are hashed."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode() + b"\n"


def ballots_of(profile: Profile) -> bytes:
    """All ballots, one on a line, sorted by their bytes, so that their order says nothing."""
    distinct = profile.scores if profile.is_scored else profile.rankings
    lines = sorted((canonical(ballot), weight) for ballot, weight in distinct)
    return b"".join(line * weight for line, weight in lines)


def pair(profile: Profile, name: str = "ballots.jsonl") -> tuple[bytes, bytes]:
    """Manifest and ballots. ``name`` is the file in which the ballots stand, beside the manifest."""
    ballots = ballots_of(profile)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "kind": "scores" if profile.is_scored else "rankings",
        "candidates": list(profile.candidates),
        "ids": list(profile.ids),
        "seats": profile.seats,
        "withdrawn": sorted(profile.withdrawn),
        "tie_order": list(profile.tie_order),
        "scale": list(profile.scale) if profile.scale else None,
        "notes": {"title": profile.notes.title, "source": profile.notes.source, "comment": profile.notes.comment},
        **({"constraints": profile.constraints.as_json()} if profile.constraints is not None else {}),
        "ballots": {"file": name, "count": profile.total, "sha256": hashlib.sha256(ballots).hexdigest()},
    }
    return canonical(document), ballots


def read(text: str, where: str = "") -> Profile:
    """The profile of a manifest, whose ballots stand beside it. ``UserError`` when a hash does not fit."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(error.msg, f"{where}:{error.lineno}", "mend the JSON at this line") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UserError(f"this is no manifest of {FORMAT}", where, "quorate election convert FILE --to manifest")
    if document.get("version") != VERSION:
        raise UserError(f"the manifest has version {document.get('version')}", where, f"version {VERSION} is known")
    try:
        file = Path(where).parent / Path(document["ballots"]["file"]).name
        return parse(document, file.read_bytes(), str(file))
    except OSError as error:
        raise UserError(error.strerror or "cannot be read", where=str(error.filename or where)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"the manifest does not hold what it must: {error}", where) from error


def parse(document: dict[str, Any], ballots: bytes, where: str = "") -> Profile:
    """The profile of a manifest and its ballots."""
    if hashlib.sha256(ballots).hexdigest() != document["ballots"]["sha256"]:
        raise UserError("the ballots are not those that the manifest was made of", where, "their SHA-256 differs")
    lines = [(number, json.loads(line)) for number, line in enumerate(ballots.splitlines(), 1) if line]
    scored = document["kind"] == "scores"
    read_ballots: Any = [
        (tuple(ballot) if scored else tuple(tuple(rank) for rank in ballot), 1) for _number, ballot in lines
    ]
    return Profile(
        document["candidates"],
        document["seats"],
        rankings=None if scored else read_ballots,
        scores=read_ballots if scored else None,
        scale=tuple(document["scale"]) if document["scale"] else None,
        withdrawn=document["withdrawn"],
        ids=document["ids"],
        tie_order=document["tie_order"],
        notes=Notes(**document["notes"]),
        constraints=_limits(document),
    )


def _limits(document: dict[str, Any]) -> constraints.Constraints | None:
    said = document.get("constraints")
    if said is None:
        return None
    return constraints.read(said, ids=document["ids"], names=document["candidates"])
