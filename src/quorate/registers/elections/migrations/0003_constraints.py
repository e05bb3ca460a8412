"""Caps and reserved seats in the notice, withdrawals, a second registrar, and receipts that were looked up."""

from django.db import migrations, models


def listed(apps, schema_editor):
    for row in apps.get_model("elections", "UsedToken").objects.iterator():
        row.signatures = [row.signature]
        row.save(update_fields=["signatures"])


def blank(**more):
    return models.TextField(blank=True, default="", **more)


class Migration(migrations.Migration):
    dependencies = [("elections", "0002_frozen_electors")]

    operations = [
        migrations.AddField("election", "constraints", models.JSONField(blank=True, default=list)),
        migrations.AddField(
            "election",
            "resolve",
            models.CharField(choices=[("count", "Count"), ("seating", "Seating")], default="count", max_length=7),
        ),
        migrations.AddField("election", "term_months", models.JSONField(blank=True, default=list)),
        migrations.AddField("election", "withdrawals", models.JSONField(blank=True, default=list)),
        migrations.AddField("election", "second_registrar", models.JSONField(blank=True, null=True)),
        migrations.AddField("election", "second_note", blank()),
        migrations.AddField("rollentry", "second_blinded", blank()),
        migrations.AddField("rollentry", "second_signed", blank()),
        migrations.AddField(
            "sealedballot",
            "checked",
            models.BooleanField(default=False, help_text="somebody looked it up by its commitment; never who or when"),
        ),
        migrations.AddField("usedtoken", "signatures", models.JSONField(default=list)),
        migrations.RunPython(listed, migrations.RunPython.noop),
        migrations.RemoveField("usedtoken", "signature"),
    ]
