"""Pages: the ledger with its figures, filters, file and paper; issuing in two steps."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.duties.catalogue import Act
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.tests.pages import A, text, typed, url
from shanzhi.duties.tests.world import do, issue, line_at, reported
from shanzhi.tenancy.context import county
from tests.cast import Cast, report

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


@pytest.mark.parametrize("filtered", ["", "state=open", "tab=area&state=late"])
def test_each_figure_opens_the_lines_that_it_counts(cast: Cast, officer: Client, filtered: str) -> None:
    """As many rows in the file behind it as the figure says, and the list is narrowed to their instructions."""
    with county(A):
        clerk, issuer = cast.actor("village_clerk"), cast.actor("township_officer")
        do(issuer, reported(cast, issue(cast)), Act.STRIKE)
        do(issuer, line_at(cast, issue(cast)), Act.WITHDRAW, text="取消。")
        do(clerk, line_at(cast, issue(cast)), Act.RECEIVE)
        do(clerk, line_at(cast, issue(cast)), Act.DECLINE, text="归水务站。")
        reported(cast, issue(cast))
        Line.objects.filter(state="received").update(due_at=timezone.now() - timedelta(days=1))
    for tile in officer.get(f"{url('ledger')}?{filtered}").context["tiles"]:
        rows = officer.get(f"{url('export')}{tile.url}&format=csv").content.decode("utf-8-sig").splitlines()[1:]
        value = officer.get(f"{url('ledger')}{tile.url}").context["tiles"]
        if tile.label != "销号率":
            assert str(len(rows)) == next(one.value for one in value if one.label == tile.label), tile.label
            assert filtered or str(len(rows)) == tile.value, tile.label
    numbers = [int(one.value) for one in officer.get(url("ledger")).context["tiles"] if one.unit == "行"]
    assert numbers == [9, 4, 2, 1, 1, 2]


def test_a_rate_over_nothing_is_none(cast: Cast, officer: Client) -> None:
    told = text(officer.get(url("ledger")))
    assert "还没有交办" in told
    assert re.search(r"销号率 .{0,40}无数据", told)


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("state=struck", False), ("state=issued", True), ("state=open", True), ("state=late", False), ("q=河道", True),
        ("q=防汛会议", True), ("q=外星飞船", False), ("urgent=1", False), ("place=PLACE", True), ("unit=UNIT", False),
        ("issued_from=2020-01-01&issued_to=2020-12-31", False), ("issued_from=2020-01-01", True),
        ("state=nonsense", True), ("sort=due", True), ("tab=area", True),
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


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2020-01-01", "时限要在现在以后，请重新选日期或时间。"), ("0001-01-01", "时限要在现在以后，请重新选日期或时间。"),
        ("2099-01-01", "时限最长两年，请重新选日期。"), ("9999-12-31", "时限最长两年，请重新选日期。"),
        ("gestern", "日期没有写对，请重新选。"), ("", "请选哪天以前办完。"),
    ],
)  # fmt: skip
def test_a_wrong_limit_is_told_before_the_list(cast: Cast, officer: Client, day: str, words: str) -> None:
    answer = officer.post(url("new"), typed(due_on=day))
    assert answer.status_code == 422
    assert words in text(answer)
    assert "沿河走一遍" in text(answer)
