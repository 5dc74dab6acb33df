from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.bigrams import MAX_QUERY_TOKENS, query_tokens, tokens

CHINESE = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=30)


def test_two_characters_find_a_sentence() -> None:
    assert set(query_tokens("路灯")) <= set(tokens("村口路灯不亮已三天"))


def test_latin_words_and_numbers_stay_whole_and_lower() -> None:
    assert tokens("G205 国道 k12") == ["g205", "国道", "k12"]


def test_full_width_digits_equal_plain_ones() -> None:
    assert tokens("３组") == tokens("3组") == ["3", "组"]


def test_a_lone_character_does_not_hide_what_the_rest_finds() -> None:
    assert query_tokens("灯 不亮") == ["不亮"]
    assert query_tokens("灯") == ["灯"]


def test_punctuation_separates_runs() -> None:
    assert tokens("路,灯") == ["路", "灯"]
    assert tokens("，。！ ") == []


def test_a_long_query_is_cut() -> None:
    assert len(query_tokens("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸")) == MAX_QUERY_TOKENS


def test_rare_characters_and_two_other_scripts_are_read_but_no_half_character() -> None:
    assert tokens("𠮷家 豈敢 ꆈꌠꉙ 가로등") == ["𠮷家", "豈敢", "ꆈꌠ", "ꌠꉙ", "가로", "로등"]
    assert tokens("\ud800\ue000\uffff") == []


@given(CHINESE, CHINESE, CHINESE)
def test_any_part_of_two_or_more_characters_is_found(before: str, part: str, after: str) -> None:
    if len(part) >= 2:
        assert set(query_tokens(part)) <= set(tokens(before + part + after))


@given(st.text())
def test_tokens_are_unique_and_never_empty(text: str) -> None:
    found = tokens(text)
    assert len(found) == len(set(found))
    assert all(found)
