"""Pages by key: no row is lost or shown twice, whatever its sort values; a cursor opens nothing but its own list."""

from collections.abc import Iterator
from contextvars import Context
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.tenancy.context import NoCounty, county
from shanzhi.tenancy.keyset import LENGTH, CursorInvalid, Order, Page, _cursor, _opened, page_of
from shanzhi.tenancy.models import County, OutboxDelivery, OutboxEvent

START = datetime(2026, 1, 1, 8, 30, 0, 123456, tzinfo=UTC)
A, B = 341181, 410927
ORDERS = [
    Order("events", columns, descending=down)
    for columns in ((), ("at",), ("code",), ("subject_id",), ("code", "at"), ("subject_id", "code"))
    for down in (False, True)
]
BY_TIME = Order("events", ("at",), descending=True)
Event = tuple[str, int, int]


@pytest.fixture(autouse=True)
def _inside(county_a: County) -> None:
    """Each test is in the first county."""


def made(events: list[Event]) -> QuerySet[OutboxEvent]:
    """These events and no others: (code, subject, minutes after the start)."""
    OutboxEvent.objects.all().delete()
    OutboxEvent.objects.bulk_create(
        OutboxEvent(code=code, subject_id=subject, at=START + timedelta(minutes=minutes))
        for code, subject, minutes in events
    )
    return OutboxEvent.objects.all()


def many(number: int) -> QuerySet[OutboxEvent]:
    return made([("x", 1, minutes) for minutes in range(number)])


def ids(page: Page[OutboxEvent]) -> list[int]:
    return [row.id for row in page.rows]


def forth(rows: QuerySet[OutboxEvent], order: Order, size: int, cursor: str | None = "") -> Iterator[Page[OutboxEvent]]:
    while cursor is not None:
        page = page_of(rows, order, cursor=cursor, size=size)
        yield page
        cursor = page.next_cursor


def back(rows: QuerySet[OutboxEvent], order: Order, size: int, cursor: str | None) -> Iterator[Page[OutboxEvent]]:
    while cursor is not None:
        page = page_of(rows, order, cursor=cursor, size=size)
        yield page
        cursor = page.previous_cursor


# ---- every row once

FEW = st.tuples(st.sampled_from(["a", "b", "井盖", "B"]), st.integers(-1, 1), st.integers(0, 2))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(FEW, max_size=14), order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_pages_forth_and_back_have_no_gap_and_no_repetition(events: list[Event], order: Order, size: int) -> None:
    rows = made(events)
    everything = list(order.sorted(rows).values_list("id", flat=True))
    assert len(everything) == len(events)
    pages = list(forth(rows, order, size))
    assert [ids(page) for page in pages] == [everything[at : at + size] for at in range(0, len(events) or 1, size)]
    assert pages[0].previous_cursor is None
    returned = list(back(rows, order, size, pages[-1].previous_cursor))
    assert [ids(page) for page in returned] == [ids(page) for page in pages[-2::-1]]
    assert [page.next_cursor for page in returned] == [page.next_cursor for page in pages[-2::-1]]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(FEW, min_size=3, max_size=12), order=st.sampled_from(ORDERS), gone=st.sets(st.integers(0, 11)))
def test_rows_that_leave_meanwhile_take_no_other_with_them(events: list[Event], order: Order, gone: set[int]) -> None:
    rows = made(events)
    everything = list(order.sorted(rows).values_list("id", flat=True))
    first = page_of(rows, order, size=2)
    left = {one for number, one in enumerate(everything) if number in gone}
    OutboxEvent.objects.filter(id__in=left).delete()
    seen = [one for page in forth(rows, order, 2, first.next_cursor) for one in ids(page)]
    assert seen == [one for one in everything[2:] if one not in left]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.spelled)
def test_the_order_is_by_each_column_then_by_id(order: Order) -> None:
    rows = made([(code, subject, at) for code in "ab" for subject in (1, 2) for at in (1, 0, 1)])
    listed = [tuple(getattr(row, key) for key in order.keys) for row in page_of(rows, order).rows]
    assert listed == sorted(listed, reverse=order.descending)


