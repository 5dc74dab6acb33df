"""Drawing a sample, and writing down what was said."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.callbacks.selectors import callable_cases, callback_of, had_a_part
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import CallBack, Case, Draw
from shanzhi.cases.rates.periods import between
from shanzhi.cases.services import case_act
from shanzhi.cases.services.engine import held
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record, record_bulk

MOST: Final = 500
TRIES: Final = 3
WORDS: Final = 500
CALLER: Final = 160
REACHED, MISSED, REFUSED = "reached", "missed", "refused"
OUTCOMES: Final = {REACHED: "接通了，回答了", MISSED: "没接通", REFUSED: "接通了，不愿回答"}
STALE: Final = "刚刚有人记过这件的回访，请看上面的结果再决定，你写的内容还在。"
PART: Final = "这件事你办过、核查过或上报过，回访要请没有经手的同事来做。"
NOBODY: Final = "这段时间、这个地方没有可以回访的事件了：要已办结、留了电话或由居民账号反映，而且还没列入过回访。"


def lot_of(seed: str, case_code: str) -> str:
    """The lot of a case: SHA-256 over seed, colon and the case's full number, in hexadecimal. The lowest are drawn."""
    return sha256(f"{seed}:{case_code}".encode()).hexdigest()


def drawn(actor: Actor, area: Area, first: date, last: date, *, seed: str) -> list[tuple[str, int]]:
    """(lot, case id) of all that may be called back, in the order of the lots; the same seed gives the same."""
    rows = callable_cases(actor, area, first, last).order_by().values_list("id", "county_id", "number")
    return sorted((lot_of(seed, f"{county:06d}-{number}"), case_id) for case_id, county, number in rows)


