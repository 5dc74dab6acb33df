"""Codes, levels and kinds; paths of the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.areas import paths
from shanzhi.areas.codes import LEVEL_WORDS, PARENT_LEVELS, Kind, Level, code_problem, kind_of, level_of

ordinals = st.integers(1, paths.LARGEST)
a_path = st.lists(ordinals, min_size=1, max_size=5).map(lambda ones: "".join(map(paths.ordinal_text, ones)))


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("340000000000", "province"),
        ("341100000000", "prefecture"),
        ("341181000000", "county"),
        ("341181104000", "township"),
        ("341181104201", "village"),
        ("110101001001", "village"),
    ],
)
def test_the_level_follows_from_the_zeros(code: str, level: str) -> None:
    assert level_of(code) == level


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        ("001", Kind.RESIDENTS),
        ("199", Kind.RESIDENTS),
        ("200", Kind.VILLAGERS),
        ("399", Kind.VILLAGERS),
        ("400", Kind.QUASI_RESIDENTS),
        ("499", Kind.QUASI_RESIDENTS),
        ("500", Kind.QUASI_VILLAGERS),
        ("599", Kind.QUASI_VILLAGERS),
        ("600", Kind.OTHER),
        ("999", Kind.OTHER),
    ],
)
def test_the_kind_follows_from_the_last_three_digits(last: str, kind: str) -> None:
    assert kind_of(f"341181104{last}") == kind


def test_only_villages_have_a_kind() -> None:
    assert kind_of("341181104000") == ""
    assert kind_of("341181104001001") == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", "代码没有填，请补上 12 位数字"),
        ("34118110420", "代码应为 12 位数字，这里是 11 位，请核对后重填"),
        ("3411811042011", "代码应为 12 位数字，这里是 13 位，请核对后重填"),
        ("34118110420x", "代码只能是 12 位半角数字，这里有别的字符，请核对后重填"),
        ("３４１１８１１０４２０１", "代码只能是 12 位半角数字，这里有别的字符，请核对后重填"),
        ("3.41181E+11", "代码被表格软件改成了数值，请把这一列设为“文本”后重填 12 位代码"),
        ("341181104201.0", "代码被表格软件改成了数值，请把这一列设为“文本”后重填 12 位代码"),
        ("001181104201", "代码不能以 00 开头，请核对后重填"),
    ],
)
def test_a_wrong_code_is_one_sentence(code: str, words: str) -> None:
    assert code_problem(code) == words


def test_a_right_code_has_no_problem() -> None:
    assert code_problem("341181104201") is None


def test_levels_may_be_written_in_chinese_or_english() -> None:
    assert {LEVEL_WORDS[level.value] for level in Level} == set(Level.values)
    assert LEVEL_WORDS["乡镇"] == LEVEL_WORDS["街道"] == LEVEL_WORDS["township"] == "township"


def test_every_level_but_the_highest_has_a_parent() -> None:
    assert set(PARENT_LEVELS) == set(Level.values)
    assert [level for level, above in PARENT_LEVELS.items() if not above] == ["province"]


@given(ordinals, ordinals)
def test_ordinals_sort_as_their_texts_do(one: int, two: int) -> None:
    assert (one < two) == (paths.ordinal_text(one) < paths.ordinal_text(two))
    assert len(paths.ordinal_text(one)) == paths.WIDTH


@pytest.mark.parametrize("number", [0, -1, paths.LARGEST + 1])
def test_an_ordinal_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        paths.ordinal_text(number)


@given(a_path, a_path)
def test_a_subtree_holds_exactly_the_paths_that_begin_with_it(top: str, path: str) -> None:
    low, high = paths.subtree(top)
    assert (low <= path < high) == path.startswith(top) == paths.within(path, top)


@given(a_path, ordinals)
def test_a_child_is_below_its_parent_and_its_siblings_are_apart(top: str, ordinal: int) -> None:
    child = paths.child(top, ordinal)
    assert paths.within(child, top)
    assert not paths.within(top, child)
    if ordinal < paths.LARGEST:
        assert not paths.within(paths.child(top, ordinal + 1), child)


@given(a_path, a_path, st.lists(ordinals, max_size=3))
def test_a_moved_subtree_keeps_its_shape(old: str, new: str, tail: list[int]) -> None:
    below = old + "".join(map(paths.ordinal_text, tail))
    moved = paths.rebase(below, old, new)
    assert paths.within(moved, new)
    assert paths.rebase(moved, new, old) == below
    assert len(moved) - len(new) == len(below) - len(old)


def test_what_is_not_in_the_subtree_does_not_move() -> None:
    with pytest.raises(ValueError, match="not in the subtree"):
        paths.rebase("00020001", "0001", "0003")


@given(a_path)
def test_ancestors_run_from_the_root_and_leave_the_path_out(path: str) -> None:
    above = paths.ancestors(path)
    assert all(paths.within(path, top) for top in above)
    assert len(above) == len(path) // paths.WIDTH - 1
    assert sorted(above) == above
    assert path not in above
