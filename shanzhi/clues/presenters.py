"""What pages show of a clue."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse

from shanzhi.accounts.selectors import names_of
from shanzhi.clues.catalogue import LOOKS, Act, Organ, Result
from shanzhi.clues.fields import DAMAGED
from shanzhi.clues.models import Clue, Step
from shanzhi.clues.selectors import Desk
from shanzhi.clues.services import acts_for
from shanzhi.clues.specs import BY_ACT
from shanzhi.ui.parts import TimelineItem

INFORMANT: Final = "举报人（凭回执）"
ICONS: Final = {
    Act.GIVE: "inbox", Act.ADD: "message-plus", Act.BAR: "eye-off", **{act: spec.icon for act, spec in BY_ACT.items()},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """Who read it, and when."""

    who: str
    at: datetime
    what: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is known for the letter."""

    organ: str
    organ_name: str
    document: str
    on: date | None
    receiver: str


def facts_in(step: Step) -> dict[str, Any]:
    """What a step says beside its words; nothing where that does not open any more."""
    return json.loads(step.facts) if step.facts and step.facts != DAMAGED else {}


def names_in(steps: Sequence[Step]) -> dict[int, str]:
    """Names of everybody who stands in these steps; one statement."""
    ids = {step.actor_id for step in steps}
    for step in steps:
        ids |= {*facts_in(step).get("assigned", ()), *facts_in(step).get("barred", ())}
    return names_of(ids)


def timeline_of(steps: Sequence[Step], names: dict[int, str]) -> list[TimelineItem]:
    """Acts, the newest first; looks are listed by themselves."""
    rows = [step for step in steps if step.act not in LOOKS]
    return [
        TimelineItem(
            title=Act(step.act).did, at=step.at, who=_who(step, names), note=_said(step, names),
            kind="now" if number == 0 else "done", icon=ICONS.get(Act(step.act), "check"),
        )
        for number, step in enumerate(rows)
    ]  # fmt: skip


def _who(step: Step, names: dict[int, str]) -> str:
    return INFORMANT if step.actor_id is None else names.get(step.actor_id, "已删除的账号")


def _said(step: Step, names: dict[int, str]) -> str:
    facts, lines = facts_in(step), []
    for name, label in (("assigned", "分派给："), ("barred", "不让看的人：")):
        if facts.get(name):
            lines.append(label + "、".join(names.get(one, "") for one in facts[name]))
    if step.act == Act.TRANSFER:
        lines.append(_transfer_words(facts))
    if facts.get("result"):
        lines.append(f"结果：{Result(facts['result']).label}")
    lines += [step.note] if step.note else []
    lines += [f"告诉举报人：{step.told}"] if step.told else []
    lines += [DAMAGED] if step.facts == DAMAGED else []
    return "\n".join(lines)


def _transfer_words(facts: dict[str, Any]) -> str:
    found = transfer_in(facts)
    words = [f"移送给：{found.organ_name}（{found.organ}）", f"日期：{found.on}"]
    words += [f"文号：{found.document}"] if found.document else []
    words += [f"接收人：{found.receiver}"] if found.receiver else []
    return "，".join(words)


def transfer_in(facts: dict[str, Any]) -> Transfer:
    on = facts.get("on")
    organ = facts.get("organ", "")
    return Transfer(
        Organ(organ).label if organ in Organ.values else "", facts.get("organ_name", ""), facts.get("document", ""),
        date.fromisoformat(on) if on else None, facts.get("receiver", ""),
    )  # fmt: skip


def transfer_of(steps: Sequence[Step]) -> Transfer:
    """The newest transfer, or one with nothing filled in."""
    found = next((step for step in steps if step.act == Act.TRANSFER), None)
    return transfer_in(facts_in(found) if found is not None else {})


def looks_of(steps: Sequence[Step], names: dict[int, str]) -> list[Looked]:
    return [Looked(_who(step, names), step.at, Act(step.act).did) for step in steps if step.act in LOOKS]


def barred_names(steps: Sequence[Step], names: dict[int, str]) -> list[str]:
    found = {one for step in steps for one in facts_in(step).get("barred", ())}
    return sorted(names.get(one, "") for one in found)


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    icon: str
    url: str
    css: str


def buttons_of(desk: Desk, clue: Clue, assigned: set[int]) -> list[Button]:
    """The first leads on."""
    found = [BY_ACT[act] for act in acts_for(desk, clue, assigned)]
    return [
        Button(
            spec.act.label, spec.icon, reverse(f"clues:{spec.slug}", args=[clue.county_id, clue.id]),
            "btn-primary" if number == 0 and len(found) > 2 else "btn-outline",
        )
        for number, spec in enumerate(found)
    ]  # fmt: skip
