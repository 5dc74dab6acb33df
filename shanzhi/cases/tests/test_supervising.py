"""督办: an answer is wanted by a time of its own; the oldest demand is answered first."""

from datetime import datetime

import pytest
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.clock_panels import clock_panels
from shanzhi.cases.models import Case, Step, Supervision
from shanzhi.cases.selectors import case_get_for, steps_of
from shanzhi.cases.tests.pages import act, dispatched, report, statements
from shanzhi.cases.timeline import step_title
from shanzhi.jobs.testing import drain
from shanzhi.lib.clocks import Calendar, Span
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.lib.times import SHANGHAI
from shanzhi.notices.models import Notice
from tests.cast import Cast

FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)


def supervised(cast: Cast, case: Case, who: str = "township_officer", days: int = 3, text: str = "三天内修好") -> Case:
    return act(cast, who, "supervise", case, text=text, limit=Span.parse(f"{days} working days"))


def test_a_demand_has_its_own_clock_and_leaves_the_case_alone(cast: Cast) -> None:
    case = report(cast, at=FRIDAY)
    due = case.due_at
    done = act(cast, "township_officer", "supervise", case, text="尽快", limit=Span.parse("3 working days"), at=FRIDAY)
    assert (done.supervised, done.due_at, done.state, done.version) == (1, due, case.state, 2)
    row = Supervision.objects.get(case=case)
    assert row.due_at == datetime(2026, 11, 25, 17, 30, tzinfo=SHANGHAI)
    assert (row.area_id, row.by_user_id) == (cast.areas["t1"].id, cast["township_officer"].user.pk)
    assert step_title(done, Step.objects.get(id=row.step_id)) == "督办，3 个工作日内回复"


def test_several_at_once_the_oldest_is_answered_first(cast: Cast) -> None:
    case = dispatched(cast)
    supervised(cast, case, text="一")
    supervised(cast, case, "county_leader", 1, text="二")
    assert supervised(cast, case, "county_centre", 10, text="三").supervised == 3
    answered = act(cast, "grid_worker", "answer", case, text="明天修好")
    assert answered.supervised == 2
    act(cast, "village_clerk", "answer", case, text="配件到了")
    rows = list(Supervision.objects.filter(case=case).order_by("opened_at", "id").values_list("text", "answer"))
    assert rows == [("一", "明天修好"), ("二", "配件到了"), ("三", "")]
    assert Supervision.objects.filter(answered_at=None, running_since__isnull=False).count() == 1


def test_the_kind_has_its_own_usual_limit(cast: Cast) -> None:
    act(cast, "township_officer", "supervise", report(cast), text="尽快")
    assert Supervision.objects.get().allowed == 3
    with pytest.raises(Invalid) as refused:
        supervised(cast, report(cast), days=2)
    assert "limit" in refused.value.fields
    with pytest.raises(Invalid) as refused:
        act(cast, "township_officer", "supervise", report(cast), text="")
    assert "text" in refused.value.fields


def test_who_may_supervise(cast: Cast) -> None:
    """A level above; nobody of the same level while it is theirs; no role below."""
    case = report(cast)
    for who in ("village_clerk", "grid_worker", "auditor", "accountant"):
        with pytest.raises(Forbidden):
            supervised(cast, case, who)
    with pytest.raises(NotFound):
        case_get_for(cast.actor("other_officer"), case.number)
    act(cast, "village_clerk", "escalate", case, text="请镇里")
    with pytest.raises(Forbidden):
        supervised(cast, case)
    supervised(cast, case, "county_leader")


def test_the_level_in_charge_supervises_its_own_handler(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="要部门来")
    act(cast, "township_officer", "accept", case)
    act(cast, "township_officer", "dispatch", case, unit=cast.units["t1"], limit=Span.parse("24 hours"))
    supervised(cast, case)
    answered = act(cast, "department_handler", "answer", case, text="下午到")
    assert answered.supervised == 0
    with pytest.raises(Forbidden):
        act(cast, "department_handler", "answer", case, text="再答")


def test_stale_and_wrong_state(cast: Cast) -> None:
    case = report(cast)
    supervised(cast, case)
    with pytest.raises(Stale):
        services.case_supervise(actor=cast.actor("township_officer"), case=case, version=1, text="尽快")
    act(cast, "village_clerk", "reject", case, text="不归我们")
    with pytest.raises(Conflict):
        supervised(cast, case)


def test_what_ends_wants_no_answer(cast: Cast) -> None:
    case = report(cast)
    supervised(cast, case)
    ended = act(cast, "village_clerk", "reject", case, text="不归我们")
    row = Supervision.objects.get()
    assert (ended.supervised, row.answer, row.watch_at) == (0, "不予受理", None)
    assert Act.ANSWER not in acts_for(cast.actor("village_clerk"), ended)


def test_both_sides_are_told(cast: Cast) -> None:
    case = dispatched(cast)
    supervised(cast, case)
    drain()
    told = Notice.objects.filter(topic="cases.supervised", title=f"督办，请在 3 个工作日内回复：{case.title}")
    who = set(told.values_list("recipient_id", flat=True))
    assert {cast["village_clerk"].user.pk, cast["grid_worker"].user.pk} <= who
    assert cast["township_officer"].user.pk not in who
    act(cast, "grid_worker", "answer", case, text="明天修好")
    drain()
    answer = Notice.objects.get(recipient_id=cast["township_officer"].user.pk, topic="cases.supervised")
    assert (answer.title, answer.body) == (f"已回复督办：{case.title}", "明天修好")


def test_the_panels_ask_nothing_of_a_case_without_such_acts(cast: Cast) -> None:
    case = dispatched(cast)
    steps = steps_of(case)
    with statements() as sent:
        panels = clock_panels(case, timezone.now(), steps, calendar=Calendar)
    assert (sent, panels.supervisions, panels.extensions, panels.suspension) == ([], (), (), None)


def test_the_panels_in_two_statements(cast: Cast) -> None:
    case = dispatched(cast)
    supervised(cast, case)
    supervised(cast, case, "county_leader", 1)
    act(cast, "grid_worker", "answer", case, text="明天修好")
    case = act(cast, "grid_worker", "ask", case, amount=Span.parse("2 hours"), text="缺配件")
    steps = steps_of(case)
    with statements() as sent:
        panels = clock_panels(case, timezone.now(), steps, calendar=Calendar)
    assert len(sent) == 2
    open_one, answered = panels.supervisions
    assert (answered.answer, answered.badge.words, open_one.answer) == ("明天修好", "按期回复", "")
    assert (panels.extensions[0].amount, panels.extensions[0].is_waiting) == ("2 小时", True)
