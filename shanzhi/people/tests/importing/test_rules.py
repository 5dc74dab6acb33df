"""Rules of rows at their edges: papers, days, names, telephones, relations, households, places in and out of scope."""

from collections.abc import Sequence
from datetime import date

import pytest

from shanzhi.access.actor import PathRange, Scope
from shanzhi.people.catalogue import Papers, Relation
from shanzhi.people.importing.checking import RELATIONS, SEXES, Checker, Fault, Person
from shanzhi.people.importing.columns import COLUMNS as FIELDS
from shanzhi.people.importing.places import Places
from shanzhi.people.importing.preparing import preparer
from shanzhi.people.models import Resident
from shanzhi.people.numbers import address_index, paper_index, phone_index
from shanzhi.people.tests.importing.lists import bring, id_number, row
from shanzhi.people.tests.importing.test_checking import COLUMNS, TODAY, cells_of, checker_for, fault, good, judged
from tests.cast import Cast


def found_in(cast: Cast, rows: Sequence[Sequence[str]], *without: str) -> list[Person | Fault]:
    columns = {name: at for name, at in COLUMNS.items() if name not in without}
    return list(checker_for(cast, columns=columns).rows(iter(list(enumerate(rows, start=2)))))


# --- papers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [f" {id_number(1)[:6]} {id_number(1)[6:]} ", f"{id_number(1)[:14]}-{id_number(1)[14:]}",
             "".join(chr(ord(sign) + 0xFEE0) for sign in id_number(1))],
)  # fmt: skip
def test_a_number_has_one_form_however_it_was_written(cast: Cast, text: str) -> None:
    assert good(cast, 身份证号=text).paper == id_number(1)


def test_a_number_is_found_as_the_pages_find_it(cast: Cast) -> None:
    """What a list brings and what a page registers are one person, and a search finds them."""
    one = good(cast, 证件类型="护照", 身份证号="e-1234 5678", 联系电话="138-0000（0001）", 门牌="３号－２")
    ready = preparer()(one)
    assert one.paper == "E12345678"
    assert ready.paper_index == paper_index("E12345678")
    assert ready.phone_index == phone_index("13800000001")
    assert ready.address_index == address_index("", "3号2")
    bare = preparer()(good(cast, 身份证号="", 联系电话="", 门牌=""))
    assert (bare.paper_index, bare.phone_index, bare.address_index) == ("", "", "")


@pytest.mark.parametrize("text", ["AB=1", "护照号码不详", "1234", "E" * 21])
def test_a_number_of_another_paper_is_letters_and_digits(cast: Cast, text: str) -> None:
    column, sentence = fault(cast, 证件类型="护照", 身份证号=text)
    assert (column, sentence) == ("证件号码", "证件号码应是 5 到 20 位字母和数字，请核对")


def test_a_number_that_is_one_sign_short_or_long_says_how_long_it_is(cast: Cast) -> None:
    assert "这里是 17 位" in fault(cast, 身份证号=id_number(1)[:17])[1]
    assert "这里是 19 位" in fault(cast, 身份证号=id_number(1) + "1")[1]


@pytest.mark.parametrize("day", ["20260602", "18491231", "19800230"])
def test_a_number_holds_a_day_that_was(cast: Cast, day: str) -> None:
    column, sentence = fault(cast, 身份证号=id_number(1, day), 出生日期="")
    assert (column, "第 7 到 14 位" in sentence) == ("证件号码", True)


def test_somebody_who_was_born_today_is_taken(cast: Cast) -> None:
    assert good(cast, 身份证号=id_number(1, f"{TODAY:%Y%m%d}"), 出生日期="").born == TODAY


def test_a_kind_of_paper_without_a_number_is_none(cast: Cast) -> None:
    one = good(cast, 证件类型="护照", 身份证号="")
    assert (one.papers, one.paper, one.born) == (Papers.NONE, "", date(1980, 1, 2))


# --- days, sexes, names, telephones ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["198012", "1980111", "1980-102", "198001-02", "1980", "1980年12月", "0800102", "19801302"]
)
def test_a_day_that_could_be_another_is_no_day(cast: Cast, text: str) -> None:
    """198012 is December, not the second of January."""
    assert fault(cast, 出生日期=text, 身份证号="") == ("出生日期", "出生日期读不懂，请写成 1980-01-02 这样")


@pytest.mark.parametrize(("text", "day"), [("1980-1-2", date(1980, 1, 2)), ("20000229", date(2000, 2, 29)),
                                           ("1980年12月31", date(1980, 12, 31)), (f"{TODAY}", TODAY)])  # fmt: skip
def test_days_at_their_edges(cast: Cast, text: str, day: date) -> None:
    assert good(cast, 出生日期=text, 身份证号="").born == day


