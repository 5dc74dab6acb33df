"""Tabs and filters beyond the plain ones, and what a line says: marks in words and the next act of this person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import CaseFilter, Due, case_list_for
from shanzhi.cases.selectors.lists import within
from shanzhi.cases.services import case_act
from shanzhi.cases.tests.pages import act, address, dispatched, report, statements, text_of
from shanzhi.cases.tests.test_pages_list import titles
from shanzhi.packs.models import Definition
from tests.cast import Cast

LIST = "/341181/cases/"


def labels(cast: Cast, who: str, query: str = "") -> dict[str, str]:
    answer = cast[who].client().get(f"{LIST}?{query}")
    return {tab["label"]: tab["count"] for tab in answer.context["tabs"]}


def whistled(cast: Cast, **words: Any) -> Case:
    case = report(cast, by="township_officer", place="v1", **words)
    case = act(cast, "township_officer", "accept", case)
    return case_act(
        actor=cast.actor("township_officer"), case=case, act=Act.WHISTLE, version=case.version,
        units=[cast.units["t1"]], text="请到场",
    )  # fmt: skip


def test_quiet_tabs_come_when_there_is_something_in_them(cast: Cast) -> None:
    case = report(cast, body="要督办的")
    assert "督办的" not in labels(cast, "township_officer")
    Case.objects.filter(id=case.id).update(supervised=1)
    assert labels(cast, "township_officer")["督办的"] == "1"
    assert "督办的" in labels(cast, "other_officer", "tab=supervised")
    assert titles(cast["township_officer"].client().get(f"{LIST}?tab=supervised")) == ["要督办的"]
    assert titles(cast["other_officer"].client().get(f"{LIST}?tab=supervised")) == []


def test_suspended_ones_are_listed_by_the_day_on_which_they_go_on(cast: Cast) -> None:
    case = report(cast, body="等材料")
    report(cast, body="在办")
    Case.objects.filter(id=case.id).update(state="suspended", due_at=timezone.now() - timedelta(hours=1))
    client = cast["village_clerk"].client()
    assert titles(client.get(f"{LIST}?tab=suspended")) == ["等材料"]
    assert titles(client.get(f"{LIST}?mark=suspended")) == ["等材料"]
    assert titles(client.get(f"{LIST}?tab=overdue")) == []  # its clock stands still
    assert titles(client.get(f"{LIST}?due=late")) == []


def test_a_called_unit_has_its_calls_in_a_tab_with_what_to_do(cast: Cast) -> None:
    case = whistled(cast, body="要到场的")
    client = cast["department_handler"].client()
    answer = client.get(f"{LIST}?tab=called")
    assert titles(answer) == ["要到场的"]
    [row] = answer.context["rows"]
    assert (row.act, row.act_url) == ("报到", address(case, "arrive-create"))
    assert "吹哨" in row.labels
    client.post(row.act_url, {"idempotency_key": "a", "version": case.version})
    [row] = client.get(f"{LIST}?tab=called").context["rows"]
    assert row.act == "我方办完"
    assert "请我配合的" not in labels(cast, "township_officer")


def moments() -> dict[str, timedelta]:
    return {"晚了": timedelta(hours=-3), "两天后": timedelta(days=2), "很久": timedelta(days=40)}


def test_limits_narrow_by_days(cast: Cast) -> None:
    now = timezone.now()
    for name, away in moments().items():
        Case.objects.filter(id=report(cast, body=name).id).update(due_at=now + away)
    client = cast["village_clerk"].client()
    assert titles(client.get(f"{LIST}?due=late")) == ["晚了"]
    assert "两天后" in titles(client.get(f"{LIST}?due=soon"))
    assert "很久" not in titles(client.get(f"{LIST}?due=week"))
    assert set(titles(client.get(f"{LIST}?due=nonsense"))) == set(moments())


WEEK = {"late": (None, 0), "today": (0, 1), "soon": (0, 3), "week": (0, 2)}


@pytest.mark.parametrize("due", WEEK)
def test_days_begin_at_midnight_in_china_and_the_week_ends_on_sunday(due: str) -> None:
    saturday = datetime(2026, 11, 21, 8, tzinfo=UTC)  # 16:00 in China
    condition = dict(Due.condition(due, saturday).children)  # type: ignore[arg-type]
    if due == "late":
        assert condition == {"due_at__lt": saturday}
        return
    first = datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert condition["due_at__gte"] == saturday
    assert condition["due_at__lt"] == first + timedelta(days=WEEK[due][1])


def test_units_and_kin_and_retired_kinds_narrow(cast: Cast) -> None:
    plain, given = report(cast, body="平常的"), report(cast, by="township_officer", place="v1", body="给单位的")
    given = act(cast, "township_officer", "accept", given)
    act(cast, "township_officer", "dispatch", given, unit=cast.units["t1"])
    part = report(cast, body="分件", kind="fire")
    Case.objects.filter(id=part.id).update(parent=plain)
    Definition.objects.filter(code="fire").update(retired_at=timezone.now())
    client = cast["township_officer"].client()
    assert titles(client.get(f"{LIST}?unit={cast.units['t1'].code}")) == ["给单位的"]
    assert titles(client.get(f"{LIST}?kin=parts")) == ["分件"]
    assert set(titles(client.get(f"{LIST}?kin=whole"))) == {"平常的", "给单位的"}
    assert titles(client.get(f"{LIST}?kind=fire")) == ["分件"]
    assert "消防与森林防火（已停用）" in text_of(client.get(LIST))


def test_each_line_says_what_this_person_does_next(cast: Cast) -> None:
    case = report(cast)
    rows = {who: cast[who].client().get(LIST).context["rows"][0] for who in ("village_clerk", "county_leader")}
    assert (rows["village_clerk"].act, rows["village_clerk"].act_url) == ("受理", address(case, "accept-create"))
    assert rows["county_leader"].act == ""
    act(cast, "village_clerk", "accept", case)
    assert cast["village_clerk"].client().get(LIST).context["rows"][0].act == "派给"
    html = cast["village_clerk"].client().get(LIST).content.decode()
    assert f'<a class="wr-a" href="{address(case, "dispatch-create")}">派给' in html


def test_the_phone_says_it_too_and_costs_the_same_for_any_length(cast: Cast) -> None:
    costs = []
    for _ in range(2):
        for _ in range(4):
            dispatched(cast)
        client = cast["grid_worker"].client()
        client.get(f"{LIST}?tab=open")
        with statements() as ran:
            answer = client.get(f"{LIST}?tab=open")
        assert {card.act for card in answer.context["cards"]} == {"开始处理"}
        costs.append(len(ran))
    assert costs[0] == costs[1] <= 8, costs


def test_people_of_a_unit_read_their_list_in_eight_statements(cast: Cast) -> None:
    costs = []
    for _ in range(2):
        for number in range(3):
            whistled(cast, body=f"第 {number} 件")
        client = cast["department_handler"].client()
        client.get(f"{LIST}?tab=called")
        with statements() as ran:
            client.get(f"{LIST}?tab=called")
        costs.append(len(ran))
    assert costs[0] == costs[1] <= 8, costs


def test_each_level_enters_by_its_own_column(cast: Cast) -> None:
    paths = {short: dict(within(cast.areas[short].path).children) for short in ("county", "t1", "v1", "g1")}
    assert not paths["county"]
    assert list(paths["t1"]) == ["town_path"]
    assert list(paths["v1"]) == ["village_path"]
    assert set(paths["g1"]) == {"area_path", "village_path"}


def test_what_the_database_keeps_of_a_path_follows_it(cast: Cast) -> None:
    case = report(cast)
    west = cast.areas["g3"].path
    Case.objects.filter(id=case.id).update(area_path=west)
    case.refresh_from_db()
    assert (case.town_path, case.village_path) == (west[:8], west[:12])
    now = timezone.now()
    assert not case_list_for(cast.actor("township_officer"), CaseFilter(), now=now).exists()
    assert case_list_for(cast.actor("other_clerk"), CaseFilter(), now=now).exists()
