import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from bitp.desk.search import schema


def create(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    schema.create(editor.connection)


def drop(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    schema.drop(editor.connection)


def plan_filling(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """What was written before the index existed is filled in by the worker."""
    if apps.get_model("conversations", "Message").objects.exists():
        apps.get_model("events", "Job").objects.get_or_create(
            key="search.fill", defaults={"kind": "search.fill", "ids": "{}", "due_us": 0}
        )


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("conversations", "0001_initial"),
        ("events", "0001_initial"),
        ("staff", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Widening",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(max_length=300)),
                ("salt", models.CharField(max_length=32)),
                ("began_us", models.BigIntegerField()),
                ("until_us", models.BigIntegerField()),
                ("member", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="staff.member")),
            ],
        ),
        migrations.RunPython(create, drop),
        migrations.RunPython(plan_filling, migrations.RunPython.noop),
    ]
