"""What a list makes of homes and households: by number or address, across rows and batches, against the register."""

from datetime import date

import pytest
from django.utils import timezone

from shanzhi.people.importing import running
from shanzhi.people.importing.comparing import Households
from shanzhi.people.models import Dwelling, Household, RegisterFault, Resident, Stay
from shanzhi.people.numbers import address_index, paper_index
from shanzhi.people.tests.importing.lists import AS_OF, HEADS, apply, bring, csv_bytes, id_number, row, send
from shanzhi.people.tests.importing.test_apply import counted, proved
from tests.cast import Cast

LATER = date(2026, 2, 1)


def person(serial: int) -> Resident:
    return Resident.objects.select_related("household", "dwelling").get(paper_index=paper_index(id_number(serial)))


def sentence() -> str:
    return RegisterFault.objects.order_by("-id")[0].sentence


# --- households -----------------------------------------------------------------------------------------------------


def test_rows_of_one_household_far_apart_are_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    rows = [row(n, 户编号=f"H{n % 3}", 与户主关系="户主" if n < 4 else "子") for n in range(1, 10)]
    assert counted(bring(cast, rows)) == (9, 9, 0, 0, 0)
    assert Household.objects.count() == 3
    assert {person(n).household_id for n in (1, 4, 7)} == {person(1).household_id}
    assert counted(bring(cast, rows)) == (9, 0, 0, 9, 0)


def test_a_household_lies_where_its_head_does(cast: Cast) -> None:
    bring(
        cast, [row(1, 与户主关系="子"), row(2, 户编号="H1", 村="李庄村", 组=""), row(3, 户编号="H3", 与户主关系="女")]
    )
    first, third = person(1).household, person(3).household
    assert first is not None
    assert third is not None
    assert (first.area_path, third.area_path) == (cast.areas["v2"].path, cast.areas["g1"].path)
    assert (first.opened_on, first.id) == (AS_OF, person(2).household_id)


def test_who_comes_to_a_known_household_joins_it(cast: Cast) -> None:
    bring(cast, [row(1)])
    home = person(1).household_id
    sent = bring(cast, [row(2, 户编号="别的号", 与户主关系="子"), row(1, 户编号="别的号")], as_of=LATER)
    assert counted(sent) == (2, 1, 0, 1, 0)
    assert (person(2).household_id, Household.objects.count()) == (home, 1)


def test_a_household_whose_rows_come_in_another_order_is_the_same(cast: Cast) -> None:
    rows = [row(1), *(row(n, 户编号="H1", 与户主关系="子") for n in range(2, 6))]
    bring(cast, rows)
    assert counted(bring(cast, rows[::-1], as_of=LATER)) == (5, 0, 0, 5, 0)


def test_a_second_head_of_a_known_household_is_refused_and_the_rest_goes_in(cast: Cast) -> None:
    bring(cast, [row(1), row(2, 户编号="H1", 与户主关系="子")])
    sent = bring(cast, [row(2, 户编号="H1"), row(3, 户编号="H3")], as_of=LATER)
    assert counted(sent) == (2, 1, 0, 0, 1)
    fault = RegisterFault.objects.get(source=sent)
    assert (fault.number, fault.column) == (2, "与户主关系")
    assert fault.sentence == "这一户在册的户主是别人；请先在户的页面变更户主，或在名册里写明那个人的关系"
    assert (person(1).relation, person(2).relation) == ("0", Resident.objects.get(id=person(2).id).relation)


def test_the_list_may_change_the_head_if_it_names_both(cast: Cast) -> None:
    bring(cast, [row(1), row(2, 户编号="H1", 与户主关系="子")])
    rows = [row(1, 户编号="H1", 与户主关系="父亲"), row(2, 户编号="H1", 与户主关系="户主")]
    assert counted(bring(cast, rows, as_of=LATER)) == (2, 0, 2, 0, 0)
    heads = Resident.objects.filter(relation="0", household=person(1).household_id)
    assert [one.id for one in heads] == [person(2).id]


