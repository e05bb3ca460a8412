"""Merging two records of one person or organisation, and taking the merge back exactly.

Every row that points at the absorbed record is made to point at the kept one, whatever package it belongs to,
and listed in the merge. Rows that the database will not let move (both records gave the same consent) stay
and are counted as left. The absorbed record itself stays, pointing at the one that was kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, models, transaction

from quorate.access.action import action
from quorate.access.actors import Actor
from quorate.access.policy import authorise
from quorate.directory.models import ContactPoint, Merge, Organisation, OrganisationAlias, Person
from quorate.directory.referrers import REFERRERS, Subject
from quorate.kernel import clock
from quorate.kernel.errors import Conflict, UserError
from quorate.kernel.i18n import gettext
from quorate.ledger.actions import append
from quorate.ledger.refs import Ref

M = TypeVar("M", Person, Organisation)
Step = dict[str, Any]


@action("person.merge", kinds=("person.merged",))
def merge_people(*, actor: Actor, kept: Person, absorbed: Person) -> Merge:
    """Make two records of one person one. Appends ``person.merged``; :func:`separate` undoes it."""
    authority = authorise(actor, "person.merge", kept)
    if kept.erased_at is not None or absorbed.erased_at is not None:
        raise Conflict(gettext("a person who was forgotten cannot be merged"))
    _check(kept, absorbed)
    steps: list[Step] = []
    kinds = kept.contacts.filter(primary=True).values_list("kind", flat=True)
    for point in ContactPoint.objects.filter(person=absorbed, primary=True, kind__in=list(kinds)):
        steps.append(_set(point, "primary", False))
    if kept.account_id is None and absorbed.account_id is not None:
        account = absorbed.account_id
        steps.append(_set(absorbed, "account_id", None))
        steps.append(_set(kept, "account_id", account))
    for name in ("pronouns", "bio", "language", "time_zone"):
        if not getattr(kept, name) and getattr(absorbed, name):
            steps.append(_set(kept, name, getattr(absorbed, name)))
    return _merge(actor, authority, "person", kept, absorbed, steps)


@action("organisation.merge", kinds=("organisation.merged",))
def merge_organisations(*, actor: Actor, kept: Organisation, absorbed: Organisation) -> Merge:
    """Make two records of one organisation one; the absorbed name becomes an alias.

    Appends ``organisation.merged``; :func:`separate` undoes it.
    """
    authority = authorise(actor, "organisation.merge", kept)
    _check(kept, absorbed)
    steps: list[Step] = []
    for name in ("homepage", "country"):
        if not getattr(kept, name) and getattr(absorbed, name):
            steps.append(_set(kept, name, getattr(absorbed, name)))
    known = {kept.name, *kept.aliases.values_list("name", flat=True)}
    if absorbed.name not in known:
        alias = OrganisationAlias.objects.create(organisation=kept, name=absorbed.name)
        steps.append({"step": "made", "model": alias._meta.label, "pk": str(alias.pk)})
    return _merge(actor, authority, "organisation", kept, absorbed, steps)


@action("person.merge", kinds=("person.separated", "organisation.separated"))
def separate(*, actor: Actor, merge: Merge) -> Merge:
    """Take a merge back: every row it moved, filled or made is restored, latest first.

    Appends ``person.separated`` or ``organisation.separated``. A row that changed since is left and counted.
    ``Conflict`` when the merge was undone before or the kept record was itself merged away since.
    """
    authority = authorise(actor, f"{merge.kind}.merge")
    if merge.undone_at is not None:
        raise Conflict(gettext("this merge was taken back before"))
    model = Person if merge.kind == Merge.Kind.PERSON else Organisation
    kept = model._default_manager.get(pk=merge.kept)
    if kept.merged_into_id is not None:
        raise Conflict(
            gettext("the record that was kept has been merged into another since"),
            mend=gettext("take that later merge back first"),
        )
    restored = left = 0
    for step in reversed(merge.moved):
        done, wanted = _undo(step, merge)
        restored += done
        left += wanted - done
    model._default_manager.filter(pk=merge.absorbed).update(merged_into=None)
    merge.undone_at = clock.now()
    merge.save(update_fields=["undone_at"])
    append(
        f"{merge.kind}.separated",
        actor=actor,
        refs=[Ref(merge.kind, str(merge.kept)), Ref(merge.kind, str(merge.absorbed), "absorbed")],
        data={"restored": restored, "left": left, "merge": str(merge.id)},
        authority=authority,
    )
    return merge


def _check(kept: M, absorbed: M) -> None:
    if kept.pk == absorbed.pk:
        raise UserError(gettext("a record cannot be merged into itself"), where="absorbed")
    if kept.merged_into_id is not None or absorbed.merged_into_id is not None:
        raise Conflict(gettext("one of the two was merged away before"), mend=gettext("use the record that stands"))


def _merge(actor: Actor, authority: list[str], kind: Subject, kept: M, absorbed: M, steps: list[Step]) -> Merge:
    left = 0
    for field in references_to(type(kept)):
        moved, stayed = _repoint(field, absorbed.pk, kept.pk)
        left += stayed
        if moved:
            label = field.model._meta.label
            steps.append({"step": "moved", "model": label, "field": field.name, "pks": moved})
    for name, referrer in REFERRERS.items():
        tokens = list(referrer.move(kind, absorbed.pk, kept.pk))
        if tokens:
            steps.append({"step": "referred", "referrer": name, "tokens": tokens})
    type(absorbed)._default_manager.filter(pk=absorbed.pk).update(merged_into=kept)
    absorbed.merged_into = kept
    merge = Merge.objects.create(kind=kind, kept=kept.pk, absorbed=absorbed.pk, moved=steps, merged_at=clock.now())
    count = sum(_weight(step) for step in steps)
    append(
        f"{kind}.merged",
        actor=actor,
        refs=[Ref(kind, str(kept.pk)), Ref(kind, str(absorbed.pk), "absorbed")],
        data={"moved": count, "left": left, "merge": str(merge.id)},
        authority=authority,
    )
    return merge


def references_to(model: type[models.Model]) -> Iterator[models.ForeignKey[Any, Any]]:
    """Every foreign key of every package that points at a model, hidden and many-to-many ones included."""
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ManyToOneRel):
            continue
        field = relation.field
        if isinstance(field, models.ForeignKey) and not isinstance(field, models.OneToOneField):
            yield field


def _repoint(field: models.ForeignKey[Any, Any], absorbed: UUID, kept: UUID) -> tuple[list[str], int]:
    """Move rows from one target to another; returns the keys moved and how many could not be."""
    rows = field.model._base_manager
    keys = list(rows.filter(**{field.name: absorbed}).values_list("pk", flat=True))
    if not keys:
        return [], 0
    try:
        with transaction.atomic():
            rows.filter(pk__in=keys).update(**{field.name: kept})
        return [str(key) for key in keys], 0
    except DatabaseError:
        moved = [key for key in keys if _try_update(field, key, kept)]
        return [str(key) for key in moved], len(keys) - len(moved)


def _try_update(field: models.ForeignKey[Any, Any], key: Any, target: UUID) -> bool:
    try:
        with transaction.atomic():
            return bool(field.model._base_manager.filter(pk=key).update(**{field.name: target}))
    except DatabaseError:
        return False


def _set(row: models.Model, name: str, value: Any) -> Step:
    before = getattr(row, name)
    setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id")])
    return {
        "step": "set",
        "model": row._meta.label,
        "pk": str(row.pk),
        "field": name,
        "before": _plain(before),
        "after": _plain(value),
    }


def _weight(step: Step) -> int:
    """How many rows a step changed."""
    return len(step.get("pks") or step.get("tokens") or [step])


def _models_of(merge: Merge) -> dict[str, type[models.Model]]:
    """The models that a merge may have touched, by label."""
    subject: type[models.Model] = Person if merge.kind == Merge.Kind.PERSON else Organisation
    found: dict[str, type[models.Model]] = {f.model._meta.label: f.model for f in references_to(subject)}
    for model in (Person, Organisation, OrganisationAlias, ContactPoint):
        found[model._meta.label] = model
    return found


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _undo(step: Step, merge: Merge) -> tuple[int, int]:
    """Take one step back; returns how many rows were restored, of how many."""
    if step["step"] == "referred":
        tokens = step["tokens"]
        kind: Subject = "person" if merge.kind == Merge.Kind.PERSON else "organisation"
        return REFERRERS.get(step["referrer"]).restore(kind, tokens, merge.absorbed, merge.kept), len(tokens)
    rows = _models_of(merge)[step["model"]]._base_manager
    if step["step"] == "made":
        return min(rows.filter(pk=step["pk"]).delete()[0], 1), 1
    if step["step"] == "set":
        unchanged = rows.filter(pk=step["pk"], **{step["field"]: step["after"]})
        if step["after"] is None:
            unchanged = rows.filter(pk=step["pk"], **{f"{step['field']}__isnull": True})
        return unchanged.update(**{step["field"]: step["before"]}), 1
    moved = rows.filter(pk__in=step["pks"], **{step["field"]: merge.kept})
    return moved.update(**{step["field"]: merge.absorbed}), len(step["pks"])
