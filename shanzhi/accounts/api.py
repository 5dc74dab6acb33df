"""Posts and accounts through the API, by the same services as the pages."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, Problem, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.accounts import selectors, services
from shanzhi.accounts.fresh import require_confirmed
from shanzhi.accounts.permissions import GRANT, VIEW
from shanzhi.accounts.schemas import (
    PostIn,
    PostListOut,
    PostOut,
    RevocationIn,
    SeenVersionIn,
    StandInIn,
    StandInListOut,
    StandInOut,
    SubstituteOut,
    UserListOut,
    UserOut,
)
from shanzhi.lib.errors import Invalid

router = Router(tags=["accounts"])
LIST_REFUSALS: dict[int, Any] = {**REFUSALS, 400: Problem, 422: Problem}


def _path_of(area: str) -> str:
    """The path of an area by its code; an unknown code is refused, it must not widen the list."""
    if not area:
        return ""
    found = selectors.area_of(area)
    if found is None:
        raise Invalid(
            "没有这个代码的区划，请核对 area。", code="area_unknown", fields={"area": ["没有这个代码的区划。"]}
        )
    return str(found.path)


@router.get("posts", response={200: PostListOut, **LIST_REFUSALS}, operation_id="post_list")
@operation(VIEW)
def post_list(
    request: HttpRequest,
    county: Path[int],
    role: Annotated[str, Query(max_length=32)] = "",
    area: Annotated[str, Query(max_length=20, description="Code of an area; its subtree")] = "",
    all: Annotated[bool, Query(description="Also ended and revoked ones")] = False,
    after: After = "",
) -> Any:
    """Up to 100 posts, oldest first."""
    page = selectors.post_list_for(
        actor_of(request),
        at=timezone.now(),
        role=role,
        path=_path_of(area),
        only_live=not all,
        cursor=after,
    )
    return PostListOut(items=[PostOut.of(row) for row in page.rows], next=page.next_cursor)


@router.get("posts/{int:post_id}", response={200: PostOut, **LIST_REFUSALS}, operation_id="post_get")
@operation(VIEW, object=True)
def post_get(request: HttpRequest, county: Path[int], post_id: int) -> Any:
    """One post, also an ended or a revoked one."""
    post = selectors.post_get_for(actor_of(request), post_id)
    return PostOut.of(selectors.post_row(post, at=timezone.now()))


@router.post("posts", response={201: PostOut, **WRITE_REFUSALS}, operation_id="post_grant")
@operation(GRANT)
def post_create(request: HttpRequest, county: Path[int], body: PostIn) -> Any:
    """Grant a post. Header `Idempotency-Key`: sent twice, it is granted once."""
    require_confirmed(request)
    area = selectors.area_of(body.area_code) if body.area_code else None
    unit = selectors.unit_of(int(body.unit_id)) if body.unit_id else None
    post = services.post_grant(
        actor=actor_of(request),
        user_id=int(body.user_id),
        role=body.role,
        area=area,
        unit=unit,
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        key=request.headers.get("Idempotency-Key"),
    )
    return Status(201, PostOut.of(selectors.post_row(post, at=timezone.now())))


@router.post("posts/{int:post_id}/revocations", response={200: PostOut, **WRITE_REFUSALS}, operation_id="post_revoke")
@operation(GRANT, object=True)
def post_revocation_create(request: HttpRequest, county: Path[int], post_id: int, body: RevocationIn) -> Any:
    """End a post at once. `version` is the one that the caller saw; a newer one answers 409 `stale`."""
    actor = actor_of(request)
    selectors.post_get_for(actor, post_id, permission=GRANT)
    require_confirmed(request)
    post = services.post_revoke(
        actor=actor,
        post_id=post_id,
        version=body.version,
        reason=body.reason,
        key=request.headers.get("Idempotency-Key"),
    )
    return PostOut.of(selectors.post_row(post, at=timezone.now()))


@router.get("users", response={200: UserListOut, **LIST_REFUSALS}, operation_id="user_list")
@operation(VIEW)
def user_list(
    request: HttpRequest,
    county: Path[int],
    role: Annotated[str, Query(max_length=32)] = "",
    area: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(pattern=r"^(active|vacant|locked|disabled)?$")] = "",
    after: After = "",
) -> Any:
    """Fifty accounts, the newest first, with the posts held today. No search by name: names stay out of addresses."""
    wanted = selectors.UserFilter(role=role, path=_path_of(area), state=state)
    page = selectors.user_list_for(actor_of(request), wanted, at=timezone.now(), cursor=after)
    return UserListOut(items=[UserOut.of(row) for row in page.rows], next=page.next_cursor)


@router.get("users/{int:user_id}", response={200: UserOut, **LIST_REFUSALS}, operation_id="user_get")
@operation(VIEW, object=True)
def user_get(request: HttpRequest, county: Path[int], user_id: int) -> Any:
    """One account with the posts held today."""
    user = selectors.user_get_for(actor_of(request), user_id)
    return UserOut.of(selectors.user_row(user, at=timezone.now()))


@router.get("stand-ins", response={200: StandInListOut, **LIST_REFUSALS}, operation_id="stand_in_list")
@operation(SELF)
def stand_in_list(
    request: HttpRequest,
    county: Path[int],
    area: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[str, Query(pattern=r"^(coming|running|ended)?$")] = "",
    after: After = "",
) -> Any:
    """Fifty, the newest first: those the caller gave or took over, and those where the caller arranges them."""
    actor, at = actor_of(request), timezone.now()
    page = selectors.standin_list_for(actor, at=at, path=_path_of(area), state=state, cursor=after)
    return StandInListOut(items=[StandInOut.of(row) for row in page.rows], next=page.next_cursor)


@router.get(
    "posts/{int:post_id}/substitutes",
    response={200: list[SubstituteOut], **REFUSALS, 409: Problem},
    operation_id="substitute_list",
)
@operation(SELF, object=True)
def substitute_list(request: HttpRequest, county: Path[int], post_id: int) -> Any:
    """Who may stand in for the holder of one's own post, or of one where the caller arranges it."""
    post = selectors.handed_post_get_for(actor_of(request), post_id)
    services.check_handed(post)
    return [SubstituteOut.of(one) for one in selectors.substitutes_for(post, at=timezone.now())]


