"""The pages, as whoever works with them opens them."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shanzhi.people.happenings import HAPPENINGS
from shanzhi.people.models import Dwelling, Household, Look, Membership, Request, Resident, Stay
from shanzhi.people.services import request_take
from shanzhi.people.tests.world import (
    ago,
    dwelling,
    groups,
    happen,
    household,
    id_number,
    member,
    resident,
    stranger,
    today,
)
from shanzhi.tenancy.ids import new_id
from tests.cast import Cast

A = 341181


def url(name: str, *args: Any) -> str:
    return reverse(f"people:{name}", args=[A, *args])


def words(answer: Any) -> str:
    """What a person reads on the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


@pytest.fixture
def family(cast: Cast) -> Resident:
    """A head with a wife in a dwelling and a household, and in a group."""
    groups(cast)
    home = dwelling(cast)
    head = resident(cast, dwelling=home.id)
    wife = resident(cast, name="李秀英", dwelling=home.id, order=200, paper_number=id_number(order=200))
    household(cast, {head: "0", wife: "1"})
    member(cast, head)
    return Resident.objects.get(id=head.id)


def sent(**said: Any) -> dict[str, Any]:
    return {"idempotency_key": uuid4().hex, **{key: value for key, value in said.items() if value is not None}}


def test_every_page_opens_for_the_clerk(cast: Cast, clerk: Client, family: Resident) -> None:
    asked = request_take(actor=cast.actor("village_clerk"), resident=family.id, kind="copy")
    stay, care = Stay.objects.filter(resident=family).order_by("id").first(), Membership.objects.get()
    home, house = Dwelling.objects.get(), Household.objects.get()
    assert stay is not None
    pages = [
        url("list"), url("resident-new"), url("resident", family.id), url("facts", family.id),
        url("take-back", family.id), url("leave", family.id), url("care-begin", family.id), url("reveal", family.id),
        url("looks", family.id), url("looks-print", family.id), url("copy", family.id), url("request-new", family.id),
        url("erase", family.id), url("correct", stay.id), url("households"), url("household-new"),
        url("household", house.id), url("join", house.id), url("head", house.id), url("split", house.id),
        url("merge", house.id), url("close", house.id), url("dwellings"), url("dwelling-new"), url("dwelling", home.id),
        url("dwelling-change", home.id), url("dwelling-gone", home.id), url("care"), url("group", "alone"),
        url("care-end", care.id), url("requests"), url("request", asked.id), url("counts"), url("counts-print"),
        *(url("event", family.id, code) for code in HAPPENINGS),
        *(url("household-event", house.id, code) for code, one in HAPPENINGS.items() if one.whole),
        url("list") + "?tab=registered&population=settled&sex=1&age=60-79&care=alone",
        url("resident-new") + f"?dwelling={home.id}", url("resident-new") + f"?household={house.id}&change=born",
        url("group", "alone") + "?state=due", url("group", "alone") + "?state=ended",
    ]  # fmt: skip
    for page in pages:
        answer = clerk.get(page)
        assert answer.status_code == 200, page
        text = answer.content.decode()
        assert "13955501234" not in text, page
        assert family.paper_number not in text, page


def test_a_family_is_registered_from_the_dwelling_on(cast: Cast, clerk: Client) -> None:
    made = clerk.post(url("dwelling-new"), sent(
        place=cast.areas["g1"].code, road="张庄组", door="12 号", use="own", lon="118.83", lat="32.66", version="",
    ))  # fmt: skip
    assert made.status_code == 302, words(made)
    home = Dwelling.objects.get()
    assert made["Location"] == url("dwelling", home.id)
    assert "登记住在这里的人" in words(clerk.get(made["Location"]))
    form = clerk.get(url("resident-new") + f"?dwelling={home.id}").content.decode()
    assert f'<option value="{home.id}" selected>' in form
    new = clerk.post(url("resident-new"), sent(
        name="张大", papers="id", paper_number=id_number(), sex="0", phone="13955501234", dwelling=str(home.id),
        lives=cast.areas["g1"].code, registered=cast.areas["v1"].code, change="first", on=str(ago(30)),
    ))  # fmt: skip
    assert new.status_code == 302, words(new)
    row = Resident.objects.get()
    assert (row.dwelling, row.lives, row.registered) == (home, cast.areas["g1"], cast.areas["v1"])
    opened = clerk.post(url("household-new"), sent(
        place=cast.areas["g1"].code, kind="family", on=str(ago(30)), head=str(row.id)
    ))  # fmt: skip
    assert opened.status_code == 302, words(opened)
    house = Household.objects.get()
    born = clerk.get(url("resident-new") + f"?household={house.id}&change=born")
    assert "登记出生" in words(born)
    assert f'<option value="{house.id}" selected>' in born.content.decode()
    child = clerk.post(url("resident-new"), sent(
        name="张贝贝", papers="none", paper_number="", sex="2", born_on=str(ago(3)), phone="", dwelling=str(home.id),
        registered=cast.areas["g1"].code, household=str(house.id), relation="3", change="born", on="",
    ))  # fmt: skip
    assert child.status_code == 302, words(child)
    page = words(clerk.get(url("household", house.id)))
    assert "张大" in page
    assert "张贝贝" in page
    assert "0 岁" in page


