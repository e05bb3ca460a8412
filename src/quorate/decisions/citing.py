"""The clause that a motion rests on, as it stood when the motion opened: its policy, version and words."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db.models import F, Q

from quorate.decisions.models import Motion
from quorate.terms.clauses import ANCHOR
from quorate.terms.models import Policy

FORM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:#[a-z0-9]+(?:-[a-z0-9]+)*)?")
LONGEST = 2000


def cite(clause: str, at: datetime) -> dict[str, Any]:
    """The version of a ``policy#anchor`` in force at an instant, with the clause's words; empty for other forms."""
    if not FORM.fullmatch(clause):
        return {}
    slug, _, anchor = clause.partition("#")
    adopted = Policy.objects.filter(Q(adopted=None) | Q(adopted__lte=at), slug=slug)
    policy = adopted.order_by(F("adopted").desc(nulls_last=True), "-version").first()
    if policy is None:
        return {}
    return {
        "policy": slug,
        "version": policy.version,
        "title": policy.title,
        "anchor": anchor,
        "words": words_of(policy.text, anchor),
    }


def cited_clauses(motion: Motion) -> list[str]:
    """The clauses that a motion was opened under and that a policy has, of the whole and of its parts, each once."""
    found = [motion.clause] if motion.cited.get("policy") else []
    for part in motion.cited.get("parts", ()):
        if part["clause"]:
            found.append("#".join(filter(None, (part["clause"]["policy"], part["clause"]["anchor"]))))
    return list(dict.fromkeys(found))


def words_of(text: str, anchor: str) -> str:
    """The words of a clause: the line that its anchor ends, and below a heading all until the next one."""
    lines = text.splitlines()
    for index, line in enumerate(lines):
        found = ANCHOR.search(line)
        if found is None or found[1] != anchor:
            continue
        if not line.startswith("#"):
            return _bare(line)[:LONGEST]
        below: list[str] = []
        for other in lines[index + 1 :]:
            if other.startswith("#"):
                break
            below.append(_bare(other))
        return "\n".join([_bare(line), *below]).strip()[:LONGEST]
    return ""


def _bare(line: str) -> str:
    return ANCHOR.sub("", line).lstrip("#").strip()