@pytest.mark.parametrize(("word", "sex"), sorted(SEXES.items()))
def test_every_word_for_a_sex(cast: Cast, word: str, sex: str) -> None:
    assert good(cast, 性别=word, 身份证号="").sex == sex


def test_without_a_number_the_sex_may_be_unknown(cast: Cast) -> None:
    assert good(cast, 性别="", 身份证号="").sex == "0"


@pytest.mark.parametrize("word", ["未知", "未说明", ""])
def test_a_sex_that_is_not_told_is_the_one_of_the_number(cast: Cast, word: str) -> None:
    assert good(cast, 性别=word).sex == "1"
    assert good(cast, 性别=word, 身份证号=id_number(1, man=False)).sex == "2"


@pytest.mark.parametrize(
    ("text", "name"),
    [("张　三", "张三"), ("张 三", "张三"), ("欧 阳 小 平", "欧阳小平"), ("买买提•吐尔逊", "买买提·吐尔逊"),
     ("Anna Maria", "Anna Maria"), ("J. Smith", ""), ("㛃三", "㛃三"), ("张" * 40, "张" * 40)],
)  # fmt: skip
def test_names_as_lists_write_them(cast: Cast, text: str, name: str) -> None:
    if name:
        assert good(cast, 姓名=text).name == name
    else:
        assert fault(cast, 姓名=text)[0] == "姓名"


@pytest.mark.parametrize(
    "text", ["张三·", "·张三", "张_三", "张三?", "1", "-", "<b>张三</b>", "张三\u202e", "张三（故）"]
)
def test_what_is_no_name(cast: Cast, text: str) -> None:
    assert "请核对" in fault(cast, 姓名=text)[1]


@pytest.mark.parametrize(
    ("text", "phone"),
    [("138 0000-0001", "13800000001"), ("（0550）7771234", "05507771234"), ("7771234", "7771234"),
     ("１３８００００００１１", "13800000011"), ("", "")],
)  # fmt: skip
def test_telephones_in_one_form(cast: Cast, text: str, phone: str) -> None:
    assert good(cast, 联系电话=text).phone == phone


@pytest.mark.parametrize("text", ["12800000001", "138000000011", "无", "13800000001/13900000001", "=138"])
def test_what_is_no_telephone(cast: Cast, text: str) -> None:
    assert fault(cast, 联系电话=text) == ("联系电话", "电话不对，请核对：手机号 11 位，座机带区号")


# --- households -----------------------------------------------------------------------------------------------------


def test_every_word_for_a_relation_is_one_of_the_catalogue() -> None:
    assert set(RELATIONS.values()) == set(Relation)
    assert all(RELATIONS[one.label] == one == RELATIONS[one.value] for one in Relation)


@pytest.mark.parametrize(
    ("word", "relation"), [("长子", Relation.SON), ("婆婆", Relation.PARENT), ("3", Relation("3"))]
)
def test_usual_words_for_relations(cast: Cast, word: str, relation: Relation) -> None:
    assert good(cast, 与户主关系=word).relation == relation


def test_without_a_household_a_relation_says_nothing(cast: Cast) -> None:
    one = good(cast, 户编号="", 与户主关系="子")
    assert (one.household, one.relation) == ("", "")


def test_a_bad_head_does_not_keep_the_next_from_heading(cast: Cast) -> None:
    bad, second, third = judged(cast, cells_of(1, 联系电话="x"), cells_of(2, 户编号="H1"), cells_of(3, 户编号="H1"))
    assert isinstance(bad, Fault)
    assert isinstance(second, Person)
    assert isinstance(third, Fault)
    assert third.sentence == "这一户前面已经有户主，一户只有一个户主，请改正关系或户编号"


def test_a_head_who_stands_twice_is_a_double_and_no_second_head(cast: Cast) -> None:
    _first, second = judged(cast, cells_of(1), cells_of(1))
    assert isinstance(second, Fault)
    assert second.sentence == "这个人在第 2 行已经有了，同一个人只留一行"


def test_members_before_any_head_or_in_another_village_are_nobodys(cast: Cast) -> None:
    rows = [
        cells_of(1, 与户主关系="子"),
        cells_of(2),
        cells_of(3, 村="李庄村", 与户主关系="子"),
        cells_of(4, 与户主关系="子"),
    ]
    found = found_in(cast, rows, "household")
    assert [(one.household, one.relation) for one in found if isinstance(one, Person)] == [
        ("", ""), ("r3", "0"), ("", ""), ("", ""),
    ]  # fmt: skip


def test_the_name_of_the_head_parts_two_households(cast: Cast) -> None:
    rows = [cells_of(1, 户主姓名="张甲"), cells_of(2, 与户主关系="子", 户主姓名="张甲"), cells_of(3, 与户主关系="子", 户主姓名="张乙"),
            cells_of(4, 与户主关系="女", 户主姓名="张乙")]  # fmt: skip
    assert [one.household for one in found_in(cast, rows, "household") if isinstance(one, Person)] == [
        "r2",
        "r2",
        "",
        "",
    ]


