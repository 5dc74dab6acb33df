"""What the sealed trail checks of accounts, how it calls their acts, and which paths the areas' merge job rewrites."""

from collections.abc import Iterator, Sequence

from shanzhi.access.permissions import ROLES
from shanzhi.accounts.models import AccountAct, Post, StandIn
from shanzhi.areas.models import Area, PathMove
from shanzhi.areas.registry import path_holder
from shanzhi.trail.trails import track, trail_labels


def paths_agree(posts: Sequence[Post]) -> Iterator[str]:
    """A sentence for each post whose reach is not that of its place.

    `area_path` repeats a path so that a scope needs no join, and the merge job rewrites it, so no digest covers it:
    it is held against the area itself, whose path is proved. The places that an area was merged into count as its
    own, and so does a path that waits to be rewritten.
    """
    related = ("area", "unit__area")
    places = Post.objects.filter(id__in=[post.id for post in posts]).select_related(*related).in_bulk()
    moving = set(PathMove.objects.filter(swept_at=None).values_list("old", flat=True))
    for post in posts:
        row = places.get(post.id)
        if row is None or post.area_path in _paths(row.unit.area if row.unit_id else row.area):
            continue
        if not any(post.area_path.startswith(old) for old in moving):
            label = ROLES[post.role].label if post.role in ROLES else post.role
            yield f"岗位 {label}（编号 {post.id}）的管辖范围被改过，和所在的区划对不上。"


def _paths(area: Area | None) -> set[str]:
    found: set[str] = set()
    while area is not None and area.path not in found:
        found.add(area.path)
        area = area.successor
    return found


track(Post, also=paths_agree)
track(AccountAct)
track(StandIn)
path_holder("accounts.Post", "area_path")
trail_labels(
    {
        "accounts.post.granted": "授予岗位",
        "accounts.post.revoked": "撤销岗位",
        "accounts.standin.set": "安排代班",
        "accounts.standin.ended": "提前结束代班",
        **{f"accounts.user.{kind}": label for kind, label in AccountAct.KINDS.items()},
    }
)
