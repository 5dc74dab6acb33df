"""Writing somebody into the register: what is checked, what follows from a number, who is known already."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.people.models import Resident, Stay
from shanzhi.people.numbers import paper_index, phone_index
from shanzhi.people.services import Facts, Whither, resident_add, resident_change
from shanzhi.people.tests.world import ago, dwelling, happen, household, id_number, resident, stays, stranger, today
from shanzhi.tenancy.context import county
from shanzhi.tenancy.idempotency import body_digest
from shanzhi.tenancy.models import IdempotencyKey
from shanzhi.trail.models import Entry
from tests.cast import Cast

MAN, WOMAN = id_number(date(1980, 5, 17), 101), id_number(date(1980, 5, 17), 102)


def change(cast: Cast, row: Resident, *, by: str = "village_clerk", **said: Any) -> Resident:
    more = {name: said.pop(name) for name in ("keep_numbers", "key") if name in said}
    version = said.pop("version", Resident.objects.get(id=row.id).version)
    facts = Facts(**{"name": row.name, "papers": row.papers, **said})
    return resident_change(actor=cast.actor(by), number=row.id, version=version, facts=facts, **more)


def test_a_number_says_birth_and_sex(cast: Cast) -> None:
    man = resident(cast, paper_number=MAN, sex="2", born_on=date(1999, 1, 1))
    assert (man.born_on, man.sex) == (date(1980, 5, 17), "1")
    woman = resident(cast, name="李秀英", paper_number=WOMAN.lower().replace("x", "x") + " ")
    assert (woman.born_on, woman.sex, woman.paper_number) == (date(1980, 5, 17), "2", WOMAN)


def test_a_name_is_found_by_its_parts_and_by_its_pinyin(cast: Cast) -> None:
    row = resident(cast, name="  张 小平 ")
    assert (row.name, row.given, row.last) == ("张 小平", " 小平", "小平")
    other = resident(cast, name="单田芳")
    assert (other.given, other.last, other.initials) == ("田芳", "芳", "stf")


def test_numbers_lie_sealed_beside_their_index(cast: Cast) -> None:
    row = resident(cast, paper_number=MAN, phone="139-5550-1234")
    with connection.cursor() as cursor:
        cursor.execute("SELECT paper_number, phone FROM people_resident")
        raw = cursor.fetchone()
    assert MAN not in raw[0]
    assert "13955501234" not in raw[1]
    row = Resident.objects.get()
    assert (row.paper_number, row.phone) == (MAN, "13955501234")
    assert row.paper_index == paper_index(MAN)
    assert row.phone_index == phone_index("13955501234")
    assert paper_index("") == phone_index("") == ""


@pytest.mark.parametrize(
    ("said", "field", "word"),
    [
        ({"name": "  "}, "name", "请填姓名"), ({"name": "长" * 41}, "name", "最多写 40 字"),
        ({"papers": "card"}, "papers", "请选证件"), ({"paper_number": ""}, "paper_number", "请填证件号码"),
        ({"paper_number": "123"}, "paper_number", "18 位"), ({"paper_number": "9" * 15}, "paper_number", "15 位"),
        ({"paper_number": MAN[:17] + ("0" if MAN[17] != "0" else "1")}, "paper_number", "校验"),
        ({"paper_number": "99000118000101123X"}, "paper_number", "出生日期不对"),
        ({"papers": "none", "paper_number": "123456"}, "paper_number", "请留空"),
        ({"papers": "passport", "paper_number": "护照"}, "paper_number", "字母和数字"),
        ({"papers": "passport", "paper_number": "E123"}, "paper_number", "5 到 20 位"),
        ({"papers": "none", "paper_number": "", "sex": "7"}, "sex", "性别"),
        ({"papers": "none", "paper_number": "", "born_on": date(1700, 1, 1)}, "born_on", "出生日期不对"),
        ({"papers": "none", "paper_number": "", "born_on": today() + timedelta(days=1)}, "born_on", "出生日期不对"),
        ({"phone": "12345"}, "phone", "电话不对"), ({"phone": "2955501234"}, "phone", "电话不对"),
        ({"on": today() + timedelta(days=1)}, "on", "不能晚于今天"), ({"on": date(1850, 1, 1)}, "on", "年份不对"),
        ({"on": date(1959, 1, 1)}, "on", "早于出生日期"), ({"change": "died"}, "change", "怎样登记"),
        ({"lives": ""}, "lives", "请选住在"), ({"lives": "999999999999"}, "lives", "没有这个代码"),
        ({"registered": ""}, "registered", "请选户籍"), ({"registered": "341181000000"}, "registered", "没有这个代码"),
        ({"lives_elsewhere": "远" * 81}, "lives_elsewhere", "最多写 80 字"),
        ({"lives_elsewhere": "上海市", "registered_elsewhere": "河南省"}, "lives", "至少有一处在本县"),
        ({"household": 5, "relation": "0"}, "household", "没有找到这一户"), ({"dwelling": 5}, "dwelling", "没有找到这座房屋"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(cast: Cast, said: dict[str, Any], field: str, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        resident(cast, **said)
    assert list(refused.value.fields) == [field]
    assert word in refused.value.message
    assert not Resident.objects.exists()
    assert not Stay.objects.exists()


@pytest.mark.parametrize(
    ("lives", "registered", "papers", "population"),
    [
        ("g1", "g1", "id", "settled"), ("g1", "v1", "id", "settled"), ("g1", "g3", "id", "settled"),
        ("g1", "", "id", "inflow"), ("", "g1", "id", "away"), ("g1", "", "passport", "overseas"),
        ("g1", "", "hkm", "overseas"), ("g1", "g1", "tw", "overseas"), ("", "g1", "hkm", "away"),
        ("g1", "", "none", "inflow"), ("g1", "g1", "birth", "settled"),
    ],
)  # fmt: skip
def test_population_follows_from_papers_and_places(
    cast: Cast, lives: str, registered: str, papers: str, population: str
) -> None:
    number = {"id": MAN, "none": "", "birth": "P123456789"}.get(papers, "H12345678")
    where: dict[str, Any] = {}
    where |= {"lives": cast.areas[lives].code} if lives else {"lives_elsewhere": "上海市"}
    where |= {"registered": cast.areas[registered].code} if registered else {"registered_elsewhere": "河南省"}
    row = resident(cast, papers=papers, paper_number=number, **where)
    assert row.population == Stay.objects.get().population == population


def test_who_is_known_in_reach_is_named_and_offered(cast: Cast) -> None:
    row = resident(cast, paper_number=MAN)
    with pytest.raises(Conflict) as refused:
        resident(cast, name="别人", paper_number=MAN)
    assert refused.value.code == "known_person"
    assert "张小平" in refused.value.message
    assert refused.value.more == {"resident": str(row.id)}
    assert list(refused.value.fields) == ["paper_number"]


def test_who_is_known_elsewhere_is_not_named(cast: Cast) -> None:
    resident(cast, by="other_clerk", place="g3", paper_number=MAN)
    with pytest.raises(Conflict) as refused:
        resident(cast, name="别人", paper_number=MAN)
    assert refused.value.code == "known_person"
    assert "张小平" not in refused.value.message
    assert "镇里" in refused.value.message
    assert refused.value.more == {}


def test_nobody_without_papers_is_taken_for_another(cast: Cast) -> None:
    for _ in range(2):
        resident(cast, papers="none", paper_number="", born_on=date(2020, 1, 1))
    assert Resident.objects.count() == 2


def test_a_birth_is_dated_by_the_day_of_birth_and_comes_into_the_household(cast: Cast) -> None:
    home = dwelling(cast)
    mother = resident(cast, name="李秀英", dwelling=home.id)
    house = household(cast, {mother: "0"})
    child = resident(
        cast, name="张贝贝", papers="none", paper_number="", phone="", born_on=ago(9), sex="2", change="born",
        dwelling=home.id, household=house.id, relation="3", on=today(),
    )  # fmt: skip
    assert stays(child) == [(ago(9), None, "born")]
    assert (child.household, child.relation, child.dwelling, child.lives) == (house, "3", home, cast.areas["g1"])
    with pytest.raises(Invalid) as refused:
        resident(cast, papers="none", paper_number="", change="born")
    assert list(refused.value.fields) == ["born_on"]


def test_who_moves_in_is_known_from_that_day(cast: Cast) -> None:
    row = stranger(cast, change="moved_in", on=ago(5))
    assert stays(row) == [(ago(5), None, "moved_in")]
    assert Entry.objects.filter(code="people.resident.moved_in", object_id=row.id).count() == 1


def test_a_household_has_one_head(cast: Cast) -> None:
    head = resident(cast)
    house = household(cast, {head: "0"})
    with pytest.raises(Invalid) as refused:
        resident(cast, name="又一个", household=house.id, relation="0")
    assert list(refused.value.fields) == ["relation"]
    with pytest.raises(Invalid):
        resident(cast, name="又一个", household=house.id, relation="x")
    assert resident(cast, name="妻", household=house.id, relation="1").household == house


def test_a_key_writes_one_person_and_remembers_no_number(cast: Cast) -> None:
    first = resident(cast, paper_number=MAN, order=1, key="k")
    again = resident(cast, paper_number=MAN, order=1, key="k")
    assert first.id == again.id
    assert Resident.objects.count() == 1
    with pytest.raises(Invalid, match="重复提交标识"):
        resident(cast, name="别人", paper_number=MAN, key="k")
    kept = IdempotencyKey.objects.get().body_digest
    facts = Facts("张小平", paper_number=MAN, phone="13955501234").tidy()
    code = cast.areas["g1"].code
    rest = {**Whither(lives=code, registered=code).said(), "on": ago(400), "change": "first"}
    plain = {"name": facts.name, "papers": "id", "paper": MAN, "sex": "1", "born_on": facts.born_on,
             "phone": facts.phone}  # fmt: skip
    assert kept == body_digest({**facts.said(), **rest})
    assert kept != body_digest({**plain, **rest})


def test_a_replayed_key_does_not_stumble_over_what_it_wrote(cast: Cast) -> None:
    """The household has a head by now: this one."""
    house = household(cast)
    one = resident(cast, household=house.id, relation="0", order=7, key="k")
    assert resident(cast, household=house.id, relation="0", order=7, key="k").id == one.id


def test_who_may_register_where(cast: Cast) -> None:
    for who in ("village_clerk", "grid_worker", "grid_leader", "township_officer"):
        assert resident(cast, by=who, name=who).lives == cast.areas["g1"]
    for who in ("branch_secretary", "command_centre", "auditor", "county_leader", "system_admin", "resident"):
        with pytest.raises(Forbidden):
            resident(cast, by=who)
    with pytest.raises(Forbidden) as refused:
        resident(cast, place="g3")
    assert refused.value.code == "elsewhere"
    with pytest.raises(Forbidden):
        resident(cast, by="grid_worker", place="g4")


def test_either_place_gives_the_right_to_write(cast: Cast) -> None:
    """Registered here and living in the other township: this village keeps them, too."""
    row = resident(cast, lives=cast.areas["g3"].code)
    assert (row.lives, row.registered) == (cast.areas["g3"], cast.areas["g1"])
    away = resident(cast, lives_elsewhere="上海市")
    assert away.population == "away"


def test_facts_are_mended_and_numbers_kept(cast: Cast) -> None:
    row = resident(cast, paper_number=MAN)
    mended = change(cast, row, name="张晓平")
    assert (mended.name, mended.paper_number, mended.phone, mended.version) == ("张晓平", MAN, "13955501234", 2)
    assert (mended.born_on, mended.sex) == (date(1980, 5, 17), "1")
    mended = change(cast, row, name="张晓平", paper_number=WOMAN, phone="0550-7771234")
    assert (mended.paper_number, mended.phone, mended.sex) == (WOMAN, "05507771234", "2")
    assert Resident.objects.get().paper_index == paper_index(WOMAN)
    assert Entry.objects.filter(code="people.resident.changed").count() == 2


def test_a_phone_can_be_taken_out(cast: Cast) -> None:
    row = resident(cast, paper_number=MAN)
    mended = change(cast, row, paper_number=MAN, keep_numbers=False)
    assert (mended.phone, mended.phone_index) == ("", "")


def test_other_papers_need_their_own_number(cast: Cast) -> None:
    row = resident(cast, paper_number=MAN)
    with pytest.raises(Invalid) as refused:
        change(cast, row, papers="passport")
    assert list(refused.value.fields) == ["paper_number"]
    changed = change(cast, row, papers="passport", paper_number="E1234567", sex="1")
    assert (changed.population, Stay.objects.get().population) == ("overseas", "overseas")
    assert Entry.objects.filter(code="people.stay.recounted").count() == 1


def test_a_number_of_somebody_else_is_refused(cast: Cast) -> None:
    row, other = resident(cast, paper_number=MAN), resident(cast, name="李秀英", paper_number=WOMAN)
    with pytest.raises(Conflict, match="李秀英"):
        change(cast, row, paper_number=WOMAN)
    assert change(cast, other, name="李秀琴", paper_number=WOMAN).name == "李秀琴"


def test_two_who_change_at_once(cast: Cast) -> None:
    row = resident(cast)
    change(cast, row, name="甲", version=1, key="k")
    assert change(cast, row, name="甲", version=1, key="k").version == 2
    with pytest.raises(Stale) as refused:
        change(cast, row, name="乙", version=1)
    assert "刚刚有人改过" in refused.value.message
    with pytest.raises(Stale):
        change(cast, row, name="乙", version=-1)


def test_who_may_change(cast: Cast) -> None:
    row = resident(cast)
    for who, error in (("other_clerk", NotFound), ("branch_secretary", Forbidden), ("command_centre", Forbidden),
                       ("auditor", NotFound), ("security_admin", NotFound)):  # fmt: skip
        with pytest.raises(error):
            change(cast, row, by=who, name="乙")
    assert change(cast, row, by="grid_worker", name="乙").name == "乙"


def test_the_name_of_somebody_who_died_can_be_mended(cast: Cast) -> None:
    row = resident(cast)
    happen(cast, row, "died")
    mended = change(cast, row, name="张小萍")
    assert (mended.name, mended.population) == ("张小萍", "dead")


def test_a_person_of_the_other_county_is_not_there(cast: Cast, cast_b: Cast) -> None:
    row = resident(cast)
    actor = cast_b.actor("village_clerk")
    with county(cast_b.county.id), pytest.raises(NotFound):
        resident_change(actor=actor, number=row.id, version=1, facts=Facts("乙", "none"))


def test_the_service_says_what_it_does_when_nobody_is_named(cast: Cast) -> None:
    with pytest.raises(Invalid):
        resident_add(actor=cast.actor("village_clerk"), facts=Facts(""), whither=Whither(), on=today())
