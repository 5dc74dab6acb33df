"""Where a person can be reached outside of the product."""

from typing import Any, ClassVar

from django.db import models

from shanzhi.notices.channels.kinds import channel_label
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyModel


class Address(CountyModel):
    """One address of a person for one channel, given by that person and used only once a code sent there came back.

    `value` is in use since `verified_at`. `pending` waits for its code, while the old one stays in use. Of the code
    there is only a keyed digest. The trail covers a blind index of the value, never the value.
    """

    user_id = models.BigIntegerField("人员")
    channel = models.CharField("渠道", max_length=12)
    value = EncryptedTextField("地址", null=True)
    masked = models.CharField("部分地址", max_length=120, blank=True)
    digest = models.CharField("地址摘要", max_length=64, blank=True)
    verified_at = models.DateTimeField("核实时间", null=True)
    pending = EncryptedTextField("待核实的地址", null=True)
    code_digest = models.CharField("验证码摘要", max_length=64, blank=True)
    code_until = models.DateTimeField("验证码有效期", null=True)
    tries = models.PositiveSmallIntegerField("试错次数", default=0)
    version = models.IntegerField("版本", default=0)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("user_id", "channel", "digest", "verified_at", "version")

    class Meta(CountyModel.Meta):
        verbose_name = "联系地址"
        verbose_name_plural = "联系地址"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "user_id", "channel"], name="address_once")
        ]

    @property
    def name(self) -> str:
        """How the trail calls it: the channel alone."""
        return channel_label(self.channel)
