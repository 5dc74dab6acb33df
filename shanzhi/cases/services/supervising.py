"""督办: a level above, or the level in charge towards its handler, wants an answer by a time of its own."""

from typing import Final

from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case, Supervision
from shanzhi.cases.services.engine import Change, Moment, decides, required
from shanzhi.lib.clocks import Span, Unit
from shanzhi.lib.errors import Conflict, Invalid

LIMITS: Final = tuple(Span(Unit.WORKING_DAYS, days) for days in (1, 3, 5, 10))


@decides(Act.SUPERVISE)
def supervise(moment: Moment, *, text: str, limit: Span | None = None) -> Change:
    """One demand more, with its own clock; the case's time runs on. Without a limit the kind's own holds."""
    words = required(text, "请写明督办什么、要求什么，对方会看到。")
    usual = moment.kind.span("supervise", urgent=moment.case.urgent)
    span = limit or usual
    if span not in offered(usual):
        sentence = "回复时限请选 1、3、5 或 10 个工作日。"
        raise Invalid(sentence, code="limit", fields={"limit": [sentence]})
    row = Supervision(
        case_id=moment.case.id, area_id=moment.post.area_id if moment.post else moment.case.owner_id,
        step_id=moment.step_id, text=words, by=moment.signature, by_user_id=moment.actor.user_id or None,
        opened_at=moment.at, **clocks.started(span, moment.at, moment.calendar),
    )  # fmt: skip
    changes = {"supervised": moment.case.supervised + 1}
    return Change(text=words, target=f"{span.words()}内回复", changes=changes, creates=[row])


def offered(usual: Span) -> list[Span]:
    """The limits to choose from: the usual ones and what the kind sets."""
    return list(dict.fromkeys([*LIMITS, usual]))


def oldest_open(case: Case) -> Supervision:
    """The demand that is answered next; Conflict if there is none."""
    row = Supervision.objects.filter(case_id=case.id, answered_at=None).order_by("opened_at", "id").first()
    if row is None:
        raise Conflict("没有等回复的督办，请刷新后再看。", code="nothing_to_answer")
    return row


@decides(Act.ANSWER)
def answer(moment: Moment, *, text: str) -> Change:
    """The oldest open demand is answered and its clock ends."""
    row = oldest_open(moment.case)
    words = required(text, "请写明办到哪一步了、什么时候办完，督办的人会看到。")

    def close() -> None:
        Supervision.objects.filter(id=row.id, answered_at=None).update(
            answered_at=moment.at, answer=words, answered_by=moment.signature, running_since=None, watch_at=None
        )

    changes = {"supervised": moment.case.supervised - 1}
    return Change(text=words, changes=changes, then=[close], data={"supervision": row.id})
