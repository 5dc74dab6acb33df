"""Acts on a line: who may, what changes, and the same for several at once with a result for each."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.duties.acts import require
from shanzhi.duties.catalogue import TO, Act, State
from shanzhi.duties.models import Line
from shanzhi.duties.selectors import line_get_for
from shanzhi.duties.services.issuing import LONGEST
from shanzhi.duties.services.steps import STALE, day_end, next_watch, write
from shanzhi.files.services import files_attach
from shanzhi.lib.errors import DomainError, Invalid, Stale
from shanzhi.tenancy.idempotency import claim

TEXT: Final = 1000
NOTHING: Final = "无此情况。"
MANY: Final = 200
GONE: Final = "申请延到的日子已经过了，不能再同意；请答复不同意，让对方重新申请。"
# What is missing when there are no words; an act that is not here needs none.
MISSING: Final[dict[Act, str]] = {
    Act.PROGRESS: "请写办到哪一步了。", Act.DONE: "请写办得怎样；没有这种情况的，勾“无此情况”。",
    Act.DECLINE: "请写为什么不归你办、归谁办。", Act.ASK: "请写为什么要延期。", Act.REFUSE: "请写为什么不同意。",
    Act.SEND_BACK: "请写哪里不行、要怎么改。", Act.WITHDRAW: "请写为什么撤回。",
}  # fmt: skip
PROVING: Final = (Act.PROGRESS, Act.DONE, Act.DECLINE, Act.SEND_BACK)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is said with an act. `nothing` only with DONE; `until` the day that ASK asks for; ids of draft photos."""

    text: str = ""
    nothing: bool = False
    until: date | None = None
    photos: tuple[int, ...] = ()


def line_act(
    *, actor: Actor, line_id: int, act: Act, version: int, deed: Deed | None = None, key: str | None = None,
    at: datetime | None = None,
) -> Line:  # fmt: skip
    """One act on a line as it was seen. Order of refusal: 404, 403, 409 (another was quicker, wrong state), 422."""
    at, deed = at or timezone.now(), deed or Deed()
    line = line_get_for(actor, line_id)
    body = {
        "version": version, "text": deed.text, "nothing": deed.nothing, "until": str(deed.until),
        "photos": sorted(deed.photos),
    }  # fmt: skip
    with atomic():
        operation = f"duties.{act.value}:{line_id}"
        if claim(key=key, actor=actor, operation=operation, body=body, result_id=line_id) is not None:
            return line_get_for(actor, line_id)  # the other request may have been written since it was read
        post = require(actor, line, act)
        if version != line.version:
            raise Stale(STALE, code="stale")
        faults = faults_of(act, deed, line, at)
        if faults:
            raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
        changes, said = CHANGES.get(act, _moved)(line, act, deed, at)
        state = str(changes.get("state", line.state))
        due_at = changes.get("due_at", line.due_at)
        if state != line.state or due_at != line.due_at:
            changes["watch_at"] = next_watch(state, due_at, at)
        step = write(line, act, actor=actor, post=post, at=at, changes=changes, **said)
        files_attach(actor=actor, ids=deed.photos, owner=step, at=at)
    return line


def faults_of(act: Act, deed: Deed, line: Line, at: datetime) -> dict[str, list[str]]:
    """Sentences by field."""
    faults: dict[str, list[str]] = {}
    text = deed.text.strip()
    if not text and act in MISSING and not (act is Act.DONE and deed.nothing):
        faults["text"] = [MISSING[act]]
    if len(text) > TEXT:
        faults["text"] = [f"最多写 {TEXT:,} 字，现在是 {len(text):,} 字，请删减。"]
    if act is Act.ASK:
        if deed.until is None:
            faults["until"] = ["请选想延到哪一天。"]
        elif deed.until.year > 2100 or (deed.until.year > 2000 and day_end(deed.until) > at + LONGEST):
            faults["until"] = ["最长延到两年以内，请重新选。"]
        elif deed.until.year <= 2000 or day_end(deed.until) <= max(line.due_at, at):
            faults["until"] = ["要晚于今天和现在的时限，请重新选。"]
    if act is Act.GRANT and line.asked_until is not None and line.asked_until <= at:
        faults["text"] = [GONE]
    if deed.photos and act not in PROVING:
        faults["photos"] = ["这一步不用照片，请去掉。"]
    return faults


