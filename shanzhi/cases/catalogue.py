"""What is the same for every kind of case: where it comes from, the states, and which clock runs in which state."""

from enum import StrEnum
from typing import Final

from django.db import models

from shanzhi.lib.clocks import Span


class Source(models.TextChoices):
    """How a matter reached the platform. Staff take down what comes by telephone or on paper."""

    SNAP = "snap", "随手拍"
    RESIDENT = "resident", "居民反映"
    PHONE = "phone", "电话"
    COUNTER = "counter", "窗口来访"
    BOX = "box", "群众意见箱"
    PAPER = "paper", "来信"
    MEDIA = "media", "媒体网络"
    DESK = "desk", "工作中发现"
    VISIT = "visit", "走访发现"
    API = "api", "接口上报"
    PART = "part", "拆分"


TAKEN_DOWN: Final = (Source.PHONE, Source.COUNTER, Source.BOX, Source.PAPER, Source.MEDIA, Source.DESK)
# What somebody without an account told; what staff notice themselves at a desk is not.
TOLD_TO_STAFF: Final = (Source.PHONE, Source.COUNTER, Source.BOX, Source.PAPER, Source.MEDIA)


class State(models.TextChoices):
    """The one state machine of all cases; a kind adds stages inside "handling", never states."""

    REPORTED = "reported", "待受理"
    ACCEPTED = "accepted", "待分派"
    DISPATCHED = "dispatched", "待处理"
    HANDLING = "handling", "处理中"
    SUSPENDED = "suspended", "已挂账"
    RETURNED = "returned", "已退回"
    HANDLED = "handled", "待核查"
    VERIFIED = "verified", "待办结"
    CLOSED = "closed", "已办结"
    REJECTED = "rejected", "不予受理"
    MERGED = "merged", "已合并"


ENDED: Final = (State.CLOSED, State.REJECTED, State.MERGED)
OPEN: Final = tuple(state for state in State if state not in ENDED)
SILENCE_DAYS: Final = 7
# Where the level in charge decides, and where somebody else has it.
UNDECIDED: Final = frozenset({State.REPORTED, State.ACCEPTED, State.RETURNED})
DECIDING: Final = frozenset({State.ACCEPTED, State.RETURNED})
AT_HANDLER: Final = frozenset({State.DISPATCHED, State.HANDLING})


class Clock(StrEnum):
    """The clocks that a kind sets; see kinds/schema.py for the limits that hold where it sets none."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    HANDLE = "handle"
    VERIFY = "verify"
    RATE = "rate"
    WHISTLE = "whistle"


# Which clock runs for the step that a state waits for.
STATE_CLOCK: Final[dict[State, Clock]] = {
    State.REPORTED: Clock.ACCEPT,
    State.ACCEPTED: Clock.DISPATCH,
    State.RETURNED: Clock.DISPATCH,
    State.DISPATCHED: Clock.HANDLE,
    State.HANDLED: Clock.VERIFY,
    State.VERIFIED: Clock.RATE,
}
LONGEST: Final = Span.parse("180 days")
