"""The verifier: recomputes the whole trail of a county from its columns and says what does not agree.

Columns → leaf, items → entries, items → root, seal → seal before, seals → their copies outside the database, and the
newest entry of each object → its row (`verifying_objects`). It changes nothing and may run beside writers.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db.models import Exists, OuterRef

from shanzhi.lib.merkle import root
from shanzhi.tenancy.context import county
from shanzhi.trail.bundle import bundle_path, read_bundle
from shanzhi.trail.findings import Report, entry_name
from shanzhi.trail.models import Batch, Check, Entry, Seal, SealItem
from shanzhi.trail.sealing import GENESIS
from shanzhi.trail.verifying_objects import check_batch, check_objects

STEP: Final = 2_000
Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """For callers that show no progress."""


def verify_county(county_id: int, *, bundle: Path | None = None, progress: Progress = _silent) -> Report:
    """Verify one county; `bundle` defaults to the copies in the own var folder, if there are any."""
    report = Report(county_id)
    path = bundle or bundle_path(county_id)
    with county(county_id, atomic=False):
        with county(county_id):
            total = Entry.objects.count()
        copied = _copied(report, path)  # before the seals: what is sealed meanwhile must not look removed
        seals = _chain(report)
        _compare(report, seals, copied, path, required=bundle is not None)
        for seal in seals:
            _sealed(report, seal)
            progress(report.entries, total)
        _loose(report, [seal.number for seal in seals])
        progress(report.entries, total)
        check_objects(report)
    return report


def store_check(report: Report, *, started_at: datetime, ended_at: datetime) -> Check:
    """Keep the outcome for the audit administrator's page; call it inside the county and a transaction."""
    return Check.objects.create(
        started_at=started_at,
        ended_at=ended_at,
        entries=report.entries,
        objects_checked=report.objects,
        seals=report.seals,
        erased=report.erased,
        finding_count=report.total,
        findings=report.findings,
    )


def _chain(report: Report) -> list[Seal]:
    with county(report.county_id):
        seals = list(Seal.objects.order_by("number"))
    report.seals = len(seals)
    expected, previous = 1, GENESIS
    for seal in seals:
        for number in range(expected, seal.number):
            report.add(f"第 {number} 号封存已被删除。")
        if bytes(seal.digest) != seal.computed_digest():
            report.add(f"第 {seal.number} 号封存的内容被改动，与它自己的校验值不符。")
        if seal.number == expected and bytes(seal.previous) != previous:
            report.add(f"第 {seal.number} 号封存没有接上第 {seal.number - 1} 号封存，其中一个被改动。")
        expected, previous = seal.number + 1, bytes(seal.digest)
    return seals


def _copied(report: Report, path: Path) -> dict[int, str] | None:
    """Digests by number from the copies outside; None when there is no file or it can't be read."""
    if not path.exists():
        return None
    try:
        lines = [line for line in read_bundle(path) if line.get("county") == report.county_id]
    except ValueError as error:
        report.add(f"库外存底文件 {path.name} 读不懂：{error}。")
        return None
    return {int(line["number"]): str(line["digest"]) for line in lines}


def _compare(
    report: Report, seals: Sequence[Seal], copied: dict[int, str] | None, path: Path, *, required: bool
) -> None:
    """Seals against their copies; a seal newer than the newest copy is not yet copied, which is no fault."""
    if copied is None:
        if required and not path.exists():
            report.add(f"没有找到库外存底文件 {path.name}，请核对文件位置。")
        elif seals and not path.exists():
            report.add(f"库外存底文件 {path.name} 不存在，第 1 至 {seals[-1].number} 号封存无法与库外核对。")
        return
    here = {seal.number: seal for seal in seals}
    for number, digest in sorted(copied.items()):
        if number not in here:
            if number > max(here, default=0):
                report.add(f"第 {number} 号封存已被删除，库外存底里有这一号。")
        elif here[number].digest_hex != digest:
            report.add(f"第 {number} 号封存与库外存底不符，封存在库内被整体改写。")
    for number in here:
        if number not in copied and number < max(copied, default=0):
            report.add(f"库外存底缺少第 {number} 号封存，存底文件被改动。")


def _sealed(report: Report, seal: Seal) -> None:
    """The items of one seal against the seal and against the entries."""
    with county(report.county_id):
        items = list(SealItem.objects.filter(seal_id=seal.id).order_by("position").values_list("entry_id", "leaf"))
        if len(items) != seal.count:
            report.add(f"第 {seal.number} 号封存的清单被改动：封存时 {seal.count} 条，现有 {len(items)} 条。")
        if root([bytes(leaf) for _, leaf in items]) != bytes(seal.root):
            report.add(f"第 {seal.number} 号封存的清单与它的汇总校验值不符，清单或封存被改动。")
        for start in range(0, len(items), STEP):
            part = items[start : start + STEP]
            entries = Entry.objects.in_bulk([entry_id for entry_id, _ in part])
            for offset, (entry_id, leaf) in enumerate(part):
                entry = entries.get(entry_id)
                if entry is None:
                    report.add(f"第 {seal.number} 号封存的第 {start + offset + 1} 条留痕记录 {entry_id} 已被删除。")
                else:
                    _entry(report, entry, seal=seal, leaf=bytes(leaf))
            _batches(report, [entry for entry in entries.values() if entry.size])


def _entry(report: Report, entry: Entry, *, seal: Seal | None = None, leaf: bytes = b"") -> None:
    report.entries += 1
    if entry.computed_leaf() != bytes(entry.leaf):
        report.add(f"{entry_name(entry)}的内容被改动，与它的校验值不符。")
    elif seal is not None and leaf != bytes(entry.leaf):
        report.add(f"{entry_name(entry)}在第 {seal.number} 号封存之后被改动，内容与封存不符。")


def _batches(report: Report, entries: Sequence[Entry]) -> None:
    found = {batch.entry_id: batch for batch in Batch.objects.filter(entry_id__in=[entry.id for entry in entries])}
    for entry in entries:
        check_batch(report, entry, found.get(entry.id))


def _loose(report: Report, numbers: Sequence[int]) -> None:
    """Entries under no seal (yet): their leaves; items whose seal is gone are named with their seal already."""
    for part in _unsealed_parts(report.county_id):
        with county(report.county_id):
            for entry in part:
                _entry(report, entry)
            _batches(report, [entry for entry in part if entry.size])


def _unsealed_parts(county_id: int) -> Iterator[list[Entry]]:
    items = SealItem.objects.filter(county_id=OuterRef("county_id"), entry_id=OuterRef("id"))
    last = 0
    while True:
        with county(county_id):
            part = list(Entry.objects.filter(~Exists(items), id__gt=last).order_by("id")[:STEP])
        if not part:
            return
        yield part
        last = part[-1].id
