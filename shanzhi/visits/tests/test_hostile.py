"""What a hostile hand or an unlucky one sends: markup, formulas, strangers, odd addresses; and lists of two hundred."""

import csv
import re
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.people.models import Membership, Resident
from shanzhi.people.tests.test_pages import words
from shanzhi.people.tests.world import GROUP, STRICT, ago, dwelling, member, resident, today
from shanzhi.tenancy.ids import new_id
from shanzhi.visits.models import Asked, Visit
from shanzhi.visits.selectors import MadeFilter, made_page
from shanzhi.visits.tests.world import QUESTIONS, VISITORS, define, due, groups, make, sent, url
from tests.cast import Cast

BASE = "/api/v1/341181/visits"
IMG = '<img src=x onerror="alert(1)">'


@pytest.fixture
def worker(cast: Cast) -> Client:
    groups(cast)
    return cast["grid_worker"].client()


def table(client: Client, query: str = "") -> list[list[str]]:
    body = client.get(f"{url('export')}?{query}").content.decode("utf-8-sig")
    return list(csv.reader(StringIO(body)))


# --- words that attack ----------------------------------------------------------------------------------------------


def test_markup_is_text_on_every_page(cast: Cast, worker: Client) -> None:
    define(cast, "alone", {
        **GROUP, "label": f"独居{IMG}"[:30], "visited_by": VISITORS,
        "questions": [{**QUESTIONS[0], "label": IMG, "choices": [IMG, "好"]}, {"code": "need", "label": f"要{IMG}"}],
    })  # fmt: skip
    home = dwelling(cast, road=IMG)
    row = resident(cast, name=IMG, dwelling=home.id)
    member(cast, row)
    Membership.objects.update(due_on=ago(1))
    answers = {("alone", "health"): IMG, ("alone", "need"): IMG}
    made = make(cast, row, "need", note=IMG, report=True, answers=answers)
    Membership.objects.update(due_on=ago(1))
    pages = [
        worker.get(url("planned")), worker.get(url("visit", row.id)), worker.get(url("made")),
        worker.get(url("show", made.id)), worker.get(url("planned"), headers={"X-Phone-Copy": "1"}),
        worker.post(url("visit", row.id), sent("need", note="", q_alone_health=IMG, q_alone_need=IMG)),
        worker.post(url("visit", row.id), sent("need", note=IMG, q_alone_health="x", on=IMG)),
    ]  # fmt: skip
    for number, page in enumerate(pages):
        assert page.status_code in (200, 422), number
        assert "<img src=x" not in page.content.decode(), number
        assert "&lt;img" in page.content.decode(), number


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1"])
def test_nothing_is_computed_when_the_file_is_opened(cast: Cast, worker: Client, name: str) -> None:
    row = due(cast, name=name)
    make(cast, row, "need", note=name)
    [_, line] = table(cast["village_clerk"].client())
    assert not [cell for cell in line if re.match(r"[=+@\t-]", cell)], line
    assert "屋顶" not in ",".join(line), "nothing of what was found"


@pytest.mark.parametrize(
    "query",
    ["outcome=%00", "outcome=" + "x" * 500, "who=%F0%9F%98%80", "area=%00", "area=" + "9" * 300, "area=341181102203",
     "on_from=%00", "on_from=0000-00-00", "on_to=9999-99-99", "on_from=2026-02-30", "after=%00", "after=" + "x" * 2000,
     "before=x", "state=%00&group=%00", "group=" + "x" * 500, "state=all&state=due", "%00=%00"],
)  # fmt: skip
def test_no_address_breaks_a_page(cast: Cast, worker: Client, query: str) -> None:
    make(cast, due(cast))
    for name in ("planned", "made", "export", "counts"):
        assert worker.get(f"{url(name)}?{query}").status_code in (200, 302, 404, 422), name


BAD = ("\0", "长" * 5000, "\ud83d", "<script>alert(1)</script>", "'; --", "9" * 40)


@pytest.mark.parametrize("field", ["outcome", "note", "on", "report", "q_alone_health", "q_alone_food", "q_alone_need"])
@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_no_field_breaks_the_form(cast: Cast, worker: Client, field: str, bad: str) -> None:
    row = due(cast)
    answer = worker.post(url("visit", row.id), sent(**{field: bad.encode("utf-8", "replace").decode()}))
    assert answer.status_code in (302, 422)
    assert "<script>alert" not in answer.content.decode()
    assert Visit.objects.count() == (1 if answer.status_code == 302 else 0)


