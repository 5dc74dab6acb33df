"""Visits on the wire: whom to see, what was found, how many."""

from datetime import date, datetime
from typing import Self

from ninja import Schema
from pydantic import Field

from shanzhi.lib.masks import name_mask
from shanzhi.visits.models import Visit
from shanzhi.visits.planning import Person
from shanzhi.visits.selectors import CountRow, Counts, Figures, Told
from shanzhi.visits.services import NOTE, TEXT, Found


class VisitPersonOut(Schema):
    """Somebody whom the caller is to visit, once, at the most urgent group. The name is masked."""

    resident: str
    name: str
    groups: list[str]
    due_on: date
    seen_on: date | None

    @classmethod
    def of(cls, one: Person) -> Self:
        row = one.first.row
        assert row.due_on is not None
        return cls(
            resident=str(one.resident.id), name=one.masked, groups=[seen.group.code for seen in one.seen],
            due_on=row.due_on, seen_on=row.seen_on,
        )  # fmt: skip


class VisitPersonListOut(Schema):
    items: list[VisitPersonOut]
    next: str | None


class VisitIn(Schema):
    """`answers` by group and question; a case is made of what has to be done with `report`."""

    outcome: str = Field(max_length=20, description="well, need, absent or declined")
    note: str = Field("", max_length=4 * NOTE)
    answers: dict[str, dict[str, str]] = Field(default_factory=dict, max_length=30)
    on: date | None = None
    report: bool = False

    def found(self) -> Found:
        answers = {
            (group, question): value[: 2 * TEXT]
            for group, said in self.answers.items()
            for question, value in said.items()
        }  # fmt: skip
        return Found(self.outcome, self.note, answers, on=self.on, report=self.report)


class VisitReplyOut(Schema):
    question: str
    answer: str


class VisitOut(Schema):
    """With the answers for the groups that the caller may know of."""

    id: str
    resident: str
    name: str
    on: date
    outcome: str
    note: str
    groups: list[str]
    replies: list[VisitReplyOut]
    by: str
    post: str
    case: str
    recorded_at: datetime
    done_at: datetime | None

    @classmethod
    def of(cls, one: Told) -> Self:
        row: Visit = one.visit
        return cls(
            id=str(row.id), resident=str(row.resident_id), name=name_mask(row.resident.name), on=row.on,
            outcome=row.outcome, note=row.note, groups=[group.code for group in one.groups],
            replies=[VisitReplyOut(question=reply.label, answer=reply.words) for reply in one.replies], by=row.by,
            post=row.post, case=row.case.number if row.case is not None else "", recorded_at=row.recorded_at,
            done_at=row.done_at,
        )  # fmt: skip


class VisitListOut(Schema):
    items: list[VisitOut]
    next: str | None


class VisitFiguresOut(Schema):
    """Planned memberships, of them not late; visits of the period, of them those that met. No rate over nothing."""

    planned: int
    in_time: int
    in_time_rate: float | None
    made: int
    met: int

    @classmethod
    def of(cls, one: Figures) -> Self:
        rate = None if one.in_time_rate is None else round(one.in_time_rate, 1)
        return cls(planned=one.planned, in_time=one.in_time, in_time_rate=rate, made=one.made, met=one.met)


class VisitPlaceOut(Schema):
    code: str
    name: str
    figures: VisitFiguresOut

    @classmethod
    def of(cls, row: CountRow) -> Self:
        return cls(code=row.area.code, name=row.area.name, figures=VisitFiguresOut.of(row.figures))


class VisitCountsOut(Schema):
    first: date
    last: date
    total: VisitFiguresOut
    places: list[VisitPlaceOut]

    @classmethod
    def of(cls, found: Counts, first: date, last: date) -> Self:
        return cls(
            first=first, last=last, total=VisitFiguresOut.of(found.total),
            places=[VisitPlaceOut.of(row) for row in found.rows],
        )  # fmt: skip
