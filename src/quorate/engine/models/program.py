"""Programs and their published versions. A version is its content and never changes."""

from __future__ import annotations

from typing import Any

from django.db import models

from quorate.kernel import clock, ids


class Program(models.Model):
    """A program by its slug; what it says is in its versions. ``last_number`` allocates case numbers."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    prefix = models.CharField(max_length=10, unique=True)
    current = models.ForeignKey("ProgramVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    last_number = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="no new cases since")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ProgramVersion(models.Model):
    """What a program said from its publication on: ``spec`` is the canonical form that ``digest`` is taken of."""

    id = models.UUIDField(primary_key=True, default=ids.new_id)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    spec = models.JSONField()
    sources = models.JSONField(default=dict)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120)

    class Meta:
        ordering = ["program", "number"]
        constraints = [
            models.UniqueConstraint(fields=["program", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["program", "digest"], name="version_content_once"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only ever inserts: a published version is immutable."""
        if not self._state.adding:
            raise TypeError("a published version never changes; publish another")
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.program_id} {self.number}"
