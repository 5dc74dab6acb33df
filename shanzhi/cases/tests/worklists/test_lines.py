"""The lines of a work list, which no template escapes."""

from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.cases.presenters import Row
from shanzhi.ui.words import ClockWords


def line(**changes: object) -> str:
    plain = {
        "number": "2611-0001", "title": "井盖断裂", "url": "/341181/cases/2611-0001/", "place": "张庄村第一网格",
        "kind": "道路水电设施", "shape": "new", "state": "待受理", "badge": ClockWords("late", "已超 3 小时"),
        "badge_title": "要在今天 12:00 前办完", "clock": "open", "urgent": False,
    }  # fmt: skip
    shown = changes.pop("context", {})
    assert isinstance(shown, dict)
    row = Row(**{**plain, **changes})  # type: ignore[arg-type]
    return Template("{% load worklists %}{% worklist_lines rows %}").render(Context({"rows": [row], **shown}))


def test_a_line_says_what_is_where_and_until_when() -> None:
    html = line()
    for words in ("2611-0001", "井盖断裂", "张庄村第一网格", "道路水电设施", "待受理", "已超 3 小时"):
        assert words in html
    assert 'class="wr wr-plain"' in html
    assert "checkbox" not in html
    assert "aria-current" not in html


def test_a_box_stands_before_it_where_there_are_acts_for_many() -> None:
    html = line(context={"batch": ["accept"], "selected": "2611-0001"})
    assert 'name="case" value="2611-0001" form="batch" aria-label="选中 井盖断裂"' in html
    assert 'class="wr wr-on"' in html
    assert 'aria-current="true"' in html


def test_marks_and_the_next_act_are_words() -> None:
    html = line(urgent=True, labels=("督办", "吹哨"), act="受理", act_url="/x/")
    assert "有人身危险" in html
    assert '<span class="lbl">督办</span><span class="lbl">吹哨</span>' in html
    assert '<a class="wr-a" href="/x/">受理' in html


def test_what_has_ended_has_no_clock() -> None:
    html = line(clock="done")
    assert "已超" not in html
    assert "<span></span>" in html


def test_the_place_in_the_list_is_kept_in_the_address() -> None:
    html = line(context={"list_query": "tab=open&q=路灯", "oob": True})
    assert 'hx-push-url="?tab=open&amp;q=路灯&amp;case=2611-0001"' in html
    assert 'hx-swap-oob="true"' in html


@given(st.text(max_size=30))
def test_nobodys_words_are_markup(words: str) -> None:
    text = f"<b>{words}\"'{{}}"
    html = line(title=text, place=text, kind=text, state=text, act=text, act_url=text, labels=(text,), badge_title=text)
    assert "<b>" not in html
    assert html.count("<div") == 2
