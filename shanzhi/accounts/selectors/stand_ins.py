"""Who works whose list while a colleague is away, and who might."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from shanzhi.access.actor import Actor, PathRange
from shanzhi.access.pages import not_found
from shanzhi.access.permissions import ADMINISTRATORS, OFFICERS, Level
from shanzhi.accounts.models import Post, StandIn
from shanzhi.accounts.permissions import STAND_INS
from shanzhi.accounts.selectors.actors import live
from shanzhi.accounts.selectors.people import names_of
from shanzhi.accounts.selectors.posts import PostRow, post_rows
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ancestors
from shanzhi.lib.times import local
from shanzhi.tenancy.keyset import Order, Page, page_of

STATES: Final = {"running": "正在代班", "coming": "还没开始", "ended": "已结束"}
# Who watches the others is stood in for by a peer only: 村民委员会组织法 art. 32 keeps members of the committee out.
WATCHING: Final = frozenset({"supervisor", "auditor"})
NEWEST: Final = Order("stand_ins", descending=True)
BY_PLACE: Final = Order("handed_posts", ("area_path",))


@dataclass(frozen=True)
class StandInRow:
    """A stand-in with the words that a list shows; `title` is the post's."""

    id: int
    post_id: int
    title: str
    holder_id: int
    holder: str
    substitute_id: int
    substitute: str
    valid_from: date
    valid_to: date
    reason: str
    state: str
    created_by: str
    ended_at: datetime | None
    version: int
    may_end: bool

    @property
    def state_label(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True)
class Substitute:
    """Somebody who might stand in, with the post that makes it fit."""

    user_id: int
    name: str
    title: str
    place: str


def handed_posts_for(actor: Actor, *, at: datetime, path: str = "", cursor: str = "") -> Page[PostRow]:
    """Posts in force whose lists this actor may have worked by somebody else, by place, 50 a page."""
    actor.require(STAND_INS)
    posts = _handed(actor).filter(live(at))
    if path:
        below = PathRange.below(path)
        posts = posts.filter(area_path__gte=below.lo, area_path__lt=below.hi)
    page = page_of(posts, BY_PLACE, cursor=cursor)
    rows = {row.id: row for row in post_rows(Post.objects.filter(id__in=[post.id for post in page.rows]), at=at)}
    return page.showing([rows[post.id] for post in page.rows])


def handed_post_get_for(actor: Actor, post_id: int) -> Post:
    """A post that is the actor's own, or lies where the actor arranges stand-ins; 404 for any other."""
    posts = Post.objects.select_related("user", "area", "unit__area").filter(id=post_id)
    found = posts.filter(Q(user_id=actor.user_id or 0) | _reach(actor)).first()
    if found is None:
        raise not_found()
    return found


def may_be_handed(role: str) -> bool:
    """Posts that work on lists: not residents' and volunteers', and the three administrators stay three people."""
    return role in OFFICERS


def _reach(actor: Actor, prefix: str = "") -> Q:
    """Posts where the actor arranges stand-ins, by posts of one's own: what one stands in for is not handed on."""
    return actor.own.scope(STAND_INS).q(f"{prefix}area_path")


def _handed(actor: Actor) -> QuerySet[Post]:
    return Post.objects.filter(_reach(actor), role__in=OFFICERS).exclude(user_id=actor.user_id or 0)


def substitutes_for(post: Post, *, at: datetime) -> list[Substitute]:
    """Who may stand in: active people with a working post at the same place, right above it or right beside it.

    Those of the same place come first. Nobody who is one of the three administrators. A post that watches others
    takes a peer of the same role only.
    """
    nearby = Q(area_path=post.area_path)  # for a unit: its area, and its sister units
    if post.area is not None and post.area.parent_id is not None:
        nearby |= Q(unit__isnull=True, area_path=ancestors(post.area_path)[-1])
        nearby |= Q(unit__isnull=True, area__parent_id=post.area.parent_id)
    roles = {post.role} if post.role in WATCHING else set(OFFICERS)
    administers = Post.objects.filter(live(at), user_id=OuterRef("user_id"), role__in=ADMINISTRATORS)
    found = Post.objects.filter(nearby, live(at), ~Exists(administers), role__in=roles, user__is_active=True)
    rows = post_rows(found.exclude(user_id=post.user_id), at=at)
    rows.sort(key=lambda row: (row.area_path != post.area_path, row.area_path, row.role != post.role, row.id))
    out: dict[int, Substitute] = {}
    for row in rows:
        out.setdefault(row.user_id, Substitute(row.user_id, row.user_name, row.title, row.place))
    return list(out.values())


