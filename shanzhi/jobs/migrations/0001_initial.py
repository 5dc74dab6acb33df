import shanzhi.tenancy.fields
import shanzhi.tenancy.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    shanzhi.tenancy.fields.CountyIdField(
                        default=shanzhi.tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("county_id", models.IntegerField(editable=False)),
                ("kind", models.CharField(max_length=60, verbose_name="事项")),
                ("args", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "排队中"),
                            ("running", "进行中"),
                            ("done", "已完成"),
                            ("failed", "未完成"),
                            ("cancelled", "已取消"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("done", models.PositiveIntegerField(default=0, verbose_name="已处理")),
                ("total", models.PositiveIntegerField(default=0, verbose_name="总数")),
                ("result", models.JSONField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=500, verbose_name="原因")),
                ("created_by", models.BigIntegerField(verbose_name="发起人")),
                ("created_at", models.DateTimeField(verbose_name="发起时间")),
                ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                ("cancel_requested", models.BooleanField(default=False, verbose_name="要求取消")),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("lease_until", models.DateTimeField()),
            ],
            options={
                "verbose_name": "后台任务",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["county_id", "created_by", "id"], name="jobs_job_owner"),
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=["county_id", "lease_until"],
                        name="jobs_job_lease",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("county_id", "id"), name="jobs_job_id_7b0d98_u")],
            },
        ),
    ]