def test_without_a_column_of_relations_there_are_no_households(cast: Cast) -> None:
    found = found_in(cast, [cells_of(1), cells_of(2)], "household", "relation")
    assert [one.household for one in found if isinstance(one, Person)] == ["", ""]


# --- doubles --------------------------------------------------------------------------------------------------------


def test_two_papers_of_one_number_are_two_people(cast: Cast) -> None:
    more = {"身份证号": "E1234567", "户编号": ""}
    first, second, third = judged(
        cast,
        cells_of(1, 证件类型="护照", **more),
        cells_of(2, 证件类型="台胞证", **more),
        cells_of(3, 证件类型="护照", **more),
    )
    assert (isinstance(first, Person), isinstance(second, Person)) == (True, True)
    assert isinstance(third, Fault)
    assert "第 2 行已经有了" in third.sentence


def test_a_fault_bears_the_row_as_it_came(cast: Cast) -> None:
    cells = cells_of(1, 联系电话="x", 门牌="=1+1")
    [found] = judged(cast, cells)
    assert isinstance(found, Fault)
    assert (found.number, found.cells) == (2, cells)
    assert not any(cell in found.sentence for cell in cells if cell not in ("x", ""))


# --- places ---------------------------------------------------------------------------------------------------------


def test_a_clerk_takes_in_ones_own_village_only(cast: Cast) -> None:
    own, next_door = judged(cast, cells_of(1), cells_of(2, 村="李庄村", 组="", 户编号="H2"), place="v1")
    assert isinstance(own, Person)
    assert isinstance(next_door, Fault)
    assert next_door.sentence == "李庄村不在你的范围，请由那里的乡镇导入"


def test_with_one_end_in_scope_a_move_between_townships_is_taken(cast: Cast) -> None:
    one = good(cast, 村="", 组="", 居住地="王庄村", 户籍地="张庄村")
    assert one.lives is not None
    assert one.registered is not None
    assert (one.lives.name, one.registered.name, one.place.name) == ("王庄村", "张庄村", "王庄村")
    column, sentence = fault(cast, 村="", 组="", 居住地="王庄村", 户籍地="上海市")
    assert (column, sentence) == ("村、社区", "王庄村不在你的范围，请由那里的乡镇导入")


def test_both_ends_outside_of_the_county_are_nobody_of_ours(cast: Cast) -> None:
    assert fault(cast, 居住地="上海市", 户籍地="南京市") == ("村、社区", "看不出是本县哪个村、社区，请填村、社区")


def test_who_lives_away_has_no_home_here(cast: Cast) -> None:
    one = good(cast, 居住地="上海市", 组="三组", 门牌="5号")
    assert (one.lives, one.road, one.door) == (None, "", "")
    assert one.place.path == cast.areas["v1"].path


def test_of_a_registered_place_alone_the_person_lives_there(cast: Cast) -> None:
    one = good(cast, 村="", 组="", 户籍地="张庄村")
    assert one.lives == one.registered
    assert one.place.path == cast.areas["v1"].path


def test_an_address_that_names_the_county_and_no_village_is_a_fault_of_its_column(cast: Cast) -> None:
    for column in ("居住地", "户籍地"):
        found, sentence = fault(cast, **{column: f"{cast.areas['county'].name}东镇"})
        assert (found, "请写上村名" in sentence) == (column, True)


def test_nobody_s_scope_takes_nobody(cast: Cast) -> None:
    checker = Checker(COLUMNS, Places.load(Scope()), TODAY)
    [found] = checker.rows(iter([(2, cells_of())]))
    assert isinstance(found, Fault)
    assert "不在你的范围" in found.sentence
    elsewhere = Checker(COLUMNS, Places.load(Scope(ranges=(PathRange.below(cast.areas["v3"].path),))), TODAY)
    assert isinstance(next(elsewhere.rows(iter([(2, cells_of(村="王庄村", 组=""))]))), Person)


def test_columns_that_the_list_has_not_are_empty(cast: Cast) -> None:
    columns = {"name": 0, "born": 3, "village": 5}
    [found] = checker_for(cast, columns=columns).rows(iter([(2, cells_of())]))
    assert isinstance(found, Person)
    assert (found.paper, found.phone, found.door, found.sex, found.household) == ("", "", "", "0", "")
    assert set(columns) < set(FIELDS)


def test_a_name_with_a_blank_is_the_one_that_is_known(cast: Cast) -> None:
    bring(cast, [row(1, 姓名="张三")])
    sent = bring(cast, [row(1, 姓名="张　三")])
    assert (sent.counts["same"], Resident.objects.get().name) == (1, "张三")
