"""How each act looks from outside: address, words, whether it takes photos; pages and API are made from it."""

from dataclasses import dataclass
from typing import Final

from shanzhi.duties.acts import permission_of
from shanzhi.duties.catalogue import Act
from shanzhi.duties.services.acting import MISSING, PROVING


@dataclass(frozen=True)
class Spec:
    """`slug` is the resource that the act makes; `done` what the page says afterwards; `api` the summary there."""

    act: Act
    slug: str
    icon: str
    label: str
    hint: str
    done: str
    api: str
    harms: bool = False

    @property
    def permission(self) -> str:
        return permission_of(self.act)

    @property
    def missing(self) -> str:
        return MISSING.get(self.act, "")

    @property
    def takes_photos(self) -> bool:
        return self.act in PROVING

    @property
    def direct(self) -> bool:
        """One tap, nothing to fill in."""
        return self.act is Act.RECEIVE


SPECS: Final = (
    Spec(Act.RECEIVE, "receipts", "check", "说明", "可以不写。", "已签收，可以开始办了", "Receive a line"),
    Spec(Act.PROGRESS, "progress", "edit", "办到哪一步了", "交办单位看得到。", "进展已写下", "Write progress"),
    Spec(Act.DONE, "reports", "circle-check", "办得怎样", "写清做了什么、结果怎样，最好附照片。", "已报结，等交办单位销号",
         "Report a line done, with proof"),
    Spec(Act.DECLINE, "declines", "corner-up-left", "为什么不归你办、归谁办", "交办单位看后收回，或者退回给你办。", "已说明，等交办单位决定",
         "Say that it is another's"),
    Spec(Act.ASK, "postponements", "calendar-plus", "为什么要延期", "交办单位同意以前，还按原来的时限算。", "已申请延期，等交办单位答复",
         "Ask for more time"),
    Spec(Act.GRANT, "approvals", "calendar-plus", "说明", "可以不写。", "已同意延期", "Grant more time"),
    Spec(Act.REFUSE, "denials", "calendar-off", "为什么不同意", "承办单位会看到。", "已答复不同意延期", "Refuse more time"),
    Spec(Act.STRIKE, "strikes", "circle-check", "说明", "可以不写。", "已销号", "Strike a line off"),
    Spec(Act.SEND_BACK, "send-backs", "arrow-back-up", "哪里不行、要怎么改", "承办单位会看到，改好后再报结。", "已退回重办",
         "Send a line back"),
    Spec(Act.WITHDRAW, "withdrawals", "ban", "为什么撤回", "撤回后不用再办，也不能恢复。", "已撤回", "Withdraw a line", harms=True),
)  # fmt: skip
BY_ACT: Final = {spec.act: spec for spec in SPECS}
