"""Workbooks as no careful clerk would make them: cells and parts set one by one."""

import io
import zipfile
from collections.abc import Callable

import xlsxwriter
from xlsxwriter.workbook import Workbook, Worksheet

SHEET = "xl/worksheets/sheet1.xml"


def book(fill: Callable[[Workbook, Worksheet], object], heads: tuple[str, ...] = ("姓名", "村")) -> bytes:
    """A workbook with these heads, the rest as `fill` writes it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        page = made.add_worksheet()
        for column, head in enumerate(heads):
            page.write_string(0, column, head)
        fill(made, page)
    return out.getvalue()


def changed(body: bytes, old: bytes, new: bytes, part: str = SHEET) -> bytes:
    """The same workbook with other words in one part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w") as made:
        for name in source.namelist():
            text = source.read(name)
            if name == part:
                assert old in text
                text = text.replace(old, new)
            made.writestr(name, text)
    return out.getvalue()


def packed(**parts: str) -> bytes:
    """A packed file that holds only these parts; `__` in a name stands for a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name.replace("__", "/"), text)
    return out.getvalue()
