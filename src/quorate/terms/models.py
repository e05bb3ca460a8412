"""Bodies, their seats, and who held which seat from when until when, by whose decision."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.kernel import clock, ids
from quorate.kernel.i18n import _, gettext


class Body(models.Model):
    """A board, council, committee or working group, or the staff: whoever acts together by rules."""

    class Kind(models.TextChoices):
        BOARD = "board"
        COUNCIL = "council"
        COMMITTEE = "committee"
        WORKING_GROUP = "working-group"
        STAFF = "staff"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=Kind)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    purpose = models.TextField(blank=True, default="")
    charter_url = models.URLField(max_length=300, blank=True, default="")
    public = models.BooleanField(default=True)
    permissions = models.JSONField(default=list, blank=True)
    established_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Charter(models.Model):
    """A version of a body's charter and mandate, in force for a half-open period, with the numbers its words mean."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="charters")
    version = models.CharField(max_length=40)
    start = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    mandate = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    link = models.CharField(max_length=300, blank=True, default="")
    adopted_by = models.CharField(max_length=200, blank=True, default="", help_text="the decision that adopted it")
    numbers = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("start")) | Q(until=None), name="charter_ends_after_start"),
            models.UniqueConstraint(fields=["body", "version"], name="charter_version_once"),
            models.UniqueConstraint(fields=["body", "start"], name="charter_starts_once"),
            models.UniqueConstraint(fields=["body"], condition=Q(until=None), name="charter_one_open"),
        ]

    def __str__(self) -> str:
        return self.version


class Stage(models.Model):
    """Where a body stands in its life during a half-open period. A body without any is active until it closes."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        IN_VOTE = "in-vote", _("In vote")
        ACTIVE = "active", _("Active")
        DORMANT = "dormant", _("Dormant")
        CLOSED = "closed", _("Closed")
        DECLINED = "declined", _("Declined")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="stages")
    state = models.CharField(max_length=12, choices=State)
    start = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=200, blank=True, default="", help_text="the decision or motion")

    class Meta:
        ordering = ["start"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("start")) | Q(until=None), name="stage_ends_after_start"),
            models.UniqueConstraint(fields=["body"], condition=Q(until=None), name="stage_one_open"),
        ]


class Proposal(models.Model):
    """What somebody proposed a working group for; its purpose stands with the body."""

    body = models.OneToOneField(Body, on_delete=models.PROTECT, primary_key=True, related_name="proposal")
    proposer = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    goals = models.TextField()
    non_goals = models.TextField(blank=True, default="")
    deliverables = models.TextField()
    proposed_at = models.DateTimeField(default=clock.now)


class Report(models.Model):
    """A body reported to the one above it."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="reports")
    title = models.CharField(max_length=200)
    link = models.URLField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")
    reported_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-reported_at"]
        indexes = [models.Index(fields=["body", "reported_at"], name="report_by_body")]


class Seat(models.Model):
    """One place in a body. The seat votes, not the person; it stays when its holder goes."""

    class Office(models.TextChoices):
        VICE_CHAIR = "vice-chair", _("Vice chair")
        SECRETARY = "secretary", _("Secretary")

    class Basis(models.TextChoices):
        MEMBER = "member", _("Member company")
        CLASS = "class", _("Class of members")
        PROJECT = "project", _("Hosted project")
        ELECTED = "elected", _("Elected")
        APPOINTED = "appointed", _("Appointed")
        OFFICE = "office", _("Office")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats")
    slug = models.SlugField(max_length=60)
    title = models.CharField(max_length=120)
    seat_class = models.SlugField(max_length=40, blank=True, default="")
    voting = models.BooleanField(default=True)
    chair = models.BooleanField(default=False, help_text="whoever holds it chairs the body")
    permissions = models.JSONField(default=list, blank=True)
    organisation = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    project = models.SlugField(max_length=80, blank=True, default="", help_text="slug of the project it stands for")
    office = models.CharField(max_length=12, choices=Office, blank=True, default="")
    of_holders = models.BooleanField(
        default=False, help_text="only who holds another seat of the body may hold it, and it ends with that seat"
    )
    basis = models.CharField(max_length=12, choices=Basis, blank=True, default="", help_text="what the seat stands for")
    position = models.PositiveIntegerField(default=0)
    start = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["body", "slug"], name="seat_once_in_body"),
            models.CheckConstraint(
                condition=Q(until__gt=F("start")) | Q(until=None) | Q(start=None),
                name="seat_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(chair=False) | Q(office=""), name="seat_one_office"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def office_title(self) -> str:
        """Chair, vice chair or secretary in words; empty for a seat that is no office."""
        return gettext("Chair") if self.chair else self.get_office_display() if self.office else ""


class Term(models.Model):
    """A person in a seat for a half-open period, as its representative or as the one alternate."""

    class Role(models.TextChoices):
        REPRESENTATIVE = "representative"
        ALTERNATE = "alternate"

    class How(models.TextChoices):
        ELECTION = "election", _("Election")
        APPOINTMENT = "appointment", _("Appointment")
        EX_OFFICIO = "ex-officio", _("Ex officio")

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="terms")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=Role, default=Role.REPRESENTATIVE)
    start = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    appointed_by = models.CharField(max_length=200, blank=True, default="")
    ended_by = models.CharField(max_length=200, blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    how = models.CharField(max_length=12, choices=How, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["start"]
        indexes = [models.Index(fields=["person", "until"], name="term_by_person")]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("start")) | Q(until=None), name="term_ends_after_start"),
            models.UniqueConstraint(fields=["seat", "role"], condition=Q(until=None), name="term_one_open_holder"),
        ]


class Policy(models.Model):
    """A version of a written rule: text in Markdown whose headings and list items carry clause anchors."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=80)
    version = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="policies")
    adopted = models.DateTimeField(null=True, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["title", "-adopted"]
        constraints = [models.UniqueConstraint(fields=["slug", "version"], name="policy_version_once")]

    def __str__(self) -> str:
        return self.title
