"""Following a case by its receipt: what somebody without an account is told, and how often a wrong secret may be tried.

Told are the state, the steps and what comes next, in words of our own. Nobody's name, and nothing of what is done
inside the office (notes, whistles, supervisions) is among them. Whoever reported it reads besides what they wrote
themselves, and what staff wrote for them: the result, and why it was not taken on. Who joined does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic

from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.covering import NONE, Covers, covers_of
from shanzhi.cases.gate.told import HeldTold, held_told
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case, Miss, Receipt, Step
from shanzhi.cases.places import place_name
from shanzhi.cases.selectors import steps_of
from shanzhi.cases.services.talking import has_reached
from shanzhi.cases.taking.secrets import digest_of, secret_read
from shanzhi.files.models import StoredFile
from shanzhi.files.selectors import photo_strip
from shanzhi.lib.errors import Conflict, NotFound, TooMany
from shanzhi.tenancy.keyring import key_ring

TRIES: Final = 10
WINDOW: Final = timedelta(minutes=10)
UNKNOWN: Final = "没有找到这件事，请对照回执核对编号和查询码。"
TOO_MANY: Final = "输错的次数太多，请过 10 分钟再试，或带回执到登记的窗口去问。"
REPORTER: Final = "反映人（凭回执）"
JOINED: Final = "跟着反映的人（凭回执）"
PLACE: Final = "cases_miss.source"
DEPTH: Final = 5

TOLD: Final[dict[Act, str]] = {
    Act.REPORT: "已登记",
    Act.ACCEPT: "已受理",
    Act.REJECT: "没有受理",
    Act.DISPATCH: "已安排人处理",
    Act.START: "已经开始处理",
    Act.HANDLE: "处理完了，等核查",
    Act.RETURN: "退回，重新安排",
    Act.ESCALATE: "已请上级办理",
    Act.SUSPEND: "暂时办不了，先放一放",
    Act.RESUME: "接着办理",
    Act.VERIFY: "核查过了",
    Act.CLOSE: "已办结",
    Act.REOPEN: "重新办理",
    Act.SPLIT: "分给几家一起办",
    Act.MERGE: "和另一件同样的事合在一起办",
    Act.UNMERGE: "改为单独办理",
    Act.PASS: "区划调整，转给新的单位办",
    Act.CONTACT: "已和您联系",
    Act.ADD: "补充了情况",
}
# Words of these steps are meant for whoever reported it; the forms of the acts say so to those who write them.
FOR_REPORTER: Final = frozenset({Act.HANDLE, Act.REJECT, Act.ADD})
NOW: Final[dict[State, str]] = {
    State.REPORTED: "等待受理",
    State.ACCEPTED: "已受理，正在安排人处理",
    State.DISPATCHED: "已交给人处理",
    State.HANDLING: "正在处理",
    State.SUSPENDED: "暂时办不了，先放一放",
    State.RETURNED: "正在重新安排人处理",
    State.HANDLED: "处理完了，正在核查",
    State.VERIFIED: "核查过了，等您评价",
    State.CLOSED: "已办结",
    State.REJECTED: "没有受理",
    State.MERGED: "和另一件同样的事合在一起办",
}
NEXT: Final[dict[State, str]] = {
    State.REPORTED: "接下来：由{owner}决定是否受理。",
    State.ACCEPTED: "接下来：由{owner}安排人去处理。",
    State.DISPATCHED: "接下来：处理的人到现场或和您联系。",
    State.HANDLING: "接下来：处理完以后，由{owner}核查。",
    State.SUSPENDED: "接下来：条件具备了就接着办，到日子也会自己接着办。",
    State.RETURNED: "接下来：由{owner}重新安排人去处理。",
    State.HANDLED: "接下来：由{owner}核查是不是真的解决了。",
    State.VERIFIED: "接下来：您可以告诉{owner}满意不满意，7 天没有意见就办结。",
    State.CLOSED: "要是没有解决，请告诉{owner}，可以重新办理。",
    State.REJECTED: "不受理的原因请问{owner}。",
    State.MERGED: "接下来：两件事一起办，办完都算办完。",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One step as it is told: when, what in a few words, and what was written for the reader."""

    at: datetime
    words: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """What whoever reported it wrote, as it is shown now, and the photos of theirs and of the result, by step."""

    body: str
    place: str
    photos: Mapping[int, Sequence[StoredFile]]

    @property
    def files(self) -> list[StoredFile]:
        return [file for files in self.photos.values() for file in files]


@dataclass(frozen=True, slots=True)
class Followed:
    """A case as its receipt tells of it. `due_at` is the limit of the present step, None where no clock runs."""

    number: str
    kind: str
    place: str
    owner: str
    received_at: datetime
    state: str
    ended: bool
    next: str
    due_at: datetime | None
    steps: Sequence[Told]
    own: Own | None = None


