"""A file of outlines: read and checked when it is sent, written when a person has seen what was found.

What is bad in a file is left out, with a sentence each; the rest is checked again without it, and is what is imported.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from django.core.files.base import File
from django.db.models import F
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas.mapping.source import BYTES, Feature, features_read
from shanzhi.areas.models import Area, Outline, OutlineImport
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors.examining import ERROR, NOTE, Examined, Finding, Wish, examine
from shanzhi.areas.selectors.outlines import county_box, outlines_of
from shanzhi.areas.services.acting import actor_words, clean_day, edge, note, tree_lock
from shanzhi.areas.services.outlines import outlines_write
from shanzhi.files.models import StoredFile
from shanzhi.files.services import files_attach, upload_store
from shanzhi.lib.datums import Datum
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.lib.georead import Unreadable, placed
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

State = OutlineImport.State
ROUNDS: Final = 6
FINDINGS_KEPT: Final = 500


@dataclass
class Reading:
    """What a file says: outlines that may be written, and everything that was found."""

    total: int = 0
    wishes: list[Wish] = field(default_factory=list)
    examined: Examined = field(default_factory=Examined)
    findings: list[Finding] = field(default_factory=list)
    same: int = 0
    bad: set[int] = field(default_factory=set)

    def refuse(self, feature: Feature, kind: str, sentence: str) -> None:
        self.bad.add(feature.number)
        self.findings.append(Finding(ERROR, kind, feature.code, sentence, None, feature.number))

    @property
    def counts(self) -> dict[str, int]:
        warnings = sum(one.severity == "warning" for one in self.findings)
        return {"total": self.total, "good": len(self.wishes), "same": self.same, "bad": len(self.bad),
                "warnings": warnings}  # fmt: skip


def outline_import_send(
    *, actor: Actor, upload: "File[bytes]", datum: str, on: date, key: str | None = None, at: datetime | None = None
) -> OutlineImport:
    """Keep a file and look at it; nothing of it takes effect yet. Call it outside of any transaction of your own."""
    actor.require(MANAGE)
    at = edge(at)
    on, datum = clean_day(on, at), Datum(datum)
    file = upload_store(actor=actor, upload=upload, kind="upload", key=f"{key}.file" if key else None, at=at)
    with atomic():
        sent = OutlineImport(id=new_id(), file=file, name=file.name, datum=datum, effective_on=on, created_at=at)
        body = {"sha256": file.sha256, "on": on, "datum": str(datum)}
        earlier = claim(key=key, actor=actor, operation="areas.outline_import", body=body, result_id=sent.id)
        if earlier is not None:
            return OutlineImport.objects.get(id=earlier)
        sent.created_by_name, sent.created_by_post = actor_words(actor)
        try:
            reading = reading_of(file, datum, on)
        except Unreadable as fault:
            sent.state, sent.problem = State.REFUSED, str(fault)[:300]
        else:
            sent.state, sent.counts = State.CHECKED, reading.counts
            sent.findings = [one.as_json() for one in reading.findings[:FINDINGS_KEPT]]
        sent.save()
        files_attach(actor=actor, ids=[file.id], owner=sent, limit=1)
        note(actor, "areas.outlines.sent", sent, at)
        return sent


def outline_import_apply(
    *, actor: Actor, sent: OutlineImport, version: int, key: str | None = None, at: datetime | None = None
) -> OutlineImport:
    """Write what is good in a checked file, checked once more against the outlines of this moment; all or nothing."""
    actor.require(MANAGE)
    at = edge(at)
    with atomic():
        tree_lock()
        body = {"import": sent.id, "version": version}
        if claim(key=key, actor=actor, operation="areas.outline_apply", body=body, result_id=sent.id) is not None:
            return OutlineImport.objects.get(id=sent.id)
        if sent.state != State.CHECKED:
            raise Conflict("这个文件现在不能导入，请刷新后看它的状态。", code="import_state")
        try:
            reading = reading_of(sent.file, Datum(sent.datum), sent.effective_on)
        except Unreadable as fault:
            raise Invalid(str(fault), code="file_broken") from None
        if not reading.wishes:
            raise Conflict("文件里没有可以导入的边界，请改好再上传。", code="nothing_to_import")
        outlines_write(
            [(wish.area, reading.examined.fits[wish.area.id].parts) for wish in reading.wishes], actor=actor,
            on=sent.effective_on, reason=f"按文件“{sent.name}”导入"[:200], source=Outline.Source.IMPORTED,
            act_id=sent.id, at=at,
        )  # fmt: skip
        findings = [one.as_json() for one in reading.findings[:FINDINGS_KEPT]]
        rows = OutlineImport.objects.filter(id=sent.id, version=version, state=State.CHECKED)
        changes = {"state": State.APPLIED, "counts": reading.counts, "findings": findings, "applied_at": at}
        if rows.update(version=F("version") + 1, **changes) != 1:
            raise Stale
        sent = OutlineImport.objects.select_related("file").get(id=sent.id)
        note(actor, "areas.outlines.applied", sent, at)
        return sent


def reading_of(file: StoredFile, datum: Datum, on: date) -> Reading:
    """The file against the county as it is now; Unreadable when it is no such file at all."""
    try:
        with file.open() as stream:
            data = stream.read(BYTES + 1)
    except FileNotFoundError:
        raise Unreadable("文件已不在服务器上，请重新上传。") from None
    features = features_read(data)
    reading = Reading(total=len(features))
    wishes = _wishes(features, datum, reading)
    wishes = _timely(wishes, on, reading)
    reading.examined, wishes = _sifted(wishes, reading)
    now = outlines_of(wish.area.id for wish in wishes)
    for wish in wishes:
        if wish.area.id in now and now[wish.area.id].shape == reading.examined.fits[wish.area.id].parts:
            reading.same += 1
        else:
            reading.wishes.append(wish)
    reading.findings.sort(key=lambda one: (one.severity != ERROR, one.severity == NOTE, one.number))
    return reading


def _wishes(features: Sequence[Feature], datum: Datum, reading: Reading) -> list[Wish]:
    codes = {feature.code for feature in features}
    areas = {area.code: area for area in
             Area.objects.filter(code__in=codes, valid_to__isnull=True).select_related("parent")}  # fmt: skip
    found: dict[int, Wish] = {}
    own = next((one for one in features if one.code in areas and areas[one.code].level == Area.Level.COUNTY), None)
    box = county_box() if own is None else None
    for feature in features:
        area = areas.get(feature.code)
        if area is None:
            code = feature.code or "（空）"
            reading.refuse(feature, "code", f"第 {feature.number} 个：现行区划里没有代码 {code}，请核对代码。")
        elif feature.problem:
            reading.refuse(feature, "form", f"{area.name}：{feature.problem}")
        elif area.id in found:
            reading.refuse(feature, "twice", f"{area.name}在文件里有两个边界，只用了前面的一个，请删去一个。")
        else:
            try:
                put = placed(feature.geometry, datum=datum, box=box)
            except Unreadable as error:
                reading.refuse(feature, "place", f"{area.name}：{error}")
                continue
            found[area.id] = Wish(area, put.shape, feature.number)
            for words in put.notes:
                reading.findings.append(Finding(NOTE, "mended", area.code, f"{area.name}：{words}。", None,
                                                feature.number))  # fmt: skip
    return list(found.values())


def _timely(wishes: Sequence[Wish], on: date, reading: Reading) -> list[Wish]:
    """Without places that began, or whose present outline began, after the day from which the file counts."""
    now, kept = outlines_of(wish.area.id for wish in wishes), []
    for wish in wishes:
        since = now[wish.area.id].valid_from if wish.area.id in now else wish.area.valid_from
        if on < since:
            day = f"{since.year}年{since.month}月{since.day}日"
            sentence = f"{wish.area.name}现在的边界从 {day}起，生效日期不能更早。"
            reading.refuse(Feature(wish.number, wish.area.code), "day", sentence)
        else:
            kept.append(wish)
    return kept


def _sifted(wishes: list[Wish], reading: Reading) -> tuple[Examined, list[Wish]]:
    """What can be written when everything bad is left out; leaving one out may make another bad."""
    numbers = {wish.area.code: wish.number for wish in wishes}
    for _ in range(ROUNDS):
        examined = examine(wishes)
        wrong = {numbers[one.code] for one in examined.errors}
        reading.findings += examined.errors
        if not wrong:
            reading.findings += [one for one in examined.findings if one.severity != ERROR]
            return examined, wishes
        reading.bad |= wrong
        wishes = [wish for wish in wishes if wish.number not in wrong]
    return Examined(), []
