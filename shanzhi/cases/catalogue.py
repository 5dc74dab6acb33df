"""What a case may be about and where it may come from; fixed for now, a pack of the county's own later."""

from datetime import timedelta
from typing import Final

from django.db import models


class Category(models.TextChoices):
    """Incident kinds of domain.md §7, in the order in which a rural grid meets them."""

    FACILITIES = "facilities", "道路水电设施"
    SANITATION = "sanitation", "环境卫生"
    DISPUTE = "dispute", "矛盾纠纷"
    SECURITY = "security", "治安隐患"
    FIRE = "fire", "消防与森林防火"
    DROWNING = "drowning", "防溺水"
    STRAW = "straw", "秸秆禁烧"
    BUILDING = "building", "违建与耕地保护"
    CARE = "care", "特殊人群走访"
    LIVELIHOOD = "livelihood", "民生求助"
    POLICY = "policy", "政策咨询"
    FARMING = "farming", "农业灾情"
    FOOD = "food", "食药安全"
    OTHER = "other", "其他"


class Source(models.TextChoices):
    SNAP = "snap", "随手拍"
    COUNTER = "counter", "工作人员代录"
    RESIDENT = "resident", "居民反映"
    API = "api", "接口上报"


class State(models.TextChoices):
    """The one state machine of all cases; `mark` in ui is a shape and a word, never a colour alone."""

    REPORTED = "reported", "待受理"
    ACCEPTED = "accepted", "待分派"
    DISPATCHED = "dispatched", "待处理"
    HANDLING = "handling", "处理中"
    RETURNED = "returned", "已退回"
    HANDLED = "handled", "待核查"
    VERIFIED = "verified", "待办结"
    CLOSED = "closed", "已办结"
    REJECTED = "rejected", "不予受理"


ENDED: Final = (State.CLOSED, State.REJECTED)
OPEN: Final = tuple(state for state in State if state not in ENDED)

# How long the step that a state waits for may take, in continuous hours: general, and with danger to life.
# Defaults of city-style dispatch (domain.md §2, [pub]); a county edits them once kinds are data.
STEP_LIMITS: Final[dict[State, tuple[timedelta, timedelta]]] = {
    State.REPORTED: (timedelta(hours=24), timedelta(hours=1)),
    State.ACCEPTED: (timedelta(hours=24), timedelta(hours=1)),
    State.RETURNED: (timedelta(hours=24), timedelta(hours=1)),
    State.DISPATCHED: (timedelta(days=7), timedelta(hours=24)),
    State.HANDLED: (timedelta(days=3), timedelta(hours=24)),
    State.VERIFIED: (timedelta(days=7), timedelta(days=7)),
}
HANDLING_HOURS: Final = (2, 24, 72, 168, 360)
SILENCE: Final = timedelta(days=7)


def step_limit(state: State, *, urgent: bool) -> timedelta:
    """The time that the next step after entering `state` may take; KeyError for a state that waits for nothing."""
    return STEP_LIMITS[state][1 if urgent else 0]


def hours_label(hours: int) -> str:
    """2 小时, 24 小时, 7 天."""
    return f"{hours} 小时" if hours <= 24 else f"{hours // 24} 天"
