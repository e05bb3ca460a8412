"""Projects, what they were to the foundation and when, their repositories, and the landscape that shows them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from quorate.kernel import clock, ids


class Project(models.Model):
    """An open-source project that applied to the foundation, belongs to it, or once did."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    summary = models.TextField(blank=True, default="")
    homepage = models.URLField(max_length=300, blank=True, default="")
    licence = models.CharField(max_length=100, blank=True, default="", help_text="SPDX identifier or expression")
    category = models.CharField(
        max_length=200, blank=True, default="", help_text="where it belongs on the landscape: category / subcategory"
    )
    aliases = models.JSONField(default=list, blank=True, help_text="other names: former ones, spellings")
    organisation = models.ForeignKey(
        "directory.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="who stands behind it, if anyone does",
    )
    synthetic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = [Lower("name")]

    def __str__(self) -> str:
        return self.name


class ProjectStatus(models.Model):
    """What a project is to the foundation during a half-open period: ``ecosystem``, ``hosted``, ``retired`` …

    Periods of one project do not overlap: on PostgreSQL an exclusion constraint sees to it, on SQLite the
    actions and the trigger of the first migration.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="statuses")
    status = models.SlugField(max_length=40)
    start = models.DateTimeField(null=True, blank=True, help_text="empty when it is not known")
    until = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True, default="", help_text="the case, clause or minute")
    ended_by = models.CharField(max_length=200, blank=True, default="")
    synthetic = models.BooleanField(default=False, help_text="the dates are invented")

    class Meta:
        ordering = [F("start").asc(nulls_first=True)]
        indexes = [models.Index(fields=["status", "until"], name="project_status_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("start")) | Q(until=None) | Q(start=None),
                name="project_status_ends_after_start",
            ),
            models.UniqueConstraint(fields=["project"], condition=Q(until=None), name="project_status_one_open"),
            models.UniqueConstraint(fields=["project", "start"], name="project_status_starts_once"),
        ]

    def __str__(self) -> str:
        return self.status


class Repository(models.Model):
    """A source repository of a project. ``url`` is in the one spelling of `repository_urls.parse`."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="repositories")
    url = models.CharField(max_length=300, unique=True)
    shown = models.CharField(max_length=300, help_text="the address as people write it")
    primary = models.BooleanField(default=False)
    branch = models.CharField(max_length=200, blank=True, default="")
    clone_path = models.CharField(
        max_length=400, blank=True, default="", help_text="a bare clone, below the folder of clones"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-primary", "url"]
        constraints = [
            models.UniqueConstraint(fields=["project"], condition=Q(primary=True), name="repository_one_primary"),
        ]

    def __str__(self) -> str:
        return self.shown


class Maintainer(models.Model):
    """Somebody maintains a project during a period: a person of the directory, or only a known handle."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="maintainers")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    handle = models.CharField(max_length=80, blank=True, default="")
    start = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = [F("start").asc(nulls_first=True), "handle"]
        indexes = [models.Index(fields=["person", "until"], name="maintainer_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("start")) | Q(until=None) | Q(start=None),
                name="maintainer_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(person__isnull=False) | ~Q(handle=""), name="maintainer_is_somebody"),
            models.UniqueConstraint(
                fields=["project", "person"],
                condition=Q(until=None, person__isnull=False),
                name="maintainer_person_once",
            ),
            models.UniqueConstraint(
                "project", Lower("handle"), condition=Q(until=None, person=None), name="maintainer_handle_once"
            ),
        ]


class Scan(models.Model):
    """What one reading of a repository said. ``cache`` lets the next one read only what is new.

    ``as_of`` is the head's time, with which every window ends. A reading that failed has ``error`` and no facts.
    Only the newest good reading of a repository keeps its cache.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    repository = models.ForeignKey(Repository, on_delete=models.CASCADE, related_name="scans")
    head = models.CharField(max_length=64, blank=True, default="")
    as_of = models.DateTimeField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    cache = models.BinaryField(null=True, blank=True)
    scanned_at = models.DateTimeField(default=clock.now)
    error = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ["-scanned_at"]
        indexes = [models.Index(fields=["repository", "-scanned_at"], name="scan_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(error="", as_of__isnull=False) & ~Q(head="") | ~Q(error=""), name="scan_says_something"
            ),
        ]


class Attestation(models.Model):
    """Somebody vouches for what cannot be measured here, with a date and evidence, until it expires."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="attestations")
    criterion = models.SlugField(max_length=80)
    value = models.JSONField()
    as_of = models.DateTimeField()
    evidence_url = models.URLField(max_length=500)
    by = models.CharField(max_length=120, help_text="the actor's opaque id")
    expires = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-as_of", "-recorded_at"]
        indexes = [models.Index(fields=["project", "criterion", "-as_of"], name="attestation_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires__gt=F("as_of")) | Q(expires=None), name="attestation_expires_after"
            ),
            models.CheckConstraint(condition=~Q(evidence_url=""), name="attestation_has_evidence"),
        ]


class Member(models.Model):
    """An organisation is a member of the foundation in a tier, for a half-open period; start may be unknown."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    organisation = models.ForeignKey("directory.Organisation", on_delete=models.PROTECT, related_name="+")
    tier = models.SlugField(max_length=60)
    start = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    synthetic = models.BooleanField(default=False, help_text="the dates are invented")

    class Meta:
        ordering = [F("start").asc(nulls_first=True)]
        indexes = [models.Index(fields=["tier", "until"], name="member_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("start")) | Q(until=None) | Q(start=None), name="member_ends_after_start"
            ),
            models.UniqueConstraint(fields=["organisation"], condition=Q(until=None), name="member_one_open"),
        ]


class Landscape(models.Model):
    """The landscape data file as it is: its bytes are the record, the items below are read from it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=200, default="landscape.yml")
    source = models.BinaryField()
    dialect = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    warnings = models.JSONField(default=list)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="landscape_is_one")]

    def __str__(self) -> str:
        return self.name


class LandscapeItem(models.Model):
    """One item of the landscape, and which project or organisation it is."""

    class Kind(models.TextChoices):
        PROJECT = "project"
        MEMBER = "member"
        PRODUCT = "product"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    landscape = models.ForeignKey(Landscape, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    category = models.CharField(max_length=200)
    subcategory = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=8, choices=Kind)
    project = models.ForeignKey(Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        "directory.Organisation", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=60, blank=True, default="", help_text="a project's status, a member's tier")
    fields = models.JSONField(default=dict)
    words = models.TextField(help_text="what a search looks at, lowered")
    categories = models.TextField(
        default="\n", help_text="every category it is listed in, each between two line breaks"
    )

    class Meta:
        ordering = ["position"]
        indexes = [models.Index(fields=["kind", "status"], name="landscape_item_kind")]
        constraints = [
            models.UniqueConstraint(
                fields=["landscape", "category", "subcategory", "name"], name="landscape_item_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
