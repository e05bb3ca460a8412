"""Motions, the electorate frozen when they open, and each vote that was cast."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.kernel import clock, ids


class Motion(models.Model):
    """A question put to people who may say yes, no or abstain, by a rule fixed when it opened."""

    class State(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"
        WITHDRAWN = "withdrawn"

    class Result(models.TextChoices):
        PASSED = "passed"
        FAILED = "failed"
        NO_DECISION = "no-decision"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.JSONField()
    clause = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    public = models.BooleanField(default=True)
    opened_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    early_close = models.BooleanField(default=False)
    reminded_at = models.DateTimeField(null=True, blank=True)
    result = models.CharField(max_length=12, choices=Result, blank=True, default="")
    evaluation = models.JSONField(default=dict, blank=True)
    owner = models.CharField(max_length=40, blank=True, default="", help_text="who is told when it closes")
    owner_ref = models.CharField(max_length=80, blank=True, default="", help_text="the owner's id for it")

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["state", "closes_at"], name="motion_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opened_at")), name="motion_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(result="")
                | Q(state="open", closed_at=None, result="")
                | Q(state="withdrawn", result=""),
                name="motion_result_when_closed",
            ),
            models.UniqueConstraint(
                fields=["owner", "owner_ref"],
                condition=Q(state="open") & ~Q(owner=""),
                name="motion_one_open_per_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Elector(models.Model):
    """One vote in a motion: who may cast it, and whether they stood aside. Fixed when the motion opened."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="electors")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    alternate = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seat = models.ForeignKey("terms.Seat", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recused = models.CharField(max_length=60, blank=True, default="", help_text="why they stand aside")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "seat"], condition=Q(seat__isnull=False), name="elector_once_by_seat"
            ),
            models.UniqueConstraint(fields=["motion", "person"], condition=Q(seat=None), name="elector_once_by_person"),
        ]


class Vote(models.Model):
    """What an elector said, and when. Saying something else supersedes it; both stay."""

    class Choice(models.TextChoices):
        YES = "yes"
        NO = "no"
        ABSTAIN = "abstain"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    elector = models.ForeignKey(Elector, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=8, choices=Choice)
    reason = models.TextField(blank=True, default="")
    by_alternate = models.BooleanField(default=False)
    cast_at = models.DateTimeField(default=clock.now)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["cast_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["elector", "by_alternate"], condition=Q(superseded_at=None), name="vote_one_standing"
            )
        ]
