"""What may be done with a case now, and by whom: one table for the buttons, the pages and the API.

The level in charge (`owner`) accepts, rejects, dispatches, escalates, verifies and closes; whoever has the turn as
handler takes it up, handles it or gives it back; the reporter may close with a rating. Where the level in charge is
silent, the level above may pull a case up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case
from shanzhi.lib.errors import Conflict, Forbidden

Posts = list[ActorPost]


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
    HANDLE = "handle", "handled", "填写处理结果", "处理完毕"
    RETURN = "return", "returned", "退回上一步", "退回"
    ESCALATE = "escalate", "escalated", "请上级办", "上报上级"
    VERIFY = "verify", "verified", "核查通过", "核查通过"
    CLOSE = "close", "closed", "办结", "办结"
    PASS = "pass", "passed", "转办", "区划并入，转给"

    @property
    def permission(self) -> str:
        """The permission that the act needs, wherever the case is."""
        return RULES[self].permission


UNDECIDED: Final = frozenset({State.REPORTED, State.ACCEPTED, State.RETURNED})
AT_HANDLER: Final = frozenset({State.DISPATCHED, State.HANDLING})


def _owner_posts(actor: Actor, case: Case, permission: str) -> Posts:
    """By path, not by id: after a merge the people of both places are at the same path."""
    return [p for p in actor.posts if p.unit_id is None and p.area_path == case.owner_path and p.allows(permission)]


def _handler_posts(actor: Actor, case: Case, permission: str) -> Posts:
    return [
        post
        for post in actor.posts
        if post.allows(permission)
        and (
            (post.unit_id is not None and post.unit_id == case.handler_unit_id)
            or (post.unit_id is None and post.area_id == case.handler_area_id)
        )
    ]


def _owner(permission: str) -> Callable[[Actor, Case], Posts]:
    return lambda actor, case: _owner_posts(actor, case, permission)


def _may_handle(actor: Actor, case: Case) -> Posts:
    if case.state in AT_HANDLER:
        return _handler_posts(actor, case, permissions.HANDLE)
    return _owner_posts(actor, case, permissions.HANDLE)


def _may_start(actor: Actor, case: Case) -> Posts:
    return _handler_posts(actor, case, permissions.HANDLE)


def _may_return(actor: Actor, case: Case) -> Posts:
    """The handler gives it back; the level in charge sends it to the handler again, or down where it came from."""
    if case.state in AT_HANDLER:
        return _handler_posts(actor, case, permissions.RETURN)
    if case.state in UNDECIDED and case.raised == 0:
        return []
    if case.state == State.HANDLED and case.handler_area_id is None and case.handler_unit_id is None:
        return []
    return _owner_posts(actor, case, permissions.RETURN)


def _may_escalate(actor: Actor, case: Case) -> Posts:
    if len(case.owner_path) <= WIDTH:  # the county is the highest level
        return []
    above = case.owner_path[:-WIDTH]
    return [
        post
        for post in actor.posts
        if post.unit_id is None and post.allows(permissions.ESCALATE) and post.area_path in (case.owner_path, above)
    ]


def _may_close(actor: Actor, case: Case) -> Posts:
    own = [p for p in actor.posts if p.id == case.reporter_post_id] or list(actor.posts[:1])
    if actor.user_id == case.reporter_id and own:
        return own
    return [p for p in _owner_posts(actor, case, permissions.VERIFY) if p.allows(permissions.CLOSE)]


@dataclass(frozen=True)
class Rule:
    """`states`: where the act is possible; `posts`: the actor's posts that may do it on this case."""

    permission: str
    states: frozenset[State]
    posts: Callable[[Actor, Case], Posts]


RULES: Final[dict[Act, Rule]] = {
    Act.ACCEPT: Rule(permissions.ACCEPT, frozenset({State.REPORTED}), _owner(permissions.ACCEPT)),
    Act.DISPATCH: Rule(permissions.DISPATCH, frozenset({State.ACCEPTED, State.RETURNED}), _owner(permissions.DISPATCH)),
    Act.START: Rule(permissions.HANDLE, frozenset({State.DISPATCHED}), _may_start),
    Act.HANDLE: Rule(permissions.HANDLE, frozenset({State.ACCEPTED, State.RETURNED, *AT_HANDLER}), _may_handle),
    Act.VERIFY: Rule(permissions.VERIFY, frozenset({State.HANDLED}), _owner(permissions.VERIFY)),
    Act.CLOSE: Rule(permissions.CLOSE, frozenset({State.VERIFIED}), _may_close),
    Act.ESCALATE: Rule(permissions.ESCALATE, UNDECIDED, _may_escalate),
    Act.RETURN: Rule(permissions.RETURN, frozenset({*UNDECIDED, *AT_HANDLER, State.HANDLED}), _may_return),
    Act.REJECT: Rule(permissions.REJECT, UNDECIDED, _owner(permissions.REJECT)),
}


def acts_for(actor: Actor, case: Case) -> list[Act]:
    """What this person may do now, the next step first; empty for a case that has ended."""
    return [act for act, rule in RULES.items() if case.state in rule.states and rule.posts(actor, case)]


def require(actor: Actor, case: Case, act: Act) -> ActorPost | None:
    """The post under which the act is done (None for the system).

    Conflict in a state that does not know the act; Forbidden when it is another's turn. The permission as such has
    been asked for before the version was compared.
    """
    rule = RULES[act]
    if case.state not in rule.states:
        label = State(case.state).label
        raise Conflict(f"这件事现在是“{label}”，不能{act.label.rstrip('…')}，请刷新后再看。", code="wrong_state")
    if actor.is_system:
        return None
    posts = rule.posts(actor, case)
    if not posts:
        raise Forbidden("这件事现在不归你的岗位办，要看谁在办请看“经过”。", code="not_your_turn")
    return posts[0]