@router.post("posts/{int:post_id}/stand-ins", response={201: StandInOut, **WRITE_REFUSALS}, operation_id="stand_in_set")
@operation(SELF, object=True)
def stand_in_create(request: HttpRequest, county: Path[int], post_id: int, body: StandInIn) -> Any:
    """Have the list of a post worked by somebody else for some days; the holder keeps it too."""
    actor = actor_of(request)
    standin = services.standin_set(
        actor=actor,
        post_id=post_id,
        substitute_id=int(body.substitute_id),
        valid_from=body.valid_from,
        valid_to=body.valid_to,
        reason=body.reason,
        key=request.headers.get("Idempotency-Key"),
    )
    return Status(201, StandInOut.of(selectors.standin_row(actor, standin, at=timezone.now())))


@router.post(
    "stand-ins/{int:stand_in_id}/ends", response={200: StandInOut, **WRITE_REFUSALS}, operation_id="stand_in_end"
)
@operation(SELF, object=True)
def stand_in_end(request: HttpRequest, county: Path[int], stand_in_id: int, body: SeenVersionIn) -> Any:
    """End it now, or call it off; `version` is the one that the caller saw."""
    actor = actor_of(request)
    standin = services.standin_end(
        actor=actor,
        standin_id=stand_in_id,
        version=body.version,
        key=request.headers.get("Idempotency-Key"),
    )
    return StandInOut.of(selectors.standin_row(actor, standin, at=timezone.now()))
