"""The steps of a case after its report: one guard, one compare-and-swap, one row, one trail entry, one event each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.acts import AT_HANDLER, UNDECIDED, Act, require
from shanzhi.cases.catalogue import ENDED, HANDLING_HOURS, State, hours_label, step_limit
from shanzhi.cases.events import EVENTS
from shanzhi.cases.history import chained
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.files.services import files_attach
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record

TEXT_LENGTH: Final = 1000
STALE: Final = "刚刚有人办了这件事，请看最新的“经过”再决定，你写的内容还在。"


class Acting:
    """One act on one case inside one transaction; `with Acting(…) as acting:` then say what changes.

    Entering uses the key (a repeated one sets `repeated`: nothing more is to be done), asks the guard for the post,
    and holds the version. Order of refusal: 403, then 409, then the caller's 422.
    """

    def __init__(
        self, *, actor: Actor, case: Case, act: Act, version: int, key: str | None, at: datetime | None, **body: Any
    ) -> None:
        self.actor, self.case, self.act, self.version = actor, case, act, version
        self.at = at or timezone.now()
        self.key, self.body = key, {"version": version, **body}
        self.step_id = new_id()
        self.post: ActorPost | None = None
        self.repeated = False
        self._atomic = atomic()

    def __enter__(self) -> "Acting":
        self._atomic.__enter__()
        try:
            operation = f"cases.{self.act}:{self.case.id}"
            earlier = claim(key=self.key, actor=self.actor, operation=operation, body=self.body, result_id=self.step_id)
            self.repeated = earlier is not None
            if not self.repeated:
                self.actor.require(self.act.permission)
                if self.case.version != self.version:
                    raise Stale(STALE, code="stale")
                self.post = require(self.actor, self.case, self.act)
        except BaseException as error:
            self._atomic.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def __exit__(self, *exc: Any) -> None:
        self._atomic.__exit__(*exc)

    def change(
        self, state: State, *, limit: timedelta | None, text: str = "", act: Act | None = None, target: str = "",
        satisfied: bool | None = None, photo_ids: Sequence[int] = (), **changes: Any,
    ) -> Case:  # fmt: skip
        """Move the case on, if it is still the one that was seen; `limit` is the time for the next step."""
        case, act = self.case, act or self.act
        before, was_due_at = State(case.state), case.due_at
        changes |= {
            "state": state,
            "due_at": self.at + limit if limit is not None else None,
            "version": self.version + 1,
        }
        if state in ENDED:
            changes |= {"ended_at": self.at, "turn_area_id": None, "turn_unit_id": None}
        step = Step(
            id=self.step_id, case_id=case.id, version=changes["version"], act=act, at=self.at,
            actor_id=self.actor.user_id or None, post_id=self.post.id if self.post else None,
            actor_name=self.actor.name, actor_title=self.post.title if self.post else "", text=text, target=target,
            satisfied=satisfied, from_state=before, to_state=state, was_due_at=was_due_at, due_at=changes["due_at"],
        )  # fmt: skip
        changes["history"] = chained(case.history, [step])
        if not Case.objects.filter(id=case.id, version=self.version).update(**changes):
            raise Stale(STALE, code="stale")
        for name, value in changes.items():
            setattr(case, name, value)
        step.save()
        files_attach(actor=self.actor, ids=list(photo_ids), owner=step, at=self.at)
        record(actor=self.actor, code=f"cases.case.{act.past}", obj=case, at=self.at, post=self.post)
        emit(EVENTS[act], subject_id=case.id, at=self.at, step=step.id)
        return case

    def end_assignment(self, state: Assignment.State) -> None:
        """Close the open assignment, if there is one."""
        Assignment.objects.filter(case_id=self.case.id, ended_at=None).update(state=state, ended_at=self.at)

    def to_owner(self) -> dict[str, Any]:
        return {"turn_area_id": self.case.owner_id, "turn_unit_id": None}

    def to_handler(self) -> dict[str, Any]:
        return {"turn_area_id": self.case.handler_area_id, "turn_unit_id": self.case.handler_unit_id}

    def limit(self, state: State) -> timedelta:
        return step_limit(state, urgent=self.case.urgent)


def required(text: str, sentence: str) -> str:
    """The text without blanks around it; Invalid on `text` when it is empty or longer than 1,000 characters."""
    text = text.strip()
    if not text:
        raise Invalid(sentence, code="text_required", fields={"text": [sentence]})
    return limited(text)


def limited(text: str) -> str:
    text = text.strip()
    if len(text) > TEXT_LENGTH:
        sentence = f"最多写 {TEXT_LENGTH} 字，现在 {len(text)} 字，请删减。"
        raise Invalid(sentence, code="text_too_long", fields={"text": [sentence]})
    return text


def case_accept(
    *, actor: Actor, case: Case, version: int, text: str = "", key: str | None = None, at: datetime | None = None
) -> Case:
    """The level in charge takes the case on."""
    with Acting(actor=actor, case=case, act=Act.ACCEPT, version=version, key=key, at=at, text=text) as acting:
        if acting.repeated:
            return case
        return acting.change(
            State.ACCEPTED, limit=acting.limit(State.ACCEPTED), text=limited(text), **acting.to_owner()
        )


def case_reject(
    *, actor: Actor, case: Case, version: int, text: str, key: str | None = None, at: datetime | None = None
) -> Case:
    """The level in charge does not take it on, and says why; the case ends."""
    with Acting(actor=actor, case=case, act=Act.REJECT, version=version, key=key, at=at, text=text) as acting:
        if acting.repeated:
            return case
        return acting.change(State.REJECTED, limit=None, text=required(text, "请写明为什么不予受理，反映人会看到。"))


def case_dispatch(
    *, actor: Actor, case: Case, version: int, area: Area | None = None, unit: Unit | None = None, hours: int = 168,
    text: str = "", key: str | None = None, at: datetime | None = None,
) -> Case:  # fmt: skip
    """Give the case to a grid, a lower level or a unit, with a time limit in continuous hours."""
    chosen = {"area": area.id if area else None, "unit": unit.id if unit else None, "hours": hours}
    with Acting(
        actor=actor, case=case, act=Act.DISPATCH, version=version, key=key, at=at, text=text, **chosen
    ) as acting:
        if acting.repeated:
            return case
        target = _checked_target(case, area, unit)
        if hours not in HANDLING_HOURS:
            sentence = "请在列出的时限里选一个。"
            raise Invalid(sentence, code="hours", fields={"hours": [sentence]})
        limit = timedelta(hours=hours)
        Assignment.objects.create(case_id=case.id, area=area, unit=unit, called_at=acting.at, due_at=acting.at + limit)
        places: dict[str, Any] = {"handler_area_id": chosen["area"], "handler_unit_id": chosen["unit"]}
        turn: dict[str, Any] = {"turn_area_id": chosen["area"], "turn_unit_id": chosen["unit"]}
        words = f"{target.name}，{hours_label(hours)}"
        return acting.change(State.DISPATCHED, limit=limit, text=limited(text), target=words, **places, **turn)


def _checked_target(case: Case, area: Area | None, unit: Unit | None) -> Area | Unit:
    """Exactly one of both, still there, and directly below the level in charge."""
    sentence = "请选一个网格、下级或单位来处理。"
    if (area is None) == (unit is None):
        raise Invalid(sentence, code="target_required", fields={"target": [sentence]})
    target: Area | Unit
    if area is not None:
        target, fits = area, area.parent_id == case.owner_id
    else:
        assert unit is not None
        target, fits = unit, unit.area_id == case.owner_id
    if not fits or target.valid_to is not None:
        sentence = f"{target.name}现在不能接这件事，请重新选。"
        raise Invalid(sentence, code="target_outside", fields={"target": [sentence]})
    return target


def case_start(
    *, actor: Actor, case: Case, version: int, text: str = "", key: str | None = None, at: datetime | None = None
) -> Case:
    """The handler takes it up; the time limit runs on unchanged."""
    with Acting(actor=actor, case=case, act=Act.START, version=version, key=key, at=at, text=text) as acting:
        if acting.repeated:
            return case
        Assignment.objects.filter(case_id=case.id, ended_at=None).update(
            state=Assignment.State.ARRIVED, arrived_at=acting.at
        )
        rest = (case.due_at or acting.at) - acting.at
        return acting.change(State.HANDLING, limit=rest, text=limited(text), **acting.to_handler())


def case_handle(
    *, actor: Actor, case: Case, version: int, text: str, photo_ids: Sequence[int] = (), key: str | None = None,
    at: datetime | None = None,
) -> Case:  # fmt: skip
    """Whoever has the turn reports what was done; the level in charge verifies it next."""
    with Acting(
        actor=actor, case=case, act=Act.HANDLE, version=version, key=key, at=at, text=text, photos=list(photo_ids)
    ) as acting:
        if acting.repeated:
            return case
        words = required(text, "请写明怎么处理的、结果怎么样。")
        acting.end_assignment(Assignment.State.DONE)
        return acting.change(
            State.HANDLED, limit=acting.limit(State.HANDLED), text=words, photo_ids=photo_ids, **acting.to_owner()
        )


def case_return(
    *, actor: Actor, case: Case, version: int, text: str, key: str | None = None, at: datetime | None = None
) -> Case:
    """One step back, with a reason: handler → level in charge; handled → handler again; escalated → level below."""
    with Acting(actor=actor, case=case, act=Act.RETURN, version=version, key=key, at=at, text=text) as acting:
        if acting.repeated:
            return case
        words = required(text, "请写明为什么退回，对方会看到。")
        if case.state in AT_HANDLER:
            acting.end_assignment(Assignment.State.RETURNED)
            return acting.change(
                State.RETURNED, limit=acting.limit(State.RETURNED), text=words, target=f"退给{case.owner.name}",
                handler_area_id=None, handler_unit_id=None, **acting.to_owner(),
            )  # fmt: skip
        if case.state in UNDECIDED:
            below = _level_below(case)
            return acting.change(
                State.RETURNED, limit=acting.limit(State.RETURNED), text=words, target=f"退给{below.name}",
                owner_id=below.id, owner_path=below.path, raised=case.raised - 1, turn_area_id=below.id,
            )  # fmt: skip
        limit = acting.limit(State.DISPATCHED)
        Assignment.objects.create(
            case_id=case.id, area_id=case.handler_area_id, unit_id=case.handler_unit_id, called_at=acting.at,
            arrived_at=acting.at, due_at=acting.at + limit, state=Assignment.State.ARRIVED,
        )  # fmt: skip
        return acting.change(State.HANDLING, limit=limit, text=words, target="重新处理", **acting.to_handler())


def _level_below(case: Case) -> Area:
    """The level that the case was escalated from: the one below the owner, on the way to where the case is."""
    below = Area.objects.filter(path=case.area_path[: len(case.owner_path) + WIDTH]).first()
    if case.raised == 0 or below is None or below.path == case.owner_path:
        raise Conflict("这件事不是下级报上来的，没有上一步可退。", code="nothing_to_return")
    return below


def case_escalate(
    *, actor: Actor, case: Case, version: int, text: str, key: str | None = None, at: datetime | None = None
) -> Case:
    """Village → township → county: the level above takes over and has to accept it."""
    with Acting(actor=actor, case=case, act=Act.ESCALATE, version=version, key=key, at=at, text=text) as acting:
        if acting.repeated:
            return case
        words = required(text, "请写明为什么要上级办。")
        above = case.owner.parent
        if above is None:
            raise Conflict("已经在县里，没有更高的上级。", code="no_level_above")
        return acting.change(
            State.REPORTED, limit=acting.limit(State.REPORTED), text=words, target=above.name, owner_id=above.id,
            owner_path=above.path, raised=case.raised + 1, turn_area_id=above.id,
        )  # fmt: skip


def case_verify(
    *, actor: Actor, case: Case, version: int, text: str = "", key: str | None = None, at: datetime | None = None
) -> Case:
    """The level in charge finds the matter handled; the reporter is asked, seven days of silence close it."""
    with Acting(actor=actor, case=case, act=Act.VERIFY, version=version, key=key, at=at, text=text) as acting:
        if acting.repeated:
            return case
        return acting.change(
            State.VERIFIED, limit=acting.limit(State.VERIFIED), text=limited(text), **acting.to_owner()
        )


def case_close(
    *, actor: Actor, case: Case, version: int, satisfied: bool | None = None, text: str = "",
    key: str | None = None, at: datetime | None = None,
) -> Case:  # fmt: skip
    """Close it, with the reporter's rating if the reporter does it. Not satisfied: back to the level in charge.

    Only the reporter rates; a rating by anyone else is refused.
    """
    with Acting(
        actor=actor, case=case, act=Act.CLOSE, version=version, key=key, at=at, text=text, satisfied=satisfied
    ) as acting:
        if acting.repeated:
            return case
        if satisfied is not None and actor.user_id != case.reporter_id:
            sentence = "只有反映人能评价，请直接办结。"
            raise Invalid(sentence, code="not_the_reporter", fields={"satisfied": [sentence]})
        if satisfied is False:
            words = required(text, "请写明哪里不满意，办事的人会看到。")
            return acting.change(
                State.RETURNED, act=Act.RETURN, limit=acting.limit(State.RETURNED), text=words, satisfied=False,
                target=f"退给{case.owner.name}", handler_area_id=None, handler_unit_id=None, **acting.to_owner(),
            )  # fmt: skip
        return acting.change(State.CLOSED, limit=None, text=limited(text), satisfied=satisfied)
