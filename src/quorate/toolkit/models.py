"""Whose installation this is, and what its directory of files last said."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from quorate.kernel import clock, ids


class Identity(models.Model):
    """The foundation that runs here: its name, its address, its colours. One row, made by ``quorate apply``."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    slug = models.SlugField(max_length=80, default="foundation")
    name = models.CharField(max_length=200, default="Quorate")
    short_name = models.CharField(max_length=80, blank=True, default="")
    tagline = models.CharField(max_length=200, blank=True, default="")
    domain = models.CharField(max_length=200, blank=True, default="")
    homepage = models.URLField(max_length=300, blank=True, default="")
    languages = models.JSONField(default=list, blank=True)
    time_zone = models.CharField(max_length=60, blank=True, default="UTC")
    mail_from = models.CharField(max_length=200, blank=True, default="")
    accent = models.CharField(max_length=7, blank=True, default="")
    about = models.TextField(blank=True, default="")
    synthetic = models.BooleanField(default=False, help_text="people and cases here are invented")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="identity_is_one")]

    def __str__(self) -> str:
        return self.name


class Applied(models.Model):
    """What the foundation's files said of one thing when they were last applied.

    Kept to tell three cases apart: the file changed, the product's users changed the thing, or both. Only
    things that the files once brought are ever proposed for removal.
    """

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    fields = models.JSONField(default=dict)
    applied_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="applied_once")]
