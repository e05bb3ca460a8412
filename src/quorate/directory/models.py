"""People and organisations: one record each, with what was true of them and when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from quorate.kernel import clock, ids


class Organisation(models.Model):
    """A company, university, project entity or other body outside the foundation."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    homepage = models.URLField(max_length=300, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")
    synthetic = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OrganisationAlias(models.Model):
    """Another name of an organisation: a former name, a brand, a spelling; dated when it is known."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    start = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("start")) | Q(until=None) | Q(start=None),
                name="alias_ends_after_start",
            ),
            models.UniqueConstraint(fields=["organisation", "name"], name="alias_once"),
        ]


class ExternalId(models.Model):
    """An organisation's or person's identifier in a scheme outside: ``ror``, ``lei``, ``github``, ``crunchbase``."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="external_ids"
    )
    person = models.ForeignKey("Person", on_delete=models.CASCADE, null=True, blank=True, related_name="external_ids")
    scheme = models.SlugField(max_length=40)
    value = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation=None, person__isnull=False) | Q(organisation__isnull=False, person=None),
                name="external_id_of_one",
            ),
            models.UniqueConstraint("scheme", Lower("value"), name="external_id_once"),
        ]


class Control(models.Model):
    """``parent`` controls ``child`` during a period: the two count as one employer and one related group."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    parent = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="controls")
    child = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="controlled_by")
    start = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    source = models.URLField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("child")), name="control_not_of_itself"),
            models.CheckConstraint(
                condition=Q(until__gt=F("start")) | Q(until=None) | Q(start=None),
                name="control_ends_after_start",
            ),
        ]


class Person(models.Model):
    """One human being. Erasure empties the row and keeps the id, so that history stays whole."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    pronouns = models.CharField(max_length=40, blank=True, default="")
    bio = models.TextField(blank=True, default="")
    account = models.OneToOneField("access.Account", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    public = models.BooleanField(default=False, help_text="the person agreed to a public page")
    synthetic = models.BooleanField(default=False)
    language = models.CharField(max_length=10, blank=True, default="")
    time_zone = models.CharField(max_length=60, blank=True, default="")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ContactPoint(models.Model):
    """How to reach a person, and what for. Never public."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        CHAT = "chat"
        WEB = "web"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=300)
    primary = models.BooleanField(default=False)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", Lower("value"), name="contact_once"),
            models.UniqueConstraint(fields=["person", "kind"], condition=Q(primary=True), name="contact_one_primary"),
        ]


class Affiliation(models.Model):
    """A person works for, studies at or otherwise belongs to an organisation during a period."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="affiliations")
    title = models.CharField(max_length=120, blank=True, default="")
    start = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "until"], name="affiliation_by_org")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("start")) | Q(until=None) | Q(start=None),
                name="affiliation_ends_after_start",
            ),
        ]


class Consent(models.Model):
    """A person agreed to a purpose, to a text of a version, until they withdrew it or it ran out."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.SlugField(max_length=60)
    text_version = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"], condition=Q(withdrawn_at=None), name="consent_one_standing"
            ),
        ]


class Merge(models.Model):
    """Two records were found to be one. ``moved`` lists each row that changed hands, so that undo is exact."""

    class Kind(models.TextChoices):
        PERSON = "person"
        ORGANISATION = "organisation"

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    kind = models.CharField(max_length=12, choices=Kind)
    kept = models.UUIDField()
    absorbed = models.UUIDField()
    moved = models.JSONField(default=list)
    merged_at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)
