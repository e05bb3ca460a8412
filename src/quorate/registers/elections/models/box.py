"""The roll, and the box of ballots: two sets of tables with no column in common but the election.

Rows of the box have no time, no address, no account and no number that counts up except their public place in the log.
`docs/explanation/secret-ballots.md` says what that achieves, and what order of writes a database keeps besides.
"""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from quorate.kernel import clock, ids
from quorate.registers.elections.models.election import Election


class RollEntry(models.Model):
    """One elector. `voted`: level A and B, a ballot was cast; level C, a token was issued. Never when.

    `blinded` is the hash of the blinded token that was signed, so that a lost answer can be given again; it is
    unrelated to the token that the elector ends up with. `second_blinded` waits for the second registrar, where there
    is one, and `second_signed` is their answer. They stand here, and not in a table of their own, because these rows are
    written anew in random order.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="roll")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    elector = models.UUIDField(
        help_text="the person's id when voting opened: the manifest holds it, and no merge moves it"
    )
    voted = models.BooleanField(default=False)
    blinded = models.CharField(max_length=64, blank=True, default="")
    second_blinded = models.TextField(blank=True, default="")
    second_signed = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "person"], name="roll_once"),
            models.CheckConstraint(condition=Q(blinded="") | Q(voted=True), name="roll_issued_is_marked"),
        ]


class RollRequest(models.Model):
    """Somebody whom the rule leaves out asks to be put on the roll; an officer decides, with a reason."""

    class State(models.TextChoices):
        PENDING = "pending"
        GRANTED = "granted"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="requests")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    decision = models.TextField(blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    asked_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["asked_at"]
        constraints = [models.UniqueConstraint(fields=["election", "person"], name="roll_request_once")]


class Box(models.Model):
    """The edge of the log's tree: what the next ballot is appended to. Whoever casts takes this row's lock."""

    election = models.OneToOneField(Election, primary_key=True, on_delete=models.PROTECT, related_name="box")
    size = models.BigIntegerField(default=0)
    edge = models.BinaryField(default=b"")


class SealedBallot(models.Model):
    """An entry of the log. `sealed` holds ballot and blinding under the election's key until the count, then nothing.

    `code` is the change code by which its voter voided it. The key is random and `place` is public, so the row's own
    order tells nothing that the log does not.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+")
    place = models.BigIntegerField()
    commitment = models.CharField(max_length=64)
    anchor = models.CharField(max_length=64)
    code = models.CharField(max_length=64, blank=True, default="")
    sealed = models.BinaryField(null=True)
    checked = models.BooleanField(default=False, help_text="somebody looked it up by its commitment; never who or when")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["election", "place"], name="ballot_place_once"),
            models.UniqueConstraint(fields=["election", "commitment"], name="ballot_once"),
            models.UniqueConstraint(fields=["election", "anchor"], name="ballot_anchor_once"),
        ]


class UsedToken(models.Model):
    """A blind token with which a ballot came in (level C). Nothing says who held it, nor which ballot."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=64)
    prefix = models.CharField(max_length=64)
    signatures = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["election", "token"], name="token_once")]


class NamedBallot(models.Model):
    """A ballot of a named roll call (level A): public, and kept when it is superseded."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    elector = models.UUIDField()
    ballot = models.JSONField()
    cast_at = models.DateTimeField(default=clock.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["election", "person"], condition=Q(superseded_at=None), name="named_ballot_one_standing"
            )
        ]
