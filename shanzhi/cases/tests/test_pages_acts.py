"""Acts by pages: each once, by whom it is for, and nothing typed is lost when somebody was faster."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from shanzhi.cases.acts import INNER, Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.forms import SPECS
from shanzhi.cases.models import Case, Step
from shanzhi.cases.tests.pages import act, address, dispatched, field, post, report, text_of
from shanzhi.files.models import StoredFile
from shanzhi.files.tests import pictures
from shanzhi.trail.models import Entry
from tests.cast import Cast


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Any) -> None:
    settings.VAR_DIR = tmp_path


def photo(seed: int = 1) -> Any:
    return pictures.upload(pictures.noise(40, 30, seed=seed), name=f"{seed}.jpg")


def at_stage(cast: Cast, stage: str) -> Case:
    """A case just before the act of this name."""
    if stage in {"start", "handle", "return"}:
        return dispatched(cast)
    if stage in {"verify", "close"}:
        case = report(cast, solved="盖住了")
        return act(cast, "village_clerk", "verify", case) if stage == "close" else case
    case = report(cast)
    return act(cast, "village_clerk", "accept", case) if stage == "dispatch" else case


# act → who does it, what the form holds, the state afterwards, words of the message
WAY: dict[str, tuple[str, dict[str, Any], State, str]] = {
    "accept": ("village_clerk", {}, State.ACCEPTED, "已受理"),
    "reject": ("village_clerk", {"text": "不归村里管"}, State.REJECTED, "不予受理"),
    "dispatch": ("village_clerk", {"limit": "24 hours", "text": "请今天去看"}, State.DISPATCHED, "已派给第一网格"),
    "start": ("grid_worker", {}, State.HANDLING, "已开始处理"),
    "handle": ("grid_worker", {"text": "已换井盖"}, State.HANDLED, "处理结果已报上去"),
    "return": ("grid_worker", {"text": "不是我的网格"}, State.RETURNED, "已退回"),
    "escalate": ("village_clerk", {"text": "要镇里来"}, State.REPORTED, "已请上级办"),
    "verify": ("village_clerk", {"text": "去看过了"}, State.VERIFIED, "已核查通过"),
    "close": ("grid_worker", {"satisfied": "yes", "text": "修得快"}, State.CLOSED, "已办结"),
}


def filled(cast: Cast, name: str) -> dict[str, Any]:
    extra = {"target": f"area:{cast.areas['g1'].id}"} if name == "dispatch" else {}
    return {**WAY[name][1], **extra}


def test_every_act_but_the_report_has_an_address() -> None:
    assert set(SPECS) == set(Act) - INNER


@pytest.mark.parametrize("name", WAY)
def test_each_act_by_its_form(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    who, _, state, words = WAY[name]
    client = cast[who].client()
    form = client.get(address(case, f"{name}-create"))
    assert form.status_code == 200
    html = form.content.decode()
    assert field(html, "version") == str(case.version)
    assert len(field(html, "idempotency_key")) == 32
    assert f'data-draft="{name}-{case.number}"' in html
    before = Entry.objects.filter(object_id=case.id).count()
    answer = post(client, case, name, **filled(cast, name))
    assert (answer.status_code, answer.url) == (302, address(case))
    case.refresh_from_db()
    assert case.state == state
    assert Entry.objects.filter(object_id=case.id).count() == before + 1
    page = client.get(address(case)) if state != State.REPORTED else cast["village_clerk"].client().get(address(case))
    if state != State.REPORTED:
        assert words in text_of(page)
        assert f'data-draft-done="{name}-{case.number}"' in page.content.decode()
    text = WAY[name][1].get("text")
    if text:
        assert text in text_of(page)


@pytest.mark.parametrize("name", WAY)
def test_a_double_click_does_it_once(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    client = cast[WAY[name][0]].client()
    data = {"version": case.version, "idempotency_key": uuid4().hex, **filled(cast, name)}
    answers = [client.post(address(case, f"{name}-create"), data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Step.objects.filter(case_id=case.id, act=name).count() == 1


@pytest.mark.parametrize("name", WAY)
def test_a_stranger_is_led_to_the_login(cast: Cast, client: Client, name: str) -> None:
    case = at_stage(cast, name)
    answer = post(client, case, name, **filled(cast, name))
    assert answer.status_code == 302
    assert answer.url.endswith(f"next={address(case, f'{name}-create')}")
    assert case.version == Case.objects.get().version


@pytest.mark.parametrize("name", WAY)
@pytest.mark.parametrize("method", ["get", "post"])
def test_elsewhere_the_case_does_not_exist(cast: Cast, cast_b: Cast, name: str, method: str) -> None:
    case = at_stage(cast, name)
    for client in (cast["other_officer"].client(), cast["other_worker"].client(), cast_b["command_centre"].client()):
        answer = client.get(address(case, f"{name}-create")) if method == "get" else post(client, case, name)
        assert answer.status_code == 404
    case.refresh_from_db()
    assert Step.objects.filter(case_id=case.id).count() == case.version


# act → somebody who sees the case but has no post for the act
NOT_FOR = {
    "accept": "grid_worker", "reject": "grid_worker", "dispatch": "grid_worker", "start": "accountant",
    "handle": "accountant", "return": "supervisor", "escalate": "accountant", "verify": "grid_leader",
}  # fmt: skip


@pytest.mark.parametrize("name", NOT_FOR)
def test_another_role_is_refused_and_nothing_changes(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    client = cast[NOT_FOR[name]].client()
    version = case.version
    assert client.get(address(case, f"{name}-create")).status_code == 403
    assert post(client, case, name, **filled(cast, name)).status_code == 403
    case.refresh_from_db()
    assert case.version == version


def test_anothers_turn_is_refused(cast: Cast) -> None:
    case = dispatched(cast, place="g4")
    client = cast["village_clerk"].client()
    assert client.get(address(case, "start-create")).status_code == 403
    assert post(client, case, "handle", text="我来写").status_code == 403


def test_the_auditor_reads_and_closes_nothing(cast: Cast) -> None:
    case = at_stage(cast, "close")
    client = cast["auditor"].client()
    assert client.get(address(case)).status_code == 200
    assert client.get(address(case, "close-create")).status_code == 403
    assert post(client, case, "close").status_code == 403


@pytest.mark.parametrize("name", WAY)
def test_who_was_slower_gets_the_form_again_with_everything_typed(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    client = cast[WAY[name][0]].client()
    typed = {**filled(cast, name), "text": "我写了很久的说明"}
    data = {"version": case.version - 1, "idempotency_key": uuid4().hex, **typed}
    answer = client.post(address(case, f"{name}-create"), data)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "刚刚有人办了这件事" in html
    assert "我写了很久的说明" in html
    assert "最新的经过" in html
    assert field(html, "version") == str(case.version)
    assert field(html, "idempotency_key") == data["idempotency_key"]
    case.refresh_from_db()
    assert Step.objects.filter(case_id=case.id).count() == case.version
    again = client.post(address(case, f"{name}-create"), {**data, "version": case.version})
    assert again.status_code == 302


def test_who_was_slower_and_cannot_any_more_reads_why(cast: Cast) -> None:
    case = report(cast)
    client = cast["village_clerk"].client()
    html = client.get(address(case, "reject-create")).content.decode()
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    data = {"version": field(html, "version"), "idempotency_key": field(html, "idempotency_key"), "text": "不归我们管"}
    answer = client.post(address(case, "reject-create"), data)
    words = text_of(answer)
    assert answer.status_code == 409
    assert "现在的状态是“待处理”" in words
    assert "不归我们管" in words
    assert "派给第一网格" in words
    assert "btn-primary" not in answer.content.decode()


def test_a_state_that_knows_no_such_act(cast: Cast) -> None:
    case = report(cast)
    client = cast["village_clerk"].client()
    assert client.get(address(case, "verify-create")).status_code == 409
    answer = post(client, case, "verify", text="写好的核查情况")
    assert answer.status_code == 409
    assert "现在是“待受理”，不能核查通过" in text_of(answer)
    assert "写好的核查情况" in text_of(answer)


def test_a_stale_form_without_words_says_first_that_it_is_stale(cast: Cast) -> None:
    case = report(cast)
    data = {"version": case.version + 5, "text": ""}
    assert cast["village_clerk"].client().post(address(case, "reject-create"), data).status_code == 409


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_spoiled_version_changes_nothing(cast: Cast, version: str) -> None:
    case = report(cast)
    answer = cast["village_clerk"].client().post(address(case, "accept-create"), {"version": version})
    assert answer.status_code in (409, 422)
    case.refresh_from_db()
    assert case.state == State.REPORTED


REASONS = {
    "reject": "请写明为什么不予受理，反映人会看到。",
    "handle": "请写明怎么处理的、结果怎么样。",
    "return": "请写明为什么退回，对方会看到。",
    "escalate": "请写明为什么要上级办。",
}


@pytest.mark.parametrize("name", REASONS)
def test_a_reason_is_asked_for(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    client = cast[WAY[name][0]].client()
    for text in ("", "   \n"):
        answer = post(client, case, name, text=text)
        assert answer.status_code == 422
        assert answer.content.decode().count(REASONS[name]) == 2  # in the summary and beside the field
    case.refresh_from_db()
    assert Step.objects.filter(case_id=case.id).count() == case.version


@pytest.mark.parametrize("name", WAY)
def test_too_many_words_come_back_whole(cast: Cast, name: str) -> None:
    case = at_stage(cast, name)
    long = "长" * 1001
    answer = post(cast[WAY[name][0]].client(), case, name, **{**filled(cast, name), "text": long})
    assert answer.status_code == 422
    assert "最多写 1000 字，现在 1001 字，请删减。" in text_of(answer)
    assert long in answer.content.decode()


def test_photos_stay_when_the_result_comes_back(cast: Cast) -> None:
    case = dispatched(cast)
    client = cast["grid_worker"].client()
    answer = post(client, case, "handle", text="", photos=[photo(1), photo(2)])
    assert answer.status_code == 422
    drafts = list(StoredFile.objects.values_list("id", flat=True))
    assert len(drafts) == 2
    assert all(f'name="photo_ids" value="{draft}" checked' in answer.content.decode() for draft in drafts)
    stale = client.post(
        address(case, "handle-create"), {"version": 1, "text": "已换井盖", "photo_ids": drafts, "photos": [photo(3)]}
    )
    assert stale.status_code == 409
    kept = list(StoredFile.objects.values_list("id", flat=True))
    assert len(kept) == 3
    assert all(f'name="photo_ids" value="{draft}" checked' in stale.content.decode() for draft in kept)
    assert post(client, case, "handle", text="已换井盖", photo_ids=kept).status_code == 302
    step = Step.objects.get(case_id=case.id, act="handle")
    assert StoredFile.objects.filter(owner_type="cases.step", owner_id=step.id).count() == 3


def test_anothers_photo_cannot_be_taken_along(cast: Cast) -> None:
    other = cast["other_worker"]
    case = dispatched(cast)
    post(other.client(), report(cast, by="other_worker", place="g3"), "handle", text="x", photos=[photo()])
    mine = post(cast["grid_worker"].client(), case, "handle", text="已换", photo_ids=[1, 99, "x"])
    assert mine.status_code == 422
    assert "有照片已经过期" in text_of(mine)


def test_the_choices_of_a_dispatch(cast: Cast) -> None:
    case = at_stage(cast, "dispatch")
    html = cast["village_clerk"].client().get(address(case, "dispatch-create")).content.decode()
    own, other = cast.areas["g1"].id, cast.areas["g4"].id
    assert html.index(f'value="area:{own}"') < html.index(f'value="area:{other}"')
    assert "第一网格（事发地）" in html
    assert "checked" in html[html.index(f'value="area:{own}"') :][:80]
    assert f"area:{cast.areas['g2'].id}" not in html
    for words in ("2 小时", "24 小时", "72 小时", "168 小时", "360 小时"):
        assert words in html


def test_a_township_gives_to_villages_and_units(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "escalate", case, text="要部门来")
    act(cast, "township_officer", "accept", case)
    client = cast["township_officer"].client()
    html = client.get(address(case, "dispatch-create")).content.decode()
    assert "镇城建中心" in html
    assert "李庄村" in html
    assert "西镇水务站" not in html
    post(client, case, "dispatch", target=f"unit:{cast.units['t1'].id}", limit="72 hours")
    case.refresh_from_db()
    assert case.turn_unit_id == cast.units["t1"].id
    assert "已派给镇城建中心" in text_of(client.get(address(case)))


@pytest.mark.parametrize(
    "changes", [{"target": ""}, {"target": "area:1"}, {"target": "unit:x"}, {"limit": "3 hours"}, {"limit": ""}]
)
def test_a_dispatch_that_names_nobody_or_no_time(cast: Cast, changes: dict[str, str]) -> None:
    case = at_stage(cast, "dispatch")
    data = {**filled(cast, "dispatch"), "text": "请今天去看", **changes}
    answer = post(cast["village_clerk"].client(), case, "dispatch", **data)
    assert answer.status_code == 422
    assert "请今天去看" in answer.content.decode()
    if not changes.get("target", "x"):
        assert answer.content.decode().count("请选一个网格、下级或单位来处理。") == 2
    case.refresh_from_db()
    assert case.state == State.ACCEPTED


def test_who_is_not_satisfied_says_why_and_it_begins_again(cast: Cast) -> None:
    case = at_stage(cast, "close")
    client = cast["grid_worker"].client()
    empty = post(client, case, "close", satisfied="no", text="")
    assert empty.status_code == 422
    assert "请写明哪里不满意" in text_of(empty)
    assert post(client, case, "close", text="没有选").status_code == 422
    assert post(client, case, "close", satisfied="no", text="又松了").status_code == 302
    case.refresh_from_db()
    assert case.state == State.RETURNED
    words = text_of(client.get(address(case)))
    assert "已退给张庄村重新办理" in words
    assert "反映人不满意，退给张庄村" in words


def test_only_the_reporter_is_asked_for_a_rating(cast: Cast) -> None:
    case = at_stage(cast, "close")
    client = cast["village_clerk"].client()
    assert 'name="satisfied"' not in client.get(address(case, "close-create")).content.decode()
    post(client, case, "close", satisfied="no")
    case.refresh_from_db()
    assert case.state == State.CLOSED
    assert Step.objects.get(case_id=case.id, act="close").satisfied is None


def test_from_beside_a_list_one_comes_back_to_the_list(cast: Cast) -> None:
    case = report(cast)
    client = cast["village_clerk"].client()
    answer = post(client, case, "accept", back="tab=open&q=井盖&case=old")
    assert answer.status_code == 302
    assert answer.url == f"/341181/cases/?tab=open&q=%E4%BA%95%E7%9B%96&case={case.number}#r-{case.number}"
    words = text_of(client.get(answer.url))
    assert "已受理" in words
    assert "派给…" in words


@pytest.mark.parametrize("back", ["https://evil.example/?x=1", "//evil.example", "javascript:alert(1)", "\r\nX: y"])
def test_one_never_comes_back_to_somewhere_else(cast: Cast, back: str) -> None:
    case = report(cast)
    answer = post(cast["village_clerk"].client(), case, "accept", back=back)
    if answer.status_code == 302:
        assert answer.url.startswith("/341181/cases/")


def test_a_form_beside_the_list_is_a_part_of_a_page(cast: Cast) -> None:
    case = report(cast)
    url = f"{address(case, 'escalate-create')}?pane=1"
    headers = {"HX-Current-URL": "http://testserver/341181/cases/?tab=mine"}
    html = cast["village_clerk"].client().get(url, headers=headers).content.decode()
    assert "<html" not in html
    assert field(html, "back") == "tab=mine"
    assert "请上级办：" in html
    assert "经过" in html


def test_after_escalating_the_village_still_sees_the_way(cast: Cast) -> None:
    case = report(cast)
    client = cast["village_clerk"].client()
    post(client, case, "escalate", text="要镇里来")
    words = text_of(client.get(address(case)))
    assert "请东镇办" in words
    assert "已请上级办" in words
    assert "要镇里来" in words


def test_the_form_of_a_phone_has_its_button_in_reach(cast: Cast) -> None:
    case = dispatched(cast)
    html = cast["grid_worker"].client().get(address(case, "handle-create")).content.decode()
    bar = html[html.index('<div class="actbar') :]
    assert 'form="act"' in bar
    assert "报处理结果" in bar
    assert html.count("btn-primary") == 1
