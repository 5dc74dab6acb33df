"""Whistles from outside."""

from typing import Any

from shanzhi.access.actor import Actor
from shanzhi.cases import schemas
from shanzhi.cases.acts import Act
from shanzhi.cases.forms.calling import DismissForm, PresenceForm, WhistleForm
from shanzhi.cases.forms.specs import spec
from shanzhi.cases.forms.specs_deciding import unit_of
from shanzhi.cases.models import Case
from shanzhi.cases.schemas_calling import DismissIn, PresenceIn, WhistleIn


def _whistle(actor: Actor, case: Case, body: WhistleIn) -> dict[str, Any]:
    return {
        "units": [unit_of(code, "units") for code in body.units],
        "text": body.text,
        "within": schemas.span(body.within, "within"),
        "limit": schemas.span(body.limit),
    }


def _presence(actor: Actor, case: Case, body: PresenceIn) -> dict[str, Any]:
    return {"text": body.text, "photo_ids": [int(photo) for photo in body.photos]}


def _dismiss(actor: Actor, case: Case, body: DismissIn) -> dict[str, Any]:
    return {"units": [unit_of(code, "units") for code in body.units], "text": body.text}


spec(
    Act.WHISTLE, "whistles", "speakerphone", "已吹哨，对方已收到通知",
    "Call units of the township or county to the place; each reports in within its time.",
    form=WhistleForm, words=("请他们来做什么", "被叫的单位会马上收到。", "请写明请他们来做什么。"), button="吹哨",
    body=WhistleIn, arguments=_whistle,
)  # fmt: skip
spec(
    Act.ARRIVE, "arrivals", "flag", "已报到", "A called unit reports in.", form=PresenceForm,
    words=("说明", "可以不填。", ""), button="我们到了，报到", body=PresenceIn, arguments=_presence,
)  # fmt: skip
spec(
    Act.FINISH, "departures", "circle-check", "已报告你们单位办完的情况", "A unit has done its part and goes.",
    form=PresenceForm, words=("你们单位做了什么、结果怎么样", "主办和吹哨的人会看到。", "请写明你们单位做了什么、结果怎么样。"),
    button="办完，离场", body=PresenceIn, arguments=_presence,
)  # fmt: skip
spec(
    Act.DISMISS, "dismissals", "door-exit", "已让选中的单位离场", "Units that were called may go.", form=DismissForm,
    words=("说明", "对方会看到。", ""), button="让选中的单位离场", body=DismissIn, arguments=_dismiss,
)  # fmt: skip
