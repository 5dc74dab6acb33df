"""The work list: tabs, filters in the address, order, pages, the case beside it, and who may read which list."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act, address, dispatched, report, statements, text_of
from shanzhi.lib.times import local
from shanzhi.tenancy.keyset import SIZE
from tests.cast import Cast

LIST = "/341181/cases/"


def titles(response: Any) -> list[str]:
    return [row.title for row in response.context["rows"]]


def copies(case: Case, count: int) -> None:
    """More cases of the same kind, made in bulk."""
    rows = []
    for number in range(count):
        copy = Case.objects.get(id=case.id)
        copy.pk = case.id + number + 1
        copy.number = f"9901-{number:04d}"
        copy.title = f"第 {number} 件"
        copy.due_at = case.due_at + timedelta(minutes=number)
        rows.append(copy)
    Case.objects.bulk_create(rows)


def test_a_stranger_is_led_to_the_login_and_comes_back(cast: Cast, client: Client) -> None:
    answer = client.get(f"{LIST}?tab=mine")
    assert answer.status_code == 302
    assert answer.url.endswith("next=/341181/cases/%3Ftab%3Dmine")


def test_another_countys_list_does_not_exist(cast: Cast, cast_b: Cast) -> None:
    assert cast_b["township_officer"].client().get(LIST).status_code == 404


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_have_no_part_in_cases(cast: Cast, settings: Any, role: str) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    client = cast[role].client()
    assert [client.get(f"{LIST}{tab}").status_code for tab in ("", "?tab=open", "?tab=reported")] == [403, 403, 403]


def test_a_resident_reads_the_own_reports_only(cast: Cast) -> None:
    mine = report(cast, by="resident", place="v1", body="门口路灯不亮")
    report(cast, body="别人报的事")
    client = cast["resident"].client()
    words = text_of(client.get(LIST))
    assert mine.title in words
    assert "别人报的事" not in words
    assert client.get(f"{LIST}?tab=open").status_code == 403
    assert "辖区未办结" not in words


def test_each_place_has_its_own_list(cast: Cast) -> None:
    here, there = report(cast, body="张庄的事"), report(cast, by="other_worker", place="g3", body="王庄的事")
    seen = {
        role: set(titles(cast[role].client().get(LIST)))
        for role in ("village_clerk", "other_clerk", "township_officer", "other_officer", "county_leader")
    }
    assert seen["village_clerk"] == seen["township_officer"] == {here.title}
    assert seen["other_clerk"] == seen["other_officer"] == {there.title}
    assert seen["county_leader"] == {here.title, there.title}


def test_a_handler_sees_what_the_unit_was_given(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="要部门来")
    act(cast, "township_officer", "accept", case)
    client = cast["department_handler"].client()
    assert titles(client.get(LIST)) == []
    act(cast, "township_officer", "dispatch", case, unit=cast.units["t1"])
    assert titles(client.get(LIST)) == [case.title]
    assert titles(client.get(f"{LIST}?tab=mine")) == [case.title]


def test_tabs_show_whole_counts_and_the_list_its_own(cast: Cast) -> None:
    report(cast, body="路灯不亮")
    case = report(cast, body="井盖断裂")
    act(cast, "village_clerk", "accept", case)
    done = report(cast, body="已经办完的路灯")
    act(cast, "village_clerk", "reject", done, text="不归村里管")
    answer = cast["village_clerk"].client().get(f"{LIST}?q=井盖")
    tabs = {tab["label"]: tab["count"] for tab in answer.context["tabs"]}
    assert tabs == {"辖区未办结": "2", "等我办": "2", "已超期": "0", "已结束": "1", "我上报的": "0"}
    assert answer.context["total"] == "1"
    assert titles(answer) == ["井盖断裂"]
    assert "1 件，按到期时间排" in text_of(answer)


def test_a_search_says_where_else_it_finds_something(cast: Cast) -> None:
    done = report(cast, body="路灯不亮")
    act(cast, "village_clerk", "reject", done, text="不归村里管")
    client = cast["village_clerk"].client()
    answer = client.get(f"{LIST}?q=路灯&state=reported")
    assert "没有找到符合条件的事件" in text_of(answer)
    assert "已结束里有 1 件" in text_of(answer)
    (other,) = answer.context["elsewhere"]
    assert "state" not in other["url"]
    assert titles(client.get(LIST + other["url"])) == ["路灯不亮"]


def test_a_number_is_found_and_junk_finds_nothing(cast: Cast) -> None:
    case = report(cast)
    client = cast["village_clerk"].client()
    assert titles(client.get(LIST, {"q": case.number})) == [case.title]
    for junk in ("\x00", "'; DROP", "%", "“”", "a" * 5000, "&|!():*"):
        assert client.get(LIST, {"q": junk}).status_code == 200


FILTERS = {
    "state=accepted": {"乙"},
    "state=accepted&state=reported": {"甲", "乙", "丙"},
    "kind=fire": {"丙"},
    "source=snap": {"甲", "乙"},
    "urgent=1": {"丙"},
    "kind=fire&urgent=1&source=counter": {"丙"},
    "kind=fire&source=snap": set(),
    "state=nonsense&kind=nonsense&source=nonsense&urgent=9": {"甲", "乙", "丙"},
    "place=nowhere": {"甲", "乙", "丙"},
    "received_from=2000-01-01&received_to=2000-01-02": set(),
    "received_from=nonsense&received_to=9999-99-99": {"甲", "乙", "丙"},
    "received_to=9999-12-31": {"甲", "乙", "丙"},
}


def three(cast: Cast) -> None:
    report(cast, body="甲")
    act(cast, "village_clerk", "accept", report(cast, body="乙"))
    report(cast, by="village_clerk", place="v1", body="丙", kind="fire", urgent=True, source="counter")


@pytest.mark.parametrize("query", FILTERS)
def test_filters_stand_in_the_address(cast: Cast, query: str) -> None:
    three(cast)
    answer = cast["village_clerk"].client().get(f"{LIST}?{query}")
    assert set(titles(answer)) == FILTERS[query]


def test_days_are_days_in_china_and_both_count(cast: Cast) -> None:
    case = report(cast, body="今天的事")
    today = f"{local(case.received_at):%Y-%m-%d}"
    before = f"{local(case.received_at - timedelta(days=1)):%Y-%m-%d}"
    client = cast["village_clerk"].client()
    assert titles(client.get(f"{LIST}?received_from={today}&received_to={today}")) == ["今天的事"]
    assert titles(client.get(f"{LIST}?received_to={before}")) == []


def test_places_are_those_below_the_own_level(cast: Cast) -> None:
    report(cast, body="张庄的事")
    report(cast, by="other_worker", place="g3", body="王庄的事")

    def choices(role: str) -> list[str]:
        bar = cast[role].client().get(LIST).context["bar"]
        return next(([o.label for o in chip.options] for chip in bar.chips if chip.name == "place"), [])

    assert choices("village_clerk") == []
    assert choices("township_officer") == ["张庄村", "李庄村"]
    assert choices("county_leader") == ["东镇", "西镇"]
    village = cast.areas["v1"].code
    assert titles(cast["township_officer"].client().get(f"{LIST}?place={village}")) == ["张庄的事"]
    empty = cast.areas["v2"].code
    assert titles(cast["township_officer"].client().get(f"{LIST}?place={empty}")) == []
    other = cast.areas["v3"].code
    assert titles(cast["township_officer"].client().get(f"{LIST}?place={other}")) == ["张庄的事"]
    west = cast.areas["t2"].code
    assert titles(cast["county_leader"].client().get(f"{LIST}?place={west}")) == ["王庄的事"]


def test_active_filters_can_be_taken_off_one_by_one(cast: Cast) -> None:
    report(cast, body="路灯不亮")
    answer = cast["village_clerk"].client().get(f"{LIST}?tab=open&q=路灯&state=reported&sort=newest")
    words = text_of(answer)
    assert "查找：路灯" in words
    assert "状态：待受理" in words
    assert "清除条件" in words
    assert answer.context["bar"].clear_url == "?tab=open&sort=newest"


def test_orders(cast: Cast) -> None:
    now = timezone.now()
    for name, hours in (("甲", 30), ("乙", 1), ("丙", 10)):
        case = report(cast, body=name, at=now - timedelta(hours=hours))
        Case.objects.filter(id=case.id).update(due_at=now + timedelta(hours=hours))
    client = cast["village_clerk"].client()
    assert titles(client.get(LIST)) == ["乙", "丙", "甲"]
    assert titles(client.get(f"{LIST}?sort=newest")) == ["乙", "丙", "甲"]
    assert titles(client.get(f"{LIST}?sort=oldest")) == ["甲", "丙", "乙"]
    assert titles(client.get(f"{LIST}?sort=nonsense")) == ["乙", "丙", "甲"]
    ended = client.get(f"{LIST}?tab=ended&sort=due").context["listing"]
    assert [words for _, words, _ in ended.sorts()] == ["按收到时间，新的在前", "按收到时间，旧的在前"]


def test_overdue_is_what_is_late_now(cast: Cast) -> None:
    late = report(cast, body="晚了")
    report(cast, body="不晚")
    Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(hours=5))
    answer = cast["village_clerk"].client().get(f"{LIST}?tab=overdue")
    assert titles(answer) == ["晚了"]
    assert "已超 5 小时" in text_of(answer)


def test_pages_hold_every_case_once_forth_and_back(cast: Cast) -> None:
    copies(report(cast), 2 * SIZE)
    client = cast["village_clerk"].client()
    first = client.get(f"{LIST}?tab=open")
    second = client.get(LIST + first.context["next_url"])
    third = client.get(LIST + second.context["next_url"])
    pages = [[row.number for row in page.context["rows"]] for page in (first, second, third)]
    assert [len(page) for page in pages] == [SIZE, SIZE, 1]
    assert len({number for page in pages for number in page}) == 2 * SIZE + 1
    assert third.context["next_url"] == ""
    back = client.get(LIST + third.context["previous_url"])
    assert [row.number for row in back.context["rows"]] == pages[1]
    assert "tab=open" in second.context["next_url"]
    assert "101 件" in text_of(third)


def test_a_cursor_of_another_order_leads_to_the_first_page(cast: Cast) -> None:
    copies(report(cast), SIZE)
    client = cast["village_clerk"].client()
    after = client.get(LIST).context["next_url"]
    answer = client.get(f"{LIST}{after}&sort=newest", follow=True)
    assert answer.redirect_chain == [(f"{LIST}?sort=newest", 302)]
    assert len(answer.context["rows"]) == SIZE
    assert answer.context["previous_url"] == ""


def test_the_case_in_the_address_stands_beside_the_list(cast: Cast) -> None:
    case, other = report(cast, body="路灯不亮"), report(cast, body="井盖断裂")
    answer = cast["village_clerk"].client().get(f"{LIST}?tab=open&case={case.number}")
    html = answer.content.decode()
    row = html[html.index(f'id="r-{case.number}"') :][:200]
    assert 'aria-current="true"' in row
    pane = html[html.index('<article class="case"') :]
    assert case.body in pane
    assert other.body not in pane
    assert 'value="tab=open"' in pane  # where an act comes back to
    assert "hx-trigger" not in pane


def test_without_a_case_in_the_address_the_first_opens_itself_where_there_is_room(cast: Cast) -> None:
    case = report(cast)
    client = cast["village_clerk"].client()
    html = client.get(LIST).content.decode()
    assert f'hx-get="{address(case)}?pane=first" hx-trigger="intersect once"' in html
    pane = client.get(f"{address(case)}?pane=first", headers={"HX-Current-URL": f"http://testserver{LIST}?q=井盖"})
    assert f'id="r-{case.number}"' in pane.content.decode()
    assert "hx-swap-oob" in pane.content.decode()
    assert "<!doctype" not in pane.content.decode()


def test_another_places_case_in_the_address_does_not_exist(cast: Cast) -> None:
    case = report(cast, by="other_worker", place="g3")
    assert cast["village_clerk"].client().get(f"{LIST}?case={case.number}").status_code == 404


@pytest.mark.parametrize("junk", ["x", "%00", "２６１１-０００１", "1;1", "-" * 40])
def test_junk_in_the_address_opens_no_case(cast: Cast, junk: str) -> None:
    answer = cast["village_clerk"].client().get(f"{LIST}?case={junk}")
    assert answer.status_code in (200, 404)
    assert b"Traceback" not in answer.content


def test_rows_open_the_page_without_scripts_and_the_pane_with_them(cast: Cast) -> None:
    case = report(cast)
    html = cast["village_clerk"].client().get(f"{LIST}?tab=open&state=reported").content.decode()
    assert f'href="{address(case)}" hx-get="{address(case)}?pane=1" hx-target="#case"' in html
    assert f'hx-push-url="?tab=open&amp;state=reported&amp;case={case.number}"' in html


def test_a_rejected_case_has_no_clock_and_says_what_it_is(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "reject", case, text="不归村里管")
    html = cast["village_clerk"].client().get(f"{LIST}?tab=ended").content.decode()
    row = html[html.index('class="wl-rows"') : html.index('<article class="case"')]
    assert "不予受理" in row
    assert "clock" not in row


def test_danger_is_marked_in_words(cast: Cast) -> None:
    report(cast, urgent=True)
    assert "有人身危险" in text_of(cast["village_clerk"].client().get(LIST))


def test_the_phone_gets_cards_with_a_search(cast: Cast) -> None:
    case = dispatched(cast)
    answer = cast["grid_worker"].client().get(f"{LIST}?q=井盖&tab=open")
    html = answer.content.decode()
    assert '<article class="card">' in html
    assert "<table" not in html
    assert case.title in html
    assert "找到 1 件" in text_of(answer)
    assert answer.context["listing"].without_search() == "?tab=open"


def test_words_of_people_are_never_markup(cast: Cast) -> None:
    report(cast, body="<script>alert(1)</script>井盖", spot='"><img src=x>')
    for role in ("village_clerk", "grid_worker"):
        html = cast[role].client().get(LIST).content.decode()
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_ten_and_a_hundred_rows_need_the_same_statements(cast: Cast) -> None:
    """At most eight: session, person, posts, counts, places, rows, unread notices."""
    client = cast["township_officer"].client()
    first = report(cast)
    copies(first, 9)
    client.get(LIST)
    with statements() as few:
        assert len(client.get(LIST).context["rows"]) == 10
    for number in range(10):
        Case.objects.filter(number=f"9901-{number:04d}").update(number=f"9902-{number:04d}")
    more = Case.objects.get(id=first.id)
    more.due_at += timedelta(days=1)
    more.pk = first.id + 10_000
    more.number = "9902-9999"
    more.save(force_insert=True)
    copies(more, 90)
    with statements() as many:
        assert len(client.get(LIST).context["rows"]) == SIZE
    assert len(few) == len(many) <= 8, few
