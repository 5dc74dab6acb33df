"""The overview, the vacancies and the list of people as files. Numbers of telephones are in none of them."""

from collections.abc import Iterable, Sequence
from typing import Final

from shanzhi.lib.tables import Row, Sheet, csv_of, xlsx_of
from shanzhi.staffing.catalogue import LEVELS, ROLES
from shanzhi.staffing.selectors import AsOf, Board, Gap, Holder
from shanzhi.staffing.selectors.board import Figures

PEOPLE: Final = ("岗位", "姓名", "单位", "地方", "代码", "任期从", "任期到", "状态", "任命依据")
GAPS: Final = ("地方", "代码", "级别", "岗位", "应有（人）", "在任（人）", "缺（人）")


def name_of(what: str, asof: AsOf, ending: str) -> str:
    return f"{what}-{asof.day:%Y%m%d}.{ending}"


def board_file(board: Board, ending: str) -> bytes:
    heads: list[str] = [
        "地方",
        "代码",
        "网格（个）",
        "缺网格长的网格（个）",
        "缺岗（人）",
        "30 天内到期（人）",
        "在任（人）",
    ]
    for role in board.roles:
        heads += [f"{ROLES[role].label}在任（人）", f"{ROLES[role].label}应有（人）"]
    area = board.area
    rows = [_figures(area.name, area.code, board.figures)]
    rows += [_figures(row.name, row.code, row.figures) for row in board.rows]
    return _file("网格队伍", heads, rows, ending, f"{area.name}，{board.asof.day:%Y-%m-%d}")


def _figures(name: str, code: str, figures: Figures) -> Row:
    cells = [number for cell in figures.cells for number in (cell.held, cell.needed)]
    return (name, code, figures.grids, figures.headless, figures.missing, figures.soon[0], figures.people, *cells)


def gaps_file(gaps: Iterable[Gap], ending: str) -> bytes:
    rows = [
        (gap.place.words, gap.place.code, LEVELS[gap.place.level], gap.label, gap.needed, gap.held, gap.missing)
        for gap in gaps
    ]
    return _file("缺岗", GAPS, rows, ending)


def people_file(people: Iterable[Holder], ending: str) -> bytes:
    rows = [
        (
            one.label, one.name, one.organisation, one.place, one.area.code, one.valid_from.isoformat(),
            one.valid_to.isoformat() if one.valid_to else "", one.state_label, one.source,
        )
        for one in people
    ]  # fmt: skip
    return _file("网格人员", PEOPLE, rows, ending)


def _file(name: str, heads: Row, rows: Sequence[Row], ending: str, said: str = "") -> bytes:
    if ending == "csv":
        return csv_of([heads, *rows])
    return xlsx_of(Sheet(name, heads, rows, said))
