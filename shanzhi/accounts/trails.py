"""What the sealed trail checks of accounts, how it calls their acts, and which paths the areas' merge job rewrites."""

from shanzhi.accounts.models import AccountAct, Post
from shanzhi.areas.registry import path_holder
from shanzhi.trail.trails import track, trail_labels

track(Post)
track(AccountAct)
path_holder("accounts.Post", "area_path")
trail_labels(
    {
        "accounts.post.granted": "授予岗位",
        "accounts.post.revoked": "撤销岗位",
        **{f"accounts.user.{kind}": label for kind, label in AccountAct.KINDS.items()},
    }
)
