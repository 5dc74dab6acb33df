"""A population list: sent, its columns told, checked in a job, taken in by a job once a person says so."""

from collections.abc import Mapping as Map
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.core.files.base import File
from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.files.services import files_attach, files_destroy, upload_store
from shanzhi.jobs.models import Job
from shanzhi.jobs.services import enqueue
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.lib.times import local
from shanzhi.people.importing.columns import COLUMNS, mapping_problem, signature
from shanzhi.people.models import Mapping, RegisterFault, RegisterImport
from shanzhi.people.permissions import IMPORT
from shanzhi.tenancy.context import current
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

CHECK: Final = "people.import_check"
APPLY: Final = "people.import_apply"
KEPT: Final = timedelta(days=30)
EARLIEST: Final = date(2000, 1, 1)
State = RegisterImport.State
NO_PLACE: Final = "你的岗位没有管辖的地方，不能导入人口名册。"


def import_send(
    *, actor: Actor, upload: "File[bytes]", as_of: date, key: str | None = None, at: datetime | None = None
) -> RegisterImport:
    """Keep a list and have it checked; nobody comes into the register yet. Call it outside of any transaction."""
    actor.require(IMPORT)
    at = at or timezone.now()
    if not EARLIEST <= as_of <= local(at).date():
        words = "名册日期要在 2000 年以后、今天或以前，请改日期。"
        raise Invalid(words, code="day_invalid", fields={"as_of": [words]})
    post = _post(actor)
    file = upload_store(actor=actor, upload=upload, kind="upload", key=f"{key}.file" if key else None, at=at)
    with atomic():
        sent = RegisterImport(
            id=new_id(), file=file, name=file.name, path=post.area_path, as_of=as_of, job_id=new_id(),
            created_by=actor.user_id or 0, created_by_name=actor.name, created_by_post=post.title, created_at=at,
        )  # fmt: skip
        body = {"sha256": file.sha256, "as_of": as_of}
        earlier = claim(key=key, actor=actor, operation="people.import", body=body, result_id=sent.id)
        if earlier is not None:
            return RegisterImport.objects.get(id=earlier)
        sent.save()
        files_attach(actor=actor, ids=[file.id], owner=sent, limit=1)
        note(actor, "people.import.sent", sent, at)
        enqueue(CHECK, actor=actor, args={"import_id": str(sent.id)}, at=at, job_id=sent.job_id)
        return sent


def _post(actor: Actor) -> ActorPost:
    """The highest post with the permission, whose place is the scope of the list."""
    held = [post for post in actor.posts if post.allows(IMPORT) and post.unit_id is None]
    if not held:
        raise Forbidden(NO_PLACE)
    return min(held, key=lambda post: (len(post.area_path), post.id))


def import_map(
    *, actor: Actor, sent: RegisterImport, version: int, columns: Map[str, int], key: str | None = None,
    at: datetime | None = None,
) -> RegisterImport:  # fmt: skip
    """Say which column is what; it is remembered for lists with the same heads, and the list is checked again."""
    actor.require(IMPORT)
    at = at or timezone.now()
    wanted = {name: columns[name] for name in COLUMNS if name in columns and 0 <= columns[name] < len(sent.header)}
    if problem := mapping_problem(wanted, sent.header):
        raise Invalid(problem, code="mapping_wrong")
    with atomic():
        body = {"import": sent.id, "version": version, "columns": wanted}
        if claim(key=key, actor=actor, operation="people.import_map", body=body, result_id=sent.id) is not None:
            return RegisterImport.objects.get(id=sent.id)
        if sent.state not in (State.MAPPING, State.CHECKED):
            raise Conflict("这份名册现在不能改列对应，请刷新后看它的状态。", code="import_state")
        found, _ = Mapping.objects.get_or_create(signature=signature(sent.header), defaults={"used_at": at})
        Mapping.objects.filter(id=found.id).update(columns=wanted, used_at=at)
        return _begin(actor, sent, version, "people.import.mapped", CHECK, at, state=State.CHECKING, columns=wanted)


