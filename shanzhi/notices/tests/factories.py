"""Notices for tests: each tells of an event of its own."""

from datetime import UTC, datetime
from itertools import count

from shanzhi.notices.models import Notice
from shanzhi.notices.services import notice_send

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
_events = count(1)


def tell(*users, title="事件派给你了", body="张庄路口井盖断裂", path="/341181/cases/1/", event_id=None, at=NOW, **more):
    event_id = event_id or next(_events)
    ids = [getattr(user, "pk", user) for user in users]
    notice_send(recipients=ids, title=title, body=body, path=path, event_id=event_id, at=at, **more)
    return list(Notice.objects.filter(event_id=event_id).order_by("recipient_id"))
