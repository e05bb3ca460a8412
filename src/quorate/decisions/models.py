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

    class Kind(models.TextChoices):
        VOTE = "vote"
        LAZY = "lazy"
        CONSENT = "consent"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.VOTE, help_text="how it is decided")
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.JSONField()
    clause = models.CharField(max_length=200, blank=True, default="")
    cited = models.JSONField(
        default=dict, blank=True, help_text="policy, version, title, anchor and words of the clause at opening"
    )
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    public = models.BooleanField(default=True)
    opened_at = models.DateTimeField(default=clock.now)
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    early_close = models.BooleanField(default=False)
    notice_until = models.DateTimeField(null=True, blank=True, help_text="end of the notice of lazy consensus")
    window = models.DurationField(null=True, blank=True, help_text="how long to vote after an objection")
    reminders = models.JSONField(default=list, blank=True, help_text="hours before the close at which to remind")
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
            models.CheckConstraint(
                condition=~Q(kind="lazy")
                | Q(notice_until__isnull=False, window__isnull=False, closes_at__isnull=False),
                name="motion_lazy_has_notice",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Elector(models.Model):
    """One seat, or one person, in the roll of a motion: who may vote for it, and why not. Fixed when the motion opened.

    A seat that nobody held is on the roll without a person, so that "all seats" can mean all seats.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="electors")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    alternate = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    frozen_person = models.UUIDField(
        null=True, blank=True, help_text="the person's id when the motion opened, which no merge moves"
    )
    frozen_alternate = models.UUIDField(null=True, blank=True, help_text="the same of the alternate")
    seat = models.ForeignKey("terms.Seat", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    part = models.PositiveSmallIntegerField(default=0, help_text="which part of a compound rule counts the vote")
    casting = models.BooleanField(default=False, help_text="chairs, and has the casting vote where the rule gives one")
    away = models.BooleanField(default=False, help_text="absent, so that the alternate speaks where absence is asked")
    recused = models.CharField(max_length=60, blank=True, default="", help_text="why they stand aside")
    suspended = models.CharField(
        max_length=300, blank=True, default="", help_text="why the seat has no vote by the charter, and is not counted"
    )
    uncounted = models.CharField(
        max_length=300, blank=True, default="", help_text="why the quorum does not ask for the seat while it is silent"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["motion", "part", "seat"], condition=Q(seat__isnull=False), name="elector_once_by_seat"
            ),
            models.UniqueConstraint(
                fields=["motion", "part", "person"], condition=Q(seat=None), name="elector_once_by_person"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(seat__isnull=False), name="elector_is_somebody_or_a_seat"
            ),
            models.UniqueConstraint(fields=["motion", "part"], condition=Q(casting=True), name="elector_one_casting"),
        ]

    @property
    def vacant(self) -> bool:
        """Whether it is a seat that nobody could vote for."""
        return self.person_id is None and self.alternate_id is None

    @property
    def may_speak(self) -> bool:
        """Whether anybody could vote for it: it is held, did not stand aside, and no consequence took its vote."""
        return not (self.vacant or self.recused or self.suspended)


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


class Objection(models.Model):
    """Why an elector does not agree by silence. While it stands, lazy consensus is a vote."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, related_name="objections")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    made_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="objection_has_reason"),
            models.UniqueConstraint(
                fields=["motion", "person"], condition=Q(withdrawn_at=None), name="objection_one_standing"
            ),
        ]


class DecisionRecord(models.Model):
    """A decision in the register: numbered in its body's year, with its text and when it was in force."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey("terms.Body", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    public = models.BooleanField(default=True)
    adopted_at = models.DateTimeField()
    effective_from = models.DateTimeField()
    effective_until = models.DateTimeField(null=True, blank=True, help_text="when it expires by its own words")
    motion = models.ForeignKey(Motion, on_delete=models.PROTECT, null=True, blank=True, related_name="records")
    source = models.CharField(max_length=300, blank=True, default="", help_text="where it is known from, if no motion")
    reconstructed = models.BooleanField(default=False)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    clauses = models.JSONField(default=list, blank=True, help_text="policy#anchor of the clauses that rest on it")

    class Meta:
        ordering = ["-adopted_at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["body", "year", "number"], name="decision_number_once"),
            models.UniqueConstraint(
                fields=["motion"], condition=Q(motion__isnull=False), name="decision_once_by_motion"
            ),
            models.CheckConstraint(condition=Q(motion__isnull=False) | ~Q(source=""), name="decision_has_a_source"),
            models.CheckConstraint(
                condition=Q(effective_until=None) | Q(effective_until__gt=F("effective_from")),
                name="decision_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def label(self) -> str:
        """Its number as people cite it: year and number within the body."""
        return f"{self.year}-{self.number}"


class DecisionPeriod(models.Model):
    """What a decision was from when until when, half open; it is in force while adopted or amended."""

    class State(models.TextChoices):
        ADOPTED = "adopted"
        AMENDED = "amended"
        SUPERSEDED = "superseded"
        EXPIRED = "expired"
        REPEALED = "repealed"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    record = models.ForeignKey(DecisionRecord, on_delete=models.PROTECT, related_name="periods")
    state = models.CharField(max_length=10, choices=State)
    start = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["start"]
        indexes = [models.Index(fields=["state", "start"], name="decision_by_state")]
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("start")), name="decision_period_ends"),
            models.UniqueConstraint(fields=["record"], condition=Q(until=None), name="decision_one_open_period"),
        ]
