"""Words that attack, tables that attack, and people who look where they have no business: page, file, paper and API."""

import re
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.areas.models import Area
from shanzhi.areas.paths import child
from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.selectors import to_watch
from shanzhi.duties.tests.pages import A, text, typed, url
from shanzhi.duties.tests.test_api import BASE, body, post
from shanzhi.duties.tests.test_telling import deliver
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from tests.cast import Cast, report

IMG = "<img src=x onerror=alert(1)>"


def csv_rows(client: Client, query: str = "") -> list[str]:
    return client.get(f"{url('export')}?format=csv&{query}").content.decode("utf-8-sig").splitlines()


# --- words that attack ----------------------------------------------------------------------------------------------


def test_markup_is_text_on_every_page(cast: Cast, officer: Client, clerk: Client) -> None:
    with county(A):
        duty = issue(cast, "v1", "v2", title=IMG, body=f"{IMG}\n{IMG}", source=IMG)
        line = line_at(cast, duty)
        do(cast.actor("village_clerk"), line, Act.ASK, text=IMG, until=in_days(9))
        do(cast.actor("village_clerk"), line_at(cast, duty), Act.DONE, text=IMG)
        deliver()
        assert Notice.objects.filter(title__contains=IMG).exists()
    pages = [
        officer.get(url("ledger")), officer.get(url("print")), officer.get(url("duty", duty.id)),
        officer.get(url("duty-print", duty.id)), officer.get(url("line", line.id)),
        officer.get(url("send-back", line.id)), clerk.get(url("line", line.id)), clerk.get(f"{url('mine')}?state=done"),
        officer.post(url("new"), typed(title=IMG, body=IMG)),
        officer.post(url("new"), typed(title=IMG, names=IMG, source=IMG)),
        officer.post(url("acts", duty.id), {"act": "withdraw", "line": ["1:1"], "text": IMG}),
        officer.get(f"{url('ledger')}?q={IMG}"), clerk.get(f"{url('mine')}?q={IMG}&state={IMG}"),
        clerk.get(f"/{A}/notices/"),
    ]  # fmt: skip
    for number, page in enumerate(pages):
        words = page.content.decode()
        assert page.status_code in (200, 422), number
        assert "<img src=x" not in words, number
        assert "&lt;img src=x" in words, number


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x.cn","点")', "\t=1+1"])
def test_nothing_is_computed_when_the_file_is_opened(cast: Cast, officer: Client, title: str) -> None:
    with county(A):
        do(cast.actor("village_clerk"), line_at(cast, issue(cast, title=title, source=title)), Act.DONE, text=title)
    for row in csv_rows(officer)[1:]:
        cells = re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', row)
        assert not [cell for cell in cells if re.match(r'"?[=+@-]', cell)], row
        assert sum(cell.startswith(("'", "\"'")) for cell in cells) >= 2
    with ZipFile(BytesIO(officer.get(url("export")).content)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert sheets
    assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]


# --- people who look where they have no business --------------------------------------------------------------------

SECRET = "星火河道排查"


