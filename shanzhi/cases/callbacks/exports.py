"""The list of call-backs as a file: no name and no number of whoever was called."""

from collections.abc import Iterable, Iterator
from typing import Final

from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import CallBack
from shanzhi.cases.places import place_name
from shanzhi.lib.tables import Sheet, xlsx_of
from shanzhi.lib.times import show_cell

LIMIT: Final = 5000
HEADS: Final = (
    "编号", "标题", "所在地方", "类别", "首次办结", "列入时间", "抽签种子", "抽签号", "状态", "打了几次", "24 小时内有人联系",
    "解决了", "满意", "反映人怎么说", "回访人", "回访时间",
)  # fmt: skip
WIDTHS: Final = (12, 32, 20, 14, 17, 17, 18, 18, 10, 10, 16, 10, 10, 36, 24, 17)


def _yes(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


def lines_of(rows: Iterable[CallBack]) -> Iterator[tuple[str, ...]]:
    """A line for each; the rows come with case, its area and parent, and the draw."""
    for row in rows:
        case = row.case
        yield (
            case.number, case.title, place_name(case.area), kind_of(case).label, show_cell(case.closed_at),
            show_cell(row.opened_at), row.draw.seed if row.draw is not None else "", row.lot,
            CallBack.State(row.state).label, str(row.tries),
            CallBack.InTime(row.contacted_in_time).label if row.contacted_in_time else "", _yes(row.solved),
            _yes(row.satisfied), row.words, row.by, show_cell(row.at),
        )  # fmt: skip


def as_xlsx(rows: Iterable[CallBack]) -> bytes:
    return xlsx_of(Sheet("回访", HEADS, lines_of(rows), widths=WIDTHS), long=True)
