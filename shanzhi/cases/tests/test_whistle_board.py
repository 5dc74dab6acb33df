"""The board of whistles by its page, its filters and its export."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shanzhi.cases.acts import Act
from shanzhi.cases.services import case_act
from shanzhi.cases.tests.pages import address, report, statements, text_of
from shanzhi.cases.tests.test_whistles import do, whistle
from tests.cast import Cast


def board(client: Client, cast: Cast, query: str = "") -> str:
    response = client.get(f"{reverse('cases:whistles', args=[cast.county.id])}{query}")
    assert response.status_code == 200
    return text_of(response)


def called(cast: Cast, minutes: int, body: str) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    whistle(cast, report(cast, at=at, body=body), at=at)


def test_who_came_when_and_who_did_not(cast: Cast) -> None:
    client = cast["township_officer"].client()
    assert "还没有吹过哨" in board(client, cast)
    called(cast, 10, "井盖坏了")
    called(cast, 60, "水管爆了")
    at = timezone.now() - timedelta(minutes=90)
    late = whistle(cast, report(cast, at=at, body="树倒了"), at=at)
    do(cast, late, Act.ARRIVE, at=at + timedelta(minutes=45))
    words = board(client, cast)
    assert "赵部门" in words
    assert "晚到 15 分钟" in words
    assert "镇城建中心 东镇 3 次 0 次 1 次 1 次 0% 45 分钟" in words
    assert "合计" not in words
    assert "水管爆了" in board(client, cast, "?state=absent")
    assert "井盖坏了" not in board(client, cast, "?state=absent")
    assert "树倒了" in board(client, cast, "?state=arrived")
    assert "井盖坏了" in board(client, cast, "?state=nonsense&unit=nonsense")
    assert "没有符合条件的吹哨" in board(client, cast, "?state=left")


def test_a_rate_over_nothing_is_no_value(cast: Cast) -> None:
    called(cast, 1, "井盖坏了")
    assert "镇城建中心 东镇 1 次 0 次 0 次 0 次 没有数 没有数" in board(cast["township_officer"].client(), cast)


def test_the_time_to_report_in_is_the_median_of_those_who_came(cast: Cast) -> None:
    for took in (5, 7, 26, 400):
        at = timezone.now() - timedelta(minutes=500)
        do(cast, whistle(cast, report(cast, at=at), at=at), Act.ARRIVE, at=at + timedelta(minutes=took))
    at = timezone.now() - timedelta(minutes=500)
    whistle(cast, report(cast, at=at), "county", at=at)  # never came
    old = timezone.now() - timedelta(days=91)
    do(cast, whistle(cast, report(cast, at=old), at=old), Act.ARRIVE, at=old + timedelta(minutes=1))
    words = board(cast["county_leader"].client(), cast)
    assert "镇城建中心 东镇 4 次 3 次 1 次 0 次 75% 16 分钟" in words
    assert "县住建局 天长市 1 次 0 次 0 次 1 次 0% 没有数" in words
    assert "合计 5 次 3 次 1 次 1 次 60% 16 分钟" in words


def test_everybody_sees_the_own_place_only(cast: Cast) -> None:
    called(cast, 5, "井盖坏了")
    assert "井盖坏了" in board(cast["department_handler"].client(), cast)
    assert "井盖坏了" in board(cast["grid_worker"].client(), cast)
    assert "井盖坏了" not in board(cast["other_officer"].client(), cast)
    assert cast["resident"].client().get(reverse("cases:whistles", args=[cast.county.id])).status_code == 403
    assert cast["township_officer"].client().get(reverse("cases:whistles", args=[410927])).status_code == 404


def test_the_board_takes_the_same_statements_for_any_number_of_calls(cast: Cast) -> None:
    client = cast["township_officer"].client()
    called(cast, 5, "一")
    board(client, cast)
    with statements() as few:
        board(client, cast)
    for number in range(4):
        called(cast, 5, f"第{number}件")
    with statements() as many:
        board(client, cast)
    assert len(few) == len(many)


def test_the_export_holds_what_the_page_shows(cast: Cast) -> None:
    called(cast, 60, "=水管爆了")
    client = cast["township_officer"].client()
    response = client.get(f"{reverse('cases:whistles-export', args=[cast.county.id])}?state=absent")
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("编号,事件,地方,单位")
    assert "到时没来" in lines[1]
    assert "'=水管爆了" in lines[1]


def test_the_case_page_says_who_is_there(cast: Cast) -> None:
    at = timezone.now() - timedelta(hours=1)
    case = whistle(cast, report(cast, at=at), at=at)
    words = text_of(cast["village_clerk"].client().get(address(case)))
    assert "吹哨叫来" in words
    assert "已过报到时限 30 分钟" in words
    case_act(actor=cast.actor("department_handler"), case=case, act=Act.ARRIVE)
    assert "到了，在办" in text_of(cast["village_clerk"].client().get(address(case)))
