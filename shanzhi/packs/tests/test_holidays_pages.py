"""The pages of the holiday tables, through HTTP, and their twin in the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import User
from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import Town, browser, words
from shanzhi.lib.times import local
from shanzhi.packs.holidays import FAMILY
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of
from shanzhi.packs.services import definition_publish, definition_retire
from shanzhi.packs.tests.test_holidays import off, publish, table
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry

pytestmark = pytest.mark.django_db
YEAR = 2026


@pytest.fixture(autouse=True)
def _without_totp(settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False


@pytest.fixture
def town(county_a: County) -> Town:
    return accounts.build_town(county_a.id)


@pytest.fixture
def admin(town: Town) -> User:
    return accounts.person(town, "system_admin", "county", "李系统")


@pytest.fixture
def desk(admin: User) -> Client:
    return browser(admin)


@pytest.fixture
def officer(town: Town) -> Client:
    return browser(accounts.person(town, "township_officer", "town", "周受理"))


@pytest.fixture
def outsider(county_b: County) -> Client:
    with county(county_b.id):
        return browser(accounts.person(accounts.build_town(county_b.id), "system_admin", "county", "孙外"))


def typed(expected: int = 0, **changes: Any) -> dict[str, Any]:
    """What a person types for a small year; None takes a field out."""
    values = {
        "expected": expected,
        "note": "国务院办公厅通知",
        "off-0-name": "国庆节",
        "off-0-from": f"{YEAR}-10-01",
        "off-0-to": f"{YEAR}-10-07",
        "work-0-day": f"{YEAR}-10-10",
        "session-0-from": "08:30",
        "session-0-to": "12:00",
        "session-1-from": "14:00",
        "session-1-to": "17:30",
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def edit(town: Town, year: int = YEAR) -> str:
    return town.url(f"definitions/holidays/{year}/edit/")


class TestList:
    def test_years_and_the_warning(self, town: Town, desk: Client) -> None:
        url = town.url("definitions/holidays/")
        empty = words(desk.get(url))
        assert "还没有节假日表" in empty
        this_year = local(timezone.now()).year
        publish(town.system, this_year - 2)
        shown = words(desk.get(url))
        assert f"节假日表只到 {this_year - 2}年12月31日，之后的期限按周一到周五算，请补上新一年的安排。" in shown
        assert edit(town, this_year - 1) in shown
        publish(town.system, this_year + 1)
        assert "节假日表只到" not in words(desk.get(url))

    def test_who_only_looks(self, town: Town, officer: Client) -> None:
        publish(town.system)
        page = officer.get(town.url("definitions/holidays/"))
        assert page.status_code == 200
        assert "补上一年的安排" not in words(page)
        assert "修改安排" not in words(officer.get(town.url(f"definitions/holidays/{YEAR}/")))

    def test_those_who_keep_the_rules_are_warned_on_their_page(self, town: Town, desk: Client, officer: Client) -> None:
        publish(town.system, 2020)
        url = town.url("definitions/")
        assert "节假日表只到 2020年12月31日" in words(desk.get(url))
        assert "节假日表只到" not in words(officer.get(url))


class TestYear:
    def test_months_with_words_and_colours(self, town: Town, officer: Client) -> None:
        publish(town.system, workdays=["2026-10-10"])
        page = words(officer.get(town.url(f"definitions/holidays/{YEAR}/")))
        assert page.count('<table class="month">') == 12
        assert page.count("<b>休</b>") == 7
        assert page.count("<b>班</b>") == 1
        assert "10月1日至10月7日" in page
        assert "<dt>全年工作日</dt><dd>257 天</dd>" in page, "261 weekdays, 5 off, 1 Saturday worked"

    def test_a_year_without_a_table_is_not_found(self, town: Town, officer: Client) -> None:
        assert officer.get(town.url("definitions/holidays/2026/")).status_code == 404
        assert officer.get(town.url("definitions/holidays/1/")).status_code == 404

    def test_few_statements(self, town: Town, desk: Client) -> None:
        for year in (2024, 2025, 2026):
            publish(town.system, year)
        url = town.url("definitions/holidays/")
        desk.get(url)
        with CaptureQueriesContext(connection) as caught:
            desk.get(url)
        assert len(caught) <= 12


class TestEdit:
    def test_a_new_year_offers_names_and_the_hours_of_the_year_before(self, town: Town, desk: Client) -> None:
        publish(town.system, 2025, sessions=["09:00-17:00"])
        page = words(desk.get(edit(town)))
        assert 'value="清明节"' in page
        assert 'value="09:00"' in page
        assert 'min="2026-01-01"' in page

    def test_what_changes_is_shown_before_it_counts(self, town: Town, desk: Client) -> None:
        publish(town.system)
        answer = desk.post(edit(town), typed(1, **{"off-0-to": f"{YEAR}-10-06"}))
        assert answer.status_code == 200
        page = words(answer)
        assert "发布后会改变的日子" in page
        assert "10月7日 周三" in page
        assert "10月10日 周六" in page
        assert "发布 2026 年的安排" in page
        assert 'name="off-0-to" value="2026-10-06"' in page, "what was looked at is what will be published"
        assert Version.objects.count() == 1

    def test_nothing_to_publish(self, town: Town, desk: Client) -> None:
        publish(town.system)
        page = words(desk.post(edit(town), typed(1, **{"work-0-day": None})))
        assert "没有要发布的改动" in page
        assert "发布 2026 年的安排" not in page

    def test_published(self, town: Town, desk: Client) -> None:
        answer = desk.post(edit(town), typed(publish=1))
        assert answer.status_code == 302
        version = Version.objects.get()
        assert (version.number, version.origin, version.note) == (1, "edited", "国务院办公厅通知")
        assert version.published_by_name == "李系统"
        assert version.body == table(workdays=[f"{YEAR}-10-10"])
        entry = Entry.objects.get(object_type="packs.definition")
        assert entry.code == "packs.definition.published"
        assert "已发布2026 年节假日安排，第 1 版" in words(desk.get(answer["Location"]))

    def test_rows_are_put_in_order_and_empty_ones_dropped(self, town: Town, desk: Client) -> None:
        more = {"off-4-name": "元旦", "off-4-from": "2026-01-01", "off-4-to": "2026-01-03", "work-7-day": "2026-01-04"}
        desk.post(edit(town), typed(publish=1, **more))
        body = body_of(Version.objects.get())
        assert [one.name for one in body.days_off] == ["元旦", "国庆节"]
        assert [str(day) for day in body.workdays] == ["2026-01-04", "2026-10-10"]

    def test_the_label_of_a_pack_stays(self, town: Town, desk: Client) -> None:
        publish(town.system, label="二〇二六年放假安排")
        desk.post(edit(town), typed(1, publish=1))
        assert Version.objects.get(number=2).title == "二〇二六年放假安排"

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"off-0-name": ""}, "请写这个假期的名称。"),
            ({"off-0-to": ""}, "请选结束的一项。"),
            ({"off-0-from": "x"}, "日期写成 2026-03-01 这样。"),
            ({"off-0-from": f"{YEAR}-10-08"}, "“国庆节”的最后一天早于第一天，请改正。"),
            ({"off-3-name": "元旦", "off-3-from": "2025-12-31", "off-3-to": "2026-01-01"}, "不在 2026 年"),
            ({"work-0-day": f"{YEAR}-10-09"}, "10月9日 周五本来就上班"),
            ({"work-0-day": f"{YEAR}-10-03"}, "既在“国庆节”里放假，又是补班日"),
            ({"session-0-to": "07:00"}, "开始要早于结束"),
            ({"session-2-from": "19:00"}, "请选结束的一项。"),
            ({"off-0-name": "长" * 21}, "名称最多 20 个字，请缩短。"),
            ({"off-0-name": None, "off-0-from": None, "off-0-to": None, "work-0-day": None}, "至少要有 1 项"),
            ({"note": "长" * 201}, "200"),
            ({"note": " "}, "请写明依据，如通知的名称和文号。"),
        ],
    )
    def test_what_is_refused_keeps_what_was_typed(
        self, town: Town, desk: Client, changes: dict[str, Any], sentence: str
    ) -> None:
        for how in ({}, {"publish": 1}):
            answer = desk.post(edit(town), typed(**changes, **how))
            assert answer.status_code == 422
            page = words(answer)
            assert sentence in page
            assert 'value="14:00"' in page
            assert "error-summary" in page
        assert not Version.objects.exists()

    def test_the_same_again_is_no_second_version(self, town: Town, desk: Client) -> None:
        for _ in range(2):
            answer = desk.post(edit(town), typed(publish=1, idempotency_key="once"))
            assert answer.status_code == 302
        assert Version.objects.count() == 1

    def test_somebody_was_faster(self, town: Town, desk: Client) -> None:
        publish(town.system)
        publish(town.system, days_off=[off("国庆节", "2026-10-01", "2026-10-08")])
        answer = desk.post(edit(town), typed(1, publish=1))
        assert answer.status_code == 409
        assert "刚刚有人更新了这项内容" in words(answer)
        assert 'value="2026-10-07"' in words(answer), "what was typed is still there"
        assert Version.objects.count() == 2

    def test_a_retired_year_comes_back(self, town: Town, desk: Client) -> None:
        publish(town.system)
        definition_retire(actor=town.system, family=FAMILY, code=str(YEAR))
        assert desk.get(town.url(f"definitions/holidays/{YEAR}/")).status_code == 404
        assert 'name="expected" value="1"' in words(desk.get(edit(town)))
        assert desk.post(edit(town), typed(1, publish=1)).status_code == 302
        assert desk.get(town.url(f"definitions/holidays/{YEAR}/")).status_code == 200

    def test_a_year_out_of_all_bounds(self, town: Town, desk: Client) -> None:
        assert desk.get(edit(town, 1900)).status_code == 404
        assert desk.get(edit(town, 99999)).status_code == 404


class TestWho:
    @pytest.mark.parametrize("rest", ["", "2026/", "2026/edit/"])
    def test_nobody_gets_to_the_login(self, town: Town, rest: str) -> None:
        answer = browser().get(town.url(f"definitions/holidays/{rest}"))
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]

    @pytest.mark.parametrize("rest", ["", "2026/", "2026/edit/"])
    def test_another_county_is_not_found(self, town: Town, outsider: Client, rest: str) -> None:
        publish(town.system)
        assert outsider.get(town.url(f"definitions/holidays/{rest}")).status_code == 404
        assert outsider.post(town.url(f"definitions/holidays/{rest}"), typed(1, publish=1)).status_code in (404, 405)
        assert Version.objects.count() == 1

    def test_an_officer_may_look_and_not_edit(self, town: Town, officer: Client) -> None:
        publish(town.system)
        assert officer.get(edit(town)).status_code == 403
        assert officer.post(edit(town), typed(1, publish=1)).status_code == 403
        assert Version.objects.count() == 1

    def test_the_other_county_has_its_own(self, town: Town, county_b: County, desk: Client) -> None:
        with county(county_b.id):
            definition_publish(
                actor=Actor.system(county_b.id), family=FAMILY, code="2026", body=table(), origin="edited"
            )
        assert desk.get(town.url("definitions/holidays/2026/")).status_code == 404


class TestApi:
    def test_the_same_as_the_pages(self, town: Town, officer: Client) -> None:
        publish(town.system, 2025)
        publish(town.system, workdays=["2026-10-10"])
        answer = officer.get(town.api("holidays"))
        assert answer.status_code == 200
        said = answer.json()
        assert [one["year"] for one in said["items"]] == [2026, 2025]
        assert said["items"][0]["days_off"] == [off("国庆节", "2026-10-01", "2026-10-07")]
        assert said["items"][0]["workdays"] == ["2026-10-10"]
        assert said["items"][0]["sessions"] == ["08:30-12:00", "14:00-17:30"]
        assert said["items"][0]["number"] == 1
        assert said["until"] == "2026-12-31"
        soon = local(timezone.now()).date() + timedelta(days=60)
        assert bool(said["warning"]) is (soon.year > 2026)

    def test_without_a_table(self, town: Town, officer: Client) -> None:
        said = officer.get(town.api("holidays")).json()
        assert (said["items"], said["until"]) == ([], None)
        assert said["warning"].startswith("还没有节假日表")

    def test_who(self, town: Town, outsider: Client) -> None:
        resident = browser(accounts.person(town, "resident", "village", "郑居民"))
        assert browser().get(town.api("holidays")).status_code == 401
        assert outsider.get(town.api("holidays")).status_code == 404
        assert resident.get(town.api("holidays")).status_code == 403
