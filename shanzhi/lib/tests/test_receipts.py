"""Secrets that are read off paper: enough of them, none that looks like another, read however they are typed."""

from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.receipts import ALPHABET, LENGTH, secret_new, secret_read, secret_shown, signs_new, signs_read


def test_no_two_signs_look_alike() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set("01OIL") & set(ALPHABET)
    assert len(ALPHABET) ** LENGTH > 2**64


@given(st.integers(0, 40))
def test_so_many_signs(length: int) -> None:
    found = signs_new(length)
    assert len(found) == length
    assert set(found) <= set(ALPHABET)


def test_each_is_another() -> None:
    assert len({secret_new() for _ in range(200)}) == 200


def test_it_is_read_as_it_is_shown() -> None:
    for _ in range(50):
        secret = secret_new()
        shown = secret_shown(secret)
        assert [len(part) for part in shown.split("-")] == [4, 4, 5]
        for typed in (secret, shown, shown.lower(), f" {shown} ", shown.replace("-", "—"), shown.replace("-", " ")):
            assert secret_read(typed) == secret


def test_wide_signs_are_read_too() -> None:
    assert signs_read("７Ｋ２ｍ－９ｑｐａ") == "7K2M9QPA"


@given(st.text(max_size=120))
def test_whatever_is_typed_is_a_secret_or_nothing(typed: str) -> None:
    found = secret_read(typed)
    assert found == "" or (len(found) == LENGTH and set(found) <= set(ALPHABET))
    assert secret_read(found) == found
