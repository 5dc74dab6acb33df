"""Whatever is sent, no page and no operation breaks; no name, number or door gets into an address or the log."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.test import Client

from shanzhi.people.models import Dwelling, Household, Look, Membership, Request, Resident, Stay
from shanzhi.people.services import request_take
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import ago, dwelling, groups, household, id_number, member, resident, today
from shanzhi.tenancy.models import IdempotencyKey
from tests.cast import Cast

LISTS = ("list", "dwellings", "households", "care", "requests", "counts", "counts-print")
JUNK = (
    "area=%00", "area=" + "9" * 300, "area=%F0%9F%98%80", "tab=%00", "population=%27%3B--", "sex=%F0%9F%98%80",
    "age=999-1", "care=%00", "care=" + "x" * 500, "after=%00", "after=" + "x" * 2000, "before=x", "on=",
    "on=2026-13-40",
    "use=castle", "state=%00", "state=all&state=open", "%00=%00", "area=341181101201&area=x", "place=%00",
)  # fmt: skip
LONG = "长" * 5000
FIELDS = ("name", "paper_number", "phone", "sex", "papers", "born_on", "lives", "dwelling", "lives_elsewhere",
          "registered_elsewhere", "household", "relation", "on", "change")  # fmt: skip
BAD = ["\0", LONG, "\ud83d", "<script>alert(1)</script>", "'; --"]


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


@pytest.fixture
def folk(cast: Cast) -> Resident:
    groups(cast)
    home = dwelling(cast)
    row = resident(cast, dwelling=home.id)
    household(cast, {row: "0"})
    member(cast, row)
    request_take(actor=cast.actor("village_clerk"), resident=row.id, kind="copy")
    return Resident.objects.get()


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_no_query_breaks_a_page(clerk: Client, folk: Resident, junk: str) -> None:
    for name in LISTS:
        assert clerk.get(f"{url(name)}?{junk}").status_code in (200, 302, 404, 422), name
    for page in (url("group", "alone"), url("looks", folk.id), url("resident-new"), url("dwelling-new")):
        assert clerk.get(f"{page}?{junk}").status_code in (200, 302, 404, 422), page


@pytest.mark.parametrize("query", ["dwelling=x", "dwelling=5", "household=%00", "household=99999999999999999999999",
                                   "change=died", "place=341181999999", "dwelling=5&household=5"])  # fmt: skip
def test_what_a_form_is_led_by_may_be_nonsense(clerk: Client, folk: Resident, query: str) -> None:
    assert clerk.get(f"{url('resident-new')}?{query}").status_code in (200, 404)
    assert clerk.get(f"{url('household-new')}?{query.replace('household', 'head')}").status_code in (200, 404)
    assert clerk.get(f"{url('erase', folk.id)}?request={query}").status_code in (200, 404)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("bad", BAD)
def test_no_field_breaks_the_form_of_a_person(cast: Cast, clerk: Client, field: str, bad: str) -> None:
    said = {"name": "张小平", "papers": "id", "paper_number": id_number(), "lives": cast.areas["g1"].code, "sex": "0",
            "registered": cast.areas["g1"].code, "change": "first", "on": str(today()),
            field: bad.encode("utf-8", "replace").decode()}  # fmt: skip
    answer = clerk.post(url("resident-new"), said)
    assert answer.status_code in (302, 422)
    assert b"<script>alert" not in answer.content
    if answer.status_code != 302:
        assert not Resident.objects.exists()
        assert not Stay.objects.exists()


@pytest.mark.parametrize("field", ["place", "road", "door", "use", "lon", "lat", "photo_ids", "photo_meta"])
@pytest.mark.parametrize("bad", [*BAD, "nan", "1e400", "-999"])
def test_no_field_breaks_the_form_of_a_dwelling(cast: Cast, clerk: Client, field: str, bad: str) -> None:
    said = {"place": cast.areas["g1"].code, "road": "张庄组", "door": "1 号", "use": "own",
            field: bad.encode("utf-8", "replace").decode()}  # fmt: skip
    answer = clerk.post(url("dwelling-new"), said)
    assert answer.status_code in (302, 409, 422)
    assert b"<script>alert" not in answer.content


@pytest.mark.parametrize("said", [{}, {"version": "x"}, {"version": str(10**30)}, {"version": "-1", "note": "\0"}])
def test_no_act_breaks_on_what_it_gets(clerk: Client, folk: Resident, said: dict[str, str]) -> None:
    house, home, care = Household.objects.get(), Dwelling.objects.get(), Membership.objects.get()
    stay, asked = Stay.objects.order_by("id")[0], Request.objects.get()
    for page in (
        *(url("event", folk.id, event) for event in ("left", "moved", "registered", "moved-out", "died")),
        url("facts", folk.id), url("take-back", folk.id), url("leave", folk.id), url("care-begin", folk.id),
        url("reveal", folk.id), url("request-new", folk.id), url("erase", folk.id), url("correct", stay.id),
        url("join", house.id), url("head", house.id), url("split", house.id), url("merge", house.id),
        url("close", house.id), url("household-event", house.id, "left"), url("dwelling-change", home.id),
        url("dwelling-gone", home.id), url("care-end", care.id), url("request", asked.id),
    ):  # fmt: skip
        answer = clerk.post(page, said)
        assert answer.status_code in (409, 422), page
    row = Resident.objects.get()
    assert (row.version, Stay.objects.filter(void=False).count()) == (folk.version, 2)


@pytest.mark.parametrize("path", ["residents", "dwellings", "households"])
@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"name": "\\u0000"}', '{"lives": 5}', '{"on": "x"}', '"x"'])
def test_no_body_breaks_an_operation(clerk: Client, path: str, body: str) -> None:
    answer = clerk.post(f"/api/v1/341181/people/{path}", body, content_type="application/json")
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"


def test_members_that_are_nobody(clerk: Client, cast: Cast) -> None:
    for members in ({"x": "0"}, {"1": ""}, {"1": "99"}, {str(10**17): "0"}):
        body = {"place": cast.areas["g1"].code, "on": str(today()), "members": members}
        answer = clerk.post(
            "/api/v1/341181/people/households", json.dumps(body), content_type="application/json"
        )  # fmt: skip
        assert answer.status_code == 422, members
    assert not Household.objects.exists()


def test_a_key_that_is_none_is_refused_and_nothing_is_written(cast: Cast, clerk: Client) -> None:
    said = {"name": "张小平", "papers": "id", "paper_number": id_number(), "lives": cast.areas["g1"].code, "sex": "0",
            "registered": cast.areas["g1"].code, "change": "first", "on": str(today())}  # fmt: skip
    assert clerk.post(url("resident-new"), {**said, "idempotency_key": "长" * 80}).status_code == 422
    assert not Resident.objects.exists()
    assert not IdempotencyKey.objects.exists()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as loud as it gets."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_walk_leaves_no_trace_of_anybody(cast: Cast, clerk: Client, log: io.StringIO) -> None:
    groups(cast)
    number = id_number(order=987)
    secrets = ("诸葛孔方", number, "13955509876", "七七四十九号", "体弱多病")
    home = clerk.post(url("dwelling-new"), sent(
        place=cast.areas["g1"].code, road="张庄组", door="七七四十九号", use="own"
    ))  # fmt: skip
    made = clerk.post(url("resident-new"), sent(
        name="诸葛孔方", papers="id", paper_number=number, sex="0", phone="13955509876",
        dwelling=str(Dwelling.objects.get().id), lives=cast.areas["g1"].code, registered=cast.areas["g1"].code,
        change="first", on=str(ago(30)),
    ))  # fmt: skip
    row = Resident.objects.get()
    addresses = [home["Location"], made["Location"]]
    for page, said in (
        (url("care-begin", row.id), {"group": "alone", "since": str(ago(9)), "reason": "体弱多病"}),
        (url("reveal", row.id), {"field": "phone", "purpose": "case"}),
        (url("request-new", row.id), {"kind": "explain", "text": "诸葛孔方问为什么"}),
        (url("event", row.id, "left"), {"version": 1, "on": str(today()), "lives_elsewhere": "上海市"}),
    ):
        answer = clerk.post(page, sent(**said))
        addresses.append(answer.get("Location", ""))
    for page in (url("resident", row.id), url("looks-print", row.id), url("list"), url("list") + "?tab=registered"):
        text = clerk.get(page).content.decode()
        addresses += [part.partition('"')[0] for part in text.split('href="')[1:]]
    told = [one for one in log.getvalue().splitlines() if "INSERT" not in one and "SELECT" not in one]
    told = [one for one in told if "UPDATE" not in one]
    for secret in secrets:
        assert not any(secret in address for address in addresses), secret
        assert not any(secret in one for one in told), secret
    assert Look.objects.filter(what="revealed").count() == 1


def test_names_stay_text(cast: Cast, clerk: Client) -> None:
    row = resident(cast, name="<b>张</b>")
    for page in (url("list"), url("resident", row.id), url("looks", row.id), url("looks-print", row.id)):
        text = clerk.get(page).content.decode()
        assert "<b>张</b>" not in text
    assert "<b>张</b>" in words(clerk.get(url("resident", row.id))) or "&lt;b&gt;张" in clerk.get(
        url("resident", row.id)
    ).content.decode()  # fmt: skip


def test_the_longest_words_fit(cast: Cast, clerk: Client) -> None:
    home = dwelling(cast, road="长" * 60, door="号" * 60)
    row = resident(cast, name="名" * 40, dwelling=home.id, registered_elsewhere="远" * 80)
    for page in (url("list"), url("resident", row.id), url("dwellings"), url("dwelling", home.id)):
        assert clerk.get(page).status_code == 200
