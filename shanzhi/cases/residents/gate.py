"""The one place at which the public pages of this package meet the gate (`cases/gate`)."""

from datetime import datetime
from typing import Any, Final, TypeVar

from django.http import HttpRequest, HttpResponseBase

from shanzhi.access.actor import Actor
from shanzhi.cases.gate.admitting import admit
from shanzhi.cases.gate.visitors import remember, visitor_of
from shanzhi.files.selectors import key_used

Answer = TypeVar("Answer", bound=HttpResponseBase)
NO_STORE: Final = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "same-origin"}


class Gate:
    """Who asks, and whether they may go on. What the gate wants to know of them comes with the request."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.visitor = visitor_of(request)

    def actor(self, county_id: int, *permissions: str) -> Actor:
        """Somebody without an account, who may do these things; also where an account is signed in."""
        return Actor.public(county_id, granted=permissions, device=self.visitor.device)

    def admit(self, act: str, *, at: datetime, key: str | None) -> None:
        """Count what is about to be done, in its transaction. A repetition under the same key is not counted."""
        if not key_used(key):
            admit(self.visitor, act, at=at)

    def context(self) -> dict[str, Any]:
        """What a form has to show because of the gate: nothing, as long as the gate asks nothing."""
        return {}

    def seal(self, response: Answer) -> Answer:
        """An answer as every page of this package gives it: kept nowhere, and the browser has its mark."""
        for name, value in NO_STORE.items():
            response.headers.setdefault(name, value)
        remember(response, self.visitor)
        return response
