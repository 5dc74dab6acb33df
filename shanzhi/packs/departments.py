"""The departments that a county works with, as data: `department/zhujian.yaml`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shanzhi.access.actor import Actor
from shanzhi.areas.checking import name_problem
from shanzhi.areas.codes import NAME_LENGTH
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.services import unit_add
from shanzhi.lib.times import local
from shanzhi.packs.families import Family, Fault, Place, register
from shanzhi.packs.models import Version


class DepartmentBody(BaseModel):
    """Name, what it is, at which level, and what it is in charge of, in a sentence for readers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
    kind: Literal["department", "centre"] = "department"
    level: Literal["county", "township"] = "county"
    matters: Annotated[str, Field(max_length=500)] = ""

    @property
    def makes_unit(self) -> bool:
        """Whether the county gets a unit of this name; townships set up their own."""
        return self.level == "county"


def check(body: DepartmentBody, place: Place) -> Iterator[Fault]:
    problem = name_problem(body.name)
    if problem:
        yield Fault(("name",), f"{problem}。")


def applied(actor: Actor, version: Version, at: datetime) -> None:
    """See to it that the county has an open unit of this name; a township's department is only described."""
    body = DepartmentBody.model_validate(version.body)
    if not body.makes_unit:
        return
    county = Area.objects.filter(level=Area.Level.COUNTY, valid_to__isnull=True).first()
    if county is None or Unit.objects.filter(area=county, name=body.name, valid_to__isnull=True).exists():
        return
    reason = f"按办事规则“{body.name}”第 {version.number} 版设立"
    unit_add(actor=actor, area=county, kind=body.kind, name=body.name, reason=reason, on=local(at).date(), at=at)


DEPARTMENT: Final = register(
    Family(
        code="department",
        label="部门",
        schema=DepartmentBody,
        title=lambda body: body.name,
        check=check,
        applied=applied,
        preview="packs/parts/department.html",
        order=10,
    )
)
