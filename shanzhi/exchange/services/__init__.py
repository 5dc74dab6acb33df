"""What changes hooks, and what sends."""

from shanzhi.exchange.services.hooks import (
    Made,
    hook_add,
    hook_edit,
    hook_pause,
    hook_remove,
    hook_renew,
    hook_resume,
    hook_test,
)
from shanzhi.exchange.services.log import deliveries_purge, delivery_resend
from shanzhi.exchange.services.planning import deliveries_plan
from shanzhi.exchange.services.sending import Sent, deliveries_send

__all__ = [
    "Made",
    "Sent",
    "deliveries_plan",
    "deliveries_purge",
    "deliveries_send",
    "delivery_resend",
    "hook_add",
    "hook_edit",
    "hook_pause",
    "hook_remove",
    "hook_renew",
    "hook_resume",
    "hook_test",
]
