"""Who works on a case: assignments, reviews and recusals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.engine.models.case import Case, StageVisit
from quorate.kernel import clock, ids


class Assignment(models.Model):
    """A person has a part in a case during ``[start, until)``.

    ``owner`` owns the next step in one stage; ``reviewer`` reviews; ``delegate`` acts for ``source`` in a stage,
    at most ``depth`` hands away from whoever had the right.
    """

    class Role(models.TextChoices):
        OWNER = "owner"
        REVIEWER = "reviewer"
        DELEGATE = "delegate"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role)
    stage = models.CharField(max_length=60, blank=True, default="")
    source = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    depth = models.PositiveSmallIntegerField(default=0)
    start = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=120)

    class Meta:
        ordering = ["start"]
        indexes = [models.Index(fields=["person", "role", "until"], name="assignment_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "stage"], condition=Q(role="owner", until=None), name="assignment_one_owner"
            ),
            models.UniqueConstraint(
                fields=["case", "stage", "person"],
                condition=Q(role="reviewer", until=None),
                name="assignment_one_review_each",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("start")), name="assignment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(role="delegate") | Q(source__isnull=False), name="assignment_delegate_has_source"
            ),
            models.CheckConstraint(condition=Q(source=None) | ~Q(source=F("person")), name="assignment_not_to_oneself"),
        ]


class Review(models.Model):
    """One person's review in one visit of a review's stage; a draft until it is submitted."""

    class State(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"
        RELEASED = "released"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reviews")
    visit = models.ForeignKey(StageVisit, on_delete=models.CASCADE, related_name="reviews")
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="review")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=60)
    blind = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    scores = models.JSONField(default=dict)
    recommendation = models.CharField(max_length=40, blank=True, default="")
    comment = models.TextField(blank=True, default="")
    declared = models.BooleanField(default=False, help_text="the reviewer declared to have no conflict")
    assigned_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["assigned_at", "id"]
        indexes = [models.Index(fields=["person", "state"], name="review_by_person")]
        constraints = [
            models.UniqueConstraint(fields=["visit", "person"], condition=~Q(state="released"), name="review_one_each"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at=None)),
                name="review_submitted_at_a_time",
            ),
        ]


class Recusal(models.Model):
    """A person stays out of a case: by their word, or because they share an employer. The detail is theirs."""

    class Reason(models.TextChoices):
        SHARED_EMPLOYER = "shared-employer"
        MAINTAINER = "maintainer"
        APPLICANT = "applicant"
        DECLARED = "declared"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="recusals")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=Reason)
    detail = models.TextField(blank=True, default="")
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="recusal_once")]


class TimerMark(models.Model):
    """A timer's deed that was done: its key makes a second run find nothing to do."""

    key = models.CharField(primary_key=True, max_length=160)
    at = models.DateTimeField()
    done_at = models.DateTimeField(default=clock.now)
