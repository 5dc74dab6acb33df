"""Hostile hands: markup in every text, strangers at every door, numbers that are had by no other way than a purpose;
and lists of two hundred, leafed through without a script."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from shanzhi.access.actor import Actor
from shanzhi.packs.services import definition_publish
from shanzhi.people.models import Household, Look, Membership, Resident, Stay
from shanzhi.people.services import request_decide, request_take
from shanzhi.people.tests.test_pages import sent, url
from shanzhi.people.tests.world import (
    GROUP,
    ago,
    dwelling,
    groups,
    happen,
    household,
    id_number,
    member,
    resident,
    today,
)
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.models import Entry
from tests.cast import Cast

IMG = "<img src=x onerror=alert(1)>"
SECRET = "诸葛孔方"
PHONE = "13955501234"
BASE = "/api/v1/341181/people"


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


def everything(cast: Cast, name: str, word: str) -> dict[str, Any]:
    """A person with this name, and this word wherever words can be written."""
    definition_publish(
        actor=Actor.system(cast.county.id), family="care_group", code="alone", origin="edited", note="测试",
        body={**GROUP, "label": word[:30], "basis": word},
    )  # fmt: skip
    home = dwelling(cast, road=word, door="7号")
    row = resident(cast, name=name, dwelling=home.id, registered_elsewhere=word)
    house = household(cast, {row: "0"})
    care = member(cast, row, reason=word)
    actor = cast.actor("village_clerk")
    asked = request_take(actor=actor, resident=row.id, kind="explain", text=word)
    done = request_take(actor=actor, resident=row.id, kind="explain", text=word)
    request_decide(actor=actor, number=done.id, version=1, done=False, answer=word)
    happen(cast, row, "moved-out", lives_elsewhere=word, note=word)
    happen(cast, row, "moved-in", dwelling=home.id, registered_elsewhere=word, note=word)
    stay = Stay.objects.get(resident=row, until=None, void=False)
    return {"row": row.id, "home": home.id, "house": house.id, "care": care.id, "asked": asked.id, "done": done.id,
            "stay": stay.id}  # fmt: skip


def pages_of(w: Mapping[str, Any]) -> list[str]:
    row = w["row"]
    of_person = ("resident", "facts", "take-back", "care-begin", "reveal", "looks", "looks-print", "copy",
                 "request-new", "erase")  # fmt: skip
    return [
        *(url(name, row) for name in of_person), url("event", row, "moved"), url("event", row, "died"),
        url("correct", w["stay"]), url("household", w["house"]), url("dwelling", w["home"]),
        url("dwelling-change", w["home"]), url("request", w["asked"]), url("request", w["done"]),
    ]  # fmt: skip


def test_markup_is_text_on_every_page(cast: Cast, clerk: Client) -> None:
    world = everything(cast, IMG, IMG)
    clerk.post(url("reveal", world["row"]), {"field": "phone", "purpose": "other", "text": IMG})
    lists = [url(name) for name in ("list", "dwellings", "households", "care", "requests")]
    for page in (*pages_of(world), *lists, f"{url('group', 'alone')}?state=ended", url("resident-new"),
                 f"{url('resident-new')}?dwelling={world['home']}"):  # fmt: skip
        answer = clerk.get(page)
        assert answer.status_code == 200, page
        assert "<img src=x" not in answer.content.decode(), page
    copy = clerk.post(url("copy", world["row"]), sent()).content.decode()
    assert "<img src=x" not in copy
    assert copy.count("&lt;img src=x") >= 8, "name, places, notes, group, purpose, question and answer"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("facts", {"name": IMG * 2, "papers": "id", "version": "1"}), ("request-new", {"kind": "gift", "text": IMG}),
        ("care-begin", {"group": IMG, "since": "x", "reason": IMG}), ("erase", {"mistaken": IMG, "version": "1"}),
        ("reveal", {"field": "phone", "purpose": IMG, "text": IMG}),
    ],
)  # fmt: skip
def test_what_was_typed_comes_back_as_text(cast: Cast, clerk: Client, name: str, said: dict[str, str]) -> None:
    row = resident(cast)
    answer = clerk.post(url(name, row.id), sent(**said))
    assert answer.status_code == 422
    assert "<img src=x" not in answer.content.decode()


@pytest.mark.parametrize(
    "who", ["other_clerk", "other_worker", "other_officer", "auditor", "county_leader", "resident", "system_admin",
            "department_handler", "other_county"],
)  # fmt: skip
def test_whoever_has_no_part_in_it_finds_a_person_nowhere(cast: Cast, cast_b: Cast, settings: Any, who: str) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    world = everything(cast, SECRET, "体弱多病")
    client = (cast_b["village_clerk"] if who == "other_county" else cast[who]).client()
    looks, entries = Look.objects.count(), Entry.objects.count()
    paths = [f"{BASE}/residents", f"{BASE}/residents/{world['row']}", f"{BASE}/care", f"{BASE}/care/alone",
             f"{BASE}/requests", f"{BASE}/requests/{world['asked']}", f"{BASE}/households/{world['house']}",
             f"{BASE}/dwellings/{world['home']}", f"{BASE}/residents/{world['row']}/looks",
             f"{BASE}/residents/{world['row']}/memberships"]  # fmt: skip
    for page in (*pages_of(world), *paths):
        answer = client.get(page)
        opened = answer.status_code == 200 and page in (f"{BASE}/residents", f"{BASE}/care", f"{BASE}/care/alone",
                                                        f"{BASE}/requests")  # fmt: skip
        assert opened or answer.status_code in (302, 403, 404), page
        for secret in (SECRET, "诸**方", "多病", "1234", "7号"):
            assert secret not in answer.content.decode(), (page, secret)
    for name in ("copy", "reveal", "erase", "request-new", "facts", "take-back"):
        answer = client.post(url(name, world["row"]), sent(field="phone", purpose="case", mistaken="1", sure="on"))
        assert answer.status_code in (302, 403, 404), name
    assert (Look.objects.count(), Entry.objects.count()) == (looks, entries)
    assert Resident.objects.filter(id=world["row"]).exists()


# --- whole numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["paper", "phone", "door"])
def test_no_get_gives_out_a_number_whatever_it_says(cast: Cast, clerk: Client, field: str) -> None:
    home = dwelling(cast, door="特别门牌77")
    row = resident(cast, dwelling=home.id)
    query = f"field={field}&purpose=case&text=x&idempotency_key=k"
    for way in (clerk.get, clerk.head):
        answer = way(f"{url('reveal', row.id)}?{query}")
        for whole in (PHONE, row.paper_number, "特别门牌77"):
            assert whole not in answer.content.decode()
    assert clerk.get(f"{BASE}/residents/{row.id}/reveals?{query}").status_code == 405
    assert not Look.objects.filter(what="revealed").exists()
    assert clerk.put(url("reveal", row.id)).status_code == 405


def test_each_field_gives_out_itself_and_no_other(cast: Cast, clerk: Client) -> None:
    home = dwelling(cast, door="特别门牌77")
    row = resident(cast, dwelling=home.id)
    values = {"paper": row.paper_number, "phone": PHONE, "door": "特别门牌77"}
    for field, value in values.items():
        text = clerk.post(url("reveal", row.id), {"field": field, "purpose": "case"}).content.decode()
        assert value in text
        assert not [other for name, other in values.items() if name != field and other in text], field
        assert 'data-hide-after="60"' in text
        look = Look.objects.filter(what="revealed").latest("at")
        entry = Entry.objects.get(code="people.look.noted", object_id=look.id)
        assert not [whole for whole in values.values() if whole in str(vars(look)) + str(vars(entry))]
    assert list(Look.objects.order_by("at").values_list("fields", flat=True)) == ["证件号码", "电话", "门牌、房号"]


def test_a_page_that_is_loaded_again_writes_one_look_and_two_keys_two(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    for key, wanted in (("a", 1), ("a", 1), ("b", 2)):
        answer = clerk.post(url("reveal", row.id), {"field": "phone", "purpose": "case", "idempotency_key": key})
        assert PHONE in answer.content.decode()
        assert Look.objects.count() == wanted


def test_a_number_is_not_shown_to_a_form_of_another_site(cast: Cast) -> None:
    row = resident(cast)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast["village_clerk"].user)
    answer = strict.post(url("reveal", row.id), {"field": "phone", "purpose": "case"})
    assert (answer.status_code, PHONE in answer.content.decode()) == (403, False)
    assert not Look.objects.exists()


# --- two hundred ----------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(cast: Cast) -> list[Resident]:
    """Two hundred of one grid, every tenth with the same name."""
    like = resident(cast)
    rows = []
    for number in range(199):
        row = Resident.objects.get(id=like.id)
        row.id, row.name = new_id(), f"某{number % 10:02}"
        row.paper_index, row.phone_index, row.paper_number = f"p{number}", "", id_number(order=300 + number)
        rows.append(row)
    Resident.objects.bulk_create(rows)
    return [like, *rows]


def leaf(client: Client, address: str, pattern: str) -> list[str]:
    """Every id on the way to the last page; the way back by the links shows the same."""
    start, found, page = address.partition("?")[0], [], ""
    while address:
        page = client.get(address).content.decode()
        found.append(list(dict.fromkeys(re.findall(pattern, page))))
        onward = re.search(r'href="([^"]*\bafter=[^"]*)"', page)
        address = start + onward[1].replace("&amp;", "&") if onward else ""
        assert len(found) < 9
    back = [found[-1]]
    while before := re.search(r'href="([^"]*\bbefore=[^"]*)"', page):
        page = client.get(start + before[1].replace("&amp;", "&")).content.decode()
        back.insert(0, list(dict.fromkeys(re.findall(pattern, page))))
    assert back == found
    return [one for each in found for one in each]


def test_people_are_leafed_through_and_back(crowd: list[Resident], clerk: Client) -> None:
    for query in ("", "?tab=registered", "?population=settled&age=60-79"):
        ids = leaf(clerk, url("list") + query, r"/people/residents/(\d+)/")
        assert sorted(ids) == sorted(str(row.id) for row in crowd)
        names = {str(row.id): row.name for row in crowd}
        assert [names[one] for one in ids] == sorted(names.values())


def test_homes_and_households_are_leafed_through_and_back(cast: Cast, clerk: Client) -> None:
    for number in range(60):
        dwelling(cast, door=f"{number}号", road=f"{number % 3}组")
    like = household(cast)
    houses = [Household.objects.get(id=like.id) for _ in range(119)]
    for number, row in enumerate(houses):
        row.id, row.number = new_id(), f"2020-{number:06}"
    Household.objects.bulk_create(houses)
    assert len(set(leaf(clerk, url("dwellings"), r"/people/dwellings/(\d+)/"))) == 60
    assert len(set(leaf(clerk, url("households"), r"/people/households/(\d+)/"))) == 120
    assert leaf(clerk, f"{url('households')}?state=closed", r"/people/households/(\d+)/") == []


def test_a_group_is_leafed_through_by_the_latest(cast: Cast, clerk: Client, crowd: list[Resident]) -> None:
    groups(cast)
    like = member(cast, crowd[0])
    rows = []
    for number, person in enumerate(crowd[1:120]):
        row = Membership.objects.get(id=like.id)
        row.id, row.resident, row.due_on = new_id(), person, ago(number % 7)
        rows.append(row)
    Membership.objects.bulk_create(rows)
    address = url("group", "alone")
    assert len(leaf(clerk, address, r"/people/residents/(\d+)/")) == 120
    due = {str(row.resident_id): row.due_on for row in rows}
    late = leaf(clerk, f"{address}?state=due", r"/people/residents/(\d+)/")
    days = [due[one] or today() for one in late]
    assert days == sorted(days)
    assert today() in due.values()
