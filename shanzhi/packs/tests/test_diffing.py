"""Comparison line by line: applying it to the old text gives the new one."""

from hypothesis import given
from hypothesis import strategies as st

from shanzhi.packs.diffing import AROUND, compared

texts = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=30).map("\n".join)


def test_changed_lines_with_some_around_them() -> None:
    old = "\n".join(f"行{n}" for n in range(1, 21))
    new = old.replace("行10", "新十").replace("行11\n", "")
    lines = compared(old, new)
    assert [line.text for line in lines if line.kind == "old"] == ["行10", "行11"]
    assert [(line.text, line.new) for line in lines if line.kind == "new"] == [("新十", 10)]
    assert sum(line.kind == "same" for line in lines) == 2 * AROUND
    assert [line.text for line in lines if line.kind == "gap"] == ["…… 相同的 6 行", "…… 相同的 6 行"]
    assert [(line.mark, line.word) for line in lines if line.kind == "new"] == [("+", "新增")]


def test_nothing_changed() -> None:
    assert compared("a\nb\n", "a\nb\n") == []
    assert compared("", "") == []


@given(texts, texts)
def test_the_lines_lead_from_the_old_to_the_new(old: str, new: str) -> None:
    lines = compared(old, new)
    was, now = old.splitlines(), new.splitlines()
    for line in lines:
        if line.kind in ("same", "old"):
            assert was[line.old - 1] == line.text
        if line.kind in ("same", "new"):
            assert now[line.new - 1] == line.text
    gone = {line.old for line in lines if line.kind == "old"}
    kept = [text for number, text in enumerate(was, start=1) if number not in gone]
    come = {line.new for line in lines if line.kind == "new"}
    assert kept == [text for number, text in enumerate(now, start=1) if number not in come]
    assert bool(lines) == (was != now)
