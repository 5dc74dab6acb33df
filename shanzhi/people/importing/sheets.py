"""What a list of people looks like as a file: the heads that an import knows, and the mark of whoever took it out."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Final

import xlsxwriter

from shanzhi.areas.models import Area
from shanzhi.lib.cells import inert
from shanzhi.lib.masks import door_mask, paper_mask, phone_mask
from shanzhi.lib.tables import OPTIONS
from shanzhi.lib.times import local
from shanzhi.people.models import RegisterExport, Resident
from shanzhi.tenancy.models import County

HEADS: Final = (
    "姓名", "性别", "出生日期", "证件类型", "证件号码", "联系电话", "村、社区", "组、网格", "门牌、房号", "与户主关系",
    "户编号", "居住地", "户籍地", "人口类别", "水印",
)  # fmt: skip
WIDTHS: Final = (12, 6, 12, 12, 22, 16, 18, 14, 14, 12, 14, 24, 24, 12)
Row = Sequence[str]


def mark_of(made: RegisterExport) -> str:
    """Who, when, what for, of which county, and the number of the export."""
    county = County.objects.get(id=made.county_id).name
    return (
        f"{county} {made.place}　导出人 {made.created_by_name}（{made.created_by_post}）　"
        f"{local(made.created_at):%Y-%m-%d %H:%M}　用途 {made.get_purpose_display()}：{made.text}　导出编号 {made.id}"
    )


def row_of(person: Resident, mark: str, *, whole: bool) -> Row:
    """The resident comes with places, dwelling and household."""
    village, grid = _place(person.lives or person.registered)
    door = person.dwelling.door if person.dwelling is not None else ""
    if grid == "" and person.dwelling is not None:
        grid = person.dwelling.road
    lives = "".join(_place(person.lives)) or person.lives_elsewhere
    registered = "".join(_place(person.registered)) or person.registered_elsewhere
    return (
        person.name, person.get_sex_display(), f"{person.born_on}" if person.born_on else "",
        person.get_papers_display(), person.paper_number if whole else paper_mask(person.paper_number),
        person.phone if whole else phone_mask(person.phone), village, grid, door if whole else door_mask(door),
        person.get_relation_display() if person.relation else "",
        person.household.number if person.household is not None else "", lives, registered,
        person.get_population_display(), mark,
    )  # fmt: skip


def _place(area: Area | None) -> tuple[str, str]:
    if area is None:
        return "", ""
    if area.level == Area.Level.GRID and area.parent is not None:
        return area.parent.name, area.name
    return area.name, ""


def table_write(out: IO[bytes], made: RegisterExport, mark: str, rows: Iterable[Row]) -> int:
    """The whole file, in flat memory; returns how many people are in it."""
    return _csv(out, rows) if made.ending == "csv" else _xlsx(out, mark, rows)


def _csv(out: IO[bytes], rows: Iterable[Row]) -> int:
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer, count = csv.writer(text), 0
    writer.writerow(HEADS)
    for count, row in enumerate(rows, start=1):  # noqa: B007
        writer.writerow([inert(cell) for cell in row])
    text.detach()
    return count


def _xlsx(out: IO[bytes], mark: str, rows: Iterable[Row]) -> int:
    count = 0
    with xlsxwriter.Workbook(out, {**OPTIONS, "constant_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("人口名册")
        sheet.set_header(f"&L{mark[:200]}")
        sheet.set_footer(f"&L{mark[:200]}&R第 &P 页，共 &N 页")
        sheet.set_landscape()
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 1)
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_column(len(HEADS) - 1, len(HEADS) - 1, 8, None, {"hidden": True})
        for column, head in enumerate(HEADS):
            sheet.write_string(0, column, head, bold)
        for count, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(count, column, cell)
    return count
