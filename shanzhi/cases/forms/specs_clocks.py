"""The acts on clocks, from outside."""

from shanzhi.cases import schemas, schemas_clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.badge import day_words
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.forms.clocks import AnswerForm, AskForm, DecideForm, SuperviseForm, SuspendForm
from shanzhi.cases.forms.specs import spec
from shanzhi.cases.models import Case


def _suspended(case: Case, form: ActForm) -> str:
    assert case.due_at is not None
    return f"已挂账，{day_words(case.due_at, case.received_at)}自动恢复办理"


spec(
    Act.SUSPEND, "suspensions", "player-pause", _suspended,
    "The clock stands until the day `until`; then the case goes on by itself. `text` says why.",
    form=SuspendForm, words=("为什么挂账", "反映人会看到。", "请写明为什么挂账，反映人会看到。"), button="挂账到那天",
    body=schemas_clocks.SuspendIn, arguments=lambda actor, case, body: {"text": body.text, "until": body.until},
)  # fmt: skip
spec(
    Act.RESUME, "resumptions", "player-play", "已恢复办理，时限接着算", "A suspended case goes on before its day.",
    words=("说明", "", ""), direct=True,
)  # fmt: skip
spec(
    Act.ASK, "extensions", "clock-plus", "已申请延期，等上级审批；没批下来前，时限不变",
    "Ask the level above for `amount` more time; one request at a time.",
    form=AskForm, words=("为什么要延期", "审批的人会看到。", "请写明为什么要延期，审批的人会看到。"), button="申请延期",
    body=schemas_clocks.AskIn,
    arguments=lambda actor, case, body: {"text": body.text, "amount": schemas.span(body.amount, "amount")},
)  # fmt: skip
spec(
    Act.GRANT, "grants", "check", "已同意延期，时限已改", "The time that was asked for is given.",
    form=DecideForm, words=("审批意见", "", ""), button="同意延期",
)  # fmt: skip
spec(
    Act.REFUSE, "refusals", "x", "没有同意延期，时限不变", "The time stays as it is; `text` says why.",
    form=DecideForm, words=("为什么不同意", "申请的人会看到。", "请写明为什么不同意延期，申请的人会看到。"),
    button="不同意延期",
)  # fmt: skip
spec(
    Act.SUPERVISE, "supervisions", "speakerphone", "已督办，对方会收到通知",
    "Demand an answer from the level in charge within a time of its own; several can be open at once.",
    form=SuperviseForm, words=("督办什么、要求什么", "对方会看到。", "请写明督办什么、要求什么，对方会看到。"), button="督办",
    body=schemas_clocks.SuperviseIn,
    arguments=lambda actor, case, body: {"text": body.text, "limit": schemas.span(body.limit)},
)  # fmt: skip
spec(
    Act.ANSWER, "answers", "message-circle", "已回复督办", "Answer the oldest open supervision.",
    form=AnswerForm, words=("办到哪一步了", "", "请写明办到哪一步了、什么时候办完，督办的人会看到。"), button="回复督办",
)  # fmt: skip
