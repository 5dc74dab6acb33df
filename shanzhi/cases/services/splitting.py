"""One report that is several matters: each becomes a case of its own, and the report waits for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from shanzhi.access.actor import Actor
from shanzhi.cases import clocks
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import DECIDING, Clock, Source, State
from shanzhi.cases.events import EVENTS
from shanzhi.cases.history import chained
from shanzhi.cases.kinds.refit import fitting
from shanzhi.cases.kinds.registry import KindVersion, kinds_now
from shanzhi.cases.kinds.showing import as_closed, searchable
from shanzhi.cases.models import Case, CaseText, Step
from shanzhi.cases.seeing import kind_marks, office_sees, roles_text
from shanzhi.cases.services.engine import Change, Moment, decides, follows, held, limited, when_back, when_ended
from shanzhi.cases.services.numbering import next_number
from shanzhi.cases.services.reporting import BODY_LENGTH, title_of, words_of
from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import local
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record

FEWEST: Final = 2
MOST: Final = 8
TITLE_LENGTH: Final = 60
_SAME: Final = (
    "place", "lon", "lat", "accuracy", "urgent", "area_id", "area_path", "owner_id", "owner_path", "raised",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """What one part is about; without a title its first clause is one, without a kind it is of the same."""

    body: str
    title: str = ""
    kind: str = ""


@decides(Act.SPLIT)
def split(moment: Moment, *, parts: Sequence[Part], text: str = "") -> Change:
    """Two to eight parts. Each is accepted at once, since the whole was, and waits to be dispatched by the same level.

    The whole keeps its photos and its reporter, and has the kind's time for handling until all parts have ended.
    """
    kinds = _checked(moment.case, parts)
    clock = clocks.started(moment.span(Clock.HANDLE), moment.at, moment.calendar)
    return Change(
        clock=clock, text=limited(text), target=f"{len(parts)} 件", changes={"parts": moment.case.parts + len(parts)},
        then=[lambda: _open_all(moment, parts, kinds)],
    )  # fmt: skip


def _checked(case: Case, parts: Sequence[Part]) -> dict[str, KindVersion]:
    """The kinds that the parts name beside the case's own; Invalid with what to mend in `parts` or one of them."""
    faults: dict[str, list[str]] = {}
    if not FEWEST <= len(parts) <= MOST:
        faults["parts"] = [f"要拆成 {FEWEST} 到 {MOST} 件，现在写了 {len(parts)} 件。"]
    kinds = kinds_now() if any(part.kind not in ("", case.kind) for part in parts) else {}
    for number, part in enumerate(parts):
        if not part.body.strip():
            faults[f"parts.{number}.body"] = [f"请写明第 {number + 1} 件是什么情况。"]
        elif len(part.body) > BODY_LENGTH:
            faults[f"parts.{number}.body"] = [f"第 {number + 1} 件最多写 {BODY_LENGTH} 字，请删减。"]
        if len(part.title) > TITLE_LENGTH:
            faults[f"parts.{number}.title"] = [f"第 {number + 1} 件的标题最多 {TITLE_LENGTH} 字，请删减。"]
        if part.kind not in ("", case.kind) and part.kind not in kinds:
            faults[f"parts.{number}.kind"] = [f"第 {number + 1} 件请选一个现在有的类别。"]
        elif part.kind in kinds and not office_sees(roles_text(kinds[part.kind].body.seen_by), case.owner.level):
            faults[f"parts.{number}.kind"] = [f"第 {number + 1} 件的类别{case.owner.name}的人看不到，请换一个类别。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
    return kinds


def _open_all(moment: Moment, parts: Sequence[Part], kinds: dict[str, KindVersion]) -> None:
    for part in parts:
        _open(moment, part, kinds.get(part.kind) if part.kind != moment.case.kind else None)


def _open(moment: Moment, part: Part, kind: KindVersion | None) -> None:
    """One part, with its first step, its trail entry and its event; under the version of the whole, if of its kind."""
    whole, at = moment.case, moment.at
    body = kind.body if kind is not None else moment.kind
    fits = fitting(body, as_closed(moment.kind, body, whole.answers), today=local(at).date())
    answers = {code: value for code, value in fits.items() if body.fields_by_code[code].type != "photo"}
    case = Case(
        id=new_id(), number=next_number(at), parent_id=whole.id, source=Source.PART, state=State.ACCEPTED,
        title=(part.title.strip() or title_of(part.body))[:TITLE_LENGTH], body=part.body.strip(),
        kind=kind.code if kind is not None else whole.kind,
        definition_id=kind.version_id if kind is not None else whole.definition_id, answers=answers,
        **kind_marks(body),
        reporter_id=moment.actor.user_id or whole.reporter_id, reporter_post_id=moment.post.id if moment.post else None,
        reporter_name=moment.actor.name, reporter_title=moment.post.title if moment.post else "",
        turn_area_id=whole.owner_id, occurred_at=whole.occurred_at, received_at=at,
        **{name: getattr(whole, name) for name in _SAME},
        **clocks.started(body.span(Clock.DISPATCH, urgent=whole.urgent), at, moment.calendar),
    )  # fmt: skip
    step = Step(
        case_id=case.id, version=1, act=Act.REPORT, at=at, actor_id=moment.actor.user_id or None,
        post_id=case.reporter_post_id, actor_name=case.reporter_name, actor_title=case.reporter_title,
        to_state=State.ACCEPTED, due_at=case.due_at, target=whole.number,
    )  # fmt: skip
    case.history = chained("", [step])
    case.save()
    step.save()
    CaseText.objects.create(case_id=case.id, tokens=words_of(case, searchable(body, answers)))
    record(actor=moment.actor, code=f"cases.case.{Act.REPORT.past}", obj=case, at=at, post=moment.post)
    emit(EVENTS[Act.REPORT], subject_id=case.id, at=at, step=step.id)


@when_ended
def part_ended(moment: Moment) -> None:
    """The whole counts what is still open of it, and its level in charge has it again when that is nothing."""
    _count(moment, f"{moment.case.number} {State(moment.case.state).label}")


@when_back
def part_back(moment: Moment) -> None:
    """A part that goes on is waited for again."""
    _count(moment, f"{moment.case.number} 又在办")


def _count(moment: Moment, words: str) -> None:
    """A step of the whole by the system; nothing if the whole has ended meanwhile. The engine holds its row."""
    if moment.case.parent_id is None:
        return
    whole = held(moment.case.parent_id)[moment.case.parent_id]
    if not whole.is_open:
        return
    left = Case.objects.filter(parent_id=whole.id, ended_at=None).count()
    other = Moment(moment.actor, whole, Act.PART, moment.at, None, 0, _calendar=moment._calendar)
    clock: dict[str, Any] = {}
    if whole.state in DECIDING and (left == 0) != (whole.parts == 0):
        clock = clocks.started(other.span(Clock.HANDLE if left else Clock.DISPATCH), moment.at, other.calendar)
    target = f"{words}，" + (f"还有 {left} 件没办完" if left else "全部办完")
    follows(
        moment, whole, Act.PART, Change(clock=clock, target=target, changes={"parts": left}),
        actor=Actor.system(moment.actor.county_id),
    )  # fmt: skip
