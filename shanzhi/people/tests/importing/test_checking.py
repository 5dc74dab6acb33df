"""Each rule of a row, with the sentence that says what to mend."""

from collections.abc import Sequence
from datetime import date

import pytest

from shanzhi.access.actor import PathRange, Scope
from shanzhi.people.catalogue import Papers
from shanzhi.people.importing.checking import Checker, Fault, Person
from shanzhi.people.importing.places import Places
from shanzhi.people.importing.reading import Lost
from shanzhi.people.tests.importing.lists import HEADS, id_number, row
from tests.cast import Cast

TODAY = date(2026, 6, 1)
MORE = (*HEADS, "证件类型", "户籍地", "居住地", "户主姓名")
COLUMNS = {
    "name": 0, "sex": 1, "paper": 2, "born": 3, "phone": 4, "village": 5, "grid": 6, "door": 7, "relation": 8,
    "household": 9, "papers": 10, "registered": 11, "lives": 12, "head": 13,
}  # fmt: skip


def checker_for(cast: Cast, place: str = "t1", columns: dict[str, int] | None = None) -> Checker:
    scope = Scope(ranges=(PathRange.below(cast.areas[place].path),))
    return Checker(columns or COLUMNS, Places.load(scope), TODAY)


def cells_of(serial: int = 1, **changes: object) -> list[str]:
    more = {head: changes.pop(head, "") for head in MORE[len(HEADS) :]}
    return [one if isinstance(one, Lost) else str(one) for one in (*row(serial, **changes), *more.values())]


def judged(cast: Cast, *rows: Sequence[str], place: str = "t1") -> list[Person | Fault]:
    return list(checker_for(cast, place).rows(iter([(n, cells) for n, cells in enumerate(rows, start=2)])))


def fault(cast: Cast, **changes: object) -> tuple[str, str]:
    [found] = judged(cast, cells_of(**changes))
    assert isinstance(found, Fault), found
    return found.column, found.sentence


def good(cast: Cast, **changes: object) -> Person:
    [found] = judged(cast, cells_of(**changes))
    assert isinstance(found, Person), found
    return found


def test_a_good_row_is_a_person_with_a_place(cast: Cast) -> None:
    one = good(cast)
    assert (one.name, one.sex, one.born, one.papers, one.phone) == (
        "张小二", "1", date(1980, 1, 2), Papers.ID_CARD, "13800000001",
    )  # fmt: skip
    assert one.lives is not None
    assert one.lives == one.registered
    assert (one.lives.path, one.road, one.door) == (cast.areas["g1"].path, "", "1号")
    assert (one.household, one.relation) == ("nH1", "0")


WRONG_DIGIT = id_number(1)[:17] + ("0" if id_number(1)[17] != "0" else "1")


@pytest.mark.parametrize(
    ("changes", "column", "words"),
    [
        ({"姓名": ""}, "姓名", "请补上"),
        ({"姓名": "张三3"}, "姓名", "只能是汉字"),
        ({"姓名": "=1+1"}, "姓名", "只能是汉字"),
        ({"姓名": "张" * 41}, "姓名", "最多 40 个字"),
        ({"性别": "不详"}, "性别", "请填男或女"),
        ({"性别": "女"}, "性别", "第 17 位不一致"),
        ({"身份证号": WRONG_DIGIT}, "证件号码", "校验不对"),
        ({"身份证号": "3.41181198001E+17"}, "证件号码", "后几位丢了"),
        ({"身份证号": "341181198001020000"}, "证件号码", "后几位丢了"),
        ({"身份证号": Lost("341181198001020019")}, "证件号码", "后几位丢了"),
        ({"身份证号": "341181800102001"}, "证件号码", "15 位"),
        ({"身份证号": "12345"}, "证件号码", "18 位"),
        ({"证件类型": "工作证"}, "证件类型", "不认识证件类型"),
        ({"证件类型": "没有证件"}, "证件类型", "请改正其中一个"),
        ({"证件类型": "护照", "身份证号": "E" * 21}, "证件号码", "5 到 20 位"),
        ({"出生日期": "1981-01-02"}, "出生日期", "第 7 到 14 位不一致"),
        ({"出生日期": "去年"}, "出生日期", "读不懂"),
        ({"出生日期": "1980-02-30"}, "出生日期", "读不懂"),
        ({"出生日期": "2026-06-02", "身份证号": ""}, "出生日期", "今天以后"),
        ({"出生日期": "1100-06-02", "身份证号": ""}, "出生日期", "太早"),
        ({"出生日期": "", "身份证号": ""}, "证件号码", "分不清同名的人"),
        ({"联系电话": "12345"}, "联系电话", "11 位"),
        ({"村": "没有村"}, "村、社区", "本县没有村、社区“没有村”"),
        ({"村": "341181109999"}, "村、社区", "本县没有代码"),
        ({"村": "王庄村"}, "村、社区", "王庄村不在你的范围"),
        ({"村": ""}, "村、社区", "看不出是本县哪个村"),
        ({"组": "长" * 61}, "组、网格", "最多 60 个字"),
        ({"门牌": "长" * 61}, "门牌、房号", "最多 60 个字"),
        ({"户籍地": "远" * 81}, "户籍地", "最多 80 个字"),
        ({"与户主关系": "邻居"}, "与户主关系", "不认识与户主关系"),
    ],
)
def test_a_bad_row_names_its_column_and_what_to_do(
    cast: Cast, changes: dict[str, object], column: str, words: str
) -> None:
    found, sentence = fault(cast, **changes)
    assert (found, words in sentence) == (column, True), sentence


