"""Series of meetings, single meetings, their roll by seat and who was there from when until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from quorate.kernel import clock, ids


class Series(models.Model):
    """A meeting that comes again: anchored in one zone's wall time, by a recurrence rule of RFC 5545."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    zone = models.CharField(max_length=60)
    first_day = models.DateField()
    wall = models.TimeField()
    rrule = models.CharField(max_length=200)
    duration = models.PositiveIntegerField(default=60, help_text="minutes")
    place = models.CharField(max_length=300, blank=True, default="")
    quorum = models.JSONField(default=dict, blank=True)
    sequence = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(fields=["body", "slug"], name="series_once_in_body"),
            models.CheckConstraint(condition=Q(duration__gt=0), name="series_lasts"),
        ]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """One occurrence of a series that does not stand as the rule says: moved to another time, or cancelled."""

    class What(models.TextChoices):
        MOVED = "moved"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="changes")
    day = models.DateField(help_text="the day the rule gives, in the zone of the series")
    what = models.CharField(max_length=10, choices=What)
    starts_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    sequence = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["series", "day"], name="change_once_per_occurrence"),
            models.CheckConstraint(
                condition=Q(what="moved", starts_at__isnull=False) | Q(what="cancelled", starts_at=None),
                name="change_moved_has_a_time",
            ),
        ]


class Meeting(models.Model):
    """One meeting of a body: planned, running, adjourned, or cancelled; or taken in from printed minutes."""

    class State(models.TextChoices):
        PLANNED = "planned"
        RUNNING = "running"
        ADJOURNED = "adjourned"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, related_name="+")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, null=True, blank=True, related_name="meetings")
    occurrence = models.DateField(null=True, blank=True, help_text="the day the rule of the series gives")
    title = models.CharField(max_length=160)
    starts_at = models.DateTimeField()
    zone = models.CharField(max_length=60)
    duration = models.PositiveIntegerField(default=60, help_text="minutes")
    place = models.CharField(max_length=300, blank=True, default="")
    recording = models.CharField(max_length=1000, blank=True, default="")
    quorum = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    called_at = models.DateTimeField(null=True, blank=True)
    adjourned_at = models.DateTimeField(null=True, blank=True)
    presiding = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    presiding_as = models.CharField(
        max_length=80, blank=True, default="", help_text="the place in the charter's order; empty when said by hand"
    )
    antitrust_at = models.DateTimeField(null=True, blank=True, help_text="when the antitrust notice was read")
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)
    source_sha256 = models.CharField(max_length=64, blank=True, default="")
    source = models.JSONField(default=dict, blank=True, help_text="the report of the file it was taken from")

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["body", "starts_at"], name="meeting_by_body")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "occurrence"], condition=Q(series__isnull=False), name="meeting_once_per_occurrence"
            ),
            models.CheckConstraint(
                condition=Q(state="planned", called_at=None, adjourned_at=None)
                | Q(state="running", called_at__isnull=False, adjourned_at=None)
                | Q(state="adjourned", called_at__isnull=False, adjourned_at__isnull=False)
                | Q(state="cancelled", called_at=None),
                name="meeting_times_fit_state",
            ),
            models.CheckConstraint(
                condition=Q(adjourned_at=None) | Q(adjourned_at__gte=F("called_at")), name="meeting_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ends_at(self) -> datetime:
        """When it ends by plan."""
        return self.starts_at + timedelta(minutes=self.duration)

    @property
    def local_start(self) -> datetime:
        """When it starts, in its own zone."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def clock(self) -> str:
        """What clocks show where it is anchored when it starts: ``07:00 America/Los_Angeles``."""
        return f"{self.local_start:%H:%M} {self.zone}"

    @property
    def url(self) -> str:
        """Its public address."""
        return f"/p/meetings/{self.id}/"


class Place(models.Model):
    """A voting seat on the roll of a meeting, with its representative and alternate as they were that day."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="places")
    seat = models.ForeignKey("terms.Seat", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField(max_length=160)
    position = models.PositiveIntegerField(default=0)
    representative = models.ForeignKey(
        "directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    representative_name = models.CharField(max_length=160, blank=True, default="")
    alternate = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    alternate_name = models.CharField(max_length=160, blank=True, default="")
    called_at = models.DateTimeField(null=True, blank=True, help_text="when the roll came to this seat")
    suspended = models.CharField(
        max_length=300, blank=True, default="", help_text="why the seat has no vote by the charter, and is not counted"
    )
    uncounted = models.CharField(
        max_length=300, blank=True, default="", help_text="why the quorum does not ask for the seat while it is away"
    )

    class Meta:
        ordering = ["position", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "seat"], condition=Q(seat__isnull=False), name="place_once_per_seat"
            )
        ]

    def __str__(self) -> str:
        return self.label


class Attendance(models.Model):
    """Somebody in the room from when until when, for a seat or as a guest. ``until`` is open while they are there."""

    class Role(models.TextChoices):
        REPRESENTATIVE = "representative"
        ALTERNATE = "alternate"
        LEAD = "lead"
        STAFF = "staff"
        GUEST = "guest"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, null=True, blank=True, related_name="attendances")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=160, blank=True, default="")
    affiliation = models.CharField(max_length=160, blank=True, default="")
    role = models.CharField(max_length=16, choices=Role)
    start = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("start")) | Q(until=None), name="attendance_ends_later"),
            models.UniqueConstraint(
                fields=["place", "role"], condition=Q(until=None, place__isnull=False), name="attendance_one_open"
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=False, role__in=["representative", "alternate"])
                | Q(place=None, role__in=["lead", "staff", "guest"]),
                name="attendance_role_fits_seat",
            ),
        ]

    @property
    def who(self) -> str:
        """The name to show."""
        return self.person.name if self.person is not None else self.name
