"""Accounts are global, because a person may serve two counties; posts and acts on accounts are a county's."""

import hashlib
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models

from shanzhi.access.permissions import ROLES
from shanzhi.areas.models import Area, Unit
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField

LOGIN_RULE = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]{2,31}$",
    "登录账号用 3 到 32 位小写字母、数字、点、横线或下划线，以字母或数字开头。",
)


class UserManager(BaseUserManager["User"]):
    """Login names are compared in lower case: a phone's keyboard likes to begin with a capital."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """One person who signs in. Holds no phone, no e-mail, no ID number: nothing here needs them.

    `home_county` is the county whose security administrator keeps the account and whose first page follows a login.
    """

    username = models.CharField("登录账号", max_length=32, unique=True, validators=[LOGIN_RULE])
    name = models.CharField("姓名", max_length=40)
    home_county = models.IntegerField("所属县", null=True, blank=True)
    is_active = models.BooleanField("可以登录", default=True)
    must_change_password = models.BooleanField("须先改密码", default=False)
    created_at = models.DateTimeField("建立时间")
    version = models.IntegerField("版本", default=0)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["home_county", "username"], name="user_home")]

    def __str__(self) -> str:
        return self.name


class Post(CountyModel):
    """A role on an area or in a unit, from `valid_from` to `valid_to`, both days included; no end means until revoked.

    Exactly one of `area` and `unit` is set. `area_path` repeats the path of the area (of the unit's area), so that a
    scope is had without a join; the areas' merge job rewrites it, so the trail leaves it out.
    Never deleted: revoking says when, who and why.
    """

    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="posts", verbose_name="人员")
    role = models.CharField("角色", max_length=32)
    area = CountyForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = CountyForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    area_path = PathField("区划路径")
    valid_from = models.DateField("任期开始")
    valid_to = models.DateField("任期结束", null=True, blank=True)
    granted_by = models.BigIntegerField("授予人", null=True)
    granted_at = models.DateTimeField("授予时间")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)
    revoked_by = models.BigIntegerField("撤销人", null=True, blank=True)
    revoke_reason = models.CharField("撤销原因", max_length=200, blank=True)
    version = models.IntegerField("版本", default=0)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "user_id",
        "role",
        "area_id",
        "unit_id",
        "valid_from",
        "valid_to",
        "granted_by",
        "granted_at",
        "revoked_at",
        "revoked_by",
        "revoke_reason",
        "version",
    )

    class Meta(CountyModel.Meta):
        verbose_name = "岗位"
        verbose_name_plural = "岗位"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "user", "role", "area", "valid_from"],
                condition=models.Q(revoked_at__isnull=True, unit__isnull=True),
                name="post_area_once",
            ),
            models.UniqueConstraint(
                fields=["county_id", "user", "role", "unit", "valid_from"],
                condition=models.Q(revoked_at__isnull=True, area__isnull=True),
                name="post_unit_once",
            ),
            models.CheckConstraint(
                condition=models.Q(area__isnull=True, unit__isnull=False)
                | models.Q(area__isnull=False, unit__isnull=True),
                name="post_area_or_unit",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="post_term",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "role", "area_path"], name="post_role_path"),
            models.Index(fields=["county_id", "area_path"], name="post_path"),
        ]

    def __str__(self) -> str:
        return f"{ROLES[self.role].label if self.role in ROLES else self.role} {self.area_path}"

    def state_on(self, day: date) -> str:
        """live, coming (term not begun), ended (term over) or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        if day < self.valid_from:
            return "coming"
        return "ended" if self.valid_to is not None and day > self.valid_to else "live"


class StandIn(CountyModel):
    """Somebody works an absent colleague's list from `valid_from` to `valid_to`, both days included (代班，AB岗).

    The colleague keeps the post: both may act, and every step of the substitute shows （代）. In force only while the
    post is. At most one for a post on any day. Never deleted: ending early says when and who.
    """

    post = CountyForeignKey(Post, on_delete=models.PROTECT, related_name="stand_ins", verbose_name="岗位")
    substitute = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="代班人")
    valid_from = models.DateField("代班开始")
    valid_to = models.DateField("代班结束")
    reason = models.CharField("原因", max_length=200)
    created_by = models.BigIntegerField("安排人", null=True)
    created_at = models.DateTimeField("安排时间")
    ended_at = models.DateTimeField("提前结束时间", null=True, blank=True)
    ended_by = models.BigIntegerField("提前结束人", null=True, blank=True)
    version = models.IntegerField("版本", default=0)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "post_id",
        "substitute_id",
        "valid_from",
        "valid_to",
        "reason",
        "created_by",
        "created_at",
        "ended_at",
        "ended_by",
        "version",
    )

    class Meta(CountyModel.Meta):
        verbose_name = "代班"
        verbose_name_plural = "代班"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(valid_to__gte=models.F("valid_from")), name="standin_term"),
        ]

    def __str__(self) -> str:
        return f"代班 {self.valid_from} {self.valid_to}"

    def state_on(self, day: date) -> str:
        """running, coming or ended; by its own words, whatever became of the post."""
        if self.ended_at is not None or day > self.valid_to:
            return "ended"
        return "coming" if day < self.valid_from else "running"


class AccountAct(CountyModel):
    """What was done to an account, by whom and why: the account is global, its history belongs to the acting county."""

    APPEND_ONLY: ClassVar[bool] = True
    KINDS: ClassVar[dict[str, str]] = {
        "created": "建立账号",
        "renamed": "更正姓名",
        "disabled": "停用账号",
        "enabled": "恢复账号",
        "password_reset": "重置密码",
        "password_changed": "修改密码",
        "unlocked": "解除锁定",
        "sessions_ended": "退出全部设备",
        "totp_on": "开启动态口令",
        "totp_off": "关闭动态口令",
        "codes_renewed": "更换备用口令",
        "token_issued": "发放接口令牌",
        "token_revoked": "撤销接口令牌",
    }

    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="账号")
    kind = models.CharField("事项", max_length=24)
    reason = models.CharField("原因", max_length=200, blank=True)
    token_id = models.BigIntegerField("令牌", null=True, blank=True)
    actor_id = models.BigIntegerField("经办人", null=True)
    at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("user_id", "kind", "reason", "token_id", "actor_id", "at")

    class Meta(CountyModel.Meta):
        verbose_name = "账号事项"
        verbose_name_plural = "账号事项"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "user", "-at"], name="act_user_at")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.KINDS.get(self.kind, self.kind)


class ApiToken(models.Model):
    """A key for programs, for one person in one county. Only its SHA-256 is stored: who reads the table can't use it.

    The token itself has 256 random bits, so that a bare digest without salt is enough.
    """

    PREFIX: ClassVar[str] = "sz_"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens", verbose_name="账号")
    county_id = models.IntegerField("县")
    name = models.CharField("用途", max_length=40)
    digest = models.CharField("摘要", max_length=64, unique=True)
    created_by = models.BigIntegerField("发放人", null=True)
    created_at = models.DateTimeField("发放时间")
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "user"], name="token_county_user")]

    def __str__(self) -> str:
        return self.name

    def is_valid(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
