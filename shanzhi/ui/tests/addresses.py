"""The design system by itself: its own pages, without a county, a database or another app."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context, Template
from django.test import override_settings
from django.urls import include, path

from shanzhi.ui.context import shell
from shanzhi.ui.samples import context

REPORT = """{% extends "ui/phone.html" %}{% load ui %}
{% block top %}{% include "ui/parts/back.html" with url="/" title="随手拍" draft=True %}{% endblock %}
{% block main %}
    <form method="post" id="report" enctype="multipart/form-data" action="/sent/" data-draft="report">
        {% csrf_token %}{% idempotency_key %}
        <h2>照片 <span data-photos-count>最多 9 张</span></h2>
        {% include "ui/parts/photo_picker.html" with limit=3 %}
        <span data-place-accuracy></span>
        {% include "ui/parts/place.html" %}
        <label class="field">什么情况<textarea class="form-control" name="text"></textarea></label>
        <label class="choice"><input type="checkbox" name="danger">有人身危险</label>
    </form>
{% endblock %}
{% block foot %}<div class="actbar">
    <button class="btn btn-primary" form="report" data-busy="正在上报…">上报给小关社区</button>
</div>{% endblock %}"""
LEAVE = """{% extends "ui/phone.html" %}{% block main %}
    <form method="post" action="/sent/" data-signout>{% csrf_token %}<button class="btn">退出登录</button></form>
    {% include "ui/parts/ask_drafts.html" %}{% endblock %}"""
SENT = '{% extends "ui/phone.html" %}{% load ui %}{% block main %}{% draft_done "report" %}已上报{% endblock %}'
WORK = """{% extends "ui/desk.html" %}{% load ui %}
{% block body %}<main class="wl" id="main"><div class="wl-bar"><input aria-label="搜索" data-slash>
    <button class="btn" hx-post="/refused/409/" hx-target="#case" id="stale">派给</button>
    <button class="btn" hx-post="/refused/401/" hx-target="#case" id="lost">退回</button>
    <button class="btn" hx-post="/refused/422/" hx-target="#case" id="wrong">办结</button></div>
    <section class="wl-list" data-list>
    {% for row in rows %}<div class="wr" data-row><input class="ck" type="checkbox" aria-label="选中">
        <a class="wr-t" href="/case/{{ forloop.counter }}/" hx-get="/case/{{ forloop.counter }}/?pane=1"
            hx-target="#case" data-open>{{ row.title }}</a></div>{% endfor %}
    <div class="batch" data-batch hidden><b>已选 <span data-count>0</span> 件</b>
        <button class="btn" type="button" data-batch-clear>取消选择</button></div>
    </section><article class="case" id="case">在左边选一件</article></main>{% endblock %}"""


def shown(source: str) -> Any:
    def view(request: HttpRequest, **parts: object) -> HttpResponse:
        request.county = None  # type: ignore[attr-defined]
        return HttpResponse(Template(source).render(Context(context(request) | {"request": request} | _shell(request))))

    return view


def _shell(request: HttpRequest) -> dict[str, Any]:
    return {**shell(request), "csrf_token": "t0ken"}


def case(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(f"<h1>第 {number} 件</h1>" if "pane" in request.GET else f"<title>{number}</title>单独一页")


def refused(request: HttpRequest, status: int) -> HttpResponse:
    if status == 422:
        return HttpResponse("<p>填的内容要改</p>", status=422)
    sentence = "王桂兰刚刚办结了这一件，请刷新后再看。"
    return render(request, f"{status if status != 401 else 403}.html", {"message": sentence}, status=status)


urlpatterns = [
    path("parts/", include("shanzhi.ui.urls")),
    path("report/", shown(REPORT)),
    path("sent/", shown(SENT)),
    path("leave/", shown(LEAVE)),
    path("work/", shown(WORK)),
    path("case/<int:number>/", case),
    path("refused/<int:status>/", refused),
]

MIDDLEWARE = ["shanzhi.config.middleware.HeadersMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
alone = override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=MIDDLEWARE)


@pytest.fixture
def by_itself() -> Any:
    with alone:
        yield
