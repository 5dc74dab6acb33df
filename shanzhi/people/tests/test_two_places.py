"""Registered in one place and living in another: both offices see the person, each in the list of what they are there;
and what a form keeps when it is refused."""

import re
from typing import Any

import pytest
from django.test import Client

from shanzhi.lib.errors import Forbidden, NotFound
from shanzhi.people.models import Dwelling, Household, Membership, Request, Resident, Stay
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.services import request_take
from shanzhi.people.tests.test_api import Api
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import (
    ago,
    dwelling,
    groups,
    happen,
    household,
    id_number,
    member,
    resident,
    stays,
    today,
)
from tests.cast import Cast


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


@pytest.fixture
def away(cast: Cast) -> Resident:
    """Registered in the first village, living in the other township."""
    return resident(cast, lives=cast.areas["g3"].code, registered=cast.areas["v1"].code)


def listed(cast: Cast, who: str) -> dict[str, bool]:
    client = cast[who].client()
    return {tab: "张小平" in words(client.get(f"{url('list')}?tab={tab}")) for tab in ("lives", "registered", "last")}


def test_each_office_sees_them_as_what_they_are_there(cast: Cast, away: Resident) -> None:
    assert listed(cast, "village_clerk") == {"lives": False, "registered": True, "last": False}
    assert listed(cast, "other_clerk") == {"lives": True, "registered": False, "last": False}
    assert listed(cast, "grid_worker") == {"lives": False, "registered": False, "last": False}
    assert listed(cast, "county_centre") == {"lives": True, "registered": True, "last": False}
    for who in ("village_clerk", "other_clerk", "township_officer", "other_officer"):
        assert resident_get_for(cast.actor(who), away.id) == away
    for who in ("grid_worker",):
        with pytest.raises(NotFound):
            resident_get_for(cast.actor(who), away.id)


def test_either_office_writes_and_the_other_sees_it_at_once(cast: Cast, away: Resident) -> None:
    happen(cast, away, "moved", lives=cast.areas["v3"].code, by="other_clerk", on=ago(20))
    moved = happen(cast, away, "moved", lives=cast.areas["g1"].code, by="village_clerk", on=ago(10))
    assert moved.lives == cast.areas["g1"]
    assert listed(cast, "village_clerk") == {"lives": True, "registered": True, "last": False}
    assert listed(cast, "other_clerk") == {"lives": False, "registered": False, "last": False}
    with pytest.raises(NotFound):
        happen(cast, away, "died", by="other_clerk")


def test_registration_follows_and_the_first_office_loses_sight(cast: Cast, away: Resident) -> None:
    happen(cast, away, "registered", registered=cast.areas["v3"].code, by="village_clerk")
    assert listed(cast, "village_clerk") == {"lives": False, "registered": False, "last": False}
    assert listed(cast, "other_clerk") == {"lives": True, "registered": True, "last": False}
    assert Api(cast).get(f"/residents/{away.id}").status_code == 404


def test_who_is_gone_is_found_where_they_lived_last(cast: Cast, away: Resident) -> None:
    happen(cast, away, "moved-out", lives_elsewhere="上海市", by="other_clerk")
    assert listed(cast, "other_clerk") == {"lives": False, "registered": False, "last": True}
    assert listed(cast, "village_clerk") == {"lives": False, "registered": False, "last": False}
    back = happen(
        cast, away, "moved-in", lives=cast.areas["g3"].code, registered=cast.areas["v1"].code, by="other_clerk"
    )
    assert back.population == "settled"
    assert listed(cast, "village_clerk")["registered"]


def test_each_place_counts_them_once_and_the_county_once(cast: Cast, away: Resident) -> None:
    cells = {}
    for place in ("v1", "v3", "county"):
        one = population_on(cast.areas[place], today()).figures
        cells[place] = (one.living, one.settled, one.inflow, one.away, one.registered)
    assert cells == {"v1": (0, 0, 0, 1, 1), "v3": (1, 0, 1, 0, 0), "county": (1, 1, 0, 0, 1)}


