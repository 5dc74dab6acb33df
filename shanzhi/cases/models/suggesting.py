"""What a county's own history has taught about which kind and which unit a text goes to, and whether that is used."""

from typing import ClassVar

from django.db import models

from shanzhi.tenancy.models import CountyModel


class SuggestionModel(CountyModel):
    """One learning of one family; the newest is used, the four before it are kept.

    `payload` is a lib.bayes model: weights of character groups, no text and no digit. `cases` is how many it has
    learned from. `accuracy` was measured on the newest fifth of them before those were learned from, in counts only:
    {tested, spoke, spoke_right, right_first, right_top3, commonest, by_label: {label: [tested, first, top3]},
    confusions: [[was, said, times]]}.
    """

    class Family(models.TextChoices):
        KIND = "kind", "事项类别"
        UNIT = "unit", "承办单位"

    family = models.CharField("推荐什么", max_length=8, choices=Family.choices)
    trained_at = models.DateTimeField("学习时间")
    trained_by = models.CharField("谁发起的", max_length=160, blank=True)
    cases = models.PositiveIntegerField("学了几件")
    payload = models.BinaryField()
    accuracy = models.JSONField("准不准", default=dict)

    class Meta(CountyModel.Meta):
        verbose_name = "推荐的依据"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "family", "-trained_at", "-id"], name="suggestion_newest")
        ]


class SuggestionSwitch(CountyModel):
    """Whether suggestions are made in this county; without a row they are. Changed by compare-and-swap on `version`."""

    is_on = models.BooleanField("开着", default=True)
    changed_at = models.DateTimeField("改动时间")
    changed_by = models.CharField("谁改的", max_length=160)
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("is_on", "changed_at", "version")

    class Meta(CountyModel.Meta):
        verbose_name = "推荐的开关"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id"], name="suggestion_switch_once")
        ]
