"""Covering words and photos that must not be read or seen by everybody who sees the case; the original is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from shanzhi.cases.acts import Act
from shanzhi.cases.covering import HIDDEN
from shanzhi.cases.kinds.showing import searchable
from shanzhi.cases.models import Moderation, Step
from shanzhi.cases.services.engine import Change, Moment, decides, limited, required
from shanzhi.cases.services.publishing import without_summary
from shanzhi.cases.services.sorting import found_by
from shanzhi.files.models import StoredFile
from shanzhi.lib.errors import Invalid

Part = Moderation.Part
COLUMNS: Final = {Part.TITLE: 60, Part.BODY: 2000, Part.PLACE: 100}
WHAT: Final = "请选要处理哪一处。"
REASON: Final = 300


@dataclass(frozen=True)
class Place:
    """Where something is covered: a column of the case, the words of a step, or a photo."""

    part: Part
    step: Step | None = None
    file: StoredFile | None = None
    original: str = ""

    @property
    def label(self) -> str:
        return self.part.label


@decides(Act.MODERATE)
def moderate(moment: Moment, *, what: str, text: str, instead: str = "") -> Change:
    """Cover one place of the case, or lift a cover; the reason is read by everybody who sees the case.

    `what` is title, body, place, step:<version>, photo:<id>, or lift:<id> of a cover. `instead` is what stands there
    instead of words; without it a sentence says that something was hidden. Covered words may stand in the public
    summary in one form or another: it is taken back with them, and has to be written anew.
    """
    reason = required(text, "请写明为什么要处理，办事的人会看到。")
    if len(reason) > REASON:
        sentence = f"原因最多写 {REASON} 字，请删减。"
        raise Invalid(sentence, code="text_too_long", fields={"text": [sentence]})
    kind, _, key = what.partition(":")
    if kind == "lift":
        return _lifted(moment, key, reason)
    place = _place(moment, kind, key)
    words = limited(instead) or HIDDEN
    row = Moderation(
        case_id=moment.case.id, part=place.part, step=place.step, file=place.file, original=place.original,
        shown="" if place.part == Part.PHOTO else words, reason=reason, by=moment.signature, at=moment.at,
    )  # fmt: skip
    changes: dict[str, Any] = {}
    if place.part in COLUMNS:
        words = limited(instead) if place.part == Part.PLACE else words
        if len(words) > COLUMNS[place.part]:
            sentence = f"{place.label}最多写 {COLUMNS[place.part]} 字，请删减。"
            raise Invalid(sentence, code="instead_too_long", fields={"instead": [sentence]})
        row.shown, changes = words, {place.part.value: words}
    then = _again(moment, changes)
    taken_back = {} if place.part == Part.PHOTO else without_summary(moment.case)
    target = f"{place.label}，公开摘要同时撤下" if taken_back else place.label
    return Change(text=reason, target=target, changes={**changes, **taken_back}, creates=[row], then=then)


def _again(moment: Moment, changes: dict[str, Any]) -> list[Callable[[], object]]:
    """What was covered is no longer found by its words, what was lifted is found again."""
    if not changes:
        return []
    return [lambda: found_by(moment.case, searchable(moment.kind, moment.case.answers))]


def _place(moment: Moment, kind: str, key: str) -> Place:
    case, place = moment.case, None
    if kind in COLUMNS and not key:
        place = Place(Part(kind), original=str(getattr(case, kind)))
    elif kind == Part.STEP and key.isdecimal():
        step = Step.objects.filter(case_id=case.id, version=int(key)).first() if len(key) < 9 else None
        place = Place(Part.STEP, step=step, original=step.text) if step is not None and step.text else None
    elif kind == Part.PHOTO and key.isdecimal() and len(key) < 20:
        steps = Step.objects.filter(case_id=case.id).values("id")
        file = StoredFile.objects.filter(id=int(key), owner_type="cases.step", owner_id__in=steps).first()
        place = Place(Part.PHOTO, file=file) if file is not None else None
    if place is None:
        raise _refused(WHAT, "what_unknown")
    open_covers = Moderation.objects.filter(case_id=case.id, lifted_at=None, part=place.part)
    if open_covers.filter(step=place.step, file=place.file).exists():
        raise _refused("这一处已经处理过，要改先恢复原样。", "covered")
    return place


def _lifted(moment: Moment, key: str, reason: str) -> Change:
    """The original stands there again."""
    rows = Moderation.objects.filter(case_id=moment.case.id, lifted_at=None)
    row = rows.filter(id=int(key)).first() if key.isdecimal() and len(key) < 20 else None
    if row is None:
        raise _refused("这一处没有处理过，或者已经恢复，请刷新后再看。", "what_unknown")
    part = Part(row.part)
    changes = {part.value: row.original} if part in COLUMNS else {}
    lift: list[Callable[[], object]] = [lambda: rows.filter(id=row.id).update(lifted_at=moment.at)]
    return Change(
        text=reason, target=f"{part.label}，恢复原样", changes=changes, then=[*lift, *_again(moment, changes)]
    )


def _refused(sentence: str, code: str) -> Invalid:
    return Invalid(sentence, code=code, fields={"what": [sentence]})
