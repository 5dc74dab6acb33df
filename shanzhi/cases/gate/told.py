"""What a receipt tells while its report is held, and after it was put aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shanzhi.cases.gate.holding import held_by_digest
from shanzhi.cases.gate.receiving import unpacked
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Held
from shanzhi.cases.places import in_charge, place_name

RECEIVED: Final = "收到了，来得太多，工作人员看过就受理"
NEXT: Final = "接下来：工作人员看过以后正式登记，编号到时在这里能查到，查询码不变。急事请打 12345。"
ASIDE: Final = "没有登记"
OBJECT: Final = "没有登记是因为：{reason}。{text}觉得不对，请打 12345，或带着查询码到村委会、镇便民服务中心窗口去说，90 天内都可以重新登记。"


@dataclass(frozen=True, slots=True)
class HeldTold:
    """The words, and the lines (time, words) with the newest first."""

    kind: str
    place: str
    owner: str
    received_at: datetime
    state: str
    next: str
    ended: bool
    lines: Sequence[tuple[datetime, str]]
    held: Held


def held_told(digest: str) -> HeldTold | None:
    """None where this secret opens no held report; once it is a case, the case's own receipt tells."""
    held = held_by_digest(digest)
    return told_of(held) if held is not None else None


def told_of(held: Held) -> HeldTold:
    """The same of one that is at hand, while there is no case."""
    report, _, _ = unpacked(held.body)
    kind = kinds_now().get(report.kind)
    aside = held.state == Held.State.DISCARDED
    lines = [(held.received_at, "收到了")]
    if aside and held.decided_at is not None:
        lines.insert(0, (held.decided_at, ASIDE))
    return HeldTold(
        kind=kind.body.label if kind is not None else "其他", place=place_name(held.area),
        owner=in_charge(held.area).name, received_at=held.received_at, state=ASIDE if aside else RECEIVED,
        next=_objecting(held) if aside else NEXT, ended=aside, lines=lines, held=held,
    )  # fmt: skip


def _objecting(held: Held) -> str:
    text = f"{held.text.rstrip('。')}。" if held.text else ""
    return OBJECT.format(reason=held.get_reason_display(), text=text)
