"""Tampering of every kind, each named; and the innocent, of which none is."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.transaction import atomic

from shanzhi.lib.merkle import root
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.bundle import bundle_path
from shanzhi.trail.findings import KEPT, Report
from shanzhi.trail.models import Check, Entry, Salt, Seal, SealItem
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.services import forget, record, record_bulk
from shanzhi.trail.tests.factories import START, change, make_event, person, recorded_event
from shanzhi.trail.tests.tampering import tamper
from shanzhi.trail.verifying import store_check, verify_county

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("counties", "events")]
A = 341181


def findings() -> list[str]:
    return verify_county(A).findings


def sealed(count: int = 3) -> list[tuple[OutboxEvent, Entry]]:
    """Recorded rows, all under seal 1."""
    with county(A):
        pairs = [recorded_event(n) for n in range(count)]
    seal_county(A, at=START)
    return pairs


def rewritten(entry: Entry, **fields: object) -> Entry:
    """Change an entry and its leaf, as somebody would who knows how leaves are made."""
    for name, value in fields.items():
        setattr(entry, name, value)
    entry.leaf = entry.computed_leaf()
    statement = "UPDATE trail_entry SET actor_id = %s, leaf = %s WHERE county_id = %s AND id = %s"
    assert tamper("trail_entry", statement, (entry.actor_id, entry.leaf, A, entry.id)) == 1
    return entry


def test_an_untouched_trail_has_no_findings() -> None:
    sealed()
    with county(A):
        recorded_event(9)
    report = verify_county(A)
    assert report.findings == []
    assert report.clean
    assert (report.entries, report.objects, report.seals, report.erased) == (4, 4, 1, 0)


def test_a_changed_row_is_named() -> None:
    pairs = sealed()
    row, entry = pairs[1]
    change(row, subject_id=99)
    (sentence,) = findings()
    assert str(row.id) in sentence
    assert str(entry.id) in sentence
    assert "的内容被改动，与最近一次留痕" in sentence


def test_a_changed_entry_is_named() -> None:
    _, entry = sealed()[2]
    statement = "UPDATE trail_entry SET actor_id = 8 WHERE county_id = %s AND id = %s"
    assert tamper("trail_entry", statement, (A, entry.id)) == 1
    (sentence,) = findings()
    assert f"留痕记录 {entry.id}" in sentence
    assert "与它的校验值不符" in sentence


def test_a_changed_entry_with_its_leaf_is_named_with_its_seal() -> None:
    _, entry = sealed()[0]
    rewritten(entry, actor_id=8)
    (sentence,) = findings()
    assert f"留痕记录 {entry.id}" in sentence
    assert "第 1 号封存之后被改动" in sentence


def test_a_removed_sealed_entry_is_named_and_so_is_its_object() -> None:
    row, entry = sealed()[1]
    assert tamper("trail_entry", "DELETE FROM trail_entry WHERE county_id = %s AND id = %s", (A, entry.id)) == 1
    removed, orphan = findings()
    assert removed == f"第 1 号封存的第 2 条留痕记录 {entry.id} 已被删除。"
    assert str(row.id) in orphan
    assert "没有任何留痕" in orphan


def test_a_changed_entry_leaf_and_item_leave_the_seal() -> None:
    _, entry = sealed()[0]
    rewritten(entry, actor_id=8)
    statement = "UPDATE trail_sealitem SET leaf = %s WHERE county_id = %s AND entry_id = %s"
    assert tamper("trail_sealitem", statement, (bytes(entry.leaf), A, entry.id)) == 1
    (sentence,) = findings()
    assert "第 1 号封存的清单与它的汇总校验值不符" in sentence


def test_a_chain_rewritten_whole_differs_from_the_copy_outside() -> None:
    _, entry = sealed()[0]
    rewritten(entry, actor_id=8)
    tamper(
        "trail_sealitem",
        "UPDATE trail_sealitem SET leaf = %s WHERE county_id = %s AND entry_id = %s",
        (bytes(entry.leaf), A, entry.id),
    )
    with county(A):
        seal = Seal.objects.get()
        leaves = SealItem.objects.order_by("position").values_list("leaf", flat=True)
        seal.root = root([bytes(leaf) for leaf in leaves])
    seal.digest = seal.computed_digest()
    tamper(
        "trail_seal",
        "UPDATE trail_seal SET root = %s, digest = %s WHERE county_id = %s AND number = 1",
        (bytes(seal.root), bytes(seal.digest), A),
    )
    assert findings() == ["第 1 号封存与库外存底不符，封存在库内被整体改写。"]


def test_a_changed_seal_breaks_its_digest_and_the_next_link() -> None:
    sealed()
    with county(A):
        recorded_event(8)
    seal_county(A, at=START)
    tamper("trail_seal", "UPDATE trail_seal SET digest = root WHERE county_id = %s AND number = 1", (A,))
    assert findings() == [
        "第 1 号封存的内容被改动，与它自己的校验值不符。",
        "第 2 号封存没有接上第 1 号封存，其中一个被改动。",
        "第 1 号封存与库外存底不符，封存在库内被整体改写。",
    ]


def test_removed_items_are_counted() -> None:
    _, entry = sealed()[1]
    tamper("trail_sealitem", "DELETE FROM trail_sealitem WHERE county_id = %s AND entry_id = %s", (A, entry.id))
    assert "第 1 号封存的清单被改动：封存时 3 条，现有 2 条。" in findings()


def test_removed_seals_are_named_by_chain_and_by_bundle() -> None:
    for number in range(3):
        with county(A):
            recorded_event(number)
        seal_county(A, at=START)
    for table, where in (("trail_sealitem", "seal_id IN (SELECT id FROM trail_seal WHERE "), ("trail_seal", "(")):
        if table == "trail_sealitem":
            with county(A):
                ids = tuple(Seal.objects.filter(number__in=(1, 3)).values_list("id", flat=True))
            tamper(table, "DELETE FROM trail_sealitem WHERE seal_id IN (%s, %s)", ids)
        else:
            assert where
            tamper(table, "DELETE FROM trail_seal WHERE number IN (1, 3)")
    assert findings() == ["第 1 号封存已被删除。", "第 3 号封存已被删除，库外存底里有这一号。"]


def test_a_row_written_past_the_services_is_named() -> None:
    with county(A), atomic():
        row = make_event()
    (sentence,) = findings()
    assert str(row.id) in sentence
    assert "没有任何留痕，是绕过系统写入的" in sentence


def test_a_removed_row_is_named_with_its_last_entry() -> None:
    row, entry = sealed()[0]
    with county(A), atomic():
        OutboxEvent.objects.filter(id=row.id).delete()
    (sentence,) = findings()
    assert f"（编号 {row.id}）已被删除，没有删除的留痕" in sentence
    assert str(entry.id) in sentence


def test_a_lawful_deletion_is_counted_and_no_finding() -> None:
    row, _ = sealed()[0]
    with county(A), atomic():
        forget(actor=person(), code="test.thing.erased", obj=row, at=START)
        OutboxEvent.objects.filter(id=row.id).delete()
    report = verify_county(A)
    assert (report.findings, report.erased) == ([], 1)


def test_data_that_was_only_said_to_be_deleted_is_named() -> None:
    row, _ = sealed()[0]
    with county(A), atomic():
        forget(actor=person(), code="test.thing.erased", obj=row, at=START)
    (sentence,) = findings()
    assert str(row.id) in sentence
    assert "已登记依法删除，数据却还在" in sentence


def test_a_removed_salt_does_not_pass_for_a_lawful_deletion() -> None:
    row, _ = sealed()[0]
    with county(A), atomic():
        Salt.objects.filter(object_id=row.id).delete()
    (sentence,) = findings()
    assert "没有依法删除的留痕，内容无法核对" in sentence


def test_the_newest_entry_counts_single_or_bulk() -> None:
    with county(A), atomic():
        rows = [recorded_event(n)[0] for n in range(4)]
        for row in rows:
            row.subject_id += 100
            row.save()
        record_bulk(actor=person(), code="test.things.moved", objs=rows[:3], at=START)
        record(actor=person(), code="test.thing.moved", obj=rows[3], at=START)
        rows[0].subject_id = 500
        rows[0].save()
        record(actor=person(), code="test.thing.moved", obj=rows[0], at=START)
    seal_county(A, at=START)
    assert findings() == []
    change(rows[1], subject_id=2)
    (sentence,) = findings()
    assert str(rows[1].id) in sentence


def test_a_bulk_entry_whose_members_were_changed_or_removed_is_named() -> None:
    with county(A), atomic():
        rows = [make_event(n) for n in range(3)]
        (entry,) = record_bulk(actor=person(), code="test.things.made", objs=rows, at=START)
    tamper("trail_batch", "UPDATE trail_batch SET members = %s WHERE entry_id = %s", (b"\x00" * 45, entry.id))
    assert f"留痕记录 {entry.id}" in findings()[0]
    assert "的明细被改动" in findings()[0]
    tamper("trail_batch", "DELETE FROM trail_batch WHERE entry_id = %s", (entry.id,))
    found = findings()
    assert "的明细已被删除" in found[0]
    assert len(found) == 4  # and each of its rows has no entry any more


def test_removed_members_of_a_bulk_entry_are_named() -> None:
    with county(A), atomic():
        rows = [make_event(n) for n in range(3)]
        record_bulk(actor=person(), code="test.things.made", objs=rows, at=START)
        OutboxEvent.objects.filter(id=rows[2].id).delete()
    (sentence,) = findings()
    assert f"（编号 {rows[2].id}）已被删除" in sentence


def test_other_bundles_are_compared_line_by_line(tmp_path: Path) -> None:
    for number in range(3):
        with county(A):
            recorded_event(number)
        seal_county(A, at=START)
    lines = bundle_path(A).read_text().splitlines(keepends=True)
    other = tmp_path / "from-above.jsonl"
    assert verify_county(A, bundle=other).findings == ["没有找到库外存底文件 from-above.jsonl，请核对文件位置。"]
    other.write_text(lines[0] + lines[2])
    assert verify_county(A, bundle=other).findings == ["库外存底缺少第 2 号封存，存底文件被改动。"]
    other.write_text("{}\n")
    assert "读不懂" in verify_county(A, bundle=other).findings[0]
    other.write_text(lines[0])
    assert verify_county(A, bundle=other).clean  # newer seals are not copied yet
    bundle_path(A).unlink()
    assert "无法与库外核对" in findings()[0]


def test_another_county_is_not_looked_at() -> None:
    with county(410927), atomic():
        make_event()
    assert verify_county(A).clean
    assert not verify_county(410927).clean


def test_the_outcome_is_kept(counties: dict[int, County]) -> None:
    sealed()
    with county(A), atomic():
        store_check(verify_county(A), started_at=START, ended_at=START)
        kept = Check.objects.get()
        assert (kept.entries, kept.objects_checked, kept.seals, kept.finding_count) == (3, 3, 1, 0)


def test_only_the_first_thousand_findings_are_kept_but_all_are_counted() -> None:
    report = Report(A)
    for number in range(KEPT + 5):
        report.add(str(number))
    assert (len(report.findings), report.total) == (KEPT, KEPT + 5)


def test_the_command_names_what_it_found_and_exits_with_1() -> None:
    row, _ = sealed()[0]
    out = StringIO()
    call_command("verify_trail", county=A, stdout=out)
    assert "全部相符" in out.getvalue()
    change(row, subject_id=77)
    out = StringIO()
    with pytest.raises(SystemExit) as exited:
        call_command("verify_trail", stdout=out)
    assert exited.value.code == 1
    assert str(row.id) in out.getvalue()
    assert "341181：核对 3 条留痕、3 项内容、1 号封存，发现 1 个问题。" in out.getvalue()
    with pytest.raises(CommandError, match="六位代码"):
        call_command("verify_trail", county=999999)


def test_the_command_compares_with_a_bundle_from_elsewhere(tmp_path: Path) -> None:
    sealed()
    kept = tmp_path / "kept-by-the-city.jsonl"
    kept.write_text(bundle_path(A).read_text())
    out = StringIO()
    call_command("verify_trail", county=A, bundle=kept, stdout=out)
    assert "全部相符" in out.getvalue()
    kept.write_text(kept.read_text().replace('"digest": "', '"digest": "00'))
    with pytest.raises(SystemExit):
        call_command("verify_trail", county=A, bundle=kept, stdout=out)
    assert "第 1 号封存与库外存底不符" in out.getvalue()


def test_progress_is_told_as_it_goes() -> None:
    sealed(4)
    with county(A):
        recorded_event(9)
    told: list[tuple[int, int]] = []
    verify_county(A, progress=lambda done, total: told.append((done, total)))
    assert told == [(4, 5), (5, 5)]
