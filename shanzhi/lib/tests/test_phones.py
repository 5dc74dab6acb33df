"""Numbers in one form."""

import pytest

from shanzhi.lib.phones import phone_read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("139-5550-1234", "13955501234"), ("（0550）7771234", "05507771234"), ("１３９ ５５５０ １２３４", "13955501234"),
        ("(0550) 777–1234", "05507771234"), ("139\t5550\n1234", "13955501234"),
        ("x13955501234", "x13955501234"), ("", ""),
    ],
)  # fmt: skip
def test_whatever_stood_between_the_digits(typed: str, read: str) -> None:
    assert phone_read(typed) == read
