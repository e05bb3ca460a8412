"""What happened in a case, in sentences, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from quorate.access.actors import Actor
from quorate.engine.definition import Program as Definition
from quorate.engine.definition import Tally
from quorate.engine.models import Case
from quorate.engine.models.paper import Audience
from quorate.engine.queries.latest import LONGEST, Latest
from quorate.engine.versions import definition_of
from quorate.engine.visibility import Sight, sight
from quorate.kernel.ids import is_uuid
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
#: What anybody may be told of a case whose history is public; the rest is for those who have a part in it.
_OPEN = frozenset(
    {
        "case.filed",
        "case.amended",
        "case.moved",
        "case.decided",
        "case.closed",
        "case.checked",
        "case.attested",
        "case.waived",
        "case.breached",
        "case.promise-breached",
        "case.commented",
        "case.attached",
        "review.submitted",
        "letter.sent",
        "grant.given",
        "grant.renewed",
        "grant.in-grace",
        "grant.lapsed",
        "grant.revoked",
        "grant.review-due",
        "motion.opened",
        "motion.voted",
        "motion.closed",
    }
)


def history(
    actor: Actor,
    case: Case,
    seen: Sight | None = None,
    known: Mapping[tuple[str, str], str] | None = None,
    *,
    newest: int = LONGEST,
) -> Latest[Sentence]:
    """The ``newest`` of the case's entries in words. Queries: entries, one for each kind of thing, private values.

    ``known`` holds names of things that the caller has at hand.
    """
    held = seen if seen is not None else sight(actor, case)
    if not held.history:
        return Latest()
    entries = about("case", str(case.pk), limit=newest + 1)
    told = tell(case, held, entries[:newest], links=actor.known, known=known)
    found = Latest(sorted(told, key=lambda item: (item.at, item.seq)))
    found.more = len(entries) > newest
    return found


def tell(
    case: Case,
    seen: Sight,
    entries: Sequence[Any],
    *,
    links: bool,
    known: Mapping[tuple[str, str], str] | None = None,
) -> list[Sentence]:
    """Entries about a case in words, as far as somebody may know who sees this much of it.

    Who applied is not named to those who may not know it. A step is told in the program's own words where it has
    some.
    """
    applicant = str(case.applicant_id) if case.applicant_id is not None else ""
    if applicant and not seen.applicant:
        for entry in entries:
            entry.actor = "applicant" if entry.actor == f"person:{applicant}" else entry.actor
            entry.refs = [ref for ref in entry.refs if list(ref[:2]) != ["person", applicant]]
    told = sentences(
        entries,
        private=seen.involved,
        public=not seen.involved,
        also=_OPEN,
        links=links,
        wording=_words_of(definition_of(case)),
        known={
            ("case", str(case.pk)): f"{case.key} {case.title}",
            ("program", str(case.program_id)): definition_of(case).name,
            **(known or {}),
        },
    )
    audiences = {entry.seq: str(entry.data.get("audience", "")) for entry in entries}
    return [_trim(item) for item in told if _may_read(item, seen, audiences[item.seq])]


def teller(actor: Actor, entry: Any) -> Sentence | None:
    """One entry of a case for somebody who may see what happened in it."""
    found = [ref for kind, ref, *role in entry.refs if kind == "case" and (not role or role[0] == "case")]
    case = Case.objects.filter(pk=found[0]).first() if found and is_uuid(found[0]) else None
    if case is None:
        return None
    seen = sight(actor, case)
    return next(iter(tell(case, seen, [entry], links=actor.known)), None) if seen.history else None


def _words_of(definition: Definition) -> Callable[[Any], str]:
    sentence = {item.name: item.sentence for item in definition.all_transitions}

    def words(entry: Any) -> str:
        return sentence.get(str(entry.data.get("transition")), "") if entry.kind == "case.moved" else ""

    return words


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
