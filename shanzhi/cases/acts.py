"""What may be done with a case now, and by whom: one table for the buttons, the pages and the API.

The level in charge (`owner`) decides: it accepts, rejects, dispatches, escalates, verifies, closes, suspends, splits
and merges. Whoever has the turn as handler takes it up, handles it, asks for time or gives it back. The reporter may
close with a rating, or reopen once. A level above pulls up what lies still, supervises, and decides on more time for
the level below. Which acts a kind does without is its own (`acts_off`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.cases import permissions, turns
from shanzhi.cases.catalogue import AT_HANDLER, DECIDING, ENDED, OPEN, UNDECIDED, State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Assignment, Case
from shanzhi.lib.errors import Conflict, Forbidden

NOT_PUBLIC: Final = "这一类事不对外公开，不能写公开摘要。"


class Act(StrEnum):
    """`past` names the event and the trail code, `label` the verb on the button, `done` the line in the timeline."""

    past: str
    label: str
    done: str

    def __new__(cls, value: str, past: str = "", label: str = "", done: str = "") -> "Act":
        member = str.__new__(cls, value)
        member._value_ = value
        member.past, member.label, member.done = past, label, done
        return member

    REPORT = "report", "reported", "上报", "上报"
    ACCEPT = "accept", "accepted", "受理", "受理"
    REJECT = "reject", "rejected", "不予受理", "不予受理"
    DISPATCH = "dispatch", "dispatched", "派给…", "派给"
    START = "start", "started", "开始处理", "开始处理"
    STAGE = "stage", "staged", "进入下一环节", "进入环节："
    HANDLE = "handle", "handled", "填写处理结果", "处理完毕"
    RELEASE = "release", "released", "放回待办池", "放回待办池"
    RETURN = "return", "returned", "退回上一步", "退回"
    ESCALATE = "escalate", "escalated", "请上级办", "上报上级"
    VERIFY = "verify", "verified", "核查通过", "核查通过"
    CLOSE = "close", "closed", "办结", "办结"
    REOPEN = "reopen", "reopened", "重新办理", "重新办理"
    SUSPEND = "suspend", "suspended", "挂账", "挂账"
    RESUME = "resume", "resumed", "恢复办理", "恢复办理"
    ASK = "ask", "asked", "申请延期", "申请延期"
    GRANT = "grant", "granted", "同意延期", "同意延期"
    REFUSE = "refuse", "refused", "不同意延期", "不同意延期"
    SUPERVISE = "supervise", "supervised", "督办", "督办"
    ANSWER = "answer", "answered", "回复督办", "回复督办"
    WHISTLE = "whistle", "whistled", "吹哨", "吹哨，请"
    ARRIVE = "arrive", "arrived", "报到", "报到"
    FINISH = "finish", "finished", "我方办完", "办完自己的部分"
    DISMISS = "dismiss", "dismissed", "让对方离场", "离场："
    SPLIT = "split", "split", "拆分", "拆分为"
    PART = "part", "part_ended", "分件办结", "分件"
    MERGE = "merge", "merged", "合并到…", "并入"
    UNMERGE = "unmerge", "unmerged", "撤销合并", "撤销合并"
    ABSORB = "absorb", "absorbed", "并入本件", "有事并入："
    CLASSIFY = "classify", "classified", "改类别", "改为"
    NOTE = "note", "noted", "写备注", "备注"
    CONTACT = "contact", "contacted", "联系反映人…", "联系反映人"
    ADD = "add", "added", "补充情况", "补充情况"
    MODERATE = "moderate", "moderated", "处理内容", "处理了"
    PUBLISH = "publish", "published", "公开摘要…", "公开摘要"
    PASS = "pass", "passed", "转办", "区划并入，转给"
    RECKON = "reckon", "reckoned", "重算时限", "节假日表改了，重算时限"

    @property
    def permission(self) -> str:
        """The permission that the act needs, wherever the case is."""
        return RULES[self].permission


ALL: Final = frozenset(State)
ALIVE: Final = frozenset(OPEN)
# Acts that read no decision off a version: who does them stands beside the case, not in its turn.
BESIDE: Final = frozenset({
    Act.ARRIVE, Act.FINISH, Act.DISMISS, Act.NOTE, Act.CONTACT, Act.ADD, Act.PART, Act.ABSORB, Act.MODERATE,
    Act.PUBLISH,
})  # fmt: skip
# What may be done but is not what comes next: it stands behind the three dots.
SIDE: Final = frozenset({
    Act.ESCALATE, Act.WHISTLE, Act.DISMISS, Act.ASK, Act.SUSPEND, Act.SUPERVISE, Act.RELEASE, Act.CLASSIFY, Act.SPLIT,
    Act.MERGE, Act.UNMERGE, Act.REOPEN, Act.NOTE, Act.CONTACT, Act.MODERATE, Act.PUBLISH,
})  # fmt: skip
# What waits until every part has ended.
WHOLE: Final = frozenset({
    Act.HANDLE, Act.DISPATCH, Act.MERGE, Act.SUSPEND, Act.VERIFY, Act.CLOSE, Act.REJECT,
})  # fmt: skip
# Acts that nobody does by a button of their own.
INNER: Final = frozenset({Act.REPORT, Act.PASS, Act.PART, Act.ABSORB, Act.RECKON, Act.ADD})
# What somebody without an account does by the receipt, on the public pages of `residents`.
BY_RECEIPT: Final = frozenset({Act.CLOSE, Act.REOPEN, Act.ADD})


@dataclass(frozen=True)
class Rule:
    """`states`: where the act is possible; `posts`: the actor's posts that may do it on this case."""

    permission: str
    states: frozenset[State]
    posts: Callable[[Actor, Case], turns.Posts]