@pytest.mark.parametrize("text", ["19800102", "1980/1/2", "1980.1.2", "1980年1月2日", "1980-01-02 00:00:00"])
def test_days_are_read_as_people_write_them(cast: Cast, text: str) -> None:
    assert good(cast, 出生日期=text).born == date(1980, 1, 2)


def test_what_the_number_says_need_not_be_said_again(cast: Cast) -> None:
    one = good(cast, 出生日期="", 性别="", 身份证号=id_number(4, man=False).lower())
    assert (one.born, one.sex) == (date(1980, 1, 2), "2")


@pytest.mark.parametrize(
    ("word", "papers"),
    [("护照", Papers.PASSPORT), ("台胞证", Papers.TAIWAN), ("出生医学证明", Papers.BIRTH)],
)
def test_other_papers_have_no_check_digit(cast: Cast, word: str, papers: str) -> None:
    one = good(cast, 证件类型=word, 身份证号="ab 123456")
    assert (one.papers, one.paper) == (papers, "AB123456")


def test_without_a_paper_name_birth_and_place_say_who_it_is(cast: Cast) -> None:
    one = good(cast, 身份证号="")
    assert (one.papers, one.paper, one.born) == (Papers.NONE, "", date(1980, 1, 2))
    first, second, third = judged(
        cast, cells_of(身份证号=""), cells_of(身份证号="", 户编号="H9"), cells_of(身份证号="", 村="李庄村", 户编号="H8")
    )
    assert isinstance(first, Person)
    assert isinstance(second, Fault)
    assert "第 2 行已经有了" in second.sentence
    assert isinstance(third, Person)


def test_nobody_is_twice_in_a_list_and_a_bad_row_blocks_no_good_one(cast: Cast) -> None:
    bad, first, second = judged(cast, cells_of(1, 联系电话="1"), cells_of(1), cells_of(1, 姓名="张别", 户编号="H2"))
    assert isinstance(bad, Fault)
    assert isinstance(first, Person)
    assert isinstance(second, Fault)
    assert (second.number, second.column, second.sentence) == (
        4, "证件号码", "这个人在第 3 行已经有了，同一个人只留一行",
    )  # fmt: skip


def test_one_household_has_one_head(cast: Cast) -> None:
    first, second = judged(cast, cells_of(1), cells_of(2, 户编号="H1"))
    assert isinstance(first, Person)
    assert isinstance(second, Fault)
    assert second.column == "与户主关系"


def test_whereabouts_come_from_columns_of_their_own_or_from_the_village(cast: Cast) -> None:
    away = good(cast, 居住地="上海市浦东新区")
    assert (away.lives, away.lives_elsewhere, away.door) == (None, "上海市浦东新区", "")
    assert away.registered is not None
    came = good(cast, 户籍地="河南省台前县侯庙镇")
    assert (came.registered, came.registered_elsewhere) == (None, "河南省台前县侯庙镇")
    assert came.lives is not None
    neighbour = good(cast, 户籍地="王庄村")
    assert neighbour.registered is not None
    assert neighbour.registered.name == "王庄村"


def test_a_grid_of_the_row_says_more_than_its_village_in_an_address(cast: Cast) -> None:
    one = good(cast, 户籍地="张庄村", 居住地="张庄村")
    assert one.lives is not None
    assert one.lives.path == cast.areas["g1"].path
    assert one.registered == one.lives


def test_a_group_that_is_no_grid_is_kept_as_the_road(cast: Cast) -> None:
    one = good(cast, 组="三组")
    assert one.lives is not None
    assert (one.lives.path, one.road) == (cast.areas["v1"].path, "三组")


def test_rows_that_follow_a_head_are_one_household(cast: Cast) -> None:
    columns = {name: at for name, at in COLUMNS.items() if name != "household"}
    rows = [
        cells_of(1), cells_of(2, 与户主关系="配偶"), cells_of(3), cells_of(4, 与户主关系="子"),
        cells_of(5, 村="李庄村", 与户主关系="子"), cells_of(6, 与户主关系="女", 户主姓名="张某"),
    ]  # fmt: skip
    found = list(checker_for(cast, columns=columns).rows(iter([(n, cells) for n, cells in enumerate(rows, start=2)])))
    assert [one.household for one in found if isinstance(one, Person)] == ["r2", "r2", "r4", "r4", "", ""]


def test_a_short_row_is_read_as_far_as_it_goes(cast: Cast) -> None:
    [found] = judged(cast, cells_of()[:6])
    assert isinstance(found, Person)
    assert (found.door, found.household) == ("", "")
