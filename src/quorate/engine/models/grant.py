"""What a case ends in: a grant that runs for a time, and the obligations that come with it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.engine.models.case import Case
from quorate.engine.models.program import Program
from quorate.kernel import clock, ids


class Grant(models.Model):
    """A subject holds something of a kind during ``[start, ended_at)``; ``until`` is when its term is over."""

    class State(models.TextChoices):
        ACTIVE = "active"
        IN_GRACE = "in-grace"
        ENDED = "ended"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="grants")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="grants", help_text="the case that gave it")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    start = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    next_review_at = models.DateTimeField(null=True, blank=True)
    renewed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=20, blank=True, default="", help_text="lapsed or revoked")

    class Meta:
        ordering = ["start"]
        indexes = [
            models.Index(fields=["next_review_at"], condition=~Q(state="ended"), name="grant_by_review"),
            models.Index(fields=["until"], condition=~Q(state="ended"), name="grant_by_end"),
            models.Index(fields=["subject_kind", "subject_id"], name="grant_by_subject"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "subject_kind", "subject_id"],
                condition=~Q(state="ended"),
                name="grant_one_running",
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("start")), name="grant_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at=None)),
                name="grant_ended_at_a_time",
            ),
            models.CheckConstraint(condition=Q(state__in=["active", "in-grace", "ended"]), name="grant_state_known"),
        ]


class Obligation(models.Model):
    """Something that somebody owes for a grant or a case, by a time; ``period`` counts repeated ones from 1.

    What was missed is still owed: it stays open to be done late, or to be waived.
    """

    class State(models.TextChoices):
        OPEN = "open"
        CLAIMED = "claimed"
        DONE = "done"
        WAIVED = "waived"
        MISSED = "missed"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="obligations")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, blank=True, related_name="obligations")
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    period = models.PositiveIntegerField(default=1)
    owner = models.CharField(max_length=120)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    required = models.BooleanField(default=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField()
    missed_after = models.DateTimeField(help_text="due time plus grace")
    evidence = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        ordering = ["due_at", "name"]
        indexes = [
            models.Index(fields=["missed_after"], condition=Q(closed_at=None), name="obligation_open_by_due"),
            models.Index(fields=["case", "state"], name="obligation_of_case"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "name", "period"], name="obligation_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "claimed", "missed"], closed_at=None)
                | (Q(state__in=["done", "waived", "dropped"]) & Q(closed_at__isnull=False)),
                name="obligation_closed_at_a_time",
            ),
            models.CheckConstraint(condition=Q(missed_after__gte=F("due_at")), name="obligation_grace_after_due"),
        ]
