"""What a meeting works on and leaves behind: agenda, recusals, notes, motions, action items and minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from quorate.kernel import clock, ids
from quorate.registers.meetings.models.meetings import Meeting, Place


class AgendaItem(models.Model):
    """Something to be taken up: proposed for a body, then put on the agenda of one of its meetings, or not."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        LISTED = "listed"
        DECLINED = "declined"
        RUNNING = "running"
        DONE = "done"

    class Wanted(models.TextChoices):
        INFORM = "inform"
        DISCUSS = "discuss"
        DECIDE = "decide"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    title = models.CharField(max_length=160)
    text = models.TextField(blank=True, default="")
    wanted = models.CharField(max_length=10, choices=Wanted, default=Wanted.DISCUSS)
    minutes = models.PositiveIntegerField(default=5, help_text="the time it needs")
    presenter = models.CharField(max_length=160, blank=True, default="")
    papers = models.JSONField(default=list, blank=True, help_text="addresses")
    proposer = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    position = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    answer = models.CharField(max_length=300, blank=True, default="", help_text="why it was declined")
    started_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(default=0, help_text="time spent before it was last started")

    class Meta:
        ordering = ["position", "proposed_at"]
        indexes = [models.Index(fields=["body", "state"], name="agenda_by_body")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "declined"], meeting=None)
                | Q(state__in=["listed", "running", "done"], meeting__isnull=False),
                name="agenda_listed_in_a_meeting",
            ),
            models.CheckConstraint(
                condition=Q(state="running", started_at__isnull=False) | ~Q(state="running"), name="agenda_timer_runs"
            ),
            models.UniqueConstraint(fields=["meeting"], condition=Q(state="running"), name="agenda_one_running"),
        ]

    def __str__(self) -> str:
        return self.title


class Recusal(models.Model):
    """A seat that stands aside from one item; it has no vote on a motion of that item."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="recusals")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="recusals")
    why = models.CharField(max_length=200, blank=True, default="")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "place"], name="recusal_once_per_item")]


class Note(models.Model):
    """A line of the record, taken while the meeting runs."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="notes")
    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, null=True, blank=True, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at"]


class Carried(models.Model):
    """A motion put in a meeting, or the ballot that continues one after it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="motions")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="motions")
    motion = models.OneToOneField("decisions.Motion", on_delete=models.PROTECT, related_name="+")
    continues = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="continued_by"
    )

    class Meta:
        ordering = ["motion__opened_at"]


class ActionItem(models.Model):
    """Something that somebody is to do by a day. It carries over from meeting to meeting until it is closed."""

    class State(models.TextChoices):
        PROPOSED = "proposed"
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="action_items")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(max_length=600)
    owner = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    line = models.PositiveIntegerField(
        null=True, blank=True, help_text="the line of the printed minutes it is read from"
    )
    created_at = models.DateTimeField(default=clock.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["due", "created_at"]
        indexes = [models.Index(fields=["owner", "state"], name="action_item_by_owner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "done"], owner__isnull=False) | Q(state__in=["proposed", "dropped"]),
                name="action_item_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "dropped"], closed_at__isnull=False)
                | Q(state__in=["proposed", "open"], closed_at=None),
                name="action_item_closed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Minutes(models.Model):
    """A version of a meeting's minutes: drafted or corrected, adopted by a later meeting, then published."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    why = models.CharField(max_length=200, blank=True, default="", help_text="what was corrected")
    created_at = models.DateTimeField(default=clock.now)
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_in = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, blank=True, related_name="adopted")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "minutes"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="minutes_version_once"),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(adopted_at__isnull=False), name="minutes_adopted_once"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(adopted_at__isnull=False), name="minutes_published_once_adopted"
            ),
        ]

    @property
    def state(self) -> str:
        """How far it has come: draft, corrected, adopted or published."""
        if self.published_at is not None:
            return "published"
        if self.adopted_at is not None:
            return "adopted"
        return "draft" if self.number == 1 else "corrected"
