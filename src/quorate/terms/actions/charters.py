"""Writes about the charters of bodies: versions that follow one another without gap in what they say."""

from __future__ import annotations

import hashlib

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.rules import as_json
from quorate.kernel.errors import Conflict
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref
from quorate.terms.models import Body, Charter
from quorate.terms.queries import charter_facts
from quorate.terms.rules import CharterFacts, changes_between, check_charter


@action("body.edit", kinds=("charter.adopted",))
def adopt_charter(*, actor: Actor, body: Body, version: str, facts: CharterFacts) -> Charter:
    """Put a version of a charter in force; the open one before it ends as this begins.

    A version that begins before one on record ends where that begins. Appends ``charter.adopted``. ``Conflict``
    when the version is on record or another is in force in that period.
    """
    authority = authorise(actor, "body.edit", body)
    check_charter(version, facts)
    body = Body.objects.select_for_update(of=("self",)).get(pk=body.pk)
    if body.charters.filter(version=version.strip()).exists():
        raise Conflict(
            gettext("version %s is on record") % version, where="version", mend=gettext("give the next version")
        )
    later = body.charters.filter(start__gt=facts.start).order_by("start").first()
    until = facts.until or (later.start if later else None)
    before = body.charters.filter(start__lt=facts.start, until=None).first()
    if before is not None:
        before.until = facts.start
        before.save(update_fields=["until"])
    row = Charter(body=body, version=version.strip())
    _write(row, facts)
    row.until = until
    _refuse_overlap(row)
    row.save(force_insert=True)
    append(
        "charter.adopted",
        actor=actor,
        refs=[Ref("body", str(body.id))],
        data={
            "version": row.version,
            "start": row.start.isoformat(),
            "adopted_by": row.adopted_by,
            "numbers": row.numbers,
            "sha256": _fingerprint(row),
        },
        authority=authority,
    )
    return row


@action("body.edit", kinds=("charter.corrected",))
def correct_charter(*, actor: Actor, charter: Charter, facts: CharterFacts) -> Charter:
    """Put right what was recorded of a version. Appends ``charter.corrected``; nothing when nothing differs."""
    authority = authorise(actor, "body.edit", charter.body)
    check_charter(charter.version, facts)
    changes = changes_between(charter_facts(charter), facts)
    if not changes:
        return charter
    _write(charter, facts)
    _refuse_overlap(charter)
    charter.save()
    for long in ("text", "mandate"):
        if long in changes:
            changes[long] = [hashlib.sha256(text.encode()).hexdigest() for text in changes[long]]
    append(
        "charter.corrected",
        actor=actor,
        refs=[Ref("body", str(charter.body_id))],
        data={"version": charter.version, "fields": sorted(changes), "changes": changes},
        authority=authority,
    )
    return charter


@action("body.edit", kinds=("charter.removed",))
def remove_charter(*, actor: Actor, charter: Charter) -> None:
    """Remove a version that never was. Appends ``charter.removed``, which keeps when it was said to hold."""
    authority = authorise(actor, "body.edit", charter.body)
    ref = Ref("body", str(charter.body_id))
    data = {"version": charter.version, "facts": as_json(charter_facts(charter))}
    charter.delete()
    append("charter.removed", actor=actor, refs=[ref], data=data, authority=authority)


def _write(row: Charter, facts: CharterFacts) -> None:
    row.start, row.until = facts.start, facts.until
    row.mandate, row.text, row.link = facts.mandate.strip(), facts.text.strip(), facts.link.strip()
    row.adopted_by, row.numbers = facts.adopted_by.strip(), dict(facts.numbers)


def _refuse_overlap(row: Charter) -> None:
    for other in Charter.objects.filter(body_id=row.body_id).exclude(pk=row.pk):
        if (other.until is None or row.start < other.until) and (row.until is None or other.start < row.until):
            raise Conflict(
                gettext("version %s is in force in that period") % other.version,
                where="start",
                mend=gettext("end that version first, or begin this one later"),
            )


def _fingerprint(row: Charter) -> str:
    return hashlib.sha256(f"{row.mandate}\n{row.text}\n{row.link}".encode()).hexdigest()
