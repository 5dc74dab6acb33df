"""Who hears of suspensions, extensions and supervisions, and what a new holiday table sets off."""

from collections.abc import Iterable

from shanzhi.access.actor import Actor
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Extension, Supervision
from shanzhi.cases.services.reckoning import JOB
from shanzhi.cases.telling import News, tells
from shanzhi.cases.topics import ASSIGNED, DUE, PROGRESS, SUPERVISED
from shanzhi.cases.whom import People
from shanzhi.jobs.services import enqueue
from shanzhi.packs.events import PUBLISHED, RETIRED
from shanzhi.packs.holidays import FAMILY as HOLIDAYS
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe


def _tell(news: News, recipients: Iterable[int | None], words: str, *, topic: str, body: str = "") -> None:
    people = [person for person in recipients if person is not None]
    news.tell(people, f"{words}：{news.case.title}", body or news.step.text, topic=topic)


@tells(Act.SUSPEND)
def suspended(news: News) -> None:
    """Whoever was handling it, and the reporter."""
    case, people = news.case, People(news.event.at)
    if case.handler_unit_id is not None:
        _tell(news, people.unit(case.handler_unit_id), "已挂账，先不用办", topic=ASSIGNED)
    elif case.handler_area is not None:
        _tell(news, people.place(case.handler_area.path), "已挂账，先不用办", topic=ASSIGNED)
    _tell(news, [case.reporter_id], f"你上报的事已挂账，{news.step.target}", topic=PROGRESS)


@tells(Act.RESUME)
def resumed(news: News) -> None:
    """Whoever has the turn again, the level in charge, and the reporter."""
    case, people = news.case, People(news.event.at)
    if news.is_newest:
        _tell(news, people.turn(case), "恢复办理，请接着办", topic=ASSIGNED, body=news.step.target)
    _tell(news, people.office(case.owner_path), "已恢复办理", topic=ASSIGNED, body=news.step.target)
    _tell(news, [case.reporter_id], "你上报的事恢复办理了", topic=PROGRESS)


@tells(Act.ASK)
def asked(news: News) -> None:
    """Those who decide: the level in charge for its handler, the level above for the level in charge."""
    people, path = People(news.event.at), news.case.owner_path
    if news.case.asking:
        deciding = people.granting(path if news.case.asking == 1 else path[:-WIDTH])
        _tell(news, deciding, "申请延期，等你审批", topic=DUE)


@tells(Act.GRANT, Act.REFUSE)
def decided(news: News) -> None:
    """Whoever asked, and whoever has the turn."""
    rows = Extension.objects.filter(case_id=news.case.id, decided_at=news.step.at)
    asking = list(rows.values_list("asked_by_user_id", flat=True))
    granted = news.step.act == Act.GRANT
    body = f"延长 {news.step.target}" if granted else ""
    words = "同意延期" if granted else "没有同意延期"
    _tell(news, [*asking, *People(news.event.at).turn(news.case)], words, topic=DUE, body=body)


@tells(Act.SUPERVISE)
def supervised(news: News) -> None:
    """The level in charge, and whoever has the turn."""
    people = People(news.event.at)
    told = people.office(news.case.owner_path) | people.turn(news.case)
    _tell(news, told, f"督办，请在 {news.step.target}", topic=SUPERVISED)


@tells(Act.ANSWER)
def answered(news: News) -> None:
    """Whoever asked, and the level in charge."""
    asking = Supervision.objects.filter(id=int(news.event.data["supervision"])).values_list("by_user_id", flat=True)
    _tell(news, [*asking, *People(news.event.at).office(news.case.owner_path)], "已回复督办", topic=SUPERVISED)


@subscribe(PUBLISHED)
@subscribe(RETIRED)
def on_holidays(event: OutboxEvent) -> None:
    """A table of days off was published, brought back or retired: a job gives the open clocks their new ends."""
    if event.data.get("family") == HOLIDAYS:
        enqueue(JOB, actor=Actor.system(event.county_id), args={}, at=event.at)
