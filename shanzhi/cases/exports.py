"""Lists as files: the columns of the list, text only, so that no cell is ever a formula."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.places import place_name
from shanzhi.cases.presenters import handler_words
from shanzhi.lib.tables import Sheet, csv_of, xlsx_of
from shanzhi.lib.times import local, show_cell

LIMIT: Final = 5000
HEADS: Final = (
    "编号", "标题", "所在地方", "地点", "类别", "来源", "有人身危险", "状态", "主办", "承办", "收到时间", "办理时限", "结束时间",
)  # fmt: skip
WIDTHS: Final = (12, 36, 20, 24, 14, 14, 10, 10, 16, 16, 17, 17, 17)


def lines_of(cases: Iterable[Case]) -> Iterator[tuple[str, ...]]:
    """A line for each case; they come with area__parent, owner, handler_area and handler_unit."""
    for case in cases:
        yield (
            case.number,
            case.title,
            place_name(case.area),
            case.place,
            kind_of(case).label,
            Source(case.source).label,
            "是" if case.urgent else "",
            State(case.state).label,
            case.owner.name,
            handler_words(case),
            show_cell(case.received_at),
            show_cell(case.due_at),
            show_cell(case.ended_at),
        )


def as_csv(cases: Iterable[Case]) -> bytes:
    return csv_of([HEADS, *lines_of(cases)])


def as_xlsx(cases: Iterable[Case]) -> bytes:
    return xlsx_of(Sheet("事件", HEADS, lines_of(cases), widths=WIDTHS), long=True)


def file_name(tab: str, now: datetime, kind: str) -> str:
    """事件-辖区未办结-20261121-1530.xlsx"""
    return f"事件-{tab}-{local(now):%Y%m%d-%H%M}.{kind}"
