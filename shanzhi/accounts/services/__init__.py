"""Writing accounts, posts, sessions and tokens; nothing else does."""

from shanzhi.accounts.services.factors import factors_reseal
from shanzhi.accounts.services.posts import NewPost, post_grant, post_revoke, posts_bulk_grant
from shanzhi.accounts.services.sessions import (
    end_sessions,
    purge_sessions,
    purge_sign_ins,
    session_end,
    session_seen,
)
from shanzhi.accounts.services.stand_ins import check_handed, standin_end, standin_set
from shanzhi.accounts.services.tokens import token_issue, token_revoke
from shanzhi.accounts.services.users import (
    Done,
    NewUser,
    own_act,
    password_change,
    password_check,
    password_reset,
    sessions_end,
    totp_remove,
    user_create,
    user_disable,
    user_enable,
    user_rename,
    user_unlock,
    users_bulk_create,
)

__all__ = [
    "Done",
    "NewPost",
    "NewUser",
    "check_handed",
    "end_sessions",
    "factors_reseal",
    "own_act",
    "password_change",
    "password_check",
    "password_reset",
    "post_grant",
    "post_revoke",
    "posts_bulk_grant",
    "purge_sessions",
    "purge_sign_ins",
    "session_end",
    "session_seen",
    "sessions_end",
    "standin_end",
    "standin_set",
    "token_issue",
    "token_revoke",
    "totp_remove",
    "user_create",
    "user_disable",
    "user_enable",
    "user_rename",
    "user_unlock",
    "users_bulk_create",
]
