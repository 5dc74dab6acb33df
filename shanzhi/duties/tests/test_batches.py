"""Several lines at once: a result for each, nothing of another instruction, and what was refused can be sent again."""

import re
from typing import Any

import pytest
from django.test import Client

from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.services import Deed, lines_act
from shanzhi.duties.tests.pages import A, text, ticks, url
from shanzhi.duties.tests.test_api import BASE, post
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.context import county
from tests.cast import Cast

REASON = "会议取消，改到下个月，请先不要办。"


def seen_of(*lines: Line) -> list[dict[str, Any]]:
    return [{"id": str(line.id), "version": line.version} for line in lines]


def results(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.content
    return {row["name"] or row["id"]: row["error"] for row in answer.json()}


def ticked(page: Any) -> list[str]:
    return re.findall(r'name="line" value="([\d:]+)"\s*checked', page.content.decode())


def test_lines_of_several_instructions_each_with_its_result(cast: Cast, county_a: Any) -> None:
    """Of two own instructions and one of the command centre; one stale, one in another state, one not there."""
    first, second = issue(cast, "v1", "g1", "u:t1"), issue(cast, "v1")
    foreign = issue(cast, "v1", by="command_centre")
    good, also = reported(cast, first), reported(cast, second)
    stale = reported(cast, first, "g1", by="grid_worker")
    theirs, still = reported(cast, foreign), line_at(cast, first, "u:t1")
    seen = [(line.id, line.version) for line in (theirs, still, also, good)] + [(stale.id, stale.version - 1), (77, 1)]
    found = lines_act(actor=cast.actor("township_officer"), act=Act.STRIKE, seen=seen)
    told = {one.line_id: one.error for one in found}
    assert [one.line_id for one in found] == sorted(told), "everybody writes several rows in the same order"
    assert (told[good.id], told[also.id]) == ("", "")
    assert told[theirs.id] == "只有交办单位（东镇 指挥中心值班员）能销号，别人只能看。"
    assert told[still.id] == "“东镇城建中心”现在是“待签收”，不能销号。"
    assert told[stale.id].startswith("刚刚有人更新了这一行")
    assert told[77]
    states = {line.id: line.state for line in Line.objects.all()}
    assert [states[line.id] for line in (good, also, theirs, still, stale)] == [
        "struck", "struck", "done", "issued", "done",
    ]  # fmt: skip


@pytest.mark.parametrize(("count", "code"), [(0, "nothing_chosen"), (201, "too_many")])
def test_none_and_too_many_are_refused_as_a_whole(cast: Cast, county_a: Any, count: int, code: str) -> None:
    line = reported(cast, issue(cast))
    seen = [(line.id, line.version), *((number, 1) for number in range(1, count))][:count]
    with pytest.raises(Invalid) as refused:
        lines_act(actor=cast.actor("township_officer"), act=Act.STRIKE, seen=seen)
    assert refused.value.code == code
    assert line_at(cast, line.duty).state == State.DONE


def test_two_hundred_are_done_and_more_by_the_api_are_not(cast: Cast, officer: Client) -> None:
    with county(A):
        line = reported(cast, issue(cast))
        seen = [(line.id, line.version), *((number, 1) for number in range(1, 200))]
        found = lines_act(actor=cast.actor("township_officer"), act=Act.STRIKE, seen=seen)
    assert (len(found), sum(not one.error for one in found)) == (200, 1)
    sent = {"act": "strike", "lines": [{"id": str(number), "version": 1} for number in range(1, 202)]}
    assert post(officer, f"/duties/{line.duty_id}/acts", sent).status_code == 422
    page = officer.post(url("acts", line.duty_id), {"act": "strike", "line": ticks(line) * 201, "text": ""})
    assert page.status_code == 422
    assert "一次最多销号 200 行" in text(page) or "请先勾选" in text(page)


def test_a_line_named_twice_is_done_once(cast: Cast, officer: Client) -> None:
    with county(A):
        line = reported(cast, issue(cast))
    told = post(officer, f"/duties/{line.duty_id}/acts", {"act": "strike", "lines": seen_of(line, line)})
    assert results(told) == {"张庄村": ""}
    with county(A):
        assert line.steps.filter(act=Act.STRIKE).count() == 1


def test_the_api_says_what_became_of_lines_that_are_not_of_this_instruction(cast: Cast, officer: Client) -> None:
    """Nothing that was sent is passed over in silence: a program would take it for done."""
    with county(A):
        mine, other = reported(cast, issue(cast, "v1")), reported(cast, issue(cast, "v1"))
    lines = [*seen_of(mine, other), {"id": "9999999999999999999", "version": 1}]
    told = results(post(officer, f"/duties/{mine.duty_id}/acts", {"act": "strike", "lines": lines}))
    assert told.pop("张庄村") == ""
    assert set(told) == {str(other.id), "9999999999999999999"}
    assert all("不在这件交办的清单里" in words for words in told.values())
    only = results(post(officer, f"/duties/{mine.duty_id}/acts", {"act": "strike", "lines": seen_of(other)}))
    assert list(only) == [str(other.id)]
    with county(A):
        assert line_at(cast, other.duty).state == State.DONE


@pytest.mark.parametrize("who", ["command_centre", "county_leader"])
def test_another_office_that_issues_strikes_nothing_off(cast: Cast, who: str) -> None:
    with county(A):
        line = reported(cast, issue(cast))
    client = cast[who].client()
    told = results(post(client, f"/duties/{line.duty_id}/acts", {"act": "strike", "lines": seen_of(line)}))
    assert told["张庄村"].startswith("只有交办单位")
    page = client.get(url("duty", line.duty_id)).content.decode()
    assert 'name="line"' not in page
    assert cast["other_officer"].client().post(url("acts", line.duty_id), {"act": "strike"}).status_code == 404
    assert cast["village_clerk"].client().post(url("acts", line.duty_id), {"act": "strike"}).status_code == 403
    with county(A):
        assert line_at(cast, line.duty).state == State.DONE


def test_a_batch_replayed_answers_the_same_and_another_body_is_told_by_row(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1", "v2")
    officer, lines = cast.actor("township_officer"), list(duty.lines.all())
    seen = [(line.id, line.version) for line in lines]

    def batch(act: Act, words: str, key: str = "b") -> list[str]:
        return [one.error for one in lines_act(actor=officer, act=act, seen=seen, deed=Deed(text=words), key=key)]

    assert batch(Act.WITHDRAW, REASON) == batch(Act.WITHDRAW, REASON) == ["", ""]
    assert all("已用于另一次操作" in error for error in batch(Act.WITHDRAW, "另一句。"))
    assert all("已用于另一次操作" in error for error in batch(Act.SEND_BACK, REASON))
    assert all("不能撤回" in error for error in batch(Act.WITHDRAW, REASON, "another"))
    assert {line.version for line in Line.objects.filter(duty=duty)} == {2}


def test_what_was_refused_keeps_its_reason_and_ticks_as_it_is_now(cast: Cast, officer: Client) -> None:
    """The clerk was quicker: one press of the same button withdraws the rest with the same words."""
    with county(A):
        duty = issue(cast)
        old = [line_at(cast, duty, place) for place in ("v1", "v2")]
        do(cast.actor("village_clerk"), old[0], Act.RECEIVE)
    page = officer.post(url("acts", duty.id), {"act": "withdraw", "line": ticks(*old), "text": REASON})
    told = text(page)
    assert "撤回 1 行 ：李庄村" in told
    assert "张庄村：刚刚有人更新了这一行" in told
    assert f"{REASON}</textarea>" in page.content.decode()
    assert ticked(page) == [f"{old[0].id}:2"]
    officer.post(url("acts", duty.id), {"act": "withdraw", "line": ticked(page), "text": REASON})
    with county(A):
        assert set(Line.objects.filter(duty=duty).values_list("state", flat=True)) == {State.WITHDRAWN}


def test_after_all_were_done_the_form_is_empty(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast, "v1", "v2")
        line = line_at(cast, duty)
    page = officer.post(url("acts", duty.id), {"act": "withdraw", "line": ticks(line), "text": REASON})
    assert "撤回 1 行" in text(page)
    assert f"{REASON}</textarea>" not in page.content.decode()
    assert ticked(page) == []


def test_a_reason_that_is_too_long_is_refused_once_and_kept(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast)
        lines = [line_at(cast, duty, place) for place in ("v1", "v2")]
    long = "长" * 1001
    page = officer.post(url("acts", duty.id), {"act": "withdraw", "line": ticks(*lines), "text": long})
    assert page.status_code == 422
    assert "最多写 1,000 字，现在是 1,001 字，请删减。" in text(page)
    assert f"{long}</textarea>" in page.content.decode()
    assert sorted(ticked(page)) == sorted(ticks(*lines))


@pytest.mark.parametrize(
    "tick", ["", ":", "1", "-1:1", "1:-1", "１２:１", "9" * 30 + ":1", "1:" + "9" * 30, "<b>:1", "1:1:1", "²:1"]
)
def test_nonsense_in_a_box_is_no_line(cast: Cast, officer: Client, tick: str) -> None:
    with county(A):
        duty = issue(cast)
    page = officer.post(url("acts", duty.id), {"act": "strike", "line": [tick], "text": ""})
    assert page.status_code == 422
    assert "请先勾选" in text(page)


def test_the_lines_of_the_api_are_narrowed_as_it_says(cast: Cast, officer: Client) -> None:
    """`state`, `late` and `q` are declared for the lines of an instruction too."""
    with county(A):
        duty = issue(cast)
        reported(cast, duty)
        late = line_at(cast, duty, "v2")
        do(cast.actor("township_officer"), late, Act.WITHDRAW, text="取消。")
    path = f"{BASE}/duties/{duty.id}/lines"
    for query, names in (
        ("", ["张庄村", "李庄村"]), ("state=done", ["张庄村"]), ("state=ended", ["李庄村"]), ("state=issued", []),
        ("late=true", []), ("q=河道", ["张庄村", "李庄村"]), ("q=外星", []),
    ):  # fmt: skip
        assert sorted(row["name"] for row in officer.get(f"{path}?{query}").json()["items"]) == sorted(names), query


def test_more_time_that_is_over_is_not_granted(cast: Cast, county_a: Any) -> None:
    """Granted after its own day, the line would be late at once and nobody would ever be told."""
    line = line_at(cast, issue(cast))
    asked = do(cast.actor("village_clerk"), line, Act.ASK, text="桥在修。", until=in_days(6))
    assert asked.asked_until is not None
    with pytest.raises(Invalid) as refused:
        do(cast.actor("township_officer"), line, Act.GRANT, at=asked.asked_until)
    assert "已经过了" in refused.value.message
    later = do(cast.actor("township_officer"), line, Act.REFUSE, text="已经过了。", at=asked.asked_until)
    assert (later.asked_until, later.due_at) == (None, line.due_at)
    assert Duty.objects.get().due_at == line.due_at
