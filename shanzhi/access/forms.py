"""How every page with one form answers: shown, refused with what was typed, or done and led on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from shanzhi.access.pages import CountyRequest
from shanzhi.lib.errors import DomainError
from shanzhi.ui.parts import Crumb

# Does the act with what was typed and the idempotency key; answers with (message, address to go to) or a page.
Call = Callable[[dict[str, Any], str], tuple[str, str] | HttpResponseBase]
# Where somebody was faster: hidden values of the form and context of the page, both as things are now.
Fresh = Callable[[], tuple[dict[str, Any], dict[str, Any]]]


class TakingForm(forms.Form):
    """A form that can show what a service refused."""

    def take(self, error: DomainError) -> None:
        """Each sentence beside its field, or on top for the form as a whole."""
        self.is_valid()
        own = {name: rows for name, rows in error.fields.items() if name in self.fields}
        for name, rows in own.items():
            self.add_error(name, list(rows))
        if not own:
            self.add_error(None, error.message)


@dataclass(frozen=True, slots=True)
class FormPage:
    """Words of a page with one form: title, what it means, the verb on the button, what it says while it works."""

    title: str
    act: str
    busy: str
    back: str
    crumbs: Sequence[Crumb]
    consequences: Sequence[str] = ()
    harms: bool = False

    @property
    def button_class(self) -> str:
        return "btn-danger" if self.harms else "btn-primary"


def sent(request: CountyRequest) -> Any:
    """What a form is bound to: the POST, or nothing while it is only shown."""
    return request.POST if request.method == "POST" else None


def form_view(
    request: CountyRequest, form: TakingForm, call: Call, *, template: str, context: dict[str, Any],
    fresh: Fresh | None = None,
) -> HttpResponseBase:  # fmt: skip
    """Show a form; on POST let `call` do the act.

    What a service refuses comes back in the form with its own status, and nothing that was typed is lost. With `fresh`
    what was typed stands upon the newest version after a Conflict: sent again, it acts on that.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                answer = call(form.cleaned_data, request.POST.get("idempotency_key", ""))
            except DomainError as error:
                form.take(error)
                status = error.status
                if fresh is not None and status == 409:
                    hidden, more = fresh()
                    typed = request.POST.copy()
                    for name, value in hidden.items():
                        typed[name] = str(value)
                    form.data = typed
                    context = {**context, **more}
            else:
                if isinstance(answer, HttpResponseBase):
                    return answer
                messages.success(request, answer[0])
                return redirect(answer[1])
    return render(request, template, {"form": form, **context}, status=status)


def form_page(
    request: CountyRequest, words: FormPage, form: TakingForm, call: Call, *, fresh: Fresh | None = None
) -> HttpResponseBase:
    """The same on the page that needs no template of its own."""
    context = {"words": words, "crumbs": words.crumbs}
    return form_view(request, form, call, template="ui/form.html", context=context, fresh=fresh)
