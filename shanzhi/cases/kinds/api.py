"""Kinds for programs: what a report of each is asked, so that it can be sent right the first time."""

from django.http import HttpRequest
from ninja import Path, Router, Schema
from pydantic import Field

from shanzhi.access.api import REFUSALS, operation
from shanzhi.access.permissions import SELF
from shanzhi.cases.kinds.registry import KindVersion, kinds_now
from shanzhi.cases.kinds.schema import CLOCKS, FieldBody
from shanzhi.lib.errors import NotFound
from shanzhi.packs.models import CODE_LENGTH

router = Router()


class QuestionOut(Schema):
    """Its answer goes into a report's `answers` under `code`. Dates are 2026-10-01, people {name, phone}."""

    code: str
    label: str
    type: str
    hint: str
    required: bool
    choices: list[str]
    min: int | None
    max: int | None
    decimals: int
    unit: str
    day: str
    shown_if: dict[str, list[str]] = Field(description="asked only if each of these answers is one of the values")
    stop_if: list[str] = Field(description="such an answer refuses the report with `say`")
    say: str

    @classmethod
    def of(cls, field: FieldBody) -> "QuestionOut":
        return cls(**field.model_dump(mode="json"))


class StageOut(Schema):
    code: str
    label: str
    next: list[str]


class KindOut(Schema):
    """A kind as it counts now. Clocks are spans such as `24 hours`, `4 working hours`, `3 working days`, `7 days`."""

    code: str
    number: int = Field(description="the version of the kind; a case keeps the one that it began under")
    label: str
    hint: str
    icon: str
    department: str
    public: bool
    fields: list[QuestionOut]
    clocks: dict[str, str]
    urgent: dict[str, str]
    handling: list[str]
    stages: list[StageOut]

    @classmethod
    def of(cls, kind: KindVersion) -> "KindOut":
        body = kind.body
        return cls(
            code=kind.code,
            number=kind.number,
            label=body.label,
            hint=body.hint,
            icon=body.icon,
            department=body.department,
            public=body.public,
            fields=[QuestionOut.of(field) for field in body.fields],
            clocks={name: body.span(name).text() for name in CLOCKS},
            urgent={name: body.span(name, urgent=True).text() for name in CLOCKS},
            handling=list(body.handling),
            stages=[StageOut(code=one.code, label=one.label, next=list(one.next)) for one in body.stages],
        )


class KindListOut(Schema):
    items: list[KindOut]


@router.get("/kinds", response={200: KindListOut, **REFUSALS}, summary="List the kinds of cases")
@operation(SELF)
def kind_list(request: HttpRequest, county: Path[int]) -> KindListOut:
    """All kinds under which a case may begin, in the order in which they are offered."""
    return KindListOut(items=[KindOut.of(kind) for kind in kinds_now().values()])


@router.get("/kinds/{code}", response={200: KindOut, **REFUSALS}, summary="One kind of cases")
@operation(SELF)
def kind_get(request: HttpRequest, county: Path[int], code: Path[str]) -> KindOut:
    """What a report of this kind is asked, and how long each step may take."""
    kind = kinds_now().get(code[:CODE_LENGTH])
    if kind is None:
        raise NotFound
    return KindOut.of(kind)
