"""Faults of single rows: each names line, column and what to do; the good rows around it go on."""

import pytest

from shanzhi.areas.checking import KEPT_FAULTS, Checker, Fault, Gone, Known, Row, name_problem
from shanzhi.areas.codes import NAME_LENGTH
from shanzhi.areas.source import source_open
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    HEADER,
    OURS,
    REGISTER,
    UPPER,
    XIAOGUAN,
    YANGCUN,
    Rows,
    changed,
    csv_bytes,
    opener,
)


def checker(data: bytes, known: Known | None = None) -> Checker:
    return Checker(source_open(opener(data)), known or Known())


def checked(rows: Rows, known: Known | None = None) -> tuple[list[Row], list[Fault]]:
    found = checker(csv_bytes(rows), known)
    return list(found.rows()), found.faults


def only_fault(rows: Rows, known: Known | None = None) -> Fault:
    faults = checked(rows, known)[1]
    assert len(faults) == 1, faults
    return faults[0]


def village(code: str = "341181104201", name: str = "新村", level: str = "village", parent: str = YANGCUN) -> list[str]:
    return [code, name, level, parent]


def test_a_right_file_has_no_fault_and_keeps_its_order() -> None:
    rows, faults = checked(REGISTER)
    assert faults == []
    assert [row.code for row in rows] == [row[0] for row in REGISTER]
    assert rows[4] == Row(6, COUNTY, "天长市", "county", "341100000000")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("3411811042", "代码应为 12 位数字，这里是 10 位，请核对后重填"),
        ("34118110420A", "代码只能是 12 位半角数字，这里有别的字符，请核对后重填"),
        ("", "代码没有填，请补上 12 位数字"),
        ("3.41E+11", "代码被表格软件改成了数值，请把这一列设为“文本”后重填 12 位代码"),
    ],
)
def test_a_bad_code(code: str, words: str) -> None:
    fault = only_fault([*REGISTER, village(code)])
    assert fault[:3] == (len(REGISTER) + 2, "代码", words)
    assert fault.raw == f"{code},新村,village,{YANGCUN}"


@pytest.mark.parametrize(
    ("level", "words"),
    [
        ("township", "级别填的是乡级，但代码 341181104201 是村级，请改正其中一个"),
        ("county", "级别填的是县级，但代码 341181104201 是村级，请改正其中一个"),
        ("", "级别没有填，应为省级、地级、县级、乡级或村级"),
        ("vilage", "不认识级别“vilage”，应为省级、地级、县级、乡级或村级"),
    ],
)
def test_a_level_that_does_not_fit(level: str, words: str) -> None:
    fault = only_fault([*REGISTER, village(level=level)])
    assert fault[1:3] == ("级别", words)


def test_a_township_code_called_a_village() -> None:
    fault = only_fault([*REGISTER, ["341181105000", "石梁镇", "village", COUNTY]])
    assert fault.sentence == "级别填的是村级，但代码 341181105000 是乡级，请改正其中一个"


@pytest.mark.parametrize("level", ["Village", " village ", "村", "社区", "村级"])
def test_a_level_may_be_written_in_several_ways(level: str) -> None:
    rows, faults = checked([*REGISTER, village(level=level)])
    assert faults == []
    assert rows[-1].level == "village"


def test_a_missing_parent() -> None:
    fault = only_fault([*REGISTER, village(parent="341181999000")])
    assert fault[1:3] == ("上级代码", "找不到上级 341181999000，请核对上级代码，或把上级也放进文件")


def test_an_empty_parent() -> None:
    assert only_fault([*REGISTER, village(parent="")]).sentence == "上级代码没有填，请补上上级的 12 位代码"


def test_a_province_with_a_parent() -> None:
    rows = changed(UPPER, ("340000000000", "安徽省", "province", "410000000000"))
    assert checked(rows)[1][0].sentence == "省级没有上级，请把上级代码留空"


@pytest.mark.parametrize("parent", ["34118110400", "abc", "123456789012345"])
def test_a_parent_that_is_no_code(parent: str) -> None:
    fault = only_fault([*REGISTER, village(parent=parent)])
    assert fault.column == "上级代码"
    assert fault.sentence.startswith(("上级代码", "找不到上级"))


@pytest.mark.parametrize(
    ("parent", "level"), [(COUNTY, "县级"), ("340000000000", "省级"), (XIAOGUAN, "村级"), ("341100000000", "地级")]
)
def test_a_parent_of_the_wrong_level(parent: str, level: str) -> None:
    fault = only_fault([*REGISTER, village(parent=parent)])
    assert fault.sentence == f"村级的上级应是乡级，这里填的 {parent} 是{level}，请核对"


def test_a_parent_that_comes_later_is_told_with_its_line() -> None:
    rows = [*UPPER, OURS[0], OURS[3], OURS[1]]
    fault = only_fault(rows)
    assert fault.number == 7
    assert fault.sentence == f"上级 {YANGCUN} 在第 8 行才出现，请把它移到本行之前"


def test_a_parent_that_is_bad_itself_is_told_with_its_line() -> None:
    rows = [*UPPER, OURS[0], (YANGCUN, "", "township", COUNTY), OURS[3]]
    faults = checked(rows)[1]
    assert [fault.sentence for fault in faults] == [
        "名称没有填，请补上",
        f"上级 {YANGCUN} 在第 7 行有错，请先改好那一行",
    ]


def test_a_parent_in_the_register_need_not_be_in_the_file() -> None:
    known = Known(levels={YANGCUN: "township"})
    rows, faults = checked([village()], known)
    assert faults == []
    assert rows[0].parent == YANGCUN


