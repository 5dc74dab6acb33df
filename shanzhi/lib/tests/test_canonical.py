import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.canonical import canonical

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical({"b": 1, "a": "张"}) == canonical({"a": "张", "b": 1}) == '{"a":"张","b":1}'.encode()


def test_one_moment_has_one_form() -> None:
    utc = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
    shanghai = utc.astimezone(timezone(timedelta(hours=8)))
    assert canonical(utc) == canonical(shanghai) == b'"2026-11-21T07:30:00.000000+00:00"'


def test_dates_decimals_bytes_and_ids_have_a_form() -> None:
    value = {"d": date(2026, 1, 2), "m": Decimal("1.50"), "b": b"\x01\xff", "u": UUID(int=1), "t": (1, 2)}
    shown = json.loads(canonical(value))
    assert shown == {"d": "2026-01-02", "m": "1.50", "b": "01ff", "u": str(UUID(int=1)), "t": [1, 2]}


@pytest.mark.parametrize(
    "value", [1.5, datetime.fromisoformat("2026-01-01"), {1: 2}, {"x": {1, 2}}, float("nan"), object()]
)
def test_what_has_no_single_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@given(PLAIN)
def test_it_reads_back_as_itself(value: object) -> None:
    assert json.loads(canonical(value)) == value


@given(PLAIN, PLAIN)
def test_different_values_have_different_bytes(one: object, other: object) -> None:
    if json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True):
        assert canonical(one) != canonical(other)