def test_care_lies_where_one_lives_and_only_there(cast: Cast, away: Resident) -> None:
    groups(cast)
    care = member(cast, away, by="other_clerk")
    assert care.path == cast.areas["g3"].path
    one, other = (words(cast[who].client().get(url("resident", away.id))) for who in ("village_clerk", "other_clerk"))
    assert ("独居老人" in one, "独居老人" in other) == (False, True)
    assert Api(cast).get(f"/residents/{away.id}/memberships").json() == []
    happen(cast, away, "moved", lives=cast.areas["g1"].code)
    assert Membership.objects.get().path == cast.areas["g1"].path
    assert len(Api(cast).get(f"/residents/{away.id}/memberships").json()) == 1


def test_a_request_lies_where_one_lived_when_asking(cast: Cast, away: Resident) -> None:
    asked = request_take(actor=cast.actor("village_clerk"), resident=away.id, kind="copy")
    assert asked.path == cast.areas["g3"].path
    assert [one["id"] for one in Api(cast, "other_clerk").get("/requests").json()["items"]] == [str(asked.id)]
    assert Api(cast).get("/requests").json()["items"] == []


def test_a_dwelling_of_the_other_place_is_not_shown_with_the_person(cast: Cast, clerk: Client) -> None:
    home = dwelling(cast, by="other_clerk", place="g3", door="别村7号")
    row = resident(cast, by="other_clerk", dwelling=home.id, registered=cast.areas["v1"].code)
    page = clerk.get(url("resident", row.id)).content.decode()
    assert url("dwelling", home.id) not in page
    assert "别村7号" not in page
    assert clerk.get(url("dwelling", home.id)).status_code == 404
    with pytest.raises(Forbidden):
        resident(cast, name="乙", lives=cast.areas["g3"].code, registered_elsewhere="河南省", order=400)


# --- what a form keeps ----------------------------------------------------------------------------------------------


def kept(page: str, said: dict[str, str]) -> list[str]:
    """The names of the fields that do not come back as they were sent."""
    missing = []
    for name, value in said.items():
        box = re.search(rf'<(?:input|textarea|select)[^>]*\bname="{name}"[^>]*>([^<]*)', page)
        chosen = re.search(rf'value="{re.escape(value)}"[^>]*(?:checked|selected)', page)
        inside = box is not None and (f'value="{value}"' in box[0] or value in box[1])
        if not inside and chosen is None:
            missing.append(name)
    return missing


@pytest.fixture
def house(cast: Cast) -> Household:
    groups(cast)
    home = dwelling(cast)
    man, wife = resident(cast, name="张大", dwelling=home.id), resident(cast, name="李妻", order=500)
    member(cast, man)
    return household(cast, {man: "0", wife: "1"})


