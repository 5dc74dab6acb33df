"""What a person wants to hear of where."""

from datetime import time
from typing import Any, ClassVar

from django.db import models

from shanzhi.notices.quiet import BEGINS, ENDS
from shanzhi.notices.topics import Topic
from shanzhi.tenancy.models import CountyModel


class Preference(CountyModel):
    """One row for a person who changed anything; without one, the defaults hold.

    `choices` maps `topic:channel` to true or false and holds only what differs from the topic's default, so that a
    new topic, or a default that changes, reaches everybody who never said otherwise.
    """

    user_id = models.BigIntegerField("人员")
    choices = models.JSONField("选择", default=dict)
    quiet = models.BooleanField("免打扰", default=True)
    quiet_from = models.TimeField("免打扰从", default=BEGINS)
    quiet_to = models.TimeField("免打扰到", default=ENDS)
    version = models.IntegerField("版本", default=0)

    class Meta(CountyModel.Meta):
        verbose_name = "通知设置"
        verbose_name_plural = "通知设置"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "user_id"], name="preference_once")
        ]

    def wants(self, topic: Topic, channel: str) -> bool:
        """Whether a topic is to come through this channel."""
        return bool(self.choices.get(f"{topic.code}:{channel}", channel in topic.channels))

    @property
    def hours(self) -> tuple[time, time] | None:
        """The quiet hours; None if they are switched off."""
        return (self.quiet_from, self.quiet_to) if self.quiet and self.quiet_from != self.quiet_to else None
