"""Acts on clocks by pages and by programs: each once, by whom it is for, nothing typed is lost."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from shanzhi.cases.catalogue import State
from shanzhi.cases.forms import SPECS
from shanzhi.cases.forms.clocks import OFFERED
from shanzhi.cases.models import Case, Extension, Step
from shanzhi.cases.services.pausing import LEAST, MOST
from shanzhi.cases.tests.pages import act, address, dispatched, field, post, report, text_of
from shanzhi.cases.tests.test_api import problem, send
from shanzhi.lib.clocks import Span
from shanzhi.lib.times import local
from shanzhi.trail.models import Entry
from tests.cast import Cast
from tests.kinds import kind_add


def day(days: int) -> str:
    return (local(timezone.now()).date() + timedelta(days=days)).isoformat()


# act → who does it, what the form holds, words of the message afterwards
WAY: dict[str, tuple[str, dict[str, Any], str]] = {
    "suspend": ("village_clerk", {"until": day(9), "text": "等材料到货"}, "自动恢复办理"),
    "resume": ("village_clerk", {"text": "材料提前到了"}, "已恢复办理"),
    "ask": ("grid_worker", {"amount": "24 hours", "text": "缺配件"}, "已申请延期"),
    "grant": ("village_clerk", {"text": "抓紧办"}, "已同意延期"),
    "refuse": ("village_clerk", {"text": "今天能办完"}, "没有同意延期"),
    "supervise": ("township_officer", {"limit": "3 working days", "text": "尽快修好"}, "已督办"),
    "answer": ("grid_worker", {"text": "明天修好"}, "已回复督办"),
}
NOT_FOR = {
    "suspend": "grid_worker", "resume": "grid_worker", "ask": "accountant", "grant": "grid_worker",
    "refuse": "grid_worker", "supervise": "village_clerk", "answer": "accountant",
}  # fmt: skip
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "suspend": ({"until": day(0), "text": "我写的原因"}, "最长 180 天"),
    "ask": ({"amount": "", "text": "我写的原因"}, "请选要延长多少。"),
    "refuse": ({"text": ""}, "请写明为什么不同意延期"),
    "supervise": ({"limit": "2 working days", "text": "我写的原因"}, "请在列出的时间里选一个。"),
    "answer": ({"text": ""}, "请写明办到哪一步了"),
}


def at_stage(cast: Cast, name: str) -> Case:
    """A case just before the act of this name, in the hands of the grid."""
    case = dispatched(cast)
    if name == "resume":
        case = act(cast, "village_clerk", "suspend", case, until=timezone.localdate() + timedelta(days=9), text="等")
    if name in {"grant", "refuse"}:
        case = act(cast, "grid_worker", "ask", case, amount=Span.parse("24 hours"), text="缺配件")
    if name == "answer":
        case = act(cast, "township_officer", "supervise", case, text="尽快修好")
    return case


@pytest.mark.parametrize("name", WAY)
def test_each_act_by_its_form(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    who, sent, words = WAY[name]
    client = cast[who].client()
    form = client.get(address(case, f"{name}-create"))
    assert form.status_code == 200
    assert field(form.content.decode(), "version") == str(case.version)
    before = Entry.objects.filter(object_id=case.id).count()
    answer = post(client, case, name, **sent)
    assert (answer.status_code, answer.url) == (302, address(case))
    assert Entry.objects.filter(object_id=case.id).count() == before + 1
    page = text_of(client.get(address(case)))
    assert words in page
    assert sent["text"] in page


@pytest.mark.parametrize("name", WAY)
def test_a_double_click_does_it_once(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    client = cast[WAY[name][0]].client()
    data = {"version": case.version, "idempotency_key": uuid4().hex, **WAY[name][1]}
    answers = [client.post(address(case, f"{name}-create"), data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Step.objects.filter(case_id=case.id, act=name).count() == 1


@pytest.mark.parametrize("name", WAY)
def test_elsewhere_404_and_for_others_403(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    version = case.version
    for who, status in (("other_officer", 404), ("other_worker", 404), (NOT_FOR[name], 403)):
        client = cast[who].client()
        assert client.get(address(case, f"{name}-create")).status_code == status
        assert post(client, case, name, **WAY[name][1]).status_code == status
    case.refresh_from_db()
    assert case.version == version


@pytest.mark.parametrize("name", WAY)
def test_who_was_slower_keeps_what_was_typed(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    client = cast[WAY[name][0]].client()
    data = {"idempotency_key": uuid4().hex, **WAY[name][1], "text": "我写了很久的说明", "version": case.version - 1}
    answer = client.post(address(case, f"{name}-create"), data)
    assert answer.status_code == 409
    assert "我写了很久的说明" in answer.content.decode()
    again = client.post(address(case, f"{name}-create"), {**data, "version": case.version})
    assert again.status_code == 302


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_beside_it_and_the_rest_stays(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    sent, words = WRONG[name]
    answer = post(cast[WAY[name][0]].client(), case, name, **sent)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert sent["text"] in answer.content.decode()
    case.refresh_from_db()
    assert Step.objects.filter(case_id=case.id).count() == case.version


@pytest.mark.parametrize("until", ["", "x", "2026-13-40", "0001-01-01", "99999-01-01"])
def test_a_day_that_is_none(cast: Cast, until: str) -> None:
    case = dispatched(cast)
    answer = post(cast["village_clerk"].client(), case, "suspend", until=until, text="我写的原因")
    assert answer.status_code == 422
    assert "我写的原因" in answer.content.decode()


def test_wrong_states(cast: Cast) -> None:
    case = at_stage(cast, "suspend")
    clerk = cast["village_clerk"].client()
    assert post(clerk, case, "resume").status_code == 409
    assert post(clerk, case, "suspend", **WAY["suspend"][1]).status_code == 302
    assert post(clerk, case, "suspend", **WAY["suspend"][1]).status_code == 409
    assert post(cast["grid_worker"].client(), case, "ask", **WAY["ask"][1]).status_code == 409


def test_the_case_says_it_is_put_aside_and_until_when(cast: Cast) -> None:
    case = dispatched(cast)
    clerk = cast["village_clerk"].client()
    post(clerk, case, "suspend", until=day(9), text="等材料到货")
    page = clerk.get(address(case))
    when = local(timezone.now() + timedelta(days=9))
    words = text_of(page)
    assert f"{when.month}月{when.day}日恢复" in words
    assert "clock-paused" in page.content.decode()
    assert "自动恢复办理，时限从那时接着算" in words
    assert "恢复办理" in words
    phone = text_of(cast["grid_worker"].client().get(address(case)))
    assert "等材料到货" in phone
    listed = text_of(clerk.get("/341181/cases/?tab=open"))
    assert "已挂账" in listed


def test_who_decides_reads_who_asked_and_why(cast: Cast) -> None:
    case = at_stage(cast, "grant")
    page = text_of(cast["village_clerk"].client().get(address(case, "grant-create")))
    assert "张庄村 第一网格 网格员申请延长 24 小时：缺配件" in page
    assert "延期申请" in text_of(cast["village_clerk"].client().get(address(case)))


def test_the_demand_is_read_where_it_is_answered(cast: Cast) -> None:
    case = at_stage(cast, "answer")
    act(cast, "county_leader", "supervise", case, text="县里也在看")
    page = text_of(cast["grid_worker"].client().get(address(case, "answer-create")))
    assert "尽快修好" in page
    assert "另有 1 条等回复" in page


def test_time_is_offered_in_the_unit_of_the_clock(cast: Cast) -> None:
    kind_add("works", {"label": "修路", "handling": ["3 working days"]})
    case = report(cast, kind="works")
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("3 working days"))
    worker = cast["grid_worker"].client()
    page = text_of(worker.get(address(case, "ask-create")))
    assert "5 个工作日" in page
    assert "24 小时" not in page
    assert "个工作日" in text_of(worker.get("/341181/home/")) or "今天" in text_of(worker.get("/341181/home/"))
    assert post(worker, case, "ask", amount="24 hours", text="缺配件").status_code == 422
    assert post(worker, case, "ask", amount="5 working days", text="缺配件").status_code == 302


def test_what_is_offered_is_allowed() -> None:
    for unit, texts in OFFERED.items():
        spans = [Span.parse(text) for text in texts]
        assert all(span.unit is unit and LEAST[unit] <= span.amount <= MOST[unit].amount for span in spans)


# The JSON twin

BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "suspend": ("suspensions", {"until": day(9), "text": "等材料"}),
    "resume": ("resumptions", {}),
    "ask": ("extensions", {"amount": "24 hours", "text": "缺配件"}),
    "grant": ("grants", {}),
    "refuse": ("refusals", {"text": "今天能办"}),
    "supervise": ("supervisions", {"limit": "5 working days", "text": "尽快"}),
    "answer": ("answers", {"text": "明天修好"}),
}
BAD: dict[str, dict[str, Any]] = {
    "suspend": {"until": day(0), "text": "等材料"},
    "ask": {"amount": "3 working days", "text": "缺配件"},
    "refuse": {"text": " "},
    "supervise": {"limit": "7 hours", "text": "尽快"},
    "answer": {"text": ""},
}


@pytest.mark.parametrize("name", BODIES)
def test_by_programs(cast: Cast, cast_b: Cast, name: str) -> None:
    case = at_stage(cast, name)
    resource, body = BODIES[name]
    path = f"/cases/{case.number}/{resource}"
    problem(send(cast_b["command_centre"].client(), path, {"version": 1, **body}), 404)
    problem(send(cast[NOT_FOR[name]].client(), path, {"version": case.version, **body}), 403)
    client = cast[WAY[name][0]].client()
    problem(send(client, path, {"version": case.version - 1, **body}), 409, "stale")
    if name in BAD:
        problem(send(client, path, {"version": case.version, **BAD[name]}), 422)
    key = uuid4().hex
    for _ in range(2):
        done = send(client, path, {"version": case.version, **body}, key)
        assert done.status_code == 200, done.content
    assert done.json()["steps"][0]["act"] == name
    case.refresh_from_db()
    assert case.version == done.json()["version"] == Step.objects.filter(case_id=case.id).count()


def test_a_limit_without_a_unit_is_refused_in_words(cast: Cast) -> None:
    case = dispatched(cast)
    path = f"/cases/{case.number}/extensions"
    sent = {"version": case.version, "amount": "3", "text": "缺"}
    refused = problem(send(cast["grid_worker"].client(), path, sent), 422)
    assert "没有写单位" in refused["detail"]
    assert "amount" in refused["fields"]
    assert not Extension.objects.exists()


def test_every_act_of_these_has_its_words() -> None:
    for name in WAY:
        spec = next(spec for act_, spec in SPECS.items() if act_.value == name)
        assert spec.summary.endswith(".")
        assert spec.resource
    assert State.SUSPENDED.label == "已挂账"
