"""Requests: fields, filters, limits, and what of a case nobody may learn here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.cases.services import case_act
from shanzhi.cases.tests.kinds import FULL
from shanzhi.exchange.open311 import requests
from shanzhi.exchange.tests.client import REQUEST, W3C, Client311, case_of, confirm
from shanzhi.packs.services import definition_publish
from shanzhi.tenancy.context import county
from tests.cast import Cast, report
from tests.kinds import kind_add

MARK = "泄漏标记"


def done(cast: Cast, case: Case, act: Act, by: str = "village_clerk", **args: Any) -> Case:
    case = Case.objects.get(id=case.id)
    return case_act(actor=cast.actor(by), case=case, act=act, version=case.version, **args)


def test_fields(cast: Cast, client: Client311) -> None:
    case = report(cast)
    (row,) = client.get("requests")
    assert tuple(row) == REQUEST
    assert row["service_request_id"] == case.number
    assert (row["status"], row["service_code"], row["service_name"]) == ("open", "facilities", "道路水电设施")
    assert row["status_notes"] == "等待受理。接下来：由张庄村决定是否受理。"
    assert row["agency_responsible"] == "张庄村"
    assert W3C.fullmatch(row["requested_datetime"])
    assert row["requested_datetime"] == row["updated_datetime"]
    for name in ("description", "address", "address_id", "lat", "long", "media_url", "zipcode", "expected_datetime"):
        assert row[name] is None
    assert client.get(f"requests/{case.number}") == [row]
    assert client.get(f"requests/341181-{case.number}") == [row]


def test_a_confirmed_summary_is_told_with_the_village_and_a_rough_place(cast: Cast, client: Client311) -> None:
    confirm(report(cast), "路口井盖破损，已围挡。", lat=32_7012345, lon=118_8056789)
    (row,) = client.get("requests")
    assert row["description"] == "路口井盖破损，已围挡。"
    assert (row["lat"], row["long"]) == (32.701, 118.806)
    assert row["address"] == "天长市东镇张庄村"  # not the grid
    assert row["address_id"] == cast.areas["v1"].code


def test_a_summary_without_a_position(cast: Cast, client: Client311) -> None:
    case = report(cast)
    Case.objects.filter(id=case.id).update(summary="井盖已修。")
    (row,) = client.get("requests")
    assert (row["lat"], row["long"], row["address"]) == (None, None, "天长市东镇张庄村")


def test_status_follows_the_case(cast: Cast, client: Client311) -> None:
    case = report(cast, at=timezone.now() - timedelta(hours=2))
    accepted = done(cast, case, Act.ACCEPT)
    row = client.get(f"requests/{case.number}")[0]
    assert row["status"] == "open"
    assert row["status_notes"].startswith("已受理，正在安排人处理。")
    assert row["updated_datetime"] > row["requested_datetime"]
    case_act(actor=cast.actor("village_clerk"), case=accepted, act=Act.NOTE, text="内部说明", at=timezone.now())
    later = timezone.now() + timedelta(hours=1)
    case_act(actor=cast.actor("village_clerk"), case=accepted, act=Act.NOTE, text="内部说明", at=later)
    assert client.get(f"requests/{case.number}")[0]["updated_datetime"] == row["updated_datetime"]
    done(cast, case, Act.HANDLE, text="修好了")
    done(cast, case, Act.VERIFY)
    ended = done(cast, case, Act.CLOSE)
    row = client.get(f"requests/{case.number}")[0]
    assert row["status"] == "closed"
    assert row["status_notes"].startswith("已办结。")
    assert row["updated_datetime"] == f"{ended.ended_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_a_merged_one_is_closed_and_names_the_other(cast: Cast, client: Client311) -> None:
    one, other = report(cast), report(cast)
    done(cast, one, Act.MERGE, text="同一件", into=other)
    row = client.get(f"requests/{one.number}")[0]
    assert row["status"] == "closed"
    assert f"那一件的编号是 {other.number}。" in row["status_notes"]
    Case.objects.filter(id=other.id).update(is_public=False)
    assert other.number not in client.get(f"requests/{one.number}")[0]["status_notes"]


def test_filters(cast: Cast, client: Client311) -> None:
    road, waste, fire = (report(cast, kind=kind) for kind in ("facilities", "sanitation", "fire"))
    done(cast, fire, Act.REJECT, text="不归这里管")

    def found(**arguments: Any) -> set[str]:
        return {row["service_request_id"] for row in client.get("requests", **arguments)}

    assert found() == {road.number, waste.number, fire.number}
    assert found(service_code="sanitation") == {waste.number}
    assert found(service_code="sanitation,fire") == {waste.number, fire.number}
    assert found(service_code="no_such") == set()
    assert found(status="open") == {road.number, waste.number}
    assert found(status="closed") == {fire.number}
    assert found(status="open,closed") == found(status="", service_code="") == found()
    assert found(service_request_id=f"{road.number}, {fire.number}") == {road.number, fire.number}
    assert found(service_request_id=road.number, status="closed", service_code="fire") == {road.number}
    client.get("requests", status="done")
    assert client.last.status_code == 400
    assert client.errors() == ["status 只有 open 和 closed。"]


def test_arguments_that_come_several_times_are_a_list(cast: Cast) -> None:
    one, other = report(cast), report(cast)
    client = Client311()
    query = f"jurisdiction_id=341181&service_request_id={one.number}&service_request_id={other.number}"
    assert len(client._read(client.browser.get(f"/open311/v2/requests.json?{query}"))) == 2


class TestDates:
    @pytest.fixture
    def old(self, cast: Cast) -> list[Case]:
        """Of today, of 80, 100 and 200 days ago."""
        cases = [report(cast) for _ in range(4)]
        for case, days in zip(cases, (0, 80, 100, 200), strict=True):
            Case.objects.filter(id=case.id).update(received_at=timezone.now() - timedelta(days=days))
        return cases

    def numbers(self, client: Client311, **arguments: Any) -> list[str]:
        return [row["service_request_id"] for row in client.get("requests", **arguments)]

    def text(self, days: float) -> str:
        return f"{timezone.now() - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"

    def test_ninety_days_unless_asked(self, old: list[Case], client: Client311) -> None:
        today, spring, winter, last = (case.number for case in old)
        assert self.numbers(client) == [today, spring]
        assert self.numbers(client, start_date=self.text(110)) == [spring, winter]
        assert self.numbers(client, end_date=self.text(90)) == [winter]
        assert self.numbers(client, start_date=self.text(210), end_date=self.text(150)) == [last]

    def test_a_number_needs_no_dates(self, old: list[Case], client: Client311) -> None:
        assert self.numbers(client, service_request_id=old[3].number) == [old[3].number]

    def test_other_zones(self, old: list[Case], client: Client311) -> None:
        here = timezone.now() - timedelta(days=85)
        for text in (f"{here:%Y-%m-%dT%H:%M:%S}+00:00", f"{here:%Y-%m-%dT%H:%M:%S}.5Z", f"{here:%Y-%m-%d}T00:00+00:00"):
            assert self.numbers(client, start_date=text) == [old[0].number, old[1].number]

    @pytest.mark.parametrize(
        ("first", "last", "words"),
        [
            (91, 0.5, "最多 90 天"),
            (1, 2, "不能早于"),
        ],
    )
    def test_spans(self, old: list[Case], client: Client311, first: float, last: float, words: str) -> None:
        client.get("requests", start_date=self.text(first), end_date=self.text(last))
        assert client.last.status_code == 400
        assert words in client.errors()[0]

    @pytest.mark.parametrize(
        "text", ["2026-11-20", "2026-11-20T00:00:00", "yesterday", "0001-01-01T00:00:00Z", "9" * 50]
    )
    def test_no_dates(self, cast: Cast, client: Client311, text: str) -> None:
        client.get("requests", start_date=text)
        assert client.last.status_code == 400
        assert "start_date" in client.errors()[0]


def test_at_most_a_thousand_rows_the_newest_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert requests.ROWS == 1000
    monkeypatch.setattr(requests, "ROWS", 2)
    cases = [report(cast, at=timezone.now() - timedelta(hours=hours)) for hours in (3, 2, 1)]
    rows = Client311().get("requests")
    assert [row["service_request_id"] for row in rows] == [cases[2].number, cases[1].number]


def test_a_long_list_takes_as_many_statements_as_a_short_one(cast: Cast) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as caught:
            Client311().get("requests")
        return len(caught.captured_queries)

    one, other = report(cast), report(cast)
    done(cast, one, Act.MERGE, text="同一件", into=other)
    statements()
    few = statements()
    for _ in range(6):
        confirm(report(cast), "已修。")
        done(cast, report(cast), Act.MERGE, text="同一件", into=other)
    assert statements() == few


def test_nothing_private_is_told(cast: Cast, api_key: str, client: Client311) -> None:
    """Each private field holds a mark of its own; none of them is in any answer, nor in a header."""
    fields = [{"code": "story", "label": "经过", "type": "long"}, {"code": "who", "label": "谁", "type": "person"}]
    kind_add("told", {**FULL, "label": "有问题的", "fields": fields})
    answers = {"story": f"{MARK}答案", "who": {"name": f"{MARK}姓名", "phone": "13955509999"}}
    case = report(cast, kind="told", body=f"{MARK}正文", title=f"{MARK}标题", spot=f"{MARK}地点", answers=answers)
    told = client.report(
        api_key, service_code="facilities", description=f"{MARK}描述", first_name=f"{MARK}名", phone="13955508888",
        address_string=f"张庄村{MARK}号", device_id=f"{MARK}设备", lat="32.7", long="118.9",
    )  # fmt: skip
    for one in (case, case_of(told)):
        case_act(actor=cast.actor("village_clerk"), case=one, act=Act.NOTE, text=f"{MARK}备注")
        one = done(cast, one, Act.ACCEPT)
        done(cast, one, Act.HANDLE, text=f"{MARK}处理")
    pages = ["requests", f"requests/{case.number}", f"requests/{told['service_request_id']}", f"tokens/{case.number}"]
    for path in (*pages, "services", "services/told", "discovery"):
        client.get(path)
        assert client.last.status_code == 200
        text = client.last.content.decode() + str(dict(client.last.headers))
        for mark in (MARK, "1395550", "赵", "32.7", "118.9", "第一网格"):
            assert mark not in text, (path, mark)
    confirm(case_of(told), "路灯不亮，已报修。", lat=32_7061234)
    client.get("requests")
    text = client.last.content.decode()
    assert "已报修" in text
    assert MARK not in text
    assert "32.7061" not in text


def test_private_kinds_never(cast: Cast, client: Client311) -> None:
    kind_add("hidden", {"label": "不公开的", "public": False})
    kind_add("seen", {"label": "只给村里看的", "seen_by": ["village_clerk"]})
    kind_add("closing", {"label": "后来不公开的"})
    cases = [report(cast, kind=kind) for kind in ("hidden", "seen", "closing")]
    for case in cases[:2]:
        confirm(case, "不该出现")
    assert [row["service_code"] for row in client.get("requests")] == ["closing"]
    hide("closing")
    assert client.get("requests") in ([], None)
    numbers = ",".join(case.number for case in cases)
    assert client.get("requests", service_request_id=numbers) in ([], None)
    for case in cases:
        for path in (f"requests/{case.number}", f"tokens/{case.number}"):
            client.get(path)
            assert client.last.status_code == 404
            assert client.errors() == ["没有这个 service_request_id。"]


def hide(code: str) -> None:
    """Publish a version of the kind that is not public any more."""
    definition_publish(
        actor=Actor.system(341181), family="case_kind", code=code, body={"label": "后来不公开的", "public": False},
        origin="edited",
    )  # fmt: skip


def test_token_is_the_number(cast: Cast, client: Client311) -> None:
    case = report(cast)
    assert client.get(f"tokens/{case.number}") == [{"service_request_id": case.number, "token": case.number}]
    client.get("tokens/2611-9999")
    assert client.last.status_code == 404


def test_counties_are_apart(cast: Cast, cast_b: Cast, client: Client311) -> None:
    here = report(cast)
    with county(410927):
        there = report(cast_b)
        report(cast_b)
    assert len(client.get("requests")) == 1
    other = Client311(client.form, county=410927)
    assert {row["service_request_id"] for row in other.get("requests")} >= {there.number}
    assert len(other.get("requests")) == 2
    client.get(f"requests/410927-{there.number}")
    assert client.last.status_code == 404
    assert here.county_id != there.county_id


@pytest.mark.parametrize("odd", ["%00", "'--", "%FF", "🦆", "a" * 300, "..%2F..", "2611-0001%0a"])
def test_odd_numbers_are_not_there(cast: Cast, client: Client311, odd: str) -> None:
    for path in ("requests", "tokens", "services"):
        response = client.browser.get(f"/open311/v2/{path}/{odd}.{client.form}?jurisdiction_id=341181")
        assert response.status_code == 404


def test_spans_by_hand() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    assert requests.span_of(None, None, at=at) == (at - timedelta(days=90), at)
    assert requests.span_of(at, None, at=at) == (at, at + timedelta(days=90))
    assert requests.span_of(None, at, at=at) == (at - timedelta(days=90), at)
    assert requests.span_of(at - timedelta(days=90), at, at=at) == (at - timedelta(days=90), at)
