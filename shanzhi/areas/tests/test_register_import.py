"""The whole register from a file: what changes, what does not, and what a kill in the middle leaves behind."""

import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.areas.models import Division
from shanzhi.areas.services import register as register_module
from shanzhi.areas.services.register import known_load, register_import
from shanzhi.areas.source import source_open
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    OURS,
    REGISTER,
    XIAOGUAN,
    YANGCUN,
    changed,
    csv_bytes,
    load,
    opener,
    register_rows,
)

pytestmark = pytest.mark.django_db


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""


def counts(outcome: Any) -> tuple[int, int, int, int]:
    found = outcome.counts
    return found.new, found.changed, found.same, found.bad


def test_a_dry_run_counts_and_writes_nothing() -> None:
    assert counts(load(dry_run=True)) == (len(REGISTER), 0, 0, 0)
    assert register_rows() == []


def test_an_import_writes_and_the_same_again_changes_nothing() -> None:
    assert counts(load()) == (len(REGISTER), 0, 0, 0)
    before = register_rows()
    assert counts(load()) == (0, 0, len(REGISTER), 0)
    assert register_rows() == before


def test_the_same_file_is_not_written_again(django_assert_max_num_queries: Any) -> None:
    load()
    with django_assert_max_num_queries(4) as queries:
        load()
    assert not [query for query in queries.captured_queries if "INSERT" in query["sql"]]


def test_kinds_are_derived_and_never_a_reason_to_refuse() -> None:
    load(changed(REGISTER, ("341181104999", "开发区管委会", "village", YANGCUN)))
    kinds = dict(Division.objects.filter(level="village").values_list("code", "kind"))
    assert (kinds[XIAOGUAN], kinds[BEIDANG], kinds["341181104999"]) == ("residents", "villagers", "other")
    assert set(Division.objects.exclude(level="village").values_list("kind", flat=True)) == {""}


def test_new_names_and_parents_are_changes() -> None:
    load()
    rows = changed(
        REGISTER, (XIAOGUAN, "小关居委会", "village", YANGCUN), (BEIDANG, "北荡村", "village", "341181111000")
    )
    assert counts(load(rows)) == (0, 2, len(REGISTER) - 2, 0)
    assert Division.objects.get(code=XIAOGUAN).name == "小关居委会"
    assert Division.objects.get(code=BEIDANG).parent_code == "341181111000"


def test_good_rows_go_in_beside_bad_ones() -> None:
    rows = changed(REGISTER, (XIAOGUAN, "", "village", YANGCUN), ("341181104x", "坏村", "village", YANGCUN))
    outcome = load(rows)
    assert counts(outcome) == (len(REGISTER) - 1, 0, 0, 2)
    assert [fault.number for fault in outcome.faults] == [9, len(REGISTER) + 2]
    assert not Division.objects.filter(code=XIAOGUAN).exists()
    assert counts(load()) == (1, 0, len(REGISTER) - 1, 0)


def test_rows_that_the_file_does_not_name_stay_as_they_are() -> None:
    load()
    load(OURS[:3])
    assert Division.objects.count() == len(REGISTER)
    assert set(Division.objects.values_list("status", flat=True)) == {"current"}


def test_an_abolished_code_is_refused_along_the_chain_of_successors() -> None:
    load()
    Division.objects.filter(code=BEIDANG).update(status="abolished", successor_code=XIAOGUAN)
    Division.objects.filter(code=XIAOGUAN).update(status="abolished", successor_code="341181111200")
    gone = known_load().gone
    assert (gone[BEIDANG].successor_code, gone[BEIDANG].successor_name) == ("341181111200", "广陵村")
    outcome = load()
    assert [fault.sentence for fault in outcome.faults] == [
        f"小关社区（{XIAOGUAN}）已撤销，并入广陵村（341181111200），请改用新代码",
        f"北荡村（{BEIDANG}）已撤销，并入广陵村（341181111200），请改用新代码",
    ]


def test_successors_that_run_in_a_circle_end_in_nothing() -> None:
    load()
    Division.objects.filter(code=BEIDANG).update(status="abolished", successor_code=XIAOGUAN)
    Division.objects.filter(code=XIAOGUAN).update(status="abolished", successor_code=BEIDANG)
    assert known_load().gone[BEIDANG].advice() == "已撤销，请删去本行"


def test_progress_runs_to_the_last_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_module, "BATCH", 4)
    seen: list[tuple[int, int]] = []
    register_import(
        source_open(opener(csv_bytes(REGISTER))), dry_run=False, progress=lambda done, total: seen.append((done, total))
    )
    last = len(REGISTER)
    assert seen[0] == (4, last)
    assert seen[-1] == (last, last)
    assert seen == sorted(seen)


class Killed(Exception):
    """Stands for a process that is gone."""


