"""Bytes of a table of text from whatever office program wrote it."""

from __future__ import annotations

import codecs

from shanzhi.lib.errors import Invalid

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"MZ", b"\x7fELF")


def decode(data: bytes) -> tuple[str, str]:
    """Text and the encoding it was in: UTF-8 with or without BOM, UTF-16 with BOM, GB18030 (which includes GBK).

    UTF-8 is tried first, because text in GB18030 that is also valid UTF-8 is almost surely UTF-8. Raises Invalid with
    a sentence for a workbook, a program or bytes that are no text.
    """
    if data.startswith(_BINARY[:2]):
        raise Invalid("这是 Excel 文件，请另存为“CSV UTF-8”格式后再上传。", code="file_is_workbook")
    if data.startswith(_BINARY):
        raise Invalid("这不是 CSV 文本文件，请选择正确的文件后再上传。", code="file_not_text")
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _decoded(data, encoding), encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text, encoding
    raise Invalid("无法识别文件的文字编码，请另存为“CSV UTF-8”格式后再上传。", code="file_encoding")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        message = "文件内容在传输或保存时损坏了，请重新导出后再上传。"
        raise Invalid(message, code="file_encoding") from None
