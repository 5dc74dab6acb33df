"""A challenge serves once, for one act, one visitor and a short time; either answer will do."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.cases.gate.challenges import (
    BITS,
    CALENDAR,
    LASTS,
    MOST_LEVELS,
    NONCE,
    SORTS,
    Proof,
    challenge_new,
    hashed,
    leading,
    opened,
    solve,
    worked,
)
from shanzhi.cases.gate.numerals import number_read, numeral
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.tenancy.context import county

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
WHO = Visitor("a" * 64, "d" * 64)
OTHER = Visitor("b" * 64, "e" * 64)


def answer_of(words: str) -> int:
    """What a person answers to any question that is asked."""
    known = dict(CALENDAR)
    if words in known:
        return known[words]
    if found := re.fullmatch(r"(.+)加(.+)等于几？", words):
        return (number_read(found[1]) or 0) + (number_read(found[2]) or 0)
    if found := re.fullmatch(r"(.+)减(.+)等于几？", words):
        return (number_read(found[1]) or 0) - (number_read(found[2]) or 0)
    if found := re.fullmatch(r"(.+)，哪个数最大？", words):
        return max(number_read(one) or 0 for one in found[1].split("、"))
    found = re.fullmatch(r"(.+)后面的一个数是几？", words)
    assert found is not None, words
    return (number_read(found[1]) or 0) + 1


@pytest.mark.parametrize("sort", range(len(SORTS)))
def test_every_sort_of_question_can_be_answered_by_its_words(sort: int) -> None:
    for _ in range(50):
        words, answer = SORTS[sort]()
        assert answer_of(words) == answer > 0


@given(st.integers(min_value=0, max_value=99))
def test_a_number_is_read_as_it_is_written(number: int) -> None:
    wide = str(number).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    for typed in (str(number), numeral(number), wide, f" {number}。", f"{numeral(number)}个", f"是{number}"):
        assert number_read(typed) == number, typed


@given(st.text(max_size=50))
def test_whatever_is_typed_is_a_number_or_none(typed: str) -> None:
    found = number_read(typed)
    assert found is None or 0 <= found < 1000


@pytest.mark.parametrize(
    "typed", ["", "  ", "十二三四", "十十", "abc", "-1", "1.5", "零十", "9999", "一十零", "½", "十零"]
)
def test_what_is_no_number_is_none(typed: str) -> None:
    assert number_read(typed) is None


@pytest.mark.parametrize(
    ("typed", "number"), [("两", 2), ("一二", 12), ("〇", 0), ("贰拾", 20), ("一十二", 12), ("12岁", 12)]
)
def test_other_ways_to_write_it(typed: str, number: int) -> None:
    assert number_read(typed) == number


def test_there_is_no_numeral_beyond_99() -> None:
    with pytest.raises(ValueError, match=r"0\.\.99"):
        numeral(100)


def test_both_ways_prove_it() -> None:
    with county(341181):
        asked = challenge_new(WHO, "report", level=0, at=NOW)
        work = opened(Proof(asked.work, solve(asked.work, asked.bits)), WHO, "report", at=NOW)
        question = opened(Proof(asked.question, numeral(answer_of(asked.words))), WHO, "report", at=NOW)
    assert work is not None
    assert question is not None
    assert work.right
    assert question.right
    assert work.serial != question.serial
    assert work.expires_at == question.expires_at == NOW + LASTS


def test_a_wrong_answer_is_known_as_used_and_wrong() -> None:
    with county(341181):
        asked = challenge_new(WHO, "report", level=0, at=NOW)
        for challenge, answer in (
            (asked.question, "98"),
            (asked.question, "不知道"),
            (asked.work, "x"),
            (asked.work, ""),
        ):
            found = opened(Proof(challenge, answer), WHO, "report", at=NOW)
            assert found is not None
            assert not found.right


def test_it_is_for_this_act_this_visitor_this_county_and_a_short_time() -> None:
    with county(341181):
        asked = challenge_new(WHO, "report", level=0, at=NOW)
        proof = Proof(asked.question, str(answer_of(asked.words)))
        assert opened(proof, WHO, "join", at=NOW) is None
        assert opened(proof, OTHER, "report", at=NOW) is None
        assert opened(proof, WHO, "report", at=NOW + LASTS + timedelta(seconds=1)) is None
        # A phone changes its network, a browser without cookies its mark: one of the two is enough.
        assert opened(proof, replace(WHO, address="c" * 64), "report", at=NOW) is not None
        assert opened(proof, replace(WHO, device="f" * 64), "report", at=NOW) is not None
    with county(410927):
        assert opened(proof, WHO, "report", at=NOW) is None


@given(st.text(max_size=80), st.integers(min_value=0, max_value=400))
def test_nothing_that_we_did_not_sign_opens(noise: str, at: int) -> None:
    with county(341181):
        asked = challenge_new(WHO, "report", level=0, at=NOW)
        altered = asked.question[:at] + noise + asked.question[at + 1 :]
        if altered != asked.question:
            assert opened(Proof(altered, "1"), WHO, "report", at=NOW) is None
        assert opened(Proof(noise, noise), WHO, "report", at=NOW) is None
        assert opened(Proof(asked.question * 9, "1"), WHO, "report", at=NOW) is None


def test_the_answer_does_not_stand_in_the_challenge() -> None:
    with county(341181):
        asked = challenge_new(WHO, "report", level=0, at=NOW)
        data = Signer(salt="cases.gate.341181").unsign_object(asked.question)
        assert set(data) == {"v", "a", "t", "k", "s", "r"}
        assert str(answer_of(asked.words)) not in (data["r"], data["s"])
        assert WHO.device not in str(data)


@given(st.integers(min_value=0, max_value=10), st.text(alphabet="abc.:_-", max_size=60))
def test_work_is_what_was_asked_for(bits: int, challenge: str) -> None:
    nonce = solve(challenge, bits)
    assert worked(challenge, nonce, bits)
    assert leading(hashed(challenge, nonce)) >= bits
    # The first nonce that does it: none before did.
    assert all(leading(hashed(challenge, str(n))) < bits for n in range(int(nonce)))
    assert not worked(challenge, nonce, 256)


@pytest.mark.parametrize("nonce", ["", "-1", "1.0", "１", "1 ", "a", "1" * (NONCE + 1)])
def test_a_nonce_is_digits(nonce: str) -> None:
    assert not worked("x", nonce, 0)


@given(st.binary(min_size=32, max_size=32))
def test_leading_zero_bits(digest: bytes) -> None:
    text = "".join(f"{byte:08b}" for byte in digest)
    assert leading(digest) == len(text) - len(text.lstrip("0"))


def test_the_work_grows_with_the_load_and_not_without_end() -> None:
    with county(341181):
        bits = [challenge_new(WHO, "report", level=level, at=NOW).bits for level in (-1, 0, 1, 3, 99)]
    assert bits == [BITS, BITS, BITS + 1, BITS + 3, BITS + MOST_LEVELS]


def test_the_browser_hashes_as_the_server_does() -> None:
    """What proof-worker.js found for this text; the browser test goes the whole way."""
    assert solve("hello", 18) == "488647"
