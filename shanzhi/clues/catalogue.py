"""The states of a clue and the acts on it: pure words, read by models, services, pages and API alike."""

from typing import Final

from django.db.models import TextChoices


class State(TextChoices):
    RECEIVED = "received", "待分派"
    ASSIGNED = "assigned", "已分派"
    CHECKING = "checking", "核查中"
    WAITING = "waiting", "暂缓"
    TRANSFERRED = "transferred", "已移送"
    CONCLUDED = "concluded", "已办结"


SHAPES: Final[dict[str, str]] = {
    State.RECEIVED: "new", State.ASSIGNED: "run", State.CHECKING: "run", State.WAITING: "hold",
    State.TRANSFERRED: "check", State.CONCLUDED: "done",
}  # fmt: skip
# What whoever handed it in is told: no more than these four.
TOLD: Final[dict[str, str]] = {
    State.RECEIVED: "已收到", State.ASSIGNED: "正在核查", State.CHECKING: "正在核查", State.WAITING: "正在核查",
    State.TRANSFERRED: "已移送", State.CONCLUDED: "已办结",
}  # fmt: skip
OPEN: Final = (State.RECEIVED, State.ASSIGNED, State.CHECKING, State.WAITING, State.TRANSFERRED)


class Act(TextChoices):
    """What is done with a clue; the label is the verb on the button."""

    GIVE = "give", "提供线索"
    ADD = "add", "补充"
    BAR = "bar", "不让看"
    LOOK = "look", "查看"
    PRINT = "print", "打开移送函"
    ASSIGN = "assign", "分派"
    CHECK = "check", "开始核查"
    WAIT = "wait", "暂缓"
    RESUME = "resume", "接着核查"
    TRANSFER = "transfer", "移送"
    CONCLUDE = "conclude", "办结"
    REOPEN = "reopen", "重新核查"
    NOTE = "note", "记一笔"
    TELL = "tell", "告诉举报人"

    @property
    def did(self) -> str:
        """How the record says it."""
        return DID[self]


DID: Final[dict[str, str]] = {
    Act.GIVE: "收到线索", Act.ADD: "举报人补充", Act.BAR: "举报人增加了不让看的人", Act.LOOK: "看过", Act.PRINT: "看过移送函",
    Act.ASSIGN: "分派", Act.CHECK: "开始核查", Act.WAIT: "暂缓", Act.RESUME: "接着核查", Act.TRANSFER: "移送",
    Act.CONCLUDE: "办结", Act.REOPEN: "重新核查", Act.NOTE: "记录", Act.TELL: "告诉举报人",
}  # fmt: skip
# What the lead does, and what is done by whom it was assigned to; what stands in both is either's.
LEADS: Final = (Act.ASSIGN, Act.REOPEN, Act.TELL, Act.NOTE)
HANDLERS: Final = (Act.CHECK, Act.RESUME, Act.TRANSFER, Act.CONCLUDE, Act.WAIT, Act.TELL, Act.NOTE)
# In the order of the buttons: the first leads on.
ACTS: Final = (
    Act.CHECK, Act.RESUME, Act.TRANSFER, Act.CONCLUDE, Act.WAIT, Act.REOPEN, Act.ASSIGN, Act.TELL, Act.NOTE,
)  # fmt: skip
LOOKS: Final = (Act.LOOK, Act.PRINT)
INFORMANTS: Final = (Act.GIVE, Act.ADD, Act.BAR)

FROM: Final[dict[Act, tuple[State, ...]]] = {
    Act.ASSIGN: OPEN,
    Act.CHECK: (State.ASSIGNED,),
    Act.WAIT: (State.CHECKING,),
    Act.RESUME: (State.WAITING,),
    Act.TRANSFER: (State.CHECKING, State.WAITING),
    Act.CONCLUDE: (State.CHECKING, State.TRANSFERRED),
    Act.REOPEN: (State.TRANSFERRED, State.CONCLUDED),
    Act.NOTE: tuple(State),
    Act.TELL: tuple(State),
}
# Where it leads; an act that is not here leaves the state as it is. Assigning leads on from the first state only.
TO: Final[dict[Act, State]] = {
    Act.CHECK: State.CHECKING, Act.WAIT: State.WAITING, Act.RESUME: State.CHECKING, Act.TRANSFER: State.TRANSFERRED,
    Act.CONCLUDE: State.CONCLUDED, Act.REOPEN: State.CHECKING,
}  # fmt: skip


def state_after(act: Act, state: str) -> str:
    if act is Act.ASSIGN and state == State.RECEIVED:
        return State.ASSIGNED
    return TO.get(act, state)


class Organ(TextChoices):
    """Whom a clue is transferred to."""

    POLICE = "police", "公安机关"
    DISCIPLINE = "discipline", "纪检监察机关"
    PROCURATORATE = "procuratorate", "检察机关"
    OTHER = "other", "其他机关"


class Result(TextChoices):
    CONFIRMED = "confirmed", "查实"
    NOT_CONFIRMED = "not_confirmed", "不属实"
    TRANSFERRED = "transferred", "移送后由有关机关办理"
    INSUFFICIENT = "insufficient", "线索不足，无法核查"
