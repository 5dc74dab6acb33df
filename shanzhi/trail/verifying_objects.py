"""The second half of the verifier: is each tracked row what the newest entry about it says?

An object's newest entry is the one with the highest version, then the highest id; it stands alone or is a member of a
bulk entry. Rows are read in steps in the order of their ids, so memory does not grow with the county.
"""

import struct
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.db.models import Exists, OuterRef

from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import CountyModel
from shanzhi.trail.findings import Report, entry_name, moment
from shanzhi.trail.members import Member, members_root, unpack
from shanzhi.trail.models import Batch, Entry
from shanzhi.trail.selectors import salts_of
from shanzhi.trail.trails import ERASED, TRACKED, Tracked, code_label

STEP: Final = 1_000
CACHED_BATCHES: Final = 64


class Newest(NamedTuple):
    """What the trail says last about an object."""

    version: int
    entry_id: int
    digest: bytes


def check_batch(report: Report, entry: Entry, batch: Batch | None) -> None:
    """The members of a bulk entry against its digest."""
    if batch is None:
        report.add(f"{entry_name(entry)}的明细已被删除。")
    elif members_root(bytes(batch.members)) != bytes(entry.digest):
        report.add(f"{entry_name(entry)}的明细被改动，与它的校验值不符。")


class _Batches:
    """Bulk members by object type and id range, the last few batches kept unpacked."""

    def __init__(self) -> None:
        self._unpacked: OrderedDict[int, dict[int, Member]] = OrderedDict()

    def newest(self, known: Tracked, ids: Sequence[int], into: dict[int, Newest]) -> None:
        touching = Batch.objects.filter(object_type=known.type, first_id__lte=max(ids), last_id__gte=min(ids))
        for batch_id, entry_id in touching.values_list("id", "entry_id"):
            members = self._members(batch_id)
            for object_id in ids:
                member = members.get(object_id)
                if member is not None:
                    _keep(into, object_id, Newest(member.version, entry_id, member.digest))

    def _members(self, batch_id: int) -> dict[int, Member]:
        if batch_id not in self._unpacked:
            data = bytes(Batch.objects.values_list("members", flat=True).get(id=batch_id))
            try:
                self._unpacked[batch_id] = {member.object_id: member for member in unpack(data)}
            except struct.error:  # cut short: check_batch has named the entry
                self._unpacked[batch_id] = {}
            if len(self._unpacked) > CACHED_BATCHES:
                self._unpacked.popitem(last=False)
        self._unpacked.move_to_end(batch_id)
        return self._unpacked[batch_id]


def _keep(into: dict[int, Newest], object_id: int, candidate: Newest) -> None:
    known = into.get(object_id)
    if known is None or candidate[:2] > known[:2]:
        into[object_id] = candidate


def check_objects(report: Report) -> None:
    """Every row of every tracked model, then every object that has entries but no row."""
    for known in list(TRACKED.values()):
        batches = _Batches()
        last = 0
        while True:
            with county(report.county_id):
                rows = list(known.model.objects.filter(id__gt=last).order_by("id")[:STEP])
                if not rows:
                    break
                _check_rows(report, known, rows, batches)
            last = rows[-1].id
        with county(report.county_id):
            _check_missing(report, known, batches)


def _newest(known: Tracked, ids: Sequence[int], batches: _Batches) -> dict[int, Newest]:
    newest: dict[int, Newest] = {}
    found = Entry.objects.filter(object_type=known.type, object_id__in=ids)
    for object_id, version, entry_id, digest in found.values_list("object_id", "version", "id", "digest"):
        _keep(newest, object_id, Newest(version, entry_id, bytes(digest)))
    batches.newest(known, ids, newest)
    return newest


def _check_rows(report: Report, known: Tracked, rows: Sequence[CountyModel], batches: _Batches) -> None:
    ids = [row.id for row in rows]
    newest, salts = _newest(known, ids, batches), salts_of(known.type, ids)
    for row in rows:
        report.objects += 1
        if not _agrees(known, row, newest.get(row.id), salts.get(row.id)):
            _explain(report, known, row.id, batches)
    for sentence in known.also(rows) if known.also else ():
        report.add(sentence)


def _agrees(known: Tracked, row: CountyModel, newest: Newest | None, salt: bytes | None) -> bool:
    return newest is not None and salt is not None and known.digest(row, salt) == newest.digest


def _explain(report: Report, known: Tracked, object_id: int, batches: _Batches) -> None:
    """Look again at one object that did not agree: somebody may have changed and recorded it in between.

    A change and its entry are committed together, so if the newest entry is the same before and after the row was
    read, the row is really not what it says.
    """
    while True:
        before = _newest(known, [object_id], batches).get(object_id)
        row = known.model.objects.filter(id=object_id).first()
        salt = salts_of(known.type, [object_id]).get(object_id)
        after = _newest(known, [object_id], batches).get(object_id)
        if before == after:
            break
    if row is None or _agrees(known, row, after, salt):
        return
    if after is None:
        report.add(f"{known.name(row)}没有任何留痕，是绕过系统写入的。")
    elif after.digest == ERASED:
        report.add(f"{known.name(row)}已登记依法删除，数据却还在，请核实后删除。")
    elif salt is None:
        report.add(f"{known.name(row)}的校验密值被删除，没有依法删除的留痕，内容无法核对。")
    else:
        report.add(f"{known.name(row)}的内容被改动，与最近一次留痕（{_entry_words(after.entry_id)}）不符。")


def _entry_words(entry_id: int) -> str:
    entry = Entry.objects.filter(id=entry_id).first()
    if entry is None:
        return f"记录 {entry_id}"
    return f"记录 {entry.id}，{code_label(entry.code)}，{moment(entry.at)}"


def _check_missing(report: Report, known: Tracked, batches: _Batches) -> None:
    rows = known.model.objects.filter(county_id=OuterRef("county_id"), id=OuterRef("object_id"))
    single = Entry.objects.filter(~Exists(rows), object_type=known.type, size=0)
    gone = set(single.values_list("object_id", flat=True))
    for data in Batch.objects.filter(object_type=known.type).order_by("id").values_list("members", flat=True):
        gone |= _without_row(known, bytes(data))
    ordered = sorted(gone)
    for start in range(0, len(ordered), STEP):
        part = ordered[start : start + STEP]
        for object_id, newest in sorted(_newest(known, part, batches).items()):
            if newest.digest == ERASED:
                report.erased += 1
            elif not known.model.objects.filter(id=object_id).exists():
                report.add(
                    f"{known.label}（编号 {object_id}）已被删除，没有删除的留痕；"
                    f"最近一次留痕是{_entry_words(newest.entry_id)}。"
                )


def _without_row(known: Tracked, data: bytes) -> set[int]:
    try:
        ids = [member.object_id for member in unpack(data)]
    except struct.error:
        return set()
    return set(ids) - set(known.model.objects.filter(id__in=ids).values_list("id", flat=True))
