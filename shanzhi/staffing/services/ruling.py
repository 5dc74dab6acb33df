"""How many there must be: a new entry for each change, none is ever altered."""

from datetime import datetime
from typing import Final

from django.db.models import Max
from django.db.transaction import atomic
from django.db.utils import IntegrityError
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ROOT
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.lib.times import local
from shanzhi.staffing.catalogue import DEFAULT, LEVELS, MOST, ROLES, rulable
from shanzhi.staffing.models import RuleEntry
from shanzhi.staffing.permissions import RULE
from shanzhi.staffing.selectors import area_for, place_scope, rule_on
from shanzhi.staffing.services.checking import reason_checked
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

COUNTY_ONLY: Final = "全县的标准由县指挥中心定；你可以给辖区里的某个地方单独定。"
STALE: Final = "刚刚有人改过配备标准，请看最新的再改，你填的内容还在。"


def rule_count() -> int:
    """The number of the county's last entry: what a form hands back as seen."""
    return RuleEntry.objects.aggregate(last=Max("number"))["last"] or 0


def rule_set(
    *, actor: Actor, role: str, reason: str, least: int | None, level: str = "", place: str = "",
    seen: int | None = None, key: str | None = None, at: datetime | None = None,
) -> RuleEntry:  # fmt: skip
    """So many at least from today on, at every place of a level or at the one place of a code; None takes it back.

    Forbidden for a level to anybody but the county's command centre, NotFound for a place out of reach. `seen` is the
    number of entries that the caller knew of: Stale if there are more by now.
    """
    at, row_id = at or timezone.now(), new_id()
    actor.require(RULE)
    area = area_for(actor, place, RULE) if place else None
    if area is None and not place_scope(actor, RULE).covers(ROOT):
        raise Forbidden(COUNTY_ONLY, code="county_only")
    if area is not None and level not in ("", area.level):
        sentence = f"{area.name}是{LEVELS[area.level]}，和选的级别不一样，请改级别或者代码。"
        raise Invalid(sentence, code="invalid", fields={"place": [sentence]})
    level = area.level if area is not None else level
    _check(role, level, least, area)
    reason = reason_checked(reason, "这样规定")
    with atomic():
        body = {"role": role, "level": level, "place": place, "least": least, "reason": reason, "seen": seen}
        earlier = claim(key=key, actor=actor, operation="staffing.rule", body=body, result_id=row_id)
        if earlier is not None:
            return RuleEntry.objects.get(id=earlier)
        last = rule_count()
        if seen is not None and seen != last:
            raise Stale(STALE, code="stale")
        _check_change(level, role, area, least, at)
        post = actor.post_for(RULE, path=area.path if area is not None else ROOT)
        row = RuleEntry(
            id=row_id, level=level, role=role, area=area, number=last + 1, least=least, since=local(at).date(),
            reason=reason, actor_id=actor.user_id or 0, actor_name=actor.name,
            actor_post=post.title if post is not None else "", at=at,
        )  # fmt: skip
        try:
            with atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise Stale(STALE, code="stale") from None
        record(actor=actor, code="staffing.rule.changed", obj=row, at=at, post=post)
    return row


def _check(role: str, level: str, least: int | None, area: Area | None) -> None:
    if (level, role) not in {(at, known.code) for at, known in rulable()}:
        if role in ROLES and level in LEVELS:
            sentence = f"{LEVELS[level]}不设{ROLES[role].label}，请另选。"
        else:
            sentence = "请选级别和岗位。"
        raise Invalid(sentence, code="invalid", fields={"place" if area is not None else "what": [sentence]})
    if least is not None and not 0 <= least <= MOST:
        sentence = f"人数填 0 到 {MOST}。"
        raise Invalid(sentence, code="invalid", fields={"least": [sentence]})
    if area is not None and not area.is_open:
        sentence = "这个地方已撤销，请选现行的。"
        raise Invalid(sentence, code="invalid", fields={"place": [sentence]})


def _check_change(level: str, role: str, area: Area | None, least: int | None, at: datetime) -> None:
    """Conflict for what counts already."""
    now = rule_on(local(at).date())
    if area is not None:
        same = now.own.get((area.id, role)) == least
    else:
        wanted = DEFAULT.get((level, role), 0) if least is None else least
        same = now.general.get((level, role), 0) == wanted
    if same:
        raise Conflict("现在就是这样规定的，不用再改。", code="rule_same")