def test_the_way_back_ends_at_a_full_first_page() -> None:
    """Newer rows came meanwhile: two pages back lie fewer than a page, so the list begins anew."""
    rows = many(6)
    second = page_of(rows, BY_TIME, cursor=page_of(rows, BY_TIME, size=3).next_cursor or "", size=3)
    newest = OutboxEvent.objects.create(code="x", subject_id=1, at=START + timedelta(days=1))
    page = page_of(rows, BY_TIME, cursor=second.previous_cursor or "", size=3)
    assert newest.id not in ids(page)
    top = page_of(rows, BY_TIME, cursor=page.previous_cursor or "", size=3)
    assert ids(top) == ids(page_of(rows, BY_TIME, size=3))
    assert (top.rows[0].id, top.previous_cursor) == (newest.id, None)


def test_an_empty_page_has_no_neighbours() -> None:
    rows = many(2)
    cursor = page_of(rows, BY_TIME, size=1).next_cursor or ""
    rows.filter(at=START).delete()
    assert page_of(rows, BY_TIME, cursor=cursor) == Page([])
    rows.delete()
    assert page_of(rows, BY_TIME) == Page([]) == Page([], None, None)
    assert Page().rows == ()


def test_a_page_shows_something_else_for_its_rows_and_keeps_its_place() -> None:
    rows = many(3)
    page = page_of(rows, BY_TIME, size=2)
    shown = page.showing([row.code for row in page.rows])
    assert shown == Page(["x", "x"], page.next_cursor, None)


def test_a_column_may_lie_over_there() -> None:
    events = list(many(3))
    for event in events:
        OutboxDelivery.objects.create(event=event, subscriber="s", at=START)
    order = Order("deliveries", ("event__at",), descending=True)
    rows = OutboxDelivery.objects.select_related("event")
    first = page_of(rows, order, size=2)
    second = page_of(rows, order, cursor=first.next_cursor or "", size=2)
    assert [row.event_id for row in (*first.rows, *second.rows)] == [event.id for event in reversed(events)]


# ---- what it costs


def test_a_page_is_one_statement_and_the_first_bound_stands_alone() -> None:
    rows = many(9)
    with CaptureQueriesContext(connection) as asked:
        second = page_of(rows, BY_TIME, cursor=page_of(rows, BY_TIME, size=2).next_cursor or "", size=2)
        third = page_of(rows, BY_TIME, cursor=second.next_cursor or "", size=2)
        page_of(rows, BY_TIME, cursor=third.previous_cursor or "", size=2)
    assert len(asked) == 4
    going_on, going_back = asked[1]["sql"], asked[3]["sql"]
    assert '"at" <= ' in going_on.split(" OR ")[0]
    assert '"at" >= ' in going_back.split(" OR ")[0]
    assert "LIMIT 3" in going_on


def test_the_index_is_entered_at_the_bound() -> None:
    rows = many(3).filter(delivered_at=None)
    behind = BY_TIME.sorted(rows.filter(BY_TIME.behind([START, 5], back=False)))[:51]
    sql, params = behind.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN '}{sql}", params)
        text = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "outbox_undelivered" in text, text
    if connection.vendor == "postgresql":
        assert "at <=" in text.split("Index Cond")[1].split("\n")[0], text
    else:
        assert "at<?" in text, text


# ---- cursors


def a_cursor(order: Order = BY_TIME) -> str:
    return page_of(many(3), order, size=1).next_cursor or ""


def refused(cursor: str, order: Order = BY_TIME) -> None:
    with pytest.raises(CursorInvalid) as caught:
        page_of(OutboxEvent.objects.all(), order, cursor=cursor)
    error = caught.value
    assert (error.status, error.code) == (422, "cursor_invalid")
    assert error.message == "翻页位置已失效，请从第一页重新看。"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "-1",
        "1",
        "9" * 19,
        "9" * 5_000,
        "²",
        "１",
        "1;drop",
        "a:b",
        ":",
        "::",
        ".:x",
        "\x00",
        "\ud800",
        "井盖:x",
        " ",
    ],
)
def test_a_cursor_that_was_made_up_is_refused(cursor: str) -> None:
    many(2)
    refused(cursor)


def test_a_cursor_of_which_one_character_was_changed_is_refused() -> None:
    good = a_cursor()
    for place in range(len(good)):
        refused(good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :])
    for wrong in (good[:-1], good[1:], good + "A", good * 10, good.split(":")[0]):
        refused(wrong)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80))
def test_no_text_breaks_it(text: str) -> None:
    if text:
        refused(text)


@pytest.mark.parametrize(
    "other",
    [
        Order("events", ("at",)),
        Order("events", ("code",), descending=True),
        Order("events", ("at", "code"), descending=True),
        Order("events", descending=True),
        Order("others", ("at",), descending=True),
        Order("events.x", ("at",), descending=True),
    ],
    ids=lambda order: f"{order.name} {order.spelled}",
)
def test_a_cursor_of_another_list_or_order_is_refused(other: Order) -> None:
    refused(a_cursor(), other)
    refused(a_cursor(other))


