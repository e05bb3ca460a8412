"""The ledger's tables. Only this package reads or writes them; others call its queries and actions."""

from __future__ import annotations

from django.db import models

from quorate.kernel import clock, ids
from quorate.ledger.canonical import CanonicalEncoder


class Entry(models.Model):
    """One thing that was done. Never changed, never removed: the database itself refuses.

    ``seq`` orders entries within one case because the case's row is locked when they are written; across
    cases it may have gaps and may commit out of order, which is why the sealer gives the final order.
    """

    seq = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=ids.new_id)
    kind = models.CharField(max_length=80)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    authority = models.JSONField(default=list, encoder=CanonicalEncoder)
    refs = models.JSONField(default=list, encoder=CanonicalEncoder)
    data = models.JSONField(default=dict, encoder=CanonicalEncoder)
    private = models.JSONField(default=dict, encoder=CanonicalEncoder)
    gesture = models.UUIDField(null=True)
    reconstructed = models.BooleanField(default=False)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["kind", "seq"], name="entry_by_kind"),
            models.Index(fields=["actor", "seq"], name="entry_by_actor"),
            models.Index(fields=["at"], name="entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"


class EntryRef(models.Model):
    """An index over the references that an entry's digest already covers."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="index")
    kind = models.CharField(max_length=40)
    ref = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["kind", "ref", "entry"], name="entryref_by_thing")]


class PrivateValue(models.Model):
    """What a person typed, beside the entry that commits to it. Removing it leaves every proof whole."""

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="private_values")
    field = models.CharField(max_length=40)
    salt = models.CharField(max_length=64)
    value = models.JSONField(encoder=CanonicalEncoder)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "field"], name="private_value_once")]


class Leaf(models.Model):
    """The place of an entry in the Merkle tree: ``index`` counts from 0 without a gap.

    ``hash`` is the RFC 9162 hash of the entry's record, which holds its ``seq`` as well; an entry's own
    ``digest`` cannot, because the number is given by the database on insertion.
    """

    index = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")
    hash = models.CharField(max_length=64)


class Node(models.Model):
    """The hash of a complete subtree of 256, 65 536, ... leaves, so that a proof need not hash the whole tree.

    ``level`` 8 covers leaves ``[index * 256, (index + 1) * 256)``, and so on.
    """

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="node_once")]


class Checkpoint(models.Model):
    """A signed statement of the tree's size and root (C2SP signed note).

    ``frontier`` holds the hashes that appending needs (hex, largest subtree first); ``created_at`` is the second
    that the note's timestamped signature states.
    """

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    frontier = models.JSONField(default=list, encoder=CanonicalEncoder)
    note = models.TextField()
    created_at = models.DateTimeField()


class Message(models.Model):
    """A side effect that was promised in the transaction of a change and is delivered at least once."""

    class State(models.TextChoices):
        PENDING = "pending"
        DONE = "done"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    topic = models.CharField(max_length=40)
    payload = models.JSONField()
    key = models.CharField(max_length=200, null=True, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=80, default="", blank=True)
    last_error = models.TextField(default="", blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="message_due")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "done", "dead"]), name="message_state_known"
            )
        ]


class Lease(models.Model):
    """Who may run a periodic job, when it is due, and how its last run ended.

    ``last_run`` is when it last began, ``last_good`` when it last ended well.
    """

    name = models.CharField(primary_key=True, max_length=80)
    due_at = models.DateTimeField(default=clock.now)
    holder = models.CharField(max_length=80, default="", blank=True)
    until = models.DateTimeField(null=True)
    last_run = models.DateTimeField(null=True)
    last_good = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_error = models.TextField(default="", blank=True)