@pytest.mark.parametrize("key", ["长" * 80, "x" * 65, "\0"])
def test_a_key_that_is_none_writes_nothing(cast: Cast, worker: Client, key: str) -> None:
    row = due(cast)
    assert worker.post(url("visit", row.id), sent(idempotency_key=key)).status_code == 422
    assert not Visit.objects.exists()


# --- people who look where they have no business --------------------------------------------------------------------

SECRET = "诸葛孔方"


@pytest.mark.parametrize(
    "who", ["other_worker", "other_clerk", "other_officer", "auditor", "county_leader", "command_centre", "resident",
            "system_admin", "department_handler", "other_county"],
)  # fmt: skip
def test_whoever_has_no_part_in_it_finds_it_nowhere(
    cast: Cast, cast_b: Cast, worker: Client, settings: Any, who: str
) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    row = due(cast, name=SECRET, on=ago(1))
    made = make(cast, row, "need", note="手头很紧")
    client = (cast_b["grid_worker"] if who == "other_county" else cast[who]).client()
    lists = (url("planned"), url("made"), url("export"), url("counts"), BASE, f"{BASE}/planned", f"{BASE}/counts")
    for path in (*lists, f"{url('made')}?area={cast.areas['v1'].code}", url("visit", row.id), url("show", made.id)):
        answer = client.get(path)
        assert answer.status_code in (200, 302, 403, 404), path
        text = answer.content.decode()
        assert not [word for word in (SECRET, "诸*方", "诸**方", "手头") if word in text], path
    assert client.get(url("show", made.id)).status_code in (302, 403, 404)


def test_names_of_a_strict_group_are_masked_in_the_list_of_visits(cast: Cast, worker: Client) -> None:
    """As in every list of such a group; the visit itself says who it was."""
    body = {**STRICT, "visited_by": ["township_officer"], "visit_every_days": 30}
    define(cast, "correction", body)
    row = resident(cast, name="张矫正")
    member(cast, row, "correction", by="township_officer")
    made = make(cast, row, by="township_officer", answers={})
    officer = cast["township_officer"].client()
    page = words(officer.get(url("made")))
    assert "张*正" in page
    assert "张矫正" not in page
    assert "张矫正" in words(officer.get(url("show", made.id)))
    assert "张矫正" not in words(officer.get(url("planned")))


def test_a_visit_for_two_groups_tells_each_reader_of_their_own(cast: Cast, worker: Client) -> None:
    body = {**STRICT, "visited_by": ["township_officer"], "visit_every_days": 30,
            "questions": [{"code": "work", "label": "有没有活干"}]}  # fmt: skip
    define(cast, "correction", body)
    row = due(cast)
    member(cast, row, "correction", by="township_officer")
    said = {("alone", "health"): "好", ("correction", "work"): "在砖厂"}
    made = make(cast, row, by="township_officer", answers=said)
    assert Asked.objects.filter(visit=made).count() == 2
    for page in (url("show", made.id), url("made"), url("visit", row.id)):
        text = words(cast["village_clerk"].client().get(page))
        assert not [word for word in ("矫正", "砖厂", "有没有活干") if word in text], page
    told = cast["village_clerk"].client().get(BASE).json()["items"]
    assert [(one["groups"], len(one["replies"])) for one in told] == [(["alone"], 1)]
    assert "在砖厂" in words(cast["township_officer"].client().get(url("show", made.id)))


