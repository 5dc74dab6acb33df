"""Which act is possible on a line, and by whom: buttons, pages and API read it, so they can't differ."""

from typing import Final

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.duties.catalogue import FROM, ISSUERS_ACTS, RECEIVERS_ACTS, Act, State
from shanzhi.duties.models import Line
from shanzhi.duties.offices import issuing_post, receiving_post
from shanzhi.duties.permissions import ISSUE, RECEIVE
from shanzhi.lib.errors import Conflict, Forbidden

NOT_YOURS: Final = "这一行不是交给你的岗位办的，由“{name}”的人来办。"
NOT_ISSUER: Final = "只有交办单位（{office}）能{act}，别人只能看。"
ASKED: Final = "已经申请过延期，请等交办单位答复。"
NOT_ASKED: Final = "现在没有等你答复的延期申请。"


def permission_of(act: Act) -> str:
    return ISSUE if act in ISSUERS_ACTS else RECEIVE


def post_for(actor: Actor, line: Line, act: Act) -> ActorPost | None:
    """The post under which this person may do it: of the line's office, or of the office that issued it."""
    return receiving_post(actor, line) if act in RECEIVERS_ACTS else issuing_post(actor, line.duty)


def why_not(line: Line, act: Act) -> str:
    """Why the line as it is does not allow it; empty if it does."""
    if line.state not in FROM[act]:
        return f"“{line.name}”现在是“{State(line.state).label}”，不能{act.label}。"
    if act is Act.ASK and line.asked_until is not None:
        return ASKED
    if act in (Act.GRANT, Act.REFUSE) and line.asked_until is None:
        return NOT_ASKED
    return ""


def acts_for(actor: Actor, line: Line) -> list[Act]:
    """What this person can do with the line now, in the order of the buttons. The line is read with its instruction."""
    asked = (*RECEIVERS_ACTS, *ISSUERS_ACTS)
    sides = {act: post_for(actor, line, act) for act in (RECEIVERS_ACTS[0], ISSUERS_ACTS[0])}
    mine = {act for act in asked if sides[RECEIVERS_ACTS[0] if act in RECEIVERS_ACTS else ISSUERS_ACTS[0]] is not None}
    return [act for act in asked if act in mine and not why_not(line, act)]


def require(actor: Actor, line: Line, act: Act) -> ActorPost:
    """The post for the act. Forbidden for other offices, then Conflict where the state does not allow it."""
    actor.require(permission_of(act))
    post = post_for(actor, line, act)
    if post is None:
        words = NOT_YOURS if act in RECEIVERS_ACTS else NOT_ISSUER
        raise Forbidden(words.format(name=line.name, office=line.duty.office, act=act.label), code="not_your_office")
    reason = why_not(line, act)
    if reason:
        raise Conflict(reason, code="wrong_state")
    return post
