"""Pages: the ledger and its figures, issuing in two steps, one instruction, one line, acts and what was given to me."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.tests.world import do, in_days, issue, line_at, order, reported
from shanzhi.tenancy.context import county
from tests.cast import Cast, report

A = 341181


def url(name: str, *args: Any) -> str:
    return reverse(f"duties:{name}", args=[A, *args])


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def officer(cast: Cast) -> Client:
    return cast["township_officer"].client()


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


def typed(**changes: Any) -> dict[str, Any]:
    said = order()
    return {
        "title": said.title, "body": said.body, "source": said.source, "due_on": str(said.due_on), "due_time": "",
        "groups": ["villages"], "names": "", "role": "", "case": "", "step": "check", "idempotency_key": uuid4().hex,
        **changes,
    }  # fmt: skip


# --- the ledger -----------------------------------------------------------------------------------------------------


def test_the_ledger_counts_lines_and_links_each_figure(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        do(cast.actor("township_officer"), reported(cast, duty), Act.STRIKE)
        do(cast.actor("township_officer"), line_at(cast, issue(cast, "v1")), Act.WITHDRAW, text="取消。")
    page = officer.get(url("ledger"))
    told = text(page)
    assert "汛期前排查河道" in told
    assert "销号率" in told
    assert "50 % 1 ÷ 2 行" in told.replace("50 %", "50 %")
    assert "全部撤回" in told
    assert "还有 1 行" in told
    assert "?state=struck" in page.content.decode()
    assert "销号率 = 已销号 ÷ 交办的行数，撤回的不算。" in page.content.decode()


def test_a_rate_over_nothing_is_none(cast: Cast, officer: Client) -> None:
    told = text(officer.get(url("ledger")))
    assert "还没有交办" in told
    assert re.search(r"销号率 .{0,40}无数据", told)


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("state=struck", False), ("state=issued", True), ("state=open", True), ("state=late", False), ("q=河道", True),
        ("q=防汛会议", True), ("q=外星飞船", False), ("urgent=1", False), ("place=PLACE", True), ("unit=UNIT", False),
        ("issued_from=2020-01-01&issued_to=2020-12-31", False), ("issued_from=2020-01-01", True), ("state=nonsense", True),
        ("sort=due", True), ("tab=area", True),
    ],
)  # fmt: skip
def test_filters_narrow_list_and_file_alike(cast: Cast, officer: Client, query: str, there: bool) -> None:
    with county(A):
        issue(cast)
    query = query.replace("PLACE", cast.areas["v1"].code).replace("UNIT", str(cast.units["t1"].id))
    assert ("汛期前排查河道" in text(officer.get(f"{url('ledger')}?{query}"))) is there
    assert ("汛期前排查河道" in officer.get(f"{url('export')}?format=csv&{query}").content.decode("utf-8-sig")) is there
    assert ("张庄村" in text(officer.get(f"{url('print')}?{query}"))) is there


def test_a_day_that_is_none_is_told(cast: Cast, officer: Client) -> None:
    answer = officer.get(f"{url('ledger')}?issued_from=gestern")
    assert answer.status_code == 422
    assert "“交办日期”的日期没有写对" in text(answer)


def test_the_file_has_a_row_for_each_line(cast: Cast, officer: Client) -> None:
    with county(A):
        reported(cast, issue(cast, title="=1+1"))
    rows = officer.get(f"{url('export')}?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert any("'=1+1" in row and "走了一遍，插了 6 块警示牌。" in row and "待销号" in row for row in rows)
    book = officer.get(url("export"))
    assert book["Content-Type"].endswith("spreadsheetml.sheet")
    assert book.content[:2] == b"PK"


def test_whoever_only_receives_begins_with_what_was_given(cast: Cast, clerk: Client) -> None:
    assert clerk.get(url("ledger"))["Location"] == url("mine")
    with county(A):
        issue(cast)
    assert "我交办的" not in text(clerk.get(f"{url('ledger')}?tab=area"))
    assert "汛期前排查河道" in text(clerk.get(f"{url('ledger')}?tab=issued"))  # falls to what lies in the own area


def test_an_auditor_reads_and_issues_nothing(cast: Cast) -> None:
    with county(A):
        duty = issue(cast)
    auditor = cast["auditor"].client()
    ledger = auditor.get(url("ledger"))
    assert "汛期前排查河道" in text(ledger)
    assert url("new") not in ledger.content.decode()
    page = text(auditor.get(url("duty", duty.id)))
    assert "销号所选" not in page
    assert auditor.get(url("new")).status_code == 403


def test_pages_follow_one_another(cast: Cast, officer: Client) -> None:
    with county(A):
        for number in range(52):
            issue(cast, "v1", title=f"第{number:02d}件")
    first = officer.get(url("ledger"))
    assert "第51件" in text(first)
    assert "第01件" not in text(first)
    following = re.search(r'href="(\?[^"]*after=[^"]+)"', first.content.decode())
    assert following is not None
    assert "第01件" in text(officer.get(url("ledger") + following[1].replace("&amp;", "&")))


# --- issuing --------------------------------------------------------------------------------------------------------


def test_first_the_list_then_it_goes_out(cast: Cast, officer: Client) -> None:
    shown = text(officer.get(url("new")))
    assert "全部村（社区） 2 个" in shown
    sent = typed()
    preview = officer.post(url("new"), sent)
    told = text(preview)
    assert preview.status_code == 200
    assert "交给 2 家：2 个村（社区）" in told
    assert "赵村文、赵村支" in told
    assert "其中 1 家现在没有人在岗" in told  # the second village has nobody
    with county(A):
        assert not Duty.objects.exists()
    done = officer.post(url("new"), {**sent, "step": "issue"})
    with county(A):
        duty = Duty.objects.get()
        assert done["Location"] == url("duty", duty.id)
        assert duty.size == 2
    assert officer.post(url("new"), {**sent, "step": "issue"})["Location"] == url("duty", duty.id)  # sent twice


def test_back_from_the_preview_nothing_is_lost(cast: Cast, officer: Client) -> None:
    back = officer.post(url("new"), typed(step="edit", names="张庄村", source="县里电话通知"))
    page = back.content.decode()
    assert 'value="县里电话通知"' in page
    assert "张庄村</textarea>" in page
    assert re.search(r'value="villages"[^>]*checked', page)


def test_what_is_wrong_stands_beside_its_field_and_all_is_kept(cast: Cast, officer: Client) -> None:
    answer = officer.post(url("new"), typed(title="", groups=[], names="外星村\n王庄村"))
    told = text(answer)
    assert answer.status_code == 422
    assert "请写交办什么事。" in told
    assert "“外星村”不在你能交办的范围内，请核对名称或代码。" in told
    assert "“王庄村”不在你能交办的范围内，请核对名称或代码。" in told  # of the other township
    assert "沿河走一遍" in told


def test_nobody_chosen_is_said(cast: Cast, officer: Client) -> None:
    answer = officer.post(url("new"), typed(groups=[]))
    assert answer.status_code == 422
    assert "请选要交给谁办" in text(answer)


def test_a_role_narrows_and_must_be_held_there(cast: Cast, officer: Client) -> None:
    preview = text(officer.post(url("new"), typed(role="branch_secretary")))
    assert "张庄村 村支部书记" in preview
    wrong = officer.post(url("new"), typed(role="branch_secretary", places=[cast.units["t1"].code]))
    assert "东镇城建中心没有“村支部书记”这个岗位" in text(wrong)


def test_a_case_that_is_not_there_keeps_the_form(cast: Cast, officer: Client) -> None:
    answer = officer.post(url("new"), typed(step="issue", case="2611-9999"))
    assert answer.status_code == 422
    assert "没有找到这个编号的事件" in text(answer)


def test_the_case_is_shown_to_those_who_see_it(cast: Cast, officer: Client) -> None:
    with county(A):
        case = report(cast, place="g1")
        duty = issue(cast, "v1", "v2", case=case.number)
        line = line_at(cast, duty, "v1")
    assert case.number in text(officer.get(url("line", line.id)))
    assert case.number in text(cast["village_clerk"].client().get(url("line", line.id)))
    with county(A):
        other = issue(cast, "u:t1", case=case.number)
        line = line_at(cast, other, "u:t1")
    assert case.number not in text(cast["department_handler"].client().get(url("line", line.id)))


# --- one instruction, several lines ---------------------------------------------------------------------------------


def _ticks(*lines: Line) -> list[str]:
    return [f"{line.id}:{line.version}" for line in lines]


def test_several_are_struck_off_with_a_result_for_each(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        done, still = reported(cast, duty), line_at(cast, duty, "v2")
    answer = officer.post(url("acts", duty.id), {"act": "strike", "line": _ticks(done, still), "text": ""})
    told = text(answer)
    assert "销号 1 行 ：张庄村" in told
    assert "有 1 行没有销号" in told
    assert "没有销号 “李庄村”现在是“待签收”，不能销号。" in told
    with county(A):
        assert [line_at(cast, duty, place).state for place in ("v1", "v2")] == [State.STRUCK, State.ISSUED]


def test_a_batch_sent_twice_acts_once(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        done = reported(cast, duty)
    sent = {"act": "strike", "line": _ticks(done), "text": "", "idempotency_key": "abc"}
    assert "销号 1 行" in text(officer.post(url("acts", duty.id), sent))
    assert "销号 1 行" in text(officer.post(url("acts", duty.id), sent))
    with county(A):
        assert line_at(cast, duty).version == done.version + 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"act": "strike"}, "请先勾选要办的行。"),
        ({"act": "withdraw", "line": "LINE"}, "请写原因，承办单位会看到。"),
        ({"act": "nonsense", "line": "LINE"}, "请点要办的按钮。"),
        ({"act": "strike", "line": "x:y"}, "请先勾选要办的行。"),
        ({"act": "strike", "line": "1:1"}, "请先勾选要销号的。"),
    ],
)
def test_a_batch_that_says_too_little_keeps_the_ticks(
    cast: Cast, officer: Client, sent: dict[str, Any], words: str
) -> None:
    with county(A):
        duty = issue(cast)
        tick = _ticks(line_at(cast, duty))[0]
    answer = officer.post(url("acts", duty.id), {key: value.replace("LINE", tick) for key, value in sent.items()})
    assert answer.status_code == 422
    assert words in text(answer)
    if sent.get("line") == "LINE":
        assert re.search(rf'value="{tick}"\s*checked', answer.content.decode())


def test_lines_of_another_instruction_are_left_alone(cast: Cast, officer: Client) -> None:
    with county(A):
        mine, other = issue(cast, "v1"), issue(cast, "v1")
        line = reported(cast, other)
    officer.post(url("acts", mine.id), {"act": "strike", "line": _ticks(line), "text": ""})
    with county(A):
        assert line_at(cast, other).state == State.DONE


def test_a_receiver_sees_the_instruction_and_the_own_line_only(cast: Cast, clerk: Client) -> None:
    with county(A):
        duty = issue(cast)
    told = text(clerk.get(url("duty", duty.id)))
    assert "沿河走一遍" in told
    assert "张庄村" in told
    assert "李庄村" not in told
    assert "交办 1 行" in told


def test_on_paper(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        reported(cast, duty)
    told = text(officer.get(url("duty-print", duty.id)))
    assert "交办单位：东镇 镇综治中心受理员" in told
    assert "走了一遍，插了 6 块警示牌。" in told
    assert "销号率 0%" in told
    assert "销号率" in text(officer.get(url("print")))


def test_states_of_the_list_are_links(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        reported(cast, duty)
    told = text(officer.get(f"{url('duty', duty.id)}?state=done"))
    assert "走了一遍" in told
    assert "李庄村" not in told


# --- a line and its acts --------------------------------------------------------------------------------------------


def test_received_in_one_tap_and_done_with_words(cast: Cast) -> None:
    worker = cast["grid_worker"].client()
    with county(A):
        duty = issue(cast, "g1")
        line = line_at(cast, duty, "g1")
    listed = worker.get(url("mine"))
    assert "汛期前排查河道" in text(listed)
    assert f'action="{url("receive", line.id)}"' in listed.content.decode()
    answer = worker.post(url("receive", line.id), {"version": "1"}, follow=True)
    assert "已签收，可以开始办了" in text(answer)
    assert "报结" in text(answer)
    form = worker.get(url("done", line.id))
    assert "无此情况" in text(form)
    answer = worker.post(url("done", line.id), {"version": "2", "text": "清了 3 处。"}, follow=True)
    assert "已报结，等交办单位销号" in text(answer)
    with county(A):
        assert line_at(cast, duty, "g1").state == State.DONE


def test_a_form_that_fails_keeps_what_was_typed(cast: Cast, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    answer = clerk.post(url("ask", line.id), {"version": "1", "text": "桥在修，机器过不去。", "until": str(in_days(1))})
    assert answer.status_code == 422
    assert "桥在修，机器过不去。" in text(answer)
    assert "要晚于今天和现在的时限，请重新选。" in text(answer)


def test_nothing_said_is_asked_for(cast: Cast, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    answer = clerk.post(url("done", line.id), {"version": "1", "text": ""})
    assert answer.status_code == 422
    assert "请写办得怎样；没有这种情况的，勾“无此情况”。" in text(answer)
    assert clerk.post(url("done", line.id), {"version": "1", "text": "", "nothing": "on"}).status_code == 302


def test_the_slower_one_keeps_the_words_and_sees_what_happened(cast: Cast, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
        do(cast.actor("branch_secretary"), line, Act.RECEIVE)
    answer = clerk.post(url("progress", line.id), {"version": "1", "text": "东片走完了。"})
    told = text(answer)
    assert answer.status_code == 409
    assert "刚刚有人更新了这一行" in told
    assert "东片走完了。" in told
    assert "赵村支，张庄村 村支部书记" in told
    assert 'name="version" value="2"' in answer.content.decode()
    assert clerk.post(url("progress", line.id), {"version": "2", "text": "东片走完了。"}).status_code == 302


def test_an_act_that_is_not_possible_any_more(cast: Cast, clerk: Client) -> None:
    with county(A):
        line = reported(cast, issue(cast))
    answer = clerk.post(url("done", line.id), {"version": "3", "text": "再报一次。"})
    assert answer.status_code == 409
    assert "现在是“待销号”，不能报结。" in text(answer)
    assert "回到这件交办" in text(answer) or "先不办，返回" in text(answer)
    assert clerk.get(url("done", line.id)).status_code == 409


def test_buttons_are_what_can_be_done(cast: Cast, clerk: Client, officer: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    mine, others = text(clerk.get(url("line", line.id))), text(officer.get(url("line", line.id)))
    for label in ("签收", "报结", "说明不归我办", "申请延期"):
        assert label in mine
    assert "写进展" not in mine
    assert "撤回" in others
    assert "申请延期" not in others


def test_segments_search_and_late(cast: Cast, clerk: Client) -> None:
    with county(A):
        issue(cast, title="第一件")
        reported(cast, issue(cast, title="第二件"))
    told = text(clerk.get(url("mine")))
    assert "待签收 1" in told
    assert "已报结 1" in told
    only = text(clerk.get(f"{url('mine')}?state=done"))
    assert "第二件" in only
    assert "第一件" not in only
    assert "没有找到" in text(clerk.get(f"{url('mine')}?q=外星"))
    assert "没有要办的交办" in text(clerk.get(f"{url('mine')}?late=1"))
    assert "这一类没有" in text(clerk.get(f"{url('mine')}?state=ended"))


def test_the_first_page_of_a_phone_says_what_waits(cast: Cast) -> None:
    worker = cast["grid_worker"].client()
    assert "项等你办" not in text(worker.get(f"/{A}/home/"))
    with county(A):
        issue(cast, "g1")
        issue(cast, "g1", role="grid_leader")
    page = worker.get(f"/{A}/home/")
    assert "交办 有 1 项等你办" in text(page)
    assert url("mine") in page.content.decode()
    assert "交办 有" not in text(cast["resident"].client().get(f"/{A}/home/"))
