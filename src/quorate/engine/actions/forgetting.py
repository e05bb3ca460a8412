"""What the engine keeps of a person, and how it goes when they are forgotten, or moves when two records are one.

What a program decided stays, with the person's opaque id; their words, letters to them, their private answers and
their files go. Where the case is about the person, the answers about them go as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import DatabaseError, transaction

from quorate.access.actors import Actor
from quorate.directory.referrers import Subject
from quorate.engine.models import (
    Attachment,
    Attestation,
    Case,
    Comment,
    Contact,
    Grant,
    Letter,
    Obligation,
    PrivateAnswer,
    Recusal,
    Review,
)
from quorate.kernel import clock
from quorate.toolkit.files import path_of


def forget(actor: Actor, person: UUID) -> int:
    """Remove a person's own words and what was written to them. Returns how many rows were emptied or removed.

    Part of ``erase_person``, which authorised it and writes the entry.
    """
    now, name = clock.now(), f"person:{person}"
    applied = Case.objects.filter(applicant=person)
    about = Case.objects.filter(subject_kind="person", subject_id=str(person))
    removed = PrivateAnswer.objects.filter(case__in=applied | about).delete()[0]
    removed += Contact.objects.filter(case__in=applied | about).delete()[0]
    removed += about.update(answers={}, fields={}, title="")
    empty = {"subject": "", "body": "", "public_subject": "", "public_body": "", "to": ""}
    removed += Letter.objects.filter(person=person).update(**empty)
    removed += Comment.objects.filter(person=person, redacted_at=None).update(body="", redacted_at=now)
    removed += Review.objects.filter(person=person).exclude(comment="").update(comment="")
    removed += Recusal.objects.filter(person=person).exclude(detail="").update(detail="")
    removed += Attestation.objects.filter(person=person).exclude(evidence="").update(evidence="")
    removed += Obligation.objects.filter(closed_by=name).exclude(evidence="").update(evidence="")
    return removed + _files(person)


def _files(person: UUID) -> int:
    """Remove a person's files; the bytes go when nobody else put the same ones to a case."""
    own = Attachment.objects.filter(person=person)
    digests = set(own.values_list("digest", flat=True))
    removed = own.filter(removed_at=None).update(removed_at=clock.now(), name="")
    own.update(name="")
    kept = set(Attachment.objects.filter(digest__in=digests).exclude(person=person).values_list("digest", flat=True))
    for digest in digests - kept:
        transaction.on_commit(lambda digest=digest: path_of("cases", digest).unlink(missing_ok=True))  # type: ignore[misc]  # binds the loop's value
    return removed


def move(kind: Subject, absorbed: UUID, kept: UUID) -> Sequence[str]:
    """Let cases and grants about one record be about the other. A grant that both have stays where it is."""
    tokens: list[str] = []
    for model in (Case, Grant):
        rows = model._default_manager.filter(subject_kind=kind, subject_id=str(absorbed))
        for pk in list(rows.values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=pk).update(subject_id=str(kept))
            except DatabaseError:
                continue
            tokens.append(f"{model.__name__}:{pk}")
    return tokens


def restore(kind: Subject, tokens: Sequence[str], absorbed: UUID, kept: UUID) -> int:
    """Put back what :func:`move` moved, where nobody changed it since."""
    restored = 0
    for token in tokens:
        name, _colon, pk = token.partition(":")
        model: type[Case] | type[Grant] = Case if name == "Case" else Grant
        rows = model._default_manager.filter(pk=pk, subject_kind=kind, subject_id=str(kept))
        restored += rows.update(subject_id=str(absorbed))
    return restored
