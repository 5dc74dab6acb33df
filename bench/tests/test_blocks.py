"""Rows as the text of COPY: every value as the database reads it, every copy under ids and numbers of its own."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.blocks import STRIDE, Block, literal
from bench.rows import Numbered, Own

MONTHS = {"2611": 3, "2610": 5}


def lines(block: Block, number: int) -> list[list[str]]:
    return [line.split("\t") for line in block.copy(number).decode().splitlines()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\\N"), (True, "t"), (False, "f"), (7, "7"), (b"\x01\xff", "\\\\x01ff"), ("路灯", "路灯"),
        ("a\tb\nc\\d\re", "a\\tb\\nc\\\\d\\re"), ("5 %", "5 %%"),
        (datetime(2026, 11, 21, 8, 30, tzinfo=UTC), "2026-11-21T08:30:00+00:00"),
    ],
)  # fmt: skip
def test_values_are_spelled_as_copy_reads_them(value: object, text: str) -> None:
    assert literal(value) == text


def test_a_copy_moves_own_ids_and_counts_on_and_leaves_the_rest() -> None:
    rows = [
        (Own(1000), 55, Numbered("2611", 2, "2611-"), "100 %", None),
        (Own(2000), 55, Numbered("2610", 5, "2610-"), Own(1000), "x"),
    ]
    block = Block.of(rows, MONTHS)
    assert lines(block, 0) == [["1000", "55", "2611-0002", "100 %", "\\N"], ["2000", "55", "2610-0005", "1000", "x"]]
    moved = 1000 + 2 * STRIDE
    assert lines(block, 2) == [
        [str(moved), "55", "2611-0008", "100 %", "\\N"],
        [str(2000 + 2 * STRIDE), "55", "2610-0015", str(moved), "x"],
    ]


def test_numbers_of_all_copies_fill_each_month_without_a_gap() -> None:
    rows = [(Numbered("2611", count, "2611-"),) for count in (1, 2, 3)]
    block = Block.of(rows, MONTHS)
    found = sorted(line[0] for number in range(4) for line in lines(block, number))
    assert found == [f"2611-{count:04d}" for count in range(1, 13)]


def test_no_id_and_an_id_of_nothing_stay_what_they_are() -> None:
    block = Block.of([(Own(0), None)], MONTHS)
    assert lines(block, 5) == [["0", "\\N"]]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30))
def test_any_text_comes_out_as_one_column(text: str) -> None:
    block = Block.of([(Own(1), text, Own(2))], MONTHS)
    row = block.copy(0).decode().removesuffix("\n").split("\t")
    assert len(row) == 3
    plain = row[1].replace("\\\\", "\0").replace("\\t", "\t").replace("\\n", "\n").replace("\\r", "\r")
    assert plain.replace("\0", "\\") == text
