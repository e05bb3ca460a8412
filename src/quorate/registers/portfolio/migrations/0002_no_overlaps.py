"""Periods of one project, and of one member, may not overlap: exclusion constraints on PostgreSQL."""

from __future__ import annotations

from django.db import migrations

from quorate.registers.portfolio.overlaps import exclude


class Migration(migrations.Migration):
    dependencies = [("portfolio", "0001_initial")]

    operations = [
        migrations.RunPython(lambda apps, editor: exclude(editor.connection), migrations.RunPython.noop),
    ]
