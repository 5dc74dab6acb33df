"""A list of people goes out: for a purpose, watermarked, with a look written for each of them before it is given out.

Numbers are masked unless somebody who may see them whole asks for that. The file is its maker's alone and lasts a day
(个人信息保护法 51, 55).
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.core.files.base import File
from django.db.models import F, Q, QuerySet
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import BEYOND, Actor
from shanzhi.files.services import files_attach, files_destroy, upload_store
from shanzhi.jobs.services import enqueue
from shanzhi.lib.errors import Conflict, Invalid, NotFound, Stale
from shanzhi.lib.times import local
from shanzhi.people.importing.sheets import Row, mark_of, row_of, table_write
from shanzhi.people.models import Look, RegisterExport, Resident
from shanzhi.people.permissions import EXPORT, REVEAL
from shanzhi.people.selectors import area_for
from shanzhi.people.whereabouts import RELATED
from shanzhi.tenancy.bulk import row_new, rows_insert
from shanzhi.tenancy.context import current
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import LARGEST, new_id
from shanzhi.tenancy.keyset import Order, Page, page_of
from shanzhi.trail.services import record, record_bulk

EXPORT_JOB: Final = "people.export"
KEPT: Final = timedelta(hours=24)
PAGE: Final = 2_000
NEWEST: Final = Order("people_exports", ("created_at",), descending=True)
State = RegisterExport.State
Progress = Callable[[int, int], None]


def export_ask(
    *, actor: Actor, area: str, population: str = "", ending: str = "xlsx", purpose: str, text: str,
    whole: bool = False, key: str | None = None, at: datetime | None = None,
) -> RegisterExport:  # fmt: skip
    """Have a list made in a job. Invalid without a purpose in words; Forbidden for whole numbers without REVEAL."""
    actor.require(EXPORT)
    if whole:
        actor.require(REVEAL)
    at, text = at or timezone.now(), " ".join(text.split())[:100]
    if purpose not in Look.Purpose.values or not text:
        words = "请选择用途，并写明用途说明。"
        raise Invalid(words, code="purpose_missing", fields={"text" if not text else "purpose": [words]})
    place = area_for(actor, area, EXPORT)
    post = actor.post_for(EXPORT, path=place.path)
    with atomic():
        made = RegisterExport(
            id=new_id(), path=place.path, place=place.name, population=population, purpose=purpose, text=text,
            whole=whole, ending=ending, job_id=new_id(), created_by=actor.user_id or 0, created_by_name=actor.name,
            created_by_post=post.title if post else "", created_at=at, expires_at=at + KEPT,
        )  # fmt: skip
        body = {"area": place.code, "population": population, "ending": ending, "purpose": purpose, "text": text,
                "whole": whole}  # fmt: skip
        earlier = claim(key=key, actor=actor, operation="people.export", body=body, result_id=made.id)
        if earlier is not None:
            return RegisterExport.objects.get(id=earlier)
        made.save()
        record(actor=actor, code="people.export.asked", obj=made, at=at, post=post)
        enqueue(EXPORT_JOB, actor=actor, args={"export_id": str(made.id)}, at=at, job_id=made.job_id)
        return made


def export_page_for(actor: Actor, *, cursor: str = "") -> Page[RegisterExport]:
    """One's own."""
    rows = RegisterExport.objects.filter(created_by=actor.user_id or 0)
    return page_of(rows, NEWEST, cursor=cursor)


def export_get_for(actor: Actor, export_id: int) -> RegisterExport:
    """One's own; another's is not found."""
    rows = RegisterExport.objects.select_related("file").filter(created_by=actor.user_id or 0)
    found = rows.filter(id=export_id).first() if export_id <= LARGEST else None
    if found is None or not actor.scope(EXPORT).covers(found.path):
        raise NotFound
    return found


def export_taken(*, actor: Actor, made: RegisterExport, at: datetime | None = None) -> RegisterExport:
    """That the file is downloaded, written before it is given out. Conflict while there is none, or none any more."""
    at = at or timezone.now()
    actor.require(EXPORT)
    if made.whole:
        actor.require(REVEAL)
    if made.state != State.DONE or made.file is None or made.expires_at <= at:
        raise Conflict("名册还没有导好，或者已过 24 小时销毁了，请重新导出。", code="export_absent")
    with atomic():
        record(actor=actor, code="people.export.taken", obj=made, at=at, post=actor.post_for(EXPORT, path=made.path))
    return made


