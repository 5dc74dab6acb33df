"""Kinds in the browser: who may read and change them, the editor without a file, the trial, and publishing."""

import re
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import given

from shanzhi.access.actor import Actor
from shanzhi.cases.kinds.editing import Draft
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.tests.kinds import FULL, UNSEEN, bodies, unseen
from shanzhi.cases.tests.pages import text_of
from shanzhi.packs.selectors import definition_find, versions_of
from shanzhi.packs.services import definition_publish
from tests.cast import Cast

Sent = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _without_codes(settings: Any) -> None:
    """An administrator signs in with a password alone: second factors are the business of accounts."""
    settings.SHANZHI_REQUIRE_TOTP = False


def url(cast: Cast, name: str, *args: Any) -> str:
    return reverse(f"cases:{name}", args=[cast.county.id, *args])


def publish(cast: Cast, body: dict[str, Any], code: str = "drone") -> int:
    return definition_publish(
        actor=Actor.system(cast.county.id), family="case_kind", code=code, body=body, origin="edited", expected=None
    ).number


def controls(html: str) -> Sent:
    """What the editor's form (or the hidden one of the check page) would post, as the browser would."""
    html = html[html.rindex("<form", 0, html.index('name="expected"')) :]
    html = html[: html.index("</form>")]
    out: Sent = []
    pattern = r"<input([^>]*)>|<textarea([^>]*)>(.*?)</textarea>|<select([^>]*)>(.*?)</select>"
    for found in re.finditer(pattern, html, re.DOTALL):
        attrs = found[1] or found[2] or found[4] or ""
        name = re.search(r'name="([^"]*)"', attrs)
        if name is None or name[1] == "csrfmiddlewaretoken":
            continue
        value = re.search(r'value="([^"]*)"', attrs)
        if found[2] is not None:
            out.append((name[1], unescape(found[3]).removeprefix("\n")))
        elif found[4] is not None:
            chosen = re.search(r'<option value="([^"]*)" selected', found[5]) or re.search(r'value="([^"]*)"', found[5])
            out.append((name[1], unescape(chosen[1]) if chosen else ""))
        elif "checkbox" not in attrs and "radio" not in attrs:
            out.append((name[1], unescape(value[1]) if value else ""))
        elif " checked" in attrs:
            out.append((name[1], unescape(value[1]) if value else "on"))
    return out


def query(pairs: Sent) -> str:
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    return data.urlencode()


def send(client: Client, address: str, pairs: Sent, **changes: str) -> Any:
    kept = [(name, value) for name, value in pairs if name not in changes]
    body = query([*kept, *changes.items()])
    return client.post(address, body, content_type="application/x-www-form-urlencoded")


def html_of(response: Any) -> str:
    return str(response.content.decode())


@given(bodies())
def test_what_the_editor_shows_says_the_same_kind_again(raw: dict[str, Any]) -> None:
    body = KindBody.model_validate(raw)
    data = QueryDict(query(Draft.of(body).pairs()))
    assert KindBody.model_validate(Draft.sent(data).body()) == body


@pytest.mark.parametrize("raw", [FULL, UNSEEN])
def test_so_do_kinds_with_everything(raw: dict[str, Any]) -> None:
    body = KindBody.model_validate({**raw, "order": 0, "seen_by": ["village_clerk"], "acts_off": ["split"]})
    draft = Draft.of(body)
    assert KindBody.model_validate(draft.body()) == body
    again = Draft.sent(QueryDict(query(draft.pairs())))
    assert sorted(again.pairs()) == sorted(draft.pairs())


def test_rows_are_added_moved_and_removed() -> None:
    draft = Draft.of(KindBody.model_validate(FULL))

    def stages() -> list[str]:
        return [row["label"] for row in draft.rows["stages"]]

    assert draft.act("add:stages") == "stages-2"
    assert stages() == ["现场勘查", "维修", ""]
    assert draft.act("up:stages:1") == "stages-0"
    assert stages() == ["维修", "现场勘查", ""]
    assert draft.act("down:stages:0") == "stages-1"
    assert stages() == ["现场勘查", "维修", ""]
    assert draft.act("up:stages:0") == ""
    assert draft.act("down:stages:2") == ""
    assert draft.act("remove:stages:2") == "stages-1"
    assert stages() == ["现场勘查", "维修"]
    for nonsense in ("remove:stages:9", "up:stages:x", "fly:stages:0", "add:nothing", ""):
        assert draft.act(nonsense) == ""
        assert stages() == ["现场勘查", "维修"]


