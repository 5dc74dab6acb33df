"""Whether somebody without an account is kept out at a place for a while, and what they are told."""

from datetime import datetime
from typing import ClassVar, Final

from django.db.models import Q

from shanzhi.areas.paths import ancestors
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Block
from shanzhi.lib.errors import Forbidden
from shanzhi.lib.times import show_full

# Who is blocked still follows, rates and complains.
KEPT_OUT: Final = frozenset({"report", "join", "add"})
TOLD: Final = (
    "{what}因为{reason}，到 {until} 前不能在这里反映。有事请打 12345，或到村委会、镇便民服务中心窗口。"
    "已经反映的照常办理、可以继续查；觉得不对，可以在查办理进度的页面投诉。"
)


class Blocked(Forbidden):
    """Staff have kept this sender out for a while."""

    default_code: ClassVar[str] = "blocked"


def refuse_blocked(visitor: Visitor, act: str, *, at: datetime, path: str = "", phone_index: str = "") -> None:
    """Blocked, with the kind of the reason and the end, if one of the sender's digests is kept out at this path."""
    if act not in KEPT_OUT:
        return
    found = block_on(visitor, at=at, path=path, phone_index=phone_index)
    if found is not None:
        raise Blocked(
            TOLD.format(what=found.get_what_display(), reason=found.get_reason_display(), until=show_full(found.until))
        )


def block_on(visitor: Visitor, *, at: datetime, path: str = "", phone_index: str = "") -> Block | None:
    """The block that lasts longest; without a path those of the whole county count."""
    who = Q(what=Block.What.ADDRESS, digest=visitor.address)
    if visitor.device:
        who |= Q(what=Block.What.DEVICE, digest=visitor.device)
    if phone_index:
        who |= Q(what=Block.What.PHONE, digest=phone_index)
    digests = [one for one in (visitor.address, visitor.device, phone_index) if one]
    rows = Block.objects.filter(who, digest__in=digests, lifted_at=None, until__gt=at)
    if path:
        rows = rows.filter(area_path__in=[*ancestors(path), path])
    return rows.order_by("-until").first()