P = permissions
RULES: Final[dict[Act, Rule]] = {
    Act.ACCEPT: Rule(P.ACCEPT, frozenset({State.REPORTED}), turns.owner(P.ACCEPT)),
    Act.DISPATCH: Rule(P.DISPATCH, DECIDING, turns.owner(P.DISPATCH)),
    Act.START: Rule(P.HANDLE, frozenset({State.DISPATCHED}), turns.handler(P.HANDLE)),
    Act.STAGE: Rule(P.HANDLE, frozenset({State.HANDLING}), turns.handler(P.HANDLE)),
    Act.HANDLE: Rule(P.HANDLE, frozenset({*DECIDING, *AT_HANDLER}), turns.turn(P.HANDLE)),
    Act.VERIFY: Rule(P.VERIFY, frozenset({State.HANDLED}), turns.owner(P.VERIFY)),
    Act.CLOSE: Rule(P.CLOSE, frozenset({State.VERIFIED}), turns.may_close),
    Act.ANSWER: Rule(P.ANSWER, ALIVE, turns.may_answer),
    Act.GRANT: Rule(P.GRANT, ALIVE, turns.may_grant),
    Act.REFUSE: Rule(P.GRANT, ALIVE, turns.may_grant),
    Act.RESUME: Rule(P.SUSPEND, frozenset({State.SUSPENDED}), turns.owner(P.SUSPEND)),
    Act.ESCALATE: Rule(P.ESCALATE, UNDECIDED, turns.may_escalate),
    Act.RETURN: Rule(P.RETURN, frozenset({*UNDECIDED, *AT_HANDLER, State.HANDLED}), turns.may_return),
    Act.WHISTLE: Rule(P.WHISTLE, ALIVE - {State.VERIFIED, State.SUSPENDED}, turns.may_whistle),
    Act.ARRIVE: Rule(P.HANDLE, ALIVE, turns.at_unit(P.HANDLE)),
    Act.FINISH: Rule(P.HANDLE, ALIVE, turns.at_unit(P.HANDLE)),
    Act.DISMISS: Rule(P.WHISTLE, ALIVE, turns.may_whistle),
    Act.ASK: Rule(P.ASK, frozenset({*DECIDING, *AT_HANDLER}), turns.turn(P.ASK)),
    Act.SUSPEND: Rule(P.SUSPEND, frozenset({*DECIDING, *AT_HANDLER}), turns.owner(P.SUSPEND)),
    Act.SUPERVISE: Rule(P.SUPERVISE, ALIVE - {State.SUSPENDED}, turns.may_supervise),
    Act.RELEASE: Rule(P.HANDLE, frozenset({State.HANDLING}), turns.handler(P.HANDLE)),
    Act.CLASSIFY: Rule(P.CLASSIFY, UNDECIDED, turns.owner(P.CLASSIFY)),
    Act.SPLIT: Rule(P.SPLIT, DECIDING, turns.owner(P.SPLIT)),
    Act.MERGE: Rule(P.MERGE, frozenset({*UNDECIDED, *AT_HANDLER}), turns.owner(P.MERGE)),
    Act.UNMERGE: Rule(P.MERGE, frozenset({State.MERGED}), turns.owner(P.MERGE)),
    Act.REJECT: Rule(P.REJECT, UNDECIDED, turns.owner(P.REJECT)),
    Act.REOPEN: Rule(P.REOPEN, frozenset({State.CLOSED}), turns.may_reopen),
    Act.NOTE: Rule(P.NOTE, ALL - {State.MERGED}, turns.inside(P.NOTE)),
    Act.CONTACT: Rule(P.CONTACT, ALL - {State.MERGED}, lambda actor, case: turns.dealing_posts(actor, case, P.CONTACT)),
    Act.MODERATE: Rule(P.MODERATE, ALL, turns.owner(P.MODERATE)),
    Act.PUBLISH: Rule(P.PUBLISH, ALL - {State.MERGED, State.REJECTED}, turns.owner(P.PUBLISH)),
    Act.ADD: Rule(P.ADD, ALIVE, turns.nobody),
    Act.PART: Rule(P.SPLIT, ALIVE, turns.nobody),
    Act.ABSORB: Rule(P.MERGE, ALIVE, turns.nobody),
    Act.RECKON: Rule(P.SUSPEND, ALIVE - {State.SUSPENDED}, turns.nobody),
}


