"""Who is named how: staff with their names and posts, residents masked."""

from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import ROLES, STAFF
from shanzhi.lib.masks import name_mask

PRIVATE: Final = tuple(f" {role.label}" for code, role in ROLES.items() if code not in STAFF)


def is_private(title: str) -> bool:
    """Whether a post's title is one of a resident or volunteer, whose name is masked."""
    return title.endswith(PRIVATE)


def shown_name(actor: Actor, name: str, title: str, user_id: int | None) -> str:
    """A resident's name is masked for everybody but the resident; staff act under their full names."""
    if is_private(title) and user_id != actor.user_id:
        return name_mask(name)
    return name


def person_words(actor: Actor, name: str, title: str, user_id: int | None) -> str:
    """王桂兰·小关社区 第四网格 网格员: a name never stands without its post."""
    name = shown_name(actor, name, title, user_id)
    return f"{name}·{title}" if title else name
