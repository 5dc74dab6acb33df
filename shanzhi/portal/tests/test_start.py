"""The public start page of a county, and the list of counties before it."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.access.permissions import PUBLIC
from shanzhi.accounts.models import User
from shanzhi.accounts.selectors import actor_for
from shanzhi.cases.models import Case
from shanzhi.cases.services import case_close, case_handle, case_verify
from shanzhi.demo.tests.loaded import HOUMIAO, TONGCHENG, YANGCUN, A, B, Loaded
from shanzhi.portal import views
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Seal

pytestmark = pytest.mark.django_db


def opened(path: str, browser: Client | None = None) -> str:
    answer = (browser or Client()).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def figures(page: str) -> dict[str, str]:
    return {name: words.strip() for name, words in re.findall(r'id="figure-(\w+)">([^<]+)<', page)}


def signed_in(login: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username=login), backend="shanzhi.accounts.backends.LoginBackend")
    return browser


class TestStart:
    def test_seven_figures_of_the_busiest_township(self, small: Loaded) -> None:
        page = opened(f"/{A}/")
        assert "<h1>杨村镇</h1>" in page
        assert figures(page) == {
            "grids": "3", "leaders": "3", "workers": "7", "volunteers": "5", "reported": "16", "closed": "12",
            "open": "4",
        }  # fmt: skip

    def test_one_more_closed(self, small: Loaded) -> None:
        """Computed from records: the page changes with the next case, nobody reports a figure."""
        with county(A):
            case = Case.objects.get(state="handling")
            assert case.owner.level == "township"
            handler = User.objects.get(posts__unit_id=case.handler_unit_id)
            officer = User.objects.get(username="tianchang.township_officer")
            now = timezone.now()
            by, over = (actor_for(user=user, county_id=A, at=now) for user in (handler, officer))
            case = case_handle(actor=by, case=case, version=case.version, text="已处理好。")
            case = case_verify(actor=over, case=case, version=case.version)
            case_close(actor=over, case=case, version=case.version)
        shown = figures(opened(f"/{A}/"))
        assert (shown["reported"], shown["closed"], shown["open"]) == ("16", "13", "3")

    def test_the_choice_is_in_the_address(self, small: Loaded) -> None:
        page = opened(f"/{A}/?township={TONGCHENG}")
        assert "<h1>铜城镇</h1>" in page
        assert re.search(rf'value="{TONGCHENG}" selected', page)
        assert figures(page)["grids"] == "1"

    def test_no_value_is_not_zero(self, small: Loaded) -> None:
        unused = opened(f"/{A}/?township=341181102000")
        assert figures(unused) == {}
        assert "这里还没有开始用" in unused
        shown = figures(opened(f"/{A}/?township={TONGCHENG}"))
        assert (shown["grids"], shown["reported"], shown["open"]) == ("1", "无数据", "无数据")

    def test_every_township_may_be_chosen(self, small: Loaded) -> None:
        page = opened(f"/{A}/")
        codes = re.findall(r'<option value="(\d{12})"', page)
        assert len(codes) == 16
        for code in codes:
            opened(f"/{A}/?township={code}")

    def test_an_empty_choice_goes_back(self, small: Loaded) -> None:
        answer = Client().get(f"/{A}/?township=")
        assert (answer.status_code, answer["Location"]) == (302, f"/{A}/")

    @pytest.mark.parametrize("code", ["341181104001", "341181000000", HOUMIAO, "1", "x", "341181104000 OR 1=1"])
    def test_other_places_are_not_found(self, small: Loaded, code: str) -> None:
        assert Client().get(f"/{A}/", {"township": code}).status_code == 404

    def test_definitions_are_there_without_scripts(self, small: Loaded) -> None:
        page = opened(f"/{A}/")
        assert page.count("<details") == page.count("<summary>") == 7
        assert "一个人只数一次" in page
        assert "style=" not in page
        assert "onclick" not in page
        assert 'method="get"' in page

    def test_nothing_personal(self, small: Loaded) -> None:
        page = opened(f"/{A}/")
        assert not [user.name for user in User.objects.all() if user.name in page]
        assert not [story.title for story in small.first.stories if story.title in page]

    def test_few_statements_and_no_more_for_more_cases(self, small: Loaded) -> None:
        opened(f"/{A}/")
        with CaptureQueriesContext(
            connection,
        ) as many:
            opened(f"/{A}/")
        with CaptureQueriesContext(connection) as none:
            opened(f"/{A}/?township=341181102000")
        assert statements(many) <= 10
        assert statements(none) <= statements(many)

    def test_the_newest_seal(self, small: Loaded) -> None:
        with county(A):
            seal = Seal.objects.get()
        page = opened(f"/{A}/")
        assert seal.root_hex[:16] in page
        assert "最近一次是第 1 号，" in page
        with county(B):
            assert Seal.objects.get().root_hex[:16] not in page

    def test_a_stranger_finds_the_login(self, small: Loaded) -> None:
        assert f'href="/accounts/login/?next=/{A}/home/"' in opened(f"/{A}/")

    def test_somebody_with_a_post_finds_the_own_work(self, small: Loaded) -> None:
        page = opened(f"/{A}/", signed_in("tianchang.grid_worker"))
        assert f'href="/{A}/home/"' in page
        assert "登录" not in page

    def test_somebody_of_another_county_sees_what_everybody_sees(self, small: Loaded) -> None:
        page = opened(f"/{A}/", signed_in("taiqian.grid_worker"))
        assert f'href="/{A}/home/"' not in page
        assert figures(page)["reported"] == "16"

    def test_methods(self, small: Loaded) -> None:
        assert Client().head(f"/{A}/").status_code == 200
        assert Client().post(f"/{A}/").status_code == 405

    def test_open_to_everybody_by_declaration(self) -> None:
        assert views.start.permission == PUBLIC
        assert views.counties.permission == PUBLIC

    def test_unknown_county(self, small: Loaded) -> None:
        assert Client().get("/999999/").status_code == 404


def statements(captured: CaptureQueriesContext) -> int:
    plumbing = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET LOCAL", "SET ROLE", "RESET")
    return sum(not row["sql"].startswith(plumbing) for row in captured.captured_queries)


class TestCounties:
    def test_several(self, small: Loaded) -> None:
        page = opened("/")
        assert f'href="/{A}/"' in page
        assert f'href="/{B}/"' in page
        assert "已开通 2 个" in page
        assert 'href="/accounts/login/"' in page

    def test_the_way_to_the_own_first_page(self, small: Loaded) -> None:
        page = opened("/", signed_in("taiqian.audit_admin"))
        assert f'href="/{B}/trail/"' in page
        assert "去我的首页" in page
        assert "登录" not in page

    def test_somebody_without_a_county(self, small: Loaded) -> None:
        User.objects.create(username="guest", name="无岗", created_at=timezone.now())
        page = opened("/", signed_in("guest"))
        assert "去我的首页" not in page
        assert "登录" not in page

    def test_methods(self, small: Loaded) -> None:
        assert Client().post("/").status_code == 405


class TestApi:
    def url(self, code: str, number: int = A) -> str:
        return f"/api/v1/{number}/portal/townships/{code}/counts"

    def test_the_same_as_the_page(self, small: Loaded) -> None:
        body = Client().get(self.url(YANGCUN)).json()
        shown = figures(opened(f"/{A}/"))
        names = {"leaders": "grid_leaders", "workers": "grid_workers"}
        assert {name: str(body[names.get(name, name)]) for name in shown} == shown
        assert (body["code"], body["name"]) == (YANGCUN, "杨村镇")
        assert body["at"]

    def test_null_is_no_value(self, small: Loaded) -> None:
        body = Client().get(self.url("341181102000")).json()
        assert body["grids"] is None
        assert body["reported"] is None
        body = Client().get(self.url(TONGCHENG)).json()
        assert (body["grids"], body["reported"]) == (1, None)

    @pytest.mark.parametrize("code", ["341181104001", "341181000000", HOUMIAO, "999999999999"])
    def test_other_places_are_not_found(self, small: Loaded, code: str) -> None:
        answer = Client().get(self.url(code))
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")

    @pytest.mark.parametrize("code", ["1", "3411811040001", "34118110400x", "三四一一八一一零四零零零"])
    def test_what_is_no_code(self, small: Loaded, code: str) -> None:
        assert Client().get(self.url(code)).status_code in {404, 422}

    def test_unknown_county(self, small: Loaded) -> None:
        assert Client().get(self.url(YANGCUN, 999999)).status_code == 404

    def test_a_wrong_token_is_no_hindrance(self, small: Loaded) -> None:
        answer = Client().get(self.url(YANGCUN), headers={"Authorization": "Bearer sz_wrong"})
        assert answer.status_code == 200

    def test_few_statements(self, small: Loaded) -> None:
        Client().get(self.url(YANGCUN))
        with CaptureQueriesContext(connection) as captured:
            Client().get(self.url(YANGCUN))
        assert statements(captured) <= 7