def test_households_know_a_key_and_never_serve_two() -> None:
    found = Households()
    assert found.of("nA", None) == 0
    assert found.of("nA", 7) == 7
    assert found.of("nA", 8) == 7  # a key has one household
    assert found.of("nB", 7) == 0  # a household has one key: the list parts it
    found.opened("nB", 9)
    assert (found.of("nB", None), found.of("nC", 9)) == (9, 0)
    found.back(["nB"])  # what opened it was not committed
    assert (found.of("nB", None), found.of("nC", 9)) == (0, 9)


def test_each_new_household_has_a_number_of_its_own(cast: Cast) -> None:
    bring(cast, [row(n) for n in range(1, 6)])
    numbers = sorted(Household.objects.values_list("number", flat=True))
    assert [number[-6:] for number in numbers] == [f"{n:06d}" for n in range(1, 6)]
    assert len({number[:5] for number in numbers}) == 1


# --- homes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["３号－２", "3号 2", "3号、2", "3号·2"])
def test_one_address_however_it_is_written_is_one_home(cast: Cast, door: str) -> None:
    bring(cast, [row(1, 门牌="3号2"), row(2, 门牌=door)])
    assert Dwelling.objects.count() == 1
    assert person(1).dwelling_id == person(2).dwelling_id


def test_the_same_door_in_another_group_or_village_is_another_home(cast: Cast) -> None:
    bring(cast, [row(1, 门牌="1号", 组="三组"), row(2, 门牌="1号", 组="四组"), row(3, 门牌="1号", 村="李庄村", 组="三组"),
                 row(4, 门牌="1号", 组="三组")])  # fmt: skip
    assert Dwelling.objects.count() == 3
    assert person(1).dwelling_id == person(4).dwelling_id
    homes = {(home.area_path, home.road, home.door) for home in Dwelling.objects.all()}
    assert (cast.areas["v2"].path, "三组", "1号") in homes


def test_a_home_that_is_in_the_register_is_moved_into(cast: Cast) -> None:
    home = Dwelling.objects.create(
        area=cast.areas["g1"], area_path=cast.areas["g1"].path, road="", door="1号",
        address_index=address_index("", "1号"), created_at=timezone.now(),
    )  # fmt: skip
    bring(cast, [row(1)])
    assert (person(1).dwelling_id, Dwelling.objects.count()) == (home.id, 1)


def test_a_home_that_is_gone_is_not_moved_into(cast: Cast) -> None:
    bring(cast, [row(1)])
    Dwelling.objects.update(gone_on=AS_OF)
    bring(cast, [row(2, 门牌="1号")])
    assert (Dwelling.objects.count(), person(2).dwelling.gone_on) == (2, None)  # type: ignore[union-attr]


def test_a_door_alone_moves_somebody_within_the_village(cast: Cast) -> None:
    bring(cast, [row(1)])
    sent = bring(cast, [row(1, 门牌="8号")], as_of=LATER)
    assert counted(sent) == (1, 0, 1, 0, 0)
    old, new = Stay.objects.filter(resident=person(1)).order_by("since")
    assert (old.until, new.since, new.until) == (LATER, LATER, None)
    assert (old.dwelling_id != new.dwelling_id, new.household_id) == (True, old.household_id)


# --- facts and whereabouts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"姓名": "张改名"}, "name", "张改名"),
        ({"联系电话": "13912345678"}, "phone", "13912345678"),
    ],
)
def test_a_fact_is_mended_without_a_new_stay(cast: Cast, changes: dict[str, str], field: str, value: str) -> None:
    bring(cast, [row(1)])
    sent = bring(cast, [row(1, **changes)], as_of=LATER)
    assert counted(sent) == (1, 0, 1, 0, 0)
    one = person(1)
    assert (getattr(one, field), one.version, one.stays.count()) == (value, 2, 1)
    assert (one.given, one.last, one.initials[:1]) == (one.name[1:], one.name[2:], "z")
    assert proved() == []


def test_a_new_name_is_found_by_each_part_of_it(cast: Cast) -> None:
    bring(cast, [row(1, 姓名="张三")])
    bring(cast, [row(1, 姓名="李小四")])
    one = person(1)
    assert (one.name, one.given, one.last, one.initials) == ("李小四", "小四", "四", "lxs")


