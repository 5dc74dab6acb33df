"""Writing notices, their deliveries, and what a person chose."""

from shanzhi.notices.services.addresses import address_remove, address_send_code, address_verify
from shanzhi.notices.services.log import deliveries_purge, delivery_retry
from shanzhi.notices.services.messages import message_send
from shanzhi.notices.services.notices import (
    notice_read,
    notice_read_all,
    notice_send,
    notices_reword,
    notices_sweep,
)
from shanzhi.notices.services.planning import notices_plan
from shanzhi.notices.services.preferences import preference_save
from shanzhi.notices.services.sending import deliveries_send

__all__ = [
    "address_remove",
    "address_send_code",
    "address_verify",
    "deliveries_purge",
    "deliveries_send",
    "delivery_retry",
    "message_send",
    "notice_read",
    "notice_read_all",
    "notice_send",
    "notices_plan",
    "notices_reword",
    "notices_sweep",
    "preference_save",
]
