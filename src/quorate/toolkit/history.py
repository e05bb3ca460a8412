"""What happened to one thing: its ledger entries as lines of a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import NoReverseMatch, reverse

from quorate.ledger.queries import about
from quorate.ledger.sentences import Sentence, sentences
from quorate.toolkit.timeline import Line

#: Private values that are somebody's own words, shown as the note below the sentence.
NOTES = ("note", "reason", "comment", "text", "body")


def history(
    kind: str, ref: str, *, private: bool = False, public: bool = False, limit: int = 200, newest_first: bool = True
) -> list[Line]:
    """The newest ``limit`` entries that speak of a thing, in words.

    ``private``: the reader may see what people typed; ``public``: the reader is anybody. What happened in a case is
    told on the case's own page, to those who may see it: a person's page must not say what they were asked to review.
    """
    found = [entry for entry in about(kind, ref, limit=limit) if _belongs(entry.kind, entry.refs, kind)]
    lines = lines_of(sentences(found, private=private, public=public), public=public)
    return lines if newest_first else lines[::-1]


def _belongs(entry: str, refs: Sequence[Sequence[str]], kind: str) -> bool:
    """Whether an entry is told on the page of a thing of this kind: its own family, and what is of no case."""
    return entry.partition(".")[0] == kind or all(each[0] != "case" for each in refs)


def lines_of(told: Iterable[Sentence], *, public: bool = False) -> list[Line]:
    """Sentences as lines of a timeline, in the order given."""
    return [_line(sentence, public=public) for sentence in told]


def _line(sentence: Sentence, *, public: bool) -> Line:
    note = next((str(sentence.private[field]) for field in NOTES if sentence.private.get(field)), "")
    url = ""
    if not public:
        try:
            url = reverse("ledger:entry", args=[sentence.seq])
        except NoReverseMatch:
            url = ""
    return Line(
        at=sentence.at,
        html=sentence.html,
        actor=sentence.actor,
        note=note,
        url=url,
        reconstructed=sentence.reconstructed,
    )
