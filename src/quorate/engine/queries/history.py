"""What happened in a case, in sentences, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from quorate.access.actors import Actor
from quorate.engine.definition import Tally
from quorate.engine.models import Case
from quorate.engine.models.paper import Audience
from quorate.engine.visibility import Sight, sight
from quorate.ledger.queries import about
from quorate.ledger.sentences import Sentence, sentences

#: What people typed and whoever has a part in the case may read in its history, by kind. The rest is shown elsewhere
#: on the page, if at all: answers, comments, reviews and addresses have rules of their own.
_WORDS: Mapping[str, frozenset[str]] = {
    "case.moved": frozenset({"reason"}),
    "case.waived": frozenset({"reason"}),
    "case.attested": frozenset({"found", "evidence"}),
    "case.unassigned": frozenset({"reason"}),
    "case.delegated": frozenset({"reason"}),
    "grant.revoked": frozenset({"reason"}),
    "obligation.waived": frozenset({"reason"}),
    "obligation.returned": frozenset({"reason"}),
    "obligation.done": frozenset({"evidence"}),
    "obligation.claimed": frozenset({"evidence"}),
}
#: Entries that only those who work on the case read.
_INNER = frozenset(
    {
        "case.recused",
        "case.delegated",
        "case.undelegated",
        "case.assigned",
        "case.unassigned",
        "case.escalated",
        "case.reminded",
        "review.assigned",
        "review.released",
        "review.drafted",
        "review.written",
        "review.overdue",
        "motion.recused",
    }
)
LONGEST = 500


def history(actor: Actor, case: Case, seen: Sight | None = None) -> list[Sentence]:
    """The case's entries in words, oldest first. Queries: entries, one for each kind of thing, private values."""
    held = seen if seen is not None else sight(actor, case)
    if not held.history:
        return []
    entries = about("case", str(case.pk), limit=LONGEST)
    applicant = f"person:{case.applicant_id}" if case.applicant_id is not None else ""
    if not held.applicant and applicant:
        for entry in entries:
            if entry.actor == applicant:
                entry.actor = "applicant"
            entry.refs = [ref for ref in entry.refs if ref[:2] != ["person", str(case.applicant_id)]]
    told = sentences(entries, private=held.involved, public=not held.involved)
    audiences = {entry.seq: str(entry.data.get("audience", "")) for entry in entries}
    shown = [_trim(item) for item in told if _may_read(item, held, audiences[item.seq])]
    return sorted(shown, key=lambda item: (item.at, item.seq))


def _may_read(item: Sentence, seen: Sight, audience: str) -> bool:
    inner = seen.inner or "operator" in seen.parts
    if item.kind in _INNER:
        return inner
    if item.kind in ("case.commented", "case.attached"):
        return audience in seen.audiences
    if item.kind == "comment.redacted":
        return Audience.PARTICIPANTS.value in seen.audiences
    if item.kind.startswith("review."):
        return inner or seen.reviews is not Tally.NONE
    if item.kind == "motion.voted":
        return seen.votes is Tally.FULL
    if item.kind == "motion.closed":
        return seen.votes in (Tally.SUMMARY, Tally.FULL)
    if item.kind == "letter.sent":
        return seen.letters or seen.involved
    return True


def _trim(item: Sentence) -> Sentence:
    words = _WORDS.get(item.kind, frozenset())
    return replace(item, private={name: value for name, value in item.private.items() if name in words})
