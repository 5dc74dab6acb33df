"""Stages, kinds, parts, duplicates, notes and covered contents on the wire.

What is needed is empty by default: whoever may not act is told that first, and what is missing then by the service.
"""

from typing import Any

from ninja import Schema
from pydantic import Field

from shanzhi.cases.schemas import ActIn, IdText, Text

BESIDE = "not needed: the act stands beside the turn"


class BesideIn(ActIn):
    version: int = Field(0, ge=0, le=2_000_000_000, description=BESIDE)


class StageIn(ActIn):
    stage: str = Field("", max_length=40, description="code of the next stage; empty where there is only one")


class ClassifyIn(ActIn):
    kind: str = Field("", max_length=40, description="code of another kind that counts now, see /kinds")
    answers: dict[str, Any] = Field(
        default_factory=dict, description="answers to its questions that the case does not hold yet, by code"
    )


class PartIn(Schema):
    body: str = Field(max_length=2000)
    title: str = Field("", max_length=60, description="empty: the first clause of the body")
    kind: str = Field("", max_length=40, description="empty: as the whole")


class SplitIn(ActIn):
    parts: list[PartIn] = Field(default_factory=list, max_length=8, description="two to eight")


class MergeIn(ActIn):
    text: Text = Field("", description="why it is the same matter")
    into: str = Field("", max_length=20, description="number of an open case of the same level in charge")


class NoteIn(BesideIn):
    mentions: list[IdText] = Field(default_factory=list, max_length=10, description="ids, see /colleagues")
    photos: list[IdText] = Field(default_factory=list, max_length=9)


class ContactedIn(BesideIn):
    text: Text = Field("", description="what was said; a reporter with an account reads it")
    how: str = Field("", max_length=10, description="`phone`, `visit` or `message`")
    reached: bool = Field(description="false: it was tried in vain")


class ModerateIn(BesideIn):
    text: Text = Field("", description="why; read by everybody who sees the case")
    what: str = Field(
        "",
        max_length=30,
        description="`title`, `body`, `place`, `step:<version>`, `photo:<id>`, or `lift:<id>` to lift a cover",
    )
    instead: Text = Field("", description="what stands there instead of words")


class ColleagueOut(Schema):
    id: str
    name: str
    label: str
