"""What was found about a case's criteria: by machine, in runs, and by people, in attestations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from quorate.engine.models.case import Case
from quorate.kernel import clock, ids


class CheckRun(models.Model):
    """One run of a case's machine checks.

    ``message`` is the outbox message that asked for it, so that a repeated delivery records nothing twice; ``asked``
    is how often checks had been asked for when it started, so that a step can wait for the run that it asked for.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="check_runs")
    message = models.UUIDField(null=True, blank=True, unique=True)
    asked = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    as_of = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=120)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["case", "-at"], name="check_run_latest")]


class Finding(models.Model):
    """What one criterion came to in a run."""

    class Result(models.TextChoices):
        PASS = "pass"  # noqa: S105  # a result, not a password
        FAIL = "fail"
        UNKNOWN = "unknown"
        ATTESTED = "attested"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    run = models.ForeignKey(CheckRun, on_delete=models.CASCADE, related_name="findings")
    criterion = models.CharField(max_length=60)
    result = models.CharField(max_length=8, choices=Result)
    found = models.JSONField(null=True)
    needed = models.JSONField(null=True)
    evidence = models.TextField(blank=True, default="")
    as_of = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "criterion"], name="finding_once_in_run"),
            models.CheckConstraint(
                condition=Q(result__in=["pass", "fail", "unknown", "attested"]), name="finding_result_known"
            ),
        ]


class Attestation(models.Model):
    """A person says what was found about a criterion, on a day, with evidence. ``waives``: lets it pass as it is."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attestations")
    criterion = models.CharField(max_length=60)
    found = models.JSONField(null=True)
    evidence = models.TextField()
    as_of = models.DateTimeField()
    waives = models.BooleanField(default=False)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, related_name="+")
    by = models.CharField(max_length=120)
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["case", "criterion"], name="attestation_of_criterion")]
