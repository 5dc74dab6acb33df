"""Which cases may be called back, by whom, and the list of them, always as somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import CallBack, Case, Draw, Step
from shanzhi.cases.rates.counting import below
from shanzhi.cases.rates.periods import midnight
from shanzhi.cases.seeing import may_see_kind, seen
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.keyset import Order

# Whoever did one of these with a case had a part in it, and does not ask how it went.
HANDLED: Final = (Act.START, Act.STAGE, Act.RELEASE, Act.HANDLE, Act.VERIFY, Act.CLOSE, Act.FINISH, Act.CONTACT)
NUMBER: Final = 20


class Sort:
    """Orders of the list: as it was drawn, or the newest first."""

    OLDEST: Final = "oldest"
    NEWEST: Final = "newest"
    LABELS: Final = {OLDEST: "先列入的在前", NEWEST: "新列入的在前"}
    ORDERS: Final = {
        OLDEST: Order("callbacks", ("opened_at",)),
        NEWEST: Order("callbacks", ("opened_at",), descending=True),
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; every field may be empty."""

    state: str = ""
    answer: str = ""
    draw_id: int | None = None
    area: Area | None = None
    query: str = ""
    called_from: datetime | None = None
    called_before: datetime | None = None
    sort: str = Sort.OLDEST

    @property
    def order(self) -> Order:
        return Sort.ORDERS.get(self.sort, Sort.ORDERS[Sort.OLDEST])


ANSWERS: Final[dict[str, tuple[str, Q]]] = {
    "unsolved": ("没解决", Q(solved=False)),
    "solved": ("解决了", Q(solved=True)),
    "unsatisfied": ("不满意", Q(satisfied=False)),
    "satisfied": ("满意", Q(satisfied=True)),
    "silent": ("24 小时内没人联系", Q(contacted_in_time=CallBack.InTime.NO)),
}


def in_reach(actor: Actor, prefix: str = "") -> Q:
    """Cases in the subtrees for which this person calls back, of kinds that they see."""
    return actor.scope(permissions.CALLBACKS).q(f"{prefix}area_path") & seen(actor, prefix)


def callbacks_for(actor: Actor, wanted: Wanted) -> QuerySet[CallBack]:
    """The list, unordered."""
    rows = CallBack.objects.filter(in_reach(actor, "case__")).select_related("case__area__parent", "draw")
    if wanted.state in CallBack.State.values:
        rows = rows.filter(state=wanted.state)
    if wanted.answer in ANSWERS:
        rows = rows.filter(ANSWERS[wanted.answer][1])
    if wanted.draw_id is not None:
        rows = rows.filter(draw_id=wanted.draw_id)
    if wanted.area is not None:
        rows = rows.filter(below(wanted.area, "case__"))
    if wanted.query:
        rows = rows.filter(case__number=wanted.query[:NUMBER])
    if wanted.called_from is not None:
        rows = rows.filter(at__gte=wanted.called_from)
    if wanted.called_before is not None:
        rows = rows.filter(at__lt=wanted.called_before)
    return rows


def draws_for(actor: Actor) -> QuerySet[Draw]:
    """Draws at places of the actor's, the newest first."""
    mine = actor.scope(permissions.CALLBACKS).q("area__path")
    return Draw.objects.filter(mine).select_related("area").order_by("-at", "-id")


def draw_get_for(actor: Actor, draw_id: str) -> Draw:
    number = id_of(draw_id)
    found = draws_for(actor).filter(id=number).first() if number is not None else None
    if found is None:
        raise not_found()
    return found


def case_get(actor: Actor, number: str) -> Case:
    """A case that lies where this person calls back; whatever is elsewhere does not exist."""
    related = ("area__parent", "owner", "owner__parent", "handler_area", "handler_unit", "reporter_post")
    case = Case.objects.filter(number=number[:NUMBER]).select_related(*related).first()
    scope = actor.scope(permissions.CALLBACKS)
    if case is None or not may_see_kind(actor, case):
        raise not_found()
    if not scope.covers(case.area_path) and not actor.scope(permissions.VIEW).covers(case.area_path):
        raise not_found()
    return case


def callback_of(case: Case) -> CallBack | None:
    return CallBack.objects.filter(case_id=case.id).select_related("draw").first()


def callable_cases(actor: Actor, area: Area, first: date, last: date) -> QuerySet[Case]:
    """Closed in the period and still closed, with somebody to call, and not on the list yet."""
    called = CallBack.objects.filter(case_id=OuterRef("id"), county_id=OuterRef("county_id"))
    return Case.objects.filter(
        below(area), seen(actor), ~Exists(called), state=State.CLOSED, parent=None, reachable=True,
        closed_at__gte=midnight(first), closed_at__lt=midnight(last + timedelta(days=1)),
    )  # fmt: skip


def had_a_part(case: Case, user_ids: Sequence[int]) -> set[int]:
    """Which of these people handled, verified or closed the case, or told of it."""
    steps = Step.objects.filter(case_id=case.id, actor_id__in=user_ids, act__in=HANDLED)
    done: Any = steps.order_by().values_list("actor_id", flat=True).distinct()
    told = {case.reporter_id, case.holder_id} & set(user_ids)
    return {user_id for user_id in (*done, *told) if user_id is not None}


def is_calling(actor: Actor, case: Case) -> bool:
    """Whether this person may have the number for a call-back: it waits for one, and they had no part in it."""
    if (
        case.state != State.CLOSED
        or not case.reachable
        or not actor.scope(permissions.CALLBACKS).covers(case.area_path)
    ):
        return False
    waits = CallBack.objects.filter(case_id=case.id, state=CallBack.State.WAITING)
    return waits.exists() and not had_a_part(case, [actor.user_id or 0])
