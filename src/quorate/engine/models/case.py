"""Cases, the stages they visited, and what an applicant told us in confidence."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from quorate.engine.models.program import Program, ProgramVersion
from quorate.kernel import clock, ids


class Case(models.Model):
    """One piece of a foundation's work, under the version of the program with which it was opened.

    ``stage``, ``stage_entered_at``, ``due_at`` and ``paused`` repeat the open visit for lists. ``revision`` grows
    with every change of this row; writers compare and swap it. ``unique_key`` holds the duplicate key for as long
    as a second case with it must be refused. ``running_due_at`` is the program's promise: while the clock is
    paused it stands, and moves by the length of the pause when it runs again.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="cases")
    version = models.ForeignKey(ProgramVersion, on_delete=models.PROTECT, related_name="cases")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=20, blank=True, default="")
    subject_id = models.CharField(max_length=80, blank=True, default="")
    unique_key = models.CharField(max_length=64, null=True, blank=True)
    identity_key = models.CharField(max_length=64, blank=True, default="")
    stage = models.CharField(max_length=60)
    stage_kind = models.CharField(max_length=8)
    stage_entered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    paused = models.BooleanField(default=False)
    running_due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=60, blank=True, default="")
    decision = models.CharField(max_length=60, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    answers = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)
    applicant = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    applicant_account = models.ForeignKey(
        "access.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    priority = models.SmallIntegerField(null=True, blank=True, help_text="-1 low, 0 normal, 1 high, 2 urgent")
    returning = models.BooleanField(default=False)
    grant = models.ForeignKey(
        "Grant", on_delete=models.PROTECT, null=True, blank=True, related_name="reviews", help_text="under review here"
    )
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    source = models.CharField(max_length=20, default="web", help_text="web, api, import, system")
    source_ref = models.CharField(max_length=200, blank=True, default="")
    reconstructed = models.BooleanField(default=False)
    checks_asked = models.PositiveIntegerField(default=0, help_text="how often the machine checks were asked for")
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["program", "number"]
        indexes = [
            models.Index(fields=["program", "stage", "opened_at"], name="case_by_stage"),
            models.Index(fields=["subject_kind", "subject_id"], name="case_by_subject"),
            models.Index(fields=["program", "identity_key"], name="case_by_identity"),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="case_open_by_due"),
            models.Index(fields=["applicant"], condition=Q(closed_at=None), name="case_open_by_applicant"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="case_number_once"),
            models.UniqueConstraint(fields=["program", "unique_key"], name="case_no_duplicate"),
            models.UniqueConstraint(
                fields=["grant", "program"],
                condition=Q(closed_at=None, grant__isnull=False),
                name="case_one_open_review_of_grant",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="case_closed_with_outcome",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at")), name="case_closes_after_opening"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decision="") | (Q(decided_at__isnull=False) & ~Q(decision="")),
                name="case_decided_with_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class PrivateAnswer(models.Model):
    """One answer that is not public. Erasing it leaves the case whole. ``mapped``: a fact, else a form's element."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="private_answers")
    name = models.CharField(max_length=120)
    mapped = models.BooleanField(default=False)
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "name", "mapped"], name="private_answer_once")]


class Contact(models.Model):
    """How to reach an applicant whom we know by an address only, and the token by which they claim the case."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="contact")
    email = models.EmailField(blank=True, default="")
    token_hash = models.CharField(max_length=64, blank=True, default="")
    expires_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)


class StageVisit(models.Model):
    """A case in a stage during ``[entered_at, left_at)``. At most one visit of a case is open."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="visits")
    ordinal = models.PositiveIntegerField()
    stage = models.CharField(max_length=60)
    stage_kind = models.CharField(max_length=8)
    by = models.CharField(max_length=60, blank=True, default="", help_text="the transition that led here")
    owner = models.CharField(max_length=120, blank=True, default="", help_text="the role that owns the next step")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.CharField(max_length=120, blank=True, default="", help_text="the actor who took it out of here")
    due_at = models.DateTimeField(null=True, blank=True)
    timeout_at = models.DateTimeField(null=True, blank=True)
    paused = models.BooleanField(default=False, help_text="the program's clock stands still here")
    breached_at = models.DateTimeField(null=True, blank=True)
    resumes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["case", "ordinal"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(left_at=None, breached_at=None), name="visit_open_by_due"),
            models.Index(fields=["timeout_at"], condition=Q(left_at=None), name="visit_open_by_timeout"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["case", "ordinal"], name="visit_ordinal_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(left_at=None), name="visit_one_open"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")), name="visit_ends_after_start"
            ),
        ]


class IdempotencyKey(models.Model):
    """A create that was answered: the same key and request gives the same case again."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    actor = models.CharField(max_length=120)
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=64)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key_once")]