def test_who_is_known_is_offered_on_the_form(cast: Cast, clerk: Client, family: Resident) -> None:
    answer = clerk.post(url("resident-new"), sent(
        name="别人", papers="id", paper_number=family.paper_number, sex="0", lives=cast.areas["g1"].code,
        registered=cast.areas["g1"].code, change="first", on=str(today()),
    ))  # fmt: skip
    assert answer.status_code == 409
    assert "打开已经登记的这个人" in words(answer)
    assert url("resident", family.id) in answer.content.decode()
    assert 'value="别人"' in answer.content.decode()
    strange = cast["other_clerk"].client().post(url("resident-new"), sent(
        name="别人", papers="id", paper_number=family.paper_number, sex="0", lives=cast.areas["g3"].code,
        registered=cast.areas["g3"].code, change="first", on=str(today()),
    ))  # fmt: skip
    assert strange.status_code == 409
    assert "打开已经登记" not in words(strange)
    assert "张小平" not in words(strange)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"name": ""}, "请填姓名。"), ({"on": ""}, "请填从哪天起。"), ({"on": "gestern"}, "日期写成 2026-03-01 这样。"),
        ({"change": ""}, "请选怎样登记的。"), ({"papers": "x"}, "不在可选范围里"), ({"lives": "x"}, "不在可选范围里"),
        ({"paper_number": "1"}, "18 位"), ({"registered": "", "registered_elsewhere": ""}, "请选户籍在哪个村"),
    ],
)  # fmt: skip
def test_what_was_typed_stays_and_the_fault_is_named(
    cast: Cast, clerk: Client, said: dict[str, str], word: str
) -> None:
    answer = clerk.post(url("resident-new"), sent(**{
        "name": "张留下", "papers": "id", "paper_number": id_number(), "sex": "0", "phone": "13800001111",
        "lives": cast.areas["g1"].code, "registered": cast.areas["g1"].code, "change": "first", "on": str(today()),
        **said,
    }))  # fmt: skip
    assert answer.status_code == 422
    assert word in words(answer)
    assert 'value="13800001111"' in answer.content.decode()
    assert not Resident.objects.exists()


def test_each_event_on_its_page(cast: Cast, clerk: Client, family: Resident) -> None:
    code, address = cast.areas["g1"].code, url("resident", family.id)
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("left", {"lives_elsewhere": "江苏省苏州市"}, "外出"), ("back", {"lives": code}, "户籍常住"),
        ("moved", {"lives": cast.areas["g4"].code}, "户籍常住"),
        ("registered", {"registered_elsewhere": "江苏省苏州市"}, "流入"),
        ("moved-out", {"lives_elsewhere": "上海市"}, "已迁出"),
        ("moved-in", {"lives": code, "registered": code}, "户籍常住"), ("died", {}, "已去世"),
    ]  # fmt: skip
    for event, said, population in steps:
        version = Resident.objects.get(id=family.id).version
        answer = clerk.post(url("event", family.id, event), sent(version=version, on=str(today()), note="", **said))
        assert answer.status_code == 302, (event, words(answer))
        assert answer["Location"] == address
        assert population in words(clerk.get(address)), event
    assert clerk.get(url("event", family.id, "flown")).status_code == 404
    taken = clerk.post(url("take-back", family.id), sent(version=Resident.objects.get(id=family.id).version))
    assert taken.status_code == 302
    assert "户籍常住" in words(clerk.get(address))


def test_somebody_was_faster(cast: Cast, clerk: Client, family: Resident) -> None:
    version = family.version
    happen(cast, family, "left", lives_elsewhere="上海市")
    answer = clerk.post(url("event", family.id, "died"), sent(version=version, on=str(today()), note="老人走了"))
    assert answer.status_code == 409
    assert "刚刚有人改过" in words(answer)
    assert 'value="老人走了"' in answer.content.decode()
    assert f'name="version" value="{version + 1}"' in answer.content.decode()


