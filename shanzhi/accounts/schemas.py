"""What the API says about posts and accounts. Ids are strings: they have 64 bits, and JSON numbers have 53."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from shanzhi.accounts.selectors import PostRow, StandInRow, Substitute, UserRow

Id = Annotated[str, Field(pattern=r"^\d{1,19}$", examples=["123456789012345678"])]
Version = Annotated[int, Field(ge=0, le=2_147_483_647)]


class PostOut(Schema):
    id: str
    user_id: str
    user_name: str
    role: str = Field(description="Code of the role, e.g. grid_worker")
    role_label: str
    place: str
    area_code: str = Field(description="Code of the area; of the unit's area for a post in a unit")
    unit_id: str | None
    valid_from: date
    valid_to: date | None = Field(description="Last day of the term; null: until revoked")
    state: str = Field(description="live, coming, ended or revoked")
    revoked_at: datetime | None
    revoke_reason: str
    version: int

    @classmethod
    def of(cls, row: PostRow) -> "PostOut":
        unit_id = None if row.unit_id is None else str(row.unit_id)
        values: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields}
        return cls(**values | {"id": str(row.id), "user_id": str(row.user_id), "unit_id": unit_id})


class PostListOut(Schema):
    items: list[PostOut]
    next: str | None = Field(description="Pass it as `after` for the next page; null on the last one")


class PostIn(Schema):
    """Exactly one of `area_code` and `unit_id`."""

    user_id: Id
    role: Annotated[str, Field(max_length=32)]
    area_code: Annotated[str, Field(max_length=20)] | None = None
    unit_id: Id | None = None
    valid_from: date | None = Field(default=None, description="First day of the term; today if left out")
    valid_to: date | None = None


class RevocationIn(Schema):
    reason: Annotated[str, Field(max_length=200)]
    version: Version


class UserOut(Schema):
    id: str
    username: str
    name: str
    state: str = Field(description="active, vacant (no post), locked or disabled")
    posts: list[PostOut]

    @classmethod
    def of(cls, row: UserRow) -> "UserOut":
        user, posts = row.user, [PostOut.of(post) for post in row.posts]
        return cls(id=str(user.pk), username=user.username, name=user.name, state=row.state, posts=posts)


class UserListOut(Schema):
    items: list[UserOut]
    next: str | None


class SubstituteOut(Schema):
    user_id: str
    name: str
    title: str = Field(description="The post that makes the person fit")

    @classmethod
    def of(cls, one: Substitute) -> "SubstituteOut":
        return cls(user_id=str(one.user_id), name=one.name, title=one.title)


class StandInOut(Schema):
    """A colleague's list that somebody else works for some days, both included."""

    id: str
    post_id: str
    title: str = Field(description="Place and name of the post")
    holder_id: str
    holder: str
    substitute_id: str
    substitute: str
    valid_from: date
    valid_to: date
    reason: str
    state: str = Field(description="coming, running or ended")
    ended_at: datetime | None = Field(description="When it was ended before its last day")
    version: int

    @classmethod
    def of(cls, row: StandInRow) -> "StandInOut":
        values: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields}
        ids = {name: str(values[name]) for name in ("id", "post_id", "holder_id", "substitute_id")}
        return cls(**values | ids)


class StandInListOut(Schema):
    items: list[StandInOut]
    next: str | None


class StandInIn(Schema):
    substitute_id: Id
    valid_from: date
    valid_to: date = Field(description="Last day; at most 60 days in all")
    reason: Annotated[str, Field(max_length=200)]


class SeenVersionIn(Schema):
    version: Version