@pytest.mark.parametrize(
    "who",
    ["other_clerk", "other_officer", "other_worker", "grid_worker", "department_handler", "resident", "other_county"],
)
def test_whoever_has_no_part_in_it_finds_it_nowhere(cast: Cast, cast_b: Cast, who: str) -> None:
    with county(A):
        duty = issue(cast, "v1", title=SECRET)
        line = reported(cast, duty)
        deliver()
        told = set(Notice.objects.filter(title__contains=SECRET).values_list("recipient_id", flat=True))
    person = cast_b["township_officer"] if who == "other_county" else cast[who]
    assert person.user.pk not in told
    client = person.client()
    for path in (
        f"{url('ledger')}?tab=area", f"{url('ledger')}?tab=issued", f"{url('ledger')}?tab=area&q={SECRET}", url("mine"),
        f"{url('mine')}?q={SECRET}", f"{url('export')}?format=csv&tab=area", f"{url('export')}?format=csv",
        f"{url('print')}?tab=area", f"{BASE}/duties", f"{BASE}/duties?tab=area&q={SECRET}", f"{BASE}/duty-lines",
    ):  # fmt: skip
        answer = client.get(path)
        assert answer.status_code in (200, 302, 403, 404), path
        assert SECRET not in answer.content.decode().replace(f'value="{SECRET}"', ""), path
        if answer.status_code == 200 and path.startswith(f"{BASE}/duties"):
            assert answer.json()["counts"]["issued"] == 0
    pages = [url("duty", duty.id), url("duty-print", duty.id), url("line", line.id), url("done", line.id)]
    for path in (*pages, f"{BASE}/duties/{duty.id}", f"{BASE}/duties/{duty.id}/lines", f"{BASE}/duty-lines/{line.id}"):
        assert client.get(path).status_code in (403, 404), path
    assert client.post(url("strike", line.id), {"version": line.version}).status_code in (403, 404)
    with county(A):
        assert line_at(cast, duty).state == State.DONE


def test_a_case_that_the_receiver_may_not_see_is_nowhere(cast: Cast) -> None:
    with county(A):
        case = report(cast, place="g4", by="village_clerk", spot="西片机井旁")
        duty = issue(cast, "u:t1", "g1", case=case.number)
        unit, grid = line_at(cast, duty, "u:t1"), line_at(cast, duty, "g1")
    for who, line in (("department_handler", unit), ("grid_worker", grid)):
        client = cast[who].client()
        for path in (
            url("line", line.id), url("done", line.id), url("duty", duty.id), url("duty-print", duty.id), url("mine"),
            f"{url('export')}?format=csv&tab=area", f"{BASE}/duties/{duty.id}", f"{BASE}/duty-lines/{line.id}",
        ):  # fmt: skip
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert case.number not in answer.content.decode(), path
        assert client.get(f"{BASE}/duties/{duty.id}").json()["case"] == ""


# --- the list and its file ------------------------------------------------------------------------------------------


@pytest.fixture
def several(cast: Cast) -> Cast:
    """A line in each state, one late, one that waits for an answer, one urgent, of two offices."""
    clerk, officer = cast.actor("village_clerk"), cast.actor("township_officer")
    lines = [line_at(cast, issue(cast, "v1", "u:t1", title=f"第{number}件", urgent=number == 3)) for number in range(7)]
    do(clerk, lines[1], Act.RECEIVE)
    do(clerk, lines[2], Act.DECLINE, text="x")
    do(clerk, lines[3], Act.ASK, text="x", until=in_days(9))
    for number in (4, 5):
        do(clerk, lines[number], Act.DONE, text="x")
    do(officer, lines[4], Act.STRIKE)
    do(officer, lines[5], Act.SEND_BACK, text="x")
    do(officer, lines[6], Act.WITHDRAW, text="x")
    Line.objects.filter(id=lines[0].id).update(due_at=timezone.now() - timedelta(hours=1))
    issue(cast, "v2", by="command_centre", title="中心的")
    return cast


