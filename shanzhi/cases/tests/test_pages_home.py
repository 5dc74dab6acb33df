"""Where people land: the to-do list of a phone, the first page of a desk."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shanzhi.cases.presenters import count_words
from shanzhi.cases.tests.pages import act, address, dispatched, report, statements, text_of
from shanzhi.lib.times import local
from tests.cast import Cast

HOME = "/341181/home/"


def test_a_stranger_is_led_to_the_login(cast: Cast, client: Client) -> None:
    answer = client.get(HOME)
    assert answer.status_code == 302
    assert answer.url.endswith(f"/accounts/login/?next={HOME}")


def test_another_countys_home_does_not_exist(cast: Cast, cast_b: Cast) -> None:
    assert cast_b["grid_worker"].client().get(HOME).status_code == 404


def test_home_is_read_only(cast: Cast) -> None:
    assert cast["grid_worker"].client().post(HOME).status_code == 405


def test_a_grid_worker_sees_what_waits_with_the_next_act_below(cast: Cast) -> None:
    case = dispatched(cast)
    html = cast["grid_worker"].client().get(HOME).content.decode()
    assert case.title in html
    assert "张庄组路口" in html
    assert "道路水电设施" in html
    assert f'href="{address(case, "start-create")}"' in html
    assert "开始处理" in html
    assert html.count('<article class="card">') == 1


def test_what_is_not_ones_own_turn_is_no_task(cast: Cast) -> None:
    report(cast)
    dispatched(cast, place="g4")
    words = text_of(cast["grid_worker"].client().get(HOME))
    assert "没有要办的事" in words
    assert "全部 0" in words


def test_segments_count_and_narrow(cast: Cast) -> None:
    now = timezone.now()
    late, soon, far = dispatched(cast), dispatched(cast), dispatched(cast, hours=360)
    type(late).objects.filter(id=late.id).update(due_at=now - timedelta(hours=3), title="晚了")
    midnight = local(now).replace(hour=23, minute=59, second=58)
    type(soon).objects.filter(id=soon.id).update(due_at=max(midnight, now + timedelta(seconds=30)), title="今天的")
    type(far).objects.filter(id=far.id).update(title="以后的")
    client = cast["grid_worker"].client()
    words = text_of(client.get(HOME))
    assert "全部 3" in words
    assert "已超期 1" in words
    assert words.index("晚了") < words.index("今天的") < words.index("以后的")
    only = text_of(client.get(f"{HOME}?due=late"))
    assert "晚了" in only
    assert "以后的" not in only
    today = text_of(client.get(f"{HOME}?due=today"))
    assert "晚了" not in today
    assert "以后的" not in today


def test_an_unknown_segment_is_the_whole_list(cast: Cast) -> None:
    case = dispatched(cast)
    assert case.title in text_of(cast["grid_worker"].client().get(f"{HOME}?due=%00x"))


def test_empty_segments_say_what_will_come(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    assert "没有超期的事" in text_of(client.get(f"{HOME}?due=late"))
    assert "今天没有到期的事" in text_of(client.get(f"{HOME}?due=today"))


def test_an_old_link_opens_at_the_first_page(cast: Cast) -> None:
    answer = cast["grid_worker"].client().get(f"{HOME}?due=late&after=abc")
    assert (answer.status_code, answer["Location"]) == (302, f"{HOME}?due=late")


@pytest.mark.parametrize(
    ("role", "where"),
    [
        ("village_clerk", "/341181/cases/?tab=mine"),
        ("township_officer", "/341181/cases/?tab=mine"),
        ("department_handler", "/341181/cases/?tab=mine"),
        ("accountant", "/341181/cases/?tab=open"),
        ("county_leader", "/341181/cases/?tab=open"),
        ("resident", "/341181/cases/?tab=reported"),
    ],
)
def test_who_works_at_a_desk_goes_on(cast: Cast, role: str, where: str) -> None:
    if cast.actor(role).works_on_phone:
        pytest.skip("this role works on a phone")
    answer = cast[role].client().get(HOME)
    assert (answer.status_code, answer.url) == (302, where)


def test_an_administrator_goes_to_the_own_first_page(cast: Cast, settings: object) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False  # type: ignore[attr-defined]
    where = {"system_admin": "areas", "security_admin": "users", "audit_admin": "trail"}
    for role, page in where.items():
        assert cast[role].client().get(HOME).url == f"/341181/{page}/"


def phone_resident(cast: Cast) -> str:
    """The resident of the cast, registered in a grid: works from a phone."""
    person = cast["resident"]
    type(person.post).objects.filter(id=person.post.id).update(area=cast.areas["g1"], area_path=cast.areas["g1"].path)
    return "resident"


def test_a_resident_sees_the_own_reports_and_what_waits_for_a_rating(cast: Cast) -> None:
    who = phone_resident(cast)
    mine = report(cast, by=who, body="门口路灯不亮")
    report(cast, body="别人报的事")
    for name in ("accept", "handle", "verify"):
        act(cast, "village_clerk", name, mine, **({"text": "已换灯泡"} if name == "handle" else {}))
    client = cast[who].client()
    words = text_of(client.get(HOME))
    assert "门口路灯不亮" in words
    assert "别人报的事" not in words
    assert "等我评价 1" in words
    assert "评价并办结" in words
    assert "门口路灯不亮" in text_of(client.get(f"{HOME}?due=rate"))


def test_a_resident_without_reports_is_told_how_to_begin(cast: Cast) -> None:
    words = text_of(cast[phone_resident(cast)].client().get(HOME))
    assert "还没有上报过" in words


def test_the_phones_bar_has_the_camera_in_the_middle(cast: Cast) -> None:
    html = cast["grid_worker"].client().get(HOME).content.decode()
    bar = html[html.index('class="tabbar"') :]
    assert reverse("cases:report", args=[341181]) in bar
    assert 'class="snap"' in bar
    assert bar.index("待办") < bar.index("随手拍")


def test_the_list_of_tasks_needs_the_same_statements_for_any_length(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    dispatched(cast)
    client.get(HOME)
    with statements() as few:
        client.get(HOME)
    for _ in range(4):
        dispatched(cast)
    with statements() as many:
        client.get(HOME)
    assert len(few) == len(many) <= 9, many


@pytest.mark.parametrize(("count", "words"), [(0, "0"), (999, "999"), (1000, "1000"), (1001, "1000+")])
def test_counting_stops_at_a_thousand(count: int, words: str) -> None:
    assert count_words(count) == words
