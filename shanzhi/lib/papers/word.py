"""A printout as a Word file (Office Open XML, ECMA-376), made with python-docx."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Final

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from shanzhi.lib.papers.printout import Block, Printout, Rows, Signs, Table, Words

MIME: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FACE: Final = "宋体"
BODY: Final = Pt(12)


def word_of(printout: Printout, at: datetime) -> bytes:
    """The file, dated `at`: A4, 宋体, the title and the number in the middle, empty values as cells to write in."""
    document = Document()
    _face(document)
    if printout.office:
        _middle(document.add_paragraph(printout.office))
    title = document.add_paragraph()
    _middle(title)
    run = title.add_run(printout.title)
    run.bold, run.font.size = True, Pt(20)
    if printout.number:
        _middle(document.add_paragraph(printout.number))
    for block in printout.blocks:
        _put(document, block)
    if printout.note:
        document.sections[0].footer.paragraphs[0].text = printout.note
    document.core_properties.title = printout.title
    document.core_properties.author = printout.office
    document.core_properties.created = at.astimezone(UTC).replace(tzinfo=None)
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def _face(document: DocumentType) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = FACE, BODY
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(26)
    section.top_margin = section.bottom_margin = Mm(28)


def _middle(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _put(document: DocumentType, block: Block) -> None:
    match block:
        case Rows(rows):
            _grid(document, [list(row) for row in rows], widths=(40, 118))
        case Words(heading, text):
            if heading:
                document.add_paragraph().add_run(heading).bold = True
            for line in text.splitlines() or [""]:
                document.add_paragraph(line).paragraph_format.first_line_indent = Pt(24)
        case Table(head, rows):
            _grid(document, [list(head), *(list(row) for row in rows)], widths=(158 // len(head),) * len(head))
        case Signs(labels, day):
            for label in labels:
                paragraph = document.add_paragraph(f"{label}：")
                paragraph.paragraph_format.space_before = Pt(24)
            document.add_paragraph(day or "      年    月    日").alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _grid(document: DocumentType, rows: list[list[str]], widths: tuple[int, ...]) -> None:
    if not rows:
        return
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for row in rows:
        cells = table.add_row().cells
        for cell, text, width in zip(cells, row, widths, strict=True):
            cell.width, cell.text = Mm(width), text
    document.add_paragraph()
