import django.db.models.deletion
import shanzhi.tenancy.constraints
import shanzhi.tenancy.fields
import shanzhi.tenancy.ids
from django.db import migrations, models

from shanzhi.trail import guards


def install_guards(apps, schema_editor):
    guards.install(schema_editor.connection)


def remove_guards(apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    shanzhi.tenancy.fields.CountyIdField(
                        default=shanzhi.tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_id", models.IntegerField(editable=False)),
                ("entry_id", models.BigIntegerField()),
                ("object_type", models.CharField(max_length=60)),
                ("first_id", models.BigIntegerField()),
                ("last_id", models.BigIntegerField()),
                ("members", models.BinaryField()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["county_id", "object_type", "first_id"], name="trail_batch_range")],
                "constraints": [
                    models.UniqueConstraint(fields=("county_id", "id"), name="trail_batch_id_484a75_u"),
                    models.UniqueConstraint(fields=("county_id", "entry_id"), name="trail_batch_entry"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "id",
                    shanzhi.tenancy.fields.CountyIdField(
                        default=shanzhi.tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_id", models.IntegerField(editable=False)),
                ("started_at", models.DateTimeField(verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(verbose_name="结束时间")),
                ("entries", models.PositiveIntegerField(verbose_name="留痕记录")),
                ("objects_checked", models.PositiveIntegerField(verbose_name="对象")),
                ("seals", models.PositiveIntegerField(verbose_name="封存")),
                ("erased", models.PositiveIntegerField(verbose_name="已依法删除")),
                ("finding_count", models.PositiveIntegerField(verbose_name="问题")),
                ("findings", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "核对",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["county_id", "ended_at"], name="trail_check_time")],
                "constraints": [models.UniqueConstraint(fields=("county_id", "id"), name="trail_check_id_96e221_u")],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    shanzhi.tenancy.fields.CountyIdField(
                        default=shanzhi.tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_id", models.IntegerField(editable=False)),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="经手人")),
                ("post_id", models.BigIntegerField(null=True, verbose_name="岗位")),
                ("code", models.CharField(max_length=80, verbose_name="事项")),
                ("object_type", models.CharField(max_length=60, verbose_name="对象类别")),
                ("object_id", models.BigIntegerField(verbose_name="对象")),
                ("version", models.IntegerField(default=0, verbose_name="对象版本")),
                ("size", models.PositiveSmallIntegerField(default=0, verbose_name="批量条数")),
                ("digest", models.BinaryField(max_length=32)),
                ("leaf", models.BinaryField(max_length=32)),
            ],
            options={
                "verbose_name": "留痕记录",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["county_id", "at", "id"], name="trail_entry_time"),
                    models.Index(fields=["county_id", "object_id", "at", "id"], name="trail_entry_object"),
                    models.Index(fields=["county_id", "actor_id", "at", "id"], name="trail_entry_actor"),
                ],
                "constraints": [models.UniqueConstraint(fields=("county_id", "id"), name="trail_entry_id_21753b_u")],
            },
        ),
        migrations.CreateModel(
            name="Salt",
            fields=[
                (
                    "id",
                    shanzhi.tenancy.fields.CountyIdField(
                        default=shanzhi.tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_id", models.IntegerField(editable=False)),
                ("object_type", models.CharField(max_length=60)),
                ("object_id", models.BigIntegerField()),
                ("value", models.BinaryField(max_length=16)),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("county_id", "id"), name="trail_salt_id_3c4ec2_u"),
                    models.UniqueConstraint(fields=("county_id", "object_type", "object_id"), name="trail_salt_object"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    shanzhi.tenancy.fields.CountyIdField(
                        default=shanzhi.tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_id", models.IntegerField(editable=False)),
                ("number", models.PositiveIntegerField(verbose_name="编号")),
                ("root", models.BinaryField(max_length=32)),
                ("count", models.PositiveIntegerField(verbose_name="条数")),
                ("previous", models.BinaryField(max_length=32)),
                ("digest", models.BinaryField(max_length=32)),
                ("sealed_at", models.DateTimeField(verbose_name="封存时间")),
            ],
            options={
                "verbose_name": "封存",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["county_id", "sealed_at"], name="trail_seal_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("county_id", "id"), name="trail_seal_id_36641d_u"),
                    models.UniqueConstraint(fields=("county_id", "number"), name="trail_seal_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SealItem",
            fields=[
                (
                    "id",
                    shanzhi.tenancy.fields.CountyIdField(
                        default=shanzhi.tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_id", models.IntegerField(editable=False)),
                ("entry_id", models.BigIntegerField()),
                ("position", models.PositiveIntegerField()),
                ("leaf", models.BinaryField(max_length=32)),
                (
                    "seal",
                    shanzhi.tenancy.fields.CountyForeignKey(
                        index=False, on_delete=django.db.models.deletion.PROTECT, to="trail.seal"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("county_id", "id"), name="trail_seali_id_7aece0_u"),
                    shanzhi.tenancy.constraints.CountyForeignConstraint(
                        field="seal", name="trail_seali_seal_id_e1da9e_f", wide=True
                    ),
                    models.UniqueConstraint(fields=("county_id", "entry_id"), name="trail_item_entry"),
                    models.UniqueConstraint(fields=("county_id", "seal", "position"), name="trail_item_place"),
                ],
            },
        ),
        migrations.RunPython(install_guards, remove_guards),
    ]
