"""Acts of officers on a clue, and their looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.clues.catalogue import ACTS, FROM, HANDLERS, LEADS, Act, Organ, Result, State, state_after
from shanzhi.clues.models import Assignee, Clue, ClueOfficer
from shanzhi.clues.selectors import Desk, assigned_now, barred_among, clue_get_for, last_look, officers_now
from shanzhi.clues.services.steps import once, step_write, tell_officers
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.tenancy.ids import id_of

TEXT: Final = 2000
SHORT: Final[dict[str, int]] = {"organ_name": 60, "document": 60, "receiver": 60}
AGAIN: Final = timedelta(minutes=10)  # looks of the same officer within this time are one
STALE: Final = "刚刚有人办了这条线索，请看过最新的情况再办。"
# What an act can't do without, and what is said where it is left out; an act that is not here needs nothing.
NEEDED: Final[dict[Act, dict[str, str]]] = {
    Act.ASSIGN: {"officers": "请选分派给谁。"},
    Act.TRANSFER: {
        "organ": "请选移送给哪类机关。", "organ_name": "请写机关的全称。", "on": "请选移送的日期。",
    },
    Act.CONCLUDE: {"result": "请选核查的结果。", "note": "请写查了什么、怎么定的。"},
    Act.WAIT: {"note": "请写为什么暂缓、等什么。"}, Act.REOPEN: {"note": "请写为什么重新核查。"},
    Act.NOTE: {"note": "请写要记的内容。"}, Act.TELL: {"told": "请写要告诉举报人的话。"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """What is said with an act: `note` among officers, `told` to the informant; the rest belongs to single acts.

    `officers` are ids of officers' rows (assigning); `organ` to `receiver` of a transfer; `result` of a conclusion.
    """

    note: str = ""
    told: str = ""
    officers: Sequence[str] = field(default_factory=tuple)
    organ: str = ""
    organ_name: str = ""
    document: str = ""
    on: date | None = None
    receiver: str = ""
    result: str = ""


def may(desk: Desk, act: Act, assigned: set[int]) -> bool:
    """Whether it is this officer's to do: a lead's, or theirs to whom it is assigned."""
    return (desk.lead and act in LEADS) or (desk.user_id in assigned and act in HANDLERS)


def why_not(clue: Clue, act: Act) -> str:
    if clue.state in FROM[act]:
        return ""
    return f"这条线索现在是“{State(clue.state).label}”，不能{act.label}。"


def acts_for(desk: Desk, clue: Clue, assigned: set[int]) -> list[Act]:
    """In the order of the buttons."""
    return [act for act in ACTS if may(desk, act, assigned) and not why_not(clue, act)]


def assigned_to(clue: Clue) -> set[int]:
    named = ClueOfficer.objects.filter(user_id=OuterRef("user_id"), ended_at=None, appointed_at__lte=OuterRef("at"))
    return set(Assignee.objects.filter(Exists(named), clue_id=clue.id).values_list("user_id", flat=True))


def clue_act(
    *, desk: Desk, clue_id: int, act: Act, version: int, deed: Deed, key: str | None = None,
    at: datetime | None = None,
) -> Clue:  # fmt: skip
    """One act on a clue as it was seen. Order of refusal: 404, 403, 409 (another was quicker, wrong state), 422."""
    at = at or timezone.now()
    with atomic():
        clue = clue_get_for(desk, clue_id, at=at, lock=True)
        body = {name: getattr(deed, name) for name in Deed.__dataclass_fields__} | {"version": version, "clue": clue_id}
        done = once(key=key, who=desk.user_id, operation=act.value, body=body, result_id=clue_id, at=at)
        if done is not None:
            return clue
        require(desk, clue, act, assigned_to(clue), version=version)
        officers = officers_now(at=at)
        faults, facts, chosen = _read(clue, act, deed, officers, at)
        if faults:
            raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
        clue.state = state_after(act, clue.state)
        changed = Clue.objects.filter(id=clue.id, version=version).update(
            state=clue.state, version=F("version") + 1, last_at=at
        )
        if not changed:
            raise Stale(STALE)
        new = _assign(clue, chosen, at) if act is Act.ASSIGN else set()
        step = step_write(
            clue, act, actor_id=desk.user_id, at=at, note=deed.note.strip(), told=deed.told.strip(), facts=facts
        )
        tell_officers(new, step)
        clue.version, clue.last_at = version + 1, at
    return clue


def require(desk: Desk, clue: Clue, act: Act, assigned: set[int], *, version: int | None = None) -> None:
    """Forbidden, then Conflict."""
    if not may(desk, act, assigned):
        whose = "牵头人" if act in LEADS and act not in HANDLERS else "分派到的专办员"
        raise Forbidden(f"只有{whose}能{act.label}。", code="not_yours")
    if version is not None and version != clue.version:
        raise Stale(STALE)
    reason = why_not(clue, act)
    if reason:
        raise Conflict(reason, code="wrong_state")


Faults = dict[str, list[str]]


def _read(
    clue: Clue, act: Act, deed: Deed, officers: Sequence[ClueOfficer], at: datetime
) -> tuple[Faults, dict[str, Any], list[ClueOfficer]]:
    """Sentences by field, what the step says beside its words, and the officers that were chosen."""
    faults: Faults = {}
    for name in ("note", "told"):
        if len(getattr(deed, name).strip()) > TEXT:
            faults[name] = [f"最多写 {TEXT:,} 字，请删减。"]
    for name, sentence in NEEDED.get(act, {}).items():
        value = getattr(deed, name)
        if not (value.strip() if isinstance(value, str) else value):
            faults[name] = [sentence]
    facts: dict[str, Any] = {}
    chosen: list[ClueOfficer] = []
    if act is Act.ASSIGN:
        chosen = _chosen(clue, deed, officers, faults)
        facts = {"assigned": sorted(int(one.user_id) for one in chosen)}
    elif act is Act.TRANSFER:
        facts = _transfer(deed, faults, at)
    elif act is Act.CONCLUDE:
        facts = {"result": deed.result}
        if deed.result and deed.result not in Result.values:
            faults["result"] = [NEEDED[act]["result"]]
        if deed.result == Result.TRANSFERRED and clue.state != State.TRANSFERRED:
            faults["result"] = ["还没有移送，请先办移送，或者选别的结果。"]
    return faults, facts, chosen


def _chosen(clue: Clue, deed: Deed, officers: Sequence[ClueOfficer], faults: Faults) -> list[ClueOfficer]:
    wanted = {id_of(one) for one in deed.officers}
    barred = barred_among(clue, officers)
    free = {one.id: one for one in officers if one.user_id not in barred}
    if wanted - free.keys():
        faults["officers"] = ["选的人里有人已不在专办台，请重新选。"]
    return [one for one in free.values() if one.id in wanted]


def _transfer(deed: Deed, faults: Faults, at: datetime) -> dict[str, Any]:
    texts = {name: getattr(deed, name).strip() for name in SHORT}
    for name, most in SHORT.items():
        if len(texts[name]) > most:
            faults[name] = [f"最多写 {most} 字，请删减。"]
    if deed.organ and deed.organ not in Organ.values:
        faults["organ"] = [NEEDED[Act.TRANSFER]["organ"]]
    if deed.on is not None and not date(2000, 1, 1) <= deed.on <= timezone.localdate(at):
        faults["on"] = ["移送的日期不能晚于今天，请重新选。"]
    return {"organ": deed.organ, "on": deed.on.isoformat() if deed.on else "", **texts}


def _assign(clue: Clue, chosen: Sequence[ClueOfficer], at: datetime) -> set[int]:
    """Those who are chosen and no others; returns who is new."""
    wanted, kept = {int(one.user_id) for one in chosen}, assigned_now(clue, chosen)
    Assignee.objects.filter(clue_id=clue.id).exclude(user_id__in=kept).delete()
    Assignee.objects.bulk_create([Assignee(clue=clue, user_id=one, at=at) for one in sorted(wanted - kept)])
    return wanted - kept


def clue_look(*, desk: Desk, clue_id: int, act: Act = Act.LOOK, at: datetime | None = None) -> Clue:
    """Read a clue: the look is a step. Looks of one officer within ten minutes are one."""
    at = at or timezone.now()
    with atomic():
        clue = clue_get_for(desk, clue_id, at=at, lock=True)
        last = last_look(clue, desk, act)
        if last is None or at - last.at >= AGAIN:
            step_write(clue, act, actor_id=desk.user_id, at=at)
    return clue
