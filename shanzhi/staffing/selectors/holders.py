"""The list of who serves where: posts and assignments as one list, filtered, sorted and paged as one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Case, DateField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from shanzhi.access.actor import Actor, PathRange
from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.areas.models import Area
from shanzhi.staffing.catalogue import BY_POST, OFFICES, RANKS, ROLES
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.selectors.asof import LATELY, SOON, AsOf
from shanzhi.staffing.selectors.scope import place_scope
from shanzhi.tenancy.keyset import SIZE, Order, Page, page_of

FAR: Final = date(9999, 12, 31)  # no end
POST, OWN = 0, 1
COLUMNS: Final = ("id", "source_table", "who", "area_path", "rank", "until", "valid_from")
LIVE, COMING, OVER, ENDED, ALL = "live", "coming", "over", "ended", "all"
LAPSED: Final = f"past{LATELY}"
STATES: Final = {
    LIVE: "在任",
    **{f"in{days}": f"{days} 天内到期" for days in SOON},
    COMING: "未到任期",
    OVER: "任期已满",
    LAPSED: f"近 {LATELY} 天任期届满",
    ENDED: "已撤销或结束",
    ALL: "全部",
}
ORDERS: Final = {
    "place": Order("staff", ("area_path", "rank", "who")),
    "name": Order("staff", ("who",)),
    "until": Order("staff", ("until", "area_path")),
    "-from": Order("staff", ("valid_from",), descending=True),
}
SORTS: Final = {"place": "按地方", "name": "按姓名", "until": "先到期的在前", "-from": "新任的在前"}


@dataclass(frozen=True, slots=True)
class StaffFilter:
    """What the list is narrowed by; `text` never stands in an address."""

    role: str = ""
    state: str = LIVE
    path: str = ""
    exact: bool = False
    text: str = ""
    sort: str = "place"

    @property
    def order(self) -> Order:
        return ORDERS.get(self.sort, ORDERS["place"])


@dataclass(frozen=True, slots=True)
class Holder:
    """One person in one role, wherever it is kept. `number` is that of the assignment, 0 for a post.

    `path` is where they count now: another than their area's, if that was merged.
    """

    role: str
    name: str
    area: Area
    path: str
    place: str
    valid_from: date
    valid_to: date | None
    state: str
    number: int = 0
    post_id: int = 0
    organisation: str = ""
    phone: str = ""
    source: str = ""
    ended_on: date | None = None
    instead: str = ""
    version: int = 0

    @property
    def label(self) -> str:
        return ROLES[self.role].label

    @property
    def state_label(self) -> str:
        return STATES[self.state]

    def days_left(self, day: date) -> int | None:
        """Days until the term ends; none without an end or when not in office."""
        return None if self.valid_to is None or self.state != LIVE else (self.valid_to - day).days


class _Both:
    """Posts and assignments under one set of columns, as far as a page of a list asks for it."""

    def __init__(self, *parts: Any) -> None:
        self.parts = parts

    def filter(self, *conditions: Q) -> "_Both":
        return _Both(*(part.filter(*conditions) for part in self.parts))

    def order_by(self, *terms: str) -> Any:
        first, second = (part.values_list(*COLUMNS, named=True) for part in self.parts)
        return first.union(second, all=True).order_by(*terms)


def _posts() -> QuerySet[Post]:
    ranks = [When(role=post, then=Value(RANKS[code])) for post, code in BY_POST.items()]
    return Post.objects.filter(role__in=list(BY_POST), area_id__isnull=False).annotate(
        source_table=Value(POST, IntegerField()), who=F("user__name"),
        until=Coalesce("valid_to", Value(FAR, DateField())),
        rank=Case(*ranks, default=Value(99), output_field=IntegerField()),
    )  # fmt: skip


def _own() -> QuerySet[Assignment]:
    ranks = [When(role=code, then=Value(rank)) for code, rank in RANKS.items()]
    return Assignment.objects.annotate(
        source_table=Value(OWN, IntegerField()), who=F("name"), until=Coalesce("valid_to", Value(FAR, DateField())),
        rank=Case(*ranks, default=Value(99), output_field=IntegerField()),
    )  # fmt: skip


def _state(state: str, asof: AsOf) -> tuple[Q, Q]:
    """A state as a condition on posts and as one on assignments."""
    kept = (asof.posts_kept(), asof.own_kept())
    if state == ALL:
        return Q(), Q()
    if state == ENDED:
        return asof.posts_gone(), asof.own_gone()
    if state.startswith("in"):
        term = asof.ending(int(state[2:]))
    elif state == COMING:
        term = Q(valid_from__gt=asof.day)
    elif state == LAPSED:
        term = asof.lapsed()
    elif state == OVER:
        term = Q(valid_to__lt=asof.day)
    else:
        term = asof.within_term()
    return kept[0] & term, kept[1] & term


def _places(actor: Actor, wanted: StaffFilter, column: str) -> Q:
    """What this person sees of what is wanted, by a column that holds a path."""
    places = place_scope(actor).q(column)
    if wanted.path:
        below = PathRange.below(wanted.path)
        inside = {f"{column}__gte": below.lo, f"{column}__lt": below.hi}
        places &= Q(**{column: wanted.path}) if wanted.exact else Q(**inside)
    return places


def _filtered(actor: Actor, wanted: StaffFilter, asof: AsOf) -> _Both:
    places = _places(actor, wanted, "area_path")
    if asof.is_past:  # whose place has gone since lies where it lay
        stayed = Q(area__valid_to=None) | Q(area__valid_to__lte=asof.day)
        places = (places & stayed) | (_places(actor, wanted, "area__path") & Q(area__valid_to__gt=asof.day))
    for_posts, for_own = _state(wanted.state if wanted.state in STATES else LIVE, asof)
    posts, own = _posts().filter(places, for_posts), _own().filter(places, for_own)
    if wanted.role in ROLES:
        role = ROLES[wanted.role]
        posts = posts.filter(role=role.post) if role.post else posts.none()
        own = own.filter(role=role.code)
    else:  # the offices are no grid staff
        posts = posts.exclude(role__in=[ROLES[code].post for code in OFFICES])
    if wanted.text:
        posts, own = posts.filter(user__name__contains=wanted.text), own.filter(name__contains=wanted.text)
    return _Both(posts, own)


def holder_page(actor: Actor, wanted: StaffFilter, asof: AsOf, *, cursor: str = "", size: int = SIZE) -> Page[Holder]:
    """A page of the list, in three statements whatever its size (one more at the way back to the first page)."""
    rows: Any = _filtered(actor, wanted, asof)
    page: Page[Any] = page_of(rows, wanted.order, cursor=cursor, size=size)
    return page.showing(_loaded(page.rows, asof))


def holder_list(actor: Actor, wanted: StaffFilter, asof: AsOf, *, limit: int) -> list[Holder]:
    """The whole list up to a limit, in its order."""
    return _loaded(list(_filtered(actor, wanted, asof).order_by(*wanted.order.terms)[:limit]), asof)


def _loaded(rows: Sequence[Any], asof: AsOf) -> list[Holder]:
    ids: dict[int, list[int]] = {POST: [], OWN: []}
    for row in rows:
        ids[row.source_table].append(row.id)
    found = {holder.post_id or holder.number: holder for holder in holder_rows(
        Post.objects.filter(id__in=ids[POST]) if ids[POST] else (),
        Assignment.objects.filter(id__in=ids[OWN]) if ids[OWN] else (),
        asof,
    )}  # fmt: skip
    return [found[row.id] for row in rows if row.id in found]


def holder_rows(
    posts: QuerySet[Post] | Iterable[Post], own: QuerySet[Assignment] | Iterable[Assignment], asof: AsOf
) -> list[Holder]:
    """With the names around them; two statements."""
    if isinstance(posts, QuerySet):
        posts = posts.select_related("user", "area__parent")
    if isinstance(own, QuerySet):
        own = own.select_related("area__parent")
    return [*(_of_post(post, asof) for post in posts), *(_of_own(row, asof) for row in own)]


def _of_post(post: Post, asof: AsOf) -> Holder:
    gone = post.revoked_at is not None and post.revoked_at < asof.end
    gone = gone or (not asof.is_past and not post.user.is_active)
    return Holder(
        role=BY_POST[post.role], name=post.user.name, area=post.area, path=post.area_path, place=place_words(post.area),
        valid_from=post.valid_from, valid_to=post.valid_to, post_id=post.id, version=post.version,
        state=ENDED if gone else _term(post.valid_from, post.valid_to, asof.day), source="岗位",
    )  # fmt: skip


def _of_own(row: Assignment, asof: AsOf) -> Holder:
    return Holder(
        role=row.role, name=row.name, area=row.area, path=row.area_path, place=place_words(row.area),
        valid_from=row.valid_from, valid_to=row.valid_to, number=row.id, organisation=row.organisation,
        phone=row.phone, source=row.source, ended_on=row.ended_on, version=row.version,
        state=row.state_on(asof.day),
    )  # fmt: skip


def _term(first: date, last: date | None, day: date) -> str:
    if day < first:
        return COMING
    return OVER if last is not None and day > last else LIVE
