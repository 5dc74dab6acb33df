"""The seven figures as the page shows them: label, number, unit, and how each is counted."""

from dataclasses import dataclass

from shanzhi.portal.selectors import TownshipCounts


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` None is shown as 无数据; `definition` is there on tap."""

    name: str
    label: str
    value: int | None
    unit: str
    definition: str


def people_figures(counts: TownshipCounts) -> list[Figure]:
    today = "今天在任的{}，一个人只数一次；任期没到、任期已满和已撤销的不数。"
    return [
        Figure("grids", "网格", counts.grids, "个", "现在设着的网格，已经撤销或并走的不数。"),
        Figure("leaders", "网格长", counts.leaders, "人", today.format("网格长")),
        Figure("workers", "网格员", counts.workers, "人", today.format("网格员")),
        Figure("volunteers", "志愿者党员", counts.volunteers, "人", today.format("网格志愿者（党员）")),
    ]


def case_figures(counts: TownshipCounts) -> list[Figure]:
    rejected = f"另有 {counts.rejected:,} 件不予受理，写明了理由。" if counts.rejected else ""
    return [
        Figure("reported", "已上报", counts.reported, "件", "从开始到现在收到的全部事件，一件只数一次。" + rejected),
        Figure("closed", "已办结", counts.closed, "件", "已上报的事件里，核查通过并办结的。"),
        Figure("open", "正在办", counts.open, "件", "已上报的事件里，还没有办结、也没有不予受理的。"),
    ]
