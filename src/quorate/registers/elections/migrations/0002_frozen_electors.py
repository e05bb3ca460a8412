"""The id under which an elector was frozen stands beside the reference, which a merge of two records may move."""

import uuid

from django.db import migrations, models
from django.db.models import F


def freeze(apps, schema_editor):
    for name in ("RollEntry", "NamedBallot"):
        apps.get_model("elections", name).objects.update(elector=F("person_id"))


class Migration(migrations.Migration):
    dependencies = [("elections", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="rollentry",
            name="elector",
            field=models.UUIDField(
                default=uuid.uuid4,
                help_text="the person's id when voting opened: the manifest holds it, and no merge moves it",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="namedballot",
            name="elector",
            field=models.UUIDField(default=uuid.uuid4),
            preserve_default=False,
        ),
        migrations.RunPython(freeze, migrations.RunPython.noop),
    ]
