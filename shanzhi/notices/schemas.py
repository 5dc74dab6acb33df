"""Notices on the wire; ids as strings."""

from datetime import datetime
from typing import Self

from ninja import Schema
from pydantic import Field

from shanzhi.notices.models import Notice
from shanzhi.tenancy.keyset import Page


class NoticeOut(Schema):
    """A message to the caller; `path` is the page that it tells of."""

    id: str
    title: str
    body: str
    path: str
    object_type: str
    object_id: str | None
    created_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, notice: Notice) -> Self:
        return cls(
            id=str(notice.id),
            title=notice.title,
            body=notice.body,
            path=notice.path,
            object_type=notice.object_type,
            object_id=None if notice.object_id is None else str(notice.object_id),
            created_at=notice.created_at,
            read_at=notice.read_at,
        )


class NoticeListOut(Schema):
    """Newest first; hand `next` back as `after` for the older ones."""

    items: list[NoticeOut]
    next: str | None
    unread: int = Field(description="counted to 100 at most")

    @classmethod
    def of(cls, page: Page[Notice], unread: int) -> Self:
        return cls(items=[NoticeOut.of(row) for row in page.rows], next=page.next_cursor, unread=unread)


class ReadAllIn(Schema):
    """`up_to`: the newest notice that the person saw; what came later stays unread."""

    up_to: str = Field(pattern=r"^\d{1,19}$")


class ReadAllOut(Schema):
    read: int
