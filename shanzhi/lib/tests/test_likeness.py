import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.likeness import Shingles, likeness

WORDS = st.text(alphabet=st.sampled_from("路灯不亮垃圾没人拉井盖断裂。，1a😀"), max_size=30)


def test_the_same_matter_in_other_words_is_liker_than_another_one() -> None:
    first = "张庄组路口路灯不亮，晚上看不清路"
    again = "路口的路灯不亮好几天了，晚上走路看不清"
    other = "菜市场后门垃圾堆了没人拉，味道大"
    assert likeness(first, again) > 0.4 > 0.1 > likeness(first, other)


def test_a_short_report_inside_a_long_one_counts_for_much() -> None:
    assert likeness("路灯不亮", "村部东侧路灯不亮，已经三天") > 0.4


def test_punctuation_case_and_width_make_no_difference() -> None:
    assert likeness("路灯，不亮！WIFI", "路灯。不亮 ｗｉｆｉ") == 1.0


@pytest.mark.parametrize("text", ["", "。。。", "😀😀", "\u200b\u202e"])
def test_nothing_is_like_nothing(text: str) -> None:
    assert likeness(text, text) == 0.0
    assert likeness(text, "路灯不亮") == 0.0


def test_two_thousand_characters_and_more_are_compared() -> None:
    assert math.isclose(likeness("路灯不亮" * 500, "路灯不亮" * 900), 1.0)


@given(WORDS, WORDS)
def test_is_symmetric_and_between_nothing_and_one(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0


@given(WORDS)
def test_a_text_with_any_word_is_like_itself(text: str) -> None:
    assert likeness(text, text) == (1.0 if Shingles.of(text).pieces else 0.0)


@given(WORDS, WORDS)
def test_is_one_only_for_the_same_pairs_and_nothing_only_without_a_shared_one(one: str, other: str) -> None:
    first, second = Shingles.of(one).pieces, Shingles.of(other).pieces
    assert (likeness(one, other) == 1.0) == (first == second and bool(first))
    assert (likeness(one, other) == 0.0) == (not first & second)


@given(WORDS, WORDS, WORDS)
def test_more_shared_words_make_no_text_less_like(one: str, other: str, both: str) -> None:
    shared = Shingles(Shingles.of(one).pieces & Shingles.of(other).pieces)
    assert shared.like(Shingles.of(one)) >= Shingles.of(one).like(Shingles.of(other)) - 1e-9