def export_run(*, export_id: int, actor: Actor, at: datetime, progress: Progress) -> RegisterExport:
    """What the job does. Begun again it writes no look twice: a look bears the moment of the asking."""
    with atomic():
        made = RegisterExport.objects.get(id=export_id)
        if made.state != State.WORKING:
            return made
        actor.require(EXPORT)
        if made.whole:
            actor.require(REVEAL)
        if not actor.scope(EXPORT).covers(made.path):
            raise NotFound
        total = _inside(made).count()
    mark = mark_of(made)
    with tempfile.TemporaryFile() as out:
        done = table_write(out, made, mark, _rows(made, mark, actor, lambda done: progress(done, max(total, done))))
        out.seek(0)
        name = f"{made.place}人口名册-{local(made.created_at):%Y%m%d-%H%M}.{made.ending}"
        file = upload_store(actor=actor, upload=File(out, name), kind="export", at=at)
    with atomic():
        rows = RegisterExport.objects.filter(id=made.id, version=made.version, state=State.WORKING)
        if rows.update(version=F("version") + 1, state=State.DONE, file=file, count=done, expires_at=at + KEPT) != 1:
            raise Stale
        made = RegisterExport.objects.get(id=made.id)
        files_attach(actor=actor, ids=[file.id], owner=made, limit=1, at=at)
        record(actor=actor, code="people.export.made", obj=made, at=at, post=actor.post_for(EXPORT, path=made.path))
    return made


def _below(made: RegisterExport, way: str) -> Q:
    return Q(**{f"{way}__gte": made.path, f"{way}__lt": made.path + BEYOND})


def _inside(made: RegisterExport) -> "QuerySet[Resident]":
    rows = Resident.objects.filter(_below(made, "lives_path") | _below(made, "registered_path"))
    return rows.filter(population=made.population) if made.population else rows


def _rows(made: RegisterExport, mark: str, actor: Actor, said: Callable[[int], None]) -> Iterator[Row]:
    """Who lives there, place by place; then who is only registered there. Each page's looks are committed first."""
    done = 0
    for way in ("lives_path", "registered_path"):
        behind = (made.path, 0)
        while True:
            with atomic():
                people = _page(made, way, behind)
                _looks(people, made, actor)
            if not people:
                break
            for person in people:
                yield row_of(person, mark, whole=made.whole)
            behind = (getattr(people[-1], way), people[-1].id)
            done += len(people)
            said(done)


def _page(made: RegisterExport, way: str, behind: tuple[str, int]) -> list[Resident]:
    path, number = behind
    later = Q(**{f"{way}__gt": path}) | Q(**{way: path, "id__gt": number})
    rows = Resident.objects.filter(_below(made, way), later, **{f"{way}__gte": path})
    if way == "registered_path":
        rows = rows.exclude(_below(made, "lives_path"))
    if made.population:
        rows = rows.filter(population=made.population)
    return list(rows.select_related(*RELATED).order_by(way, "id")[:PAGE])


def _looks(people: Sequence[Resident], made: RegisterExport, actor: Actor) -> None:
    ids = [person.id for person in people]
    known = Look.objects.filter(
        user_id=made.created_by, resident_id__in=ids, at=made.created_at, what=Look.What.EXPORTED
    )
    there = set(known.values_list("resident_id", flat=True))
    by = f"{made.created_by_name}，{made.created_by_post}"[:160]
    fields = "名册，完整号码" if made.whole else "名册，号码遮住"
    looks = [
        row_new(
            Look, resident_id=number, user_id=made.created_by, by=by,
            what=Look.What.EXPORTED, fields=fields, purpose=made.purpose, text=made.text, at=made.created_at,
        )
        for number in ids if number not in there
    ]  # fmt: skip
    rows_insert(looks)
    record_bulk(
        actor=actor, code="people.look.noted", objs=looks, at=made.created_at, new=True,
        post=actor.post_for(EXPORT, path=made.path),
    )  # fmt: skip


def exports_forget(*, at: datetime) -> int:
    """A day after it was made the file is gone; who asked for it and what for stays. Returns how many."""
    with atomic():
        rows = RegisterExport.objects.filter(state=State.DONE, expires_at__lte=at)
        old = list(rows.order_by("expires_at")[:100])
    system = Actor.system(current())
    for made in old:
        with atomic():
            RegisterExport.objects.filter(id=made.id, version=made.version).update(
                version=F("version") + 1, state=State.OVER, file=None
            )
            made = RegisterExport.objects.get(id=made.id)
            files_destroy(actor=system, owner=made, at=at)
            record(actor=system, code="people.export.over", obj=made, at=at)
    return len(old)
