"""The door of a program: windows, duplicates, and the time before a subject may come again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from quorate.engine.definition import FieldKind, Whilst, Window
from quorate.engine.definition import Program as Definition
from quorate.engine.letters import day
from quorate.engine.models import Case, Program
from quorate.engine.versions import definition_of
from quorate.kernel.errors import UserError
from quorate.kernel.i18n import gettext


def bounds(window: Window) -> tuple[datetime, datetime]:
    """A window's half-open bounds as instants in UTC."""
    zone = ZoneInfo(window.zone)
    opens, closes = (
        (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC) for at in (window.opens, window.closes)
    )
    return opens, closes


def open_window(definition: Definition, at: datetime) -> Window | None:
    """The window that is open at an instant."""
    return next((item for item in definition.intake.windows if bounds(item)[0] <= at < bounds(item)[1]), None)


def next_window(definition: Definition, at: datetime) -> Window | None:
    """The next window to open."""
    ahead = [item for item in definition.intake.windows if bounds(item)[0] > at]
    return min(ahead, key=lambda item: bounds(item)[0]) if ahead else None


def is_open(program: Program, definition: Definition, at: datetime) -> bool:
    """Whether cases are taken in."""
    if program.closed_at is not None:
        return False
    return not definition.intake.windows or open_window(definition, at) is not None


def check_door(program: Program, definition: Definition, at: datetime) -> None:
    """Raise ``UserError`` when no case is taken in now, saying when the next time is."""
    if program.closed_at is not None:
        raise UserError(gettext("%(program)s takes no new cases") % {"program": definition.name}, where="program")
    if is_open(program, definition, at):
        return
    past = [item for item in definition.intake.windows if bounds(item)[1] <= at]
    late = max(past, key=lambda item: bounds(item)[1]).late if past else ""
    coming = next_window(definition, at)
    mend = gettext("it opens on %(day)s") % {"day": day(bounds(coming)[0])} if coming else ""
    what = late or gettext("%(program)s takes no applications now") % {"program": definition.name}
    raise UserError(what, where="window", mend=mend)


def identity_of(definition: Definition, fields: Mapping[str, Any]) -> str:
    """The key under which two cases are about the same, or empty when nothing tells."""
    rule = definition.intake.duplicates
    names = rule.by if rule is not None else ()
    kinds = {item.name: item.kind for item in definition.intake.fields}
    values = [_normal(fields.get(name), kinds.get(name, FieldKind.LINE)) for name in names]
    if not any(values):
        return ""
    return hashlib.sha256(json.dumps([list(names), values]).encode()).hexdigest()


def _normal(value: Any, kind: FieldKind) -> Any:
    if isinstance(value, list):
        return sorted(_normal(item, kind) for item in value)
    text = " ".join(str(value or "").split()).casefold()
    if kind in (FieldKind.URL, FieldKind.URLS) or text.startswith(("http://", "https://")):
        text = re.sub(r"^[a-z]+://(?:www\.)?", "", text).split("?")[0].split("#")[0].rstrip("/").removesuffix(".git")
        return re.sub(r"/(?:tree|blob)/.*$", "", text)
    return text


def same(program: Program, identity: str, subject_id: str = "", subject_kind: str = "") -> QuerySet[Case]:
    """The program's cases about the same subject, newest first."""
    about = Q(pk__in=[])
    if identity:
        about |= Q(identity_key=identity)
    if subject_id:
        about |= Q(subject_id=subject_id, subject_kind=subject_kind) if subject_kind else Q(subject_id=subject_id)
    return Case.objects.filter(about, program=program).order_by("-opened_at", "-number")


def check_duplicates(
    program: Program,
    definition: Definition,
    identity: str,
    subject_id: str,
    at: datetime,
    *,
    own: Case | None = None,
    past: bool = False,
) -> None:
    """Raise ``UserError`` for a second case about the same, or one that comes before its time.

    ``past``: it comes from records of the past, so when it comes is not asked.
    """
    rule = definition.intake.duplicates
    kind = definition.subject.value if subject_id else ""
    others = [item for item in same(program, identity, subject_id, kind)[:20] if own is None or item.pk != own.pk]
    if rule is not None:
        for other in others:
            if other.closed_at is None or rule.while_ is Whilst.EVER:
                where = definition.intake.duplicates.by[0] if definition.intake.duplicates else "case"
                what = gettext("%(case)s is about the same") % {"case": other.key}
                raise UserError(what, where=_element(definition, where), mend=gettext("amend that case instead"))
    until = returns_at(definition, others)
    if until is not None and until > at and own is None and not past:
        what = gettext("it may come again from %(day)s on") % {"day": day(until)}
        raise UserError(what, where="reapply_after", mend=gettext("use the time to mend what was missing"))


def returns_at(definition: Definition, earlier: list[Case]) -> datetime | None:
    """From when the subject of earlier cases, newest first, may come again; ``None``: at once."""
    closed = [item for item in earlier if item.closed_at is not None]
    if not closed:
        return None
    last = max(closed, key=lambda item: item.closed_at or item.opened_at)
    outcome = next((item for item in definition_of(last).outcomes if item.name == last.outcome), None)
    if outcome is None or outcome.good or (outcome.good is None and outcome.reapply_after is None):
        return None
    wait = outcome.reapply_after or definition.intake.reapply_after
    return wait.after(last.closed_at or last.opened_at) if wait is not None else None


def _element(definition: Definition, field: str) -> str:
    """The form's element that a mapped field is answered in, for the place of an error."""
    item = next((item for item in definition.intake.fields if item.name == field), None)
    element = definition.element_of(item) if item is not None else None
    return element.id if element is not None else field