def import_apply(
    *, actor: Actor, sent: RegisterImport, version: int, key: str | None = None, at: datetime | None = None
) -> RegisterImport:
    """Have the good rows of a checked list go in; Conflict for one that is not checked, or went in already."""
    actor.require(IMPORT)
    at = at or timezone.now()
    with atomic():
        body = {"import": sent.id, "version": version}
        if claim(key=key, actor=actor, operation="people.import_apply", body=body, result_id=sent.id) is not None:
            return RegisterImport.objects.get(id=sent.id)
        if sent.state != State.CHECKED:
            raise Conflict("这份名册现在不能导入，请刷新后看它的状态。", code="import_state")
        return _begin(actor, sent, version, "people.import.started", APPLY, at, state=State.APPLYING)


def import_resume(
    *, actor: Actor, sent: RegisterImport, version: int, key: str | None = None, at: datetime | None = None
) -> RegisterImport:
    """Begin the stopped or failed step again, where it ended; Conflict while its job is still under way."""
    actor.require(IMPORT)
    at = at or timezone.now()
    with atomic():
        body = {"import": sent.id, "version": version}
        if claim(key=key, actor=actor, operation="people.import_resume", body=body, result_id=sent.id) is not None:
            return RegisterImport.objects.get(id=sent.id)
        job = Job.objects.filter(id=sent.job_id or 0).first()
        if not sent.is_working or (job is not None and job.is_open):
            raise Conflict("这份名册不需要重新开始，请刷新后看它的状态。", code="import_state")
        kind = CHECK if sent.state == State.CHECKING else APPLY
        return _begin(actor, sent, version, "people.import.resumed", kind, at)


def import_give_up(
    *, actor: Actor, sent: RegisterImport, version: int, key: str | None = None, at: datetime | None = None
) -> RegisterImport:
    """Leave a list as far as it went in: what went in stays."""
    actor.require(IMPORT)
    at = at or timezone.now()
    with atomic():
        body = {"import": sent.id, "version": version}
        if claim(key=key, actor=actor, operation="people.import_give_up", body=body, result_id=sent.id) is not None:
            return RegisterImport.objects.get(id=sent.id)
        job = Job.objects.filter(id=sent.job_id or 0).first()
        waiting = sent.state in (State.MAPPING, State.CHECKED)
        if not waiting and (not sent.is_working or (job is not None and job.is_open)):
            raise Conflict("请先停止正在进行的处理，再放弃这份名册。", code="import_state")
        return finish(actor, sent, "people.import.cancelled", at, state=State.CANCELLED, seen=version)


def _begin(
    actor: Actor, sent: RegisterImport, version: int, code: str, kind: str, at: datetime, **changes: Any
) -> RegisterImport:
    job_id = new_id()
    sent = finish(actor, sent, code, at, seen=version, job_id=job_id, **changes)
    enqueue(kind, actor=actor, args={"import_id": str(sent.id)}, at=at, job_id=job_id)
    return sent


def finish(
    actor: Actor, sent: RegisterImport, code: str, at: datetime, *, seen: int = 0, **changes: Any
) -> RegisterImport:
    """The next state, unless somebody else was faster: then nothing of this transaction counts."""
    rows = RegisterImport.objects.filter(id=sent.id, version=seen or sent.version, state=sent.state)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Stale
    sent = RegisterImport.objects.select_related("file").get(id=sent.id)
    note(actor, code, sent, at)
    return sent


def note(actor: Actor, code: str, sent: RegisterImport, at: datetime) -> None:
    record(actor=actor, code=code, obj=sent, at=at, post=actor.post_for(IMPORT))


def faults_taken(*, actor: Actor, sent: RegisterImport, at: datetime | None = None) -> None:
    """That the bad rows were downloaded, written before they are given out."""
    actor.require(IMPORT)
    with atomic():
        note(actor, "people.import.faults", sent, at or timezone.now())


def imports_forget(*, at: datetime) -> int:
    """Thirty days after it came, a list's file and bad rows are gone; what was counted stays. Returns how many."""
    done = 0
    with atomic():
        old = list(RegisterImport.objects.filter(created_at__lt=at - KEPT, file__isnull=False).order_by("id")[:100])
    for sent in old:
        with atomic():
            system = Actor.system(current())
            RegisterFault.objects.filter(source=sent).delete()
            over: dict[str, Any] = {"state": State.CANCELLED} if sent.state in (State.MAPPING, State.CHECKED) else {}
            finish(system, sent, "people.import.forgotten", at, file=None, samples=[], **over)
            files_destroy(actor=system, owner=sent, at=at)
            done += 1
    return done
