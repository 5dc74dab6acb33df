"""Who is told on the way of a case: whoever has the next step, and the reporter."""

from typing import Final

from shanzhi.accounts.selectors import users_with
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import AT_HANDLER, State
from shanzhi.cases.models import Case, Step
from shanzhi.cases.telling import News, tells
from shanzhi.cases.topics import ASSIGNED, PROGRESS

NEXT_STEP: Final = {
    State.REPORTED: "等你受理",
    State.DISPATCHED: "派给你处理",
    State.HANDLING: "退回给你，请重新处理",
    State.RETURNED: "退回给你，请重新安排",
    State.HANDLED: "已处理，等你核查",
}
TO_REPORTER: Final = {
    Act.ACCEPT: "你上报的事已受理",
    Act.REJECT: "你上报的事不予受理",
    Act.VERIFY: "你上报的事已处理完，请评价",
    Act.CLOSE: "你上报的事已办结",
}


@tells(
    Act.REPORT, Act.ACCEPT, Act.REJECT, Act.DISPATCH, Act.HANDLE, Act.RETURN, Act.ESCALATE, Act.VERIFY, Act.CLOSE,
    Act.PASS,
)  # fmt: skip
def way(news: News) -> None:
    """A step that is overtaken calls nobody; news reach the reporter in any case."""
    case, step = news.case, news.step
    words = NEXT_STEP.get(State(step.to_state))
    if words:
        news.tell(whose_turn(case, step), f"{words}：{case.title}", step.text, topic=ASSIGNED)
    said = TO_REPORTER.get(Act(step.act))
    if said:
        said = said.replace("请评价", "请办结") if case.parent_id is not None else said
        news.tell([case.reporter_id], f"{said}：{case.title}", step.text, topic=PROGRESS)


def whose_turn(case: Case, step: Step | None = None) -> list[int]:
    """Those who can take the next step; nobody if the case has ended or moved on since `step`."""
    if not case.is_open or (step is not None and case.version != step.version):
        return []
    at = step.at if step is not None else None
    if case.turn_unit_id is not None:
        return users_with(permissions.HANDLE, at=at, unit_id=case.turn_unit_id)
    assert case.turn_area is not None
    permission = permissions.HANDLE if case.state in AT_HANDLER else permissions.ACCEPT
    return users_with(permission, at=at, area_path=case.turn_area.path, exact=True)


def in_charge(case: Case) -> list[int]:
    """The office of the level in charge."""
    return users_with(permissions.ACCEPT, area_path=case.owner_path, exact=True)
