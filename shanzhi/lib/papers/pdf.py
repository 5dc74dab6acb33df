"""A printout as PDF/A-2b (ISO 19005-2) through typst, set in a Noto CJK face of the machine."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import typst

from shanzhi.lib.errors import Conflict
from shanzhi.lib.papers.printout import Printout, as_data

MIME: Final = "application/pdf"
TEMPLATE: Final = Path(__file__).with_name("printout.typ")
FACE: Final = "Noto Serif CJK SC"
NO_FACE: Final = "这台服务器没有中文字体，做不了 PDF。请先下载 Word 文件，并请管理员安装 fonts-noto-cjk。"


def pdf_of(printout: Printout, at: datetime) -> bytes:
    """The file, dated `at`. `Conflict` where the machine has no Chinese face: typst would print empty boxes."""
    if not _has_face():
        raise Conflict(NO_FACE, code="no_chinese_face")
    inputs = {"printout": json.dumps(as_data(printout), ensure_ascii=False)}
    made = typst.compile(
        TEMPLATE, root=TEMPLATE.parent, sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=int(at.timestamp())
    )
    assert isinstance(made, bytes)
    return made


@cache
def _has_face() -> bool:
    return FACE in typst.Fonts().families()
