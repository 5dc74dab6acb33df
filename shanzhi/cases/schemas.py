"""Cases on the wire. Ids are strings (JavaScript would round them), times ISO 8601 with an offset, places WGS 84."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import acts_for
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.kinds.showing import masked_answers
from shanzhi.cases.models import Case, Step
from shanzhi.cases.naming import shown_name
from shanzhi.cases.rates.facts import LABELS
from shanzhi.cases.seeing import answers_for
from shanzhi.cases.selectors import Sort, Tab
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy import keyset

DEGREE = 10_000_000
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
IdText = Annotated[str, StringConstraints(pattern=r"^\d{1,19}$")]
Text = Annotated[str, StringConstraints(max_length=1000)]


class ListQuery(Schema):
    """What a list is narrowed to; see the page of the same name."""

    tab: str = Field(Tab.OPEN, pattern=f"^({'|'.join(Tab.LABELS)})$")
    q: str = Field("", max_length=100, description="words of title, text or place; two Chinese characters suffice")
    state: list[State] = Field(default_factory=list)
    kind: list[str] = Field(default_factory=list, max_length=50)
    source: list[Source] = Field(default_factory=list)
    area: str = Field("", max_length=15, description="code of an area of your scope")
    urgent: bool = False
    received_from: datetime | None = None
    received_before: datetime | None = None
    figure: str = Field("", pattern=f"^({'|'.join(LABELS)})?$", description="behind this figure; with tab `counted`")
    figure_from: Day | None = Field(None, description="first day of the figure, in China")
    figure_to: Day | None = Field(None, description="last day of the figure, included")
    sort: str = Field("", pattern=f"^({'|'.join(Sort.ORDERS)})?$")
    cursor: str = Field("", max_length=keyset.LENGTH)
    limit: int = Field(keyset.SIZE, ge=1, le=200)


class ReportIn(Schema):
    body: str = Field(max_length=2000)
    kind: str = Field(max_length=40, description="code of a kind that counts now, see /kinds")
    answers: dict[str, Any] = Field(default_factory=dict, description="answers to the questions of the kind, by code")
    area: str = Field(max_length=15, description="code of the grid, village, township or county where it is")
    title: str = Field("", max_length=60)
    place: str = Field("", max_length=100)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    accuracy: int | None = Field(None, ge=0, le=100_000, description="metres")
    urgent: bool = False
    solved: Text = Field("", description="what was done on the spot, if it was")
    occurred_at: datetime | None = None
    photos: list[IdText] = Field(default_factory=list, max_length=9, description="ids of uploaded photos")


class ActIn(Schema):
    version: int = Field(ge=0, le=2_000_000_000, description="the version that the decision was taken on")
    text: Text = ""


class HandleIn(ActIn):
    photos: list[IdText] = Field(default_factory=list, max_length=9)


class DispatchIn(ActIn):
    area: str = Field("", max_length=15, description="code of a grid or lower level; or else `unit`")
    unit: str = Field("", max_length=20, description="code of a unit of the level in charge")
    helpers: list[str] = Field(default_factory=list, max_length=8, description="codes of units that help")
    limit: str = Field("", max_length=40, description="such as `3 working days`; empty: the limit of the kind")


class CloseIn(ActIn):
    satisfied: bool | None = Field(None, description="the reporter's rating; nobody else may give one")


class CaseOut(Schema):
    """A row of a list."""

    code: str
    number: str
    title: str
    kind: str
    kind_label: str
    place: str
    urgent: bool
    source: str
    state: str
    state_label: str
    area: str
    area_name: str
    turn: str
    version: int
    received_at: datetime
    due_at: datetime | None
    ended_at: datetime | None

    @staticmethod
    def of(case: Case) -> "CaseOut":
        return CaseOut(**_row(case))


class StepOut(Schema):
    act: str
    at: datetime
    actor: str
    post: str
    text: str
    target: str
    satisfied: bool | None
    state: str
    late: bool
    photos: list[str]


class CaseDetailOut(CaseOut):
    """A case with its steps, newest first, and what the caller may do with it now."""

    body: str
    stage: str
    answers: dict[str, Any]
    lon: float | None
    lat: float | None
    occurred_at: datetime
    acts: list[str]
    steps: list[StepOut]

    @staticmethod
    def detail(case: Case, steps: list[Step], photos: dict[int, list[Any]], actor: Actor) -> "CaseDetailOut":
        return CaseDetailOut(
            **_row(case),
            body=case.body,
            stage=case.stage,
            answers=masked_answers(kind_of(case), answers_for(actor, case)),
            lon=None if case.lon is None else case.lon / DEGREE,
            lat=None if case.lat is None else case.lat / DEGREE,
            occurred_at=case.occurred_at,
            acts=[act.value for act in acts_for(actor, case)],
            steps=[_step(actor, step, photos.get(step.id, [])) for step in steps],
        )


class CaseListOut(Schema):
    items: list[CaseOut]
    next: str
    previous: str


def _row(case: Case) -> dict[str, Any]:
    turn = case.turn_unit or case.turn_area
    return {
        "code": case.code, "number": case.number, "title": case.title, "kind": case.kind,
        "kind_label": kind_of(case).label,
        "place": case.place, "urgent": case.urgent, "source": case.source, "state": case.state,
        "state_label": State(case.state).label, "area": case.area.code, "area_name": case.area.name,
        "turn": turn.name if turn else "", "version": case.version, "received_at": case.received_at,
        "due_at": case.due_at, "ended_at": case.ended_at,
    }  # fmt: skip


def _step(actor: Actor, step: Step, photos: list[Any]) -> StepOut:
    """A resident is named as on the page: masked for everybody else."""
    name = shown_name(actor, step.actor_name, step.actor_title, step.actor_id)
    return StepOut(
        act=step.act, at=step.at, actor=name, post=step.actor_title, text=step.text, target=step.target,
        satisfied=step.satisfied, state=step.to_state, late=step.is_late, photos=[photo.url for photo in photos],
    )  # fmt: skip


def degrees(value: float | None) -> int | None:
    """Decimal degrees as 1e-7 degree."""
    return None if value is None else round(value * DEGREE)


def span(text: str, name: str = "limit") -> Span | None:
    """A limit as it is spelled in a kind; Invalid with what is wrong with it."""
    try:
        return Span.parse(text) if text else None
    except ValueError as error:
        raise Invalid(str(error), code="limit", fields={name: [str(error)]}) from None


def aware(value: datetime | None, name: str) -> datetime | None:
    """A time with its offset; a naive one is refused, nobody knows which it is."""
    if value is not None and value.tzinfo is None:
        sentence = "时间要带时区，例如 2026-11-21T15:30:00+08:00。"
        raise Invalid(sentence, code="time_without_offset", fields={name: [sentence]})
    return value
