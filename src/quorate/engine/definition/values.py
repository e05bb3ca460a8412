"""The small words of a program file: closed sets, references to people by role, and what happens on a breach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from quorate.kernel.i18n import gettext


class Subject(StrEnum):
    """What a case is about; the engine keeps one reference of this kind."""

    PROJECT = "project"
    PERSON = "person"
    ORGANISATION = "organisation"
    BODY = "body"
    EVENT = "event"
    NONE = "none"


class StageKind(StrEnum):
    """The closed set of stages. Each has one meaning for people, for clocks and for simulation."""

    QUEUE = "queue"  # waits for its turn; position and age are shown
    WORK = "work"  # somebody works on it
    WAIT = "wait"  # waits for somebody outside, usually the applicant
    GATE = "gate"  # waits for an occasion with limited capacity, such as a meeting
    VOTE = "vote"  # a motion is open
    TIMER = "timer"  # waits for a time
    END = "end"  # closed, with an outcome


class Calendar(StrEnum):
    """How a clock counts."""

    ELAPSED = "elapsed"
    BUSINESS = "business"


class Reason(StrEnum):
    """Whether a person who takes a transition must say why."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class Tone(StrEnum):
    """How a transition's button looks, and whether it is confirmed."""

    PLAIN = "plain"
    GOOD = "good"
    GRAVE = "grave"


class Order(StrEnum):
    """How a queue is ordered."""

    FIFO = "fifo"
    PRIORITY = "priority"


class Whilst(StrEnum):
    """How long another case of the same subject counts as a duplicate."""

    OPEN = "open"
    EVER = "ever"


class Comparison(StrEnum):
    """What a machine check compares the found value with."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ONE_OF = "one_of"
    ALL_OF = "all_of"
    PRESENT = "present"
    JUDGED = "judged"  # no machine can say: reviewers judge, or the applicant attests


class Assign(StrEnum):
    """How reviewers come to a case."""

    STAFF = "staff"
    VOLUNTEER = "volunteer"
    AUTO = "auto"


class Evidence(StrEnum):
    """What shows that an obligation is met."""

    LINK = "link"
    TEXT = "text"
    FILE = "file"
    NONE = "none"


class FieldKind(StrEnum):
    """How a mapped answer is read."""

    LINE = "line"
    TEXT = "text"
    URL = "url"
    URLS = "urls"
    EMAILS = "emails"
    PEOPLE = "people"
    LICENCE = "licence"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DATE = "date"
    FLAG = "flag"


class EffectKind(StrEnum):
    """What a transition or the entry of a stage may cause beside the move itself."""

    GRANT = "grant"  # give | renew | revoke
    LETTER = "letter"  # a letter's name
    OBLIGATIONS = "obligations"  # open | close
    CHECKS = "checks"  # run
    NOTIFY = "notify"  # a role
    OPEN = "open"  # another program: a linked case about the same subject
    DECIDE = "decide"  # an outcome's name: the decision is made though the case is still open


class Tally(StrEnum):
    """How much of reviews or votes is public."""

    NONE = "none"
    COUNT = "count"
    SUMMARY = "summary"
    FULL = "full"


#: Roles without a name after a colon. ``holder`` is who answers for the subject: a project's maintainers, a person.
BARE_ROLES = (
    "applicant",
    "assignee",
    "owner",
    "reviewers",
    "maintainers",
    "holder",
    "steward",
    "accountable",
    "anyone",
    "signed-in",
    "system",
)
_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
ROLE_PATTERN = rf"^(?:seat:{_NAME}/{_NAME}|body:{_NAME}|chair:{_NAME}|{'|'.join(BARE_ROLES)})$"
SLUG_PATTERN = rf"^{_NAME}$"
_ROLE = re.compile(ROLE_PATTERN)


@dataclass(frozen=True, order=True)
class Role:
    """Who: ``seat:staff/program-manager``, ``body:ecosystem-wg``, ``chair:ecosystem-wg`` or a bare word."""

    text: str
    mend: ClassVar[str] = "seat:<body>/<seat>, body:<body>, chair:<body>, " + ", ".join(BARE_ROLES)

    @classmethod
    def parse(cls, text: str) -> Role:
        """Raises ``ValueError`` when the text is not in the grammar."""
        if not isinstance(text, str) or not _ROLE.match(text):
            raise ValueError(gettext("“%(text)s” names no role") % {"text": text})
        return cls(text)

    def __str__(self) -> str:
        return self.text

    @property
    def kind(self) -> str:
        """``seat``, ``body``, ``chair``, or the bare word itself."""
        return self.text.partition(":")[0]

    @property
    def body(self) -> str:
        """The body's slug for the first three kinds, else empty."""
        return self.text.partition(":")[2].partition("/")[0]

    @property
    def is_office(self) -> bool:
        """Whether terms decide who this is (and not the case)."""
        return ":" in self.text

    @property
    def is_single_office(self) -> bool:
        """Whether at most one person holds it by its nature."""
        return self.kind in ("seat", "chair")


@dataclass(frozen=True)
class Breach:
    """What happens when a clock runs out: ``remind`` the owner, ``escalate:<role>``, or ``none``."""

    text: str = "remind"

    @classmethod
    def parse(cls, text: str) -> Breach:
        """Raises ``ValueError`` when the text is not in the grammar."""
        if text in ("remind", "none"):
            return cls(text)
        if isinstance(text, str) and text.startswith("escalate:"):
            Role.parse(text.removeprefix("escalate:"))
            return cls(text)
        raise ValueError(gettext("“%(text)s” is not remind, none or escalate:<role>") % {"text": text})

    def __str__(self) -> str:
        return self.text

    @property
    def escalates_to(self) -> Role | None:
        """The role told beside the owner, if any."""
        name = self.text.removeprefix("escalate:")
        return Role(name) if name != self.text else None


@dataclass(frozen=True)
class Citation:
    """A clause of a policy: the policy's slug and the clause's anchor, which may be empty for the whole."""

    policy: str
    anchor: str = ""

    def __str__(self) -> str:
        return f"{self.policy}#{self.anchor}" if self.anchor else self.policy
