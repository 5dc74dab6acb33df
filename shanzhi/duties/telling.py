"""Who is told of what: the receiving office of what concerns it, the issuing office of every answer."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Final

from django.urls import reverse

from shanzhi.cases.badge import moment_words
from shanzhi.duties.catalogue import Act
from shanzhi.duties.models import Line, LineStep
from shanzhi.duties.offices import issuers_of, receivers_of
from shanzhi.duties.topics import ANSWERED, DUE, GIVEN
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.models import OutboxEvent

# Title and text for the receiving office; what is not here it is not told of.
RECEIVER: Final[dict[Act, tuple[str, str]]] = {
    Act.ISSUE: ("新交办", "{office}交办，请先签收，在 {due} 前办完并报结。"),
    Act.GRANT: ("同意延期", "时限延到 {due}。"),
    Act.REFUSE: ("没有同意延期", "时限还是 {due}。{text}"),
    Act.SEND_BACK: ("退回重办", "{office}退回：{text}"),
    Act.STRIKE: ("已销号", "{name}报结的，{office}已经销号。"),
    Act.WITHDRAW: ("交办已撤回", "不用办了。{text}"),
    Act.PASS: ("交办转到你处", "{text}请在 {due} 前办完。"),
}
ISSUER: Final[dict[Act, tuple[str, str]]] = {
    Act.DONE: ("已报结，等你销号", "{name}：{text}"),
    Act.DECLINE: ("说不归自己办", "{name}：{text}"),
    Act.ASK: ("申请延期", "{name}申请延到 {until}：{text}"),
}


def tell(event: OutboxEvent) -> None:
    """One notice to each person of the office that the act concerns, except whoever did it."""
    step = LineStep.objects.select_related("line__duty__area", "line__area").get(id=int(event.data["step"]))
    line, act = step.line, Act(step.act)
    if act in RECEIVER:
        words, people, topic = RECEIVER[act], receivers_of(line, at=event.at), GIVEN
    elif act in ISSUER:
        words, people, topic = ISSUER[act], issuers_of(line.duty, at=event.at), ANSWERED
    else:
        return
    said = {
        "office": line.duty.office, "name": line.name, "text": step.text, "due": moment_words(step.due_at, event.at),
        "until": moment_words(step.asked_until, event.at) if step.asked_until is not None else "",
    }  # fmt: skip
    title, body = (text.format_map(said) for text in words)
    send(line, people - {step.actor_id or 0}, title, body, topic=topic, event_id=event.id, at=event.at)


def send(line: Line, people: Iterable[int], title: str, body: str, *, topic: str, event_id: int, at: datetime) -> None:
    wanted = sorted(people)
    if wanted:
        notice_send(
            recipients=wanted, title=f"{title}：{line.duty.title}", body=body,
            path=reverse("duties:line", args=[line.county_id, line.id]), event_id=event_id, at=at,
            object_type="duties.line", object_id=line.id, topic=topic, urgent=line.duty.urgent,
        )  # fmt: skip


def remind(line: Line, at: datetime) -> None:
    """That the limit is near, or was passed; in the second case the issuing office is told too."""
    late = line.due_at < at
    due = moment_words(line.due_at, at)
    number = _number(line, late)
    people = receivers_of(line, at=at)
    if late:
        send(line, people, "交办已超期", f"时限 {due} 已过，还没有报结，请马上办。", topic=DUE, event_id=number, at=at)
        others = issuers_of(line.duty, at=at) - people
        send(line, others, "交办已超期", f"{line.name}到 {due} 还没有报结。", topic=DUE, event_id=number, at=at)
    else:
        send(line, people, "交办快到期", f"时限 {due}，还没有报结，请抓紧办。", topic=DUE, event_id=number, at=at)


def _number(line: Line, late: bool) -> int:
    """One number for one warning of one limit, whoever tells of it."""
    said = f"duties.line:{line.id}:{line.due_at.timestamp():.0f}:{late}"
    return int.from_bytes(blake2b(said.encode(), digest_size=8).digest(), "big") >> 1