def is_possible(case: Case, act: Act) -> bool:
    """Whether the state and the kind of the case know the act at all, whoever asks."""
    if case.state not in RULES[act].states or act.value in kind_of(case).acts_off:
        return False
    if case.parts and act in WHOLE:
        return False  # it waits for its parts
    if act == Act.CONTACT:
        return turns.has_teller(case)
    if act == Act.PUBLISH:
        return is_open_to_all(case)
    if act == Act.STAGE:
        return bool(kind_of(case).next_stages(case.stage))
    if act == Act.HANDLE and case.stage:
        return not kind_of(case).next_stages(case.stage)
    return not (act == Act.ASK and case.asking)


def is_open_to_all(case: Case) -> bool:
    """Whether the public may know that there is this case."""
    return case.is_public and not case.seen_by


def by_receipt(actor: Actor, case: Case, act: Act) -> bool:
    """Whether the actor holds the case's receipt for this act: without any post, and reopening only once."""
    held = actor.receipt_of == case.id and act in BY_RECEIPT and actor.can(act.permission)
    return held and (act == Act.ADD or turns.rates(actor, case)) and not (act == Act.REOPEN and case.reopened)


def acts_for(actor: Actor, case: Case, calls: Sequence[Assignment] = ()) -> list[Act]:
    """What this person may do now, the next step first. `calls` are the case's open whistles, where they are known."""
    acts = [
        act
        for act, rule in RULES.items()
        if is_possible(case, act) and (rule.posts(actor, case) or by_receipt(actor, case, act))
    ]
    mine = [c for c in calls if any(p.unit_id is not None and p.unit_id == c.unit_id for p in actor.posts)]
    beside = {
        Act.ARRIVE: any(call.state == Assignment.State.CALLED for call in mine),
        Act.FINISH: any(call.state == Assignment.State.ARRIVED for call in mine),
        Act.DISMISS: bool(calls),
    }
    return [act for act in acts if beside.get(act, True)]


def require(actor: Actor, case: Case, act: Act) -> ActorPost | None:
    """The post under which the act is done (None for the system, and for who does it by the receipt).

    Conflict in a state that does not know the act; Forbidden when it is another's turn. The permission as such has
    been asked for before the version was compared.
    """
    if not is_possible(case, act):
        if act == Act.CONTACT and not turns.has_teller(case):
            raise Conflict("这件事是工作人员自己上报的，没有反映人要联系。", code="nobody_told")
        label, verb = State(case.state).label, act.label.rstrip("…")
        if case.parts and case.state not in ENDED:
            raise Conflict(f"这件事还有 {case.parts} 个分件没办完，办完再{verb}。", code="parts_open")
        if act == Act.PUBLISH and not is_open_to_all(case):
            raise Conflict(NOT_PUBLIC, code="not_public")
        raise Conflict(f"这件事现在是“{label}”，不能{verb}，请刷新后再看。", code="wrong_state")
    if actor.is_system or by_receipt(actor, case, act):
        return None
    posts = RULES[act].posts(actor, case)
    if not posts:
        raise Forbidden("这件事现在不归你的岗位办，要看谁在办请看“经过”。", code="not_your_turn")
    return posts[0]
