"""Several reports of one matter: the duplicates end where the main one goes on, and come back if that was wrong."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Extension, Supervision
from shanzhi.cases.models.timed import Timed
from shanzhi.cases.services.engine import STALE, Change, Moment, decides, follows, held, limited, required
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.errors import Conflict, Invalid, Stale

WHICH: Final = "请填要并入哪一件的编号，例如 2611-0203。"
KEPT: Final = ("turn_area_id", "turn_unit_id", "holder_id", "stage", "supervised", "asking")


@decides(Act.MERGE)
def merge(moment: Moment, *, into: Case | None, text: str) -> Change:
    """End this one as a duplicate of an open case of the same level in charge, with a reason.

    What is needed to undo it is kept in `before`. The duplicate has none of its own: who was merged into it has to
    come out first, so that there are no chains.
    """
    case = moment.case
    words = required(text, "请写明为什么是同一件事，双方反映人会看到。")
    if into is None:
        raise Invalid(WHICH, code="into_required", fields={"into": [WHICH]})
    _checked_main(case, into)
    rows = held(case.parent_id, case.id, into.id)
    if rows[case.id].version != case.version:
        raise Stale(STALE, code="stale")
    main = rows[into.id]
    _checked_main(case, main)
    if Case.objects.filter(merged_into_id=case.id, state=State.MERGED).exists():
        raise Conflict("有别的事并入了这一件，请把这一件当主件，或先撤销那些合并。", code="has_duplicates")
    return Change(
        State.MERGED, text=words, target=main.number,
        changes={"merged_into_id": main.id, "before": before(moment)},
        then=[lambda: follows(moment, main, Act.ABSORB, Change(target=case.number, text=words))],
        data={"main": main.id},
    )  # fmt: skip


def _checked_main(case: Case, main: Case) -> None:
    """Open, of the same level in charge, another one, and not what this one was split from."""
    sentence = ""
    if main.id == case.id:
        sentence = "不能并入自己，请填另一件的编号。"
    elif main.state == State.MERGED:
        target = main.merged_into.number if main.merged_into is not None else ""
        sentence = f"{main.number} 已并入 {target}，请并入 {target}。"
    elif not main.is_open:
        sentence = f"{main.number} 现在是“{State(main.state).label}”，请并入一件没办结的。"
    elif main.owner_path != case.owner_path:
        sentence = f"{main.number} 由另一级主办，不能并入，请先请同一级来办。"
    elif main.id == case.parent_id:
        sentence = f"这件事是从 {main.number} 拆分出来的，不能再并回去。"
    if sentence:
        raise Invalid(sentence, code="into_wrong", fields={"into": [sentence]})


def before(moment: Moment) -> dict[str, Any]:
    """What undoing needs: the state, whose turn it was, the clocks as they stood, and who was still called."""
    case = moment.case
    calls = Assignment.objects.filter(case_id=case.id, ended_at=None)
    asked = Supervision.objects.filter(case_id=case.id, answered_at=None)
    extension = Extension.objects.filter(case_id=case.id, state=Extension.State.ASKED).values_list("id", flat=True)
    return {
        "state": str(case.state),
        "at": moment.at.isoformat(),
        "due_at": case.due_at.isoformat() if case.due_at else "",
        "columns": {name: getattr(case, name) for name in KEPT},
        "clock": _stopped(case, moment),
        "calls": [[call.id, str(call.state), _stopped(call, moment)] for call in calls],
        "supervisions": [[one.id, _stopped(one, moment)] for one in asked],
        "extensions": list(extension),
        "before": case.before,
    }


def _stopped(row: Timed, moment: Moment) -> dict[str, Any]:
    """A clock as it stands still: the end that it had is kept for one that stood still before."""
    running = row.running_since is not None
    return {
        "runs": running,
        "spent": clocks.spent(row, moment.at, moment.calendar) if running else row.spent,
        "due_at": None if running or row.due_at is None else row.due_at.isoformat(),
        "watch_at": None if running or row.watch_at is None else row.watch_at.isoformat(),
    }


def _goes_on(row: Timed, kept: dict[str, Any], stopped: datetime, at: datetime, calendar: Calendar) -> dict[str, Any]:
    """The columns of a clock that was stopped by a merge: the time in between is not counted."""
    if not kept["runs"]:
        ends = {name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in ("due_at", "watch_at")}
        return {"running_since": None, "spent": kept["spent"], **ends}
    row.spent = kept["spent"]
    return clocks.resumed(row, at, calendar, stopped=stopped)


@decides(Act.UNMERGE)
def unmerge(moment: Moment, *, text: str = "") -> Change:
    """Undo it while the main one is open: everything is as it was, and the clocks go on with what was left. Parts that
    were opened again meanwhile are waited for.
    """
    case = moment.case
    assert case.merged_into_id is not None
    rows = held(case.parent_id, case.id, case.merged_into_id)
    if rows[case.id].version != case.version:
        raise Stale(STALE, code="stale")
    main = rows[case.merged_into_id]
    if not main.is_open:
        label = State(main.state).label
        raise Conflict(f"{main.number} 现在是“{label}”，合并不能再撤销，请对这件事另报一件。", code="main_ended")
    kept = case.before
    stopped = datetime.fromisoformat(kept["at"])
    clock = _goes_on(case, kept["clock"], stopped, moment.at, moment.calendar)
    words = limited(text)
    return Change(
        State(kept["state"]), clock, text=words, target=main.number,
        changes={
            **kept["columns"], "merged_into_id": None, "before": kept["before"],
            "parts": Case.objects.filter(parent_id=case.id, ended_at=None).count(),
        },
        then=[
            _calls_back(moment, kept, stopped),
            lambda: follows(moment, main, Act.UNMERGE, Change(target=case.number, text=words)),
        ],
        data={"main": main.id},
    )  # fmt: skip


def _calls_back(moment: Moment, kept: dict[str, Any], stopped: datetime) -> Callable[[], None]:
    """Who was called is called again, whoever wanted an answer still wants it, and what was asked for is asked."""

    def back() -> None:
        at, calendar = moment.at, moment.calendar
        calls = {call.id: call for call in Assignment.objects.filter(id__in=[i for i, _, _ in kept["calls"]])}
        for call_id, state, clock in kept["calls"]:
            columns = _goes_on(calls[call_id], clock, stopped, at, calendar)
            Assignment.objects.filter(id=call_id).update(state=state, ended_at=None, **columns)
        wanted = {one.id: one for one in Supervision.objects.filter(id__in=[i for i, _ in kept["supervisions"]])}
        for one_id, clock in kept["supervisions"]:
            columns = _goes_on(wanted[one_id], clock, stopped, at, calendar)
            Supervision.objects.filter(id=one_id).update(answered_at=None, answered_by="", answer="", **columns)
        Extension.objects.filter(id__in=kept["extensions"]).update(
            state=Extension.State.ASKED, decided_at=None, decided_by="", words=""
        )

    return back
