"""Signatures of texts: alike where the texts are, and telling nothing of them."""

from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.likeness import HASHES, Shingles, alike, signature

ONE = "村口路灯坏了三天，晚上看不见路，老人孩子出门不方便，请尽快派人来修。"


@given(st.text(max_size=200))
def test_a_text_is_wholly_like_itself_if_there_is_anything_in_it(text: str) -> None:
    found = signature(text)
    assert len(found) in (0, HASHES)
    assert alike(found, found) == (1.0 if found else 0.0)
    assert bool(found) == bool(Shingles.of(text).pieces)


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_is_symmetric_and_between_nothing_and_all(one: str, other: str) -> None:
    first, second = signature(one), signature(other)
    assert 0.0 <= alike(first, second) == alike(second, first) <= 1.0
    if not Shingles.of(one).pieces & Shingles.of(other).pieces:
        assert alike(first, second) == 0.0


def test_a_changed_word_changes_little_and_another_matter_is_not_alike() -> None:
    assert alike(signature(ONE), signature(ONE.replace("三天", "五天"))) >= 0.5
    assert alike(signature(ONE), signature("鱼塘边上没有护栏，放学的孩子常在那里玩水。")) < 0.25


def test_under_another_key_it_is_another_one_and_no_word_stands_in_it() -> None:
    assert alike(signature(ONE, b"a"), signature(ONE, b"b")) < 0.25
    assert signature(ONE, b"a") == signature(ONE, b"a")
    assert not set("".join(signature(ONE))) - set("0123456789abcdef")
