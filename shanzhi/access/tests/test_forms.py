"""A page with one form: shown, refused with what was typed, or done and led on."""

from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.template import engines
from django.test import RequestFactory

from shanzhi.access import forms as module
from shanzhi.access.forms import FormPage, TakingForm, form_page, form_view, sent
from shanzhi.lib.errors import Conflict, Invalid, Stale


class Name(TakingForm):
    name = forms.CharField(error_messages={"required": "请填姓名。"})


def request_of(method: str = "get", **data: str) -> Any:
    request: Any = getattr(RequestFactory(), method)("/", data)
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each page was made from, in place of a template."""
    pages: list[dict[str, Any]] = []

    def render(request: Any, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        pages.append({"template": template, **context})
        engine = engines["django"].from_string("{{ form.errors }}{{ form.name.value }}")
        return HttpResponse(engine.render(context), status=status)

    monkeypatch.setattr(module, "render", render)
    return pages


def refuse(error: Exception) -> Any:
    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        raise error

    return call


def never(data: dict[str, Any], key: str) -> tuple[str, str]:
    raise AssertionError("not called")


def view(request: Any, call: Any) -> Any:
    return form_view(request, Name(sent(request)), call, template="t.html", context={"x": 1})


def test_a_form_is_shown(shown: list[dict[str, Any]]) -> None:
    answer = view(request_of(), never)
    assert answer.status_code == 200
    assert (shown[0]["template"], shown[0]["x"], shown[0]["form"].is_bound) == ("t.html", 1, False)


def test_what_is_missing_is_said_and_nothing_is_done() -> None:
    answer = view(request_of("post", name=""), never)
    assert answer.status_code == 422
    assert "请填姓名。" in answer.content.decode()


def test_an_act_is_done_once_with_its_key_and_led_on() -> None:
    calls: list[Any] = []

    def call(data: dict[str, Any], key: str) -> tuple[str, str]:
        calls.append((data, key))
        return "已更正。", "/there/"

    request = request_of("post", name="李四", idempotency_key="k")
    answer = view(request, call)
    assert (answer.status_code, answer["Location"]) == (302, "/there/")
    assert calls == [({"name": "李四"}, "k")]
    assert [str(message) for message in get_messages(request)] == ["已更正。"]


def test_an_act_may_answer_with_a_page_of_its_own() -> None:
    answer = view(request_of("post", name="李四"), lambda data, key: HttpResponse("secret"))
    assert answer.content == b"secret"


@pytest.mark.parametrize(
    ("error", "status"),
    [(Invalid("名字太长。", fields={"name": ["名字太长。"]}), 422), (Conflict("已经有了。"), 409), (Stale(), 409)],
)
def test_a_refusal_comes_back_with_what_was_typed(error: Any, status: int) -> None:
    answer = view(request_of("post", name="李四"), refuse(error))
    page = answer.content.decode()
    assert answer.status_code == status
    assert error.message in page
    assert page.endswith("李四")


class Versioned(Name):
    version = forms.IntegerField(widget=forms.HiddenInput)


@pytest.mark.parametrize(("error", "version", "x"), [(Stale(), "7", 2), (Invalid("不对。"), "3", 1)])
def test_where_somebody_was_faster_what_was_typed_stands_upon_the_newest(
    shown: list[dict[str, Any]], error: Any, version: str, x: int
) -> None:
    request = request_of("post", name="李四", version="3")
    answer = form_view(
        request, Versioned(sent(request)), refuse(error), template="t.html", context={"x": 1},
        fresh=lambda: ({"version": 7}, {"x": 2}),
    )  # fmt: skip
    form = shown[0]["form"]
    assert answer.status_code == error.status
    assert (form["version"].value(), form["name"].value(), shown[0]["x"]) == (version, "李四", x)
    assert error.message in str(form.errors)


def test_a_sentence_about_a_field_that_the_form_lacks_stands_on_top() -> None:
    form = Name({"name": "李四"})
    form.take(Invalid("地点不对。", fields={"place": ["地点不对。"]}))
    assert form.non_field_errors() == ["地点不对。"]
    both = Name({"name": "李四"})
    both.take(Invalid("两处不对。", fields={"name": ["名字不对。"], "place": ["地点不对。"]}))
    assert dict(both.errors) == {"name": ["名字不对。"]}


def test_anything_else_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        view(request_of("post", name="李四"), refuse(ZeroDivisionError()))


def test_the_common_page_gets_its_words(shown: list[dict[str, Any]]) -> None:
    words = FormPage("改名", "改名", "正在改", "/back/", crumbs=[SimpleNamespace(label="天长市")])
    form_page(request_of(), words, Name(), never)
    assert shown[0]["template"] == "ui/form.html"
    assert shown[0]["crumbs"] == words.crumbs
    assert words.button_class == "btn-primary"
    assert FormPage("撤销", "撤销", "", "", (), harms=True).button_class == "btn-danger"
