"""Stating how many households places have: all of a list or nothing, each with its day and its source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.households.pasting import MOST, MOST_ROWS, Row, told
from shanzhi.areas.models import Area, HouseholdCount
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.services.acting import actor_words, clean_day, edge, note_all, tree_lock
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

SOURCE_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class Stated:
    """What an act wrote; `same` rows say what was known already."""

    rows: list[HouseholdCount]
    same: int


def households_state(
    *, actor: Actor, rows: Sequence[Row], on: date, source: str, key: str | None = None, at: datetime | None = None
) -> Stated:
    """Write a number for each place, as of a day that is not to come. Invalid names each wrong row; then none is
    written. What is known already, with the same day and source, is not written again."""
    actor.require(MANAGE)
    at = edge(at)
    source = " ".join(source.split())
    if not 0 < len(source) <= SOURCE_LENGTH:
        message = f"请写明这些户数从哪里来，如“公安人口系统”，不超过 {SOURCE_LENGTH} 个字。"
        raise Invalid(message, code="source_invalid", fields={"source": [message]})
    on = clean_day(on, at)
    body = {"rows": [[row.code, row.number] for row in rows], "on": on, "source": source}
    act_id = new_id()
    with atomic():
        tree_lock()
        earlier = claim(key=key, actor=actor, operation="areas.households", body=body, result_id=act_id)
        if earlier is not None:
            done = list(HouseholdCount.objects.filter(act_id=earlier).select_related("area").order_by("id"))
            return Stated(done, len(rows) - len(done))
        areas = _places(rows, on)
        known = _known([area.id for area in areas.values()], on)
        who, post = actor_words(actor)
        new = [
            HouseholdCount(
                id=new_id(), area=areas[row.code], number=row.number, on=on, source=source, actor_name=who,
                actor_post=post, recorded_at=at, act_id=act_id,
            )
            for row in rows if known.get(areas[row.code].id) != (row.number, source)
        ]  # fmt: skip
        HouseholdCount.objects.bulk_create(new, batch_size=500)
        note_all(actor, "areas.households.stated", new, at)
    return Stated(new, len(rows) - len(new))


def _places(rows: Sequence[Row], on: date) -> dict[str, Area]:
    """The open places of the rows by code; Invalid with a sentence for each row that names none, or one twice."""
    if not rows:
        raise _wrong(["一行户数也没有，请每行写一个代码和一个户数。"])
    if len(rows) > MOST_ROWS:
        raise _wrong([f"一次最多登记 {MOST_ROWS:,} 行，请分几次。"])
    codes = {row.code for row in rows}
    areas = {area.code: area for area in Area.objects.filter(code__in=codes, valid_to__isnull=True)}
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        area = areas.get(row.code)
        if area is None:
            faults.append(f"第 {row.line} 行：现行区划里没有代码 {row.code}，请核对。")
        elif not 0 <= row.number <= MOST:
            faults.append(f"第 {row.line} 行：户数要是 0 到 {MOST:,} 的整数，请改正。")
        elif on < area.valid_from:
            faults.append(f"第 {row.line} 行：{area.name} {area.valid_from} 才启用，截至日期不能更早。")
        elif row.code in first:
            faults.append(f"第 {row.line} 行：{area.name}在第 {first[row.code]} 行已经写过，请留一行。")
        first.setdefault(row.code, row.line)
    if faults:
        raise _wrong(faults)
    return areas


def _wrong(faults: list[str]) -> Invalid:
    return Invalid(faults[0], code="rows_invalid", fields={"rows": told(faults)})


def _known(area_ids: Sequence[int], on: date) -> dict[int, tuple[int, str]]:
    """What counts of this day so far, by place."""
    rows = HouseholdCount.objects.filter(area_id__in=area_ids, on=on).order_by("id")
    return {row.area_id: (row.number, row.source) for row in rows}
