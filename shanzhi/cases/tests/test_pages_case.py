"""The case page: one timeline, only the acts that this person may do now, names as the reader may see them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case, Step
from shanzhi.cases.naming import is_private, person_words
from shanzhi.cases.presenters import (
    act_label,
    buttons_of,
    position_words,
    turn_words,
)
from shanzhi.cases.selectors import case_get_for, steps_of
from shanzhi.cases.tests.pages import act, address, dispatched, report, statements, text_of
from shanzhi.cases.timeline import step_title, timeline_of
from shanzhi.cases.views.case import listing_query
from shanzhi.files.tests import pictures
from shanzhi.lib.clocks import Span
from tests.cast import Cast


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


def test_a_stranger_is_led_to_the_login(cast: Cast, client: Client) -> None:
    case = report(cast)
    answer = client.get(address(case))
    assert answer.status_code == 302
    assert answer.url.endswith(f"next={address(case)}")


@pytest.mark.parametrize("who", ["other_worker", "other_clerk", "other_officer", "resident", "department_handler"])
def test_elsewhere_the_case_does_not_exist(cast: Cast, who: str) -> None:
    case = report(cast)
    assert cast[who].client().get(address(case)).status_code == 404


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_do_not_see_cases(cast: Cast, settings: Any, role: str) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    assert cast[role].client().get(address(report(cast))).status_code == 404


def test_another_county_sees_the_same_words_as_for_what_never_was(cast: Cast, cast_b: Cast) -> None:
    case = report(cast)
    stranger = cast_b["township_officer"].client()
    client = cast["village_clerk"].client()
    refused, absent = stranger.get(address(case)), client.get("/341181/cases/0101-9999/")
    assert refused.status_code == absent.status_code == 404
    assert "没有找到这个页面" in text_of(refused)
    assert "没有找到这个页面" in text_of(absent)


@pytest.mark.parametrize("number", ["x", "2611-", "2611-0001x", "２６１１-０００１", "%00", "2611-1234567890"])
def test_junk_is_no_number(cast: Cast, number: str) -> None:
    assert cast["village_clerk"].client().get(f"/341181/cases/{number}/").status_code == 404


def test_the_page_shows_what_was_said(cast: Cast) -> None:
    case = report(cast, lon=1189512345, lat=327098765, accuracy=12, urgent=True, kind="drowning")
    words = text_of(cast["village_clerk"].client().get(address(case)))
    for said in (case.title, case.body, case.number, "张庄组路口", "张庄村第一网格", "防溺水", "有人身危险", "随手拍",
                 "东经 118.95123°，北纬 32.70988°，误差约 12 米", "待受理", "张庄村"):  # fmt: skip
        assert said in words, said


def test_only_the_acts_of_this_person_now_the_next_first(cast: Cast) -> None:
    case = report(cast)
    clerk = case_get_for(cast.actor("village_clerk"), case.number)
    buttons = buttons_of(cast.actor("village_clerk"), clerk)
    assert buttons.primary is not None
    assert (buttons.primary.label, buttons.primary.direct, buttons.primary.css) == ("受理", True, "btn-primary")
    assert [button.label for button in buttons.shown] == ["请上级办", "不予受理"]
    assert buttons.shown[-1].css == "btn-danger"
    html = cast["village_clerk"].client().get(address(case)).content.decode()
    assert html.count("btn-primary") == 1
    for role in ("accountant", "supervisor", "auditor", "county_leader", "grid_worker"):
        page = cast[role].client().get(address(case)).content.decode()
        assert "btn-primary" not in page, role
        assert "/acceptances/" not in page, role


def test_what_a_desk_shows_beside_the_rest(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="要镇里来")
    act(cast, "township_officer", "accept", case)
    fresh = case_get_for(cast.actor("township_officer"), case.number)
    buttons = buttons_of(cast.actor("township_officer"), fresh)
    assert buttons.primary is not None
    labels = [buttons.primary.label, *(b.label for b in buttons.shown), *(b.label for b in buttons.more)]
    assert labels[:5] == ["派给…", "填写处理结果", "请上级办", "退回上一步", "不予受理"]
    assert "吹哨" in labels[5:]
    assert len(buttons.shown) <= 4


def test_a_phone_shows_what_fits_and_keeps_the_rest_behind_the_dots(cast: Cast) -> None:
    case = dispatched(cast)
    html = cast["grid_worker"].client().get(address(case)).content.decode()
    bar = html[html.index('<div class="actbar') :]
    assert bar.index("填写处理结果") < bar.index("退回") < bar.index("开始处理")
    assert bar.count("btn-primary") == 1
    assert "tabbar" not in bar
    assert 'name="version" value="3"' in bar


def test_a_phone_without_an_act_keeps_its_menu(cast: Cast) -> None:
    case = report(cast)
    html = cast["grid_worker"].client().get(address(case)).content.decode()
    assert 'class="tabbar"' in html
    assert '<div class="actbar' not in html


def test_the_level_above_is_not_urged_to_pull_a_case_up(cast: Cast) -> None:
    case = case_get_for(cast.actor("township_officer"), report(cast).number)
    buttons = buttons_of(cast.actor("township_officer"), case)
    assert buttons.primary is not None
    assert (buttons.primary.label, buttons.primary.css) == ("提到本级办", "btn-outline")


def test_labels_say_what_is_meant_for_this_person(cast: Cast) -> None:
    case = report(cast, solved="盖住了")
    clerk = case_get_for(cast.actor("village_clerk"), case.number)
    assert act_label(cast.actor("village_clerk"), clerk, Act.RETURN) == "退回重新处理"
    act(cast, "village_clerk", "verify", case)
    mine = case_get_for(cast.actor("grid_worker"), case.number)
    assert act_label(cast.actor("grid_worker"), mine, Act.CLOSE) == "评价并办结"
    assert act_label(cast.actor("village_clerk"), mine, Act.CLOSE) == "办结"
    assert turn_words(mine) == "等反映人评价，7 天没有评价自动办结"


def test_the_whole_way_is_told_newest_first(cast: Cast) -> None:
    case = dispatched(cast)
    act(cast, "grid_worker", "start", case)
    act(cast, "grid_worker", "handle", case, text="已换井盖")
    act(cast, "village_clerk", "return", case, text="没有固定")
    act(cast, "grid_worker", "handle", case, text="已经固定")
    act(cast, "village_clerk", "verify", case)
    act(cast, "grid_worker", "close", case, satisfied=True, text="修得快")
    actor = cast.actor("village_clerk")
    fresh = case_get_for(actor, case.number)
    items = timeline_of(actor, fresh, steps_of(fresh), {}, now=timezone.now())
    assert [item.title for item in items] == [
        "反映人满意，办结", "核查通过", "处理完毕", "退回重新处理", "处理完毕", "开始处理", "派给第一网格，24 小时", "受理", "随手拍上报",
    ]  # fmt: skip
    assert {item.kind for item in items} == {"done"}
    assert items[-2].who == "赵村文·张庄村 村文书"
    assert items[2].note == "已经固定"
    words = text_of(cast["village_clerk"].client().get(address(case)))
    assert "反映人满意" in words
    assert "已办结" in words


def test_the_newest_step_of_an_open_case_is_the_one_that_stands(cast: Cast) -> None:
    actor = cast.actor("village_clerk")
    case = case_get_for(actor, dispatched(cast).number)
    items = timeline_of(actor, case, steps_of(case), {}, now=timezone.now())
    assert [item.kind for item in items] == ["now", "done", "done"]


def test_a_passed_limit_stands_in_red_on_top_and_where_it_passed(cast: Cast) -> None:
    start = timezone.now() - timedelta(days=10)
    case = report(cast, at=start)
    act(cast, "village_clerk", "accept", case, at=start + timedelta(days=2))
    actor = cast.actor("village_clerk")
    fresh = case_get_for(actor, case.number)
    items = timeline_of(actor, fresh, steps_of(fresh), {}, now=timezone.now())
    assert [(item.title, item.kind) for item in items] == [
        ("超过分派时限", "late"), ("受理", "now"), ("超过受理时限", "late"), ("随手拍上报", "done"),
    ]  # fmt: skip
    assert items[2].at == start + timedelta(hours=24)
    html = cast["village_clerk"].client().get(address(case)).content.decode()
    assert html.count('class="red"') == 2
    assert "等张庄村办理" in html


def test_a_limit_that_two_steps_missed_is_told_once(cast: Cast) -> None:
    start = timezone.now() - timedelta(days=10)
    case = report(cast, at=start)
    act(cast, "village_clerk", "accept", case, at=start)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("2 hours"), at=start)
    act(cast, "grid_worker", "start", case, at=start + timedelta(hours=5))
    act(cast, "grid_worker", "handle", case, text="已换", at=start + timedelta(hours=6))
    actor = cast.actor("village_clerk")
    fresh = case_get_for(actor, case.number)
    items = timeline_of(actor, fresh, steps_of(fresh), {}, now=start + timedelta(hours=7))
    assert [item.title for item in items].count("超过处理时限") == 1


def test_seven_silent_days_are_no_delay(cast: Cast) -> None:
    case = report(cast, solved="盖住了")
    act(cast, "village_clerk", "verify", case)
    Case.objects.filter(id=case.id).update(due_at=timezone.now() - timedelta(hours=1))
    actor = cast.actor("village_clerk")
    fresh = case_get_for(actor, case.number)
    items = timeline_of(actor, fresh, steps_of(fresh), {}, now=timezone.now())
    assert "late" not in {item.kind for item in items}


TITLES = [
    (Step(act="escalate", target="东镇"), "请东镇办"),
    (Step(act="return", target="退给张庄村"), "退给张庄村"),
    (Step(act="return", target="退给张庄村", satisfied=False), "反映人不满意，退给张庄村"),
    (Step(act="handle", target="当场处理"), "当场处理完毕"),
    (Step(act="close"), "办结"),
    (Step(act="reject"), "不予受理"),
]


@pytest.mark.parametrize(("step", "title"), TITLES)
def test_titles_of_steps(step: Step, title: str) -> None:
    assert step_title(Case(source="snap"), step) == title


@pytest.mark.parametrize(
    ("source", "title"),
    [("snap", "随手拍上报"), ("counter", "来访登记"), ("resident", "居民反映"), ("api", "接口上报")],
)
def test_a_report_is_called_by_the_way_it_came(source: str, title: str) -> None:
    assert step_title(Case(source=source), Step(act="report")) == title


def test_a_residents_name_is_masked_for_all_but_the_resident(cast: Cast) -> None:
    person = cast["resident"]
    type(person.user).objects.filter(id=person.user.id).update(name="张小平")
    person.user.refresh_from_db()
    case = report(cast, by="resident", place="v1", source="resident")
    for role in ("village_clerk", "township_officer", "county_leader"):
        page = cast[role].client().get(address(case)).content.decode()
        assert "张小平" not in page
        assert "张*平" in page
        assert "张庄村 居民" in page
    assert "张小平" in person.client().get(address(case)).content.decode()


def test_staff_act_under_their_full_names(cast: Cast) -> None:
    case = report(cast)
    assert "赵网格·张庄村 第一网格 网格员" in text_of(cast["village_clerk"].client().get(address(case)))


def test_who_is_private() -> None:
    assert is_private("张庄村 居民")
    assert is_private("张庄村 第一网格 志愿者")
    assert not is_private("张庄村 村文书")
    assert not is_private("")


def test_the_system_has_a_name_and_no_post(cast: Cast) -> None:
    assert person_words(cast.actor("village_clerk"), "系统", "", None) == "系统"


def test_words_of_a_position() -> None:
    assert position_words(Case()) == ""
    assert position_words(Case(lon=1189512345, lat=327098765)) == "东经 118.95123°，北纬 32.70988°"


def test_an_ended_case_waits_for_nobody(cast: Cast) -> None:
    case = report(cast)
    done = act(cast, "village_clerk", "reject", case, text="不归村里管")
    assert turn_words(done) == ""
    html = cast["village_clerk"].client().get(address(case)).content.decode()
    assert "不归村里管" in html
    assert "btn-primary" not in html
    head = html[html.index('class="case-h"') : html.index("<h1>")]
    assert "clock" not in head


def test_photos_of_the_report_and_of_a_step_are_shown_where_they_belong(cast: Cast) -> None:
    from shanzhi.files.services import photo_store

    worker = cast.actor("grid_worker")
    kept = [photo_store(actor=worker, upload=pictures.upload(pictures.noise(40, 30, seed=seed))).id for seed in (1, 2)]
    case = report(cast, photo_ids=kept[:1])
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    act(cast, "grid_worker", "handle", case, text="已换井盖", photo_ids=kept[1:])
    for role in ("village_clerk", "grid_worker"):
        client = cast[role].client()
        html = client.get(address(case)).content.decode()
        assert html.count("<img") == 2
        assert 'alt="反映内容，第 1 张照片"' in html
        assert 'alt="处理完毕，第 1 张照片"' in html
        assert client.get(f"/341181/files/{kept[0]}/").status_code == 200
    assert cast["other_clerk"].client().get(f"/341181/files/{kept[0]}/").status_code == 404


def test_the_pane_is_a_part_of_a_page(cast: Cast) -> None:
    case = report(cast)
    headers = {"HX-Current-URL": "http://testserver/341181/cases/?tab=mine&q=井盖&case=2611-0001"}
    html = cast["village_clerk"].client().get(f"{address(case)}?pane=1", headers=headers).content.decode()
    assert "<html" not in html
    assert 'name="back" value="tab=mine&amp;q=%E4%BA%95%E7%9B%96"' in html
    assert 'hx-target="#case"' in html
    assert "hx-swap-oob" not in html


@pytest.mark.parametrize(
    ("sent", "query"),
    [
        ("", ""),
        ("http://x/341181/cases/?tab=mine&case=1&pane=1#r-1", "tab=mine"),
        ("javascript:alert(1)", ""),
        ("http://x/?" + "q=1&" * 3000, "&".join(["q=1"] * 500)),
    ],
)
def test_of_a_lists_address_only_the_query_is_taken(sent: str, query: str) -> None:
    assert listing_query(sent) == query


def test_words_of_people_are_never_markup(cast: Cast) -> None:
    case = report(cast, body="<script>alert(1)</script>\n第二行", spot="<b>x</b>")
    act(cast, "village_clerk", "reject", case, text="<i>y</i>")
    for role in ("village_clerk", "grid_worker"):
        html = cast[role].client().get(address(case)).content.decode()
        assert "<script>alert" not in html
        assert "<b>x</b>" not in html
        assert "<i>y</i>" not in html
        assert "&lt;/script&gt;<br>第二行" in html


def test_no_page_has_a_script_a_style_or_a_handler_inside(cast: Cast) -> None:
    case = dispatched(cast)
    for role in ("village_clerk", "grid_worker"):
        for page in ("", "handlings/"):
            html = cast[role].client().get(address(case) + page).content.decode()
            assert "style=" not in html
            assert "<script>" not in html
            assert " onclick" not in html


@pytest.mark.parametrize("role", ["township_officer", "village_clerk", "grid_worker"])
def test_at_most_twelve_statements(cast: Cast, role: str) -> None:
    case = dispatched(cast)
    act(cast, "grid_worker", "handle", case, text="已换井盖")
    client = cast[role].client()
    client.get(address(case))
    with statements() as ran:
        client.get(address(case))
    assert len(ran) <= 10, ran


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_shape(cast: Cast, state: State) -> None:
    case = report(cast)
    ended = timezone.now() if state in (State.CLOSED, State.REJECTED) else None
    Case.objects.filter(id=case.id).update(state=state, ended_at=ended)
    answer = cast["village_clerk"].client().get(address(case))
    assert answer.status_code == 200
    assert state.label in text_of(answer)
