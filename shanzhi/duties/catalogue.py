"""The states of a line and the acts on it: pure words, read by models, services, pages and API alike."""

from typing import Final

from django.db.models import TextChoices


class State(TextChoices):
    ISSUED = "issued", "待签收"
    RECEIVED = "received", "办理中"
    RETURNED = "returned", "退回重办"
    DECLINED = "declined", "说不归自己办"
    DONE = "done", "待销号"
    STRUCK = "struck", "已销号"
    WITHDRAWN = "withdrawn", "已撤回"


WITH_RECEIVER: Final = (State.ISSUED, State.RECEIVED, State.RETURNED)
WITH_ISSUER: Final = (State.DECLINED, State.DONE)
OPEN: Final = (*WITH_RECEIVER, *WITH_ISSUER)
ENDED: Final = (State.STRUCK, State.WITHDRAWN)
SHAPES: Final[dict[str, str]] = {
    State.ISSUED: "new", State.RECEIVED: "run", State.RETURNED: "back", State.DECLINED: "back", State.DONE: "check",
    State.STRUCK: "done", State.WITHDRAWN: "hold",
}  # fmt: skip


class Act(TextChoices):
    """What is done with a line; the label is the verb on the button."""

    ISSUE = "issue", "交办"
    RECEIVE = "receive", "签收"
    PROGRESS = "progress", "写进展"
    DONE = "done", "报结"
    DECLINE = "decline", "说明不归我办"
    ASK = "ask", "申请延期"
    GRANT = "grant", "同意延期"
    REFUSE = "refuse", "不同意延期"
    STRIKE = "strike", "销号"
    SEND_BACK = "send_back", "退回重办"
    WITHDRAW = "withdraw", "撤回"
    PASS = "pass", "随并入转交"

    @property
    def did(self) -> str:
        """How the timeline says it."""
        return DID[self]


DID: Final[dict[str, str]] = {
    Act.ISSUE: "交办", Act.RECEIVE: "已签收", Act.PROGRESS: "进展", Act.DONE: "报结，等销号", Act.DECLINE: "说明不归自己办",
    Act.ASK: "申请延期", Act.GRANT: "同意延期", Act.REFUSE: "不同意延期", Act.STRIKE: "已销号", Act.SEND_BACK: "退回重办",
    Act.WITHDRAW: "已撤回", Act.PASS: "随并入转交",
}  # fmt: skip
RECEIVERS_ACTS: Final = (Act.RECEIVE, Act.PROGRESS, Act.DONE, Act.DECLINE, Act.ASK)
ISSUERS_ACTS: Final = (Act.STRIKE, Act.SEND_BACK, Act.GRANT, Act.REFUSE, Act.WITHDRAW)

# From which states an act is possible, and the state that it leads to ("" stays). An extension has no state of its own:
# it is asked for beside the way, so GRANT and REFUSE need one that waits.
FROM: Final[dict[Act, tuple[State, ...]]] = {
    Act.RECEIVE: (State.ISSUED,),
    Act.PROGRESS: (State.RECEIVED, State.RETURNED),
    Act.DONE: WITH_RECEIVER,
    Act.DECLINE: WITH_RECEIVER,
    Act.ASK: WITH_RECEIVER,
    Act.GRANT: WITH_RECEIVER,
    Act.REFUSE: WITH_RECEIVER,
    Act.STRIKE: (State.DONE,),
    Act.SEND_BACK: WITH_ISSUER,
    Act.WITHDRAW: OPEN,
}
TO: Final[dict[Act, State]] = {
    Act.RECEIVE: State.RECEIVED, Act.DONE: State.DONE, Act.DECLINE: State.DECLINED, Act.STRIKE: State.STRUCK,
    Act.SEND_BACK: State.RETURNED, Act.WITHDRAW: State.WITHDRAWN,
}  # fmt: skip
