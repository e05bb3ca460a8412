"""Reads the charters of the foundation's files as rules: a quorum that cannot be met, words and numbers that differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from quorate.decisions.rules import Quorum, Rule, fraction_in, lint
from quorate.kernel.i18n import gettext
from quorate.toolkit.foundation import Doubt, Record, instant

SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
BARE = Rule(Fraction(1, 2), "seats", strict=True)


def charters(records: Sequence[Record]) -> Iterable[Doubt]:
    """What is doubtful about the quorum of each version of a charter, for the voting seats of its first day."""
    for record in records:
        if record.kind == "charter":
            yield from _charter(record, _seats(record, records))


def _charter(record: Record, seats: int) -> Iterator[Doubt]:
    said: Mapping[str, Any] = (record.fields.get("numbers") or {}).get("quorum") or {}
    words = "\n".join(str(record.fields.get(key, "")) for key in ("mandate", "text"))
    yield from _words(record, said, words)
    if not said or not seats:
        return
    quorum: dict[str, Any] = {"strict": said.get("strict", False)} if "fraction" in said else {}
    quorum |= {"fraction": said["fraction"]} if "fraction" in said else {"count": said["printed"]}
    document: dict[str, Any] = {
        "rule": {"threshold": "1/2", "strict": True, "of": "seats", "quorum": quorum},
        "seats": seats,
    }
    if "printed" in said and "fraction" in said:
        document["charter"] = {"quorum": said["printed"]}
    for found in lint(document):
        if found.code in ("unreachable-quorum", "drift"):
            yield Doubt(record.where, f"{record.id}: {found.what}", found.mend, found.code == "unreachable-quorum")


def _words(record: Record, said: Mapping[str, Any], text: str) -> Iterator[Doubt]:
    """The sentences about a quorum against the numbers beside them."""
    mend = gettext("find out which one is meant, and change the other")
    for sentence in SENTENCE.split(text):
        if "quorum" not in sentence.lower():
            continue
        named = fraction_in(sentence)
        number = re.search(r"\bquorum (?:is|of) (\d+)\b(?!\s*(?:/|%|per))", sentence.lower())
        quoted = sentence.strip()[:120]
        if named is not None and "fraction" in said:
            asked = Quorum(fraction=Fraction(said["fraction"]), strict=said.get("strict", False))
            if named != (asked.fraction, asked.strict):
                more, least = gettext("more than"), gettext("at least")
                what = gettext("%(charter)s: the words “%(words)s” and the number, %(number)s, differ") % {
                    "charter": record.id,
                    "words": quoted,
                    "number": f"{more if asked.strict else least} {asked.fraction}",
                }
                yield Doubt(record.where, what, mend)
        elif named is None and number is not None and said.get("printed", int(number[1])) != int(number[1]):
            what = gettext("%(charter)s: the words “%(words)s” and the number, %(number)s, differ") % {
                "charter": record.id,
                "words": quoted,
                "number": said["printed"],
            }
            yield Doubt(record.where, what, mend)
        elif (named is not None or number is not None) and not said:
            what = gettext("%(charter)s: the words “%(words)s” are in no number, so nothing counts by them") % {
                "charter": record.id,
                "words": quoted,
            }
            yield Doubt(record.where, what, gettext("write numbers: {quorum: …} beside them"))


def _seats(charter: Record, records: Sequence[Record]) -> int:
    """The voting seats that the files describe for the body of a charter on its first day."""
    body = charter.id.partition("/")[0]
    start = instant(charter.fields["from"])
    assert start is not None  # the schema asks for it
    count = 0
    for record in records:
        if record.kind != "seat" or record.id.partition("/")[0] != body or not record.fields.get("voting"):
            continue
        begun, ended = instant(record.fields.get("from")), instant(record.fields.get("until"))
        if (begun is None or begun <= start) and (ended is None or ended > start):
            count += 1
    return count


INSPECTORS = [charters]
