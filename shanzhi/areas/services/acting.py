"""What every act on a place shares: the lock on the tree, the compare-and-swap, the dated history."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.checking import name_problem
from shanzhi.areas.models import Area, AreaVersion
from shanzhi.areas.paths import ROOT
from shanzhi.areas.permissions import MANAGE
from shanzhi.lib.errors import Conflict, Invalid, NotFound, Stale
from shanzhi.lib.times import local
from shanzhi.tenancy.models import CountyModel
from shanzhi.trail.services import record, record_bulk

REASON_LENGTH = 200


def edge(at: datetime | None) -> datetime:
    """The moment of an act: given by a test or a job, else now."""
    return at or timezone.now()


def tree_lock() -> Area:
    """The county's root, locked until the transaction ends: changes of one tree go one after another.

    Ordinals are issued and subtrees re-hung under it, so that no child slips in below a place that is moving.
    """
    root = Area.objects.select_for_update().filter(path=ROOT).first()
    if root is None:
        raise NotFound("本县还没有区划，请先由系统管理员开通。", code="county_not_opened")
    return root


def fresh(area: Area, version: int) -> Area:
    """The row as it is under the lock. Conflict if abolished, Stale if it is not the version that the actor saw."""
    now = Area.objects.get(id=area.id)
    if not now.is_open:
        raise Conflict(f"{now.name}已经撤销，不能再变更。", code="area_abolished")
    if now.version != version:
        raise Stale
    return now


def swap(area: Area, **changes: Any) -> None:
    """Write changes if nobody else did since `area` was read; the object is brought up to date."""
    rows = Area.objects.filter(id=area.id, version=area.version)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Stale
    for name, value in changes.items():
        setattr(area, name, value)
    area.version += 1


def issue(parent: Area, count: int = 1) -> int:
    """Reserve `count` ordinals below a place and return the first; never given out twice, even after a rollback."""
    Area.objects.filter(id=parent.id).update(issued=F("issued") + count)
    parent.issued = Area.objects.values_list("issued", flat=True).get(id=parent.id)
    return parent.issued - count + 1


def clean_reason(reason: str) -> str:
    """A reason of 1 to 200 characters; Invalid otherwise."""
    text = " ".join(reason.split())
    if not text:
        raise Invalid(
            "请写明变更原因。", code="reason_missing", fields={"reason": ["请写明变更原因，如文件名称和文号。"]}
        )
    if len(text) > REASON_LENGTH:
        raise Invalid("变更原因太长。", code="reason_long", fields={"reason": [f"最多 {REASON_LENGTH} 个字，请缩短。"]})
    return text


def clean_name(name: str) -> str:
    """A name by the rules of an import; Invalid otherwise."""
    problem = name_problem(name)
    if problem:
        raise Invalid(f"{problem}。", code="name_invalid", fields={"name": [f"{problem}。"]})
    return name.strip()


def clean_day(on: date, at: datetime, *, since: date | None = None) -> date:
    """The day from which a change counts: not in the future, not before the last change of the place."""
    if on > local(at).date():
        message = "生效日期不能晚于今天。"
    elif since is not None and on < since:
        message = f"生效日期不能早于上一次变更的 {since.year}年{since.month}月{since.day}日。"
    else:
        return on
    raise Invalid(message, code="day_invalid", fields={"on": [message]})


def last_change(area: Area) -> date:
    """The day of the newest entry in a place's history."""
    newest = AreaVersion.objects.filter(area=area).order_by("-number").values_list("valid_from", flat=True).first()
    return newest or area.valid_from


def write_history(
    areas: Sequence[Area], *, act: str, on: date, reason: str, actor: Actor, at: datetime, ends: bool = False
) -> None:
    """Close each place's state in force on that day and open the present one; if it ends, only date the act."""
    if not areas:
        return
    ids = [area.id for area in areas]
    AreaVersion.objects.filter(area_id__in=ids, valid_to__isnull=True).update(valid_to=on)
    numbers: dict[int, int] = {}
    for area_id, number in AreaVersion.objects.filter(area_id__in=ids).values_list("area_id", "number"):
        numbers[area_id] = max(number, numbers.get(area_id, 0))
    name, post = actor_words(actor)
    AreaVersion.objects.bulk_create(
        [
            AreaVersion(
                area=area,
                number=numbers.get(area.id, 0) + 1,
                act=act,
                code=area.code,
                name=area.name,
                parent_id=area.parent_id,
                valid_from=on,
                valid_to=on if ends else None,
                reason=reason,
                actor_name=name,
                actor_post=post,
                recorded_at=at,
            )
            for area in areas
        ],
        batch_size=500,
    )


def note(actor: Actor, code: str, obj: CountyModel, at: datetime) -> None:
    """A trail row, under the post that manages places."""
    record(actor=actor, code=code, obj=obj, at=at, post=actor.post_for(MANAGE))


def note_all(actor: Actor, code: str, objs: Sequence[CountyModel], at: datetime) -> None:
    """One trail row for each thousand objects of a model."""
    record_bulk(actor=actor, code=code, objs=objs, at=at, post=actor.post_for(MANAGE))


def actor_words(actor: Actor) -> tuple[str, str]:
    """Name and post as a timeline shows them."""
    post = actor.post_for(MANAGE)
    return actor.name, post.title if post else ""
