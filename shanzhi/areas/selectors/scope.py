"""How far an actor sees the tree of areas."""

from shanzhi.access.actor import Actor, Scope, merged
from shanzhi.areas.permissions import VIEW


def view_scope(actor: Actor) -> Scope:
    """The subtrees of every post that may see areas; for a post at a unit, the place that the unit belongs to."""
    if actor.is_system:
        return actor.scope(VIEW)
    held = [post for post in actor.posts if post.allows(VIEW)]
    return Scope(ranges=merged(post.area_path for post in held), area_ids=frozenset(post.area_id for post in held))
