"""Where a case stands inside "handling", and what it is: next stage, back to the bin, another kind, once more."""

from collections.abc import Mapping
from typing import Any

from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import STATE_CLOCK, Clock, State
from shanzhi.cases.kinds.answers import photo_ids
from shanzhi.cases.kinds.refit import refitted
from shanzhi.cases.kinds.registry import KindVersion, kinds_now
from shanzhi.cases.kinds.showing import as_closed, searchable
from shanzhi.cases.models import Assignment, Case, CaseText
from shanzhi.cases.seeing import kind_marks, office_sees, roles_text
from shanzhi.cases.services.calls import open_lead
from shanzhi.cases.services.engine import Change, Moment, decides, held, limited, required
from shanzhi.cases.services.publishing import without_summary
from shanzhi.cases.services.reporting import words_of
from shanzhi.lib.errors import Invalid, Stale
from shanzhi.lib.times import local

UNKNOWN_KIND = "请选一个现在有的类别。"


@decides(Act.STAGE)
def stage(moment: Moment, *, stage: str = "", text: str = "") -> Change:
    """On to the next stage of the kind; where it goes on in several ways, `stage` says in which. The clock runs on."""
    following = moment.kind.next_stages(moment.case.stage)
    chosen = [one for one in following if one.code == stage or (not stage and len(following) == 1)]
    if not chosen:
        labels = "、".join(one.label for one in following)
        sentence = f"请选下一个环节：{labels}。"
        raise Invalid(sentence, code="stage_required", fields={"stage": [sentence]})
    return Change(text=limited(text), target=chosen[0].label, changes={"stage": chosen[0].code})


@decides(Act.RELEASE)
def release(moment: Moment, *, text: str = "") -> Change:
    """Out of one person's hands, back into the bin of the unit or place: somebody else there takes it up.

    The time limit runs on, and the stage that was reached stays reached.
    """
    lead = open_lead(moment.case)
    back = {"state": Assignment.State.CALLED, "arrived_at": None, "arrived_name": ""}
    return Change(State.DISPATCHED, text=limited(text), changes={"holder_id": None}, then=[lambda: lead.update(**back)])


@decides(Act.REOPEN)
def reopen(moment: Moment, *, text: str) -> Change:
    """Once after it was closed, with a reason: the level in charge has it again and arranges anew."""
    case = moment.case
    words = required(text, "请写明为什么要重新办理，办事的人会看到。")
    if held(case.parent_id, case.id)[case.id].version != case.version:
        raise Stale
    changes = {
        "reopened": case.reopened + 1, "handler_area_id": None, "handler_unit_id": None, "holder_id": None,
        "stage": "", "parts": Case.objects.filter(parent_id=case.id, ended_at=None).count(), **moment.to_owner(),
    }  # fmt: skip
    clock = moment.clock_for(State.RETURNED)
    return Change(State.RETURNED, clock, text=words, target=f"退给{case.owner.name}", changes=changes)


@decides(Act.CLASSIFY)
def classify(
    moment: Moment, *, kind: str, answers: Mapping[str, Any] | None = None, from_form: bool = False, text: str = ""
) -> Change:  # fmt: skip
    """Another kind that counts now, while nobody has been given the case: its version becomes the case's own.

    Answers that fit are kept, required ones that are missing have to be given. The clock began when it began: it is
    only as long as the new kind says.
    """
    case = moment.case
    chosen = kinds_now().get(kind)
    if chosen is None:
        raise Invalid(UNKNOWN_KIND, code="kind_unknown", fields={"kind": [UNKNOWN_KIND]})
    if chosen.code == case.kind:
        sentence = f"已经是“{chosen.label}”，请选另一个类别。"
        raise Invalid(sentence, code="kind_same", fields={"kind": [sentence]})
    seen_by = roles_text(chosen.body.seen_by)
    if not office_sees(seen_by, case.owner.level):
        sentence = f"改成“{chosen.label}”后，{case.owner.name}的人就看不到这件事了，请先请上级办，由上级改。"
        raise Invalid(sentence, code="kind_hidden", fields={"kind": [sentence]})
    today = local(moment.at).date()
    before = as_closed(moment.kind, chosen.body, case.answers)
    kept = refitted(chosen.body, before, answers or {}, today=today, strict=not from_form)
    known, marks = set(photo_ids(moment.kind, case.answers)), kind_marks(chosen.body)
    changes = {"kind": chosen.code, "definition_id": chosen.version_id, "answers": kept, "stage": "",
               **marks, **({} if marks["is_public"] else without_summary(case))}  # fmt: skip
    return Change(
        clock=_clock_under(moment, chosen), text=limited(text), target=f"“{chosen.label}”，原来是“{moment.kind.label}”",
        changes=changes, photo_ids=[one for one in photo_ids(chosen.body, kept) if one not in known],
        then=[lambda: found_by(case, searchable(chosen.body, kept))],
    )  # fmt: skip


def _clock_under(moment: Moment, kind: KindVersion) -> dict[str, Any]:
    """The clock of the same step under another kind, from when it began to run; time spent before that counts on."""
    case = moment.case
    name = Clock.HANDLE if case.parts else STATE_CLOCK[State(case.state)]
    span = kind.body.span(name, urgent=case.urgent)
    clock = clocks.started(span, case.running_since or moment.at, moment.calendar)
    if case.spent and case.clock_unit == span.unit.value:
        clock |= clocks.extended(Case(**{**clock, "spent": case.spent}), 0, moment.at, moment.calendar)
    return clock


def found_by(case: Case, answers: str) -> None:
    """Bring what a case is found by up to what it says now."""
    CaseText.objects.filter(case_id=case.id).update(tokens=words_of(case, answers))
