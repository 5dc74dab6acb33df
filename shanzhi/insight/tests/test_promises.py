"""What others rely on: files that hold numbers, shares that read back as they are kept, and who may see what."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from shanzhi.access.indicators import PER_CENT, PIECES, indicators
from shanzhi.insight.exports import as_csv, as_xlsx
from shanzhi.insight.marking import COLUMNS as WATCHED
from shanzhi.insight.shares import BITS, Share, Sums, ordinal

# A program that reads the API goes by these; a code that goes or comes to mean something else breaks it.
INDICATORS = [
    ("reported", "上报", "件", "收到日期", "reported", ""),
    ("accepted", "受理", "件", "收到日期", "accepted", ""),
    ("dispatched", "派遣", "件", "首次派出日期", "dispatched", ""),
    ("returned", "退回", "件", "首次派出日期", "returned", ""),
    ("due", "应办结", "件", "应办结日期", "due", ""),
    ("finished", "应办结里已办结", "件", "应办结日期", "finished", ""),
    ("in_time", "按期办结", "件", "应办结日期", "in_time", ""),
    ("closed", "办结", "件", "首次办结日期", "closed", ""),
    ("reopened", "返工", "件", "首次办结日期", "reopened", ""),
    ("open", "在办", "件", "所选时段的最后一天", "open", ""),
    ("overdue", "超期", "件", "现在", "overdue", ""),
    ("to_contact", "应联系", "件", "应办结日期", "to_contact", ""),
    ("contacted", "联系", "件", "应办结日期", "contacted", ""),
    ("called", "回访到", "件", "回访日期", "called", ""),
    ("solved", "回访说解决了", "件", "回访日期", "solved", ""),
    ("rated", "评价", "件", "评价日期", "rated", ""),
    ("satisfied", "满意", "件", "评价日期", "satisfied", ""),
    ("accepted_rate", "立案率", "%", "收到日期", "accepted", "reported"),
    ("finished_rate", "办结率", "%", "应办结日期", "finished", "due"),
    ("in_time_rate", "按期办结率", "%", "应办结日期", "in_time", "due"),
    ("reopened_rate", "返工率", "%", "首次办结日期", "reopened", "closed"),
    ("accurate_rate", "准确派遣率", "%", "首次派出日期", "accurate", "dispatched"),
    ("contacted_rate", "响应率", "%", "应办结日期", "contacted", "to_contact"),
    ("solved_rate", "解决率", "%", "回访日期", "solved", "called"),
    ("satisfied_rate", "满意率", "%", "评价日期", "satisfied", "rated"),
    ("returned_rate", "退回率", "%", "首次派出日期", "returned", "dispatched"),
]
# Counted.facts holds these: another bit for a name would turn every share into something else without a recount.
KEPT = [
    ("reported", 1),
    ("accepted", 2),
    ("due", 4),
    ("finished", 8),
    ("in_time", 16),
    ("to_contact", 32),
    ("contacted", 64),
    ("dispatched", 128),
    ("accurate", 256),
    ("returned", 512),
    ("closed", 1024),
    ("reopened", 2048),
    ("rated", 4096),
    ("satisfied", 8192),
    ("ended", 16384),
    ("called", 32768),
    ("solved", 65536),
    ("called_satisfied", 131072),
    ("waiting", 262144),
    ("paused", 524288),
    ("endless", 1048576),
    ("running", 2097152),
]
DAYS = [  # UTC, and the day that it is in China
    ("2026-11-29T15:59:59", "2026-11-29"),
    ("2026-11-29T16:00:00", "2026-11-30"),
    ("2026-11-30T00:00:00", "2026-11-30"),
    ("2026-11-30T15:59:59", "2026-11-30"),
    ("2026-12-31T15:59:59", "2026-12-31"),
    ("2026-12-31T16:00:00", "2027-01-01"),
    ("2028-02-28T16:00:00", "2028-02-29"),
    ("2028-02-29T16:00:00", "2028-03-01"),
]


@pytest.mark.parametrize(("code", "name", "unit", "counts_by", "numerator", "denominator"), INDICATORS)
def test_an_indicator_is_what_it_was(
    code: str, name: str, unit: str, counts_by: str, numerator: str, denominator: str
) -> None:
    one = indicators()[code]
    assert (one.name, one.unit, one.counts_by) == (name, unit, counts_by)
    assert (one.numerator, one.denominator) == (numerator, denominator)
    assert one.unit == (PER_CENT if one.is_rate else PIECES)
    assert one.permission == "cases.rates"


def test_none_is_missing_and_none_is_new() -> None:
    assert [row[0] for row in INDICATORS] == list(indicators())


@pytest.mark.parametrize(("name", "bit"), KEPT)
def test_a_fact_keeps_its_bit(name: str, bit: int) -> None:
    assert BITS[name] == bit
    sums = Sums()
    sums.add(Share("0001", "", ((1, bit),)))
    row = sums.days["0001", "", 1]
    assert sum(row) == row[list(BITS).index(name)] == 1


def test_there_are_no_other_facts() -> None:
    assert dict(KEPT) == BITS


@pytest.mark.parametrize(("at", "day"), DAYS)
def test_a_day_is_one_of_china(at: str, day: str) -> None:
    assert ordinal(datetime.fromisoformat(at).replace(tzinfo=UTC)) == datetime.fromisoformat(day).toordinal()


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_share_is_in_every_place_above(depth: int) -> None:
    path = "0001" * depth
    sums = Sums()
    sums.add(Share(path, "", ((1, 1),), (1, 2, 1)))
    assert sorted(key[0] for key in sums.days) == [path[: 4 * level] for level in range(1, depth + 1)]
    assert sorted(key[0] for key in sums.pairs) == [path[: 4 * level] for level in range(1, depth + 1)]
    assert all(both == [1, 1] for both in sums.pairs.values())


@pytest.mark.parametrize("table", WATCHED)
def test_a_column_is_watched_once(table: str) -> None:
    columns = WATCHED[table][1]
    assert len(set(columns)) == len(columns)


def test_no_value_is_an_empty_cell_and_no_formula_is_one() -> None:
    tables = [[("地方", "数"), ("=1+1", None), ("张庄村", 3)], [("日期",), ("2026-11-30",)]]
    rows = list(csv.reader(StringIO(as_csv(tables).decode("utf-8-sig"))))
    assert rows == [["地方", "数"], ["'=1+1", ""], ["张庄村", "3"], [], ["日期"], ["2026-11-30"]]
    assert as_csv(tables).startswith(b"\xef\xbb\xbf")


def test_sheets_carry_their_title_and_numbers_are_numbers() -> None:
    body = as_xlsx([("各地", [("地方", "数"), ("张庄村", 95.5), ("李庄村", None)])], "东镇，2026年11月")
    book = ZipFile(BytesIO(body))
    strings = book.read("xl/sharedStrings.xml").decode()
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert all(words in strings for words in ("东镇，2026年11月", "地方", "张庄村", "李庄村"))
    assert "<v>95.5</v>" in sheet
    assert "<f>" not in sheet


@pytest.mark.parametrize(
    "text",
    [
        "",
        "739926:1",
        "739926:3 739930:1c",
        "739926:3ffff",
        "739926:1 /739926.739930.0",
        "/739926.739930.1",
    ],
)
def test_what_is_kept_of_a_case_is_read_and_written_alike(text: str) -> None:
    share = Share.read("0001", "|auditor|", text)
    assert share.text == text
    assert (share.path, share.shown) == ("0001", "|auditor|")
