"""Who is told of stages, parts, duplicates, notes and what is done once more."""

from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.events import EVENTS
from shanzhi.cases.models import Case, Moderation, Step
from shanzhi.cases.telling import News, tells
from shanzhi.cases.telling_way import in_charge, whose_turn
from shanzhi.cases.topics import ASSIGNED, MENTIONED, PROGRESS
from shanzhi.notices.services import notices_reword
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe


@tells(Act.RELEASE)
def released(news: News) -> None:
    """Everybody at the unit or place whose turn it still is."""
    people = whose_turn(news.case, news.step)
    news.tell(people, f"放回了待办池，请接着办：{news.case.title}", news.step.text, topic=ASSIGNED)


@tells(Act.REOPEN)
def reopened(news: News) -> None:
    """The level in charge, and the reporter if somebody else wanted it."""
    case, step = news.case, news.step
    news.tell(whose_turn(case, step), f"要求重新办理，请重新安排：{case.title}", step.text, topic=ASSIGNED)
    news.tell([case.reporter_id], f"你上报的事重新办理：{case.title}", step.text, topic=PROGRESS)


@tells(Act.CLASSIFY)
def classified(news: News) -> None:
    """The reporter."""
    title = f"你上报的事改了类别，{news.step.target}：{news.case.title}"
    news.tell([news.case.reporter_id], title, news.step.text, topic=PROGRESS)


@tells(Act.SPLIT)
def split(news: News) -> None:
    """The reporter."""
    case = news.case
    news.tell([case.reporter_id], f"你上报的事拆成 {news.step.target}分别办理：{case.title}", "", topic=PROGRESS)


@tells(Act.PART)
def part(news: News) -> None:
    """The level in charge, when the last part has ended."""
    case = news.case
    if case.parts == 0 and case.is_open and news.is_newest:
        news.tell(in_charge(case), f"分件全部办完，请汇总办结：{case.title}", "", topic=ASSIGNED)


@tells(Act.MERGE)
def merged(news: News) -> None:
    """The reporter of the duplicate."""
    case, step = news.case, news.step
    title = f"你上报的事和 {step.target} 是同一件，合并办理：{case.title}"
    news.tell([case.reporter_id], title, step.text, topic=PROGRESS)


@tells(Act.ABSORB)
def absorbed(news: News) -> None:
    """The reporter of the main one."""
    title = f"有人反映了同一件事，并入你上报的事：{news.case.title}"
    news.tell([news.case.reporter_id], title, "", topic=PROGRESS)


@tells(Act.UNMERGE)
def unmerged(news: News) -> None:
    """Of the case that goes on: whose turn it is, and its reporter. The main one goes on as before."""
    case, step = news.case, news.step
    if step.from_state != State.MERGED:
        return
    news.tell(whose_turn(case, step), f"合并已撤销，请接着办：{case.title}", step.text, topic=ASSIGNED)
    news.tell([case.reporter_id], f"你上报的事不再合并，单独办理：{case.title}", step.text, topic=PROGRESS)


@tells(Act.NOTE)
def noted(news: News) -> None:
    """Whoever is mentioned; nobody else learns that there is a note."""
    ids = [int(one) for one in str(news.event.data.get("mentioned", "")).split(",") if one]
    news.tell(ids, f"@你：{news.case.title}", news.step.text, topic=MENTIONED)


@tells(Act.ADD)
def added(news: News) -> None:
    """Whoever has the next step, whatever happened since."""
    title = f"反映人补充了情况，请看：{news.case.title}"
    news.tell(whose_turn(news.case), title, news.step.text, topic=ASSIGNED)


@tells(Act.MODERATE)
def moderated(news: News) -> None:
    """Nobody; but what was told before says now what everybody reads. A cover that is lifted leaves it so."""
    covers = Moderation.objects.filter(case_id=news.case.id, at=news.step.at, lifted_at=None).exclude(original="")
    for cover in covers:
        notices_reword(object_type="cases.case", object_id=news.case.id, words=cover.original, instead=cover.shown)


@tells(Act.PUBLISH)
def published(news: News) -> None:
    """The reporter, of what everybody may read now; nobody of what was taken back."""
    if news.step.text:
        title = f"你上报的事有了公开摘要：{news.case.title}"
        news.tell([news.case.reporter_id], title, news.step.text, topic=PROGRESS)


@subscribe(EVENTS[Act.CLOSE])
@subscribe(EVENTS[Act.REJECT])
def main_ended(event: OutboxEvent) -> None:
    """The reporters of what was merged into a case that has ended. What its own reporter said of it is not for them."""
    main = Case.objects.get(id=event.subject_id)
    step = Step.objects.get(id=int(event.data["step"]))
    words = "" if step.actor_id == main.reporter_id or step.satisfied is not None else step.text
    for case in Case.objects.filter(merged_into_id=main.id, state=State.MERGED).order_by("id"):
        title = f"你上报的事并入 {main.number}，现在{State(step.to_state).label}：{case.title}"
        News(event, case, step).tell([case.reporter_id], title, words, topic=PROGRESS)
