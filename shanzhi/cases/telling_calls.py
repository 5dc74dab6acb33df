"""Who is told of whistles: the units that are called, at once and at night too; then whoever called them."""

from datetime import datetime
from typing import Final

from django.db.transaction import atomic
from django.urls import reverse

from shanzhi.accounts.selectors import users_with
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.seeing import told_among
from shanzhi.cases.telling import News, tells
from shanzhi.cases.telling_way import in_charge
from shanzhi.cases.topics import WHISTLED
from shanzhi.notices.services import notice_send

BATCH: Final = 200


@tells(Act.WHISTLE)
def whistled(news: News) -> None:
    """Everybody who handles for a called unit."""
    for call in Assignment.objects.filter(call_id=news.step.id).select_related("unit"):
        if call.ended_at is None and call.unit_id is not None:
            people = users_with(permissions.HANDLE, unit_id=call.unit_id, at=news.event.at)
            title = f"吹哨，请到现场：{news.case.title}"
            news.tell(people, title, f"{news.step.target}。{call.task}", topic=WHISTLED, urgent=True)


@tells(Act.ARRIVE, Act.FINISH)
def present(news: News) -> None:
    """Whoever called, and the office in charge."""
    words = "已报到" if news.step.act == Act.ARRIVE else "已办完自己的部分"
    title = f"{news.step.target}{words}：{news.case.title}"
    news.tell([*_caller(news), *in_charge(news.case)], title, news.step.text, topic=WHISTLED)


@tells(Act.DISMISS)
def dismissed(news: News) -> None:
    """The units that need not come any more."""
    ended = Assignment.objects.filter(case_id=news.case.id, ended_at=news.step.at, state=Assignment.State.LEFT)
    for call in ended:
        if call.unit_id is not None:
            people = users_with(permissions.HANDLE, unit_id=call.unit_id, at=news.event.at)
            news.tell(people, f"不用再来现场：{news.case.title}", news.step.text, topic=WHISTLED)


def _caller(news: News) -> list[int]:
    call = Assignment.objects.filter(id=int(news.event.data.get("call", 0))).first()
    step = Step.objects.filter(id=call.call_id).first() if call is not None else None
    return [step.actor_id] if step is not None and step.actor_id else []


def missing_told(*, at: datetime) -> int:
    """Tell of units that should have reported in by now: the unit itself and the office in charge, once each."""
    told = 0
    with atomic():
        late = list(
            Assignment.objects.filter(
                ended_at=None, state=Assignment.State.CALLED, missed_at=None, arrive_by__lt=at
            ).select_related("unit")[:BATCH]
        )
    for call in late:
        with atomic():
            mine = Assignment.objects.filter(id=call.id, missed_at=None, state=Assignment.State.CALLED)
            if mine.update(missed_at=at):
                _tell_missing(call, at)
                told += 1
    return told


def _tell_missing(call: Assignment, at: datetime) -> None:
    case = Case.objects.get(id=call.case_id)
    people = set(in_charge(case))
    if call.unit_id is not None:
        people |= set(users_with(permissions.HANDLE, unit_id=call.unit_id, at=at))
    notice_send(
        recipients=told_among(case, people, at=at), title=f"{call.who}没有按时报到：{case.title}", body=call.task,
        path=reverse("cases:case", args=[case.county_id, case.number]), event_id=call.id, at=at,
        object_type="cases.case", object_id=case.id, topic=WHISTLED, urgent=True,
    )  # fmt: skip
