"""An election from its notice to its result, and who stands in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.kernel import clock, ids


class Election(models.Model):
    """Seats to be filled by a rule, from a roll, on days announced before. What ballots mean is frozen at opening."""

    class State(models.TextChoices):
        ANNOUNCED = "announced"
        OPEN = "open"
        CLOSED = "closed"
        PUBLISHED = "published"
        CANCELLED = "cancelled"

    class Level(models.TextChoices):
        """How secret: A a named roll call, B commitments, C commitments behind blind tokens."""

        A = "A"
        B = "B"
        C = "C"

    class Resolve(models.TextChoices):
        """Where constraints hold: within the count (guard and doom), or when seats are given (strike, count again)."""

        COUNT = "count"
        SEATING = "seating"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True, default="")
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, related_name="+")
    seats = models.PositiveSmallIntegerField(default=1)
    seat_slugs = models.JSONField(default=list, blank=True)
    rule = models.SlugField(max_length=40, default="scottish-stv")
    level = models.CharField(max_length=1, choices=Level, default=Level.B)
    equal_ranks = models.BooleanField(default=False)
    roll_roles = models.JSONField(default=list, blank=True)
    endorsers_needed = models.PositiveSmallIntegerField(default=0)
    cap = models.PositiveSmallIntegerField(null=True, blank=True)
    constraints = models.JSONField(default=list, blank=True)
    resolve = models.CharField(max_length=7, choices=Resolve, default=Resolve.COUNT)
    term_months = models.JSONField(default=list, blank=True)
    lot_source = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.ANNOUNCED)
    announced_at = models.DateTimeField(default=clock.now)
    nominations_until = models.DateTimeField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    manifest = models.JSONField(null=True, blank=True)
    manifest_hash = models.CharField(max_length=64, blank=True, default="")
    bundle = models.JSONField(null=True, blank=True)
    second_registrar = models.JSONField(null=True, blank=True)
    second_note = models.TextField(blank=True, default="")
    withdrawals = models.JSONField(default=list, blank=True)
    countbacks = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["-opens_at", "slug"]
        indexes = [models.Index(fields=["state", "closes_at"], name="election_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(nominations_until__lte=F("opens_at")) & Q(opens_at__lt=F("closes_at")),
                name="election_days_in_order",
            ),
            models.CheckConstraint(condition=Q(seats__gte=1), name="election_has_a_seat"),
            models.CheckConstraint(
                condition=Q(state__in=["announced", "cancelled"]) | ~Q(manifest_hash=""),
                name="election_open_has_manifest",
            ),
            models.CheckConstraint(
                condition=Q(state="published", bundle__isnull=False) | ~Q(state="published") & Q(bundle=None),
                name="election_published_has_bundle",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def secret(self) -> bool:
        """Whether ballots are secret."""
        return self.level != self.Level.A

    def nominating(self) -> bool:
        """Whether nominations may be made now."""
        return self.state == self.State.ANNOUNCED and clock.now() < self.nominations_until

    def voting(self) -> bool:
        """Whether ballots are taken now."""
        return self.state == self.State.OPEN and self.opens_at <= clock.now() < self.closes_at


class Nomination(models.Model):
    """Somebody was put forward, and accepts or declines. Its slug stands for the candidate on ballots."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    election = models.ForeignKey(Election, on_delete=models.PROTECT, related_name="nominations")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    nominated_by = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=80)
    statement = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    nominated_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["election", "person"], name="nomination_once"),
            models.UniqueConstraint(fields=["election", "slug"], name="nomination_slug_once"),
        ]


class Endorsement(models.Model):
    """Another elector supports a nomination."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="endorsements")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nomination", "person"], name="endorsement_once")]
