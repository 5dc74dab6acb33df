"""A case is put aside until a day, and goes on; more time is asked for, and decided by somebody else."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from shanzhi.areas.paths import WIDTH
from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.badge import day_words, moment_words
from shanzhi.cases.catalogue import AT_HANDLER, State
from shanzhi.cases.models import Assignment, Case, Extension
from shanzhi.cases.services.engine import Change, Moment, decides, limited, required
from shanzhi.lib.clocks import Span, Unit
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.times import SHANGHAI, local

LONGEST_PAUSE: Final = 180  # days
# The most that one extension gives, and what a form offers, in the unit of the clock.
MOST: Final[dict[Unit, Span]] = {
    Unit.HOURS: Span(Unit.HOURS, 30 * 86_400),
    Unit.WORKING_HOURS: Span(Unit.WORKING_HOURS, 30 * 7 * 3600),
    Unit.WORKING_DAYS: Span(Unit.WORKING_DAYS, 30),
    Unit.DAYS: Span(Unit.DAYS, 30),
}
LEAST: Final[dict[Unit, int]] = {Unit.HOURS: 600, Unit.WORKING_HOURS: 600, Unit.WORKING_DAYS: 1, Unit.DAYS: 1}


@decides(Act.SUSPEND)
def suspend(moment: Moment, *, until: date, text: str) -> Change:
    """The clock stands until the opening of work on the day `until`; the level in charge holds the case meanwhile."""
    case = moment.case
    words = required(text, "请写明为什么挂账，反映人会看到。")
    day = datetime.combine(_checked_day(until, moment.at), moment.calendar.sessions[0][0], SHANGHAI)
    changes = {
        **moment.to_owner(),
        "before": {
            "state": str(case.state), "stopped_at": moment.at.isoformat(),
            "due_at": case.due_at.isoformat() if case.due_at else "",
        },
    }  # fmt: skip
    return Change(
        State.SUSPENDED, clocks.paused(case, moment.at, moment.calendar, until=day), text=words,
        target=f"{day_words(day, moment.at)}恢复", changes=changes,
        then=[_each_given(moment, lambda row: clocks.paused(row, moment.at, moment.calendar))],
    )  # fmt: skip


def _checked_day(until: date, at: datetime) -> date:
    """After today, within 180 days; Invalid on `until`."""
    today = local(at).date()
    if today < until <= today + timedelta(days=LONGEST_PAUSE):
        return until
    last = today + timedelta(days=LONGEST_PAUSE)
    sentence = (
        f"恢复办理的日子要在明天到 {last.year}年{last.month}月{last.day}日之间，最长 {LONGEST_PAUSE} 天，请重新选。"
    )
    raise Invalid(sentence, code="until", fields={"until": [sentence]})


@decides(Act.RESUME)
def resume(moment: Moment, *, text: str = "") -> Change:
    """It goes on where it stood, with what was left of its time; by hand or, on the day itself, by the system."""
    case = moment.case
    state = State(case.before["state"])
    stopped = datetime.fromisoformat(case.before["stopped_at"])
    clock = clocks.resumed(case, moment.at, moment.calendar, stopped=stopped)
    turn = moment.to_handler() if state in AT_HANDLER else moment.to_owner()
    then = [_each_given(moment, lambda row: clocks.resumed(row, moment.at, moment.calendar, stopped=stopped))]
    due = f"{moment_words(clock['due_at'], moment.at)} 前办完" if clock else ""
    return Change(state, clock, text=limited(text), target=due, changes={**turn, "before": {}}, then=then)


def given(case: Case) -> QuerySet[Assignment]:
    """The open assignments whose time is the case's: the one that has the turn and the helpers that came with it."""
    return Assignment.objects.filter(case_id=case.id, ended_at=None, whistled=False)


def _each_given(moment: Moment, columns: Callable[[Assignment], dict[str, Any]]) -> Callable[[], object]:
    """Change the clock of each of them, as a step of the case does that holds the case's version."""

    def change() -> None:
        for row in given(moment.case):
            Assignment.objects.filter(id=row.id, ended_at=None).update(**columns(row))

    return change


