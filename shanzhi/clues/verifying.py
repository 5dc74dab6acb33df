"""核对记录是否完整: whether anything of the clues was altered, moved, made up or removed behind the product's back.

Told are only faults of clues that this lead sees; of what is gone altogether nobody knows any more who may hear of it,
so its number is all that is said.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max

from shanzhi.clues.catalogue import ACTS, Act
from shanzhi.clues.fields import DAMAGED
from shanzhi.clues.models import Assignee, Bar, Clue, Head, Step
from shanzhi.clues.selectors import Desk, clues_for, who_mark
from shanzhi.clues.services.steps import HEAD
from shanzhi.clues.signing import TEXTS, head_seal, seal_of
from shanzhi.lib.errors import Forbidden

SEALED: Final = ("note", "told", "facts")


@dataclass(frozen=True, slots=True)
class Checked:
    """`clues` and `steps` that agree or not, those of the lead alone; `missing` steps of the whole county."""

    at: datetime
    clues: int
    steps: int
    faults: Sequence[str]
    missing: int

    @property
    def whole(self) -> bool:
        return not self.faults and not self.missing


def clues_verify(*, desk: Desk, at: datetime) -> Checked:
    """Everything is recomputed from the rows. Forbidden for officers who do not lead."""
    if not desk.lead:
        raise Forbidden("只有牵头人能核对记录。", code="not_yours")
    rows = list(clues_for(desk, at=at).order_by("received_at", "id"))
    head = Head.objects.filter(name=HEAD).first()  # before the steps: what is written meanwhile is no gap
    there = Step.objects.aggregate(last=Max("serial"), count=Count("id"))
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.filter(clue__in=clues_for(desk, at=at)).order_by("serial").iterator(chunk_size=500):
        steps.setdefault(step.clue_id, []).append(step)
    last = there["last"] or 0
    faults = [] if head is not None or not last else ["步骤的总数记录被删除。"]
    if head is not None:
        if head.seal != head_seal(head.county_id, head.last):
            faults.append("步骤的总数记录被改动。")
        last = max(last, head.last)
    bars, assigned = _pairs(Bar, "who"), _pairs(Assignee, "user_id")
    for clue in rows:
        own = steps.get(clue.id, [])
        found = [*_faults(clue, own), *_people(own, bars.get(clue.id, set()), assigned.get(clue.id, set()))]
        faults += [f"{clue.shown_number}：{words}" for words in found]
    count = sum(len(steps.get(clue.id, [])) for clue in rows)
    return Checked(at, len(rows), count, faults, last - there["count"])


def _pairs(model: type[Bar] | type[Assignee], column: str) -> dict[int, set[Any]]:
    found: dict[int, set[Any]] = {}
    for clue_id, value in model.objects.values_list("clue_id", column):
        found.setdefault(clue_id, set()).add(value)
    return found


def _faults(clue: Clue, steps: Sequence[Step]) -> Iterator[str]:
    if not steps or steps[0].act != Act.GIVE:
        yield "第一步不在了。"
    for number, step in enumerate(steps, start=1):
        damaged = any(getattr(step, name) == DAMAGED for name in SEALED)
        if step.act == Act.GIVE:
            damaged = damaged or any(getattr(clue, name) == DAMAGED for name in TEXTS)
        if damaged or step.seal != seal_of(step, clue):
            what = "线索的内容或第 1 步" if step.act == Act.GIVE else f"第 {number} 步（{Act(step.act).did}）"
            yield f"{what}被改动过。"
            return
    if steps and clue.state != steps[-1].state:
        yield "状态和最后一步对不上。"
    if clue.version != sum(step.act in ACTS for step in steps):
        yield "办理的步数对不上，有步骤被删除。"


def _people(steps: Sequence[Step], bars: set[str], assignees: set[int]) -> Iterator[str]:
    """Who may not see it, and to whom it is assigned, against what the steps say."""
    barred, assigned = set[int](), set[int]()
    for step in steps:
        facts = _facts(step)
        barred |= set(facts.get("barred", ()))
        assigned = set(facts.get("assigned", assigned)) - barred
    if {who_mark(one) for one in barred} != bars:
        yield "不让看的人被改动过。"
    if assigned != assignees:
        yield "分派给谁被改动过。"


def _facts(step: Step) -> dict[str, Any]:
    return json.loads(step.facts) if step.facts and step.facts != DAMAGED else {}
