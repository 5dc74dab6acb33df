"""Pages: one instruction, several lines at once, one line with its acts, what was given to me."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.models import Line
from shanzhi.duties.presenters import due_words, who_words
from shanzhi.duties.tests.pages import A, text, ticks, url
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.lib.times import SHANGHAI
from shanzhi.tenancy.context import county
from tests.cast import Cast

# --- one instruction, several lines ---------------------------------------------------------------------------------


def test_several_are_struck_off_with_a_result_for_each(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        done, still = reported(cast, duty), line_at(cast, duty, "v2")
    answer = officer.post(url("acts", duty.id), {"act": "strike", "line": ticks(done, still), "text": ""})
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
    sent = {"act": "strike", "line": ticks(done), "text": "", "idempotency_key": "abc"}
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
def test_a_batch_that_says_too_little_keeps_theticks(
    cast: Cast, officer: Client, sent: dict[str, Any], words: str
) -> None:
    with county(A):
        duty = issue(cast)
        tick = ticks(line_at(cast, duty))[0]
    answer = officer.post(url("acts", duty.id), {key: value.replace("LINE", tick) for key, value in sent.items()})
    assert answer.status_code == 422
    assert words in text(answer)
    if sent.get("line") == "LINE":
        assert re.search(rf'value="{tick}"\s*checked', answer.content.decode())


def test_lines_of_another_instruction_are_left_alone(cast: Cast, officer: Client) -> None:
    with county(A):
        mine, other = issue(cast, "v1"), issue(cast, "v1")
        line = reported(cast, other)
    officer.post(url("acts", mine.id), {"act": "strike", "line": ticks(line), "text": ""})
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


def test_paper_and_file_say_what_was_late(cast: Cast, officer: Client) -> None:
    """Reported after the limit stays late, struck off or not; what waits for the issuer does not become so."""
    with county(A):
        duty = issue(cast)
        early, tardy = reported(cast, duty), line_at(cast, duty, "v2")
        late = duty.due_at + timedelta(hours=2)
        Line.objects.filter(id=tardy.id).update(state=State.STRUCK, reported_at=late, received_at=late, ended_at=late)
    paper = text(officer.get(url("duty-print", duty.id)))
    assert "已销号（超期）" in paper
    assert "待销号（超期）" not in paper
    rows = officer.get(f"{url('export')}?format=csv").content.decode("utf-8-sig").splitlines()
    by_name = {row.split(",")[8]: row.split(",")[11] for row in rows[1:]}
    assert by_name == {early.name: "", tardy.name: "是"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ([], "没有人在岗"), (["王桂兰"], "王桂兰"), (["王桂兰", "李明"], "王桂兰、李明"),
        (["甲", "乙", "丙", "丁"], "甲、乙、丙、丁"), (["甲", "乙", "丙", "丁", "戊"], "甲、乙、丙等 5 人"),
    ],
)  # fmt: skip
def test_the_people_of_an_office_in_words(names: list[str], words: str) -> None:
    assert who_words(names) == words


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(23, 59, "11月22日 24:00前"), (17, 30, "11月22日 17:30前"), (0, 0, "11月22日 00:00前")],
)
def test_a_limit_in_words(hour: int, minute: int, words: str) -> None:
    now = datetime(2026, 11, 20, 9, tzinfo=SHANGHAI)
    assert due_words(datetime(2026, 11, 22, hour, minute, tzinfo=SHANGHAI), now) == words
