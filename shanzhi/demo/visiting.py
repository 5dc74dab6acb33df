"""Visits of the last weeks to those who are looked after, each by the grid's worker or the village's clerk.

No case is made of them: the figures of the demo's cases are those of a source. One in four was not gone to in time.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.demo.chance import chance
from shanzhi.demo.plan import SEED, CountyPlan
from shanzhi.lib.times import local
from shanzhi.people.models import Membership, Resident
from shanzhi.people.selectors.care import Seen
from shanzhi.visits.models import Visit
from shanzhi.visits.planning import plan_of
from shanzhi.visits.services import Found, visit_make

Seated = Callable[[str], Actor]
NEEDS: Final = ("想配一副老花镜，问在哪里能报。", "冬天的棉被薄，想要一床。", "药快吃完了，孩子不在家，去镇上不方便。")
WELL: Final = ("", "", "精神不错，饭量好。", "刚和儿子通过电话。")


def visits_write(plan: CountyPlan, seated: Seated) -> int:
    """How many were made."""
    random = chance(SEED, "visits", plan.pack.code)
    made = 0
    rows = Membership.objects.filter(until=None, due_on__isnull=False).order_by("id")
    for row in rows.select_related("resident__lives__parent", "resident__registered__parent"):
        area = row.resident.lives or row.resident.registered
        if area is None or random.random() < 0.25:
            continue
        village = area.parent.code if area.parent is not None else ""
        seats = [*plan.seats_at("grid_worker", area.code), *plan.seats_at("village_clerk", village)]
        for seat in seats:
            actor = seated(seat.login)
            seen = plan_of(actor, row.resident)
            if seen:
                made += _visit(actor, row.resident, seen, row.created_at, plan.end, random)
                break
    return made


def _visit(
    actor: Actor, resident: Resident, seen: list[Seen], since: datetime, end: datetime, random: Random
) -> int:  # fmt: skip
    """One or two on different days after the group was written down."""
    days = (local(end).date() - local(since).date()).days
    chosen = sorted({random.randrange(1, max(days, 2)) for _ in range(random.randrange(1, 3))})
    for ahead in chosen:
        at = since + timedelta(days=ahead, hours=random.randrange(1, 7))
        if at < end:
            visit_make(actor=actor, resident=resident.id, found=_found(seen, random), at=at)
    return len(chosen)


def _found(seen: list[Seen], random: Random) -> Found:
    outcome = random.choices(
        (Visit.Outcome.WELL, Visit.Outcome.NEED, Visit.Outcome.ABSENT), (80, 10, 10)
    )[0]  # fmt: skip
    if outcome == Visit.Outcome.ABSENT:
        return Found(outcome, "门锁着，邻居说去赶集了。")
    note = random.choice(NEEDS if outcome == Visit.Outcome.NEED else WELL)
    return Found(outcome, note, {**_answers(seen)})


def _answers(seen: list[Seen]) -> Mapping[tuple[str, str], str]:
    found = {}
    for one in seen:
        for question in one.group.body.questions:
            free = "和上次一样" if question.required else ""
            value = {"choice": (question.choices or ("",))[0], "yes_no": "no"}.get(question.type, free)
            if value:
                found[one.group.code, question.code] = value
    return found
