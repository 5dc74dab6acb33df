"""The one place at which the public pages of this package meet the gate (`cases/gate`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final, TypeVar

from django import forms
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponseBase

from shanzhi.access.actor import Actor
from shanzhi.cases.forms import refused
from shanzhi.cases.gate.admitting import ProofNeeded, admit, challenge_for, use_up
from shanzhi.cases.gate.challenges import Proof
from shanzhi.cases.gate.forms import GateMixin
from shanzhi.cases.gate.visitors import remember, visitor_of
from shanzhi.files.selectors import key_used
from shanzhi.lib.errors import DomainError

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

    def admit(
        self, act: str, *, at: datetime, key: str | None, proof: Proof | None = None, path: str = "",
        phone_index: str = "",
    ) -> None:  # fmt: skip
        """Count what is about to be done, in its transaction (`admitted`), at the place of this path.

        A repetition under the same key is neither counted nor asked for a proof; two at once neither.
        """
        if key_used(key):
            return
        try:
            admit(self.visitor, act, at=at, proof=proof, path=path, phone_index=phone_index)
        except ProofNeeded:
            if not key_used(key):  # else the other of the two has spent the proof, and done what is asked
                raise

    def ask(self, form: GateMixin, act: str, *, at: datetime) -> None:
        """Let a page that is about to be shown ask for the proof that is owed, if it asks for none yet."""
        if form.challenge is None:
            form.ask_proof(challenge_for(self.visitor, act, at=at))

    def seal(self, response: Answer) -> Answer:
        """An answer as every page of this package gives it: kept nowhere, and the browser has its mark."""
        for name, value in NO_STORE.items():
            response.headers.setdefault(name, value)
        remember(response, self.visitor)
        return response


@contextmanager
def admitted() -> Iterator[None]:
    """The transaction of what the gate lets in. A proof that was wrong stays used up though the rest is taken back."""
    try:
        with atomic():
            yield
    except ProofNeeded as error:
        use_up(error)
        raise


def say(form: forms.Form, error: DomainError) -> None:
    """Put a refusal on the form; of a proof that is owed it is the question that is asked."""
    if isinstance(error, ProofNeeded) and isinstance(form, GateMixin):
        form.ask_proof(error)
    else:
        refused(form, error)
