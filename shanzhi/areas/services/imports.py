"""A county's file of divisions: sent, checked in a job, applied in a job once a person has seen its effect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from django.core.files.base import File
from django.db.models import F
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.checking import Checker, Row
from shanzhi.areas.models import Area, DivisionImport, ImportFault
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.services import register
from shanzhi.areas.services.acting import actor_words, clean_day, edge, note, tree_lock
from shanzhi.areas.services.applying import plan_apply
from shanzhi.areas.services.planning import Inside, TreePlan, tree_load, tree_plan
from shanzhi.areas.source import Source, source_open
from shanzhi.files.models import StoredFile
from shanzhi.files.services import files_attach, upload_store
from shanzhi.jobs.models import Job
from shanzhi.jobs.services import enqueue
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

CHECK, APPLY = "areas.import_check", "areas.import_apply"
EVERY = 2_000
Progress = Callable[[int, int], None]
State = DivisionImport.State


def import_send(
    *, actor: Actor, upload: "File[bytes]", on: date, key: str | None = None, at: datetime | None = None
) -> DivisionImport:
    """Keep a file and have it checked; nothing of it takes effect yet. Call it outside of any transaction."""
    actor.require(MANAGE)
    at = edge(at)
    on = clean_day(on, at)
    file = upload_store(actor=actor, upload=upload, kind="upload", key=f"{key}.file" if key else None, at=at)
    with atomic():
        sent = DivisionImport(id=new_id(), file=file, name=file.name, effective_on=on, created_at=at)
        body = {"sha256": file.sha256, "on": on}
        earlier = claim(key=key, actor=actor, operation="areas.import", body=body, result_id=sent.id)
        if earlier is not None:
            return DivisionImport.objects.get(id=earlier)
        sent.created_by_name, sent.created_by_post = actor_words(actor)
        sent.job_id = new_id()
        sent.save()
        files_attach(actor=actor, ids=[file.id], owner=sent, limit=1)
        note(actor, "areas.import.sent", sent, at)
        enqueue(CHECK, actor=actor, args={"import_id": str(sent.id)}, at=at, job_id=sent.job_id)
        return sent


def import_apply(
    *, actor: Actor, sent: DivisionImport, version: int, key: str | None = None, at: datetime | None = None
) -> DivisionImport:
    """Have a checked file take effect; Conflict for one that is not checked, or was applied already."""
    actor.require(MANAGE)
    at = edge(at)
    with atomic():
        body = {"import": sent.id, "version": version}
        if claim(key=key, actor=actor, operation="areas.import_apply", body=body, result_id=sent.id) is not None:
            return DivisionImport.objects.get(id=sent.id)
        job_id = new_id()
        if sent.state != State.CHECKED:
            raise Conflict("这个文件现在不能导入，请刷新后看它的状态。", code="import_state")
        rows = DivisionImport.objects.filter(id=sent.id, version=version, state=State.CHECKED)
        if rows.update(version=F("version") + 1, state=State.APPLYING, job_id=job_id) != 1:
            raise Stale
        sent = DivisionImport.objects.get(id=sent.id)
        note(actor, "areas.import.started", sent, at)
        enqueue(APPLY, actor=actor, args={"import_id": str(sent.id)}, at=at, job_id=job_id)
        return sent


def import_resume(
    *, actor: Actor, sent: DivisionImport, version: int, key: str | None = None, at: datetime | None = None
) -> DivisionImport:
    """Begin the stopped or failed step again; Conflict while its job is still under way."""
    actor.require(MANAGE)
    at = edge(at)
    with atomic():
        body = {"import": sent.id, "version": version}
        if claim(key=key, actor=actor, operation="areas.import_resume", body=body, result_id=sent.id) is not None:
            return DivisionImport.objects.get(id=sent.id)
        job = Job.objects.filter(id=sent.job_id or 0).first()
        if not sent.is_working or (job is not None and job.is_open):
            raise Conflict("这个文件不需要重新开始，请刷新后看它的状态。", code="import_state")
        job_id = new_id()
        rows = DivisionImport.objects.filter(id=sent.id, version=version, state=sent.state)
        if rows.update(version=F("version") + 1, job_id=job_id) != 1:
            raise Stale
        sent = DivisionImport.objects.get(id=sent.id)
        note(actor, "areas.import.resumed", sent, at)
        kind = CHECK if sent.state == State.CHECKING else APPLY
        enqueue(kind, actor=actor, args={"import_id": str(sent.id)}, at=at, job_id=job_id)
        return sent


@dataclass(slots=True)
class _Reading:
    source: Source
    checker: Checker
    rows: list[Row]
    outside: int


def import_check_run(*, import_id: int, actor: Actor, at: datetime, progress: Progress) -> DivisionImport:
    """What the checking job does: read the whole file, keep its bad rows and what it would change. Repeatable."""
    with atomic():
        sent = DivisionImport.objects.select_related("file").get(id=import_id)
        tree = tree_load()
    if sent.state != State.CHECKING:
        return sent
    try:
        reading = _read(sent.file, tree, progress)
    except Invalid as fault:
        with atomic():
            return _finish(sent, actor, "areas.import.refused", at, state=State.REFUSED, problem=fault.message)
    plan = tree_plan(reading.rows, tree)
    counts = _counts(register.rows_compare(reading.rows), reading, plan)
    with atomic():
        ImportFault.objects.filter(source=sent).delete()
        found = [
            ImportFault(source=sent, number=one.number, column=one.column, sentence=one.sentence, raw=one.raw)
            for one in reading.checker.faults
        ]
        ImportFault.objects.bulk_create(found, batch_size=500)
        return _finish(
            sent,
            actor,
            "areas.import.checked",
            at,
            state=State.CHECKED,
            counts=counts,
            plan=plan.as_json(),
            notes=list(reading.source.notes),
            header=list(reading.source.header),
        )


def import_apply_run(*, import_id: int, actor: Actor, at: datetime, progress: Progress) -> DivisionImport:
    """What the importing job does: read again, then change register and tree in one transaction, all or nothing."""
    with atomic():
        sent = DivisionImport.objects.select_related("file").get(id=import_id)
        tree = tree_load()
    if sent.state != State.APPLYING:
        return sent
    reading = _read(sent.file, tree, progress)
    with atomic():
        tree_lock()
        tree = tree_load()
        plan = tree_plan(reading.rows, tree)
        counts = _counts(register.rows_put(reading.rows), reading, plan)
        plan_apply(plan, tree, actor=actor, on=sent.effective_on, reason=f"按文件“{sent.name}”导入", at=at)
        return _finish(
            sent, actor, "areas.import.applied", at,
            state=State.APPLIED, counts=counts, plan=plan.as_json(), applied_at=at,
        )  # fmt: skip


def _read(file: StoredFile, tree: list[Area], progress: Progress) -> _Reading:
    source = source_open(lambda: _open(file))
    known = register.known_load()
    known.levels.update({area.code: area.level for area in tree if area.level != Area.Level.VILLAGE})
    known.standing = frozenset(area.code for area in tree if area.level == Area.Level.COUNTY)
    inside = Inside(tree)
    reading = _Reading(source, Checker(source, known), [], 0)
    for row in reading.checker.rows():
        if inside.holds(row):
            reading.rows.append(row)
        else:
            reading.outside += 1
        if row.number % EVERY == 0:
            progress(row.number - 1, source.size)
    progress(source.size, source.size)
    return reading


def _open(file: StoredFile) -> BinaryIO:
    try:
        return file.open()
    except FileNotFoundError:
        raise Invalid("文件已不在服务器上，请重新上传。", code="file_gone") from None


def _counts(register_counts: register.Counts, reading: _Reading, plan: TreePlan) -> dict[str, int]:
    register_counts.outside, register_counts.bad = reading.outside, reading.checker.bad
    register_counts.rows = len(reading.rows) + reading.outside + reading.checker.bad
    return {**{f"register_{name}": number for name, number in register_counts.as_dict().items()}, **plan.counts()}


def _finish(sent: DivisionImport, actor: Actor, code: str, at: datetime, **changes: Any) -> DivisionImport:
    """The next state, unless another runner of the same job was faster: then nothing of this transaction counts."""
    rows = DivisionImport.objects.filter(id=sent.id, version=sent.version, state=sent.state)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Stale
    sent = DivisionImport.objects.select_related("file").get(id=sent.id)
    note(actor, code, sent, at)
    return sent
