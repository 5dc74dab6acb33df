import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.masks import name_mask, phone_mask


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张小平", "张*平"),
        ("张平", "张*"),
        ("欧阳平", "欧阳*"),
        ("欧阳小平", "欧阳*平"),
        ("买买提江", "买**江"),
        ("张", "*"),
        ("", ""),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert name_mask(name) == shown


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=8))
def test_a_masked_name_keeps_its_length_and_always_hides_something(name: str) -> None:
    assert len(name_mask(name)) == len(name)
    assert "*" in name_mask(name)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13812345678", "138****5678"),
        ("0550-7771234", "0550****234"),
        ("07771234", "0****234"),
        ("95598", "*****"),
        ("", ""),
    ],
)
def test_phones(phone: str, shown: str) -> None:
    assert phone_mask(phone) == shown


@given(st.from_regex(r"[0-9]{1,14}", fullmatch=True))
def test_a_masked_phone_hides_at_least_four_digits_of_a_long_number(phone: str) -> None:
    assert phone_mask(phone).count("*") == (4 if len(phone) >= 8 else len(phone))