def test_a_cursor_of_another_county_is_refused(county_b: County) -> None:
    cursor = a_cursor()
    with county(B):
        refused(cursor)
        foreign = a_cursor()
    refused(foreign)
    assert ids(page_of(OutboxEvent.objects.all(), BY_TIME, cursor=cursor))


def test_without_a_county_there_is_no_cursor() -> None:
    event = many(1)[0]
    with pytest.raises(NoCounty):
        Context().run(_cursor, event, BY_TIME)


def test_the_same_place_has_the_same_cursor() -> None:
    rows = many(3)
    assert page_of(rows, BY_TIME, size=1) == page_of(rows, BY_TIME, size=1)


VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.integers(-(2**63), 2**63 - 1),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=VALUES, leads_back=st.booleans())
def test_a_value_comes_back_as_it_was(value: Any, leads_back: bool) -> None:
    order = Order("any", ("value",))
    row: Any = SimpleNamespace(value=value, id=2**63 - 1)
    opened = _opened(_cursor(row, order, back=leads_back), order)
    assert opened == (leads_back, [value, 2**63 - 1])
    assert type(opened[1][0]) is type(value)


def test_the_longest_name_fits() -> None:
    order = Order("areas", ("name",))
    row: Any = SimpleNamespace(name="".join(chr(0x4E00 + 331 * number) for number in range(60)), id=2**63 - 1)
    cursor = _cursor(row, order, back=True)
    assert len(cursor) <= LENGTH
    assert _opened(cursor, order) == (True, [row.name, row.id])


def test_a_column_that_is_null_is_a_mistake_of_ours() -> None:
    row: Any = SimpleNamespace(at=None, id=1)
    with pytest.raises(ValueError, match="may be null"):
        _cursor(row, BY_TIME)


def test_a_day_stays_a_day() -> None:
    order = Order("days", ("on",))
    row: Any = SimpleNamespace(on=date(2026, 2, 28), id=7)
    assert _opened(_cursor(row, order), order) == (False, [date(2026, 2, 28), 7])


# ---- a private order says nothing of its rows

PRIVATE = Order("events", ("code", "at"), private=True)


@settings(max_examples=30)
@given(st.lists(FEW, max_size=12), st.integers(1, 4))
def test_a_private_order_gives_every_row_once_both_ways(events: list[Event], size: int) -> None:
    with county(A):
        rows = made(events)
        pages = list(forth(rows, PRIVATE, size))
        listed = [number for page in pages for number in ids(page)]
        assert listed == [row.id for row in PRIVATE.sorted(rows)]
        if len(pages) > 1:
            again = [ids(page) for page in back(rows, PRIVATE, size, pages[-1].previous_cursor)]
            assert [number for page in reversed(again) for number in page][: len(listed)]
            assert again[-1] == listed[:size]


def test_a_private_cursor_holds_the_id_alone() -> None:
    rows = made([("诸葛孔方", 1, 0), ("诸葛孔方", 1, 1), ("诸葛孔方", 1, 2)])
    cursor = page_of(rows, PRIVATE, size=1).next_cursor
    assert cursor is not None
    first = PRIVATE.sorted(rows)[0]
    assert _opened(cursor, PRIVATE) == (False, [first.id])
    open_one = page_of(rows, Order("events", ("code", "at")), size=1).next_cursor
    assert open_one is not None
    assert len(cursor) < len(open_one)


def test_a_private_cursor_of_a_row_that_is_gone_is_invalid() -> None:
    rows = many(3)
    cursor = page_of(rows, PRIVATE, size=1).next_cursor or ""
    PRIVATE.sorted(rows)[0].delete()
    with pytest.raises(CursorInvalid):
        page_of(rows, PRIVATE, cursor=cursor, size=1)


def test_a_private_cursor_goes_on_from_where_its_row_is_now() -> None:
    """Whoever was renamed meanwhile moves the place in the list along; nothing breaks."""
    rows = made([("a", 1, 0), ("b", 1, 1), ("c", 1, 2)])
    cursor = page_of(rows, PRIVATE, size=1).next_cursor or ""
    OutboxEvent.objects.filter(code="a").update(code="bb")
    assert [row.code for row in page_of(rows, PRIVATE, cursor=cursor, size=5).rows] == ["c"]
