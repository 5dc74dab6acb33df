"""What must not get out: numbers, doors, groups; and that turned keys still open and find them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from shanzhi.lib.masks import door_mask, paper_mask
from shanzhi.people import services
from shanzhi.people.models import Dwelling, Household, Look, Membership, Request, Resident, Stay
from shanzhi.people.services import number_show, request_take
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import ago, dwelling, groups, household, id_number, member, resident, today
from shanzhi.tenancy.idempotency import body_digest
from shanzhi.tenancy.models import IdempotencyKey
from shanzhi.tenancy.rotation import reseal_all
from shanzhi.trail.models import Entry
from tests.cast import Cast

TABLES = (Resident, Stay, Dwelling, Household, Membership, Look, Request, Entry, IdempotencyKey)


def everything() -> str:
    """Every row of the tables that a number passes by, as it lies there."""
    found = []
    with connection.cursor() as cursor:
        for model in TABLES:
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            found += [str(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor for cell in row]
    return "\n".join(found)


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


def test_numbers_doors_and_groups_lie_sealed_and_nowhere_else(cast: Cast, clerk: Client) -> None:
    groups(cast)
    number = id_number(order=654)
    clerk.post(url("dwelling-new"), sent(place=cast.areas["g1"].code, road="组", door="七七四十九号", use="own"))
    clerk.post(url("resident-new"), sent(
        name="张小平", papers="id", paper_number=number, sex="0", phone="139-5550-9876",
        dwelling=str(Dwelling.objects.get().id), registered=cast.areas["g1"].code, change="first", on=str(ago(30)),
    ))  # fmt: skip
    row = Resident.objects.get()
    clerk.post(url("care-begin", row.id), sent(group="alone", since=str(ago(9)), reason="身体不好没人管"))
    clerk.post(url("request-new", row.id), sent(kind="explain", text="我想问清楚一件事"))
    clerk.post(url("reveal", row.id), sent(field="paper", purpose="check"))
    lying = everything()
    assert "张小平" in lying
    for secret in (number, "13955509876", "139-5550-9876", "七七四十九", "alone", "身体不好", "我想问清楚"):
        assert secret not in lying, secret
    row = Resident.objects.get()
    assert (row.paper_number, row.phone) == (number, "13955509876")
    assert Membership.objects.get().group == "alone"


def test_no_digest_of_a_number_is_kept_by_a_key(cast: Cast) -> None:
    number = id_number()
    row = resident(cast, paper_number=number, key="k")
    said = services.Facts("张小平", paper_number=number, phone="13955501234").tidy()
    kept = set(IdempotencyKey.objects.values_list("body_digest", flat=True))
    code = cast.areas["g1"].code
    rest = {**services.Whither(lives=code, registered=code).said(), "on": ago(400), "change": "first"}
    assert body_digest({**said.said(), **rest}) in kept
    assert number not in str(said.said())
    assert "13955501234" not in str(said.said())
    assert row.phone == "13955501234"


def test_keys_are_turned_and_everything_still_opens(cast: Cast) -> None:
    groups(cast)
    home = dwelling(cast)
    row = resident(cast, dwelling=home.id)
    care = member(cast, row)
    asked = request_take(actor=cast.actor("village_clerk"), resident=row.id, kind="explain", text="为什么")
    places = {place for place, _ in reseal_all()}
    assert {"people_resident.paper_number", "people_resident.phone", "people_dwelling.door", "people_membership.group",
            "people_membership.reason", "people_request.text"} <= places  # fmt: skip
    assert not {place for place in places if place.startswith("people_look")}
    again = Resident.objects.get(id=row.id)
    assert (again.paper_number, again.phone) == (row.paper_number, row.phone)
    assert Membership.objects.get(id=care.id).reason == "走访了解"
    assert Request.objects.get(id=asked.id).text == "为什么"


def test_masks_show_little() -> None:
    assert paper_mask("990001196001011234") == "9900**********1234"
    assert paper_mask("H12345678") == "*******78"
    assert paper_mask("12345") == "*****"
    assert paper_mask("") == ""
    assert door_mask("12 号") == "***"
    assert door_mask("") == ""


READERS = {
    "grid_worker": True, "grid_leader": True, "village_clerk": True, "branch_secretary": True, "township_officer": True,
    "command_centre": True, "county_centre": True, "other_clerk": False, "other_worker": False, "other_officer": False,
    "accountant": False, "supervisor": False, "department_handler": False, "county_leader": False, "auditor": False,
    "system_admin": False, "security_admin": False, "audit_admin": False, "resident": False, "volunteer": False,
}  # fmt: skip


@pytest.mark.parametrize("who", READERS)
def test_who_sees_a_person_at_all(cast: Cast, who: str, settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    home = dwelling(cast)
    row = resident(cast, name="诸葛孔方", dwelling=home.id)
    house = household(cast, {row: "0"})
    client = cast[who].client()
    for page in (url("list"), url("resident", row.id), url("looks", row.id), url("dwelling", home.id),
                 url("household", house.id), url("dwellings"), url("households"), url("counts")):  # fmt: skip
        answer = client.get(page)
        if not READERS[who]:
            assert "诸葛孔方" not in answer.content.decode(), page
            assert answer.status_code in (200, 302, 403, 404)
    seen = client.get(url("resident", row.id)).status_code
    assert (seen == 200) == READERS[who]


def test_somebody_elses_group_is_not_guessed_from_the_outside(cast: Cast) -> None:
    """Neither the page of a person, nor a filter, nor the counts say that somebody is in a group one may not know."""
    groups(cast)
    row = resident(cast)
    plain = resident(cast, name="李平凡", order=400)
    member(cast, row, "correction", by="township_officer")
    clerk = cast["village_clerk"].client()
    one, other = (words(clerk.get(url("resident", each.id))) for each in (row, plain))
    strip = str.maketrans("", "", "0123456789*")
    assert one.replace("张小平", "").translate(strip) == other.replace("李平凡", "").translate(strip)
    assert "矫正" not in words(clerk.get(url("care")))
    assert "张小平" not in words(clerk.get(url("list") + "?care=correction"))


def test_a_printed_copy_is_whole_and_only_for_the_offices(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    assert cast["grid_worker"].client().post(url("copy", row.id), sent()).status_code == 403
    assert cast["branch_secretary"].client().post(url("copy", row.id), sent()).status_code == 403
    assert row.paper_number in words(clerk.post(url("copy", row.id), sent()))
    assert Look.objects.get(what="printed").purpose == "self"


def test_a_look_says_the_post_under_which_it_was_done(cast: Cast) -> None:
    row = resident(cast)
    number_show(actor=cast.actor("township_officer"), number=row.id, field="phone", purpose="benefit", text="临时救助")
    look = Look.objects.get()
    assert look.by == "赵镇综，东镇 镇综治中心受理员"
    assert (look.user, look.get_purpose_display(), look.at.date() <= today()) == (
        cast["township_officer"].user, "办理救助、补贴", True,
    )  # fmt: skip
