import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.decoding import decode
from shanzhi.lib.errors import Invalid

TABLE = "代码,名称\n341181105,杨村镇\n"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_each_encoding_of_an_office_program(encoding: str, name: str) -> None:
    assert decode(TABLE.encode(encoding)) == (TABLE, name)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04rest", "file_is_workbook"),
        (b"\xd0\xcf\x11\xe0rest", "file_is_workbook"),
        (b"%PDF-1.7", "file_not_text"),
        (b"MZ\x90", "file_not_text"),
        (b"a\x00b\x00", "file_encoding"),
        (b"\xff\xff\xff", "file_encoding"),
        (b"\xef\xbb\xbf\xff", "file_encoding"),
    ],
)
def test_what_is_no_text_gets_a_sentence(data: bytes, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        decode(data)
    assert caught.value.code == code
    assert "请" in caught.value.message


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_sentence(data: bytes) -> None:
    try:
        text, _ = decode(data)
    except Invalid:
        return
    assert "\x00" not in text or data[:2] in (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb")