@pytest.mark.parametrize(
    ("lives", "registered", "population"),
    [("", "", "settled"), ("上海市", "", "away"), ("", "河南省台前县", "inflow")],
)
def test_the_population_follows_from_the_places(cast: Cast, lives: str, registered: str, population: str) -> None:
    heads = [*HEADS, "居住地", "户籍地", "人口类别"]
    cells = [*row(1, 户编号="", 与户主关系=""), lives, registered, "流动人口"]
    sent = apply(cast, send(cast, csv_bytes([cells], heads)))
    assert (counted(sent), person(1).population) == ((1, 1, 0, 0, 0), population)
    assert Stay.objects.get().population == population


def test_who_came_back_has_a_home_again(cast: Cast) -> None:
    heads = [*HEADS, "居住地"]
    apply(cast, send(cast, csv_bytes([[*row(1, 户编号="", 与户主关系=""), "上海市"]], heads)))
    assert (person(1).lives_id, person(1).dwelling_id) == (None, None)
    sent = bring(cast, [row(1)], as_of=LATER)
    one = person(1)
    assert (counted(sent), one.population, one.lives_elsewhere) == ((1, 0, 1, 0, 0), "settled", "")
    assert (one.dwelling is not None, one.household is not None) == (True, True)
    assert [stay.lives_elsewhere for stay in one.stays.order_by("since")] == ["上海市", ""]


def test_a_list_of_the_very_day_of_a_change_counts_and_of_the_day_before_does_not(cast: Cast) -> None:
    bring(cast, [row(1)], as_of=LATER)
    moved = row(1, 村="李庄村", 组="")
    sent = bring(cast, [moved], as_of=date(2026, 1, 31))
    assert counted(sent) == (1, 0, 0, 0, 1)
    assert sentence() == "这个人的居住、户籍在 2026-02-01 已有变更，比名册的日期晚；请核对后用更新的名册"
    assert person(1).lives_path == cast.areas["g1"].path
    assert counted(bring(cast, [moved], as_of=LATER)) == (1, 0, 1, 0, 0)
    assert person(1).lives_path == cast.areas["v2"].path


def test_an_older_list_mends_facts_and_nothing_else(cast: Cast) -> None:
    bring(cast, [row(1)], as_of=LATER)
    assert counted(bring(cast, [row(1, 联系电话="13912345678")], as_of=AS_OF)) == (1, 0, 1, 0, 0)
    assert (person(1).phone, Stay.objects.count()) == ("13912345678", 1)


def test_who_was_registered_dead_is_named_by_column_and_left_alone(cast: Cast) -> None:
    bring(cast, [row(1), row(2)])
    Resident.objects.filter(id=person(1).id).update(population="dead", died_on=AS_OF)
    sent = bring(cast, [row(1, 姓名="张改名"), row(2, 姓名="张改名")])
    assert counted(sent) == (2, 0, 1, 0, 1)
    fault = RegisterFault.objects.get(source=sent)
    assert (fault.number, fault.column, fault.sentence) == (
        2, "整行", "这个人已登记去世；登记错了的，请先在资料里更正",
    )  # fmt: skip
    assert person(1).name == "张小二"


def test_two_of_a_name_without_papers_in_the_register_ask_for_the_paper(cast: Cast) -> None:
    bring(cast, [row(1, 身份证号=""), row(2, 身份证号="", 姓名="李四")])
    Resident.objects.update(name="李四")
    sent = bring(cast, [row(2, 身份证号="", 姓名="李四", 户编号="")])
    assert (counted(sent), RegisterFault.objects.get(source=sent).column) == ((1, 0, 0, 0, 1), "证件号码")
    assert "请填证件号码，以免弄错人" in sentence()


def test_the_counts_of_a_mixed_list_add_up(cast: Cast) -> None:
    bring(cast, [row(n) for n in range(1, 5)])
    rows = [row(1), row(2, 联系电话="13912345678"), row(3, 村="李庄村", 组=""), row(4), row(5), row(6, 姓名=""), row(5)]
    checked = send(cast, csv_bytes(rows), as_of=LATER)
    assert counted(checked) == (7, 1, 2, 2, 2)
    done = apply(cast, checked)
    assert (counted(done), sum(counted(done)[1:])) == ((7, 1, 2, 2, 2), 7)
    assert done.counts["columns"] == {"姓名": 1, "证件号码": 1}
    assert proved() == []