def test_the_file_holds_what_the_page_shows(several: Cast, officer: Client) -> None:
    village, unit = several.areas["v1"].code, several.units["t1"].id
    queries = [f"state={state}" for state in (*State.values, "open", "late", "waits")]
    queries += ["", "tab=area", "tab=issued", f"place={village}", f"unit={unit}", "urgent=1", "sort=due", "q=第4件"]
    queries += [f"tab=area&place={village}&state=returned", f"state=late&unit={unit}", "q=%25", "q=_"]
    sizes = {}
    for query in queries:
        page = officer.get(f"{url('ledger')}?{query}").content.decode()
        shown = set(re.findall(r'<span class="num">(\d{4}-\d{4})</span>', page))
        rows = csv_rows(officer, query)[1:]
        assert {row.split(",")[0] for row in rows} == shown, query
        items = officer.get(f"{BASE}/duties?{query.replace('urgent=1', 'urgent=true')}").json()["items"]
        assert {item["number"] for item in items} == shown, query
        sizes[query] = len(rows)
    assert (sizes[""], sizes["tab=area"], sizes["state=late"], sizes["state=waits"]) == (14, 15, 1, 2)
    assert (sizes["state=withdrawn"], sizes["urgent=1"], sizes["q=%25"], sizes["q=_"]) == (1, 2, 0, 0)


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def grids(cast: Cast, count: int) -> list[str]:
    """More grids of the first village; their short names."""
    village = cast.areas["v1"]
    rows = [
        Area(
            level="grid", code=f"{village.code}{number:03d}", name=f"第{number}号网格", parent=village, ordinal=number,
            path=child(village.path, number), valid_from=in_days(-9), issued=0,
        ) for number in range(10, 10 + count)
    ]  # fmt: skip
    Area.objects.bulk_create(rows)
    short = {f"more{row.ordinal}": row for row in rows}
    cast.areas |= short
    return list(short)


def test_a_page_of_many_costs_what_a_page_of_one_costs(cast: Cast, officer: Client, clerk: Client) -> None:
    with county(A):
        one = issue(cast, "v1")
    paths = [url("ledger"), url("print"), f"{url('export')}?format=csv", f"{BASE}/duties", f"{url('ledger')}?tab=area"]
    before = {path: statements(officer, path) for path in paths}
    mine = {path: statements(clerk, path) for path in (url("mine"), f"{BASE}/duty-lines")}
    single = [url("duty", one.id), url("duty-print", one.id), f"{BASE}/duties/{one.id}/lines"]
    costs = [statements(officer, path) for path in single]
    with county(A):
        names = grids(cast, 12)
        big = issue(cast, "v1", *names)
        for _ in range(9):
            reported(cast, issue(cast, "v1", "v2", "u:t1"))
    # The first request of a browser may cost one more; a row more never does.
    assert {path: cost for path in before if (cost := statements(officer, path)) > before[path]} == {}
    assert {path: cost for path in mine if (cost := statements(clerk, path)) > mine[path]} == {}
    wide = [url("duty", big.id), url("duty-print", big.id), f"{BASE}/duties/{big.id}/lines"]
    assert all(statements(officer, path) <= cost for path, cost in zip(wide, costs, strict=True))


def test_issuing_to_many_costs_what_issuing_to_one_costs(cast: Cast, county_a: Any) -> None:
    names = grids(cast, 40)
    issue(cast, "v1")
    with CaptureQueriesContext(connection) as one:
        issue(cast, "v1")
    with CaptureQueriesContext(connection) as many:
        assert issue(cast, *names).size == 40
    assert len(many) <= len(one) + 2


def test_the_job_of_reminders_enters_by_its_index(cast: Cast, county_a: Any) -> None:
    issue(cast)
    with CaptureQueriesContext(connection) as caught:
        to_watch(timezone.now(), 200)
    statement = next(one["sql"] for one in caught if "watch_at" in one["sql"])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"
            )  # of a row or two all is cheap
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{statement}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "duty_line_watch" in plan, plan


# --- forms ----------------------------------------------------------------------------------------------------------


def test_a_table_that_is_pasted_into_the_form(cast: Cast, officer: Client) -> None:
    """5,000 unknown names are not 5,000 sentences, and what was pasted stays."""
    names = "\n".join(f"外星村{number}" for number in range(5000))
    answer = officer.post(url("new"), typed(groups=[], names=names))
    told = text(answer)
    assert answer.status_code == 422
    assert "“外星村19”不在你能交办的范围内" in told
    assert "另有 4,980 行也对不上" in told
    assert "“外星村20”不在" not in told
    assert "外星村4999" in told, "the field keeps all of it"
    assert post(officer, "/duties", body(groups=[], receivers=["x"] * 1000)).status_code == 422


