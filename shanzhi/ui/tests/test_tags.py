"""The tags that stand in every row, and those that wire a form."""

import re
import time
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory

from shanzhi.ui.pages import cursor_in, first_page
from shanzhi.ui.samples import NOW
from shanzhi.ui.templatetags.ui import CLOCK_ICONS, STATES


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_icon_points_into_the_sprite_and_is_not_read_out() -> None:
    html = render('{% icon "map-pin" %}')
    assert html == '<svg class="i" aria-hidden="true"><use href="/static/ui/icons.svg#i-map-pin"/></svg>'
    assert 'class="i i-l"' in render('{% icon "map-pin" "i-l" %}')


def test_icon_escapes_its_name() -> None:
    assert "<script>" not in render("{% icon name %}", name='"><script>')


def test_clock_has_icon_word_colour_and_the_whole_time() -> None:
    html = render("{% clock due now %}", due=NOW - timedelta(hours=3), now=NOW)
    assert 'class="clock clock-late"' in html
    assert "#i-alert-triangle" in html
    assert html.endswith("已超 3 小时</span>")
    assert 'title="要在 今天 12:30 前办完"' in html


@pytest.mark.parametrize("state", ["", "paused", "done"])
def test_clock_takes_what_a_template_has(state: str) -> None:
    html = render("{% clock row.due now row.state row.met_at %}", row={"due": NOW, "state": state}, now=NOW)
    assert html.startswith('<span class="clock')


def test_clock_without_a_limit_has_no_title_of_a_time() -> None:
    html = render("{% clock row.due now %}", row={}, now=NOW)
    assert "不限时" in html
    assert "clock-ok" in html
    assert 'title=""' in html


def test_each_kind_of_clock_has_its_own_icon_where_it_warns() -> None:
    warm = {CLOCK_ICONS[kind] for kind in ("soon", "late", "paused", "done", "donelate")}
    assert len(warm) == 5


@pytest.mark.parametrize("state", sorted(STATES))
def test_status_is_a_word_with_a_shape(state: str) -> None:
    shape, word = STATES[state]
    assert render("{% status state %}", state=state) == f'<span class="state state-{shape}">{word}</span>'


def test_status_takes_another_word_and_shows_an_unknown_state_as_it_is() -> None:
    assert ">已派给第四网格<" in render('{% status "dispatched" "已派给第四网格" %}')
    assert ">奇怪<" in render('{% status "奇怪" %}')


def test_person_is_never_without_post() -> None:
    html = render('{% person "王桂兰" "网格员" %}')
    assert re.sub(r"<[^>]+>", " ", html).split() == ["王", "王桂兰", "网格员"]
    assert "网格长 空缺" in render('{% person "" "网格长" %}')


def test_a_name_is_escaped() -> None:
    assert "<b><i>" not in render('{% person name "网格员" %}', name="<i>")


def test_when_is_a_time_that_a_machine_can_read() -> None:
    assert render("{{ at|when:now }}", at=NOW, now=NOW) == '<time datetime="2026-11-20T15:30+08:00">今天 15:30</time>'
    assert render("{{ at|when:now }}", at=None, now=NOW) == ""
    assert render("{{ at|when }}", at=datetime.fromisoformat("2001-01-01T00:00+08:00")).startswith("<time")


def test_numbers() -> None:
    assert render("{{ n|thousands }}", n=1234567) == "1,234,567"
    assert render("{{ n|thousands }}", n=None) == "无数据"
    assert render("{{ fen|yuan }}/{{ fen|yuan_signed }}", fen=123456) == "1,234.56/+1,234.56"


def key_of(html: str) -> str:
    found = re.search(r'name="idempotency_key" value="([0-9a-f]+)"', html)
    assert found
    return found.group(1)


def test_a_form_gets_a_fresh_key_and_keeps_it_when_it_comes_back() -> None:
    first = key_of(render("{% idempotency_key %}", request=RequestFactory().get("/")))
    assert UUID(hex=first)
    assert first != key_of(render("{% idempotency_key %}"))
    again = RequestFactory().post("/", {"idempotency_key": "abc123"})
    assert key_of(render("{% idempotency_key %}", request=again)) == "abc123"
    assert UUID(hex=key_of(render("{% idempotency_key %}", request=RequestFactory().post("/", {}))))


def test_a_key_from_outside_is_escaped() -> None:
    request = RequestFactory().post("/", {"idempotency_key": '"><b>'})
    assert "<b>" not in render("{% idempotency_key %}", request=request)


def test_draft_done_names_the_draft() -> None:
    assert render('{% draft_done "report" %}') == '<span hidden data-draft-done="report"></span>'


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [(None, "n", ["已是第一页", "下一页"]), ("p", None, ["上一页", "已是最后一页"]), ("p", "n", ["上一页", "下一页"])],
)
def test_pager_says_where_the_ends_are(before: str | None, after: str | None, words: list[str]) -> None:
    page = SimpleNamespace(previous_cursor=before, next_cursor=after)
    html = render("{% pager page %}", page=page, request=RequestFactory().get("/?q=路灯&after=x"))
    assert all(word in html for word in words)


def test_pager_keeps_the_filters_and_replaces_the_place() -> None:
    page = SimpleNamespace(previous_cursor="p", next_cursor="n/=")
    html = render("{% pager page %}", page=page, request=RequestFactory().get("/?kind=1&kind=2&after=x"))
    urls = [QueryDict(url) for url in re.findall(r'href="\?([^"]+)"', html.replace("&amp;", "&"))]
    assert [url.getlist("kind") for url in urls] == [["1", "2"], ["1", "2"]]
    assert (urls[0]["before"], urls[1]["after"]) == ("p", "n/=")
    assert "after" not in urls[0]


def test_pager_of_a_single_page_is_nothing() -> None:
    page = SimpleNamespace(previous_cursor=None, next_cursor=None)
    assert render("{% pager page %}", page=page, request=RequestFactory().get("/")).strip() == ""


def test_blank_says_what_comes_and_offers_a_way() -> None:
    html = render('{% blank "inbox" "没有要办的事" "新的来了会在这里。" "/x" "看已办的" %}')
    assert "<h3>没有要办的事</h3>" in html
    assert 'href="/x">看已办的</a>' in html
    assert "href" not in render('{% blank "inbox" "没有要办的事" %}').replace("use href", "")


def test_fifty_rows_cost_little() -> None:
    """Fifty rows with six icons' worth of tags each stay far below the budget of a list page."""
    row = (
        '{% clock due now %}{% status "handling" %}{% person "王桂兰" "网格员" %}{% icon "map-pin" %}{{ due|when:now }}'
    )
    template = Template("{% load ui %}{% for n in rows %}" + row + "{% endfor %}")
    context = Context({"due": NOW - timedelta(days=1), "now": NOW, "rows": range(50)})
    template.render(context)
    spent = []
    for _ in range(5):
        began = time.process_time()
        template.render(context)
        spent.append(time.process_time() - began)
    assert min(spent) < 0.025, f"{min(spent) * 1000:.1f} ms"


def test_the_cursor_in_an_address_and_the_way_to_the_first_page() -> None:
    request = RequestFactory().get("/列表/?q=路灯&after=&before=b")
    assert cursor_in(request.GET) == "b"
    assert first_page(request) == "/%E5%88%97%E8%A1%A8/?q=%E8%B7%AF%E7%81%AF"
    assert first_page(RequestFactory().get("/x/?after=a")) == "/x/"
    assert cursor_in(QueryDict("kind=1")) == ""
