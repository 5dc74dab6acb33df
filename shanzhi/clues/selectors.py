"""Who is on the desk, and which clues they may know of. Everybody else is told what is said of what does not exist."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.access.permissions import ADMINISTRATORS
from shanzhi.accounts.models import AccountAct, Post
from shanzhi.accounts.selectors import live, post_labels
from shanzhi.clues.catalogue import OPEN, Act, State
from shanzhi.clues.fields import mark_of
from shanzhi.clues.models import Assignee, Bar, Clue, ClueOfficer, Step
from shanzhi.clues.permissions import APPOINT, DESK
from shanzhi.lib.errors import Forbidden
from shanzhi.lib.receipts import signs_read
from shanzhi.tenancy.keyset import Order

NEWEST: Final = Order("clues.newest", ("received_at",), descending=True)
OFFICERS: Final = Order("clues.officers", ("appointed_at",), descending=True)
TABS: Final[dict[str, str]] = {
    "waiting": "待分派", "mine": "我的", "open": "全部在办", "transferred": "已移送", "concluded": "已办结",
}  # fmt: skip
RESETS: Final = ("password_reset", "totp_off")
TAKEN_OVER: Final = "你的密码或动态口令被管理员重置过，要看线索，请安全管理员结束后重新任命。"
LEADS_TABS: Final = frozenset({"waiting", "open"})


@dataclass(frozen=True)
class Desk:
    """An officer at work: the person, the row by which they were named, and by which digest they would be barred."""

    actor: Actor
    officer: ClueOfficer

    @property
    def user_id(self) -> int:
        return int(self.officer.user_id)

    @property
    def lead(self) -> bool:
        return self.officer.lead

    @cached_property
    def mark(self) -> str:
        return who_mark(self.user_id)

    @property
    def tabs(self) -> dict[str, str]:
        return {name: label for name, label in TABS.items() if self.lead or name not in LEADS_TABS}


def who_mark(user_id: int) -> str:
    return mark_of(str(user_id), "clues_bar.who")


def _taken_over() -> Exists:
    """Whether an administrator may have got hold of the account after its person was named."""
    acts = AccountAct.objects.filter(user_id=OuterRef("user_id"), kind__in=RESETS, at__gte=OuterRef("appointed_at"))
    return Exists(acts.exclude(actor_id=OuterRef("user_id")))


def desk_of(actor: Actor) -> Desk:
    """The officer's place, read anew each time: an end counts at once. NotFound for everybody else.

    Forbidden for an officer whose password or second factor was reset since: they have to be named anew, and see then
    as little as anybody who is named later.
    """
    if actor.can(DESK) and actor.user_id:
        rows = ClueOfficer.objects.filter(user_id=actor.user_id, ended_at=None).annotate(taken_over=_taken_over())
        found = rows.first()
        if found is not None and found.taken_over:
            raise Forbidden(TAKEN_OVER, code="taken_over")
        if found is not None:
            return Desk(actor, found)
    raise not_found()


def officers_now(*, at: datetime) -> list[ClueOfficer]:
    """Who is on the desk and could work: active, with a post of their own, no administrator. Leads first."""
    posts = Post.objects.filter(live(at), user_id=OuterRef("user_id"))
    rows = ClueOfficer.objects.filter(Exists(posts), ended_at=None, user__is_active=True)
    rows = rows.exclude(Exists(posts.filter(role__in=ADMINISTRATORS))).exclude(_taken_over())
    return list(rows.select_related("user").order_by("-lead", "appointed_at", "id"))


def titles_of(officers: Sequence[ClueOfficer], *, at: datetime) -> dict[int, str]:
    """Name and main post of each by user id: whoever is asked whom they fear has to know who is meant."""
    posts = Post.objects.filter(live(at), user_id__in=[one.user_id for one in officers])
    first: dict[int, int] = {}
    for post_id, user_id, _ in sorted(posts.values_list("id", "user_id", "area_path"), key=lambda row: len(row[2])):
        first.setdefault(user_id, post_id)
    labels = post_labels(first.values())
    return {user_id: labels[post_id] for user_id, post_id in first.items()}


def officers_for(actor: Actor, *, ended: bool) -> QuerySet[ClueOfficer]:
    actor.require(APPOINT)
    rows = ClueOfficer.objects.filter(ended_at__isnull=not ended).annotate(taken_over=_taken_over())
    return rows.select_related("user")


def officer_get_for(actor: Actor, officer_id: int) -> ClueOfficer:
    """NotFound, then Forbidden."""
    row = ClueOfficer.objects.filter(id=officer_id).select_related("user").first()
    if row is None or not actor.is_member:
        raise not_found()
    actor.require(APPOINT)
    return row


def _barred(mark: str) -> Exists:
    return Exists(Bar.objects.filter(clue_id=OuterRef("id"), who=mark))


def clues_for(desk: Desk, *, at: datetime) -> QuerySet[Clue]:
    """What this officer may know of: never what they were barred from.

    Officers: what is assigned to them. Leads: also what came in since they were named, because whoever handed it in
    could bar them; and what is older only where no lead of that time is left who may see it.
    """
    rows = Clue.objects.exclude(_barred(desk.mark))
    since = desk.officer.appointed_at
    mine = Q(Exists(Assignee.objects.filter(clue_id=OuterRef("id"), user_id=desk.user_id, at__gte=since)))
    if not desk.lead:
        return rows.filter(mine)
    orphaned = Q()
    for other in officers_now(at=at):
        if other.lead and other.user_id != desk.user_id:
            orphaned &= Q(received_at__lt=other.appointed_at) | Q(_barred(who_mark(other.user_id)))
    if not orphaned:
        return rows
    return rows.filter(mine | Q(received_at__gte=since) | orphaned)


def narrowed(rows: QuerySet[Clue], desk: Desk, *, tab: str, officer_id: int | None = None) -> QuerySet[Clue]:
    """One tab of the list; `officer_id` is a user to whom they are assigned."""
    if tab == "waiting":
        rows = rows.filter(state=State.RECEIVED)
    elif tab == "transferred":
        rows = rows.filter(state=State.TRANSFERRED)
    elif tab == "concluded":
        rows = rows.filter(state=State.CONCLUDED)
    else:
        rows = rows.filter(state__in=OPEN)
    if tab == "mine":
        mine = Assignee.objects.filter(clue_id=OuterRef("id"), user_id=desk.user_id, at__gte=desk.officer.appointed_at)
        rows = rows.filter(Exists(mine))
    elif officer_id is not None:
        rows = rows.filter(Exists(Assignee.objects.filter(clue_id=OuterRef("id"), user_id=officer_id)))
    return rows


def listed(rows: QuerySet[Clue]) -> QuerySet[Clue]:
    """Without any text: what is in a clue is read on its page, where reading is written down."""
    return rows.only("id", "county_id", "number", "received_at", "state", "last_at", "version")


def clue_get_for(desk: Desk, clue_id: int, *, at: datetime, lock: bool = False) -> Clue:
    rows = clues_for(desk, at=at).filter(id=clue_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise not_found()
    return found


def clue_by_number(desk: Desk, typed: str, *, at: datetime) -> Clue | None:
    """The whole number, as it was typed."""
    return clues_for(desk, at=at).filter(number=signs_read(typed)).first()


def steps_of(clue: Clue) -> list[Step]:
    """The newest first."""
    return list(Step.objects.filter(clue_id=clue.id).order_by("-serial"))


def assignees_of(clues: Iterable[Clue]) -> dict[int, list[tuple[int, str]]]:
    """User id and name of those to whom each clue is assigned."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = Assignee.objects.filter(clue_id__in=[clue.id for clue in clues]).order_by("id")
    for clue_id, user_id, name in rows.values_list("clue_id", "user_id", "user__name"):
        found.setdefault(clue_id, []).append((user_id, name))
    return found


