"""Numbers by numbers, as a dictionary would keep them."""

from hypothesis import given
from hypothesis import strategies as st

from shanzhi.people.importing.memory import START, Numbers

KEYS = st.integers(min_value=-(2**63), max_value=2**64 - 1).filter(lambda key: key % 2**64 > 1)


@given(st.lists(st.tuples(KEYS, st.integers(min_value=0, max_value=2**63))))
def test_it_keeps_what_a_dictionary_keeps(pairs: list[tuple[int, int]]) -> None:
    numbers, known = Numbers(), dict[int, int]()
    for key, value in pairs:
        numbers.put(key, value)
        known[key % 2**64] = value
    assert all(numbers.get(key) == value for key, value in known.items())


def test_it_grows_and_forgets_nothing() -> None:
    numbers = Numbers()
    count = START * 5
    for key in range(1, count):
        numbers.put(key * 7919, key)
    assert all(numbers.get(key * 7919) == key for key in range(1, count))
    assert not any(numbers.get(key * 7919 + 1) for key in range(1, 1000))


def test_what_is_not_there_is_nothing() -> None:
    numbers = Numbers()
    assert numbers.get(5) == 0
    numbers.put(5, 9)
    numbers.put(5, 0)
    assert numbers.get(5) == 0
    numbers.put(0, 3)
    assert numbers.get(0) == 3