def refusals(cast: Cast) -> dict[str, tuple[str, dict[str, str]]]:
    """Each form with one thing wrong: the day of next year, or nothing said where something has to be."""
    man, wife = Resident.objects.get(name="张大"), Resident.objects.get(name="李妻")
    home, house = Dwelling.objects.get(), Household.objects.get()
    stay, care, code = Stay.objects.filter(resident=man).earliest("id"), Membership.objects.get(), cast.areas["g4"].code
    later = str(today().replace(year=today().year + 1, day=1))
    return {
        "resident": (url("resident-new"), {"name": "王留下", "papers": "passport", "paper_number": "E7654321",
                                           "phone": "13800001111", "lives": code, "on": later, "sex": "2"}),
        "moved": (url("event", man.id, "moved"), {"version": "2", "on": later, "lives": code, "note": "租房"}),
        "left": (url("event", man.id, "left"), {"version": "2", "on": later, "lives_elsewhere": "上海市嘉定区"}),
        "correct": (url("correct", stay.id), {"version": "2", "since": later, "lives": code, "note": "抄错了"}),
        "facts": (url("facts", man.id), {"version": "2", "name": "张大山", "papers": "passport", "phone": "1380000"}),
        "dwelling": (url("dwelling-new"), {"place": code, "road": "李庄组", "door": "9号", "use": "let", "lon": "118.5"}),
        "mend": (url("dwelling-change", home.id), {"version": "1", "place": code, "road": "王庄组", "lat": "32.1"}),
        "gone": (url("dwelling-gone", home.id), {"version": "1", "on": later}),
        "open": (url("household-new"), {"place": code, "kind": "collective", "on": later}),
        "leave": (url("leave", wife.id), {"version": "2", "on": later}),
        "head": (url("head", house.id), {"version": "1", "on": later, "head": str(wife.id)}),
        "close": (url("close", house.id), {"version": "1", "on": later}),
        "care": (url("care-begin", wife.id), {"group": "alone", "since": later, "reason": "走访了解到的"}),
        "care_end": (url("care-end", care.id), {"version": "1", "until": later, "reason": "子女已经回来"}),
        "request": (url("request-new", man.id), {"kind": "gift", "text": "请把电话改过来"}),
    }  # fmt: skip


FORMS = ("resident", "moved", "left", "correct", "facts", "dwelling", "mend", "gone", "open", "leave", "head", "care",
         "care_end", "request")  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_refused_form_keeps_all_that_was_typed(cast: Cast, clerk: Client, house: Household, name: str) -> None:
    address, said = refusals(cast)[name]
    rows = {model: sorted(model.objects.values_list("id", flat=True)) for model in (Resident, Stay, Request, Dwelling)}
    answer = clerk.post(address, sent(**said))
    page = answer.content.decode()
    assert answer.status_code == 422, words(answer)
    assert kept(page, {key: value for key, value in said.items() if value not in ("gift", "1", "2")}) == []
    assert 'role="alert"' in page, "the faults stand together at the top, too"
    assert {model: sorted(model.objects.values_list("id", flat=True)) for model in rows} == rows


def test_a_household_with_people_keeps_the_day_of_its_closing(clerk: Client, cast: Cast, house: Household) -> None:
    answer = clerk.post(url("close", house.id), sent(version="1", on=str(ago(3))))
    assert answer.status_code == 409
    assert "这一户还有 2 人，请先登记他们的去向，再销户。" in words(answer)
    assert kept(answer.content.decode(), {"on": str(ago(3))}) == []


def test_a_version_that_is_old_gives_the_new_one_and_keeps_the_words(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    happen(cast, row, "registered", registered_elsewhere="河南省")
    said: dict[str, Any] = {"version": "1", "name": "张晓平", "papers": "id", "sex": "0", "phone": "13800002222"}
    answer = clerk.post(url("facts", row.id), sent(**said))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert kept(page, {"name": "张晓平", "phone": "13800002222", "version": "2"}) == []
    assert clerk.post(url("facts", row.id), sent(**{**said, "version": "2"})).status_code == 302
    assert Resident.objects.get().name == "张晓平"


def test_a_person_who_is_known_twice_over_is_told_before_anything_is_written(cast: Cast, clerk: Client) -> None:
    known = resident(cast, paper_number=id_number())
    said = {"name": "另一个人", "papers": "id", "paper_number": id_number(), "phone": "13800003333", "change": "first",
            "lives": cast.areas["g1"].code, "registered": cast.areas["g1"].code, "on": str(today())}  # fmt: skip
    answer = clerk.post(url("resident-new"), sent(**said))
    assert answer.status_code == 409
    assert kept(answer.content.decode(), {key: said[key] for key in ("name", "phone", "on", "lives")}) == []
    assert url("resident", known.id) in answer.content.decode()
    assert stays(known) == [(ago(400), None, "first")]
