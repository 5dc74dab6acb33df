"""Heads and columns: told by a person, kept when something is wrong, remembered, refused in other states."""

import re
from typing import Any

import pytest
from django.test import Client

from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.people.importing import services
from shanzhi.people.importing.columns import masked, plain
from shanzhi.people.models import Mapping, RegisterImport
from shanzhi.people.tests.importing.books import book
from shanzhi.people.tests.importing.lists import HEADS, apply, csv_bytes, id_number, row, send
from shanzhi.trail.models import Entry
from tests.cast import Cast

LIST = "/341181/people/imports/"
STRANGE = ("甲", "乙", "丙", "丙", "")
ROWS = [["张三", id_number(1), "张庄村", "备注", "x"], ["李四", id_number(2), "李庄村", "", ""]]


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast["township_officer"].client()


@pytest.fixture
def strange(cast: Cast) -> RegisterImport:
    return send(cast, csv_bytes(ROWS, STRANGE))


def page_of(sent: RegisterImport) -> str:
    return f"{LIST}{sent.id}/mapping/"


def chosen(page: str, name: str) -> str:
    """The value that a field of the page has chosen."""
    field = re.search(rf'<select name="{name}".*?</select>', page, re.DOTALL)
    assert field is not None, name
    found = re.search(r'value="(\d*)"[^>]*selected', field[0])
    return found[1] if found else ""


def mapped(cast: Cast, sent: RegisterImport, **columns: int) -> RegisterImport:
    said: dict[str, Any] = {"actor": cast.actor("township_officer"), "sent": sent, "version": sent.version}
    services.import_map(**said, columns=columns)
    drain()
    return RegisterImport.objects.get(id=sent.id)


def test_strange_double_and_empty_heads_can_be_told_apart(strange: RegisterImport, client: Client) -> None:
    assert (strange.state, strange.header, strange.columns) == ("mapping", list(STRANGE), {})
    page = client.get(page_of(strange)).content.decode()
    for words in ("甲（如 张*三、李*四）", "丙（如 张*庄村、李*庄村）", "丙（如 备*注）", "第 5 列（如 *）"):
        assert words.replace("张*庄村", masked("张庄村")).replace("李*庄村", masked("李庄村")) in page, words
    assert id_number(1) not in page
    assert "张三" not in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "0", "paper": "1"}, "请指明哪一列是姓名"),
        ({"name": "0", "village": "2", "lives": "2"}, "一列只能对应一项，请改正：“丙”。"),
        ({"name": "0", "village": "2", "grid": "7"}, "请从列表里选一列。"),
        ({"name": "0", "village": "2", "grid": "-1"}, "请从列表里选一列。"),
        ({"name": "", "village": "2"}, "请选姓名在哪一列。"),
    ],
)
def test_what_was_chosen_stays_when_something_is_wrong(
    strange: RegisterImport, client: Client, said: dict[str, str], words: str
) -> None:
    answer = client.post(page_of(strange), {"version": strange.version, **said})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    kept = {name: value for name, value in said.items() if value in ("0", "1", "2")}
    assert {name: chosen(page, name) for name in kept} == kept
    assert not Mapping.objects.exists()
    assert RegisterImport.objects.get().state == "mapping"


def test_a_version_that_is_over_keeps_what_was_chosen_and_says_so(strange: RegisterImport, client: Client) -> None:
    answer = client.post(page_of(strange), {"version": strange.version + 1, "name": "0", "village": "2"})
    assert answer.status_code == 409
    assert chosen(answer.content.decode(), "village") == "2"
    assert not Mapping.objects.exists()


def test_what_was_remembered_is_replaced_by_what_is_told_later(cast: Cast, strange: RegisterImport) -> None:
    first = mapped(cast, strange, name=0, village=2)
    assert (first.state, first.counts["bad"]) == ("checked", 2)  # neither a number nor a birthday
    second = mapped(cast, first, name=0, village=2, paper=1)
    assert (second.state, second.counts["new"], Mapping.objects.count()) == ("checked", 2, 1)
    again = send(cast, csv_bytes(ROWS, STRANGE))
    assert (again.state, again.columns) == ("checked", {"name": 0, "village": 2, "paper": 1})
    other = send(cast, csv_bytes([[*one, ""] for one in ROWS], [*STRANGE, "己"]))
    assert (other.state, other.columns) == ("mapping", {})


