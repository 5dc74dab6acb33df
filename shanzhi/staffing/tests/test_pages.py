"""The pages: what they show, refuse and keep of what was typed; and that no name or number leaks into an address."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import python_calamine
import shapely
from django.test import Client
from django.utils import timezone

from shanzhi.areas.models import Outline
from shanzhi.areas.selectors.examining import Wish
from shanzhi.areas.services import outlines_put
from shanzhi.lib.times import local
from shanzhi.staffing.models import Assignment, PhoneShown, RuleEntry
from shanzhi.staffing.tests.conftest import Appoint
from tests.cast import Cast, report

BASE = "/341181/staffing/"


def today() -> date:
    return local(timezone.now()).date()


@pytest.fixture
def centre(cast: Cast) -> Client:
    return cast["county_centre"].client()


@pytest.fixture
def now(appoint: Appoint) -> Appoint:
    """As `appoint`, at this moment: the pages show today."""

    def made(*args: Any, **changes: Any) -> Assignment:
        return appoint(*args, **{"at": timezone.now(), **changes})

    return made


def text(response: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", "", response.content.decode())


def test_the_overview_counts_and_leads_to_what_it_counts(cast: Cast, centre: Client, now: Appoint) -> None:
    now(last=today() + timedelta(days=9))
    page = centre.get(BASE)
    words = text(page)
    assert page.status_code == 200
    assert "天长市网格队伍" in words
    assert "缺网格长的网格3个共4个网格" in words
    assert "东镇" in words
    assert "30天内到期1人" in words
    for address in re.findall(r'class="tile-v" href="([^"]+)"', page.content.decode()):
        assert centre.get(address.replace("&amp;", "&")).status_code == 200
    assert "王庄村" in text(centre.get(f"{BASE}?area={cast.areas['t2'].code}"))
    grid = text(centre.get(f"{BASE}?area={cast.areas['g1'].code}"))
    assert "周明远" in grid
    assert "网格指导员" in grid
    assert centre.get(f"{BASE}?area=999999999999").status_code == 404


def test_another_day_is_in_the_address_and_a_wrong_one_is_told(centre: Client, now: Appoint) -> None:
    now(first=today())
    yesterday = today() - timedelta(days=1)
    assert "周明远" in text(centre.get(f"{BASE}people/"))
    before = text(centre.get(f"{BASE}people/?on={yesterday}"))
    assert "周明远" not in before
    assert f"{yesterday.month}月{yesterday.day}日的情况" in before
    for on in ("never", "1812-01-01", "2100-01-01"):
        for name in ("", "people/", "vacancies/"):
            assert centre.get(f"{BASE}{name}?on={on}").status_code == 422
        for name in ("print/", "export/", "people/export/", "vacancies/export/"):
            assert centre.get(f"{BASE}{name}?on={on}").status_code == 422


def test_papers_and_files_hold_the_same_figures(centre: Client, now: Appoint) -> None:
    now(name="=1+1", phone="13955501234")
    paper = text(centre.get(f"{BASE}print/"))
    assert "缺网格长的3个" in paper
    for name, heads in (("export/", "缺岗（人）"), ("people/export/", "任命依据"), ("vacancies/export/", "应有（人）")):
        book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(centre.get(BASE + name).content))
        cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
        assert any(heads in cell for cell in cells)
        plain = centre.get(f"{BASE}{name}?format=csv")
        assert plain["Content-Type"].startswith("text/csv")
        assert "13955501234" not in "".join(cells) + plain.content.decode("utf-8-sig")
    assert "'=1+1" in centre.get(f"{BASE}people/export/?format=csv").content.decode("utf-8-sig")


def test_vacancies_are_filtered_sorted_and_lead_to_the_form(cast: Cast, centre: Client) -> None:
    page = centre.get(f"{BASE}vacancies/")
    assert f"place={cast.areas['g1'].code}&amp;role=instructor" in page.content.decode()
    assert "由安全管理员授予岗位" in text(page)
    only = text(centre.get(f"{BASE}vacancies/?role=chief"))
    assert "2项、缺2人" in only
    assert "县领导" not in only
    assert "不缺人" in text(centre.get(f"{BASE}vacancies/?level=village"))
    assert "任命" not in text(cast["auditor"].client().get(f"{BASE}vacancies/?role=instructor")).replace("任命网格", "")


def test_a_long_list_of_vacancies_is_turned_over(centre: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shanzhi.staffing.views.overview.SHOWN", 4)
    seen: list[str] = []
    address: str | None = f"{BASE}vacancies/"
    last = ""
    while address:
        page = centre.get(address)
        rows = [*zip(page.context["rows"], strict=True)]
        seen += [f"{row[0][0].place.code}.{row[0][0].role}" for row in rows]
        last = page.context["previous_url"]
        address = f"{BASE}vacancies/{page.context['next_url']}" if page.context["next_url"] else None
    assert len(seen) == len(set(seen)) == 11
    assert centre.get(f"{BASE}vacancies/{last}").status_code == 200
    assert centre.get(f"{BASE}vacancies/?after=nonsense").context["previous_url"] == ""


def test_a_name_is_searched_for_without_standing_in_an_address(centre: Client, now: Appoint) -> None:
    now()
    now(name="孙志平")
    answer = centre.post(f"{BASE}people/searches/?role=instructor", {"text": "志平"})
    assert answer["Location"] == f"{BASE}people/?role=instructor"
    words = text(centre.get(answer["Location"]))
    assert "孙志平" in words
    assert "周明远" not in words
    centre.post(f"{BASE}people/searches/", {"text": ""})
    assert "周明远" in text(centre.get(f"{BASE}people/"))


def test_somebody_is_appointed_by_a_form_that_keeps_what_was_typed(cast: Cast) -> None:
    clerk = cast["village_clerk"].client()
    form = clerk.get(f"{BASE}people/new/?place={cast.areas['g1'].code}&role=instructor").content.decode()
    assert f'value="{cast.areas["g1"].code}" selected' in form
    assert "西镇" not in form
    sent = {"place": cast.areas["g1"].code, "role": "instructor", "name": "周明远", "phone": "123", "organisation": "村委会",
            "valid_from": str(today()), "valid_to": "", "source": "", "idempotency_key": "k"}  # fmt: skip
    refused = clerk.post(f"{BASE}people/new/", sent)
    assert refused.status_code == 422
    assert "电话不对" in text(refused)
    assert 'value="周明远"' in refused.content.decode()
    done = clerk.post(f"{BASE}people/new/", {**sent, "phone": "13955501234"})
    row = Assignment.objects.get()
    assert done["Location"] == f"{BASE}people/{row.id}/"
    words = text(clerk.get(done["Location"]))
    assert "139****1234" in words
    assert "13955501234" not in words
    assert clerk.post(f"{BASE}people/new/", {**sent, "phone": "13955501234"})["Location"] == done["Location"]
    twice = clerk.post(f"{BASE}people/new/", {**sent, "phone": "13955501234", "idempotency_key": "l"})
    assert twice.status_code == 409


def test_the_form_offers_the_level_below_by_links(cast: Cast, centre: Client) -> None:
    assert f"place={cast.areas['t1'].code}" in centre.get(f"{BASE}people/new/").content.decode()
    town = centre.get(f"{BASE}people/new/?place={cast.areas['t1'].code}").content.decode()
    assert f"?place={cast.areas['v1'].code}" in town
    assert f"?place={cast.areas['county'].code}" in town
    assert cast["village_clerk"].client().get(f"{BASE}people/new/?place={cast.areas['v3'].code}").status_code == 404


def test_every_act_has_its_form_and_its_line_of_history(cast: Cast, now: Appoint) -> None:
    row, clerk = now("police", "v1", last=today() + timedelta(days=5)), cast["village_clerk"].client()
    page = f"{BASE}people/{row.id}/"
    later = str(today() + timedelta(days=400))
    acts = [
        ("corrections", {"name": "周明原", "version": 1}), ("renewals", {"valid_to": later, "version": 2}),
        ("terms", {"valid_from": str(today()), "valid_to": later, "reason": "写错", "version": 3}),
        ("ends", {"reason": "调离", "version": 4}),
    ]  # fmt: skip
    for name, sent in acts:
        assert clerk.get(f"{page}{name}/").status_code == 200
        assert clerk.post(f"{page}{name}/", {**sent, "idempotency_key": name})["Location"] == page
    words = text(clerk.get(page))
    for said in ("任命", "更正资料", "续任", "变更任期", "结束任职", "写错", "调离", "周明原"):
        assert said in words
    renewed = clerk.post(f"{page}renewals/", {"valid_to": later, "version": 5})
    assert renewed["Location"] != page
    assert Assignment.objects.count() == 2


def test_who_was_slower_keeps_what_was_typed_and_may_send_it_again(cast: Cast, now: Appoint) -> None:
    row, clerk = now("police", "v1"), cast["village_clerk"].client()
    address = f"{BASE}people/{row.id}/ends/"
    clerk.post(f"{BASE}people/{row.id}/corrections/", {"name": "周明原", "version": 1})
    sent = {"reason": "调到县里去了", "version": 1}
    refused = clerk.post(address, sent)
    assert refused.status_code == 409
    assert "调到县里去了" in refused.content.decode()
    assert 'name="version" value="2"' in refused.content.decode()
    assert clerk.post(address, {**sent, "version": 2}).status_code == 302


def test_a_higher_level_s_people_are_read_only(cast: Cast, now: Appoint) -> None:
    row, clerk = now("chief", "t1"), cast["village_clerk"].client()
    page = clerk.get(f"{BASE}people/{row.id}/")
    assert page.status_code == 200
    assert "结束任职" not in text(page)
    for act in ("corrections", "terms", "renewals", "ends"):
        assert clerk.get(f"{BASE}people/{row.id}/{act}/").status_code == 403


def test_a_number_is_shown_for_a_minute_after_a_purpose(cast: Cast, now: Appoint) -> None:
    row, worker = now("police", "v1", phone="13955501234"), cast["grid_worker"].client()
    address = f"{BASE}people/{row.id}/phone/"
    assert "13955501234" not in worker.get(address).content.decode()
    assert worker.post(address, {}).status_code == 422
    shown = worker.post(address, {"purpose": "urgent", "idempotency_key": "k"})
    assert "13955501234" in text(shown)
    assert shown["Refresh"].startswith("60;")
    assert shown["Cache-Control"] == "no-store"
    assert PhoneShown.objects.get().purpose == "urgent"
    assert "紧急情况" in text(worker.get(address))
    assert cast["auditor"].client().get(address).status_code == 403
    nobody = now("police", "v1", name="没电话")
    assert worker.post(f"{BASE}people/{nobody.id}/phone/", {"purpose": "case"}).status_code == 409


def test_the_rule_is_shown_and_changed_with_a_reason(cast: Cast, centre: Client) -> None:
    assert "每个网格网格指导员2人" in text(centre.get(f"{BASE}rule/"))
    assert "没有改过" in text(centre.get(f"{BASE}rule/"))
    form = f"{BASE}rule/changes/"
    sent = {"what": "village.lawyer", "least": "1", "reason": "一村一法律顾问", "seen": "0", "place": ""}
    assert centre.post(form, {**sent, "reason": ""}).status_code == 422
    assert centre.post(form, {**sent, "what": "x"}).status_code == 422
    assert centre.post(form, sent)["Location"] == f"{BASE}rule/"
    words = text(centre.get(f"{BASE}rule/"))
    assert "每个村（社区）村法律顾问1人" in words
    assert "一村一法律顾问" in words
    slower = centre.post(form, {**sent, "least": "2"})
    assert slower.status_code == 409
    assert 'name="seen" value="1"' in slower.content.decode()
    town = cast["command_centre"].client()
    assert town.post(form, {**sent, "least": "2", "seen": "1"}).status_code == 403
    grid = {**sent, "what": "grid.worker", "least": "2", "place": cast.areas["g1"].code, "seen": "1"}
    assert town.post(form, grid).status_code == 302
    assert "张庄村第一网格" in text(town.get(f"{BASE}rule/"))
    assert RuleEntry.objects.count() == 2
    assert cast["village_clerk"].client().get(form).status_code == 403


def test_who_is_responsible_is_asked_by_name_by_place_and_by_position(cast: Cast, now: Appoint) -> None:
    now("police", "v1", name="孙志平", phone="13955501234")
    worker = cast["grid_worker"].client()
    address = f"{BASE}here/"
    assert "取当前位置" in text(worker.get(address))
    page = worker.get(f"{address}?area={cast.areas['g1'].code}")
    words = text(page)
    assert "孙志平" in words
    assert "139****1234" in words
    assert page["Cache-Control"] == "no-store"
    assert "是哪一个" in text(worker.post(address, {"text": "网格"}))
    assert "孙志平" in text(worker.post(address, {"text": "张庄"}))
    for sent, said in (({"text": "外星"}, "没有叫这个名字"), ({}, "请取当前位置"), ({"lon": "x"}, "请取当前位置"),
                       ({"lon": "1", "lat": "1"}, "不在本县的网格里")):  # fmt: skip
        refused = worker.post(address, sent)
        assert refused.status_code == 422
        assert said in text(refused)
    assert worker.get(f"{address}?area=999999999999").status_code == 404
    assert "王庄村" in text(worker.get(f"{address}?area={cast.areas['g3'].code}"))  # anywhere in the county
    other = text(cast["other_worker"].client().get(f"{address}?area={cast.areas['g1'].code}"))
    assert "孙志平" in other
    assert "139****1234" not in other


def test_the_page_of_a_place_says_who_is_there(cast: Cast, centre: Client, now: Appoint) -> None:
    now("police", "v1", name="孙志平")
    assert "孙志平" in text(centre.get(f"/341181/areas/{cast.areas['v1'].code}/"))
    words = text(centre.get(f"/341181/areas/{cast.areas['g4'].code}/"))
    assert "缺网格长、网格指导员、网格员" in words


def test_a_position_leads_to_the_grid_that_holds_it(cast: Cast) -> None:
    shape = shapely.box(1_180_000_000, 320_000_000, 1_180_100_000, 320_100_000)
    for level in ("g1", "v1"):
        outlines_put(
            actor=cast.actor("system_admin"), wishes=[Wish(cast.areas[level], shape)], seen={}, on=today(),
            reason="画界", source=Outline.Source.DRAWN, at=timezone.now(),
        )  # fmt: skip
    page = cast["other_worker"].client().post(f"{BASE}here/", {"lon": "118.005", "lat": "32.005"})
    assert page.status_code == 200
    assert "张庄村第一网格" in text(page)
    assert cast["grid_leader"].user.name in text(page)


def test_it_is_one_tap_from_a_case_and_from_ones_own_page(cast: Cast) -> None:
    case = report(cast)
    link = f"{BASE}here/"
    for who in ("grid_worker", "village_clerk"):
        client = cast[who].client()
        assert f'href="{link}"' in client.get("/341181/me/").content.decode()
        page = client.get(f"/341181/cases/{case.number}/").content.decode()
        assert f'href="{link}?area={cast.areas["g1"].code}"' in page
    resident = cast["resident"].client()
    assert link not in resident.get("/341181/me/").content.decode()
    assert resident.get(link).status_code == 403