def draw_make(
    *, actor: Actor, area: Area, first: date, last: date, count: int | None = None, percent: int | None = None,
    key: str | None = None, at: datetime | None = None,
) -> Draw:  # fmt: skip
    """Draw so many, or so many per cent (rounded up), of the cases closed in these days; the seed is the system's.

    Nobody chooses the seed, so nobody chooses whom to call. A case is drawn once; the same key draws once.
    NotFound outside of the actor's places, Invalid for what makes no sample, Conflict where nobody is to be called.
    """
    at = at or timezone.now()
    actor.require(permissions.CALLBACKS)
    post = actor.post_for(permissions.CALLBACKS, path=area.path)
    if post is None and not actor.is_system:
        raise not_found()
    _checked(first, last, count, percent)
    draw_id = new_id()
    body = {"area": area.id, "first": str(first), "last": str(last), "count": count, "percent": percent}
    with atomic():
        earlier = claim(key=key, actor=actor, operation="cases.draw", body=body, result_id=draw_id)
        if earlier is not None:
            return Draw.objects.get(id=earlier)
        seed = secrets.token_hex(8)
        pool = drawn(actor, area, first, last, seed=seed)
        if not pool:
            raise Conflict(NOBODY, code="nobody_to_call")
        size = min(count if count is not None else -(-len(pool) * (percent or 0) // 100), len(pool), MOST)
        draw = Draw(
            id=draw_id, area=area, first_on=first, last_on=last, seed=seed, size=size, pool=len(pool),
            user_id=actor.user_id or 0, by=_signature(actor, post), at=at,
        )  # fmt: skip
        draw.save(force_insert=True)
        record(actor=actor, code="cases.draw.made", obj=draw, at=at, post=post)
        _opened(
            actor, post, [CallBack(case_id=case_id, draw=draw, lot=lot, opened_at=at) for lot, case_id in pool[:size]]
        )
    return draw


def _opened(actor: Actor, post: ActorPost | None, rows: list[CallBack]) -> None:
    try:
        with atomic():
            CallBack.objects.bulk_create(rows)
    except IntegrityError:
        raise Conflict("刚刚有人也在抽，抽到了同样的事件，请再抽一次。", code="drawn_meanwhile") from None
    record_bulk(actor=actor, code="cases.callback.opened", objs=rows, at=rows[0].opened_at, post=post)


def _checked(first: date, last: date, count: int | None, percent: int | None) -> None:
    faults: dict[str, list[str]] = {}
    if between(str(first), str(last)) is None:
        faults["last"] = ["办结日期要从早到晚，最长三年，请重新选。"]
    if (count is None) == (percent is None):
        faults["count"] = ["请写抽多少件，或者抽百分之几，两样写一样。"]
    elif count is not None and not 1 <= count <= MOST:
        faults["count"] = [f"一次抽 1 到 {MOST} 件，请重新填。"]
    elif percent is not None and not 1 <= percent <= 100:
        faults["percent"] = ["百分之几填 1 到 100，请重新填。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)


def _signature(actor: Actor, post: ActorPost | None) -> str:
    return f"{actor.name}，{post.title}"[:CALLER] if post is not None else actor.name


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of one call. With `reached` all three answers are there; `reopen` says why, if it is to go on."""

    outcome: str
    contacted_in_time: str = ""
    solved: bool | None = None
    satisfied: bool | None = None
    words: str = ""
    reopen: str = ""


def may_call(actor: Actor, case: Case) -> ActorPost | None:
    """The post under which this person calls; Forbidden elsewhere and for whoever had a part in the case."""
    actor.require(permissions.CALLBACKS)
    post = actor.post_for(permissions.CALLBACKS, path=case.area_path)
    if post is None and not actor.is_system:
        raise Forbidden("这件事不在你回访的范围内，请由当地的受理员回访。", code="outside_scope")
    if had_a_part(case, [actor.user_id or 0]):
        raise Forbidden(PART, code="not_independent")
    return post


def can_reopen(actor: Actor, case: Case) -> bool:
    """Whether this person may have it done once more."""
    return Act.REOPEN in acts_for(actor, case)


def callback_open(*, actor: Actor, case: Case, key: str | None = None, at: datetime | None = None) -> CallBack:
    """Put a closed case on the list without a draw. Once; Conflict where it is there, or nobody can be called."""
    at = at or timezone.now()
    post = may_call(actor, case)
    row_id = new_id()
    with atomic():
        if (
            claim(key=key, actor=actor, operation=f"cases.callback_open:{case.id}", body={}, result_id=row_id)
            is not None
        ):
            return CallBack.objects.get(case_id=case.id)
        now = held(case.id)[case.id]
        if callback_of(case) is not None:
            raise Conflict("这件已经在回访名单里，一件只回访一次。", code="listed_already")
        if now.state != State.CLOSED:
            label = State(now.state).label
            raise Conflict(f"这件事现在是“{label}”，办结以后才回访。", code="wrong_state")
        if not now.reachable or now.parent_id is not None:
            raise Conflict("这件事没有留下联系办法，不用回访。", code="nobody_to_call")
        row = CallBack(id=row_id, case=case, opened_at=at)
        _opened(actor, post, [row])
    return row


def callback_record(
    *, actor: Actor, case: Case, version: int, answers: Answers, key: str | None = None, at: datetime | None = None
) -> CallBack:
    """One call. The third in vain ends it as unreachable.

    Not solved can be reopened in the same transaction, with a reason, if that is still possible. Order of refusal:
    403 (elsewhere, or not independent), 409 (not listed, ended, another was quicker), 422.
    """
    at = at or timezone.now()
    post = may_call(actor, case)
    body = {name: getattr(answers, name) for name in Answers.__dataclass_fields__} | {"version": version}
    with atomic():
        claimed = claim(
            key=key, actor=actor, operation=f"cases.callback:{case.id}", body=body, result_id=case.id
        )  # fmt: skip
        if claimed is not None:
            return CallBack.objects.get(case_id=case.id)
        now = held(case.id)[case.id]
        row = _waiting(case, version)
        faults = faults_of(answers)
        if answers.reopen.strip() and not faults and not can_reopen(actor, now):
            faults["reopen"] = ["这件事现在不能重新办理（可能已经重新办理过一次），请去掉这一项。"]
        if faults:
            raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
        changes = _changes(actor, post, row, answers, at)
        if not CallBack.objects.filter(id=row.id, version=row.version).update(**changes):
            raise Stale(STALE, code="stale")
        for name, value in changes.items():
            setattr(row, name, value)
        record(actor=actor, code="cases.callback.recorded", obj=row, at=at, post=post)
        if answers.reopen.strip():
            fresh = Case.objects.select_related("owner__parent").get(id=case.id)
            case_act(actor=actor, case=fresh, act=Act.REOPEN, version=fresh.version, at=at, text=answers.reopen)
    return row


def _waiting(case: Case, version: int) -> CallBack:
    """The row that waits for a call, as it was seen."""
    row = callback_of(case)
    if row is None:
        raise Conflict("这件还没有列入回访，请先列入。", code="not_listed")
    if row.state != CallBack.State.WAITING:
        label = CallBack.State(row.state).label
        raise Conflict(f"这件已经回访过，结果是“{label}”，一件只回访一次。", code="called_already")
    if row.version != version:
        raise Stale(STALE, code="stale")
    return row


def faults_of(answers: Answers) -> dict[str, list[str]]:
    """Sentences by field."""
    faults: dict[str, list[str]] = {}
    if answers.outcome not in OUTCOMES:
        faults["outcome"] = ["请选这次电话打得怎样。"]
    if len(answers.words.strip()) > WORDS:
        faults["words"] = [f"最多写 {WORDS} 字，请删减。"]
    if answers.outcome == REACHED:
        if answers.contacted_in_time not in CallBack.InTime.values:
            faults["contacted_in_time"] = ["请选 24 小时内有没有人联系过。"]
        if answers.solved is None:
            faults["solved"] = ["请选问题解决了没有。"]
        if answers.satisfied is None:
            faults["satisfied"] = ["请选满意不满意。"]
    if answers.reopen.strip() and (answers.outcome != REACHED or answers.solved is not False):
        faults["reopen"] = ["只有反映人说没解决的，才能从回访里重新办理。"]
    return faults


def _changes(actor: Actor, post: ActorPost | None, row: CallBack, answers: Answers, at: datetime) -> dict[str, Any]:
    tries = row.tries + 1
    state = {REACHED: CallBack.State.DONE, REFUSED: CallBack.State.REFUSED}.get(answers.outcome, CallBack.State.WAITING)
    if state == CallBack.State.WAITING and tries >= TRIES:
        state = CallBack.State.UNREACHABLE
    done = state == CallBack.State.DONE
    return {
        "state": state, "tries": tries, "tried_at": at, "words": answers.words.strip(),
        "contacted_in_time": answers.contacted_in_time if done else "",
        "solved": answers.solved if done else None, "satisfied": answers.satisfied if done else None,
        "user_id": actor.user_id or None, "by": _signature(actor, post),
        "at": at if state != CallBack.State.WAITING else None, "version": row.version + 1,
    }  # fmt: skip