def assigned_now(clue: Clue, officers: Iterable[ClueOfficer]) -> set[int]:
    """User ids of those officers to whom it was assigned since they were named."""
    rows = dict(Assignee.objects.filter(clue_id=clue.id).values_list("user_id", "at"))
    since = {int(one.user_id): one.appointed_at for one in officers}
    return {user_id for user_id, at in rows.items() if user_id in since and at >= since[user_id]}


def barred_among(clue: Clue, officers: Sequence[ClueOfficer]) -> set[int]:
    """User ids of those officers who may not know of it."""
    marks = set(Bar.objects.filter(clue_id=clue.id).values_list("who", flat=True))
    return {int(one.user_id) for one in officers if who_mark(one.user_id) in marks}


def leads_for(clue: Clue, officers: Sequence[ClueOfficer]) -> set[int]:
    """User ids of the leads who see it."""
    barred = barred_among(clue, officers)
    free = [one for one in officers if one.lead and one.user_id not in barred]
    of_then = [one for one in free if one.appointed_at <= clue.received_at]
    return {int(one.user_id) for one in of_then or free}


def last_look(clue: Clue, desk: Desk, act: Act) -> Step | None:
    """When this officer looked at it so the last time."""
    looks = Step.objects.filter(clue_id=clue.id, act=act, actor_id=desk.user_id)
    return looks.order_by("-serial").first()
