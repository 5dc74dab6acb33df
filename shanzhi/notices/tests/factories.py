"""Notices for tests: each tells of an event of its own; and people who can be reached."""

from datetime import UTC, datetime
from itertools import count

from shanzhi.notices.channels.base import Message
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.models import Address, Delivery, Notice
from shanzhi.notices.services import deliveries_send, notice_send, notices_plan

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)  # 15:30 here
NIGHT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 23:00 here
MOBILE = "13855501234"
VALUES = {"sms": MOBILE, "wechat": "oABCdefGHIjklMNOpqrSTUvwxYZ1", "dingtalk": "manager7075", "email": "w@example.cn"}
_events = count(1)


def tell(*users, title="事件派给你了", body="张庄路口井盖断裂", path="/341181/cases/1/", event_id=None, at=NOW, **more):
    event_id = event_id or next(_events)
    ids = [getattr(user, "pk", user) for user in users]
    notice_send(recipients=ids, title=title, body=body, path=path, event_id=event_id, at=at, **more)
    return list(Notice.objects.filter(event_id=event_id).order_by("recipient_id"))


def reachable(user, *channels, value=None):
    """Proved addresses, as if the codes had come back long ago."""
    for channel in channels:
        plain = value or VALUES[channel]
        Address.objects.create(
            user_id=user.pk, channel=channel, value=plain, masked=KINDS[channel].mask(plain), verified_at=NOW, version=2
        )
    return user


def told(user, *, at=NOW, **more):
    """A notice whose deliveries are planned."""
    notice = tell(user, at=at, **{"topic": "test.assigned", **more})[0]
    notices_plan(at=at)
    return notice


def states(notice):
    """Channel → (state, reason) of a notice's deliveries."""
    return {row.channel: (row.state, row.reason) for row in Delivery.objects.filter(notice=notice)}


def send(at=NOW):
    return deliveries_send(at=at).attempts


def only():
    """The one delivery that there is."""
    return Delivery.objects.get()


def message(**more):
    given = {
        "id": 77,
        "to": MOBILE,
        "template": "notice",
        "title": "派给你处理：张庄路口井盖断裂",
        "text": "",
        "place": "天长市",
        "at": NOW,
        "url": "https://shanzhi.example.gov.cn/341181/cases/1/",
        "params": {"title": "派给你处理：张庄路口井盖断裂", "place": "天长市"},
    }
    return Message(**{**given, **more})
