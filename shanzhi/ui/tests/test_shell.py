"""The shell of every page: who sees which entry, and that nothing is counted before it is shown."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory, override_settings
from django.urls import include, path

from shanzhi.ui import nav
from shanzhi.ui.context import ELDER_COOKIE, ELDER_VALUE, Shell, shell
from shanzhi.ui.nav import DESK, PHONE, NavItem
from shanzhi.ui.parts import Crumb


def nothing(request: HttpRequest, county: int = 0) -> None:
    raise AssertionError("never called")


urlpatterns = [
    path("parts/", include("shanzhi.ui.urls")),
    path("<int:county>/home/", nothing, name="t-home"),
    path("<int:county>/cases/", nothing, name="t-cases"),
    path("<int:county>/cases/new/", nothing, name="t-report"),
    path("<int:county>/notices/", nothing, name="t-notices"),
    path("<int:county>/areas/", nothing, name="t-areas"),
    path("<int:county>/users/", nothing, name="t-users"),
    path("<int:county>/trail/", nothing, name="t-trail"),
    path("<int:county>/set/", nothing, name="t-set"),
    path("in/", nothing, name="t-login"),
]
here = override_settings(ROOT_URLCONF=__name__)
pytestmark = pytest.mark.usefixtures("registry")


class Person:
    """An actor as far as the shell looks at one."""

    def __init__(self, *permissions: str, phone: bool = False, user_id: int | None = 7) -> None:
        self.permissions = permissions
        self.works_on_phone = phone
        self.user_id = user_id
        self.name = "刘敏"
        self.main_post = SimpleNamespace(
            role="township_officer", label="受理员", area_name="杨村镇", unit_name="", title="综治中心 受理员"
        )

    def can(self, permission: str) -> bool:
        return permission in self.permissions


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("_items", "_links", "_badges", "_todos"):
        monkeypatch.setattr(nav, name, {})
    nav.register(
        NavItem("事件", "message-circle", "t-cases", permission="cases.view", order=20),
        NavItem("待办", "checklist", "t-home", order=10),
        NavItem("随手拍", "camera", "t-report", order=30, densities=frozenset({PHONE}), prominent=True),
        NavItem("通知", "bell", "t-notices", order=40, densities=frozenset({PHONE}), badge="notices"),
        NavItem("还没有的", "x", "t-absent", order=50),
    )
    with here:
        yield


def request_of(person: Person | None, address: str = "/341181/home/", **cookies: str) -> Any:
    request: Any = RequestFactory().get(address)
    request.COOKIES.update(cookies)
    request.county = SimpleNamespace(id=341181, name="天长市")
    if person is not None:
        request.actor = person
    return request


def labels(entries: list[Any]) -> list[str]:
    return [entry.item.label for entry in entries]


def test_entries_come_in_order_and_only_with_permission() -> None:
    assert labels(Shell(request_of(Person("cases.view"))).desk_nav) == ["待办", "事件"]
    assert labels(Shell(request_of(Person())).desk_nav) == ["待办"]
    assert labels(Shell(request_of(Person("cases.view"))).phone_nav) == ["待办", "事件", "随手拍", "通知"]


def test_a_page_that_is_not_built_yet_is_no_dead_link() -> None:
    assert "还没有的" not in labels(Shell(request_of(Person("cases.view"))).desk_nav)


def test_the_longest_address_above_this_page_is_current() -> None:
    def current(address: str) -> list[str]:
        shown = Shell(request_of(Person("cases.view"), address)).phone_nav
        return [entry.item.label for entry in shown if entry.current]

    assert current("/341181/cases/2611-0203/") == ["事件"]
    assert current("/341181/cases/new/") == ["随手拍"]
    assert current("/341181/home/") == ["待办"]
    assert current("/341181/me/") == []


def test_a_stranger_has_no_menu() -> None:
    for person in (None, Person("cases.view", user_id=None)):
        made = Shell(request_of(person))
        assert (made.actor, made.desk_nav, made.notices, made.base) == (None, [], 0, "ui/public.html")


def test_without_a_post_there_is_no_menu_either() -> None:
    person = Person("cases.view")
    person.main_post = None  # type: ignore[assignment]
    assert Shell(request_of(person)).desk_nav == []


def test_the_base_follows_how_the_person_works() -> None:
    assert Shell(request_of(Person(phone=True))).base == "ui/phone.html"
    assert Shell(request_of(Person())).base == "ui/desk.html"


def test_place_is_that_of_the_post_else_of_the_county() -> None:
    assert Shell(request_of(Person())).place == "杨村镇"
    assert Shell(request_of(None)).place == "天长市"
    assert Shell(RequestFactory().get("/")).place == ""


def test_a_count_is_asked_once_and_only_if_it_is_shown() -> None:
    asked: list[str] = []

    def count(request: HttpRequest) -> int:
        asked.append(request.path)
        return 3

    nav.badge("notices", count)
    made = Shell(request_of(Person()))
    assert asked == []
    assert (made.notices, made.notices) == (3, 3)
    assert len(asked) == 1


def test_links_follow_permissions() -> None:
    nav.link("search", "t-cases", permission="cases.view", label="编号、地点")
    nav.link("login", "t-login", with_county=False)
    nav.link("person", "t-absent")
    assert Shell(request_of(Person("cases.view"))).links == {"search": "/341181/cases/", "login": "/in/"}
    assert Shell(request_of(Person())).links == {"login": "/in/"}
    assert Shell(request_of(None)).links == {"login": "/in/"}
    assert Shell(request_of(None)).login_path == "/in/"
    assert Shell(request_of(Person("cases.view"))).search_hint == "编号、地点"
    assert Shell(request_of(Person())).search_hint == "编号、地点、内容"


def test_registering_again_replaces() -> None:
    nav.register(NavItem("首页", "home", "t-home", order=10))
    assert [item.label for item in nav.registered() if item.url_name == "t-home"] == ["首页"]


def test_settings_stand_at_the_foot() -> None:
    nav.register(NavItem("设置", "settings", "t-set", order=nav.LAST))
    shown = Shell(request_of(Person())).desk_nav
    assert [entry.last for entry in shown] == [False, True]
    assert 'class="last"' in page("ui/desk.html", request_of(Person()))


def test_one_now_for_the_whole_page() -> None:
    context = shell(request_of(None))
    assert context["now"] is context["shell"].now
    assert context["now"].tzinfo is not None


def page(template: str, request: HttpRequest, **context: object) -> str:
    return render_to_string(template, context, request=request)


def test_the_desk() -> None:
    nav.link("search", "t-cases")
    nav.link("notices", "t-notices")
    nav.badge("notices", lambda request: 2)
    crumbs = [Crumb("天长市", "/341181/"), Crumb("杨村镇")]
    html = page("ui/desk.html", request_of(Person("cases.view")), crumbs=crumbs)
    assert 'aria-label="通知，2 条未读"' in html
    assert '<a href="/341181/">天长市</a>' in html
    assert "<b>杨村镇</b>" in html
    assert "综治中心 受理员" in html
    assert 'aria-current="page"' in html
    assert 'href="#main">跳到正文' in html
    assert 'id="menu"' not in html, "two entries fit at the foot of a phone"


def test_a_long_menu_is_whole_at_the_foot_of_a_phone() -> None:
    nav.register(*(NavItem(f"项{n}", "x", f"t-{n}", order=60) for n in ("areas", "users", "trail", "set")))
    html = page("ui/desk.html", request_of(Person("cases.view")))
    assert 'href="#menu"' in html
    assert html.count(">项") + html.count("项trail") >= 1
    assert html.index('id="menu"') < html.rindex("项trail")


def test_the_phone() -> None:
    nav.badge("notices", lambda request: 5)
    html = page("ui/phone.html", request_of(Person("cases.view", phone=True)))
    assert "刘敏·受理员" in html
    assert html.count("<a href=") + html.count('class="snap"') >= 4
    assert "snap-c" in html
    assert "，5 条未读" in html
    assert 'data-user="7"' in html
    assert 'name="csrf-token"' in html


def test_a_public_page_holds_no_token_and_no_person() -> None:
    html = page("ui/public.html", request_of(None))
    assert "csrf" not in html
    assert 'data-user=""' in html
    assert "大字" in html
    assert 'class="ui-public"' in html


def test_large_letters_on_every_base() -> None:
    cookies = {ELDER_COOKIE: ELDER_VALUE}
    assert 'class="ui-elder"' in page("ui/public.html", request_of(None, **cookies))
    assert "标准字" in page("ui/public.html", request_of(None, **cookies))
    assert 'class="ui-elder"' in page("ui/phone.html", request_of(Person(phone=True), **cookies))
    assert 'class="ui-desk ui-desk-elder"' in page("ui/desk.html", request_of(Person(), **cookies))


@pytest.mark.parametrize("density", [DESK, PHONE])
def test_items_for_a_density(density: str) -> None:
    names = [item.url_name for item in nav.items_for(Person("cases.view"), density)]
    assert names == sorted(names, key=lambda name: [i.order for i in nav.registered() if i.url_name == name])


def test_the_first_page_of_a_phone_tells_of_other_lists_in_which_something_waits() -> None:
    asked: list[str] = []

    def counter(name: str, count: int) -> Callable[[HttpRequest], int]:
        def ask(request: HttpRequest) -> int:
            asked.append(name)
            return count

        return ask

    for name, permission, count in (("t-cases", "", 2), ("t-home", "", 0), ("t-notices", "cases.view", 5)):
        nav.todo(nav.Todo(name, "bell", name, permission, counter(name, count)))
    told = Shell(request_of(Person())).todos
    assert [(item.label, count, bool(url)) for item, count, url in told] == [("t-cases", 2, True)]
    assert asked == ["t-cases", "t-home"]
    assert Shell(request_of(None)).todos == []