def test_an_abolished_parent_names_its_successor() -> None:
    known = Known(gone={"341181105000": Gone("石梁镇", YANGCUN, "杨村镇")})
    fault = only_fault([village(parent="341181105000")], known)
    assert fault.sentence == f"上级石梁镇（341181105000）已撤销，并入杨村镇（{YANGCUN}），请改用新代码"


def test_an_abolished_parent_without_successor() -> None:
    known = Known(gone={"341181105000": Gone("石梁镇", "", "")})
    assert (
        only_fault([village(parent="341181105000")], known).sentence == "上级石梁镇（341181105000）已撤销，请删去本行"
    )


def test_an_abolished_code_names_its_successor() -> None:
    known = Known(levels={YANGCUN: "township"}, gone={BEIDANG: Gone("北荡村", XIAOGUAN, "小关社区")})
    fault = only_fault([village(BEIDANG)], known)
    assert fault[1:3] == ("代码", f"北荡村（{BEIDANG}）已撤销，并入小关社区（{XIAOGUAN}），请改用新代码")


def test_a_code_that_comes_twice_counts_once() -> None:
    rows, faults = checked([*REGISTER, village(XIAOGUAN, "又一个"), village()])
    assert [fault.sentence for fault in faults] == [f"代码 {XIAOGUAN} 在前面的行里已经出现过，同一代码只留一行"]
    assert [row.name for row in rows if row.code == XIAOGUAN] == ["小关社区"]
    assert rows[-1].name == "新村"


def test_a_mended_second_row_of_a_bad_code_is_good() -> None:
    rows, faults = checked([*REGISTER, village(name=""), village(name="新村")])
    assert len(faults) == 1
    assert rows[-1].name == "新村"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "名称没有填，请补上"),
        ("　", "名称没有填，请补上"),
        ("长" * 61, "名称有 61 个字，最多 60 个字，请缩短"),
        ("小\u200b关", "名称里有看不见的控制字符，请删掉后重填"),
        ("小\u202e关", "名称里有看不见的控制字符，请删掉后重填"),
        ("小\x07关", "名称里有看不见的控制字符，请删掉后重填"),
        ("小\ufffd关", "名称里有看不见的控制字符，请删掉后重填"),
        ("=1+1", "名称不能以 = + - @ 开头，请核对后重填"),
        ("@SUM(A1)", "名称不能以 = + - @ 开头，请核对后重填"),
    ],
)
def test_a_bad_name(name: str, words: str) -> None:
    assert only_fault([*REGISTER, village(name=name)])[1:3] == ("名称", words)
    assert name_problem(name) == words


@pytest.mark.parametrize("name", ["〇一村", "㐂𠮷村", "Ｔ镇", "A-1 小区", "长" * NAME_LENGTH, " 两边有空 "])
def test_a_good_name(name: str) -> None:
    rows, faults = checked([*REGISTER, village(name=name)])
    assert faults == []
    assert rows[-1].name == name.strip()
    assert name_problem(name) is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("341181104201,新村,village", "这一行有 3 列，表头有 4 列，请补齐缺少的列"),
        (f"341181104201,新,村,village,{YANGCUN}", "这一行有 5 列，表头有 4 列，请检查名称里是否有逗号"),
        (f'341181104201,"新村,village,{YANGCUN}', "引号没有成对，或单元格里有换行，请改成一行一个区划"),
        ("新村" * 2000, "这一行超过 2000 个字，请检查是否缺了换行"),
    ],
)
def test_a_line_that_is_no_row(line: str, words: str) -> None:
    found = checker(csv_bytes(REGISTER) + line.encode() + b"\n" + csv_bytes([village()]).split(b"\n")[1])
    rows = list(found.rows())
    assert [(fault.column, fault.sentence) for fault in found.faults] == [("整行", words)]
    assert rows[-1].code == "341181104201"
    assert len(found.faults[0].raw) <= 300


def test_a_cell_with_a_line_break_is_two_bad_lines() -> None:
    found = checker(csv_bytes([*REGISTER, village(name="新\n村")]))
    list(found.rows())
    assert [fault.column for fault in found.faults] == ["整行", "整行"]


def test_quoted_cells_with_commas_are_read() -> None:
    rows, faults = checked([*REGISTER, village(name="新,村")])
    assert faults == []
    assert rows[-1].name == "新,村"


def test_codes_of_a_municipality_and_of_a_city_without_districts_are_right() -> None:
    rows = [
        ("110000000000", "北京市", "province", ""),
        ("110101000000", "东城区", "county", "110000000000"),
        ("440000000000", "广东省", "province", ""),
        ("441900000000", "东莞市", "prefecture", "440000000000"),
        ("441900003000", "东城街道", "township", "441900000000"),
        ("441900003001", "岗贝社区", "village", "441900003000"),
    ]
    assert checked(rows)[1] == []


def test_only_the_first_ten_thousand_faults_are_kept_and_all_are_counted() -> None:
    data = csv_bytes(REGISTER) + b"1,x,village,2\n" * (KEPT_FAULTS + 50)
    found = checker(data)
    assert len(list(found.rows())) == len(REGISTER)
    assert found.bad == KEPT_FAULTS + 50
    assert len(found.faults) == KEPT_FAULTS


def test_a_mended_file_with_our_own_columns_is_taken() -> None:
    header = (*HEADER, "行号", "错在", "怎么改")
    data = csv_bytes([[*village(), "9", "名称", "名称没有填，请补上"]], header=header)
    found = checker(data, Known(levels={YANGCUN: "township"}))
    assert [row.code for row in found.rows()] == ["341181104201"]
    assert found.faults == []
