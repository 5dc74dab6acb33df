"""A family made for tests, a small pack of it, and what a county needs to take it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shanzhi.access.actor import Actor
from shanzhi.packs.families import FAMILIES, Family, Fault, Place, register
from shanzhi.packs.models import Version
from shanzhi.packs.services import definition_publish
from shanzhi.packs.sources import Files

A, B = 341181, 410927
HEADER = "code: small\ntitle: 小规则包\n"


class Part(BaseModel):
    """A thing inside."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(pattern=r"^[a-z]+$")]
    label: Annotated[str, Field(max_length=10)]
    choices: list[str] = []
    shown_if: dict[str, list[str]] = {}


class SampleBody(BaseModel):
    """Every shape that a body has."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(min_length=1, max_length=20)]
    open: bool = False
    level: Literal["county", "township"] = "county"
    limit: Annotated[int, Field(ge=1, le=100)] | None = None
    days: list[date] = []
    words: list[str] = []
    parts: Annotated[list[Part], Field(max_length=50)] = []
    replies: dict[str, list[str]] = {}
    text: str = ""
    units: list[str] = []

    @field_validator("text")
    @classmethod
    def _not_rude(cls, text: str) -> str:
        if "傻" in text:
            raise ValueError("请换一个客气的说法")
        return text


def check(body: SampleBody, place: Place) -> Iterator[Fault]:
    for index, name in enumerate(body.units):
        if not place.unit_named(name, body.level):
            yield Fault(("units", index), f"没有叫“{name}”的部门，请核对名称，或先设立它。")
    for index, part in enumerate(body.parts):
        if part.code == "bad":
            yield Fault(("parts", index, "code"), "不能叫 bad，请换一个代码。")


applied_to: list[tuple[str, int]] = []


def applied(actor: Actor, version: Version, at: datetime) -> None:
    if version.body["label"] == "不让发布":
        raise RuntimeError("the hook refuses")
    applied_to.append((version.code, version.number))


@contextmanager
def sample_family(**changes: Any) -> Iterator[Family]:
    """The family `sample`, registered for the time of the block."""
    said: dict[str, Any] = {
        "code": "sample",
        "label": "样例",
        "schema": SampleBody,
        "title": lambda body: body.label,
        "check": check,
        "applied": applied,
    }
    applied_to.clear()
    try:
        yield register(Family(**{**said, **changes}))
    finally:
        del FAMILIES["sample"]


def body(**changes: Any) -> dict[str, Any]:
    return {"label": "路灯", **changes}


def publish(code: str = "lamp", *, number: int = A, origin: str = "edited", **changes: Any) -> Version:
    """As the system, without asking what is there."""
    wanted = {name: changes.pop(name) for name in ("expected", "note", "pack", "at") if name in changes}
    return definition_publish(
        actor=Actor.system(number), family="sample", code=code, body=body(**changes), origin=origin, **wanted
    )


def files(**texts: str) -> Files:
    """A pack: its header, and sample files by code."""
    made = {f"sample/{code}.yaml": text.encode() for code, text in texts.items()}
    return {"pack.yaml": HEADER.encode(), **made}


def write(directory: Path, pack: Mapping[str, bytes]) -> Path:
    """The files of a pack in a directory."""
    for name, data in pack.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return directory