def test_a_correction_on_its_page(cast: Cast, clerk: Client, family: Resident) -> None:
    stay = Stay.objects.filter(resident=family, change="first").get()
    form = clerk.get(url("correct", stay.id)).content.decode()
    assert str(stay.since) in form
    answer = clerk.post(url("correct", stay.id), sent(
        version=family.version, since=str(ago(500)), note="户口本上写的", lives=cast.areas["g1"].code,
        registered=cast.areas["g1"].code,
    ))  # fmt: skip
    assert answer.status_code == 302, words(answer)
    page = words(clerk.get(url("resident", family.id)))
    assert "已更正，不作数" in page
    assert "户口本上写的" in page


def test_facts_on_their_page_never_show_a_number(clerk: Client, family: Resident) -> None:
    form = clerk.get(url("facts", family.id)).content.decode()
    assert family.paper_number not in form
    answer = clerk.post(url("facts", family.id), sent(
        version=family.version, name="张晓平", papers="id", paper_number="", sex="0", born_on="", phone=""
    ))  # fmt: skip
    assert answer.status_code == 302, words(answer)
    row = Resident.objects.get(id=family.id)
    assert (row.name, row.paper_number, row.phone) == ("张晓平", family.paper_number, "13955501234")
    stale = clerk.post(url("facts", family.id), sent(version=1, name="乙", papers="id", sex="0"))
    assert stale.status_code == 409


def test_households_on_their_pages(cast: Cast, clerk: Client, family: Resident) -> None:
    house = Household.objects.get()
    wife = Resident.objects.get(name="李秀英")
    son = resident(cast, name="张儿", order=300)
    post = clerk.post(url("join", house.id), sent(resident=str(son.id), relation="2", on=str(today())))
    assert post.status_code == 302, words(post)
    headed = clerk.post(url("head", house.id), sent(
        version=1, head=str(son.id), on=str(today()), **{f"m{family.id}": "5"}
    ))  # fmt: skip
    assert headed.status_code == 302, words(headed)
    assert Resident.objects.get(id=wife.id).relation == "8"
    split = clerk.post(url("split", house.id), sent(version=2, on=str(today()), **{f"m{family.id}": "0"}))
    assert split.status_code == 302, words(split)
    new = Household.objects.exclude(id=house.id).get()
    merged = clerk.post(url("merge", new.id), sent(version=1, into=str(house.id), on=str(today())))
    assert merged.status_code == 302, words(merged)
    left = clerk.post(url("leave", son.id), sent(version=Resident.objects.get(id=son.id).version, on=str(today())))
    assert left.status_code == 302
    assert "这一户现在没有户主" in words(clerk.get(url("household", house.id)))
    closed = clerk.post(
        url("close", house.id), sent(version=Household.objects.get(id=house.id).version, on=str(today()))
    )
    assert closed.status_code == 409
    assert "还有 2 人" in words(closed)


def test_a_whole_household_leaves_from_its_page(clerk: Client, family: Resident) -> None:
    house = Household.objects.get()
    form = words(clerk.get(url("household-event", house.id, "left")))
    assert "一起登记的有：张小平、李秀英" in form
    answer = clerk.post(url("household-event", house.id, "left"), sent(
        version=1, on=str(today()), lives_elsewhere="上海市", note=""
    ))  # fmt: skip
    assert answer.status_code == 302, words(answer)
    assert set(Resident.objects.values_list("population", flat=True)) == {"away"}
    assert "没有人" in words(clerk.get(url("household-event", house.id, "left")))
    assert clerk.get(url("household-event", house.id, "flown")).status_code == 404


def test_a_dwelling_is_changed_and_torn_down(cast: Cast, clerk: Client, family: Resident) -> None:
    home = Dwelling.objects.get()
    form = clerk.get(url("dwelling-change", home.id)).content.decode()
    assert "12号" not in form
    answer = clerk.post(url("dwelling-change", home.id), sent(
        version=1, place=cast.areas["g1"].code, road="李庄组", door="", use="let", lon="", lat=""
    ))  # fmt: skip
    assert answer.status_code == 302, words(answer)
    assert Dwelling.objects.get().door == "12号"
    torn = clerk.post(url("dwelling-gone", home.id), sent(version=2, on=str(today())))
    assert torn.status_code == 409
    assert "还住着 2 人" in words(torn)
    twice = clerk.post(url("dwelling-new"), sent(
        place=cast.areas["g1"].code, road="李庄组", door="12号", use="own", lon="118.8", lat=""
    ))  # fmt: skip
    assert twice.status_code == 422
    assert "一起填" in words(twice)
    known = clerk.post(url("dwelling-new"), sent(place=cast.areas["g1"].code, road="李庄组", door="12号", use="own"))
    assert known.status_code == 409
    assert url("dwelling", home.id) in known.content.decode()


