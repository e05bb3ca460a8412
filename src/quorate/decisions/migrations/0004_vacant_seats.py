"""Vacant seats stand on the roll of a motion, and every elector keeps the id under which it was frozen."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def freeze(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Electors of before were frozen under the ids they refer to now, as far as anybody knows."""
    rows = apps.get_model("decisions", "Elector").objects
    rows.update(frozen_person=models.F("person_id"), frozen_alternate=models.F("alternate_id"))


class Migration(migrations.Migration):
    dependencies = [
        ("decisions", "0003_register"),
        ("directory", "0001_initial"),
        ("terms", "0005_working_groups"),
    ]

    operations = [
        migrations.AddField(
            model_name="elector",
            name="frozen_alternate",
            field=models.UUIDField(blank=True, help_text="the same of the alternate", null=True),
        ),
        migrations.AddField(
            model_name="elector",
            name="frozen_person",
            field=models.UUIDField(
                blank=True, help_text="the person's id when the motion opened, which no merge moves", null=True
            ),
        ),
        migrations.AddField(
            model_name="elector",
            name="suspended",
            field=models.CharField(
                blank=True,
                default="",
                help_text="why the seat has no vote by the charter, and is not counted",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="elector",
            name="uncounted",
            field=models.CharField(
                blank=True,
                default="",
                help_text="why the quorum does not ask for the seat while it is silent",
                max_length=300,
            ),
        ),
        migrations.AlterField(
            model_name="elector",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="elector",
            constraint=models.CheckConstraint(
                condition=models.Q(("person__isnull", False), ("seat__isnull", False), _connector="OR"),
                name="elector_is_somebody_or_a_seat",
            ),
        ),
        migrations.RunPython(freeze, migrations.RunPython.noop),
    ]
