"""The audit administrator's pages and API."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Forbidden, NotFound
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Check, Entry, Seal
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.selectors import (
    EntryFilter,
    entry_page_for,
    last_check_for,
    latest_seal,
    seal_get_for,
    seal_lines_for,
    seal_page_for,
)
from shanzhi.trail.services import record_bulk
from shanzhi.trail.tests.factories import START, make_event, person, recorded_event
from shanzhi.trail.trails import trail_labels
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("events")]
A = 341181
PAGES = ("trail/", "trail/export/", "trail/seals/", "trail/seals/1/")
OPERATIONS = ("trail/entries", "trail/seals", "trail/seals/1", "trail/checks/latest")


@pytest.fixture(autouse=True)
def _labels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shanzhi.trail.trails.CODE_LABELS", {})
    monkeypatch.setattr("shanzhi.trail.selectors.CODE_LABELS", {"test.thing.made": "做出一件"})
    trail_labels({"test.thing.made": "做出一件"})


@pytest.fixture
def auditor(cast: Cast) -> Client:
    return cast["audit_admin"].client()


def made(cast: Cast, count: int = 3, role: str = "audit_admin") -> list[Entry]:
    actor = cast.actor(role)
    return [recorded_event(n, actor=actor)[1] for n in range(count)]


def test_the_list_says_who_did_what_when_to_what(cast: Cast, auditor: Client) -> None:
    made(cast, 1, "township_officer")
    page = auditor.get(f"/{A}/trail/")
    text = page.content.decode()
    assert page.status_code == 200
    assert cast["township_officer"].user.name in text
    assert "做出一件" in text
    assert "outbox event test.thing.made" in text
    assert "待封存" in text
    seal_county(A, at=START)
    assert f"/{A}/trail/seals/1/" in auditor.get(f"/{A}/trail/").content.decode()


def test_empty_pages_say_what_will_come(auditor: Client) -> None:
    assert "没有符合条件的留痕" in auditor.get(f"/{A}/trail/").content.decode()
    assert "还没有核对过" in auditor.get(f"/{A}/trail/").content.decode()
    assert "还没有封存" in auditor.get(f"/{A}/trail/seals/").content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_nobody_else_opens_the_pages(page: str, cast: Cast, cast_b: Cast) -> None:
    made(cast, 1)
    seal_county(A, at=START)
    for role in ("system_admin", "security_admin", "auditor", "county_leader", "grid_worker", "resident"):
        assert cast[role].client().get(f"/{A}/{page}").status_code == 403
    assert cast_b["audit_admin"].client().get(f"/{A}/{page}").status_code == 404
    assert Client().get(f"/{A}/{page}").status_code == 302
    assert cast["audit_admin"].client().get(f"/{A}/{page}").status_code == 200


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_else_calls_the_api(operation: str, cast: Cast, cast_b: Cast) -> None:
    made(cast, 1)
    seal_county(A, at=START)
    Check.objects.create(
        started_at=START, ended_at=START, entries=1, objects_checked=1, seals=1, erased=0, finding_count=0
    )
    path = f"/api/v1/{A}/{operation}"
    assert Client().get(path).status_code == 401
    assert cast_b["audit_admin"].client().get(path).status_code == 404
    assert cast["system_admin"].client().get(path).status_code == 403
    assert cast["audit_admin"].client().get(path).status_code == 200


def test_nothing_of_the_trail_can_be_written_through_a_page(cast: Cast, auditor: Client) -> None:
    made(cast, 1)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(auditor, method)(f"/{A}/trail/").status_code == 405
        assert getattr(auditor, method)(f"/api/v1/{A}/trail/entries").status_code == 405


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 4),
        ("code=test.thing.made", 3),
        ("type=tenancy.outboxevent", 4),
        ("type=cases.case", 0),
        ("at_from=2026-11-21&at_to=2026-11-21", 4),
        ("at_to=2026-11-20", 0),
        ("at_from=2026-11-22", 0),
        ("at_from=nonsense", 4),
        ("q=nobody", 0),
        ("q={login}", 4),
        ("q={object}", 1),
    ],
)
def test_filters(query: str, expected: int, cast: Cast, auditor: Client) -> None:
    entries = made(cast)
    record_bulk(actor=cast.actor("audit_admin"), code="test.bulk", objs=[make_event(50)], at=START)
    query = query.format(login=cast["audit_admin"].user.username, object=entries[0].object_id)
    text = auditor.get(f"/{A}/trail/?{query}").content.decode()
    assert text.count('data-label="事项"') == expected


def test_pages_go_on_and_back_without_gap_or_double(cast: Cast) -> None:
    actor = cast.actor("audit_admin")
    for n in range(5):
        recorded_event(n // 2)  # two of them share a time
    everything = [line.entry.id for line in entry_page_for(actor, EntryFilter()).rows]
    seen, page = [], entry_page_for(actor, EntryFilter(), size=2)
    while True:
        seen += [line.entry.id for line in page.rows]
        if page.next_cursor is None:
            break
        page = entry_page_for(actor, EntryFilter(), cursor=page.next_cursor, size=2)
    assert seen == everything
    back = entry_page_for(actor, EntryFilter(), cursor=page.previous_cursor or "", size=2)
    assert [line.entry.id for line in back.rows] == everything[2:4]
    first = entry_page_for(actor, EntryFilter(), cursor=back.previous_cursor or "", size=2)
    assert [line.entry.id for line in first.rows] == everything[:2]
    assert first.previous_cursor is None


def test_statements_do_not_grow_with_rows(cast: Cast, auditor: Client) -> None:
    counts = []
    auditor.get(f"/{A}/trail/")  # what is remembered between requests
    for number in (2, 30):
        made(cast, number)
        with CaptureQueriesContext(connection) as asked:
            assert auditor.get(f"/{A}/trail/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_export_is_a_table_without_formulas(cast: Cast, auditor: Client) -> None:
    made(cast, 2)
    trail_labels({"test.thing.made": "=HYPERLINK(1)"})
    answer = auditor.get(f"/{A}/trail/export/?code=test.thing.made")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"trail-{A}-" in answer["Content-Disposition"]
    data = answer.content.decode()
    assert data.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(data[1:])))
    assert rows[0][:4] == ["时间", "经手人", "岗位", "事项"]
    assert len(rows) == 3
    assert rows[1][3] == "'=HYPERLINK(1)"
    assert rows[1][0] == "2026-11-21 15:31:00"


def test_a_seals_page_shows_its_root_and_its_entries_in_order(cast: Cast, auditor: Client) -> None:
    made(cast)
    seal_county(A, at=START)
    seal = latest_seal()
    assert seal is not None
    text = auditor.get(f"/{A}/trail/seals/1/").content.decode().replace("<wbr>", "")
    for value in (seal.root_hex, seal.digest_hex, seal.previous_hex):
        assert value in text
    assert text.count('data-label="事项"') == 3
    assert auditor.get(f"/{A}/trail/seals/2/").status_code == 404
    assert auditor.get(f"/{A}/trail/seals/{2**40}/").status_code == 404
    actor = cast.actor("audit_admin")
    first = seal_lines_for(actor, seal, size=2)
    second = seal_lines_for(actor, seal, cursor=first.next_cursor or "", size=2)
    assert (len(first.rows), len(second.rows), second.next_cursor) == (2, 1, None)


def test_seals_are_paged_both_ways(cast: Cast, auditor: Client) -> None:
    for n in range(5):
        recorded_event(n)
        seal_county(A, at=START + timedelta(minutes=n))
    actor = cast.actor("audit_admin")
    first = seal_page_for(actor, size=2)
    assert [seal.number for seal in first.rows] == [5, 4]
    second = seal_page_for(actor, cursor=first.next_cursor or "", size=2)
    assert [seal.number for seal in second.rows] == [3, 2]
    back = seal_page_for(actor, cursor=second.previous_cursor or "", size=2)
    assert [seal.number for seal in back.rows] == [5, 4]
    for address in ("trail/", "trail/seals/", "trail/seals/1/"):
        answer = auditor.get(f"/{A}/{address}?q=1&before=x")
        assert (answer.status_code, answer["Location"]) == (302, f"/{A}/{address}?q=1")
    assert "第 5 号" in auditor.get(f"/{A}/trail/seals/").content.decode()


def test_the_last_verification_is_shown_with_its_findings(cast: Cast, auditor: Client) -> None:
    Check.objects.create(
        started_at=START, ended_at=START, entries=9, objects_checked=8, seals=7, erased=1, finding_count=1,
        findings=["第 3 号封存已被删除。"],
    )  # fmt: skip
    text = auditor.get(f"/{A}/trail/").content.decode()
    assert "发现 1 个问题" in text
    assert "第 3 号封存已被删除。" in text
    assert "现在核对" in text
    body = auditor.get(f"/api/v1/{A}/trail/checks/latest").json()
    assert (body["entries"], body["objects"], body["findings"]) == (9, 8, ["第 3 号封存已被删除。"])


def test_the_api_says_the_same(cast: Cast, auditor: Client) -> None:
    entries = made(cast, 3)
    seal_county(A, at=START)
    path = f"/api/v1/{A}/trail/entries"
    body = auditor.get(f"{path}?size=2").json()
    assert [item["id"] for item in body["items"]] == [str(entries[2].id), str(entries[1].id)]
    item = body["items"][0]
    assert (item["act"], item["seal"], item["code"]) == ("做出一件", 1, "test.thing.made")
    assert item["leaf"] == bytes(entries[2].leaf).hex()
    rest = auditor.get(f"{path}?size=2&after={body['next']}").json()
    assert ([item["id"] for item in rest["items"]], rest["next"]) == ([str(entries[0].id)], None)
    actor_id = entries[0].actor_id
    assert len(auditor.get(f"{path}?actor_id={actor_id}").json()["items"]) == 3
    assert len(auditor.get(f"{path}?object_id={entries[0].object_id}").json()["items"]) == 1
    for wrong in (f"{path}?after=x", f"/api/v1/{A}/trail/seals?after={body['next']}"):
        refused = auditor.get(wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "cursor_invalid")
    assert auditor.get(f"{path}?size=0").status_code == 422
    seal = auditor.get(f"/api/v1/{A}/trail/seals/1").json()
    assert (seal["number"], seal["count"]) == (1, 3)
    assert auditor.get(f"/api/v1/{A}/trail/seals").json()["items"] == [seal]
    assert auditor.get(f"/api/v1/{A}/trail/seals/9").status_code == 404
    assert auditor.get(f"/api/v1/{A}/trail/checks/latest").status_code == 404


def test_selectors_refuse_whoever_has_no_permission(cast: Cast) -> None:
    stranger = Actor(user_id=1, name="", county_id=A)
    for call in (
        lambda: entry_page_for(stranger, EntryFilter()),
        lambda: seal_page_for(stranger),
        lambda: seal_get_for(stranger, 1),
        lambda: seal_lines_for(stranger, Seal()),
        lambda: last_check_for(stranger),
    ):
        with pytest.raises(Forbidden):
            call()
    with pytest.raises(NotFound):
        seal_get_for(person(), 1)


def test_the_newest_seal_is_public_and_the_countys_own(cast: Cast, cast_b: Cast) -> None:
    assert latest_seal() is None
    recorded_event(1)
    seal_county(A, at=START)
    found = latest_seal()
    assert found is not None
    assert found.number == 1
    with county(cast_b.county.id):
        assert latest_seal() is None


@pytest.mark.parametrize(
    "query",
    [
        "at_from=0001-01-01",
        "at_to=9999-12-31",
        "q=%00",
        "q=" + "9" * 40,
        "q=" + "x" * 500,
        "code=%00&type=%00",
        "code=" + "x" * 500,
    ],
)
def test_conditions_that_make_no_sense_are_left_out_or_find_nothing(query: str, cast: Cast, auditor: Client) -> None:
    made(cast, 1)
    assert auditor.get(f"/{A}/trail/?{query}").status_code == 200
    assert auditor.get(f"/{A}/trail/export/?{query}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "since=0001-01-01T00:00:00%2B14:00",
        "until=9999-12-31T23:59:59Z",
        "since=2026-11-21T00:00:00",
        "code=%00",
        "object_type=A-B",
        "object_id=" + "9" * 30,
        "actor_id=-1",
        "size=1000",
    ],
)
def test_the_api_names_the_field_that_makes_no_sense(query: str, auditor: Client) -> None:
    answer = auditor.get(f"/api/v1/{A}/trail/entries?{query}")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert query.partition("=")[0] in answer.json()["fields"]


def test_the_api_takes_times_with_their_zone(cast: Cast, auditor: Client) -> None:
    made(cast, 2)
    path = f"/api/v1/{A}/trail/entries"
    inside = auditor.get(f"{path}?since=2026-11-21T15:30:00%2B08:00&until=2026-11-21T15:31:00%2B08:00").json()
    assert len(inside["items"]) == 1
    assert auditor.get(f"{path}?since=2026-11-21T08:00:00Z").json()["items"] == []
