"""How each act looks from outside: its address, form, API body and words. Pages, API and buttons are made from these.

A module that adds acts calls `spec(...)` for each; `forms/__init__` imports them all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ninja import Schema

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import BESIDE, INNER, Act
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.models import Case
from shanzhi.cases.schemas import ActIn

Flash = Callable[[Case, Any], str]


@dataclass(frozen=True)
class ActSpec:
    """One act from outside.

    `resource` is what a POST makes (cases/<number>/<resource>/). `words`: label and hint of the text, and the sentence
    when it is missing (empty: there may be none). A `direct` act needs no input and is posted from the case. `body`
    is what the API takes, `arguments` turns it into the service's; both default to version and text. `flash` is what
    the person reads afterwards.
    """

    act: Act
    resource: str
    icon: str
    flash: str | Flash
    summary: str
    form: type[ActForm] = ActForm
    words: tuple[str, str, str] = ("说明", "", "")
    button: str = ""
    direct: bool = False
    danger: bool = False
    body: type[Schema] = ActIn
    arguments: Callable[[Actor, Case, Any], dict[str, Any]] | None = None
    template: str = "cases/act.html"

    def told(self, case: Case, form: ActForm) -> str:
        return self.flash if isinstance(self.flash, str) else self.flash(case, form)

    def arguments_of(self, actor: Actor, case: Case, body: Any) -> dict[str, Any]:
        """What the service takes from an API body."""
        if self.arguments is not None:
            return self.arguments(actor, case, body)
        return {"text": body.text}

    @property
    def takes_version(self) -> bool:
        return self.act not in BESIDE


SPECS: Final[dict[Act, ActSpec]] = {}


def spec(act: Act, resource: str, icon: str, flash: str | Flash, summary: str, **more: Any) -> None:
    """Declare how an act looks from outside, once."""
    if act in SPECS or act in INNER or any(one.resource == resource for one in SPECS.values()):
        raise ValueError(f"{act} or {resource} is declared twice, or has no address")
    SPECS[act] = ActSpec(act, resource, icon, flash, summary, **more)
