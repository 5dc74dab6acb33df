"""How a receiver knows that a message is ours, whole, and not an old one sent again.

HMAC-SHA256 with the hook's secret over `<timestamp>.<body>`, the body byte for byte as it is sent.
"""

import hmac
import secrets
from datetime import datetime
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
BYTES: Final = 32


def secret_new() -> str:
    """256 random bits."""
    return PREFIX + secrets.token_urlsafe(BYTES)


def signature_of(secret: str, timestamp: int, body: bytes) -> str:
    """`sha256=` and 64 hexadecimal digits."""
    return "sha256=" + hmac.new(secret.encode(), b"%d." % timestamp + body, sha256).hexdigest()


def headers_for(*, secret: str, body: bytes, delivery_id: int, event: str, at: datetime) -> dict[str, str]:
    """What goes along with a body; `at` is the moment of this attempt, the delivery's id is the same in each."""
    timestamp = int(at.timestamp())
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Shanzhi-Hooks/1",
        "X-Shanzhi-Event": event,
        "X-Shanzhi-Delivery": str(delivery_id),
        "X-Shanzhi-Timestamp": str(timestamp),
        "X-Shanzhi-Signature": signature_of(secret, timestamp, body),
    }
