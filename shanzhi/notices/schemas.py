"""Notices on the wire; ids as strings."""

from datetime import datetime, time
from typing import Annotated, Self

from ninja import Schema
from pydantic import Field

from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.models import Notice, Preference
from shanzhi.notices.selectors.deliveries import Line
from shanzhi.notices.topics import listed
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


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", examples=["22:00"])]


class TopicOut(Schema):
    """`on`: the open channels through which this topic comes; in the product it always does."""

    code: str
    label: str
    on: list[str]
    at_night: bool = Field(description="disregards quiet hours")


class PreferenceOut(Schema):
    """`version` 0: never saved, the defaults hold. `addresses`: proved ones by channel, masked."""

    version: int
    channels: list[str]
    addresses: dict[str, str]
    topics: list[TopicOut]
    quiet: bool
    quiet_from: Clock
    quiet_to: Clock

    @classmethod
    def of(cls, preference: Preference, addresses: dict[str, str]) -> Self:
        channels = list(open_channels())
        return cls(
            version=preference.version,
            channels=channels,
            addresses=addresses,
            topics=[
                TopicOut(
                    code=topic.code,
                    label=topic.label,
                    on=[channel for channel in channels if preference.wants(topic, channel)],
                    at_night=topic.at_night,
                )
                for topic in listed()
            ],
            quiet=preference.quiet,
            quiet_from=f"{preference.quiet_from:%H:%M}",
            quiet_to=f"{preference.quiet_to:%H:%M}",
        )


class PreferenceIn(Schema):
    """`on`: for each topic that is to change, the channels through which it shall come; the others are switched off."""

    version: int = Field(ge=0, lt=2**31)
    on: dict[Annotated[str, Field(max_length=40)], list[Annotated[str, Field(max_length=12)]]] = Field(
        default_factory=dict, max_length=50
    )
    quiet: bool
    quiet_from: Clock
    quiet_to: Clock

    def switches(self) -> dict[tuple[str, str], bool]:
        """Unknown channels stay in, for the service to refuse."""
        found: dict[tuple[str, str], bool] = {}
        for topic, wanted in self.on.items():
            found |= {(topic, channel): channel in wanted for channel in {*open_channels(), *wanted}}
        return found

    @property
    def hours(self) -> tuple[time, time]:
        return time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_to)


class DeliveryOut(Schema):
    """A message through one channel: no words of it, its address masked."""

    id: str
    recipient: str = Field(description="name, empty for somebody without an account")
    channel: str
    address: str
    topic: str
    urgent: bool
    state: str = Field(description="queued, retrying, sending, sent, failed, skipped")
    why: str
    attempts: int
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, line: Line) -> Self:
        row = line.delivery
        return cls(
            id=str(row.id),
            recipient=line.name,
            channel=row.channel,
            address=row.to_masked,
            topic=row.topic,
            urgent=row.urgent,
            state=line.state,
            why=row.why,
            attempts=row.attempts,
            created_at=row.created_at,
            next_at=row.next_at,
            ended_at=row.ended_at,
        )


class DeliveryListOut(Schema):
    """Newest first."""

    items: list[DeliveryOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[Line]) -> Self:
        return cls(items=[DeliveryOut.of(line) for line in page.rows], next=page.next_cursor)