def test_words_of_people_become_what_packs_write() -> None:
    draft = Draft.of(KindBody.model_validate(FULL))
    draft.basics["handling"] = "24 小时\n\n3个工作日\n七天\n"
    draft.rows["fields"][1]["shown_if"] = "是什么: 路灯 ／路面\nwhat=供电"
    draft.rows["fields"][1]["code"] = ""
    draft.rows["stages"][0]["next"] = "维修，repair"
    draft.rows["routes"][0] |= {"who": "units", "units": "城建中心、 供电所", "hours": "08：00-18:00"}
    body = draft.body()
    assert body["handling"] == ["24 hours", "3 working days", "七天"]
    assert body["fields"][1]["shown_if"] == {"what": ["路灯", "路面", "供电"]}
    assert body["fields"][1]["code"] == "f2"
    assert body["stages"][0]["next"] == ["repair", "repair"]
    assert body["routes"][0] == {
        "units": ["城建中心", "供电所"], "level": "township", "hours": "08:00-18:00", "days": "all",
    }  # fmt: skip


def test_what_another_type_of_question_had_is_left_out() -> None:
    draft = Draft.of(KindBody.model_validate(FULL))
    draft.rows["fields"][0]["type"] = "text"
    assert "choices" not in draft.body()["fields"][0]


