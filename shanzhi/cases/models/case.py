"""Cases: what was reported, where it stands, whose turn it is, and every step as a row."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Substr

from shanzhi.accounts.models import Post, User
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.fields import Spot, TokensField
from shanzhi.cases.models.measured import Measured, measure_indexes
from shanzhi.packs.models import Version
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


def map_indexes() -> list[models.Index]:
    """A part of the map for a county and for a township: of open cases, which are few, and of all; and what has no
    position, which is counted beside it."""
    placed, is_open = models.Q(spot__isnull=False), models.Q(ended_at=None)
    nowhere = models.Q(spot__isnull=True)
    return [
        models.Index(fields=["county_id", "spot"], name="case_map", condition=placed),
        models.Index(fields=["county_id", "spot"], name="case_map_open", condition=placed & is_open),
        models.Index(fields=["county_id", "town_path", "spot"], name="case_map_town", condition=placed),
        models.Index(fields=["county_id", "town_path", "spot"], name="case_map_town_open", condition=placed & is_open),
        models.Index(fields=["county_id", "town_path"], name="case_nowhere", condition=nowhere),
        models.Index(fields=["county_id", "town_path"], name="case_nowhere_open", condition=nowhere & is_open),
    ]


class Case(Measured):
    """One matter from report to close.

    `area` is where it is (grid, village, township or county), `owner` the level in charge (village, township or
    county). `turn_area` or `turn_unit` says whose next step it is: exactly one while the case is open, neither
    afterwards. `version` is incremented by every act, by compare-and-swap. `raised` counts the levels that it was
    escalated by, and so how far it can be returned down. Coordinates are 1e-7 degree, CGCS2000.

    `definition` is the version of the kind under which it began and by which it stays, whatever becomes of the
    kind. `seen_by` are the roles that its kind shows it to, as |role|role|, empty for everybody in scope. `stage`
    is where it stands inside "handling". Its clock (Timed) is that of the next step: while it is suspended the
    clock stands still and `due_at` is the day on which it goes on by itself. `holder` took it up out of the bin of
    a unit or place. `parent` is what it was split from, `merged_into` what it is a duplicate of. `supervised`
    counts the supervisions that have not been answered, `parts` the open parts that it waits for, `joined` the people
    without an account who said that it is theirs too: each has a receipt, and none of them changed the version.
    """

    number = models.CharField("编号", max_length=20)
    title = models.CharField("标题", max_length=60)
    body = models.TextField("情况", max_length=2000)
    kind = models.CharField("类别", max_length=40)
    definition = CountyForeignKey(
        Version, verbose_name="类别的版本", on_delete=models.PROTECT, related_name="+", index=False
    )
    seen_by = models.CharField("只有哪些岗位能看", max_length=400, blank=True, default="")
    is_public = models.BooleanField("公开的类别", default=False)
    summary = models.CharField("公开摘要", max_length=200, blank=True, default="")
    stage = models.CharField("环节", max_length=40, blank=True, default="")
    answers = models.JSONField("填写的项目", default=dict)
    place = models.CharField("地点", max_length=100, blank=True)
    lon = models.IntegerField("经度", null=True)
    lat = models.IntegerField("纬度", null=True)
    accuracy = models.PositiveIntegerField("误差（米）", null=True)
    urgent = models.BooleanField("有人身危险", default=False)
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    area = CountyForeignKey(Area, verbose_name="所在区划", on_delete=models.PROTECT, related_name="+", index=False)
    area_path = PathField()
    # The township and the village of it, kept by the database: a work list enters by equality, in its own order.
    town_path = models.GeneratedField(
        expression=Substr("area_path", 1, 2 * WIDTH), output_field=PathField(), db_persist=True
    )
    village_path = models.GeneratedField(
        expression=Substr("area_path", 1, 3 * WIDTH), output_field=PathField(), db_persist=True
    )
    # Its square of the map as one number (lib.quadtree): a part of a map is a few ranges of it.
    spot = models.GeneratedField(
        expression=Spot("lon", "lat"), output_field=models.BigIntegerField(null=True), db_persist=True
    )
    owner = CountyForeignKey(Area, verbose_name="主办", on_delete=models.PROTECT, related_name="+", index=False)
    owner_path = PathField()
    raised = models.PositiveSmallIntegerField(default=0)
    handler_area = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    handler_unit = CountyForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    turn_area = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    turn_unit = CountyForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    reporter = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    reporter_post = CountyForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    reporter_name = models.CharField("反映人", max_length=40)
    reporter_title = models.CharField("反映人岗位", max_length=120)
    holder = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    parent = CountyForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children", index=False)
    merged_into = CountyForeignKey("self", null=True, on_delete=models.PROTECT, related_name="duplicates", index=False)
    parts = models.PositiveSmallIntegerField("没办完的分件", default=0)
    reopened = models.PositiveSmallIntegerField("重新办理次数", default=0)
    supervised = models.PositiveSmallIntegerField("没回复的督办", default=0)
    joined = models.PositiveIntegerField("跟着反映的人数", default=0, db_default=0)
    asking = models.PositiveSmallIntegerField("在等延期审批", default=0)  # 1: the handler asks; 2: the level in charge
    before = models.JSONField("挂账或合并前", default=dict)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.REPORTED)
    version = models.PositiveIntegerField(default=1)
    occurred_at = models.DateTimeField("发生时间")
    received_at = models.DateTimeField("收到时间")
    ended_at = models.DateTimeField("结束时间", null=True)
    history = models.CharField("经过的指纹", max_length=64, default="")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "number", "title", "body", "kind", "definition_id", "seen_by", "is_public", "summary", "stage", "answers",
        "place", "lon", "lat", "urgent", "source", "area_id", "owner_id", "raised", "handler_area_id",
        "handler_unit_id", "turn_area_id", "turn_unit_id", "reporter_id", "holder_id", "parent_id", "merged_into_id",
        "parts", "reopened", "supervised", "asking", "state", "version", "occurred_at", "received_at", "clock_unit",
        "allowed", "spent", "running_since", "due_at", "ended_at", "history", *Measured.MEASURES,
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "事件"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "number"], name="case_number_once"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=False)
                | models.Q(turn_area__isnull=False, turn_unit__isnull=True)
                | models.Q(turn_area__isnull=True, turn_unit__isnull=False),
                name="case_one_turn",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "due_at", "id"], name="case_open_due", condition=models.Q(ended_at=None)),
            models.Index(
                fields=["county_id", "town_path", "due_at", "id"],
                name="case_town_due",
                condition=models.Q(ended_at=None),
            ),
            models.Index(
                fields=["county_id", "village_path", "due_at", "id"],
                name="case_village_due",
                condition=models.Q(ended_at=None),
            ),
            models.Index(
                fields=["county_id", "turn_area", "due_at", "id"],
                name="case_turn_area",
                condition=models.Q(ended_at=None),
            ),
            models.Index(
                fields=["county_id", "turn_unit", "due_at", "id"],
                name="case_turn_unit",
                condition=models.Q(ended_at=None, turn_unit__isnull=False),
            ),
            models.Index(fields=["county_id", "-received_at", "-id"], name="case_received"),
            models.Index(fields=["county_id", "town_path", "-received_at", "-id"], name="case_town_received"),
            models.Index(fields=["county_id", "village_path", "-received_at", "-id"], name="case_village_received"),
            models.Index(fields=["county_id", "area_path", "-received_at", "-id"], name="case_place_received"),
            models.Index(  # few have a public summary: the map of a village reads no other
                fields=["county_id", "village_path", "-received_at", "-id"],
                name="case_village_told",
                condition=~models.Q(summary=""),
            ),
            models.Index(
                fields=["county_id", "handler_unit", "-received_at", "-id"],
                name="case_unit_received",
                condition=models.Q(handler_unit__isnull=False),
            ),
            models.Index(fields=["county_id", "reporter", "-received_at", "-id"], name="case_reporter"),
            models.Index(fields=["county_id", "owner_path"], name="case_owner_path"),  # for merges of areas
            models.Index(
                fields=["county_id", "watch_at"], name="case_watch", condition=models.Q(watch_at__isnull=False)
            ),
            models.Index(fields=["county_id", "parent"], name="case_parent", condition=models.Q(parent__isnull=False)),
            models.Index(
                fields=["county_id", "merged_into"], name="case_merged", condition=models.Q(merged_into__isnull=False)
            ),
            models.Index(fields=["county_id", "kind", "-received_at", "-id"], name="case_kind_received"),
            models.Index(
                fields=["county_id", "due_at", "id"],
                name="case_supervised",
                condition=models.Q(supervised__gt=0, ended_at=None),
            ),
            models.Index(
                fields=["county_id", "due_at", "id"], name="case_suspended", condition=models.Q(state="suspended")
            ),
            *map_indexes(),
            *measure_indexes(),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        """The public code, e.g. 341181-2611-0203; unique in the country."""
        return f"{self.county_id:06d}-{self.number}"

    def is_reported_by(self, user_id: int | None) -> bool:
        """Whether this account reported it; nobody's account did where somebody without one told it."""
        return user_id is not None and user_id == self.reporter_id

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class CaseText(CountyModel):
    """The words of a case for searching: bigrams of Chinese, whole words of the rest (lib.bigrams)."""

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="texts", index=False)
    tokens = TokensField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "case"], name="case_text_once")
        ]


class MonthCounter(CountyModel):
    """The last case number given in a month (YYMM, Asia/Shanghai)."""

    month = models.CharField(max_length=4)
    last = models.PositiveIntegerField(default=0)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "month"], name="case_month_once")
        ]
