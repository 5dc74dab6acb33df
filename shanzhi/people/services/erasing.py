"""Deleting a person's data for good (个人信息保护法 47), or saying why that may not be done.

The register itself is a duty of the county (13 I 3): whoever lives or is registered here is kept. Deleted may be who
was written down by mistake, and who left or died long enough ago. The rows go, and with them the salts of the trail, so
that no digest can be tried out; that it was done, by whom and when, stays.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict
from shanzhi.lib.times import local
from shanzhi.people.catalogue import Relation
from shanzhi.people.groups import groups_known
from shanzhi.people.models import Kin, Membership, Request, Resident, Stay
from shanzhi.people.permissions import RIGHTS
from shanzhi.people.registry import membership_goes, resident_goes
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.services.checking import post_of, refuse
from shanzhi.people.services.requesting import request_locked, request_settle
from shanzhi.people.services.residents import locked
from shanzhi.people.whereabouts import anchor
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.models import CountyModel
from shanzhi.trail.services import forget, record

KEPT_DAYS: Final = 3 * 365  # after a person left or died
ANSWER: Final = "资料已经删除。"


def why_not(resident: Resident, today: date, *, mistaken: bool) -> str:
    """A sentence that says what stands in the way of a deletion; "" for nothing. One statement at most two."""
    rows = list(Membership.objects.filter(resident=resident))
    if any(row.until is None for row in rows):
        return "这个人还是关爱对象，请先结束关爱登记，到期后才能删除。"
    groups = groups_known()
    for row in rows:
        kept = groups[row.group].body.retention_days if row.group in groups else 0
        if row.until is not None and row.until + timedelta(days=kept) > today:
            day = row.until + timedelta(days=kept)
            return f"关爱登记按规定要保留到 {day.year}年{day.month}月{day.day}日，之前不能删除。"
    if mistaken:
        return ""
    if resident.gone_on is None:
        return "这个人还住在本县或者户籍在本县，人口登记是法定职责，不能删除；资料有错的请更正。"
    free = resident.gone_on + timedelta(days=KEPT_DAYS)
    if free > today:
        return f"迁出、去世后资料要保留三年，到 {free.year}年{free.month}月{free.day}日才能删除。"
    return ""


def resident_erase(
    *, actor: Actor, number: int, version: int, mistaken: bool = False, request: tuple[int, int] | None = None,
    key: str | None = None, at: datetime | None = None,
) -> None:  # fmt: skip
    """Everything that the register keeps of a person, but for who looked at it and what was asked about it.

    `mistaken`: the person was written down by mistake or twice. `request` is the id and version of the request that is
    answered with it. Conflict `must_keep` with the reason for whoever has to be kept.
    """
    at = at or timezone.now()
    seen = resident_get_for(actor, number, permission=RIGHTS)
    path = anchor(seen)
    post = post_of(actor, path, RIGHTS)
    with atomic():
        body = {"number": number, "version": version, "mistaken": mistaken}
        if claim(key=key, actor=actor, operation="people.erase", body=body, result_id=number) is not None:
            return
        resident = locked(number, version)
        said = why_not(resident, local(at).date(), mistaken=mistaken)
        if said:
            raise Conflict(said, code="must_keep")
        others = Resident.objects.filter(household_id=resident.household_id).exclude(id=number)
        if resident.household_id is not None and resident.relation == Relation.HEAD and others.exists():
            refuse({"mistaken": ["这个人是户主，请先给这一户变更户主，再删除。"]})
        asked = list(Request.objects.select_for_update().filter(resident=resident))
        for one in asked:
            _unname(actor, one, at)
        if request is not None:
            _answer(actor, request, asked, at, path)
        for row in (*Stay.objects.filter(resident=resident), *Membership.objects.filter(resident=resident)):
            gone(actor, row, at)
        for kin in Kin.objects.filter(Q(resident=resident) | Q(other=resident)):
            gone(actor, kin, at)
        resident_goes(actor, resident, at)
        forget(actor=actor, code="people.resident.erased", obj=resident, at=at, post=post)
        resident.delete()


def gone(actor: Actor, row: CountyModel, at: datetime) -> None:
    """A row and its salt, with one entry that says so."""
    if isinstance(row, Membership):
        membership_goes(actor, row, at)
    forget(actor=actor, code=f"people.{row._meta.model_name}.erased", obj=row, at=at)
    row.delete()


def _unname(actor: Actor, row: Request, at: datetime) -> None:
    """What was asked stays as a fact, without the person and the words."""
    row.resident, row.text, row.version = None, "", row.version + 1
    if row.state != Request.State.OPEN:
        row.answer = ""
    row.save()
    record(actor=actor, code="people.request.unnamed", obj=row, at=at)


def _answer(actor: Actor, request: tuple[int, int], asked: Sequence[Request], at: datetime, path: str) -> None:
    if request[0] not in {one.id for one in asked}:
        raise Conflict("这个申请不是这个人提的，请核对后再删除。", code="other_request")
    row = request_locked(request[0], request[1] + 1)  # it was unnamed a moment ago
    request_settle(actor, row, done=True, answer=ANSWER, at=at, path=path)
