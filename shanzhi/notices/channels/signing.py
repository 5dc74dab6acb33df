"""阿里云 OpenAPI signature version 3 (ACS3-HMAC-SHA256), for RPC actions with all parameters in the address."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote


def canonical_query(query: Mapping[str, str]) -> str:
    """Names sorted, everything percent-encoded but RFC 3986's unreserved characters."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def signed_headers(
    *, host: str, action: str, version: str, query: Mapping[str, str], key: str, secret: str, date: str, nonce: str
) -> dict[str, str]:
    """The headers of a POST without body to `/`; `date` is UTC, 2026-11-21T08:00:00Z. The secret stays here."""
    empty = hashlib.sha256(b"").hexdigest()
    headers = {
        "host": host,
        "x-acs-action": action,
        "x-acs-content-sha256": empty,
        "x-acs-date": date,
        "x-acs-signature-nonce": nonce,
        "x-acs-version": version,
    }
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = "\n".join(("POST", "/", canonical_query(query), lines, names, empty))
    wanted = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(secret.encode(), wanted.encode(), hashlib.sha256).hexdigest()
    credential = f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={names},Signature={signature}"
    return {**headers, "Authorization": credential}
