"""What the tests of visits begin with: an old person alone who is due, and what a visitor says."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.packs.services import definition_publish
from shanzhi.people.models import Membership, Resident
from shanzhi.people.tests.world import GROUP, STRICT, dwelling, id_number, member, resident
from shanzhi.visits.models import Visit
from shanzhi.visits.services import Found, visit_make
from tests.cast import Cast
from tests.kinds import kind_add

A = 341181
QUESTIONS = [
    {"code": "health", "label": "身体怎么样", "type": "choice", "choices": ["好", "不舒服"], "required": True},
    {"code": "food", "label": "吃饭有没有困难", "type": "yes_no"},
    {"code": "need", "label": "需要帮什么"},
]
ANSWERS = {"q_alone_health": "好", "q_alone_food": "no"}
SAID = {("alone", "health"): "好", ("alone", "food"): "no"}
VISITORS = ["grid_worker", "village_clerk", "township_officer"]


def define(cast: Cast, code: str, body: Mapping[str, Any]) -> None:
    actor = Actor.system(cast.county.id)
    definition_publish(actor=actor, family="care_group", code=code, body=body, origin="edited", note="测试")


def groups(cast: Cast, **changes: Any) -> None:
    """独居老人, asked about and visited by field and village; 社区矫正 of the township alone, visited by nobody."""
    define(cast, "alone", {**GROUP, "visited_by": VISITORS, "questions": QUESTIONS, **changes})
    define(cast, "correction", STRICT)


def closed_kind(cast: Cast) -> None:
    """A kind that not everybody may read, and a group whose findings are of it."""
    kind_add(
        "elderly",
        {
            "label": "特殊人群走访", "seen_by": ["grid_worker", "village_clerk", "township_officer"],
            "fields": [{"code": "group", "label": "是哪类人", "type": "choice", "choices": ["独居老人", "其他"],
                        "required": True}],
        },
    )  # fmt: skip
    groups(cast, found_as={"kind": "elderly", "answers": {"group": "独居老人"}})


def due(cast: Cast, *, on: date | None = None, name: str = "张小平", order: int = 101, **where: Any) -> Resident:
    """Somebody who lives alone in a dwelling of grid g1; the next visit was planned when they were written down."""
    by, place = where.pop("by", "village_clerk"), where.pop("place", "g1")
    home = dwelling(cast, by=by, door=f"{order}号", place=place)
    paper = id_number(order=order)
    row = resident(
        cast, by=by, place=place, name=name, order=order, paper_number=paper, dwelling=home.id, **where
    )  # fmt: skip
    one = member(cast, row, by=by)
    if on is not None:
        Membership.objects.filter(id=one.id).update(due_on=on)
    return row


def make(cast: Cast, row: Resident, outcome: str = "well", *, by: str = "grid_worker", **changes: Any) -> Visit:
    more = {name: changes.pop(name) for name in ("key", "done_at", "late", "at") if name in changes}
    met = outcome in Visit.MET
    found = Found(
        outcome, **{"answers": SAID if met else {}, "note": "屋顶漏雨" if outcome == "need" else "", **changes}
    )
    return visit_make(actor=cast.actor(by), resident=row.id, found=found, **more)


def sent(outcome: str = "well", **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    answers = ANSWERS if outcome in Visit.MET else {}
    return {"outcome": outcome, "note": "", "idempotency_key": uuid4().hex, **answers, **changes}


def url(name: str, *args: Any) -> str:
    return reverse(f"visits:{name}", args=[A, *args])


def membership(row: Resident) -> Membership:
    return Membership.objects.get(resident=row, until=None)
