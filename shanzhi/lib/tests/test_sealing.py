"""Seals open for the same place and key only, and a key file is whole or refused."""

import base64
import json
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.sealing import KeyRing, SealError, Suite, Tampered, UnknownKey, add_key, make_ring, read_ring

PLACE = "cases_case.phone"
SUITES = st.sampled_from(list(Suite))


def ring_of(*numbers: int, suite: Suite = Suite.AES) -> KeyRing:
    return KeyRing({number: bytes([number % 256]) * 32 for number in numbers}, b"i" * 32, suite)


@given(st.text(max_size=200), SUITES)
def test_what_is_sealed_comes_back_and_never_looks_alike(text: str, suite: Suite) -> None:
    ring = ring_of(1, 2, suite=suite)
    first, second = ring.seal(text, PLACE), ring.seal(text, PLACE)
    assert first != second
    assert ring.open(first, PLACE) == ring.open(second, PLACE) == text
    assert len(text) < 4 or text not in first


@given(st.text(max_size=40), SUITES, st.data())
def test_one_changed_bit_anywhere_is_noticed(text: str, suite: Suite, data: st.DataObject) -> None:
    ring = ring_of(*range(1, 300), suite=suite)
    raw = bytearray(base64.b64decode(ring.seal(text, PLACE)))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises((Tampered, UnknownKey)):
        ring.open(base64.b64encode(raw).decode(), PLACE)


@given(st.text(max_size=80))
def test_anything_else_is_no_seal(text: str) -> None:
    with pytest.raises(Tampered):
        ring_of(1).open(text, PLACE)


def test_a_seal_of_another_column_does_not_open() -> None:
    with pytest.raises(Tampered, match="people_person"):
        ring_of(1).open(ring_of(1).seal("13955550001", PLACE), "people_person.phone")


def test_a_key_that_is_missing_is_named() -> None:
    with pytest.raises(UnknownKey, match="sealed with key 7"):
        ring_of(1, 2).open(ring_of(7).seal("x", PLACE), PLACE)


def test_another_key_of_the_same_number_does_not_open() -> None:
    other = KeyRing({1: b"z" * 32}, b"i" * 32)
    with pytest.raises(Tampered):
        other.open(ring_of(1).seal("x", PLACE), PLACE)


def test_the_newest_key_seals_and_all_open() -> None:
    old, new = ring_of(1).seal("x", PLACE), ring_of(1, 2).seal("x", PLACE)
    ring = ring_of(1, 2)
    assert ring.open(old, PLACE) == ring.open(new, PLACE) == "x"
    assert (ring.is_current(old), ring.is_current(new)) == (False, True)
    assert not ring_of(1, 2, suite=Suite.SM4).is_current(new), "another cipher is a reason too"
    assert ring_of(1, 2, suite=Suite.SM4).open(new, PLACE) == "x", "both ciphers are read whatever is set"


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_blind_index_is_equal_exactly_for_equal_texts(one: str, other: str) -> None:
    ring = ring_of(1)
    assert (ring.blind(one, PLACE) == ring.blind(other, PLACE)) is (one == other)
    assert ring.blind(one, PLACE) == ring_of(1, 2).blind(one, PLACE), "a new key changes no index"


def test_a_blind_index_depends_on_place_and_key() -> None:
    found = {
        ring_of(1).blind("x", PLACE),
        ring_of(1).blind("x", "other.phone"),
        KeyRing({1: b"1" * 32}, b"j" * 32).blind("x", PLACE),
    }
    assert len(found) == 3
    assert {len(one) for one in found} == {64}


def test_the_file_is_made_once_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "fields.json"
    assert make_ring(path)
    first = read_ring(path)
    assert not make_ring(path)
    assert read_ring(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path], "no draft is left"


def test_two_starts_at_once_agree_on_one_file(tmp_path: Path) -> None:
    path, made = tmp_path / "fields.json", []
    threads = [threading.Thread(target=lambda: made.append((make_ring(path), read_ring(path)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [own for own, _ in made].count(True) == 1
    assert all(ring == made[0][1] for _, ring in made)


def test_a_key_is_added_and_the_older_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "fields.json"
    make_ring(path)
    before = read_ring(path)
    sealed = before.seal("x", PLACE)
    assert [add_key(path), add_key(path)] == [2, 3]
    after = read_ring(path)
    assert after.keys[1] == before.keys[1]
    assert after.index_key == before.index_key
    assert (after.newest, after.open(sealed, PLACE)) == (3, "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


GOOD = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "{}", "[]", "{", json.dumps({"keys": {}, "index": GOOD}), json.dumps({"keys": {"1": GOOD}}),
        json.dumps({"keys": {"0": GOOD}, "index": GOOD}), json.dumps({"keys": {"x": GOOD}, "index": GOOD}),
        json.dumps({"keys": {"1": "c2hvcnQ="}, "index": GOOD}), json.dumps({"keys": {"1": "%"}, "index": GOOD}),
        json.dumps({"keys": [GOOD], "index": GOOD}), json.dumps({"keys": {"70000": GOOD}, "index": GOOD}), "钥匙",
    ],
)  # fmt: skip
def test_a_damaged_file_is_refused_and_says_what_to_do(text: str, tmp_path: Path) -> None:
    path = tmp_path / "fields.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SealError, match="put it back from its copy"):
        read_ring(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="can't be read"):
        read_ring(tmp_path / "none.json")


def test_numbers_run_out_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "fields.json"
    path.write_text(json.dumps({"keys": {"65535": GOOD}, "index": GOOD}), encoding="ascii")
    with pytest.raises(SealError, match="no more numbers"):
        add_key(path)


def test_a_purpose_has_a_secret_of_its_own_that_no_new_key_changes() -> None:
    ring, renewed = ring_of(1), ring_of(1, 2, 3)
    assert len(ring.derived("a")) == 32
    assert ring.derived("a") == renewed.derived("a")
    assert ring.derived("a") != ring.derived("b")
    assert ring.derived("a") not in (ring.index_key, ring.keys[1])
    assert KeyRing({1: bytes(32)}, b"j" * 32).derived("a") != ring.derived("a")
