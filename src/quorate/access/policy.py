"""One policy answers: may they, why, and if not, who could. Deny by default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from quorate.access.actors import Actor
from quorate.access.permissions import PERMISSIONS, in_scope
from quorate.kernel import clock
from quorate.kernel.errors import Refused
from quorate.kernel.i18n import gettext
from quorate.kernel.registry import Registry


@dataclass(frozen=True)
class Reason:
    """Why somebody may: words for people, and a short ``code`` that the ledger keeps (``seat:tac/chair``)."""

    text: object
    code: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Explanation:
    """The answer to "why may I do this?": the reasons that allow it, and who could if nobody here may."""

    permission: str
    allowed: bool
    reasons: tuple[Reason, ...]
    could: tuple[str, ...]


class Source(Protocol):
    """Where rights come from: terms give them by seat, programs by role in a case."""

    def reasons(self, actor: Actor, permission: str, obj: Any, at: datetime) -> Iterable[Reason]:
        """Every reason of this source that allows it."""
        ...

    def could(self, permission: str, obj: Any, at: datetime) -> Iterable[str]:
        """In words, who could do it by this source."""
        ...


SOURCES: Registry[Source] = Registry("source of rights")


def why(actor: Actor, permission: str, obj: Any = None, *, at: datetime | None = None) -> Explanation:
    """Ask every source. An unknown permission is a defect (``KeyError``), never a yes."""
    declared = PERMISSIONS.get(permission)
    moment = at or clock.now()
    if actor.scopes is not None and not in_scope(permission, actor.scopes):
        return Explanation(permission, False, (), (gettext("a token with the scope %s") % permission,))
    reasons: list[Reason] = []
    if not declared.sensitive:
        if actor.kind == "system":
            reasons.append(Reason(gettext("this is a duty of the system itself"), actor.id))
        if actor.operator:
            reasons.append(Reason(gettext("you operate this installation"), "operator"))
    for source in SOURCES:
        reasons.extend(source.reasons(actor, permission, obj, moment))
    could = () if reasons else who_could(permission, obj, at=moment)
    return Explanation(permission, bool(reasons), tuple(reasons), could)


def who_could(permission: str, obj: Any = None, *, at: datetime | None = None) -> tuple[str, ...]:
    """In words and without names twice, who could do it at an instant (default: now)."""
    moment = at or clock.now()
    return tuple(dict.fromkeys(words for source in SOURCES for words in source.could(permission, obj, moment)))


def may(actor: Actor, permission: str, obj: Any = None) -> bool:
    """Whether the actor may."""
    return why(actor, permission, obj).allowed


def authorise(actor: Actor, permission: str, obj: Any = None) -> list[str]:
    """The codes of the reasons that allow it, for the ledger; raises ``Refused`` saying who could."""
    answer = why(actor, permission, obj)
    if answer.allowed:
        return [reason.code for reason in answer.reasons]
    title = PERMISSIONS.get(permission).title
    what = gettext("you may not do this: %(title)s") % {"title": title}
    mend = gettext("ask: %s") % "; ".join(answer.could) if answer.could else ""
    if actor.kind == "visitor":
        mend = gettext("sign in first")
    raise Refused(what, where=permission, mend=mend)
