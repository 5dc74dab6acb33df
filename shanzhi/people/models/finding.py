"""What somebody looked for: kept sealed for an hour, so that no name, number or address stands in a link or a log."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Search(CountyModel):
    """A search of one person, under an id that tells nothing; nobody else can open it."""

    user = CountyForeignKey(User, on_delete=models.CASCADE, related_name="+", index=False)
    text = EncryptedTextField("查找的内容")
    area_code = models.CharField("地方", max_length=15, blank=True)
    created_at = models.DateTimeField("时间")

    class Meta(CountyModel.Meta):
        verbose_name = "查找"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "user", "created_at"], name="person_search_user"),
            models.Index(fields=["county_id", "created_at"], name="person_search_age"),
        ]
