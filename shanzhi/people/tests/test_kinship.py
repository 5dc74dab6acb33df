"""Relatives and whom to call: written once, seen from both sides, ended, called for a purpose, gone with a person."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.people.models import Kin, Look, Resident
from shanzhi.people.selectors.kin import kin_of
from shanzhi.people.services import resident_erase
from shanzhi.people.services.kinship import Relative, kin_add, kin_end, kin_phone_show
from shanzhi.people.tests.test_api import Api
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import ago, happen, household, id_number, resident, today
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast

MINOR = {"name": "张小宝", "born_on": date(2018, 3, 1), "paper_number": id_number(date(2018, 3, 1), 301)}
GRANNY = {"name": "张奶奶", "sex": "2", "born_on": date(1955, 3, 1), "paper_number": id_number(date(1955, 3, 1), 302)}


def add(
    cast: Cast, row: Resident, who: str = "", *, by: str = "village_clerk", key: str | None = None, **said: Any
) -> Kin:
    relative = Relative(**{"who": who, "tie": "parent", **said})
    return kin_add(actor=cast.actor(by), resident=row.id, relative=relative, key=key)


def seen(cast: Cast, row: Resident, by: str = "village_clerk") -> list[tuple[str, str, str]]:
    return [(one.name, one.words, one.phone) for one in kin_of(cast.actor(by), Resident.objects.get(id=row.id))]


@pytest.fixture
def child(cast: Cast) -> Resident:
    return resident(cast, **MINOR)


@pytest.fixture
def granny(cast: Cast) -> Resident:
    return resident(cast, **GRANNY)


def test_a_guardian_in_the_register_is_seen_from_both_sides(cast: Cast, child: Resident, granny: Resident) -> None:
    row = add(cast, child, GRANNY["paper_number"], tie="grandparent", is_guardian=True, is_contact=True)
    assert (row.other_id, row.name, row.phone, row.since) == (granny.id, "", "", today())
    assert seen(cast, child) == [("张奶奶", "祖父母、外祖父母，监护人，联系人", "139****1234")]
    assert seen(cast, granny) == [("张小宝", "孙子女、外孙子女（由其监护）", "139****1234")]
    entry = Entry.objects.get(code="people.kin.added")
    assert entry.object_id == row.id
    assert [one for one in verify_county(cast.county.id).findings if one.startswith("亲属和联系人")] == []


def test_somebody_who_is_not_registered_is_a_name_with_a_sealed_phone(cast: Cast, child: Resident) -> None:
    row = add(cast, child, "李 建军", phone="138 1234 5678", is_contact=True, note="在苏州打工")
    assert (row.other_id, row.name, row.phone) == (None, "李 建军", "13812345678")
    assert seen(cast, child) == [("李 建军", "父母，联系人", "138****5678")]
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_kin WHERE county_id = 341181")
        assert "5678" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("tie", "sex", "word"),
    [("parent", "1", "父亲"), ("parent", "2", "母亲"), ("spouse", "2", "妻子"), ("sibling", "1", "兄弟姐妹"),
     ("other", "2", "邻居、朋友等")],
)  # fmt: skip
def test_words_follow_the_sex(cast: Cast, tie: str, sex: str, word: str) -> None:
    young = resident(cast, name="张青", born_on=date(1990, 1, 1), paper_number=id_number(date(1990, 1, 1), 303))
    number = id_number(GRANNY["born_on"], 311 if sex == "1" else 302)
    elder = resident(cast, **{**GRANNY, "sex": sex, "paper_number": number})
    add(cast, young, number, tie=tie)
    assert seen(cast, young)[0][1] == word
    assert seen(cast, elder)[0][0] == "张青"


def test_contacts_come_first_then_guardians(cast: Cast, child: Resident) -> None:
    add(cast, child, "甲", tie="relative")
    add(cast, child, "乙", is_guardian=True)
    add(cast, child, "丙", is_contact=True, phone="13812345678")
    assert [name for name, *_ in seen(cast, child)] == ["丙", "乙", "甲"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"who": ""}, "请选同户的人"), ({"who": "甲", "tie": "cousin"}, "请选他"), ({"who": "甲" * 70}, "最多写 60 字"),
        ({"who": "甲", "phone": "12345"}, "电话不对"), ({"who": "甲", "is_contact": True}, "联系人要留电话"),
        ({"who": "甲", "note": "长" * 201}, "最多写 200 字"), ({"who": id_number(order=999)}, "辖区里没有这个证件号码"),
        ({"who": MINOR["paper_number"]}, "不能登记自己"),
        ({"who": GRANNY["paper_number"], "tie": "child"}, "出生日期和这个关系对不上"),
        ({"who": GRANNY["paper_number"], "tie": "grandchild"}, "出生日期和这个关系对不上"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(
    cast: Cast, child: Resident, granny: Resident, said: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        add(cast, child, **said)
    assert not Kin.objects.exists()


def test_two_are_related_once_whichever_side_it_is_written_at(cast: Cast, child: Resident, granny: Resident) -> None:
    add(cast, child, GRANNY["paper_number"], tie="grandparent")
    with pytest.raises(Conflict, match="已经登记过"):
        add(cast, child, GRANNY["paper_number"], tie="relative")
    with pytest.raises(Conflict, match="已经登记过"):
        add(cast, granny, MINOR["paper_number"], tie="grandchild")
    kin_end(actor=cast.actor("village_clerk"), number=Kin.objects.get().id, version=1, until=today())
    assert seen(cast, child) == []
    assert add(cast, granny, MINOR["paper_number"], tie="grandchild").id


def test_a_name_is_written_down_once_for_a_tie(cast: Cast, child: Resident) -> None:
    add(cast, child, "李建军")
    with pytest.raises(Conflict, match="已经登记过"):
        add(cast, child, " 李建军 ", phone="13812345678")
    assert add(cast, child, "李建军", tie="other").id
    assert Kin.objects.count() == 2


def test_the_same_key_writes_once(cast: Cast, child: Resident) -> None:
    assert add(cast, child, "甲", key="k").id == add(cast, child, "甲", key="k").id
    for said in ({"who": "乙"}, {"who": "甲", "phone": "13812345678"}, {"who": "甲", "is_guardian": True}):
        with pytest.raises(Invalid):
            add(cast, child, **{"key": "k", **said})
    assert Kin.objects.count() == 1


def test_of_the_dead_nothing_new_is_written(cast: Cast, child: Resident, granny: Resident) -> None:
    happen(cast, granny, "died", on=today())
    with pytest.raises(Conflict, match="已经去世"):
        add(cast, granny, "甲")
    with pytest.raises(Invalid, match="已经去世"):
        add(cast, child, GRANNY["paper_number"], tie="grandparent")


def test_ending_is_done_once_and_by_whoever_saw_the_newest(cast: Cast, child: Resident) -> None:
    row = add(cast, child, "甲")
    end = {"actor": cast.actor("village_clerk"), "number": row.id}
    with pytest.raises(Stale):
        kin_end(**end, version=7, until=today())
    with pytest.raises(Invalid, match="不能早于"):
        kin_end(**end, version=1, until=ago(3))
    assert kin_end(**end, version=1, until=today(), key="e").version == 2
    assert kin_end(**end, version=1, until=today(), key="e").version == 2
    with pytest.raises(Conflict, match="已经结束"):
        kin_end(**end, version=2, until=today())
    assert Entry.objects.filter(code="people.kin.ended").count() == 1


def test_whoever_has_no_business_there_finds_nothing(cast: Cast, child: Resident) -> None:
    row = add(cast, child, "甲", phone="13812345678")
    for call in (
        lambda by: add(cast, child, "乙", by=by),
        lambda by: kin_end(actor=cast.actor(by), number=row.id, version=1, until=today()),
        lambda by: kin_phone_show(actor=cast.actor(by), number=row.id, purpose="visit"),
    ):
        with pytest.raises(NotFound):
            call("other_clerk")
        with pytest.raises(NotFound):
            call("auditor")
        with pytest.raises(Forbidden):
            call("command_centre")


def test_a_relative_out_of_reach_has_no_name_and_no_page(cast: Cast, child: Resident) -> None:
    father = resident(
        cast, by="other_clerk", place="g3", name="张建国", born_on=date(1985, 1, 1),
        paper_number=id_number(date(1985, 1, 1), 304),
    )  # fmt: skip
    with pytest.raises(Invalid, match="辖区里没有"):
        add(cast, child, id_number(date(1985, 1, 1), 304))
    with pytest.raises(NotFound):
        add(cast, child, member=father.id)
    Kin.objects.create(
        resident=child, other=father, tie="parent", since=today(), actor_name="x", created_at=child.created_at
    )
    [one] = kin_of(cast.actor("village_clerk"), child)
    assert (one.name, one.seen, one.other) == ("张*国", False, father)
    page = cast["village_clerk"].client().get(url("resident", child.id)).content.decode()
    assert "张建国" not in page
    assert url("resident", father.id) not in page
    [back] = kin_of(cast.actor("other_clerk"), father)
    assert (back.name, back.phone) == ("张*宝", "")


def test_a_number_is_shown_for_a_purpose_and_written_down_at_both(
    cast: Cast, child: Resident, granny: Resident
) -> None:
    row = add(cast, child, GRANNY["paper_number"], tie="grandparent")
    with pytest.raises(Invalid, match="做什么用"):
        kin_phone_show(actor=cast.actor("village_clerk"), number=row.id, purpose="")
    with pytest.raises(Invalid, match="写明用途"):
        kin_phone_show(actor=cast.actor("village_clerk"), number=row.id, purpose="other")
    for _ in range(2):
        _, phone = kin_phone_show(actor=cast.actor("village_clerk"), number=row.id, purpose="visit", key="r")
    assert phone == "13955501234"
    looks = Look.objects.filter(what="revealed").values_list("resident_id", "fields", "purpose")
    assert set(looks) == {(child.id, "亲属、联系人的电话", "visit"), (granny.id, "电话", "visit")}
    assert looks.count() == 2


def test_no_number_no_look(cast: Cast, child: Resident) -> None:
    row = add(cast, child, "甲")
    with pytest.raises(Conflict, match="没有登记电话"):
        kin_phone_show(actor=cast.actor("village_clerk"), number=row.id, purpose="visit")
    assert not Look.objects.filter(what="revealed").exists()


@pytest.mark.parametrize("gone", ["child", "granny"])
def test_it_goes_with_either_of_them(cast: Cast, child: Resident, granny: Resident, gone: str) -> None:
    add(cast, child, GRANNY["paper_number"], tie="grandparent")
    row = {"child": child, "granny": granny}[gone]
    resident_erase(actor=cast.actor("village_clerk"), number=row.id, version=1, mistaken=True)
    assert not Kin.objects.exists()
    assert Entry.objects.filter(code="people.kin.erased").count() == 1
    assert [one for one in verify_county(cast.county.id).findings if one.startswith("亲属和联系人")] == []


def test_the_page_asks_two_statements_however_many_there_are(cast: Cast, child: Resident) -> None:
    def asked() -> int:
        actor = cast.actor("village_clerk")
        with CaptureQueriesContext(connection) as found:
            kin_of(actor, child)
        return len(found)

    assert asked() == 2
    for order in range(5):
        resident(
            cast, name=f"亲{order}", born_on=date(1985, 1, 1), paper_number=id_number(date(1985, 1, 1), 400 + order)
        )
        add(cast, child, id_number(date(1985, 1, 1), 400 + order), tie="relative")
    assert asked() == 2


# --- pages and API --------------------------------------------------------------------------------------------------


def test_on_the_page_from_the_household_to_the_call(cast: Cast, child: Resident, granny: Resident) -> None:
    household(cast, {granny: "0", child: "4"})
    client = cast["village_clerk"].client()
    form = client.get(url("kin-new", child.id)).content.decode()
    assert f'<option value="{granny.id}">张奶奶</option>' in form
    answer = client.post(
        url("kin-new", child.id), sent(member=granny.id, tie="grandparent", is_guardian="on"), follow=True
    )
    assert "张奶奶 祖父母、外祖父母，监护人 139****1234" in words(answer)
    assert "张奶奶" not in client.get(url("kin-new", child.id)).content.decode()
    row = Kin.objects.get()
    assert "请选看这个号码做什么用" in words(client.post(url("kin-reveal", row.id), sent(field="phone")))
    shown = client.post(url("kin-reveal", row.id), sent(field="phone", purpose="visit"))
    assert "张奶奶的电话" in words(shown)
    assert "13955501234" in words(shown)
    assert (shown["Cache-Control"], shown["Refresh"]) == ("no-store", f"60; url={url('resident', child.id)}")
    printed = client.post(url("copy", child.id), sent())
    assert "亲属和联系人" in words(printed)
    client.post(url("kin-end", row.id), sent(version=1, until=str(today())))
    assert "没有登记亲属和联系人" in words(client.get(url("resident", child.id)))


def test_a_form_that_fails_keeps_what_was_typed(cast: Cast, child: Resident) -> None:
    answer = cast["village_clerk"].client().post(
        url("kin-new", child.id), sent(who="李建军", tie="parent", phone="123", note="晚上好找")
    )  # fmt: skip
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "电话不对" in page
    assert 'value="李建军"' in page
    assert "晚上好找" in page


def test_the_api_does_the_same(cast: Cast, child: Resident, granny: Resident) -> None:
    api = Api(cast)
    answer = api.post(
        f"/residents/{child.id}/kin", {"member": str(granny.id), "tie": "grandparent", "is_guardian": True}
    )
    assert answer.status_code == 201
    [one] = answer.json()
    assert (one["resident"], one["name"], one["phone"], one["own"]) == (str(granny.id), "张奶奶", "139****1234", True)
    assert api.get(f"/residents/{granny.id}/kin").json()[0]["own"] is False
    assert api.post(f"/residents/{child.id}/kin", {"who": "", "tie": "parent"}).status_code == 422
    shown = api.post(f"/kin/{one['id']}/reveals", {"purpose": "visit"})
    assert shown.json() == {"value": "13955501234", "seconds": 60}
    assert api.post(f"/kin/{one['id']}/ends", {"version": 9, "until": str(today())}).status_code == 409
    assert api.post(f"/kin/{one['id']}/ends", {"version": 1, "until": str(today())}).json() == []
    assert Api(cast, "other_clerk").get(f"/residents/{child.id}/kin").status_code == 404
