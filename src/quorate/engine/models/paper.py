"""What is written on a case: comments, attached files and the letters that went out."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from quorate.engine.models.case import Case
from quorate.kernel import clock, ids


class Audience(models.TextChoices):
    """Who may read a comment or a file: everybody, those who take part, those who judge, or the staff alone."""

    PUBLIC = "public"
    PARTICIPANTS = "participants"
    REVIEWERS = "reviewers"
    STAFF = "staff"


class Comment(models.Model):
    """Something said about a case, Markdown. ``redacted_at``: its text was taken back."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="comments")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=120)
    audience = models.CharField(max_length=12, choices=Audience)
    body = models.TextField()
    created_at = models.DateTimeField(default=clock.now)
    redacted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["case", "created_at"], name="comment_of_case")]
        constraints = [models.CheckConstraint(condition=Q(audience__in=Audience.values), name="comment_audience_known")]


class Attachment(models.Model):
    """A file on a case. Its bytes lie under ``MEDIA_ROOT`` by their SHA-256; ``content_type`` is what they are."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=120)
    audience = models.CharField(max_length=12, choices=Audience)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    content_type = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "digest", "name"], condition=Q(removed_at=None), name="attachment_once"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="attachment_audience_known"),
        ]


class Letter(models.Model):
    """A letter that went out, as it went out. ``message`` is the outbox message that carries it.

    ``public_subject`` and ``public_body`` are the same letter with offices in the place of people's names, for readers
    who have no part in the case.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="letters")
    name = models.CharField(max_length=60)
    person = models.ForeignKey("directory.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    to = models.EmailField(blank=True, default="")
    subject = models.CharField(max_length=300)
    body = models.TextField()
    public_subject = models.CharField(max_length=300, blank=True, default="")
    public_body = models.TextField(blank=True, default="")
    message = models.UUIDField(null=True, blank=True)
    sent_at = models.DateTimeField()
    reconstructed = models.BooleanField(default=False)

    class Meta:
        ordering = ["sent_at", "id"]