class StillHeld(Conflict):
    """The secret is right, but its report is held while too many come (`cases/gate`); `held` says what to tell."""

    def __init__(self, held: HeldTold) -> None:
        super().__init__(held.next, code="receipt_held")
        self.held = held


def source_digest(address: str) -> str:
    """A network address as it is counted: nobody reads from the table who followed what."""
    return key_ring().blind(address, PLACE)


def followed(*, number: str, secret: str, address: str, at: datetime) -> Followed:
    """What is told to whoever types this secret."""
    try:
        receipt = receipt_found(number=number, secret=secret, address=address, at=at)
    except StillHeld as error:
        return waiting(error.held)
    return told(receipt.case, own=receipt.role == Receipt.Role.REPORTER)


def receipt_found(*, number: str, secret: str, address: str, at: datetime) -> Receipt:
    """The receipt with its case. `number` may be empty, the secret alone finds it.

    StillHeld where the report waits to be looked at. NotFound in the same words whatever was wrong, after it was
    counted; TooMany after ten wrong ones within ten minutes from one address, right or wrong. The caller must keep
    what was written though it raises.
    """
    source = source_digest(address)
    if Miss.objects.filter(source=source, at__gt=at - WINDOW).count() >= TRIES:
        raise TooMany(TOO_MANY)
    receipt = _found(number, secret)
    held = held_told(digest_of(secret_read(secret))) if receipt is None and not number.strip() else None
    if held is not None:
        raise StillHeld(held)
    if receipt is None:
        with atomic():
            Miss.objects.filter(at__lte=at - WINDOW).delete()
            Miss.objects.create(source=source, at=at)
        raise NotFound(UNKNOWN, code="receipt_unknown")
    return receipt


def waiting(held: HeldTold) -> Followed:
    """What is held while too much comes: it has no number yet."""
    return Followed(
        number="", kind=held.kind, place=held.place, owner=held.owner, received_at=held.received_at, state=held.state,
        ended=held.ended, next=held.next, due_at=None, steps=[Told(at, words) for at, words in held.lines],
    )  # fmt: skip


def _found(number: str, secret: str) -> Receipt | None:
    plain = secret_read(secret)
    if not plain:
        return None
    rows = Receipt.objects.filter(digest=digest_of(plain))
    found = rows.select_related("case__owner__parent", "case__area__parent").first()
    if found is None or (number.strip() and number.strip() != found.case.number):
        return None
    return found


def told(case: Case, *, own: bool = False) -> Followed:
    """In plain words; a merged case tells how the one that it went into is doing. `own`: to whoever reported it."""
    now = leading(case)
    steps = steps_of(case)
    covers = covers_of(case, steps) if own else NONE
    state = State(now.state)
    merged = "（和另一件同样的事一起办）" if now.id != case.id else ""
    return Followed(
        number=case.number,
        kind=kind_of(case).label,
        place=place_name(case.area),
        owner=now.owner.name,
        received_at=case.received_at,
        state=NOW[state] + merged,
        ended=not now.is_open,
        next=NEXT[state].format(owner=now.owner.name),
        due_at=now.due_at if now.is_open else None,
        steps=_steps([*(steps_of(now) if now.id != case.id else ()), *steps], case, covers if own else None),
        own=Own(case.body, case.place, photos_of(steps, covers)) if own else None,
    )


def photos_of(steps: Sequence[Step], covers: Covers) -> dict[int, list[StoredFile]]:
    """Photos by step that the reporter may see: the own ones and those of the result, without the covered ones."""
    ids = [step.id for step in steps if step.act == Act.REPORT or _is_for(step)]
    return covers.strips(photo_strip("cases.step", ids))


def leading(case: Case) -> Case:
    """What it was merged into, and so on; the chain is short, and a ring can't be."""
    for _ in range(DEPTH):
        if case.merged_into_id is None:
            return case
        case = Case.objects.select_related("owner", "area__parent").get(id=case.merged_into_id)
    return case


def _steps(steps: Sequence[Step], case: Case, covers: Covers | None) -> list[Told]:
    """The newest first. Of the case that it went into only what came afterwards: the rest is another person's. Words
    are told where `covers` are given, and only of the own case."""
    joined = max((step.at for step in steps if step.case_id == case.id and step.act == Act.MERGE), default=None)
    lines = []
    for step in steps:
        words = TOLD.get(Act(step.act))
        other = step.case_id != case.id
        if words is None or (other and (step.act == Act.REPORT or joined is None or step.at <= joined)):
            continue
        if step.act == Act.CONTACT and not has_reached(step):
            continue
        if step.act == Act.MERGE and step.to_state != State.MERGED:
            continue
        text = covers.words(step) if covers is not None and not other and _is_for(step) else ""
        lines.append(Told(step.at, words, text))
    return lines


def _is_for(step: Step) -> bool:
    """Whether the words of a step are for whoever reported it; of what was added only what they wrote themselves."""
    return step.act in FOR_REPORTER and (step.act != Act.ADD or step.actor_name == REPORTER)