def standin_list_for(
    actor: Actor, *, at: datetime, path: str = "", state: str = "", cursor: str = ""
) -> Page[StandInRow]:
    """Stand-ins of the actor's reach, and those that the actor gave or took over; the newest first, 50 a page."""
    rows = _seen(actor)
    day = local(at).date()
    if path:
        below = PathRange.below(path)
        rows = rows.filter(post__area_path__gte=below.lo, post__area_path__lt=below.hi)
    if state:
        over = Q(ended_at__isnull=False) | Q(valid_to__lt=day) | ~Exists(_post_lives(at))
        wanted = {"ended": over, "running": ~over & Q(valid_from__lte=day), "coming": ~over & Q(valid_from__gt=day)}
        rows = rows.filter(wanted.get(state, Q(pk__in=[])))
    page = page_of(rows, NEWEST, cursor=cursor)
    return page.showing(_rows(actor, page.rows, at))


def standins_now(actor: Actor, *, at: datetime) -> list[StandInRow]:
    """What the person gave away or took over, running or still to come."""
    day = local(at).date()
    rows = StandIn.objects.filter(_involved(actor), Exists(_post_lives(at)), ended_at__isnull=True, valid_to__gte=day)
    return _rows(actor, list(rows.order_by("valid_from", "id")[:50]), at)


def standin_get_for(actor: Actor, standin_id: int) -> StandIn:
    """One of those above; 404 for any other."""
    found = _seen(actor).select_related("post", "substitute").filter(id=standin_id).first()
    if found is None:
        raise not_found()
    return found


def standin_row(actor: Actor, standin: StandIn, *, at: datetime) -> StandInRow:
    return _rows(actor, [standin], at)[0]


def may_end(actor: Actor, post: Post | PostRow) -> bool:
    """The holder, and whoever arranges stand-ins where the post is; not the substitute alone."""
    return post.user_id == actor.user_id or actor.own.scope(STAND_INS).covers(post.area_path)


def _involved(actor: Actor) -> Q:
    return Q(substitute_id=actor.user_id) | Q(post__user_id=actor.user_id)


def _seen(actor: Actor) -> QuerySet[StandIn]:
    return StandIn.objects.filter(_involved(actor) | _reach(actor, "post__"))


def _post_lives(at: datetime) -> QuerySet[Post]:
    """The post's term has not ended; one that has not begun counts, its stand-in is still to come."""
    day = local(at).date()
    ending = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    return Post.objects.filter(ending, id=OuterRef("post_id"), revoked_at__isnull=True)


def _rows(actor: Actor, standins: Sequence[StandIn], at: datetime) -> list[StandInRow]:
    """Two statements for any number."""
    day = local(at).date()
    posts = {row.id: row for row in post_rows(Post.objects.filter(id__in={one.post_id for one in standins}), at=at)}
    names = names_of([one.substitute_id for one in standins] + [one.created_by for one in standins])
    out = []
    for one in standins:
        post = posts[one.post_id]
        state = one.state_on(day) if post.may_end else "ended"
        out.append(
            StandInRow(
                id=one.id,
                post_id=one.post_id,
                title=post.title,
                holder_id=post.user_id,
                holder=post.user_name,
                substitute_id=one.substitute_id,
                substitute=names[one.substitute_id],
                valid_from=one.valid_from,
                valid_to=one.valid_to,
                reason=one.reason,
                state=state,
                created_by=names.get(one.created_by or 0, "已注销的账号"),
                ended_at=one.ended_at,
                version=one.version,
                may_end=state != "ended" and may_end(actor, post),
            )
        )
    return out


def standin_places(actor: Actor) -> list[tuple[str, str]]:
    """Places to narrow the lists by, code and name: right below the places whose stand-ins the actor arranges."""
    tops = Area.objects.filter(path__in=[part.lo for part in actor.own.scope(STAND_INS).ranges])
    below = Area.objects.filter(parent_id__in=tops.values("id"), valid_to__isnull=True).exclude(level=Level.GRID)
    return list(below.order_by("path").values_list("code", "name"))


def standin_words(standin_id: int, *, ended: bool = False) -> tuple[str, str, str]:
    """For notices: title for the holder, title for the substitute, and the sentence under both."""
    one = StandIn.objects.select_related("post__user", "substitute").get(id=standin_id)
    row = post_rows(Post.objects.filter(id=one.post_id), at=one.created_at)[0]
    days = f"{one.valid_from.month}月{one.valid_from.day}日到{one.valid_to.month}月{one.valid_to.day}日"
    if ended:
        text = f"{row.title}，原定{days}，已提前结束。"
        return f"{one.substitute.name}不再替你代班", f"你不用再替{row.user_name}代班", text
    text = f"{row.title}，{days}。{one.reason}"
    return f"{one.substitute.name}替你代班", f"请你替{row.user_name}代班", text
