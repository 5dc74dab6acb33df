"""Whose posts may act on a case: of the level in charge, of the handler, of levels above, of whoever reported it."""

from collections.abc import Callable

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import AT_HANDLER, TOLD_TO_STAFF, UNDECIDED, State
from shanzhi.cases.models import Assignment, Case

Posts = list[ActorPost]


def owner_posts(actor: Actor, case: Case, permission: str) -> Posts:
    """By path, not by id: after a merge the people of both places are at the same path."""
    return [p for p in actor.posts if p.unit_id is None and p.area_path == case.owner_path and p.allows(permission)]


def handler_posts(actor: Actor, case: Case, permission: str) -> Posts:
    return [
        post
        for post in actor.posts
        if post.allows(permission)
        and (
            (post.unit_id is not None and post.unit_id == case.handler_unit_id)
            or (post.unit_id is None and post.area_id == case.handler_area_id)
        )
    ]


def above_posts(actor: Actor, case: Case, permission: str) -> Posts:
    """Of levels above the one in charge."""
    return [
        post
        for post in actor.posts
        if post.unit_id is None
        and post.allows(permission)
        and len(post.area_path) < len(case.owner_path)
        and case.owner_path.startswith(post.area_path)
    ]


def owner(permission: str) -> Callable[[Actor, Case], Posts]:
    return lambda actor, case: owner_posts(actor, case, permission)


def handler(permission: str) -> Callable[[Actor, Case], Posts]:
    return lambda actor, case: handler_posts(actor, case, permission)


def turn(permission: str) -> Callable[[Actor, Case], Posts]:
    """Whoever has the turn: the handler while it is with one, else the level in charge."""

    def posts(actor: Actor, case: Case) -> Posts:
        if case.state in AT_HANDLER:
            return handler_posts(actor, case, permission)
        return owner_posts(actor, case, permission)

    return posts


def may_return(actor: Actor, case: Case) -> Posts:
    """The handler gives it back; the level in charge sends it to the handler again, or down where it came from."""
    if case.state in AT_HANDLER:
        return handler_posts(actor, case, permissions.RETURN)
    if case.state in UNDECIDED and case.raised == 0:
        return []
    if case.state == State.HANDLED and case.handler_area_id is None and case.handler_unit_id is None:
        return []
    return owner_posts(actor, case, permissions.RETURN)


def may_escalate(actor: Actor, case: Case) -> Posts:
    if len(case.owner_path) <= WIDTH:  # the county is the highest level
        return []
    above = case.owner_path[:-WIDTH]
    return [
        post
        for post in actor.posts
        if post.unit_id is None and post.allows(permissions.ESCALATE) and post.area_path in (case.owner_path, above)
    ]


def rates(actor: Actor, case: Case) -> bool:
    """Whether this person says at the end how it went. Who split a case into parts reported none of them."""
    return case.parent_id is None and (actor.receipt_of == case.id or case.is_reported_by(actor.user_id))


def reporter_posts(actor: Actor, case: Case) -> Posts:
    own = [p for p in actor.posts if p.id == case.reporter_post_id] or list(actor.posts[:1])
    return own if rates(actor, case) else []


def may_close(actor: Actor, case: Case) -> Posts:
    office = [p for p in owner_posts(actor, case, permissions.VERIFY) if p.allows(permissions.CLOSE)]
    return reporter_posts(actor, case) or office


def may_reopen(actor: Actor, case: Case) -> Posts:
    """Once: by the reporter, the level in charge, or a level above."""
    if case.reopened:
        return []
    offices = owner_posts(actor, case, permissions.VERIFY) + above_posts(actor, case, permissions.SUPERVISE)
    return reporter_posts(actor, case) or offices


def may_grant(actor: Actor, case: Case) -> Posts:
    """The level in charge decides for its handler, the level above for the level in charge. Nobody for themselves."""
    if case.asking and case.before.get("asked_by") == actor.user_id:
        return []
    if case.asking == 1:
        return owner_posts(actor, case, permissions.GRANT)
    return above_posts(actor, case, permissions.GRANT) if case.asking == 2 else []


def may_supervise(actor: Actor, case: Case) -> Posts:
    """A level above the one in charge; the level in charge itself while somebody else handles it."""
    above = above_posts(actor, case, permissions.SUPERVISE)
    return above + owner_posts(actor, case, permissions.SUPERVISE) if case.state in AT_HANDLER else above


def may_answer(actor: Actor, case: Case) -> Posts:
    if not case.supervised:
        return []
    return handler_posts(actor, case, permissions.ANSWER) or owner_posts(actor, case, permissions.ANSWER)


def may_whistle(actor: Actor, case: Case) -> Posts:
    """The grid where it is, whoever handles it at a place, and the level in charge."""
    return [
        post
        for post in actor.posts
        if post.unit_id is None
        and post.allows(permissions.WHISTLE)
        and (post.area_path in (case.owner_path, case.area_path) or post.area_id == case.handler_area_id)
    ]


def at_unit(permission: str) -> Callable[[Actor, Case], Posts]:
    """Of a unit; which of its calls it answers is looked up with the call."""
    return lambda actor, case: [p for p in actor.posts if p.unit_id is not None and p.allows(permission)]


def inside(permission: str) -> Callable[[Actor, Case], Posts]:
    """Posts of those who work with the case, for one that this person sees: whoever sees it only because it is the own
    report has none. People of a unit see what was given to the unit, and nothing else; but for their own reports that
    has to be looked up."""

    def posts(actor: Actor, case: Case) -> Posts:
        return [
            post
            for post in actor.posts
            if post.allows(permission)
            and (not case.seen_by or f"|{post.role}|" in case.seen_by)
            and (
                is_given(actor, case, post.unit_id)
                if post.unit_id is not None
                else case.area_path.startswith(post.area_path)
                or case.owner_path.startswith(post.area_path)
                or post.area_id == case.handler_area_id
            )
        ]

    return posts


def has_teller(case: Case) -> bool:
    """Whether there is somebody to talk to: without an account, with a number, or a resident with an account."""
    return case.reachable or case.reporter_id is None or case.source in TOLD_TO_STAFF


def dealing_posts(actor: Actor, case: Case, permission: str) -> Posts:
    """Posts of those who deal with whoever told of it: of the level in charge, and of whoever handles the case now."""
    at_handler = case.state in AT_HANDLER
    return [
        post
        for post in actor.posts
        if post.allows(permission)
        and (
            (post.unit_id is None and post.area_path == case.owner_path)
            or (at_handler and post.unit_id is not None and post.unit_id == case.handler_unit_id)
            or (at_handler and post.unit_id is None and post.area_id == case.handler_area_id)
        )
    ]


def is_given(actor: Actor, case: Case, unit_id: int) -> bool:
    if not case.is_reported_by(actor.user_id) or unit_id == case.handler_unit_id:
        return True
    return Assignment.objects.filter(case_id=case.id, unit_id=unit_id).exists()


def nobody(actor: Actor, case: Case) -> Posts:
    return []