def test_care_on_its_pages(cast: Cast, clerk: Client, family: Resident) -> None:
    care = Membership.objects.get()
    page = words(clerk.get(url("resident", family.id)))
    assert "独居老人" in page
    assert "还有 30 天" in page
    assert "1 人" in words(clerk.get(url("care")))
    assert "张小平" in words(clerk.get(url("group", "alone")))
    ended = clerk.post(url("care-end", care.id), sent(version=1, until=str(today()), reason="子女回来"))
    assert ended.status_code == 302, words(ended)
    again = clerk.post(url("care-begin", family.id), sent(group="alone", since=str(today()), reason="又独居"))
    assert again.status_code == 302, words(again)
    unseen = clerk.post(url("care-begin", family.id), sent(group="correction", since=str(today()), reason="x"))
    assert unseen.status_code == 422
    assert clerk.get(url("group", "correction")).status_code == 404
    officer = cast["township_officer"].client()
    assert officer.get(url("group", "correction")).status_code == 200


def test_finding_is_one_tap_from_every_list(clerk: Client, family: Resident) -> None:
    there = reverse("people_find:search", args=[A])
    for name in ("list", "households", "dwellings", "care", "counts", "requests"):
        assert f'href="{there}"' in clerk.get(url(name)).content.decode().partition('class="duty-tabs"')[2], name
    assert f'href="{url("list")}"' in clerk.get(there).content.decode().partition('class="duty-tabs"')[2]


def test_counts_on_their_page_and_on_paper(cast: Cast, clerk: Client, family: Resident) -> None:
    page = clerk.get(url("counts"))
    assert "张庄村人口" in words(page)
    assert "常住 2 人" in words(page)
    assert "户数 1 户" in words(page)
    assert url("list") in page.content.decode()
    then = clerk.get(url("counts") + f"?on={ago(500)}")
    assert "回到今天" in words(then)
    assert url("list") + "?area" not in then.content.decode()
    for wrong in ("gestern", "1800-01-01", str(today().replace(year=today().year + 1))):
        answer = clerk.get(url("counts") + f"?on={wrong}")
        assert answer.status_code == 422
        assert "这一天看不了" in words(answer)
    auditor = cast["auditor"].client()
    seen = auditor.get(url("counts"))
    assert seen.status_code == 200
    assert url("list") + "?" not in seen.content.decode()
    assert "张小平" not in words(auditor.get(url("counts-print")))
    assert auditor.get(url("list")).status_code == 403


def test_whoever_only_looks_gets_no_button(cast: Cast, family: Resident) -> None:
    secretary, centre = (cast[who].client() for who in ("branch_secretary", "command_centre"))
    for client in (secretary, centre):
        page = client.get(url("resident", family.id)).content.decode()
        assert "/events/" not in page
        assert "/facts/" not in page
        assert "/erasures/" not in page
        assert "登记居民" not in words(client.get(url("list")))
    assert "/reveals/" in secretary.get(url("resident", family.id)).content.decode()
    assert "/reveals/" not in centre.get(url("resident", family.id)).content.decode()


def test_a_stranger_in_a_dwelling_is_masked(cast: Cast, clerk: Client) -> None:
    row = stranger(cast, lives=cast.areas["g4"].code)
    home = household(cast, {row: "0"}, place="g1")
    worker = cast["grid_worker"].client()
    page = words(worker.get(url("household", home.id)))
    assert "王*入" in page
    assert "王流入" not in page
    assert "王流入" in words(clerk.get(url("household", home.id)))


@pytest.mark.parametrize("number", ["0", "1", str(2**63 - 1), "9" * 30])
@pytest.mark.parametrize("name", ["resident", "dwelling", "household", "request", "facts", "looks", "copy", "erase"])
def test_what_is_not_there_is_not_found(clerk: Client, name: str, number: str) -> None:
    assert clerk.get(url(name, 1).replace("/1/", f"/{number}/")).status_code == 404


def test_pages_take_few_statements_however_many_people_there_are(cast: Cast, clerk: Client, family: Resident) -> None:
    def measured() -> list[int]:
        found = []
        for page in (url("list"), url("dwellings"), url("households"), url("care"), url("group", "alone"),
                     url("counts"), url("resident", family.id), url("resident-new")):  # fmt: skip
            clerk.get(page)
            with CaptureQueriesContext(connection) as caught:
                assert clerk.get(page).status_code == 200
            found.append(len(caught))
        return found

    few = measured()
    for number in range(5):
        home = dwelling(cast, door=f"{number + 50}号")
        row = resident(cast, name=f"某{number}", dwelling=home.id, order=400 + number)
        household(cast, {row: "0"})
        member(cast, row)
    assert measured() == few
    assert max(few) <= 30


def test_unused_ids_stay_unused(clerk: Client) -> None:
    assert clerk.get(url("resident", new_id())).status_code == 404
    assert not Look.objects.exists()
    assert not Request.objects.exists()