def test_more_than_a_thousand_receivers_are_refused_and_all_is_kept(cast: Cast, officer: Client) -> None:
    with county(A):
        village = cast.areas["v1"]
        Area.objects.bulk_create(
            Area(
                level="grid", code=f"{village.code[:9]}{number:06d}", name=f"第{number}号网格", parent=village,
                ordinal=number, path=child(village.path, number), valid_from=in_days(-9), issued=0,
            ) for number in range(10, 1010)
        )  # fmt: skip
    answer = officer.post(url("new"), typed(groups=["grids"], step="issue"))
    assert answer.status_code == 422
    assert "一次最多交给 1,000 家，现在是 1,003 家，请分几次交办。" in text(answer)
    assert "汛期前排查河道" in answer.content.decode()
    with county(A):
        assert not Duty.objects.exists()


@pytest.mark.parametrize(
    ("day", "hour", "words"),
    [
        ("2026-02-30", "", "日期没有写对，请重新选。"), ("2100-01-01", "", "时限最长两年，请重新选日期。"),
        (str(in_days(-1)), "23:59", "时限要在现在以后"), (str(in_days(0)), "00:00", "时限要在现在以后"),
        (str(in_days(3)), "25:00", "时间没有写对"),
    ],
)  # fmt: skip
def test_a_wrong_limit_keeps_everything_that_was_typed(
    cast: Cast, officer: Client, day: str, hour: str, words: str
) -> None:
    sent = typed(
        due_on=day, due_time=hour, urgent="on", names="张庄村 第一网格", places=[cast.areas["v2"].code], case="2611-0008",
        step="issue",
    )  # fmt: skip
    answer = officer.post(url("new"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in text(answer)
    for value in (sent["title"], day, sent["source"], "2611-0008"):
        assert f'value="{value}"' in page, value
    assert not hour or f'value="{hour}"' in page
    for area in (sent["body"], sent["names"]):
        assert f"{area}</textarea>" in page
    for box in ("villages", cast.areas["v2"].code):
        assert re.search(rf'value="{box}"[^>]*checked', page), box
    assert re.search(r'name="urgent"[^>]*checked', page)


def test_until_the_end_of_today_is_still_time(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, due_on=in_days(0))
    line = line_at(cast, duty)
    assert line.watch_at == duty.due_at + timedelta(seconds=1), "the day before is over: only the limit is told of"


@pytest.mark.parametrize("hour", ["09:30:00Z", "17:30:00+02:00"])
def test_a_time_of_another_zone_is_not_taken_for_ours(cast: Cast, officer: Client, hour: str) -> None:
    answer = post(officer, "/duties", body(due_time=hour))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["due_time"])
    made = post(officer, "/duties", body(due_time="17:30:00")).json()
    assert made["due_at"] == f"{in_days(3)}T09:30:00Z"


def test_what_was_typed_stays_when_form_and_line_are_both_wrong(cast: Cast, clerk: Client) -> None:
    """The colleague reported it done while a day was mistyped: the page comes back with the words."""
    with county(A):
        line = reported(cast, issue(cast), by="branch_secretary")
    answer = clerk.post(url("ask", line.id), {"version": "1", "text": "桥在修，过不去。", "until": "2026-02-30"})
    assert answer.status_code == 409
    assert "桥在修，过不去。" in text(answer)
    assert "不能申请延期" in text(answer)


def test_an_issue_that_is_sent_again_after_its_limit_is_the_same_one(cast: Cast, county_a: Any) -> None:
    """The answer was lost and the phone came back an hour later: it was issued, and says so."""
    first = issue(cast, key="k")
    again = issue(cast, key="k", at=first.due_at + timedelta(hours=1))
    assert (again.id, Duty.objects.count(), Line.objects.count()) == (first.id, 1, 2)