def test_a_mapping_is_remembered_through_stars_and_line_breaks(cast: Cast, strange: RegisterImport) -> None:
    mapped(cast, strange, name=0, village=2, paper=1)
    again = send(cast, csv_bytes(ROWS, ("*甲", "乙：", "\n丙", "丙 ", "")))
    assert (again.state, again.counts["new"]) == ("checked", 2)
    assert plain("* 甲\n：") == "甲"


def test_a_title_above_the_heads_asks_for_the_columns(cast: Cast, client: Client) -> None:
    body = book(lambda made, page: (page.merge_range(0, 0, 0, 9, "天长市人口名册"), page.write_row(1, 0, HEADS),
                                    page.write_row(2, 0, [str(cell) for cell in row(1)])), heads=())  # fmt: skip
    sent = send(cast, body, name="名册.xlsx")
    assert sent.state == "mapping"
    page = client.get(page_of(sent)).content.decode()
    assert "第 2 列（如 性*别、*）" in page


def test_only_the_actors_columns_within_the_list_are_kept(cast: Cast, strange: RegisterImport) -> None:
    done = mapped(cast, strange, name=0, village=2, paper=1, phone=99, door=-1, nonsense=1)
    assert done.columns == {"name": 0, "village": 2, "paper": 1}
    with pytest.raises(Invalid, match="请指明"):
        mapped(cast, done, name=0, village=99)


def test_who_may_not_and_when_it_may_not(cast: Cast, strange: RegisterImport) -> None:
    said: dict[str, Any] = {
        "sent": strange,
        "version": strange.version,
        "columns": {"name": 0, "village": 2, "paper": 1},
    }
    with pytest.raises(Forbidden):
        services.import_map(actor=cast.actor("grid_worker"), **said)
    with pytest.raises(Stale):
        services.import_map(actor=cast.actor("township_officer"), **{**said, "version": 99})
    done = apply(cast, mapped(cast, strange, name=0, village=2, paper=1))
    with pytest.raises(Conflict, match="现在不能改列对应"):
        services.import_map(actor=cast.actor("township_officer"), **{**said, "sent": done, "version": done.version})


@pytest.mark.parametrize("body", [b"%PDF-1.7", csv_bytes([row(1)])])
def test_the_page_of_a_list_that_cannot_be_mapped_changes_nothing(cast: Cast, client: Client, body: bytes) -> None:
    sent = send(cast, body)
    if sent.state == "checked":
        sent = apply(cast, sent)
    assert client.get(page_of(sent)).status_code == 200
    answer = client.post(page_of(sent), {"version": sent.version, "name": "0", "village": "5"})
    assert answer.status_code in (409, 422)
    assert RegisterImport.objects.get().state == sent.state


def test_the_same_key_maps_once(cast: Cast, strange: RegisterImport) -> None:
    actor, columns = cast.actor("township_officer"), {"name": 0, "village": 2, "paper": 1}
    for _twice in range(2):
        services.import_map(actor=actor, sent=strange, version=strange.version, columns=columns, key="once")
    assert Entry.objects.filter(code="people.import.mapped").count() == 1
    with pytest.raises(Invalid, match="重复提交标识"):
        services.import_map(
            actor=actor, sent=strange, version=strange.version, columns={"name": 1, "village": 2}, key="once"
        )


def test_mapping_again_makes_old_bad_rows_new_ones(cast: Cast, client: Client) -> None:
    sent = send(cast, csv_bytes([row(1, 联系电话="1"), row(2)]))
    assert [fault.column for fault in sent.faults.all()] == ["联系电话"]
    columns = {name: at for name, at in sent.columns.items() if name not in ("phone", "relation")}
    again = mapped(cast, sent, **columns, phone=sent.columns["relation"])
    assert [fault.column for fault in again.faults.order_by("number")] == ["联系电话", "联系电话"]
    assert again.counts["columns"] == {"联系电话": 2}