def test_officers_read_kinds_and_residents_do_not(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    for role, status in (("township_officer", 200), ("system_admin", 200), ("resident", 403), ("audit_admin", 403)):
        client = cast[role].client()
        for address in (url(cast, "kinds"), url(cast, "kind", "drone")):
            assert client.get(address).status_code == status, role
    officer = cast["township_officer"].client()
    page = html_of(officer.get(url(cast, "kind", "drone")))
    assert url(cast, "kind-edit", "drone") not in page
    for address in (url(cast, "kind-edit", "drone"), url(cast, "kind-new")):
        assert officer.get(address).status_code == 403
        assert officer.post(address).status_code == 403
    assert officer.get(url(cast, "kind", "nothing")).status_code == 404
    assert Client().get(url(cast, "kinds")).status_code == 302


def test_a_kind_shows_its_form_clocks_routes_and_stages(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心", "西镇水务站").model_dump(mode="json"))
    response = cast["township_officer"].client().get(url(cast, "kind", "drone"))
    words = text_of(response)
    for part in ("飞得多高（米）", "选“有”：请先打 120", "3 个工作日", "乡镇的镇城建中心牵头，西镇水务站配合", "找到飞手谈话",
                 "谈话记录", "已登记飞手", "拆分", "其余情况"):  # fmt: skip
        assert part in words, part
    page = html_of(response)
    assert 'name="a_height"' in page
    assert 'name="a_pilot-name"' in page
    assert 'name="a_pilot-phone"' in page
    assert 'data-shown-if="{&quot;a_purpose&quot;: [&quot;打药&quot;]}"' in page


def test_the_definitions_page_shows_a_kind_by_the_same_parts(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    address = reverse("packs:definition", args=[cast.county.id, "case_kind", "drone"])
    words = text_of(cast["system_admin"].client().get(address))
    assert "飞得多高 数字 最少 0，最多 500，米 总是" in words
    assert "选“有”就止步" in words
    assert "时限" in words


def test_the_list_says_what_to_do_where_there_is_nothing(cast: Cast) -> None:
    words = text_of(cast["system_admin"].client().get(url(cast, "kinds")))
    assert "新建一类" in words


def test_a_kind_is_changed_looked_at_tried_and_published(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    admin, address = cast["system_admin"].client(), url(cast, "kind-edit", "drone")
    opened = admin.get(address)
    pairs = controls(html_of(opened))
    looked = send(admin, address, pairs, label="无人机", step="look")
    assert looked.status_code == 200
    words = text_of(looked)
    assert "改了什么" in words
    assert "试跑" in words
    assert "发布第 2 版" in words
    assert "名称：无人机" in words
    hidden = controls(html_of(looked))
    back = send(admin, address, hidden, step="write")
    assert 'value="无人机"' in html_of(back)
    unsaid = send(admin, address, hidden, step="publish")
    assert unsaid.status_code == 422
    assert "请写明为什么改" in text_of(unsaid)
    done = send(admin, address, hidden, step="publish", note="名称太长")
    assert done.status_code == 302
    assert done["Location"] == url(cast, "kind", "drone")
    kind = kinds_now()["drone"]
    assert (kind.label, kind.number) == ("无人机", 2)
    assert kind.body == kind.body.model_copy(update={"label": "无人机"})
    definition = definition_find("case_kind", "drone")
    assert definition is not None
    newest = versions_of(definition)[0]
    assert (newest.note, newest.origin) == ("名称太长", "edited")


def test_nothing_changed_is_said_so(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    admin, address = cast["system_admin"].client(), url(cast, "kind-edit", "drone")
    response = send(admin, address, controls(html_of(admin.get(address))), step="look")
    assert response.status_code == 422
    assert "内容没有变" in text_of(response)


def test_moving_rows_keeps_everything_that_was_typed(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    admin, address = cast["system_admin"].client(), url(cast, "kind-edit", "drone")
    pairs = controls(html_of(admin.get(address)))
    response = send(admin, address, pairs, hint="改到一半", step="down:fields:0")
    assert response.status_code == 200
    again = dict(controls(html_of(response)))
    assert again["hint"] == "改到一半"
    assert again["fields-0-label"] == "经过"
    assert again["fields-1-label"] == "什么样子"
    added = send(admin, address, controls(html_of(response)), step="add:routes")
    assert 'id="routes-1" open' in re.sub(r"\s+", " ", html_of(added))
    assert kinds_now()["drone"].number == 1


def test_mistakes_stand_beside_what_they_are_about_and_nothing_is_published(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    admin, address = cast["system_admin"].client(), url(cast, "kind-edit", "drone")
    pairs = [(n, v) for n, v in controls(html_of(admin.get(address))) if n not in ("routes-0-units", "clocks-accept-n")]
    changes = {
        "routes-0-units": "外星办", "clocks-accept-n": "0", "fields-5-shown_if": "在做什么：唱歌", "handling": "七天",
        "papers-0-text": "{nobody}", "fields-2-min": "900", "stages-0-next": "找到飞手谈话",
    }  # fmt: skip
    for step in ("look", "publish"):
        response = send(admin, address, pairs, **changes, step=step, note="试试")
        page = html_of(response)
        assert response.status_code == 422
        for name, words in {
            "clocks-accept-n": "要大于 0", "handling": "看不懂期限“七天”",
        }.items():  # fmt: skip
            assert re.search(rf'<a href="#{name}">[^<]*{words}', page), name
    mended = {"clocks-accept-n": "4", "handling": "7 天"}
    page = html_of(send(admin, address, pairs, **{**changes, **mended}, step="look"))
    for name, words in {
        "routes-0-units": "全县没有叫“外星办”", "fields-5-shown_if": "“唱歌”不在“在做什么”的选项里",
        "papers-0-text": "“{nobody}”不认识", "fields-2-min": "比最大值 500 还大", "stages-0-next": "绕成了圈",
    }.items():  # fmt: skip
        assert re.search(rf'<a href="#{name}">[^<]*{words}', page), name
        assert f'id="{name}-error"' in page, name
    assert "有 5 处要改" in page
    assert kinds_now()["drone"].number == 1


def test_who_comes_second_keeps_what_was_typed_and_compares_again(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    admin, address = cast["system_admin"].client(), url(cast, "kind-edit", "drone")
    pairs = controls(html_of(admin.get(address)))
    publish(cast, {**unseen("镇城建中心").model_dump(mode="json"), "hint": "别人改的"})
    late = send(admin, address, pairs, label="无人机", step="publish", note="改名")
    assert late.status_code == 409
    assert "刚刚有人发布了第 2 版" in text_of(late)
    kept = controls(html_of(late))
    assert ("label", "无人机") in kept
    assert ("expected", "2") in kept
    assert kinds_now()["drone"].number == 2
    looked = send(admin, address, kept, step="look")
    assert "说明：别人改的" in text_of(looked)
    done = send(admin, address, controls(html_of(looked)), step="publish", note="改名")
    assert done.status_code == 302
    assert kinds_now()["drone"].number == 3


def test_a_new_kind_begins_as_a_copy(cast: Cast) -> None:
    publish(cast, unseen("镇城建中心").model_dump(mode="json"))
    admin, address = cast["system_admin"].client(), url(cast, "kind-new")
    assert "照哪一类" in text_of(admin.get(address))
    pairs = controls(html_of(admin.get(address, {"from": "drone"})))
    assert dict(pairs)["label"] == ""
    assert dict(pairs)["fields-0-label"] == "什么样子"
    empty = send(admin, address, pairs, step="look")
    assert empty.status_code == 422
    assert "代码用小写英文字母" in text_of(empty)
    taken = send(admin, address, pairs, step="look", code="drone", label="风筝")
    assert "代码“drone”已经用过" in text_of(taken)
    looked = send(admin, address, pairs, step="look", code="kite", label="风筝挂线")
    assert looked.status_code == 200
    assert "试跑" not in text_of(looked)
    done = send(admin, address, controls(html_of(looked)), step="publish", note="新增")
    assert done.status_code == 302
    assert kinds_now()["kite"].label == "风筝挂线"
    assert kinds_now()["kite"].body.fields == kinds_now()["drone"].body.fields


def test_a_new_kind_may_begin_with_nothing(cast: Cast) -> None:
    admin, address = cast["system_admin"].client(), url(cast, "kind-new")
    pairs = controls(html_of(admin.get(address, {"from": ""})))
    looked = send(admin, address, pairs, step="look", code="kite", label="风筝挂线")
    assert looked.status_code == 200
    assert "没有别的要填" in text_of(looked)
