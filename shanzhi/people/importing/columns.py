"""What the columns of a population list are: told by their usual heads, corrected by a person, remembered."""

from collections.abc import Mapping as Map
from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from shanzhi.lib.cells import inert


class Column(NamedTuple):
    """What a list may say of a person; `heads` are the usual words for it, `said` explains it in the template."""

    label: str
    heads: tuple[str, ...]
    said: str


COLUMNS: Final[dict[str, Column]] = {
    "name": Column("姓名", ("姓名", "名字", "居民姓名"), "必填"),
    "sex": Column("性别", ("性别",), "男或女；有身份证号可不填"),
    "paper": Column(
        "证件号码",
        ("身份证号", "公民身份号码", "证件号码", "身份证号码", "居民身份证号码", "身份证", "公民身份证号码", "证件号"),
        "18 位；这一列先设为文本格式再填",
    ),
    "papers": Column("证件类型", ("证件类型", "证件种类", "证件名称"), "身份证可不填"),
    "born": Column("出生日期", ("出生日期", "出生年月日", "生日"), "写成 1980-01-02；有身份证号可不填"),
    "phone": Column("联系电话", ("联系电话", "手机", "手机号", "手机号码", "电话", "联系方式", "电话号码"), "可不填"),
    "registered": Column("户籍地", ("户籍地", "户籍所在地", "户籍地址", "户口所在地"), "和居住地一样可不填；县外写地址"),
    "lives": Column("居住地", ("居住地", "现住址", "现居住地", "居住地址", "家庭住址", "现住地"), "住在县外的写地址"),
    "village": Column("村、社区", ("村", "社区", "村/社区", "村（社区）", "村(社区)", "村居", "行政村", "村名", "村委会"),
                      "名称或 12 位代码"),
    "grid": Column("组、网格", ("组", "网格", "组/网格", "村民组", "村民小组", "小组", "网格名称", "自然村", "小区"),
                   "可不填"),
    "door": Column("门牌、房号", ("门牌", "门牌号", "房号", "门牌、房号", "楼栋房号"), "可不填"),
    "relation": Column("与户主关系", ("与户主关系", "户主关系", "关系"), "户主、配偶、子、女…"),
    "household": Column("户编号", ("户编号", "户号", "户编码", "家庭编号"), "同一户填一样的；可不填"),
    "head": Column("户主姓名", ("户主姓名", "户主"), "可不填"),
    "population": Column("人口类别", ("人口类别", "人口类型", "人员类别"), "不用填，按居住地和户籍地算"),
}  # fmt: skip
TEMPLATE: Final = ("name", "sex", "paper", "born", "phone", "village", "grid", "door", "household", "relation",
                   "registered", "lives")  # fmt: skip
PLACES: Final = ("village", "lives", "registered", "grid")
_BY_HEAD: Final = {head: field for field, column in COLUMNS.items() for head in (*column.heads, column.label)}
MUST: Final = "请指明哪一列是姓名，哪一列是村、社区（或者居住地、户籍地）。"
TWICE: Final = "一列只能对应一项，请改正：{}。"


def plain(head: str) -> str:
    """A head without blanks, stars of required columns and the colon behind it."""
    return "".join(head.split()).strip("*＊：:　")


def guess(header: Sequence[str]) -> dict[str, int]:
    """Fields by the first column that bears one of their heads."""
    found: dict[str, int] = {}
    for at, head in enumerate(header):
        field = _BY_HEAD.get(plain(head))
        if field is not None:
            found.setdefault(field, at)
    return found


def signature(header: Sequence[str]) -> str:
    """Lists with the same heads in the same order are mapped alike."""
    return sha256("\x1f".join(plain(head) for head in header).encode()).hexdigest()


def mapping_problem(columns: Map[str, int], header: Sequence[str]) -> str:
    """A sentence for what keeps the list from being read; or ""."""
    if "name" not in columns or not any(field in columns for field in PLACES[:3]):
        return MUST
    used = list(columns.values())
    double = sorted({at for at in used if used.count(at) > 1})
    if double:
        return TWICE.format("、".join(f"“{header[at]}”" for at in double))
    return ""


def masked(value: str) -> str:
    """A sample that tells what a column is without telling whose: the first and the last character."""
    value = value.strip()[:24]
    return value[:1] + "*" * max(len(value) - 2, 1) + value[-1:] if len(value) > 1 else "*" * len(value)


def template_rows() -> tuple[list[str], list[str]]:
    """Heads of the template and the row that explains them; an import leaves that row out."""
    return [COLUMNS[field].label for field in TEMPLATE], [SAID_MARK + COLUMNS[field].said for field in TEMPLATE]


SAID_MARK: Final = "说明："


def back_row(number: int, column: str, sentence: str, cells: Sequence[str]) -> list[str]:
    """A bad row as it goes back: as it came, then its number and what to mend."""
    return [*(inert(cell) for cell in cells), str(number), f"{column}：{sentence}"]


BACK_HEADS: Final = ("原行号", "问题")
