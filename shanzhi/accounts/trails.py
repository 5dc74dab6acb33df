"""What the sealed trail checks of accounts, how it calls their acts, and which paths the areas' merge job rewrites."""

from collections.abc import Iterator, Sequence

from shanzhi.access.permissions import ROLES
from shanzhi.accounts.models import AccountAct, Post, StandIn
from shanzhi.areas.elsewhere import lying_elsewhere
from shanzhi.areas.registry import path_holder
from shanzhi.trail.trails import track, trail_labels


def paths_agree(posts: Sequence[Post]) -> Iterator[str]:
    """A sentence for each post whose reach is not that of its place, whose path is proved."""
    for row in lying_elsewhere(posts, "area", "unit__area"):
        label = ROLES[row.role].label if row.role in ROLES else row.role
        yield f"岗位 {label}（编号 {row.id}）的管辖范围被改过，和所在的区划对不上。"


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
