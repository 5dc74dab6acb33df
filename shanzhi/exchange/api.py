"""Webhooks through the API, by the same services as the pages."""

from typing import Annotated, Any, Final

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from shanzhi.access.api import WRITE_REFUSALS, After, actor_of, operation
from shanzhi.accounts.fresh import require_confirmed
from shanzhi.exchange import selectors, services
from shanzhi.exchange.permissions import HOOKS
from shanzhi.exchange.schemas import (
    HookChangeIn,
    HookDeliveryListOut,
    HookDeliveryOut,
    HookIn,
    HookListOut,
    HookMadeOut,
    HookOut,
    HookVersionIn,
)

router = Router(tags=["exchange"])
ONE: Final[dict[int, Any]] = {200: HookOut, **WRITE_REFUSALS}
STATE_WORDS: Final = "queued, retrying, sending, sent or failed"


def _key(request: HttpRequest) -> str | None:
    return request.headers.get("Idempotency-Key")


@router.get("hooks", response={200: HookListOut, **WRITE_REFUSALS}, operation_id="hook_list")
@operation(HOOKS)
def hook_list(request: HttpRequest, county: Path[int]) -> Any:
    """Addresses that are told when the status of a public case changes; no secrets."""
    return HookListOut(items=[HookOut.of(hook) for hook in selectors.hooks_for(actor_of(request))])


@router.post("hooks", response={201: HookMadeOut, **WRITE_REFUSALS}, operation_id="hook_add")
@operation(HOOKS)
def hook_create(request: HttpRequest, county: Path[int], body: HookIn) -> Any:
    """Add an address. The answer holds the secret, once. Header `Idempotency-Key`: sent twice, it is added once."""
    require_confirmed(request)
    made = services.hook_add(actor=actor_of(request), name=body.name, url=body.url, key=_key(request))
    return Status(201, HookMadeOut.made(made))


@router.get("hooks/{int:hook_id}", response=ONE, operation_id="hook_get")
@operation(HOOKS, object=True)
def hook_get(request: HttpRequest, county: Path[int], hook_id: int) -> Any:
    """One address, as it stands."""
    return HookOut.of(selectors.hook_get_for(actor_of(request), hook_id))


@router.post("hooks/{int:hook_id}/changes", response=ONE, operation_id="hook_change")
@operation(HOOKS, object=True)
def change_create(request: HttpRequest, county: Path[int], hook_id: int, body: HookChangeIn) -> Any:
    """Another name or address, at the version that was read (409 `stale` if it changed since)."""
    selectors.hook_get_for(actor_of(request), hook_id)
    require_confirmed(request)
    return HookOut.of(
        services.hook_edit(
            actor=actor_of(request), hook_id=hook_id, version=body.version, name=body.name, url=body.url,
            key=_key(request),
        )
    )  # fmt: skip


@router.post(
    "hooks/{int:hook_id}/secrets", response={200: HookMadeOut, **WRITE_REFUSALS}, operation_id="hook_secret_renew"
)
@operation(HOOKS, object=True)
def secret_create(request: HttpRequest, county: Path[int], hook_id: int, body: HookVersionIn) -> Any:
    """Another secret, shown once; the old one counts for nothing from now on."""
    selectors.hook_get_for(actor_of(request), hook_id)
    require_confirmed(request)
    made = services.hook_renew(actor=actor_of(request), hook_id=hook_id, version=body.version, key=_key(request))
    return HookMadeOut.made(made)


@router.post("hooks/{int:hook_id}/pauses", response=ONE, operation_id="hook_pause")
@operation(HOOKS, object=True)
def pause_create(request: HttpRequest, county: Path[int], hook_id: int, body: HookVersionIn) -> Any:
    """Send nothing until it is resumed; what changes meanwhile waits, for 30 days."""
    return HookOut.of(
        services.hook_pause(actor=actor_of(request), hook_id=hook_id, version=body.version, key=_key(request))
    )


@router.post("hooks/{int:hook_id}/resumptions", response=ONE, operation_id="hook_resume")
@operation(HOOKS, object=True)
def resumption_create(request: HttpRequest, county: Path[int], hook_id: int, body: HookVersionIn) -> Any:
    """Send again; what waited goes out in its order."""
    return HookOut.of(
        services.hook_resume(actor=actor_of(request), hook_id=hook_id, version=body.version, key=_key(request))
    )


@router.post("hooks/{int:hook_id}/removals", response=ONE, operation_id="hook_remove")
@operation(HOOKS, object=True)
def removal_create(request: HttpRequest, county: Path[int], hook_id: int, body: HookVersionIn) -> Any:
    """Take the address away for good; the log stays."""
    selectors.hook_get_for(actor_of(request), hook_id)
    require_confirmed(request)
    return HookOut.of(
        services.hook_remove(actor=actor_of(request), hook_id=hook_id, version=body.version, key=_key(request))
    )


@router.post("hooks/{int:hook_id}/tests", response={200: HookDeliveryOut, **WRITE_REFUSALS}, operation_id="hook_test")
@operation(HOOKS, object=True)
def test_create(request: HttpRequest, county: Path[int], hook_id: int) -> Any:
    """Queue a test; its outcome stands in the log."""
    return HookDeliveryOut.of(services.hook_test(actor=actor_of(request), hook_id=hook_id, key=_key(request)))


@router.get("hook-deliveries", response={200: HookDeliveryListOut, **WRITE_REFUSALS}, operation_id="hook_delivery_list")
@operation(HOOKS)
def delivery_list(
    request: HttpRequest,
    county: Path[int],
    hook: Annotated[str, Query(max_length=19)] = "",
    state: Annotated[str, Query(max_length=12, description=STATE_WORDS)] = "",
    number: Annotated[str, Query(max_length=20)] = "",
    after: After = "",
    size: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Any:
    """What was told, newest first."""
    wanted = selectors.LogFilter(hook=hook, state=state, number=number)
    page = selectors.delivery_page_for(actor_of(request), wanted, cursor=after, size=size)
    return HookDeliveryListOut.of(page)


@router.post(
    "hook-deliveries/{int:hook_delivery_id}/retries",
    response={200: HookDeliveryOut, **WRITE_REFUSALS},
    operation_id="hook_delivery_resend",
)
@operation(HOOKS, object=True)
def resend_create(request: HttpRequest, county: Path[int], hook_delivery_id: int) -> Any:
    """Send once more what has ended, with the words of then; 409 for what is still on its way."""
    row = services.delivery_resend(actor=actor_of(request), delivery_id=hook_delivery_id, key=_key(request))
    return HookDeliveryOut.of(row)