@decides(Act.ASK)
def ask(moment: Moment, *, amount: Span, text: str) -> Change:
    """Whoever has the turn asks for `amount` more, in the unit of the clock; one level further up decides."""
    case = moment.case
    by_owner = case.state not in AT_HANDLER
    if by_owner and len(case.owner_path) <= WIDTH:
        raise Conflict("这件事已经在县里，没有上级审批延期；确实办不了，请写明原因挂账。", code="no_level_above")
    words = required(text, "请写明为什么要延期，审批的人会看到。")
    span = _checked_amount(case, amount)
    row = Extension(
        case_id=case.id, clock_unit=case.clock_unit, amount=span.amount, reason=words, asked_at=moment.at,
        asked_by=moment.signature, asked_by_user_id=moment.actor.user_id or None, by_owner=by_owner,
    )  # fmt: skip
    changes = {"asking": 2 if by_owner else 1, "before": {"asked_by": moment.actor.user_id}}
    return Change(text=words, target=f"要 {span.words()}", changes=changes, creates=[row])


def _checked_amount(case: Case, span: Span) -> Span:
    """In the unit of the clock, from ten minutes or a day up to MOST; Invalid on `amount`."""
    unit = Unit(case.clock_unit)
    sentence = ""
    if span.unit is not unit:
        sentence = f"这件事的时限按{UNIT_WORDS[unit]}算，延期也要按{UNIT_WORDS[unit]}，请重新选。"
    elif not LEAST[unit] <= span.amount <= MOST[unit].amount:
        sentence = f"一次最多延长 {MOST[unit].words()}，最少 {Span(unit, LEAST[unit]).words()}，请重新选。"
    if sentence:
        raise Invalid(sentence, code="amount", fields={"amount": [sentence]})
    return span


UNIT_WORDS: Final = {
    Unit.HOURS: "小时", Unit.WORKING_HOURS: "工作小时", Unit.WORKING_DAYS: "工作日", Unit.DAYS: "天",
}  # fmt: skip


def extension_asked(case: Case) -> Extension:
    """The one that waits for a decision; Conflict if there is none any more."""
    row = Extension.objects.filter(case_id=case.id, state=Extension.State.ASKED).first()
    if row is None:
        raise Conflict("这个延期申请已经有人批了或作废了，请刷新后再看。", code="extension_gone")
    return row


@decides(Act.GRANT)
def grant(moment: Moment, *, text: str = "") -> Change:
    """What was asked for is added to the clock, and to that of those who were given the case."""
    row = extension_asked(moment.case)
    words, span = limited(text), Span(Unit(row.clock_unit), row.amount)
    clock = clocks.extended(moment.case, row.amount, moment.at, moment.calendar)
    longer = _each_given(moment, lambda given: clocks.extended(given, row.amount, moment.at, moment.calendar))
    return Change(
        clock=clock, text=words, target=f"{span.words()}，{moment_words(clock['due_at'], moment.at)} 前办完",
        changes=NOT_ASKING, then=[_decided(moment, row, Extension.State.GRANTED, words), longer],
    )  # fmt: skip


@decides(Act.REFUSE)
def refuse(moment: Moment, *, text: str) -> Change:
    """The time stays as it is, for the reason given."""
    row = extension_asked(moment.case)
    words = required(text, "请写明为什么不同意延期，申请的人会看到。")
    decided = _decided(moment, row, Extension.State.REFUSED, words)
    return Change(text=words, changes=NOT_ASKING, then=[decided])


NOT_ASKING: Final[dict[str, Any]] = {"asking": 0, "before": {}}


def _decided(moment: Moment, row: Extension, state: Extension.State, words: str) -> Callable[[], object]:
    return lambda: Extension.objects.filter(id=row.id, state=Extension.State.ASKED).update(
        state=state, decided_at=moment.at, decided_by=moment.signature, words=words
    )


@decides(Act.RECKON)
def reckon(moment: Moment) -> Change:
    """The holiday table has changed: the same clock by the new one. Only where its end moves."""
    clock = clocks.recomputed(moment.case, moment.at, moment.calendar)
    if not clock:
        raise Conflict("时限没有变，不用重算。", code="same_limit")
    return Change(clock=clock, target=f"{moment_words(clock['due_at'], moment.at)} 前办完")
