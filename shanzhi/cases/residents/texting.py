"""Short messages to those without an account who want them: that something happened, and how to follow. Never what."""

from collections.abc import Iterator
from typing import Final

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
WITH_MAIN: Final = frozenset({Act.CLOSE, Act.REJECT})


def text_people(event: OutboxEvent) -> None:
    """Once for each event and number; whoever did the step by the receipt is not told of it."""
    step = Step.objects.get(id=int(event.data["step"]))
    act = Act(step.act)
    if act not in WORDS:
        return
    case = Case.objects.get(id=event.subject_id)
    by_holder = step.actor_id is None and step.actor_name == REPORTER
    for number, phone, words in _people(case, act, by_holder):
        text = f"您反映的事（{number}）{words}"
        message_send(channel="sms", to=phone, template=TEMPLATE, text=text, event_id=event.id, at=event.at)


def _people(case: Case, act: Act, by_holder: bool) -> Iterator[tuple[str, str, str]]:
    """Number of their own matter, phone and words; of the end also those whose matter was merged into this one."""
    cases = {case.id: case}
    if act in WITH_MAIN:
        cases |= {one.id: one for one in Case.objects.filter(merged_into_id=case.id, state=State.MERGED)}
    skipped = case.id if by_holder else None
    for contact in Contact.objects.filter(case_id__in=cases, wants_reply=True).exclude(phone_index="").order_by("id"):
        if contact.case_id != skipped:
            yield cases[contact.case_id].number, contact.phone, _for_merged(act, contact.case_id == case.id)
    for receipt in Receipt.objects.filter(case_id__in=cases, role=Receipt.Role.JOINED).order_by("id"):
        if receipt.phone:
            yield cases[receipt.case_id].number, receipt.phone, JOINED_WORDS[act]


def _for_merged(act: Act, own: bool) -> str:
    return WORDS[act] if own else JOINED_WORDS[act]