Change = tuple[dict[str, Any], dict[str, Any]]


def _said(deed: Deed) -> dict[str, Any]:
    return {"text": deed.text.strip()}


def _moved(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    """The state alone; progress and refusals change nothing else."""
    return ({"state": TO[act]} if act in TO else {}), _said(deed)


def _received(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    return {"state": TO[act], "received_at": at}, _said(deed)


def _done(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    """Reporting done what was never received is a receipt too; a request for more time lapses with it."""
    text = deed.text.strip() or NOTHING
    changes = {
        "state": TO[act], "received_at": line.received_at or at, "reported_at": at, "nothing": deed.nothing,
        "result": text, "asked_until": None,
    }  # fmt: skip
    return changes, {"text": text, "nothing": deed.nothing}


def _declined(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    return {"state": TO[act], "received_at": line.received_at or at, "asked_until": None}, _said(deed)


def _asked(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    assert deed.until is not None
    until = day_end(deed.until)
    return {"asked_until": until}, {**_said(deed), "asked_until": until}


def _granted(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    return {"due_at": line.asked_until, "asked_until": None}, {**_said(deed), "asked_until": line.asked_until}


def _refused(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    return {"asked_until": None}, {**_said(deed), "asked_until": line.asked_until}


def _sent_back(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    changes = {
        "state": State.RETURNED, "sent_back": line.sent_back + 1, "reported_at": None, "nothing": False, "result": "",
    }  # fmt: skip
    return changes, _said(deed)


def _ended(line: Line, act: Act, deed: Deed, at: datetime) -> Change:
    return {"state": TO[act], "ended_at": at, "asked_until": None}, _said(deed)


CHANGES: Final[dict[Act, Callable[[Line, Act, Deed, datetime], Change]]] = {
    Act.RECEIVE: _received, Act.DONE: _done, Act.DECLINE: _declined, Act.ASK: _asked, Act.GRANT: _granted,
    Act.REFUSE: _refused, Act.SEND_BACK: _sent_back, Act.STRIKE: _ended, Act.WITHDRAW: _ended,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line of several; `error` is empty where it was done."""

    line_id: int
    name: str
    error: str = ""

    @property
    def words(self) -> str:
        """The refusal with the receiver's name, said once."""
        return self.error if f"“{self.name}”" in self.error else f"{self.name}：{self.error}"


def lines_act(
    *, actor: Actor, act: Act, seen: Sequence[tuple[int, int]], deed: Deed | None = None, key: str | None = None,
    names: dict[int, str] | None = None, at: datetime | None = None,
) -> list[Outcome]:  # fmt: skip
    """The same act on several lines, each by itself: one that is refused keeps none of the others back.

    `seen` are pairs of line and version. Sent again under its key, each line is done once.
    """
    at, known = at or timezone.now(), names or {}
    if not seen:
        raise Invalid(f"请先勾选要{act.label}的。", code="nothing_chosen")
    if len(seen) > MANY:
        raise Invalid(f"一次最多{act.label} {MANY} 行，请分几次办。", code="too_many")
    return [_one(actor, act, line_id, version, deed, key, known, at) for line_id, version in _unique(seen)]


def _unique(seen: Collection[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each line once, the lower id first, as everybody does who writes several rows."""
    return sorted(dict(seen).items())


def _one(
    actor: Actor, act: Act, line_id: int, version: int, deed: Deed | None, key: str | None, names: dict[int, str],
    at: datetime,
) -> Outcome:  # fmt: skip
    own = sha256(f"{key}:{line_id}".encode()).hexdigest() if key else None
    try:
        line = line_act(actor=actor, line_id=line_id, act=act, version=version, deed=deed, key=own, at=at)
    except DomainError as error:
        return Outcome(line_id, names.get(line_id, ""), error.message)
    return Outcome(line_id, line.name)
