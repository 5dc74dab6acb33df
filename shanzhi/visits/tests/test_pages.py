"""The pages, at a desk and on a phone, in a copy, and with what was filled in without a signal."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.people.models import Look, Membership
from shanzhi.people.services import membership_end
from shanzhi.people.tests.test_pages import words
from shanzhi.people.tests.world import ago, today
from shanzhi.visits.models import Visit
from shanzhi.visits.tests.world import due, groups, make, membership, sent, url
from tests.cast import Cast

COPY = {"X-Phone-Copy": "1"}


@pytest.fixture
def worker(cast: Cast) -> Client:
    groups(cast)
    return cast["grid_worker"].client()


def test_the_phone_has_visits_in_its_bar(cast: Cast, worker: Client) -> None:
    page = worker.get(url("planned"))
    bar = page.content.decode().partition('class="tabbar"')[2]
    assert [bar.index(word) for word in ("待办", "走访", "随手拍", "通知", "我的")] == sorted(
        bar.index(word) for word in ("待办", "走访", "随手拍", "通知", "我的")
    )
    assert "没有要走访的人" in page.content.decode()


def test_a_card_opens_the_form_with_what_is_known(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(3))
    text = words(worker.get(url("planned")))
    assert "张小平" in text
    assert "已过 3 天" in text
    assert "还没去过" in text
    make(cast, row)
    page = worker.get(url("visit", row.id))
    html = page.content.decode()
    assert "139****1234" in words(page)
    assert "13955501234" not in html
    assert 'value="好"' in html
    assert html.count("checked") >= 2, "what was chosen last time is chosen"
    assert "以前的走访" in html
    assert Look.objects.filter(resident_id=row.id, what=Look.What.OPENED).count() == 1


def test_saving_leads_back_to_the_list(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(3))
    answer = worker.post(url("visit", row.id), sent("need", note="屋顶漏雨", report="on"), follow=True)
    case = Case.objects.get()
    assert f"走访已登记，要办的事已报成事件 {case.number}" in words(answer)
    assert "张小平" not in words(answer)
    [made] = Visit.objects.all()
    assert (made.on, made.done_at, made.case_id) == (today(), None, case.id)


def test_what_was_typed_stays_when_something_is_wrong(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(3))
    answer = worker.post(url("visit", row.id), sent("need", note="", q_alone_need="一袋米", on="2026-13-01"))
    assert answer.status_code == 422
    assert "一袋米" in answer.content.decode()
    assert "走访日期写成 2026-03-01 这样" in words(answer)
    answer = worker.post(url("visit", row.id), sent("need", note="", q_alone_need="一袋米"))
    assert answer.status_code == 422
    assert "请写明有什么事要办" in words(answer)
    assert not Visit.objects.exists()


def test_a_day_before_can_be_named(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(3))
    worker.post(url("visit", row.id), sent(on=str(ago(1))))
    assert Visit.objects.get().on == ago(1)
    assert membership(row).due_on == ago(1) + timedelta(days=30)


def test_whoever_need_not_be_visited_has_no_form(cast: Cast, worker: Client) -> None:
    row = due(cast)
    one = membership(row)
    membership_end(actor=cast.actor("village_clerk"), number=one.id, version=one.version, until=today(), reason="搬走")
    for answer in (worker.get(url("visit", row.id)), worker.post(url("visit", row.id), sent())):
        assert answer.status_code == 409
        assert "这个人现在不用走访了" in words(answer)
    assert worker.get(url("visit", 1)).status_code == 404


def test_a_copy_for_the_phone_tells_less(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(3))
    make(cast, row, "need", note="手头很紧")
    Membership.objects.update(due_on=ago(3))
    before = Look.objects.count()
    for page in (url("planned"), url("visit", row.id)):
        answer = worker.get(page, headers=COPY)
        html = answer.content.decode()
        assert answer["Cache-Control"] == "private, no-cache"
        for secret in ("张小平", "1234", "手头很紧", "101号"):
            assert secret not in html, (page, secret)
        assert "张*平" in html
    assert 'name="on"' not in html, "the day is that on which it is filled in"
    assert Look.objects.count() == before, "nobody has looked yet"


def late(client: Client, row: Any, **changes: Any) -> Any:
    said = {**sent(), "done_at": (timezone.now() - timedelta(hours=3)).isoformat(), **changes}
    return client.post(url("visit", row.id), said, headers={"X-Queued": "1"})


def test_what_was_filled_in_without_a_signal_comes_once(cast: Cast, worker: Client) -> None:
    row, key = due(cast, on=ago(3)), uuid4().hex
    answer = late(worker, row, idempotency_key=key)
    assert (answer.status_code, answer.json()["state"]) == (200, "done")
    made = Visit.objects.get()
    assert answer.json()["url"] == url("show", made.id)
    assert made.done_at is not None
    assert made.on == timezone.localtime(made.done_at).date()
    again = late(worker, row, idempotency_key=key)
    assert again.json() == answer.json()
    assert Visit.objects.count() == 1
    shown = words(worker.get(url("show", made.id)))
    assert "没有信号时填的" in shown


def test_it_is_kept_though_the_plan_has_changed_meanwhile(cast: Cast, worker: Client) -> None:
    row = due(cast)
    one = membership(row)
    membership_end(actor=cast.actor("village_clerk"), number=one.id, version=one.version, until=today(), reason="搬走")
    assert late(worker, row).json()["state"] == "done"
    assert Visit.objects.count() == 1


def test_whoever_was_not_met_stays_due(cast: Cast, worker: Client) -> None:
    row = due(cast)
    day = membership(row).due_on
    assert late(worker, row, outcome="absent").json()["words"] == "已登记，没见到本人的，下次走访的日子不变"
    assert membership(row).due_on == day


@pytest.mark.parametrize(
    ("changes", "state", "words_"),
    [
        ({"outcome": ""}, "invalid", "请选这次走访的结果"),
        ({"outcome": "need"}, "invalid", "请写明有什么事要办"),
        ({"done_at": "2020-01-01T00:00:00+00:00"}, "invalid", "最近 90 天以内"),
        ({"idempotency_key": ""}, "invalid", "没有编号"),
        ({"q_alone_health": ""}, "invalid", "请回答“身体怎么样”"),
    ],
)
def test_what_is_wrong_comes_back_to_the_phone(
    cast: Cast, worker: Client, changes: dict[str, str], state: str, words_: str
) -> None:
    row = due(cast)
    answer = late(worker, row, **changes)
    assert (answer.status_code, answer.json()["state"]) == (422, state)
    assert words_ in answer.json()["words"]
    assert not Visit.objects.exists()


def test_somebody_elses_person_is_refused(cast: Cast, worker: Client) -> None:
    row = due(cast)
    answer = late(cast["other_worker"].client(), row)
    assert (answer.status_code, answer.json()["state"]) == (404, "refused")


def test_a_desk_sees_a_table_and_the_records(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(3))
    clerk = cast["village_clerk"].client()
    assert "<table" in clerk.get(url("planned")).content.decode()
    make(cast, row, "need", report=True)
    page = clerk.get(url("made"))
    assert "见到本人，有事要办" in words(page)
    assert Case.objects.get().number in words(page)
    assert "没有这样的走访" in words(clerk.get(url("made") + "?outcome=absent"))
    assert "没有这样的走访" in words(clerk.get(url("made") + "?who=mine"))
    assert "张小平" in words(worker.get(url("made") + "?who=mine"))
    made = Visit.objects.get()
    shown = words(clerk.get(url("show", made.id)))
    for word in ("屋顶漏雨", "身体怎么样： 好", "吃饭有没有困难： 没有", "独居老人"):
        assert word in shown


@pytest.mark.parametrize(("query", "status"), [("on_from=昨天", 422), ("on_from=2026-05-02&on_to=2026-05-01", 422),
                                               ("on_from=2026-05-01&on_to=2026-05-02", 200)])  # fmt: skip
def test_days_that_make_no_sense_are_said(cast: Cast, worker: Client, query: str, status: int) -> None:
    for name in ("made", "counts"):
        answer = cast["village_clerk"].client().get(f"{url(name)}?{query}")
        assert answer.status_code == status
        assert ("日期写成" in words(answer)) is (status == 422)


def test_whoever_may_not_know_of_the_group_sees_no_visit(cast: Cast, worker: Client) -> None:
    groups(cast, seen_by=["village_clerk", "township_officer"], visited_by=["village_clerk"])
    row = due(cast)
    made = make(cast, row, by="village_clerk")
    assert worker.get(url("show", made.id)).status_code == 404
    assert "还没有走访记录" in words(worker.get(url("made")))
    assert "张小平" in words(cast["township_officer"].client().get(url("made")))


def test_opening_a_visit_is_a_look_at_the_person(cast: Cast, worker: Client) -> None:
    row = due(cast)
    made = make(cast, row)
    clerk, other = cast["village_clerk"].client(), cast["other_clerk"].client()
    assert clerk.get(url("made")).status_code == 200
    assert not Look.objects.filter(what=Look.What.OPENED).exists()
    for client, status in ((clerk, 200), (clerk, 200), (other, 404)):
        assert client.get(url("show", made.id)).status_code == status
    [look] = Look.objects.filter(what=Look.What.OPENED)
    assert (look.resident_id, look.user) == (row.id, cast["village_clerk"].user), "once an hour, and only if shown"


def test_the_file_masks_names(cast: Cast, worker: Client) -> None:
    row = due(cast)
    make(cast, row)
    answer = cast["village_clerk"].client().get(url("export"))
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["走访日期", "姓名"]
    assert rows[1][0] == str(today())
    assert rows[1][1] == "张*平"
    assert rows[1][4] == "见到本人，一切正常"
    assert len(rows) == 2


def test_numbers_are_defined_and_side_by_side(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    due(cast, name="李四", order=102)
    make(cast, row, "absent")
    leader = cast["county_leader"].client()
    text = words(leader.get(url("counts")))
    assert "应走访 2 人次" in text
    assert "按期走访率 50.0%" in text
    assert "走访次数 1 次" in text
    assert "见到本人 0 次" in text
    assert "东镇" in text
    assert "没有数" in text, "the other township has nobody"
    assert "张小平" not in text
    assert leader.get(url("planned")).status_code == 403
    town = words(cast["township_officer"].client().get(f"{url('counts')}?area={cast.areas['t1'].code}"))
    assert cast.areas["v1"].name in town