@pytest.mark.parametrize("survived", [0, 1, 2, 3])
def test_killed_anywhere_and_begun_again_it_ends_the_same(monkeypatch: pytest.MonkeyPatch, survived: int) -> None:
    monkeypatch.setattr(register_module, "BATCH", 4)
    left = [survived]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    source = source_open(opener(csv_bytes(REGISTER)))
    with pytest.raises(Killed):
        register_import(source, dry_run=False, progress=quiet, check=check)
    assert Division.objects.count() == min(4 * survived, len(REGISTER))
    outcome = load()
    assert outcome.counts.new + outcome.counts.same == len(REGISTER)
    assert Division.objects.count() == len(REGISTER)


CODES = [f"341181{town:03d}{village:03d}" for town in (100, 101, 102) for village in (0, 1, 200, 201)]


@st.composite
def registers(draw: st.DrawFn) -> list[list[str]]:
    """Files below one county with good and bad rows in any order, codes twice among them."""
    rows = [list(row) for row in REGISTER[:2]] + [list(OURS[0])]
    for code in draw(st.lists(st.sampled_from(CODES), max_size=15)):
        level = "township" if code.endswith("000") else "village"
        parent = COUNTY if level == "township" else draw(st.sampled_from([f"{code[:9]}000", COUNTY, "341181100000"]))
        rows.append([code, draw(st.sampled_from(["甲", "乙", "", "丙" * 61])), level, parent])
    return rows


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(registers())
def test_whatever_the_file_twice_is_as_good_as_once(rows: list[list[str]]) -> None:
    Division.objects.all().delete()
    dry = load(rows, dry_run=True)
    first = load(rows)
    once = register_rows()
    second = load(rows)
    assert register_rows() == once
    assert dry.counts == first.counts
    assert (second.counts.new, second.counts.changed) == (0, 0)
    assert second.counts.same == len(once)
    assert second.counts.bad <= first.counts.bad
    assert first.counts.new + first.counts.bad == len(rows)


def test_twenty_thousand_rows_a_second_with_room_for_a_busy_machine() -> None:
    """The bench measures the real rate; this only catches an import that fell back to one statement a row."""
    towns = [(f"341181{town:03d}000", f"{town}镇", "township", COUNTY) for town in range(100, 150)]
    villages = [
        (f"{town[0][:9]}{number:03d}", f"{number}村", "village", town[0])
        for town in towns
        for number in range(200, 500)
    ]
    data = csv_bytes([*REGISTER[:2], OURS[0], *towns, *villages])
    began = time.perf_counter()
    outcome = register_import(source_open(opener(data)), dry_run=False, progress=quiet)
    rate = outcome.counts.rows / (time.perf_counter() - began)
    assert outcome.counts.new == 15_053
    assert rate > 5_000


def test_the_command_reports_in_chinese(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes(csv_bytes(REGISTER, encoding="gbk"))
    call_command("import_divisions", str(file), "--dry-run")
    said = capsys.readouterr().out
    assert "GBK" in said
    assert f"检查完毕，没有写入：共 {len(REGISTER)} 行，新增 {len(REGISTER)}，更改 0，相同 0，有错 0" in said
    assert Division.objects.count() == 0
    call_command("import_divisions", str(file))
    assert "导入完毕" in capsys.readouterr().out
    assert Division.objects.count() == len(REGISTER)


def test_the_command_gives_bad_rows_back_to_mend(tmp_path: Path, capsys: Any) -> None:
    file, errors = tmp_path / "d.csv", tmp_path / "bad.csv"
    file.write_bytes(csv_bytes(changed(REGISTER, (XIAOGUAN, "", "village", YANGCUN))))
    call_command("import_divisions", str(file), "--errors", str(errors))
    assert "第 9 行 名称：名称没有填，请补上" in capsys.readouterr().out
    text = errors.read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "code,name,level,parent_code,行号,错在,怎么改"
    errors.write_text(text.replace(f"{XIAOGUAN},,", f"{XIAOGUAN},小关社区,"), encoding="utf-8-sig")
    call_command("import_divisions", str(errors))
    assert "新增 1，更改 0，相同 0，有错 0" in capsys.readouterr().out
    assert Division.objects.get(code=XIAOGUAN).name == "小关社区"


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "文件是空的"), (b"PK\x03\x04abc", "这是 Excel 工作簿"), (b"a;b;c\n1;2;3\n", "列与列之间用的是分号")],
)
def test_the_command_refuses_a_wrong_file_in_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes(data)
    with pytest.raises(CommandError, match=words):
        call_command("import_divisions", str(file))


def test_the_command_says_when_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="找不到文件"):
        call_command("import_divisions", str(tmp_path / "none.csv"))


def test_many_faults_are_summed_up(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "d.csv"
    file.write_bytes(csv_bytes([*REGISTER, *[("1", "村", "village", YANGCUN)] * 30]))
    call_command("import_divisions", str(file))
    assert "……另有 10 行有错。" in capsys.readouterr().out


def test_the_register_is_read_by_its_indexes() -> None:
    load()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN SELECT code FROM areas_division WHERE status = 'current' AND NOT level = 'village'")
            assert "division_upper" in "\n".join(row[0] for row in cursor.fetchall())
