"""What printed minutes say, as the report of ``quorate meeting import``: seats, represented, quorum, remarks, proposals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from quorate.kernel.i18n import gettext
from quorate.registers.meetings import quorum
from quorate.registers.meetings.reading.document import Attendee, Document
from quorate.registers.meetings.reading.promises import Promise, promises, two_spellings
from quorate.registers.meetings.reading.seats import PrintedRoll, Remark, read_roll
from quorate.registers.meetings.reading.zones import check_times


@dataclass
class Report:
    """The whole reading. ``needed`` is the printed quorum where one is printed, else more than half of the seats."""

    document: Document
    roll: PrintedRoll
    starts_at: datetime | None
    promises: list[Promise]
    remarks: list[Remark] = field(default_factory=list)
    file: str = ""

    @property
    def represented(self) -> int:
        return quorum.represented(self.roll.standings)

    @property
    def majority(self) -> int:
        return quorum.needed(quorum.BARE_MAJORITY, len(self.roll.seats))

    @property
    def needed(self) -> int:
        return self.majority if self.document.quorum is None else self.document.quorum

    def as_dict(self) -> dict[str, Any]:
        """The document that the command prints."""
        roll = list(zip(self.roll.seats, self.roll.standings, strict=True))
        return {
            "date": self.document.date,
            "title": self.document.title,
            "starts_at": self.starts_at,
            "seats": len(self.roll.seats),
            "represented": self.represented,
            "standing_in": [
                {"seat": seat.label, "alternate": seat.alternate.name, "for": seat.representative.name}
                for seat, standing in roll
                if standing.stands_in and seat.alternate
            ],
            "beside": [seat.alternate.name for seat, standing in roll if standing.beside and seat.alternate],
            "absent": [seat.label for seat, standing in roll if standing.speaks is None],
            "without_alternate": sum(1 for seat in self.roll.seats if seat.alternate is None),
            "quorum": {
                "needed": self.needed,
                "have": self.represented,
                "met": self.represented >= self.needed,
                "printed": self.document.quorum,
                "majority": self.majority,
            },
            "present": {
                "representatives": _there(self.document.representatives),
                "alternates": _there(self.document.alternates),
                "leads": _there(self.document.leads),
                "staff": _there(self.document.staff),
                "others": _there(self.document.others),
            },
            "roll": [
                {
                    "seat": seat.label,
                    "representative": seat.representative.name,
                    "present": seat.representative.present,
                    "alternate": seat.alternate.name if seat.alternate else None,
                    "speaks": standing.speaks,
                }
                for seat, standing in roll
            ],
            "sections": [passage.title for passage in self.document.sections],
            "decisions_to_come": [_promise(each) for each in self.promises if each.vote],
            "action_items": [_promise(each) for each in self.promises],
            "warnings": [self.located(remark) for remark in self.remarks],
        }

    def located(self, remark: Remark) -> dict[str, Any]:
        """A remark with its place in the file."""
        where = f"{self.file}:{remark.line}" if self.file and remark.line else self.file
        return {"where": where, "what": remark.what, "mend": remark.mend}


def report(document: Document, file: str = "") -> Report:
    """Read the roll, the times and the promises of a document."""
    roll = read_roll(document)
    starts, times = check_times(document)
    made = Report(document, roll, starts, promises(document), file=file)
    made.remarks = [*_quorum(made), *roll.remarks, *times, *_spellings(document)]
    made.remarks.sort(key=lambda remark: remark.line)
    return made


def _quorum(made: Report) -> list[Remark]:
    printed = made.document.quorum
    if printed is None:
        what = gettext("no quorum is printed; more than half of %(seats)d seats is %(majority)d")
        return [Remark(0, what % {"seats": len(made.roll.seats), "majority": made.majority})]
    if printed == made.majority:
        return []
    what = gettext("the printed quorum is %(printed)d, but more than half of %(seats)d seats is %(majority)d")
    words = {"printed": printed, "seats": len(made.roll.seats), "majority": made.majority}
    return [Remark(0, what % words, gettext("say in the charter by which rule the quorum is counted"))]


def _spellings(document: Document) -> list[Remark]:
    what = gettext("“%(written)s” in the text may be “%(listed)s” of the attendance")
    return [
        Remark(line, what % {"written": written, "listed": listed}, gettext("spell one person one way"))
        for line, written, listed in two_spellings(document)
    ]


def _there(attendees: Sequence[Attendee]) -> int:
    return sum(1 for attendee in attendees if attendee.present)


def _promise(promise: Promise) -> dict[str, Any]:
    return {"line": promise.line, "section": promise.section, "text": promise.text, "who": list(promise.who)}
