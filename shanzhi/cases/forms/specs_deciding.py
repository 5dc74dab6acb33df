"""The acts on the way of a case, from outside."""

from typing import Any

from shanzhi.access.actor import Actor
from shanzhi.areas.selectors import area_get, unit_get
from shanzhi.cases import schemas
from shanzhi.cases.acts import Act
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.forms.deciding import CloseForm, DispatchForm, HandleForm
from shanzhi.cases.forms.specs import spec
from shanzhi.cases.models import Case
from shanzhi.lib.errors import DomainError, Invalid


def area_of(code: str, name: str = "area") -> Any:
    """An area by its code, or Invalid on the field `name`."""
    try:
        return area_get(code)
    except DomainError as error:
        raise Invalid(error.message, code="area_unknown", fields={name: [error.message]}) from None


def unit_of(code: str, name: str = "unit") -> Any:
    """A unit by its code, or Invalid on the field `name`."""
    try:
        return unit_get(code)
    except DomainError as error:
        raise Invalid(error.message, code="unit_unknown", fields={name: [error.message]}) from None


def _dispatch_arguments(actor: Actor, case: Case, body: schemas.DispatchIn) -> dict[str, Any]:
    return {
        "area": area_of(body.area) if body.area else None,
        "unit": unit_of(body.unit) if body.unit else None,
        "helpers": [unit_of(code, "helpers") for code in body.helpers],
        "limit": schemas.span(body.limit),
        "text": body.text,
    }


def _dispatched(case: Case, form: DispatchForm) -> str:
    key = form.cleaned_data["target"]
    target = form.areas.get(key) or form.units.get(key)
    return f"已派给{target.name if target is not None else ''}"


def _closed(case: Case, form: ActForm) -> str:
    return f"已退给{case.owner.name}重新办理" if case.is_open else "已办结"


spec(
    Act.ACCEPT,
    "acceptances",
    "check",
    "已受理，接着派给网格或单位",
    "The level in charge takes the case on.",
    direct=True,
)
spec(
    Act.REJECT, "rejections", "ban", "已写明原因，不予受理", "Not taken on; `text` says why. The case ends.",
    words=("为什么不予受理", "反映人会看到。", "请写明为什么不予受理，反映人会看到。"), button="不予受理，结束这件事",
    danger=True,
)  # fmt: skip
spec(
    Act.DISPATCH, "dispatches", "send", _dispatched,
    "Give it to a grid, a lower level or a unit of the level in charge, with a time limit; further units may help.",
    form=DispatchForm, words=("要交代的话", "接手的人会看到。", ""), button="派出去", body=schemas.DispatchIn,
    arguments=_dispatch_arguments,
)  # fmt: skip
spec(Act.START, "starts", "player-play", "已开始处理", "The handler takes it up; the time limit runs on.", direct=True)
spec(
    Act.HANDLE, "handlings", "tool", "处理结果已报上去，等待核查", "Whoever has the turn says what was done.",
    form=HandleForm, words=("怎么处理的、结果怎么样", "反映人会看到。", "请写明怎么处理的、结果怎么样。"), button="报处理结果",
    body=schemas.HandleIn,
    arguments=lambda actor, case, body: {"text": body.text, "photo_ids": [int(photo) for photo in body.photos]},
)  # fmt: skip
spec(
    Act.RETURN, "returns", "arrow-back-up", "已退回，对方会看到原因", "One step back, with a reason.",
    words=("为什么退回", "对方会看到。", "请写明为什么退回，对方会看到。"), button="退回",
)  # fmt: skip
spec(
    Act.ESCALATE, "escalations", "arrow-up-right", "已请上级办", "Ask the level above to take over; `text` says why.",
    words=("为什么要上级办", "上级会看到。", "请写明为什么要上级办。"),
)  # fmt: skip
spec(
    Act.VERIFY, "verifications", "shield-check", "已核查通过，请反映人评价", "The level in charge finds it handled.",
    words=("核查情况", "", ""), direct=True,
)  # fmt: skip
spec(
    Act.CLOSE, "closures", "circle-check", _closed,
    "Close it; the reporter may rate. Not satisfied sends it back to the level in charge, with a reason.",
    form=CloseForm, body=schemas.CloseIn,
    arguments=lambda actor, case, body: {"text": body.text, "satisfied": body.satisfied},
)  # fmt: skip
