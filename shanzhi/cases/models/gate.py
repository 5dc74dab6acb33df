"""What is counted of people without an account, so that nobody floods a county: never who they are."""

from typing import ClassVar

from django.db import models

from shanzhi.tenancy.models import CountyModel


class Visit(CountyModel):
    """That somebody without an account did something, by the digests of their address and of their browser's mark.

    Kept only as long as it counts (`gate/admitting.py`).
    """

    act = models.CharField(max_length=12)
    address = models.CharField(max_length=64)
    device = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField("时间")

    class Meta(CountyModel.Meta):
        verbose_name = "公开页面的使用"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "act", "address", "at"], name="visit_address"),
            models.Index(fields=["county_id", "act", "device", "at"], name="visit_device"),
            models.Index(fields=["county_id", "at"], name="visit_at"),
        ]