# --- lists ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(cast: Cast, worker: Client) -> list[Visit]:
    """Two hundred visits to one person, some of the same day."""
    first = make(cast, due(cast))
    rows = [
        Visit(
            id=new_id(), resident_id=first.resident_id, user_id=first.user_id, by=first.by, post=first.post,
            path=first.path, on=ago(1 + number // 3), recorded_at=timezone.now(),
            outcome=list(Visit.Outcome.values)[number % 4], note="",
        ) for number in range(199)
    ]  # fmt: skip
    Visit.objects.bulk_create(rows)
    like = Asked.objects.get()
    Asked.objects.bulk_create(
        Asked(visit=row, membership_id=like.membership_id, group="alone", group_index=like.group_index) for row in rows
    )
    return [first, *rows]


def walk(client: Client, query: str = "") -> list[list[str]]:
    """From the first page to the last by the links of the pages, then all the way back; both have to agree."""
    address, forth = f"{url('made')}?{query}", []
    for _ in range(9):
        page = client.get(address).content.decode()
        forth.append(re.findall(r"/visits/made/(\d+)/", page))
        onward = re.search(r'href="([^"]*\bafter=[^"]*)"', page)
        if onward is None:
            break
        address = url("made") + onward[1].replace("&amp;", "&")
    back = [forth[-1]]
    while found := re.search(r'href="([^"]*\bbefore=[^"]*)"', page):
        page = client.get(url("made") + found[1].replace("&amp;", "&")).content.decode()
        back.insert(0, re.findall(r"/visits/made/(\d+)/", page))
    assert back == forth
    return forth


def test_two_hundred_are_leafed_through_and_back(many: list[Visit], worker: Client) -> None:
    pages = walk(worker)
    assert [len(page) for page in pages] == [50] * 4
    ids = [number for page in pages for number in page]
    days = {str(row.id): row.on for row in many}
    assert len(set(ids)) == 200
    assert [days[number] for number in ids] == sorted(days.values(), reverse=True)


def test_a_filter_goes_along_from_page_to_page(many: list[Visit], worker: Client) -> None:
    pages = walk(worker, f"outcome=well&on_from={ago(60)}&who=mine")
    wanted = {str(row.id) for row in many if row.outcome == "well" and row.on >= ago(60)}
    assert {number for page in pages for number in page} == wanted
    assert {row[0] for row in table(worker, f"outcome=well&on_from={ago(60)}")[1:]} == {
        str(row.on) for row in many if str(row.id) in wanted
    }


def test_the_file_holds_what_the_list_holds(many: list[Visit], cast: Cast, worker: Client) -> None:
    clerk = cast["village_clerk"].client()
    for query, wanted in (
        ("", 200), ("outcome=absent", sum(row.outcome == "absent" for row in many)), ("who=mine", 0),
        (f"on_to={ago(30)}", sum(row.on <= ago(30) for row in many)),
        (f"area={cast.areas['g1'].code}", 200), (f"area={cast.areas['g4'].code}", 0),
    ):  # fmt: skip
        assert len(table(clerk, query)) - 1 == wanted, query
        assert all(line[1] == "张*平" for line in table(clerk, query)[1:])


def test_a_file_of_no_days_is_told_so(many: list[Visit], cast: Cast) -> None:
    answer = cast["village_clerk"].client().get(f"{url('export')}?on_from=x")
    assert answer.status_code == 422
    assert "attachment" not in answer.get("Content-Disposition", "")


def test_a_program_leafs_by_the_same_order(many: list[Visit], worker: Client) -> None:
    ids, after = [], ""
    for _ in range(9):
        told = worker.get(f"{BASE}?after={after}").json()
        ids += [one["id"] for one in told["items"]]
        after = told["next"]
        if after is None:
            break
    assert ids == [number for page in walk(worker) for number in page]


def test_a_list_of_many_costs_what_a_list_of_one_costs(cast: Cast, worker: Client) -> None:
    def measured() -> int:
        with CaptureQueriesContext(connection) as caught:
            made_page(cast.actor("village_clerk"), MadeFilter(area=cast.areas["v1"]))
        return len(caught)

    make(cast, due(cast))
    few = measured()
    for number in range(8):
        make(cast, due(cast, name=f"某{number}", order=300 + number), "need", report=True)
    assert measured() == few


def test_a_cursor_of_another_list_is_refused(many: list[Visit], worker: Client) -> None:
    cursor = worker.get(BASE).json()["next"]
    assert worker.get(f"{BASE}/planned?after={cursor}").status_code == 422


# --- without scripts, and in a hurry --------------------------------------------------------------------------------


def test_the_form_is_a_form_without_scripts(cast: Cast, worker: Client) -> None:
    row = due(cast)
    text = worker.get(url("visit", row.id)).content.decode()
    for attack in ("onclick", "hx-", 'href="#"'):
        assert attack not in text
    names = {"outcome", "note", "report", "on", "q_alone_health", "q_alone_food", "q_alone_need", "idempotency_key"}
    assert names <= set(re.findall(r'name="([^"]+)"', text))
    key = re.search(r'name="idempotency_key" value="([^"]+)"', text)
    assert key is not None
    for _ in range(2):
        assert worker.post(url("visit", row.id), sent(idempotency_key=key[1])).status_code == 302
    assert Visit.objects.count() == 1


def test_a_key_of_another_person_is_no_key_of_this_one(cast: Cast, worker: Client) -> None:
    first, second, key = due(cast), due(cast, name="李四", order=102), uuid4().hex
    assert worker.post(url("visit", first.id), sent(idempotency_key=key)).status_code == 302
    answer = worker.post(url("visit", second.id), sent(idempotency_key=key))
    assert answer.status_code == 422
    assert [row.resident_id for row in Visit.objects.all()] == [first.id]
    assert Membership.objects.get(resident=second).seen_on is None
    assert Resident.objects.count() == 2
    assert Membership.objects.get(resident=first).due_on == today() + timedelta(days=30)
