"""Whistles on the wire."""

from pydantic import Field

from shanzhi.cases.schemas import ActIn, IdText, Text


class WhistleIn(ActIn):
    text: Text = Field(description="what they are called for")
    units: list[str] = Field(min_length=1, max_length=8, description="codes of units of the township or the county")
    within: str = Field("", max_length=40, description="time to report in, such as `30 minutes`; empty: the kind's")
    limit: str = Field("", max_length=40, description="time for their part, such as `24 hours`; empty: the kind's")


class PresenceIn(ActIn):
    version: int = Field(0, ge=0, le=2_000_000_000, description="not needed: the act stands beside the turn")
    photos: list[IdText] = Field(default_factory=list, max_length=9)


class DismissIn(ActIn):
    version: int = Field(0, ge=0, le=2_000_000_000, description="not needed: the act stands beside the turn")
    units: list[str] = Field(min_length=1, max_length=8, description="codes of the units that may go")
