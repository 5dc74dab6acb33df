"""Who is told when a case moves: whoever has the next step, and the reporter."""

from typing import Any

from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.accounts.selectors import users_with
from shanzhi.areas.events import MERGED
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.acts import AT_HANDLER, Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.events import EVENTS
from shanzhi.cases.models import Case, Step
from shanzhi.cases.services import cases_pass_on
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe

NEXT_STEP = {
    State.REPORTED: "等你受理",
    State.DISPATCHED: "派给你处理",
    State.HANDLING: "退回给你，请重新处理",
    State.RETURNED: "退回给你，请重新安排",
    State.HANDLED: "已处理，等你核查",
}
TO_REPORTER = {
    Act.ACCEPT: "你上报的事已受理",
    Act.REJECT: "你上报的事不予受理",
    Act.VERIFY: "你上报的事已处理完，请评价",
    Act.CLOSE: "你上报的事已办结",
}


def tell(event: OutboxEvent) -> None:
    """One notice to each person concerned, except whoever did the step. A step that is overtaken calls nobody."""
    case = Case.objects.select_related("turn_area").get(id=event.subject_id)
    step = Step.objects.get(id=int(event.data["step"]))
    path = reverse("cases:case", args=[case.county_id, case.number])
    words = NEXT_STEP.get(State(step.to_state))
    called = set(_whose_turn(case, step)) - {step.actor_id} if words and step.act != Act.START else set()
    common: dict[str, Any] = {
        "path": path,
        "event_id": event.id,
        "at": event.at,
        "object_type": "cases.case",
        "object_id": case.id,
    }
    notice_send(recipients=called, title=f"{words}：{case.title}", body=step.text, **common)
    news = TO_REPORTER.get(Act(step.act))
    if news and case.reporter_id not in {step.actor_id, *called}:
        told = [case.reporter_id]
        notice_send(recipients=told, title=f"{news}：{case.title}", body=step.text, **common)


def _whose_turn(case: Case, step: Step) -> list[int]:
    if case.version != step.version or not case.is_open:
        return []
    if case.turn_unit_id is not None:
        return users_with(permissions.HANDLE, at=step.at, unit_id=case.turn_unit_id)
    assert case.turn_area is not None
    permission = permissions.HANDLE if case.state in AT_HANDLER else permissions.ACCEPT
    return users_with(permission, at=step.at, area_path=case.turn_area.path, exact=True)


@subscribe(MERGED)
def pass_on(event: OutboxEvent) -> None:
    """Open cases of a merged place go on at its successor."""
    old, new = Area.objects.get(id=event.subject_id), Area.objects.get(id=int(event.data["into"]))
    cases_pass_on(actor=Actor.system(event.county_id), old=old, new=new, at=event.at)


for _event in EVENTS.values():
    subscribe(_event)(tell)
