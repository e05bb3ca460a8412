"""Lists of entries and of messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from quorate.kernel import clock
from quorate.kernel.i18n import _
from quorate.kernel.ids import is_uuid
from quorate.ledger.feed import public_kinds
from quorate.ledger.kinds import KINDS
from quorate.ledger.queries import kinds_in_use, topics_in_use
from quorate.ledger.sentences import Sentence, sentences
from quorate.toolkit.columns import Choice, Column, Empty, Flag
from quorate.toolkit.parts import pill
from quorate.toolkit.tables import RowAction, Table

SPANS = {"day": 1, "week": 7, "month": 31, "year": 366}


@dataclass(frozen=True)
class Told:
    """An entry as a row: its sentence, and what an export wants beside it."""

    sentence: Sentence
    url: str
    about: str

    @property
    def seq(self) -> int:
        """Its number."""
        return self.sentence.seq

    @property
    def at(self) -> datetime:
        """When it took effect."""
        return self.sentence.at

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.sentence.kind

    @property
    def text(self) -> str:
        """The sentence without markup."""
        return self.sentence.text


def _name(row: Told) -> SafeString:
    # An entry's number is its name, written as in its address: without the marks that group the digits of an amount.
    return format_html('<a href="{}">{}</a>', row.url, str(row.seq))


class EntryTable(Table[Told]):
    """Entries in sentences. Selected and ordered as entries, and told a page at a time."""

    name = "ledger"
    caption = _("Entries")
    columns: ClassVar[Sequence[Column]] = (
        Column("seq", _("No."), kind="number", sort="seq", cell=_name),
        Column("sentence", _("What happened"), value="text", cell=lambda row: row.sentence.html),
        Column("at", _("When"), kind="when", sort="at"),
        Column("kind", _("Kind"), sort="kind", low=True),
        Column("actor", _("By"), value="sentence__actor", show=False),
        Column("about", _("About"), show=False),
        Column("recorded_at", _("Recorded"), value="sentence__recorded_at", show=False),
        Column("reconstructed", _("Time reconstructed"), value="sentence__reconstructed", show=False),
    )
    filters: ClassVar[Sequence[Choice | Flag]] = (
        Choice(
            "kind",
            _("Kind"),
            options=lambda table: [(kind, kind) for kind in table.kinds()],
            apply=lambda rows, value: rows.filter(kind=value),
        ),
        Choice(
            "by",
            _("By"),
            options=[("person", _("People")), ("system", _("The system")), ("visitor", _("Visitors"))],
            apply=lambda rows, value: rows.filter(actor__startswith=value),
        ),
        Choice(
            "within",
            _("Within"),
            options=[("day", _("A day")), ("week", _("A week")), ("month", _("A month")), ("year", _("A year"))],
            apply=lambda rows, value: rows.filter(at__gte=clock.now() - timedelta(days=SPANS[value])),
        ),
        Flag("measured", _("Without reconstructed times"), apply=lambda rows, table: rows.filter(reconstructed=False)),
    )
    search = ("kind",)
    search_label = _("Words of the sentence, a number, or an id")
    order = "-seq"
    empty = Empty(_("Nothing was recorded yet"), _("Whatever anybody does here becomes an entry."))

    @property
    def public(self) -> bool:
        """Whether the reader is anybody."""
        return bool(self.extra.get("public"))

    def kinds(self) -> list[str]:
        """The kinds to choose from."""
        if self.public:
            return sorted(public_kinds() & set(kinds_in_use()))
        return kinds_in_use()

    def find(self, rows: Any, text: str) -> Any:
        """Entries by number, by the id of who or what they speak of, or by words of their kind's sentence."""
        if text.isascii() and text.isdigit() and len(text) < 18:
            return rows.filter(seq=int(text))
        if is_uuid(text):
            named = Q(uid=text) | Q(gesture=text) | Q(index__ref=text) | Q(actor__endswith=f":{text}")
            return rows.filter(named).distinct()
        words = [word.casefold() for word in text.split()]
        kinds = [
            name for name, kind in KINDS.items() if all(word in f"{name} {kind.sentence}".casefold() for word in words)
        ]
        return rows.filter(kind__in=kinds)

    @cached_property
    def page_rows(self) -> list[Told]:
        """The sentences of this page."""
        start = (self.page - 1) * self.size
        return self.told(list(self.rows[start : start + self.size]) if self.count else [])

    def records(self) -> Iterator[dict[str, Any]]:
        """All matching entries as plain values, some hundreds at a time."""
        chosen = [column for column in self.columns if column.export]
        rows = self.rows.iterator(chunk_size=500) if isinstance(self.rows, QuerySet) else iter(())
        while batch := list(islice(rows, 500)):
            for row in self.told(batch):
                yield {column.key: column.of(row) for column in chosen}

    def told(self, entries: list[Any]) -> list[Told]:
        """Entries as rows."""
        route = "ledger:public-entry" if self.public else "ledger:entry"
        refs = {entry.seq: " ".join(f"{kind}:{ref}" for kind, ref, *_role in entry.refs) for entry in entries}
        return [
            Told(sentence, reverse(route, args=[sentence.seq]), refs[sentence.seq])
            for sentence in sentences(entries, public=self.public)
        ]


STATES = {
    "dead": (_("Failed for good"), "late"),
    "pending": (_("Waiting"), "info"),
    "done": (_("Done"), "done"),
}


def last_line(text: str) -> str:
    """What an error says in the end."""
    return text.strip().rpartition("\n")[2][:300]


class MessageTable(Table[Any]):
    """Promised messages and how they stand."""

    name = "outbox"
    caption = _("Messages")
    columns: ClassVar[Sequence[Column]] = (
        Column(
            "topic",
            _("Topic"),
            sort="topic",
            primary=True,
            url=lambda message: reverse("ledger:message", args=[message.id]),
        ),
        Column("id", _("Message"), value=lambda message: str(message.id), show=False),
        Column("state", _("State"), sort="state", cell=lambda message: pill(*STATES[message.state])),
        Column("attempts", _("Attempts"), kind="number", sort="attempts"),
        Column("created_at", _("Promised"), kind="age", sort="created_at"),
        Column("due_at", _("Next attempt"), kind="when", sort="due_at", low=True),
        Column("error", _("Last error"), value=lambda message: last_line(message.last_error)),
    )
    filters: ClassVar[Sequence[Choice | Flag]] = (
        Choice(
            "state",
            _("State"),
            options=[(key, label) for key, (label, _tone) in STATES.items()],
            apply=lambda rows, value: rows.filter(state=value),
        ),
        Choice(
            "topic",
            _("Topic"),
            options=lambda table: [(topic, topic) for topic in topics_in_use()],
            apply=lambda rows, value: rows.filter(topic=value),
        ),
    )
    search = ("topic", "last_error")
    order = "-created_at"
    empty = Empty(_("No messages here"), _("Letters, webhooks and checks stand here until they are done."))

    def action(self, row: Any) -> RowAction | None:
        """Look at it."""
        return RowAction(_("Open"), reverse("ledger:message", args=[row.id]))
