"""Messages to those without an account who want them, by SMS and in 微信: that something happened, and how to follow.
Never what."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from django.urls import reverse

from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case, Contact, Receipt, Step
from shanzhi.cases.taking.following import REPORTER
from shanzhi.notices.services import message_send
from shanzhi.tenancy.models import OutboxEvent

TEMPLATE: Final = "progress"
# With the number a text has at most 35 characters: no variable of a message's template may be longer.
WORDS: Final[dict[Act, str]] = {
    Act.ACCEPT: "已受理，凭回执可查进度",
    Act.REJECT: "没有受理，原因请凭回执查看",
    Act.VERIFY: "处理完了，请凭回执查看并评价",
    Act.CLOSE: "已办结，没解决可凭回执要求重办",
    Act.REOPEN: "重新办理，凭回执可查进度",
}
JOINED_WORDS: Final[dict[Act, str]] = {**WORDS, Act.VERIFY: "处理完了，凭回执可查看",
                                       Act.CLOSE: "已办结，凭回执可查看"}  # fmt: skip
# A field of the kind `thing` has 20 characters, those of the number among them; a tap opens the page of the receipt.
WECHAT_WORDS: Final[dict[Act, str]] = {
    Act.ACCEPT: "已受理", Act.REJECT: "没有受理", Act.VERIFY: "处理完了，请评价", Act.CLOSE: "已办结",
    Act.REOPEN: "重新办理",
}  # fmt: skip
WECHAT_JOINED: Final[dict[Act, str]] = {**WECHAT_WORDS, Act.VERIFY: "处理完了"}
WITH_MAIN: Final = frozenset({Act.CLOSE, Act.REJECT})


def text_people(event: OutboxEvent) -> None:
    """Once for each event and address; whoever did the step by the receipt is not told of it."""
    step = Step.objects.get(id=int(event.data["step"]))
    act = Act(step.act)
    if act not in WORDS:
        return
    case = Case.objects.get(id=event.subject_id)
    by_holder = step.actor_id is None and step.actor_name == REPORTER
    cases = {case.id: case}
    if act in WITH_MAIN:
        cases |= {one.id: one for one in Case.objects.filter(merged_into_id=case.id, state=State.MERGED)}
    receipts = list(Receipt.objects.filter(case_id__in=cases).order_by("id"))
    skipped = case.id if by_holder else None
    for case_id, phone, own in _phones(cases, receipts, skipped, case.id):
        words = (WORDS if own else JOINED_WORDS)[act]
        text = f"您反映的事（{cases[case_id].number}）{words}"
        message_send(channel="sms", to=phone, template=TEMPLATE, text=text, event_id=event.id, at=event.at)
    path = reverse("cases:follow", args=[case.county_id])
    for receipt in receipts:
        is_reporter = receipt.role == Receipt.Role.REPORTER
        if not receipt.wechat or (is_reporter and receipt.case_id == skipped):
            continue
        words = (WECHAT_WORDS if is_reporter and receipt.case_id == case.id else WECHAT_JOINED)[act]
        text = f"{cases[receipt.case_id].number} {words}"
        message_send(
            channel="wechat", to=receipt.wechat, template=TEMPLATE, text=text, event_id=event.id, at=event.at, path=path
        )


def _phones(
    cases: Collection[int], receipts: Sequence[Receipt], skipped: int | None, main: int
) -> Iterator[tuple[int, str, bool]]:
    """Their own matter, the phone, and whether it is the reporter of this very case: only that one may rate."""
    for contact in Contact.objects.filter(case_id__in=cases, wants_reply=True).exclude(phone_index="").order_by("id"):
        if contact.case_id != skipped:
            yield contact.case_id, contact.phone, contact.case_id == main
    for receipt in receipts:
        if receipt.phone and receipt.role == Receipt.Role.JOINED:
            yield receipt.case_id, receipt.phone, False
